"""What a size is judged by: a certificate, the sales of linked firms too, people employed; the arithmetic; what stays
the firm's own (PROGRAMME 4)."""

import datetime as dt
from decimal import Decimal

import pytest

from groups.models import EconomicActivity, HeadcountCeiling, Size, SizeCeiling
from groups.size import Outcome, Way, judge, judge_people, members_on, size_of
from tests.factories_groups import TOO_BIG, make_certificate, make_firm, make_group

DAY = dt.date(2026, 3, 10)


def ceilings(*limits: int) -> list[SizeCeiling]:
    norm = {"norm": "Norm 1/2025", "valid_from": dt.date(2025, 1, 1), "branch": "services"}
    return [
        SizeCeiling(size=size, yearly_sales=Decimal(limit), **norm)
        for size, limit in zip([Size.MICRO, Size.SMALL], limits, strict=False)
    ]


# --- The arithmetic ----------------------------------------------------------------------------------


def test_the_arithmetic_is_shown():
    sales = {2023: Decimal(10), 2024: Decimal(12), 2025: Decimal(14)}
    assert judge(sales, ceilings(100), DAY).arithmetic == (
        "($\xa010,00 + $\xa012,00 + $\xa014,00) ÷ 3 = $\xa012,00",
    )
    assert judge({2025: Decimal(14)}, ceilings(100), DAY).arithmetic == ("$\xa014,00 ÷ 1 = $\xa014,00",)
    assert judge({}, ceilings(100), DAY).arithmetic == ()
    # Without a norm an officer decides, on these figures.
    assert judge({2025: Decimal(14)}, [], DAY).arithmetic == ("$\xa014,00 ÷ 1 = $\xa014,00",)


def test_sales_of_linked_firms_count_together():
    sales = {2024: Decimal(90), 2025: Decimal(90)}
    alone = judge(sales, ceilings(100, 200), DAY)
    linked = judge(sales, ceilings(100, 200), DAY, {2025: Decimal(40), 2023: Decimal(10**9)})
    assert (alone.size, linked.size, linked.average) == (Size.MICRO, Size.SMALL, Decimal("110.00"))
    assert linked.arithmetic == (
        "2025: $\xa090,00 + $\xa040,00 of linked firms = $\xa0130,00",
        "($\xa090,00 + $\xa0130,00) ÷ 2 = $\xa0110,00",
    )


@pytest.mark.django_db
def test_the_row_that_was_used_is_named():
    result = size_of(make_firm(), DAY)
    assert (result.ceiling.norm, result.ceiling.size, result.way) == (
        "Resolución 54/2025",
        "small",
        Way.SALES,
    )


# --- People employed ---------------------------------------------------------------------------------


def heads(*limits: int) -> list[HeadcountCeiling]:
    norm = {"norm": "Norm 2/2022", "valid_from": dt.date(2022, 1, 1), "branch": "services"}
    return [
        HeadcountCeiling(size=size, people=limit, provisional=False, **norm)
        for size, limit in zip([Size.MICRO, Size.SMALL], limits, strict=False)
    ]


@pytest.mark.parametrize(
    "people, size, outcome",
    [
        (0, Size.MICRO, Outcome.SME),
        (7, Size.MICRO, Outcome.SME),
        (8, Size.SMALL, Outcome.SME),
        (31, "", Outcome.TOO_BIG),
        (None, "", Outcome.NOT_SHOWN),
    ],
)
def test_people_decide_by_their_own_ceilings(people, size, outcome):
    result = judge_people(people, heads(7, 30))
    assert (result.size, result.outcome, result.way) == (size, outcome, Way.PEOPLE)


def test_people_are_said_with_the_row():
    assert judge_people(1, heads(7)).sentence == (
        "It employs 1 person. The most for this size in its branch is 7 (Norm 2/2022, in force since 01/01/2022)."
    )
    assert judge_people(9, heads(7)).sentence.startswith(
        "It employs 9 people. That is above 7, the most for an SME"
    )


@pytest.mark.django_db
def test_people_decide_only_where_the_norm_says_so():
    travel = EconomicActivity.objects.get(code="N791")
    firm = make_firm(sales=TOO_BIG, activity=travel, people=7)
    assert (size_of(firm, DAY).size, size_of(firm, DAY).way) == (Size.MICRO, Way.PEOPLE)
    # Before the norm that counts people sales decided for everybody.
    assert size_of(firm, dt.date(2021, 12, 31)).way is Way.SALES
    other = make_firm(sales=TOO_BIG, branch="services", people=7)
    assert size_of(other, DAY).outcome is Outcome.TOO_BIG


# --- Certificates ------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_valid_certificate_shows_the_size_where_it_is_accepted():
    firm = make_firm(sales=None)
    certificate = make_certificate(firm, number="0042")
    result = size_of(firm, DAY)
    assert (result.size, result.way, result.certificate) == (Size.SMALL, Way.CERTIFICATE, certificate)
    assert result.sentence == "Its MiPyME certificate 0042 says so; it is valid until 30/04/2027."
    assert size_of(firm, DAY, certificates=False).outcome is Outcome.NOT_SHOWN


@pytest.mark.django_db
def test_a_certificate_that_ended_leaves_it_to_the_sales():
    firm = make_firm(sales=None)
    make_certificate(firm, year_closed_on=dt.date(2025, 10, 31))
    result = size_of(firm, DAY)
    assert result.outcome is Outcome.NOT_SHOWN
    assert result.sentence.endswith("it was valid until 28/02/2026.")


# --- What stays the firm's own -----------------------------------------------------------------------


@pytest.mark.django_db
def test_figures_that_the_firm_entered_itself_stay_its_own():
    firm = make_firm(sales_are_private=True)
    shown, office = size_of(firm, DAY), size_of(firm, DAY, figures=True)
    assert (shown.size, shown.average, shown.arithmetic, shown.private) == (Size.SMALL, None, (), True)
    assert "$" not in shown.sentence
    assert "Resolución 54/2025" in shown.sentence
    assert (office.average, office.private) == (Decimal("2000000000.00"), False)


@pytest.mark.django_db
@pytest.mark.parametrize("firms", [1, 30])
def test_every_way_together_asks_a_constant_number_of_questions(firms, django_assert_num_queries):
    group = make_group(firms)
    first = group.firms.first()
    make_certificate(first)
    group.firms.exclude(pk=first.pk).update(activity=EconomicActivity.objects.get(code="N791"))
    with django_assert_num_queries(5 if firms > 1 else 4):
        members = members_on(group, DAY)
    assert len(members) == firms
    assert {member.firm.pk: member.certificate is not None for member in members}[first.pk]
