"""What people wrote in an application, as the timeline tells it: one line for each section that one person wrote in
without a pause, with the names of what they changed. Events keep ids and codes; the words are made here."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.roles import Role
from applications.eligibility import names
from applications.models import Activity, Application, BudgetLine
from applications.sections import BY_CODE
from core.models import Event

EDITED = "application.edited"
MODELS = {"project": Application, "plan": Activity, "budget": BudgetLine}
# More names than that are no help in a line.
MOST_NAMES = 5


def of(application: Application) -> QuerySet[Event]:
    """Every time that somebody wrote in an application."""
    return Event.objects.filter(case_id=application.case_id, object_kind="application", action=EDITED)


def taking_out(application: Application, section: str, row: int) -> Event | None:
    """When somebody took a row of the plan or of the budget out; None for one that never was of this application."""
    gone = Q(data__did__in=("taken_out", "replaced")) | Q(data__times__contains=["taken_out"])
    found = of(application).filter(gone, data__section=section, data__rows__contains=[row])
    return found.select_related("actor").order_by("-sequence").first()


def joined(events: Iterable[Event]) -> list[Event]:
    """Events, newest first; what one person wrote in one section in a row is one of them, at the last time of it, which
    tells all that was changed."""
    found: list[Event] = []
    for event in events:
        last = found[-1] if found else None
        if last is not None and _goes_on(event, last):
            last.data = _together(event.data, last.data)
        else:
            found.append(event)
    return found


def _goes_on(event: Event, later: Event) -> bool:
    same = event.action == later.action == EDITED and event.actor_id == later.actor_id
    return same and event.data.get("section") == later.data.get("section")


def _together(earlier: dict[str, Any], later: dict[str, Any]) -> dict[str, Any]:
    """What two edits changed: lists joined, what was done as often as it was."""
    data = {**earlier, **later}
    for key in ("fields", "questions"):
        data[key] = list(dict.fromkeys([*earlier.get(key, []), *later.get(key, [])]))
    data["times"] = [*_times(earlier), *_times(later)]
    data["not_ready"] = earlier.get("not_ready") or later.get("not_ready")
    return data


def _times(data: dict[str, Any]) -> list[str]:
    return data.get("times") or ([data["did"]] if "did" in data else [])


def by_adviser(event: Event | None) -> bool:
    """Whether who wrote did it as the group's adviser, on that day."""
    return event is not None and event.data.get("as") == Role.ADVISER.value


def sentence(event: Event) -> str:
    """`Changed: The project (Title of the project)`."""
    section = BY_CODE.get(event.data.get("section", ""))
    what = names(_what(event.data), most=MOST_NAMES)
    words = {"section": section.label if section else "–", "what": what}
    told = (_("Changed: %(section)s (%(what)s)") if what else _("Changed: %(section)s")) % words
    if by_adviser(event):
        told = _("%(sentence)s, by the adviser") % {"sentence": told}
    if not event.data.get("not_ready"):
        return told
    return _("%(sentence)s. It was marked as ready, and is not any more.") % {"sentence": told}


def _what(data: dict[str, Any]) -> list[str]:
    """What was changed, in words."""
    return [*_done(_times(data)), *_fields(data), *_questions(data)]


def _done(times: list[str]) -> list[str]:
    words = {
        "added": lambda n: ngettext("%(n)s added", "%(n)s added", n),
        "changed": lambda n: ngettext("%(n)s changed", "%(n)s changed", n),
        "moved": lambda n: ngettext("%(n)s moved", "%(n)s moved", n),
        "taken_out": lambda n: ngettext("%(n)s taken out", "%(n)s taken out", n),
        "replaced": lambda n: ngettext("%(n)s replaced", "%(n)s replaced", n),
        "removed": lambda n: ngettext("%(n)s taken out", "%(n)s taken out", n),
    }
    counts = {did: times.count(did) for did in words if did in times}
    return [words[did](count) % {"n": count} for did, count in counts.items()]


def _fields(data: dict[str, Any]) -> list[str]:
    model = MODELS.get(data.get("section", ""))
    if model is None:
        return []
    labels = {
        field.name: str(getattr(field, "verbose_name", field.name)) for field in model._meta.get_fields()
    }
    return [labels[name] for name in data.get("fields", []) if name in labels]


def _questions(data: dict[str, Any]) -> list[str]:
    numbers = [str(number) for number in sorted(data.get("questions", []))]
    if not numbers:
        return []
    sentence = ngettext("number %(numbers)s", "numbers %(numbers)s", len(numbers))
    return [sentence % {"numbers": ", ".join(numbers)}]
