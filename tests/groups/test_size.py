"""SME or not: by which years, against which ceilings, in which words (PROGRAMME 4)."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.money import cents
from groups.ceilings import ceilings_on
from groups.models import Branch, Size, SizeCeiling
from groups.size import (
    Outcome,
    count_in_words,
    judge,
    members_on,
    size_of,
    sizes_of,
    years_that_count,
    years_to_ask,
)
from tests.factories_groups import TOO_BIG, make_firm, make_group

DAY = dt.date(2026, 3, 10)
SALES = {2023: Decimal(100), 2024: Decimal(200), 2025: Decimal(300)}


def rows(*limits: int, **fields) -> list[SizeCeiling]:
    """Ceilings of one norm: micro, small, medium 1 … at these amounts."""
    fields = {"norm": "Norm 1/2025", "valid_from": dt.date(2025, 1, 1), "branch": "industry_mining"} | fields
    sizes = [Size.MICRO, Size.SMALL, Size.MEDIUM_1, Size.MEDIUM_2]
    return [
        SizeCeiling(size=s, yearly_sales=Decimal(x), **fields) for s, x in zip(sizes, limits, strict=False)
    ]


# --- Which years -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "day, known, years",
    [
        (dt.date(2026, 11, 24), {2025, 2024, 2023, 2022}, (2025, 2024, 2023)),
        (dt.date(2026, 11, 24), {2024, 2023, 2022}, (2025, 2024, 2023)),
        # Until the end of April the books of the year before may be open.
        (dt.date(2026, 4, 30), {2024, 2023, 2022}, (2024, 2023, 2022)),
        (dt.date(2026, 4, 30), {2025, 2022}, (2025, 2024, 2023)),
        (dt.date(2026, 5, 1), {2024, 2023, 2022}, (2025, 2024, 2023)),
    ],
)
def test_the_last_three_closed_years_count(day, known, years):
    assert years_that_count(day, known) == years


def test_the_form_asks_for_all_that_can_count():
    assert years_to_ask(dt.date(2026, 4, 30)) == (2025, 2024, 2023, 2022)
    assert years_to_ask(dt.date(2026, 5, 1)) == (2025, 2024, 2023)


def test_the_average_is_of_three_years():
    result = judge(SALES | {2022: Decimal(10_000)}, rows(150, 200, 300), DAY)
    assert (result.average, result.years_used) == (Decimal("200.00"), (2025, 2024, 2023))
    assert (result.size, result.is_sme) == (Size.SMALL, True)


def test_a_younger_firm_counts_its_own_years():
    result = judge({2025: Decimal(300)}, rows(150, 200, 300), DAY)
    assert (result.average, result.years_used, result.size) == (Decimal("300.00"), (2025,), Size.MEDIUM_1)


@pytest.mark.parametrize(
    "started_on, sales, average",
    [
        (dt.date(2025, 7, 1), {2025: 300}, "600.00"),
        (dt.date(2025, 7, 31), {2025: 300}, "600.00"),
        (dt.date(2024, 10, 5), {2024: 100, 2025: 300}, "350.00"),
        (dt.date(2025, 12, 31), {2025: 10}, "120.00"),
        # A whole year, a first year that does not count any more, no day at all: as written.
        (dt.date(2025, 1, 31), {2025: 300}, "300.00"),
        (dt.date(2020, 7, 1), {2023: 100, 2024: 200, 2025: 300}, "200.00"),
        (None, {2025: 300}, "300.00"),
    ],
)
def test_a_first_year_of_some_months_counts_in_proportion(started_on, sales, average):
    written = {year: Decimal(amount) for year, amount in sales.items()}
    assert judge(written, rows(1000), DAY, started_on=started_on).average == Decimal(average)


def test_the_proportion_stands_in_the_arithmetic():
    sales, linked = {2024: Decimal(80), 2025: Decimal(300)}, {2024: Decimal(20)}
    result = judge(sales, rows(1000), DAY, linked, started_on=dt.date(2024, 10, 5))
    assert [line.replace("\xa0", " ") for line in result.arithmetic] == [
        "2024: $ 80,00 + $ 20,00 of linked firms = $ 100,00",
        "2024, its first 3 months: $ 100,00 ÷ 3 × 12 = $ 400,00",
        "($ 400,00 + $ 300,00) ÷ 2 = $ 350,00",
    ]


def test_a_year_that_is_not_over_does_not_count():
    assert judge({2026: Decimal(1)}, rows(100), DAY).outcome is Outcome.NOT_SHOWN


def test_figures_that_are_too_old_show_nothing():
    result = judge({2015: Decimal(1)}, rows(100), DAY)
    assert (result.outcome, result.is_sme, result.average) == (Outcome.NOT_SHOWN, False, None)
    assert result.sentence == "Its sales are too old: those of 2022, 2023, 2024 count."


def test_without_figures_a_firm_is_not_shown_to_be_an_sme():
    result = judge({}, rows(100), dt.date(2026, 11, 24))
    assert (result.outcome, result.is_sme, result.size) == (Outcome.NOT_SHOWN, False, "")
    assert result.label == "Not shown to be an SME"
    assert result.sentence == "It gave no yearly sales. Those of 2023, 2024, 2025 count."


# --- Against which ceilings --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "sales, size",
    [("100.00", Size.MICRO), ("100.01", Size.SMALL), ("400.00", Size.MEDIUM_2), ("400.01", "")],
)
def test_a_ceiling_is_the_most_that_still_counts(sales, size):
    result = judge({2025: Decimal(sales)}, rows(100, 200, 300, 400), DAY)
    assert (result.size, result.is_sme) == (size, bool(size))


def test_above_the_highest_ceiling_is_no_sme():
    result = judge({2025: Decimal("401")}, rows(100, 200, 300, 400), DAY)
    assert (result.outcome, result.label, result.ceiling.yearly_sales) == (Outcome.TOO_BIG, "Not an SME", 400)
    assert result.sentence == (
        "Average sales of 2025: $\xa0401,00. That is above $\xa0400,00, the most for an SME of its branch "
        "(Norm 1/2025, in force since 01/01/2025, day to be confirmed)."
    )


def test_the_sentence_says_figures_and_norm():
    result = judge(SALES, rows(150, 200, provisional=False), DAY)
    assert result.sentence == (
        "Average sales of 2023, 2024, 2025: $\xa0200,00. The most for this size in its branch is $\xa0200,00 "
        "(Norm 1/2025, in force since 01/01/2025)."
    )


def test_no_row_for_the_day_is_for_an_officer():
    result = judge(SALES, [], DAY)
    assert (result.outcome, result.state, result.is_sme) == (Outcome.NO_CEILING, "warn", False)
    assert (result.average, result.ceiling) == (Decimal("200.00"), None)
    assert "No ceiling is on file for 10/03/2026: an officer decides." in result.sentence


# --- Properties --------------------------------------------------------------------------------------

amounts = st.decimals(min_value=0, max_value=10**11, places=2, allow_nan=False)
figures = st.dictionaries(st.integers(2018, 2027), amounts, max_size=8)
limits = st.lists(st.integers(1, 10**9), min_size=4, max_size=4, unique=True).map(sorted)
days = st.dates(dt.date(2024, 1, 1), dt.date(2028, 12, 31))


@given(figures, limits, days)
def test_size_is_the_smallest_that_holds_the_average(sales, most, day):
    result = judge(sales, rows(*most), day)
    assert len(result.years_used) <= 3
    assert all(day.year - 4 <= year < day.year for year in result.years_used)
    if result.average is None:
        assert not result.years_used
        assert result.outcome is Outcome.NOT_SHOWN
        return
    used = [sales[year] for year in result.years_used]
    assert result.average == cents(sum(used) / len(used))
    assert min(used) - Decimal("0.01") <= result.average <= max(used) + Decimal("0.01")
    fitting = [index for index, limit in enumerate(most) if result.average <= limit]
    assert result.is_sme == bool(fitting)
    if fitting:
        assert result.ceiling.yearly_sales == most[fitting[0]]


@given(figures, limits, days, st.integers(2018, 2027), amounts)
def test_more_sales_never_make_a_firm_smaller(sales, most, day, year, more):
    if year not in sales:
        return
    order = ["micro", "small", "medium_1", "medium_2", ""]
    before = judge(sales, rows(*most), day)
    after = judge(sales | {year: sales[year] + more}, rows(*most), day)
    assert after.years_used == before.years_used
    if before.outcome is not Outcome.NOT_SHOWN:
        assert order.index(after.size) >= order.index(before.size)


@given(figures, limits, days, st.permutations(range(4)))
def test_the_order_of_the_rows_does_not_matter(sales, most, day, order):
    norm = rows(*most)
    mixed = [norm[index] for index in order]
    assert judge(sales, norm, day).size == judge(sales, mixed, day).size


@given(figures, days)
def test_every_result_says_why(sales, day):
    for norm in (rows(100, 200), []):
        result = judge(sales, norm, day)
        assert result.sentence.endswith(".")
        assert result.label


# --- With the database -------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_norm_in_force_is_the_one_that_began_last():
    norms = [{row.norm for row in ceilings_on(day)["services"]} for day in (dt.date(2024, 12, 31), DAY)]
    assert norms == [{"Resolución 23/2022"}, {"Resolución 54/2025"}]
    assert ceilings_on(dt.date(2005, 12, 31)) == {}


@pytest.mark.django_db
def test_2006_knew_one_medium_size():
    firm = make_firm(sales=Decimal(60_000_000), years=(2006,), branch=Branch.INDUSTRY_MINING)
    result = size_of(firm, dt.date(2007, 6, 1))
    assert (result.size, result.ceiling.norm) == (Size.MEDIUM, "Disposición SEPyME 147/2006")
    firm.years.update(sales=Decimal("60000000.01"))
    firm.refresh_from_db()
    assert size_of(firm, dt.date(2007, 6, 1)).outcome is Outcome.TOO_BIG


@pytest.mark.django_db
def test_a_branch_has_ceilings_of_its_own():
    sales = Decimal(700_000_000)
    branches = [Branch.SERVICES, Branch.INDUSTRY_MINING]
    assert [size_of(make_firm(sales=sales, branch=b), DAY).size for b in branches] == ["small", "micro"]


@pytest.mark.django_db
def test_a_new_row_for_one_branch_leaves_the_others():
    SizeCeiling.objects.create(
        valid_from=dt.date(2026, 1, 1), norm="New", branch="services", size="micro", yearly_sales=1
    )
    in_force = ceilings_on(DAY)
    assert [row.norm for row in in_force["services"]] == ["New"]
    assert {row.norm for row in in_force["commerce"]} == {"Resolución 54/2025"}


@pytest.mark.django_db
def test_before_every_norm_an_officer_decides():
    firm = make_firm(years=(2004,))
    assert size_of(firm, dt.date(2005, 6, 1)).outcome is Outcome.NO_CEILING


@pytest.mark.django_db
@pytest.mark.parametrize("firms", [1, 30])
def test_sizes_of_many_firms_take_as_many_questions_as_of_one(firms, django_assert_num_queries):
    group = make_group(firms)
    with django_assert_num_queries(4):
        members = members_on(group, DAY)
    assert len(members) == firms
    assert all(member.size.is_sme and member.size.size == Size.SMALL for member in members)


@pytest.mark.django_db
def test_sizes_are_by_firm():
    small, big, unknown = make_firm(), make_firm(sales=TOO_BIG), make_firm(sales=None)
    result = sizes_of([small, big, unknown], DAY)
    assert [result[firm.pk].is_sme for firm in (small, big, unknown)] == [True, False, False]


@pytest.mark.parametrize(
    "smes, words",
    [
        (0, "0 of 5 SMEs, 5 missing"),
        (4, "4 of 5 SMEs, 1 missing"),
        (5, "5 SMEs; at least 5 are needed"),
        (7, "7 SMEs; at least 5 are needed"),
    ],
)
def test_the_meter_in_words(smes, words):
    assert count_in_words(smes) == words
