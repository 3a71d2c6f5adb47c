"""What a month of the coordinator is worth: days, scales, limits; with examples, and for whatever is thrown at it."""

import datetime as dt
import itertools
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from core.dates import add_months
from core.money import ZERO
from grants.salary.arithmetic import Month, Post, Rate, Stop, earned, holder, months, rate_on, within

MARCH = dt.date(2026, 3, 10)
PAY = [Rate(dt.date.min, Decimal("300000.00"))]
DAY = dt.timedelta(days=1)

days = st.dates(dt.date(2020, 1, 1), dt.date(2032, 12, 31))
amounts = st.decimals(min_value="0.01", max_value="9999999", places=2)


@st.composite
def posts(draw) -> list[Post]:
    found = []
    for person in range(draw(st.integers(0, 4))):
        first = draw(st.dates(dt.date(2026, 1, 1), dt.date(2027, 6, 1)))
        length = draw(st.none() | st.integers(0, 200))
        last = None if length is None else first + length * DAY
        found.append(Post(person, first, last, stands_in=draw(st.booleans())))
    return found


def month_of(first: dt.date, number: int = 1) -> Month:
    return months(first, number)[-1]


def test_a_whole_month_is_worth_the_month_whatever_its_days():
    for first, length in ((dt.date(2026, 1, 1), 31), (dt.date(2026, 2, 1), 28), (dt.date(2028, 2, 1), 29)):
        (one,) = earned(month_of(first), [Post(7, dt.date(2020, 1, 1), None)], PAY)
        assert (one.person, one.days, one.of_days, one.amount) == (7, length, length, Decimal("300000.00"))


def test_days_in_office_count_both_ends_and_round_half_up():
    april = month_of(dt.date(2026, 4, 1))
    (one,) = earned(april, [Post(7, dt.date(2026, 4, 30), None)], PAY)
    assert (one.days, one.amount) == (1, Decimal("10000.00"))
    (one,) = earned(april, [Post(7, dt.date(2020, 1, 1), dt.date(2026, 4, 1))], PAY)
    assert (one.days, one.amount) == (1, Decimal("10000.00"))
    (one,) = earned(month_of(dt.date(2026, 1, 1)), [Post(7, dt.date(2026, 1, 31), None)], PAY)
    assert one.amount == Decimal("9677.42")


def test_a_scale_that_changes_within_a_month_counts_from_its_day():
    rates = [*PAY, Rate(dt.date(2026, 4, 16), Decimal("600000.00"))]
    (one,) = earned(month_of(dt.date(2026, 4, 1)), [Post(7, dt.date(2020, 1, 1), None)], rates)
    assert one.amount == Decimal("450000.00")
    assert rate_on(rates, dt.date(2026, 4, 15)) == Decimal("300000.00")
    assert rate_on(rates, dt.date(2026, 4, 16)) == Decimal("600000.00")
    assert rate_on([], dt.date(2026, 4, 16)) == ZERO


def test_who_stands_in_earns_these_days_and_the_coordinator_the_rest():
    coordinator = Post(1, dt.date(2026, 1, 1), None)
    away = Post(2, dt.date(2026, 4, 11), dt.date(2026, 4, 20), stands_in=True)
    found = earned(month_of(dt.date(2026, 4, 1)), [coordinator, away], PAY)
    assert {each.person: each.amount for each in found} == {1: Decimal(200000), 2: Decimal(100000)}
    assert holder([coordinator, away], dt.date(2026, 4, 11)) == 2
    assert holder([coordinator, away], dt.date(2026, 4, 21)) == 1
    assert holder([away], dt.date(2026, 4, 21)) is None


def test_a_suspension_is_in_no_month_and_puts_off_the_rest():
    stop = Stop(dt.date(2026, 4, 20), dt.date(2026, 5, 3))
    first, second, third = months(MARCH, 3, [stop])
    assert (first.first, first.last) == (MARCH, dt.date(2026, 4, 9))
    assert (second.last, len(second.days)) == (dt.date(2026, 5, 23), 30)
    assert not any(stop.first <= day <= stop.last for day in second.days)
    assert third.first == dt.date(2026, 5, 24)
    assert len(third.days) == 31
    (one,) = earned(second, [Post(7, MARCH, None)], PAY)
    assert one.amount == Decimal("300000.00")


def test_a_month_begins_where_the_calendar_has_no_such_day():
    found = months(dt.date(2026, 1, 31), 3)
    assert [month.last for month in found] == [
        dt.date(2026, 2, 27),
        dt.date(2026, 3, 30),
        dt.date(2026, 4, 29),
    ]


def test_amounts_end_where_the_line_ends():
    assert within([Decimal(3), Decimal(3), Decimal(3)], Decimal(7)) == [Decimal(3), Decimal(3), Decimal(1)]
    assert within([Decimal(3)], Decimal(-1)) == [ZERO]


@given(first=days, count=st.integers(1, 36))
def test_months_follow_each_other_without_a_gap(first, count):
    found = months(first, count)
    assert found[0].first == first
    assert found[-1].last == add_months(first, count) - DAY
    for before, after in itertools.pairwise(found):
        assert after.first == before.last + DAY
    assert all(len(month.days) == (month.last - month.first).days + 1 for month in found)


@given(
    held=posts(),
    first=st.dates(dt.date(2026, 1, 1), dt.date(2026, 12, 31)),
    stop=st.tuples(st.integers(0, 200), st.integers(1, 60)),
    raises=st.lists(st.tuples(st.dates(dt.date(2026, 1, 1), dt.date(2027, 12, 31)), amounts), max_size=3),
)
def test_nobody_earns_a_day_twice_nor_a_day_without_office(held, first, stop, raises):
    stopped = Stop(first + stop[0] * DAY, first + (stop[0] + stop[1] - 1) * DAY)
    rates = [*PAY, *(Rate(day, amount) for day, amount in raises)]
    highest = max(rate.per_month for rate in rates)
    for month in months(first, 12, [stopped]):
        found = earned(month, held, rates)
        covered = [day for day in month.days if any(post.covers(day) for post in held)]
        assert sum(each.days for each in found) == len(covered)
        assert len({each.person for each in found}) == len(found)
        # To the cent, half of one for each person.
        assert sum((each.amount for each in found), ZERO) <= highest + Decimal("0.01") * len(found)


@given(parts=st.lists(amounts, max_size=20), most=amounts)
def test_the_sum_is_never_above_line_and_cap(parts, most):
    found = within(parts, most)
    assert sum(found, ZERO) == min(sum(parts, ZERO), most)
    assert all(ZERO <= taken <= part for taken, part in zip(found, parts, strict=True))
