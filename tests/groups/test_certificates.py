"""MiPyME certificates: until when they count, and which one shows a size (PROGRAMME 4)."""

import datetime as dt

import pytest

from groups.certificates import begins, is_valid, valid_on, valid_until
from groups.models import Certificate


@pytest.mark.parametrize(
    "closed, last",
    [
        ((2025, 12, 31), (2026, 4, 30)),
        ((2026, 6, 30), (2026, 10, 31)),
        ((2026, 8, 31), (2026, 12, 31)),
        ((2025, 10, 31), (2026, 2, 28)),
        ((2027, 10, 31), (2028, 2, 29)),
        ((2026, 9, 15), (2027, 1, 31)),
    ],
)
def test_it_counts_to_the_end_of_the_fourth_month_after_the_close(closed, last):
    assert valid_until(dt.date(*closed)) == dt.date(*last)


@pytest.mark.parametrize(
    "closed, first",
    [
        ((2026, 12, 31), (2026, 1, 1)),
        ((2026, 6, 30), (2025, 7, 1)),
        ((2024, 2, 29), (2023, 3, 1)),
        ((2025, 2, 28), (2024, 2, 29)),
    ],
)
def test_its_fiscal_year_begins_the_day_after_the_close_before(closed, first):
    assert begins(dt.date(*closed)) == dt.date(*first)


def certificate(*closed: int, **fields) -> Certificate:
    day = dt.date(*closed)
    return Certificate(year_closed_on=day, valid_until=valid_until(day), **fields)


@pytest.mark.parametrize(
    "day, counts",
    [
        (dt.date(2025, 12, 31), False),
        (dt.date(2026, 1, 1), True),
        (dt.date(2027, 4, 30), True),
        (dt.date(2027, 5, 1), False),
    ],
)
def test_it_counts_from_the_first_day_of_its_year_to_its_last(day, counts):
    assert is_valid(certificate(2026, 12, 31), day) is counts


def test_of_several_the_one_that_lasts_longest_shows_the_size():
    old, new = certificate(2025, 12, 31, size="micro"), certificate(2026, 12, 31, size="small")
    assert valid_on([new, old], dt.date(2026, 3, 1)) is new
    assert valid_on([old, new], dt.date(2025, 3, 1)) is old
    assert valid_on([old], dt.date(2026, 5, 1)) is None
