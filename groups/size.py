"""SME or not: a firm's size from its average yearly sales against the dated ceilings of its branch (PROGRAMME 4).

The years that count are the last three closed ones before the day; a younger firm counts its own. A year closes on 31
December at the latest, so the year of the day itself never counts. Until the end of April the books of the year before
may not be closed: while its figure is missing, the three years before that one count. Older figures never do: with
prices that rise, an old figure makes any firm small.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

from django.utils.translation import gettext as _

from core.money import cents, format_money
from groups.models import Firm, Group, Membership, Size, SizeCeiling

YEARS_COUNTED = 3
# Until the end of this month the year before may still be open in the books.
BOOKS_CLOSE = 4
# A group of the programme has at least so many SMEs; a call may ask for more (PROGRAMME 1, 4).
SMALLEST_GROUP = 5


class Outcome(Enum):
    """What came of looking at a firm's figures. The value is the state whose look the badge takes."""

    SME = "pass"
    TOO_BIG = "fail"
    NOT_SHOWN = "incomplete"
    # No ceiling is on file for the day: an officer decides.
    NO_CEILING = "warn"


@dataclass(frozen=True)
class SizeResult:
    """A firm's size on a day, with everything that it was judged by.

    `size` is "" for a firm that is not an SME, or not shown to be one. `average` is in pesos of the years themselves,
    without VAT; None without figures. `ceiling` is the row that decided: that of its size, or the highest one, which
    the firm passed. `years_used` are newest first.
    """

    outcome: Outcome
    size: Size | str
    average: Decimal | None
    ceiling: SizeCeiling | None
    years_used: tuple[int, ...]
    sentence: str

    @property
    def is_sme(self) -> bool:
        """Whether it counts toward the smallest number of SMEs."""
        return self.outcome is Outcome.SME

    @property
    def state(self) -> str:
        """The name of its look (core.looks)."""
        return self.outcome.value

    @property
    def label(self) -> str:
        """The size in words."""
        if self.outcome is Outcome.SME:
            return str(Size(self.size).label)
        if self.outcome is Outcome.TOO_BIG:
            return _("Not an SME")
        if self.outcome is Outcome.NOT_SHOWN:
            return _("Not shown to be an SME")
        return _("An officer decides")


# --- The rule itself, without a database -------------------------------------------------------------


def years_that_count(day: dt.date, known: Iterable[int]) -> tuple[int, ...]:
    """The closed years, newest first, whose figures count on a day; some of them may be without a figure."""
    last = day.year - 1
    if day.month <= BOOKS_CLOSE and last not in set(known):
        last -= 1
    return tuple(range(last, last - YEARS_COUNTED, -1))


def years_to_ask(day: dt.date) -> tuple[int, ...]:
    """The years, newest first, that a form asks for on a day: those that count, whichever way."""
    last = day.year - 1
    count = YEARS_COUNTED + 1 if day.month <= BOOKS_CLOSE else YEARS_COUNTED
    return tuple(range(last, last - count, -1))


def judge(sales: Mapping[int, Decimal], ceilings: Iterable[SizeCeiling], day: dt.date) -> SizeResult:
    """The size that yearly sales (by year closed) make against a branch's ceilings in force on a day.

    `ceilings` are the rows of one norm for one branch; none of them means that no norm is on file for the day.
    """
    years = tuple(year for year in years_that_count(day, sales) if year in sales)
    if not years:
        return _not_shown(sales, day)
    average = cents(sum((sales[year] for year in years), Decimal(0)) / len(years))
    rows = sorted(ceilings, key=lambda row: row.yearly_sales)
    if not rows:
        sentence = _(
            "Average sales of %(years)s: %(average)s. No ceiling is on file for %(day)s: an officer decides."
        )
        facts = {"years": _listed(years), "average": format_money(average), "day": f"{day:%d/%m/%Y}"}
        return SizeResult(Outcome.NO_CEILING, "", average, None, years, sentence % facts)
    row = next((row for row in rows if average <= row.yearly_sales), None)
    return _within(row, average, years) if row else _above(rows[-1], average, years)


def _not_shown(sales: Mapping[int, Decimal], day: dt.date) -> SizeResult:
    asked = _listed(years_that_count(day, sales))
    if sales:
        sentence = _("Its sales are too old: those of %(years)s count.") % {"years": asked}
    else:
        sentence = _("It gave no yearly sales. Those of %(years)s count.") % {"years": asked}
    return SizeResult(Outcome.NOT_SHOWN, "", None, None, (), sentence)


