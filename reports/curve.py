"""How far a project is, month by month, against its plan: the figures of the S-curve and of the bars beside it.

Every activity counts the same: what a project leaves behind is not what it costs. Nothing is said of a month that no
report has spoken of.
"""

from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db.models import F

from reports.plan import planned_percent

# A report whose content was handed over; a returned one speaks as it was then.
HANDED_OVER = ("submitted", "returned", "accepted")


def mean(shares: Sequence[int]) -> int:
    """Of percentages, as a whole number, half up; 0 of none."""
    if not shares:
        return 0
    return int((Decimal(sum(shares)) / len(shares)).quantize(Decimal(1), ROUND_HALF_UP))


def points(
    spans: Sequence[tuple[int, int]], months: int, done: dict[int, int]
) -> list[dict[str, int | None]]:
    """`{month, planned, done}` for each month of a plan. `spans` are the first and last month of each activity; `done` is
    the mean by the month of the report that said it, and None for all the others."""
    if not spans:
        return []
    return [
        {
            "month": month,
            "planned": mean(
                [planned_percent(first_month=first, last_month=last, by_month=month) for first, last in spans]
            ),
            "done": done.get(month),
        }
        for month in range(1, months + 1)
    ]


def spans_of(activities: Iterable[Any]) -> list[tuple[int, int]]:
    """The first and the last month of each activity of a baseline."""
    return [(activity.first_month, activity.last_month) for activity in activities]


def with_answers(reports: Any) -> Any:
    """Reports, the oldest period first, each with its frozen activities as `said` (None before it is handed over) and
    without the rest of the frozen form. One query."""
    return reports.defer("snapshot").annotate(said=F("snapshot__activities")).order_by("period_to", "number")


def history(reports: Iterable[Any]) -> list[dict[str, Any]]:
    """What reports handed over said, of those that `with_answers` found: `number`, `last_month`, `period_to` and the frozen
    `activities`."""
    return [
        {
            "number": row.number,
            "last_month": row.last_month,
            "period_to": row.period_to,
            "activities": row.said,
        }
        for row in reports
        if row.status in HANDED_OVER and row.said is not None
    ]


def done_by_month(said: Iterable[dict[str, Any]]) -> dict[int, int]:
    """The mean of what was done, by the last month of the report; of two on one month the later one stands."""
    return {row["last_month"]: mean([each["done"] for each in row["activities"]]) for row in said}


def of_report(report: Any, rows: Sequence[Any]) -> list[dict[str, int | None]]:
    """The curve as one report draws it, from what it says (`rows`: reports.content.Progress) and from those before it."""
    place = (report.period_to, report.number)
    said = history(with_answers(report.project.reports.filter(status__in=HANDED_OVER)))
    before = [row for row in said if (row["period_to"], row["number"]) < place]
    done = done_by_month(before)
    if rows:
        done[report.last_month] = mean([row.done for row in rows])
    months = rows[0].project_months if rows else 0
    return points(spans_of(row.activity for row in rows), months, done)
