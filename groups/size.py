"""SME or not: a firm's size, from what the programme accepts as proof of it (PROGRAMME 4).

A valid MiPyME certificate shows it, where the call accepts that. Otherwise the average yearly sales decide, against the
dated ceilings of the firm's branch; for the few activities of which the norm says so, the people employed.

The years that count are the last three closed ones before the day; a younger firm counts its own. A year closes on 31
December at the latest, so the year of the day itself never counts. Until the end of April the books of the year before
may not be closed: while its figure is missing, the three years before that one count. Older figures never do: with
prices that rise, an old figure makes any firm small. A first year that was shorter than twelve months counts in
proportion, as the norm says: where the firm tells on which day it began, as if a whole year had gone like its first
months, from that of the day to December.

Sales of linked firms count with its own. Whoever entered their sales through the firm's own link shows the group the
size and no figure: `sizes_of` leaves them out, unless `figures` says that the reader may have them.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import Enum

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.money import ZERO, cents, format_money
from groups.ceilings import Ceiling, Norms, norm_of, norms_on
from groups.certificates import newest, valid_on
from groups.models import Certificate, Firm, Group, HeadcountCeiling, Membership, Size, SizeCeiling

YEARS_COUNTED = 3
MONTHS = 12
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


class Way(Enum):
    """What a size was judged by."""

    SALES = "sales"
    PEOPLE = "people"
    CERTIFICATE = "certificate"


@dataclass(frozen=True)
class SizeResult:
    """A firm's size on a day, with everything that it was judged by.

    `size` is "" for a firm that is not an SME, or not shown to be one. `average` is in pesos of the years themselves,
    without VAT; None without figures. `ceiling` is the row that decided: that of its size, or the highest one, which
    the firm passed; None where a certificate did. `years_used` are newest first. `arithmetic` are the lines of the
    calculation, oldest year first. `private`: the figures are the firm's own affair and stand in no field.
    """

    outcome: Outcome
    size: Size | str
    average: Decimal | None
    ceiling: Ceiling | None
    years_used: tuple[int, ...]
    sentence: str
    way: Way = Way.SALES
    arithmetic: tuple[str, ...] = ()
    certificate: Certificate | None = None
    private: bool = False

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

    def without_figures(self) -> "SizeResult":
        """The same for readers who may know the size and not the sales."""
        if self.way is not Way.SALES or self.average is None:
            return self
        sentence = _("The firm itself entered its sales of %(years)s: only its size is shown.")
        facts = {"years": _listed(self.years_used)}
        if self.ceiling:
            sentence += " " + _("It was compared with %(norm)s.")
            facts["norm"] = norm_of(self.ceiling)
        return replace(self, average=None, arithmetic=(), private=True, sentence=sentence % facts)


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


def judge(
    sales: Mapping[int, Decimal],
    ceilings: Iterable[SizeCeiling],
    day: dt.date,
    linked: Mapping[int, Decimal] | None = None,
    started_on: dt.date | None = None,
) -> SizeResult:
    """The size that yearly sales (by year closed) make against a branch's ceilings in force on a day.

    `linked` are the sales of linked firms in the same years. `ceilings` are the rows of one norm for one branch; none
    of them means that no norm is on file for the day. `started_on`: the day on which a young firm began.
    """
    linked = linked or {}
    years = tuple(year for year in years_that_count(day, sales) if year in sales)
    if not years:
        return _not_shown(sales, day)
    counted = {year: sales[year] + linked.get(year, ZERO) for year in years}
    lines = _linked_lines(sales, linked, counted)
    if started_on and started_on.year in counted and (months := MONTHS + 1 - started_on.month) < MONTHS:
        written = counted[started_on.year]
        counted[started_on.year] = cents(written * MONTHS / months)
        lines.append(_first_year(started_on.year, written, months, counted[started_on.year]))
    average = cents(sum(counted.values(), ZERO) / len(years))
    lines.append(_averaged(counted, average))
    rows = sorted(ceilings, key=lambda row: row.yearly_sales)
    if not rows:
        sentence = _(
            "Average sales of %(years)s: %(average)s. No ceiling is on file for %(day)s: an officer decides."
        )
        facts = {"years": _listed(years), "average": format_money(average), "day": f"{day:%d/%m/%Y}"}
        return SizeResult(
            Outcome.NO_CEILING, "", average, None, years, sentence % facts, arithmetic=tuple(lines)
        )
    row = next((row for row in rows if average <= row.yearly_sales), None)
    result = _within(row, average, years) if row else _above(rows[-1], average, years)
    return replace(result, arithmetic=tuple(lines))


def _linked_lines(
    sales: Mapping[int, Decimal], linked: Mapping[int, Decimal], counted: Mapping[int, Decimal]
) -> list[str]:
    """`2025: $ 10,00 + $ 2,00 of linked firms = $ 12,00` for each year that has any."""
    return [
        _("%(year)s: %(own)s + %(linked)s of linked firms = %(sum)s")
        % {
            "year": year,
            "own": format_money(sales[year]),
            "linked": format_money(linked[year]),
            "sum": format_money(counted[year]),
        }
        for year in sorted(counted)
        if linked.get(year)
    ]


def _first_year(year: int, written: Decimal, months: int, whole: Decimal) -> str:
    """`2025, its first 6 months: $ 10,00 ÷ 6 × 12 = $ 20,00`."""
    words = ngettext("%(year)s, its first %(n)s month", "%(year)s, its first %(n)s months", months)
    words %= {"year": year, "n": months}
    return f"{words}: {format_money(written)} ÷ {months} × {MONTHS} = {format_money(whole)}"


def _averaged(counted: Mapping[int, Decimal], average: Decimal) -> str:
    """`($ 10,00 + $ 12,00 + $ 14,00) ÷ 3 = $ 12,00`."""
    amounts = " + ".join(format_money(counted[year]) for year in sorted(counted))
    if len(counted) > 1:
        amounts = f"({amounts})"
    return f"{amounts} ÷ {len(counted)} = {format_money(average)}"


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


def judge_people(people: int | None, ceilings: Iterable[HeadcountCeiling]) -> SizeResult:
    """The size that the people employed make, for an activity of which the norm says that they decide.

    `ceilings` are the rows of one norm for one branch; there is at least one.
    """
    if people is None:
        sentence = _(
            "For what it does the people employed decide the size, and it did not say how many they are."
        )
        return SizeResult(Outcome.NOT_SHOWN, "", None, None, (), sentence, way=Way.PEOPLE)
    rows = sorted(ceilings, key=lambda row: row.people)
    row = next((row for row in rows if people <= row.people), None)
    used = row or rows[-1]
    employs = ngettext("It employs %(n)s person.", "It employs %(n)s people.", people) % {"n": people}
    facts = {"most": used.people, "norm": norm_of(used)}
    if row:
        rest = _("The most for this size in its branch is %(most)s (%(norm)s).") % facts
        return SizeResult(Outcome.SME, Size(row.size), None, row, (), f"{employs} {rest}", way=Way.PEOPLE)
    rest = _("That is above %(most)s, the most for an SME of its branch (%(norm)s).") % facts
    return SizeResult(Outcome.TOO_BIG, "", None, used, (), f"{employs} {rest}", way=Way.PEOPLE)


def shown_by(certificate: Certificate) -> SizeResult:
    """The size that a certificate says, while it is valid."""
    sentence = _("Its MiPyME certificate %(number)s says so; it is valid until %(day)s.") % {
        "number": certificate.number,
        "day": f"{certificate.valid_until:%d/%m/%Y}",
    }
    return SizeResult(
        Outcome.SME,
        Size(certificate.size),
        None,
        None,
        (),
        sentence,
        way=Way.CERTIFICATE,
        certificate=certificate,
    )


def _listed(years: Iterable[int]) -> str:
    """`2023, 2024, 2025`, oldest first."""
    return ", ".join(str(year) for year in sorted(years))


# --- Firms of the database ---------------------------------------------------------------------------


def sizes_of(
    firms: Iterable[Firm],
    day: dt.date,
    *,
    certificates: bool = True,
    figures: bool = False,
    norms: Norms | None = None,
) -> dict[int, SizeResult]:
    """The size of each firm on a day, by the firm's id.

    `certificates`: whether the call accepts them. `figures`: whether the readers may have the sales of firms that
    entered them by themselves (the programme's staff). `norms`: those of the day, where they were
    read already. Prefetch `years` and `certificates`, and select `activity`: then at most two queries, however many firms.
    """
    firms = list(firms)
    norms = norms or norms_on(day, firms)
    sizes = {firm.pk: _judged(firm, day, norms, certificates=certificates) for firm in firms}
    if not figures:
        for firm in firms:
            if firm.sales_are_private:
                sizes[firm.pk] = sizes[firm.pk].without_figures()
    return sizes


def _judged(firm: Firm, day: dt.date, norms: Norms, *, certificates: bool) -> SizeResult:
    held = list(firm.certificates.all()) if certificates else []
    if valid := valid_on(held, day):
        return shown_by(valid)
    headcounts = norms.people.get(firm.branch)
    if firm.activity.people_decide and headcounts:
        result = judge_people(firm.people, headcounts)
    else:
        years = list(firm.years.all())
        result = judge(
            {row.year: row.sales for row in years},
            norms.sales.get(firm.branch, ()),
            day,
            {row.year: row.linked_sales for row in years},
            started_on=firm.started_on,
        )
    if result.outcome is Outcome.NOT_SHOWN and (old := newest(held)):
        words = _("Its MiPyME certificate does not count any more: it was valid until %(day)s.") % {
            "day": f"{old.valid_until:%d/%m/%Y}"
        }
        # One of a later year is possible too, and says nothing yet.
        if old.valid_until < day:
            result = replace(result, sentence=f"{result.sentence} {words}")
    return result


def size_of(firm: Firm, day: dt.date, *, certificates: bool = True, figures: bool = False) -> SizeResult:
    """The size of one firm on a day."""
    return sizes_of([firm], day, certificates=certificates, figures=figures)[firm.pk]


def linked_sales_doubt(firm: Firm, size: SizeResult) -> str:
    """What is said of a firm that declares linked firms and gives 0 for their sales in every year that counted; "" for
    any other. It may be right (they sold nothing), so it is no error. Prefetch `links` and `years` for many firms."""
    if size.way is not Way.SALES or not size.years_used or not firm.links.all():
        return ""
    if any(row.linked_sales for row in firm.years.all() if row.year in size.years_used):
        return ""
    return _(
        "It declares linked firms, and their sales are 0 in every year that counts. Their sales count together with its "
        "own: write them if there are any."
    )


@dataclass(frozen=True)
class Member:
    """A firm's place in a group, with its size on a day."""

    membership: Membership
    size: SizeResult

    @property
    def firm(self) -> Firm:
        return self.membership.firm

    @property
    def certificate(self) -> Certificate | None:
        """Its MiPyME certificate that lasts longest, whether it still counts or not."""
        return newest(self.firm.certificates.all())


def members_on(group: Group, day: dt.date) -> list[Member]:
    """The firms of a group on a day, with their sizes: at most five queries, however many firms."""
    rows = list(
        group.memberships.on(day)
        .select_related("firm__sector", "firm__activity")
        .prefetch_related("firm__years", "firm__certificates")
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
    """How many SMEs and how many firms each group has on a day, by the group's id: at most five
    queries for any number."""
    return {group: (sum(found.values()), len(found)) for group, found in firms_in(groups, day).items()}


def firms_in(groups: Iterable[Group], day: dt.date) -> dict[int, dict[int, bool]]:
    """Of each group, by its id, its firms on a day: whether each is an SME, by its id. As many queries."""
    found: dict[int, dict[int, bool]] = {group.pk: {} for group in groups}
    places = Membership.objects.on(day).filter(group__in=found).select_related("firm__activity")
    rows = list(places.prefetch_related("firm__years", "firm__certificates"))
    sizes = sizes_of([row.firm for row in rows], day)
    for row in rows:
        found[row.group_id][row.firm_id] = sizes[row.firm_id].is_sme
    return found
