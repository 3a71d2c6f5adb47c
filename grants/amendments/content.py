"""What an amendment asks for, as data in no language: what is touched of the plan of the day (`before`), what is asked
(`content`), and both together (`after`). Pure but for `before_of`, which reads the plan.

`content` holds only what differs, so that it can be set anew on another day's plan:

- dates       {"last_day": "2027-04-30"}
- extension   {"months": 3}
- activities  {"activities": {"12": {"last_month": 9, "dropped": true, …}}, "new": [{"name": …, "first_month": …}]}
- budget, amount  {"lines": {"31": {"programme": "100.00", "group": "50.00"}}, "new": [{"category": …, …}]}
- member      {"change": "joins" | "leaves", "firm": 7}
"""

import datetime as dt
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from core.dates import add_months
from core.money import ZERO, cents
from grants.amendments import in_force
from grants.amendments.firms import firms_of, group_firms
from grants.models import Amendment, Project

Kind = Amendment.Kind
OF_MONEY = (Kind.BUDGET, Kind.AMOUNT)
# Which parts of the plan an amendment of a kind touches: what another one changed of them sets it anew.
TOUCHES: dict[str, frozenset[str]] = {
    Kind.DATES: frozenset({"last_day"}),
    Kind.EXTENSION: frozenset({"last_day", "months"}),
    Kind.ACTIVITIES: frozenset({"activities"}),
    Kind.BUDGET: frozenset({"lines", "amount"}),
    Kind.AMOUNT: frozenset({"lines", "amount"}),
    Kind.MEMBER: frozenset({"firms"}),
}
# What else its rules look at.
READS: dict[str, frozenset[str]] = {
    Kind.ACTIVITIES: frozenset({"months"}),
    Kind.MEMBER: frozenset({"others"}),
}


def before_of(project: Project, kind: str, today: dt.date) -> dict[str, Any]:
    """What the plan of the day says of all that an amendment of this kind touches."""
    readers = {
        "last_day": lambda: f"{project.last_day:%Y-%m-%d}" if project.last_day else "",
        "months": lambda: in_force.months_of(project),
        "amount": lambda: _text(project.approved_amount),
        "activities": lambda: [_activity(row) for row in in_force.activities_on(project)],
        "lines": lambda: [_line(row) for row in in_force.lines_on(project)],
        "firms": lambda: firms_of(project, today),
        "others": lambda: group_firms(project, today),
    }
    return {name: readers[name]() for name in sorted(TOUCHES[kind] | READS.get(kind, frozenset()))}


def still_stands(before: Mapping[str, Any], now: Mapping[str, Any], kind: str) -> bool:
    """Whether what it touches is today as it was when it was sent. Of firms it counts which they are, whatever their sizes."""
    return all(_identity(before, name) == _identity(now, name) for name in TOUCHES[kind])


def _identity(part: Mapping[str, Any], name: str) -> Any:
    return sorted(row["id"] for row in part[name]) if name == "firms" else part[name]


def after_of(before: Mapping[str, Any], content: Mapping[str, Any], kind: str) -> dict[str, Any]:
    """The same parts with what is asked. What was added has the id None."""
    after = deepcopy(dict(before))
    if kind == Kind.DATES and content.get("last_day"):
        after["last_day"] = content["last_day"]
    elif kind == Kind.EXTENSION and content.get("months"):
        more = int(content["months"])
        after["months"] = before["months"] + more
        last = add_months(dt.date.fromisoformat(before["last_day"]) + dt.timedelta(days=1), more)
        after["last_day"] = f"{last - dt.timedelta(days=1):%Y-%m-%d}"
    elif kind == Kind.ACTIVITIES:
        after["activities"] = _changed(before["activities"], content, "activities", {"dropped": False})
    elif kind in OF_MONEY:
        after["lines"] = _changed(before["lines"], content, "lines", {"activity": ""})
        after["amount"] = _text(sum_of(after["lines"], "programme"))
    elif kind == Kind.MEMBER and content.get("firm"):
        after["firms"] = _firms(before, content)
    return after


def _changed(
    rows: list[dict[str, Any]], content: Mapping[str, Any], name: str, more: dict[str, Any]
) -> list[dict[str, Any]]:
    asked = content.get(name, {})
    return [
        *({**row, **asked.get(str(row["id"]), {})} for row in rows),
        *({"id": None, **more, **row} for row in content.get("new", ())),
    ]


def _firms(before: Mapping[str, Any], content: Mapping[str, Any]) -> list[dict[str, Any]]:
    if content.get("change") == "leaves":
        return [row for row in before["firms"] if row["id"] != content["firm"]]
    joins = [row for row in before.get("others", ()) if row["id"] == content["firm"]]
    return [*before["firms"], *joins]


def sum_of(rows: list[dict[str, Any]], name: str) -> Decimal:
    """Pesos."""
    return sum((Decimal(row[name]) for row in rows), ZERO)


def _text(amount: Decimal) -> str:
    return f"{cents(amount):.2f}"


def _activity(row: Any) -> dict[str, Any]:
    shown = ("name", *in_force.OF_AN_ACTIVITY)
    return {"id": row.pk, **{name: getattr(row, name) for name in shown}, "dropped": False}


def _line(row: Any) -> dict[str, Any]:
    return {
        "id": row.pk,
        "category": row.category,
        "description": row.description,
        "activity": row.activity.name if row.activity else "",
        "programme": _text(row.programme_share),
        "group": _text(row.group_share),
    }


# --- Side by side ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Pair:
    """One thing before and after; `before` None was added, `after` None goes."""

    before: dict[str, Any] | None
    after: dict[str, Any] | None

    @property
    def is_changed(self) -> bool:
        return self.before != self.after


def pairs(before: list[dict[str, Any]], after: list[dict[str, Any]]) -> list[Pair]:
    """The rows of two lists beside each other, by their ids, in the order of the first; what was added comes last."""
    new = {row["id"]: row for row in after if row["id"] is not None}
    old = {row["id"] for row in before}
    found = []
    for row in before:
        then = new.get(row["id"])
        found.append(Pair(row, None if then is None or then.get("dropped") else then))
    return found + [Pair(None, row) for row in after if row["id"] not in old]
