"""The inbox: all that waits for a person, from the registry of duties and nowhere else (PROGRAMME 7), by kind, the most
urgent first."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from accounts.models import User
from core import duties
from core.duties import Duty
from core.models import Case
from reports.home_rows import when


@dataclass(frozen=True)
class Line:
    """A duty as the inbox shows it. `days` since it waits; `for_name` is the colleague for whom the reader stands in."""

    title: str
    url: str
    case: str
    since: dt.date | None
    days: int | None
    due: str
    late: int
    watched: bool
    for_name: str


@dataclass(frozen=True)
class Group:
    """The duties of one kind: how many there are in all, and those of this page."""

    kind: str
    label: str
    count: int
    lines: list[Line] = field(default_factory=list)


def kinds_of(owed: Iterable[Duty]) -> dict[str, tuple[str, int]]:
    """By kind its heading and how many there are; in the order in which their most urgent comes."""
    found: dict[str, tuple[str, int]] = {}
    for duty in owed:
        label, count = found.get(duty.kind, ("", 0))
        found[duty.kind] = (label or duties.kind_words(duty), count + 1)
    return found


def asked_for(owed: list[Duty], asked: dict[str, Any], today: dt.date) -> list[Duty]:
    """What the filters leave, kind by kind: the kind with the most urgent duty first, and within it by date."""
    if asked.get("kind"):
        owed = [duty for duty in owed if duty.kind == asked["kind"]]
    if asked.get("late"):
        owed = [duty for duty in owed if duty.days_late(today) > 0]
    place = {kind: number for number, kind in enumerate(kinds_of(owed))}
    return sorted(owed, key=lambda duty: place[duty.kind])


def groups_of(shown: Iterable[Duty], counts: dict[str, tuple[str, int]], today: dt.date) -> list[Group]:
    """The duties of one page under their headings. Two queries: the cases, and for whom one stands in."""
    shown = list(shown)
    cases = Case.objects.in_bulk({duty.case_id for duty in shown if duty.case_id})
    covered = duties.covered_by(shown)
    found: dict[str, Group] = {}
    for duty in shown:
        group = found.setdefault(duty.kind, Group(duty.kind, *counts[duty.kind]))
        group.lines.append(_line(duty, cases, covered, today))
    return list(found.values())


def _line(duty: Duty, cases: dict[int, Case], covered: dict[int, User], today: dt.date) -> Line:
    case = cases.get(duty.case_id or 0)
    return Line(
        title=duty.words(),
        url=duty.url,
        case=case.name if case else "",
        since=duty.since,
        days=(today - duty.since).days if duty.since else None,
        due=when(duty.due_on, today),
        late=duty.days_late(today),
        watched=duty.officer,
        for_name=str(covered.get(duty.covered_id or 0, "")),
    )
