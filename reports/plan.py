"""The arithmetic of the timetable: which periods a project reports on, and how far an activity should be by then.

Pure functions. What the plan promises is counted in months of the project, not in dates: a suspension moves the dates
and leaves the plan as it was approved.
"""

import datetime as dt
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from core.dates import add_months

ONE_DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Period:
    """What one report covers: months of the project, the days they are, and when the report is due."""

    number: int
    first_month: int
    last_month: int
    period_from: dt.date
    period_to: dt.date
    due_on: dt.date
    is_final: bool


def periods(
    *, first_day: dt.date, months: int, every: int, due_days: int, final_due_days: int | None = None
) -> list[Period]:
    """The reports of a project that runs for `months` from `first_day` (PROGRAMME 4): one every `every` months, due
    `due_days` calendar days after its period's last day. The last one covers what is left, and is the final report; it may have
    days of its own."""
    found = []
    for number, first_month in enumerate(range(1, months + 1, every), start=1):
        last_month = min(first_month + every - 1, months)
        period_to = add_months(first_day, last_month) - ONE_DAY
        days = due_days if last_month < months or final_due_days is None else final_due_days
        found.append(
            Period(
                number=number,
                first_month=first_month,
                last_month=last_month,
                period_from=add_months(first_day, first_month - 1),
                period_to=period_to,
                due_on=period_to + dt.timedelta(days=days),
                is_final=last_month == months,
            )
        )
    return found


def planned_percent(*, first_month: int, last_month: int, by_month: int) -> int:
    """How much of an activity should be done at the end of a month of the project: in equal parts over its months."""
    gone = min(max(by_month - first_month + 1, 0), last_month - first_month + 1)
    share = Decimal(gone) * 100 / Decimal(last_month - first_month + 1)
    return int(share.quantize(Decimal(1), ROUND_HALF_UP))