def _within(row: SizeCeiling, average: Decimal, years: tuple[int, ...]) -> SizeResult:
    sentence = _(
        "Average sales of %(years)s: %(average)s. The most for this size in its branch is %(most)s (%(norm)s)."
    ) % _facts(row, average, years)
    return SizeResult(Outcome.SME, Size(row.size), average, row, years, sentence)


def _above(row: SizeCeiling, average: Decimal, years: tuple[int, ...]) -> SizeResult:
    sentence = _(
        "Average sales of %(years)s: %(average)s. That is above %(most)s, the most for an SME of its branch (%(norm)s)."
    ) % _facts(row, average, years)
    return SizeResult(Outcome.TOO_BIG, "", average, row, years, sentence)


def _facts(row: SizeCeiling, average: Decimal, years: tuple[int, ...]) -> dict[str, str]:
    return {
        "years": _listed(years),
        "average": format_money(average),
        "most": format_money(row.yearly_sales),
        "norm": norm_of(row),
    }


def norm_of(row: SizeCeiling) -> str:
    """Which norm a row is of, and since when it counts."""
    facts = {"norm": row.norm, "day": f"{row.valid_from:%d/%m/%Y}"}
    if row.provisional:
        return _("%(norm)s, in force since %(day)s, day to be confirmed") % facts
    return _("%(norm)s, in force since %(day)s") % facts


def _listed(years: Iterable[int]) -> str:
    """`2023, 2024, 2025`, oldest first."""
    return ", ".join(str(year) for year in sorted(years))


# --- Firms of the database ---------------------------------------------------------------------------


def ceilings_on(day: dt.date) -> dict[str, list[SizeCeiling]]:
    """The ceilings in force on a day, by branch: in each branch those that began last. One query."""
    by_branch: dict[str, list[SizeCeiling]] = defaultdict(list)
    for row in SizeCeiling.objects.filter(valid_from__lte=day).order_by("branch", "-valid_from"):
        rows = by_branch[row.branch]
        if not rows or rows[0].valid_from == row.valid_from:
            rows.append(row)
    return dict(by_branch)


def sizes_of(firms: Iterable[Firm], day: dt.date) -> dict[int, SizeResult]:
    """The size of each firm on a day, by the firm's id. Prefetch `years`: then one query, however many firms."""
    in_force = ceilings_on(day)
    return {
        firm.pk: judge({row.year: row.sales for row in firm.years.all()}, in_force.get(firm.branch, ()), day)
        for firm in firms
    }


def size_of(firm: Firm, day: dt.date) -> SizeResult:
    """The size of one firm on a day."""
    return sizes_of([firm], day)[firm.pk]


@dataclass(frozen=True)
class Member:
    """A firm's place in a group, with its size on a day."""

    membership: Membership
    size: SizeResult

    @property
    def firm(self) -> Firm:
        return self.membership.firm


def members_on(group: Group, day: dt.date) -> list[Member]:
    """The firms of a group on a day, with their sizes: three queries, however many firms."""
    rows = list(
        group.memberships.on(day)
        .select_related("firm__sector", "firm__activity")
        .prefetch_related("firm__years")
    )
    sizes = sizes_of([row.firm for row in rows], day)
    return [Member(row, sizes[row.firm_id]) for row in rows]


def count_in_words(smes: int, needed: int = SMALLEST_GROUP) -> str:
    """`4 of 5 SMEs, 1 missing`: what the meter of a group says."""
    if smes >= needed:
        return _("%(smes)s SMEs; at least %(needed)s are needed") % {"smes": smes, "needed": needed}
    return _("%(smes)s of %(needed)s SMEs, %(missing)s missing") % {
        "smes": smes,
        "needed": needed,
        "missing": needed - smes,
    }


def smes_in(groups: Iterable[Group], day: dt.date) -> dict[int, tuple[int, int]]:
    """How many SMEs and how many firms each group has on a day, by the group's id: three queries for any number."""
    counts = {group.pk: (0, 0) for group in groups}
    places = Membership.objects.on(day).filter(group__in=counts).select_related("firm__activity")
    rows = list(places.prefetch_related("firm__years"))
    sizes = sizes_of([row.firm for row in rows], day)
    for row in rows:
        smes, firms = counts[row.group_id]
        counts[row.group_id] = (smes + sizes[row.firm_id].is_sme, firms + 1)
    return counts
