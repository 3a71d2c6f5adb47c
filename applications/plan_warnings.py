"""What looks odd in a work plan, in sentences. They warn and block nothing: a group may have its reasons. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from applications import flows
from applications.eligibility.engine import names
from applications.models import Activity, BudgetLine
from core.money import ZERO, format_money

# From this part of the cost on, one month has too much of it.
MUCH = Decimal("0.5")


def warnings(activities: Iterable[Activity], lines: Iterable[BudgetLine], months: int) -> list[str]:
    """Everything that somebody might want to look at again; nothing for a plan without activities."""
    activities, lines = list(activities), list(lines)
    if not activities:
        return []
    found = [
        *_empty_months(activities, months),
        *_at_once(activities),
        *_all_at_the_end(activities, months),
        *_without_cost(activities, lines),
        *_costs_at_the_end(activities, lines, months),
    ]
    return [sentence for sentence in found if sentence]


def _empty_months(activities: Sequence[Activity], months: int) -> Iterable[str]:
    busy = {month for row in activities for month in range(row.first_month, row.last_month + 1)}
    empty = [month for month in range(1, months + 1) if month not in busy]
    if empty:
        yield ngettext(
            "Nothing happens in month %(months)s.", "Nothing happens in months %(months)s.", len(empty)
        ) % {"months": in_runs(empty)}


def _at_once(activities: Sequence[Activity]) -> Iterable[str]:
    """Activities at the same time that wait for the same one, or for nobody."""
    whose: dict[str, list[Activity]] = defaultdict(list)
    for row in activities:
        whose[row.responsible_name.strip()].append(row)
    for name, rows in whose.items():
        together = _overlapping(rows)
        if not together:
            continue
        if name:
            sentence = _("%(who)s alone is responsible for these at the same time: %(names)s.")
        else:
            sentence = _("Nobody is responsible for these, which happen at the same time: %(names)s.")
        yield sentence % {"who": name, "names": names(together)}


def _overlapping(rows: Sequence[Activity]) -> list[Activity]:
    """Those that share a month with another one of them."""
    return [
        row
        for row in rows
        if any(
            other is not row and other.first_month <= row.last_month and row.first_month <= other.last_month
            for other in rows
        )
    ]


def _all_at_the_end(activities: Sequence[Activity], months: int) -> Iterable[str]:
    if months > 1 and all(row.first_month >= months for row in activities):
        yield _("Everything happens in the last month.")
    elif months > 1 and len(activities) > 1 and all(row.last_month >= months for row in activities):
        yield _("Everything ends in the last month: until then nothing is ready to be shown.")


def _without_cost(activities: Sequence[Activity], lines: Sequence[BudgetLine]) -> Iterable[str]:
    paid = {line.activity_id for line in lines}
    free = [row for row in activities if row.pk not in paid]
    if lines and free:
        yield _("No cost of the budget is for: %(names)s.") % {"names": names(free)}


def _costs_at_the_end(
    activities: Sequence[Activity], lines: Sequence[BudgetLine], months: int
) -> Iterable[str]:
    """Money that is spent where the plan has no time left to use it."""
    by_month = flows.by_month(lines, activities, months)
    cost = sum((month.cost for month in by_month), ZERO)
    last = by_month[months - 1].cost
    if months > 1 and cost and last / cost > MUCH:
        words = {"amount": format_money(last), "cost": format_money(cost)}
        yield _("More than half of the cost falls in the last month: %(amount)s of %(cost)s.") % words
    late = [month.number for month in by_month if month.number > months and month.cost]
    if late:
        yield _("Costs fall in months beyond the plan: %(months)s.") % {"months": in_runs(late)}


def in_runs(months: Sequence[int]) -> str:
    """`2, 5–7`: months in their order, those that follow one another together."""
    runs: list[list[int]] = []
    for month in months:
        if runs and month == runs[-1][-1] + 1:
            runs[-1].append(month)
        else:
            runs.append([month])
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in runs)
