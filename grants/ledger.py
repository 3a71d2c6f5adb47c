"""Reading the ledger of a project: its sums, what is left, and each entry with what it tells of (PROGRAMME 10).

The database writes it (grants.models.ledger); here nothing is added up that the database has not.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from core import timeline
from core.models import Event
from core.money import ZERO
from grants.models import LedgerEntry, Project

Kind = LedgerEntry.Kind


@dataclass(frozen=True)
class Figures:
    """The sums of a project's ledger, in pesos, and what follows from them."""

    approved: Decimal = ZERO
    committed: Decimal = ZERO
    ordered: Decimal = ZERO
    paid: Decimal = ZERO
    proven: Decimal = ZERO
    salary: Decimal = ZERO
    returned: Decimal = ZERO
    interest: Decimal = ZERO

    @property
    def released(self) -> Decimal:
        """What went back to the call."""
        return self.approved - self.committed

    @property
    def to_order(self) -> Decimal:
        """What can still be ordered."""
        return max(self.committed - self.ordered, ZERO)

    @property
    def under_way(self) -> Decimal:
        """Ordered, and not paid yet."""
        return self.ordered - self.paid

    @property
    def to_prove(self) -> Decimal:
        """Paid, neither proven nor given back; a salary is proven as it is paid."""
        return max(self.paid - self.salary - self.proven - self.returned, ZERO)

    @property
    def ahead(self) -> Decimal:
        """Proven beyond what was paid and kept: what a reimbursement may pay."""
        return max(self.proven - (self.paid - self.salary - self.returned), ZERO)


def figures_of(project: Project) -> Figures:
    """One query."""
    return Figures(**project.ledger.sums())


@dataclass(frozen=True)
class Line:
    """An entry with the event of the case that goes with it, and where what it tells of stands."""

    entry: LedgerEntry
    event: Event | None
    about: str
    url: str

    @property
    def sentence(self) -> str:
        """What happened, as the timeline says it."""
        return timeline.sentence_of(self.event) if self.event else ""


def lines_of(project: Project, entries: Sequence[LedgerEntry]) -> list[Line]:
    """The entries of a page, ready to be shown. Read with `with_sources`; one query more for their events."""
    keys = {entry.pk: _event_key(project, entry) for entry in entries}
    events = _events(project, keys.values())
    found = [(entry, events.get(keys[entry.pk])) for entry in entries]
    return [
        Line(entry=entry, event=event, about=_about(entry), url=_url(project, entry, event))
        for entry, event in found
    ]


# The kind of the object, its id, the state that it came into; of a change of the amount, which comes again, also when.
Key = tuple[str, int, str, dt.datetime | None]
# What changes an approved amount, as the envelope and the project's own entry call it, and of which object the event is.
CHANGES = {
    "amend": "amendment",
    "amended": "amendment",
    "update": "priceupdaterow",
    "updated": "priceupdaterow",
}


def _event_key(project: Project, entry: LedgerEntry) -> Key:
    if entry.state in CHANGES:
        return CHANGES[entry.state], 0, "", entry.at
    return *_state_key(project, entry), None


def _state_key(project: Project, entry: LedgerEntry) -> tuple[str, int, str]:
    if entry.disbursement_id:
        return "disbursement", entry.disbursement_id, entry.state
    if entry.expense_id:
        return "expense", entry.expense_id, entry.state
    if entry.receipt_id:
        return "refundreceipt", entry.receipt_id, entry.state
    if entry.state == "release":
        return "project", project.pk, project.status
    if entry.kind == Kind.APPROVED and entry.state == "approved":
        return "project", project.pk, "awaiting_agreement"
    states = {"approve": "approved", "renounce": "renounced", "annul": "annulled"}
    return "application", project.application_id, states.get(entry.state, entry.state)


def _events(project: Project, keys: Iterable[Key]) -> dict[Key, Event]:
    """The newest event for each key."""
    wanted = set(keys)
    if not wanted:
        return {}
    kinds, ids, states = ({key[place] for key in wanted if key[3] is None} for place in range(3))
    changed = Q(
        object_kind__in={key[0] for key in wanted if key[3]}, at__in={key[3] for key in wanted if key[3]}
    )
    reached = Q(object_kind__in=kinds, object_id__in=ids, to_state__in=states)
    rows = Event.objects.filter(reached | changed & ~Q(to_state=""), case_id=project.application.case_id)
    found: dict[Key, Event] = {}
    for row in rows.select_related("actor", "text").order_by("sequence"):
        found[row.object_kind, row.object_id, row.to_state, None] = row
        if row.to_state in ("approved", "issued"):
            found[row.object_kind, 0, "", row.at] = row
    return found


def _about(entry: LedgerEntry) -> str:
    """Which tranche, expense or refund, in a few words."""
    if entry.tranche:
        return entry.tranche.name
    if entry.expense:
        return f"{entry.expense.description} ({entry.expense})"
    if entry.receipt:
        return _("Refund %(number)s") % {"number": entry.receipt.refund.number}
    return {
        "approved": _("Approval"),
        "amended": _("Amendment"),
        "approve": _("Approval"),
        "amend": _("Amendment"),
        "updated": _("Update of prices"),
        "update": _("Update of prices"),
        "release": _("Back to the call"),
        "renounce": _("Back to the call"),
        "annul": _("Back to the call"),
    }.get(entry.state, "")


def _url(project: Project, entry: LedgerEntry, event: Event | None) -> str:
    if event is not None and event.object_kind == "amendment":
        return reverse("amendment_detail", args=[event.object_id])
    if event is not None and event.object_kind == "priceupdaterow":
        return reverse("plan_version", args=[project.pk, event.data["plan"]])
    if entry.disbursement_id:
        return reverse("disbursement_confirm", args=[entry.disbursement_id])
    if entry.expense_id:
        return reverse("expense_detail", args=[entry.expense_id])
    if entry.receipt:
        return reverse("refund_detail", args=[entry.receipt.refund_id])
    return ""
