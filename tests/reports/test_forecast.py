"""How long the queue takes: plain arithmetic."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from reports.forecast import forecast

WEEKS = st.lists(st.integers(0, 50), min_size=8, max_size=8)


def test_the_arithmetic():
    found = forecast(40, [2] * 8, [7] * 8)
    assert (found.come, found.go, found.by_week) == (Decimal("2.0"), Decimal("7.0"), Decimal("5.0"))
    assert found.without_new == Decimal("5.7")  # 40 ÷ 7
    assert found.with_new == Decimal("8.0")  # 40 ÷ (7 − 2)


def test_it_cannot_be_said_with_too_little():
    assert not forecast(40, [1] * 8, [0] * 7 + [7]).can_be_said
    assert not forecast(40, [], []).can_be_said
    assert not forecast(40, [9] * 4, [9] * 4).can_be_said
    assert forecast(40, [0] * 8, [1] * 8).can_be_said


def test_a_queue_that_does_not_shrink_has_no_end():
    found = forecast(40, [5] * 8, [5] * 8)
    assert (found.with_new, found.without_new) == (None, Decimal("8.0"))


def test_an_empty_queue_is_done():
    assert forecast(0, [1] * 8, [3] * 8).with_new == 0


@given(st.integers(0, 5000), WEEKS, WEEKS)
def test_newcomers_never_make_it_shorter(waiting, arrivals, completions):
    found = forecast(waiting, arrivals, completions)
    if found.with_new is not None:
        assert found.with_new >= found.without_new >= 0
