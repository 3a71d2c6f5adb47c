"""Who pays what, and when, of a budget: everything adds up to the cent."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from applications import flows
from applications.models import Activity, BudgetLine, CallTranche
from core.money import CENT, ZERO, cents
from grants.tranches import parts_of
from groups.models import Firm

CENTS = st.integers(min_value=0, max_value=10**10).map(lambda amount: Decimal(amount) / 100)
FIRMS = [(1, "A", True), (2, "B", True), (3, "C", True), (4, "Big", False)]
ACTIVITIES = [Activity(pk=1, first_month=1, last_month=4), Activity(pk=2, first_month=3, last_month=12)]


def line(cost, share, *, activity=None, firm=None) -> BudgetLine:
    """A line as it comes from the database, which generates its cost and the group's share."""
    whose = None if firm is None else Firm(pk=firm, name=f"Firm {firm}")
    row = BudgetLine(activity_id=activity, firm=whose, programme_share=share)
    row.cost, row.group_share = cost, cost - share
    return row


@st.composite
def budgets(draw) -> list[BudgetLine]:
    """Lines of any amounts, for any of the firms or for all, of any activity or none."""
    lines = []
    for _number in range(draw(st.integers(min_value=0, max_value=12))):
        cost = draw(CENTS)
        share = cents(cost * draw(st.integers(min_value=0, max_value=100)) / 100)
        activity, firm = draw(st.sampled_from([None, 1, 2])), draw(st.sampled_from([None, 1, 2, 3, 4]))
        lines.append(line(cost, share, activity=activity, firm=firm))
    return lines


@given(CENTS, st.integers(min_value=1, max_value=36))
def test_even_parts_add_up_and_differ_by_a_cent_at_most(amount, parts):
    found = flows.split(amount, parts)
    assert sum(found) == amount
    assert max(found) - min(found) <= CENT
    assert all(part == cents(part) for part in found)


@given(CENTS, st.integers(min_value=1, max_value=12), st.integers(min_value=0, max_value=24))
def test_months_add_up_and_the_last_takes_what_is_left(amount, first, more):
    found = flows.spread(amount, first, first + more)
    assert list(found) == list(range(first, first + more + 1))
    assert sum(found.values()) == amount
    *others, last = found.values()
    assert all(part == others[0] for part in others)
    assert last >= max(others, default=ZERO)


def test_a_third_of_a_peso_falls_into_the_last_month():
    assert list(flows.spread(Decimal("100.00"), 2, 4).values()) == [
        Decimal("33.33"),
        Decimal("33.33"),
        Decimal("33.34"),
    ]


@given(budgets())
def test_by_month_everything_is_there_once(lines):
    months = flows.by_month(lines, ACTIVITIES, 12)
    assert [month.number for month in months] == list(range(1, 13))
    assert sum(month.programme for month in months) == sum((row.programme_share for row in lines), ZERO)
    assert sum(month.group for month in months) == sum((row.group_share for row in lines), ZERO)
    assert sum(month.cost for month in months) == sum((row.cost for row in lines), ZERO)


@given(budgets())
def test_by_firm_everything_is_there_once_and_both_ways(lines):
    firms = flows.by_firm(lines, ACTIVITIES, 12, FIRMS)
    assert sum(row.programme for row in firms) == sum((line.programme_share for line in lines), ZERO)
    assert sum(row.group for row in firms) == sum((line.group_share for line in lines), ZERO)
    assert all(sum(row.months) == row.group for row in firms)
    for month in flows.by_month(lines, ACTIVITIES, 12):
        assert sum(row.puts_in[month.number] for row in firms) == month.group
    # Of the group's costs nobody has a cent more than another one has, or two.
    parts = [row.part_group for row in firms]
    assert max(parts) - min(parts) <= CENT


def test_the_programme_pays_for_smes_only_and_all_firms_pay_their_part():
    firms = flows.by_firm([line(Decimal(1000), Decimal(600))], ACTIVITIES, 12, FIRMS)
    assert [row.programme for row in firms] == [Decimal(200), Decimal(200), Decimal(200), ZERO]
    assert [row.group for row in firms] == [Decimal(100)] * 4


def test_a_firm_that_left_keeps_its_row_as_long_as_it_has_costs():
    row = line(Decimal(10), Decimal(4))
    row.firm = Firm(pk=9, name="Gone")
    firms = flows.by_firm([row], ACTIVITIES, 12, FIRMS)
    assert [(each.name, each.programme, each.group) for each in firms if each.cost] == [
        ("Gone", Decimal(4), Decimal(6))
    ]


def test_a_cost_beyond_the_plan_has_its_month():
    late = [Activity(pk=1, first_month=12, last_month=13)]
    months = flows.by_month([line(Decimal(10), ZERO, activity=1)], late, 12)
    assert [(month.number, month.cost) for month in months if month.cost] == [(12, 5), (13, 5)]
    firms = flows.by_firm([line(Decimal(10), ZERO, activity=1)], late, 12, FIRMS[:1])
    assert firms[0].puts_in[13] == 5


@given(
    CENTS,
    st.lists(st.integers(min_value=1, max_value=60), max_size=4).map(
        lambda percents: [(Decimal(each), number) for number, each in enumerate(percents)]
    ),
)
def test_the_parts_shown_are_those_that_the_project_will_have(asked, planned):
    rows = [
        CallTranche(number=number, percent=percent, after_report=report)
        for number, (percent, report) in enumerate(planned, 1)
    ]
    ours, theirs = flows.tranches(asked, planned, 12, 3), parts_of(asked, rows)
    assert [(row.number, row.percent, row.amount, row.report) for row in ours] == [
        (row.number, row.percent, row.amount, row.after_report) for row in theirs
    ]
    assert sum((row.amount for row in ours), ZERO) == asked


def test_a_part_waits_for_the_last_month_of_its_report():
    parts = flows.tranches(Decimal(100), [(Decimal(40), 0), (Decimal(30), 2), (Decimal(30), 9)], 12, 3)
    assert [part.month for part in parts] == [0, 6, 12]


def test_who_has_to_pay_in_advance_is_said_by_month():
    months = flows.by_month([line(Decimal(1200), Decimal(1200))], [], 12)
    parts = flows.tranches(Decimal(1200), [(Decimal(40), 0), (Decimal(60), 1)], 12, 6)
    # 480 at the start; 100 a month: from the fifth month on it is not enough, until the report of the sixth.
    assert flows.ahead(months, parts) == [(5, Decimal(20)), (6, Decimal(120))]
    assert flows.ahead(months, flows.tranches(Decimal(1200), [], 12, 3)) == []
