"""Days of the calendar, and days on which people work."""

import datetime as dt

import pytest

from core.dates import add_days, is_working

FRIDAY = dt.date(2026, 3, 20)


@pytest.mark.parametrize(
    ("n", "calendar", "working"),
    [
        (0, dt.date(2026, 3, 20), dt.date(2026, 3, 20)),
        # Saturday, Sunday, a bridge day and the Day of Memory are no working days.
        (1, dt.date(2026, 3, 21), dt.date(2026, 3, 25)),
        (5, dt.date(2026, 3, 25), dt.date(2026, 3, 31)),
        # 2 and 3 April: Malvinas, Good Friday.
        (10, dt.date(2026, 3, 30), dt.date(2026, 4, 9)),
    ],
)
def test_days_count_from_the_day_after(n, calendar, working):
    assert add_days(FRIDAY, n, working=False) == calendar
    assert add_days(FRIDAY, n, working=True) == working


def test_working_days_cross_the_end_of_a_year():
    assert add_days(dt.date(2026, 12, 31), 1, working=True) == dt.date(2027, 1, 4)


def test_nobody_works_on_a_public_holiday():
    assert is_working(dt.date(2026, 7, 8))
    assert not is_working(dt.date(2026, 7, 9))
