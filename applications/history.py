"""What can be read of a case's history at once: all of it, or one kind of what happened."""

from dataclasses import dataclass

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from applications import edits
from applications.office import notes, thread


@dataclass(frozen=True)
class Kind:
    """One kind of events: its label, which events are of it, and whether they are the programme's own."""

    label: Promise
    where: Q
    internal: bool = False


KINDS = {
    # The engine alone says to which state something went.
    "steps": Kind(_("Steps"), ~Q(to_state="")),
    "messages": Kind(_("Messages"), Q(action__in=[thread.ACTION, thread.DEALT_WITH])),
    "notes": Kind(_("Notes and contacts"), Q(action__in=[notes.NOTED, notes.CONTACTED]), internal=True),
    "edits": Kind(
        _("What was written"),
        Q(action__in=[edits.EDITED, "application.section_marked", "application.copied"]),
    ),
}


def asked(code: str, *, staff: bool) -> Kind | None:
    """The kind that an address asks for; None for all, and for what this reader has none of."""
    kind = KINDS.get(code)
    return kind if kind and (staff or not kind.internal) else None


def choices(*, staff: bool) -> list[tuple[str, Promise]]:
    """The kinds that a reader can choose among, all of it first."""
    return [
        ("", _("All of it")),
        *((code, kind.label) for code, kind in KINDS.items() if staff or not kind.internal),
    ]
