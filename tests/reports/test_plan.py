"""The timetable: periods without gap or overlap, due dates in days of Buenos Aires, equal parts of an activity."""

import datetime as dt
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.plan import ONE_DAY, periods, planned_percent


def test_twelve_months_every_three():
    found = periods(first_day=dt.date(2026, 3, 10), months=12, every=3, due_days=10)
    assert [(row.number, row.period_from, row.period_to, row.due_on, row.is_final) for row in found] == [
        (1, dt.date(2026, 3, 10), dt.date(2026, 6, 9), dt.date(2026, 6, 19), False),
        (2, dt.date(2026, 6, 10), dt.date(2026, 9, 9), dt.date(2026, 9, 19), False),
        (3, dt.date(2026, 9, 10), dt.date(2026, 12, 9), dt.date(2026, 12, 19), False),
        (4, dt.date(2026, 12, 10), dt.date(2027, 3, 9), dt.date(2027, 3, 19), True),
    ]


def test_the_final_report_covers_what_is_left():
    found = periods(first_day=dt.date(2026, 1, 31), months=7, every=3, due_days=0)
    assert [(row.first_month, row.last_month) for row in found] == [(1, 3), (4, 6), (7, 7)]
    # The last days of February do not wear the 31st away.
    assert [row.period_from for row in found] == [
        dt.date(2026, 1, 31),
        dt.date(2026, 4, 30),
        dt.date(2026, 7, 31),
    ]
    assert [row.is_final for row in found] == [False, False, True]


@given(
    st.dates(dt.date(2006, 1, 1), dt.date(2090, 1, 1)),
    st.integers(1, 36),
    st.integers(1, 12),
    st.integers(0, 60),
)
def test_periods_follow_one_another_and_end_with_the_project(first_day, months, every, due_days):
    found = periods(first_day=first_day, months=months, every=every, due_days=due_days)
    assert found[0].period_from == first_day
    assert [row.number for row in found] == list(range(1, len(found) + 1))
    assert [row.is_final for row in found] == [False] * (len(found) - 1) + [True]
    for before, after in itertools.pairwise(found):
        assert before.period_to + ONE_DAY == after.period_from
        assert before.last_month + 1 == after.first_month
    assert all(row.period_from <= row.period_to <= row.due_on for row in found)
    assert found[-1].last_month == months


@pytest.mark.parametrize(
    ("first", "last", "by", "percent"),
    [
        (1, 12, 3, 25),
        (1, 3, 3, 100),
        (1, 3, 6, 100),
        (4, 6, 3, 0),
        (3, 5, 3, 33),
        (3, 5, 4, 67),
        (3, 3, 3, 100),
        (1, 8, 1, 13),
    ],
)
def test_an_activity_grows_in_equal_parts(first, last, by, percent):
    assert planned_percent(first_month=first, last_month=last, by_month=by) == percent
