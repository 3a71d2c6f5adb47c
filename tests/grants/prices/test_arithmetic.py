"""Levels, rests and parts to the cent."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from core.money import cents
from grants.prices import arithmetic as sums

money = st.decimals(min_value=0, max_value=10**9, places=2)
figures = st.decimals(min_value=1, max_value=10**6, places=4)


def test_a_level_is_the_figure_over_that_of_the_base_within_the_cap():
    assert sums.level(Decimal(120), Decimal("150.3"), Decimal(30)) == Decimal("1.252500")
    assert sums.level(Decimal(120), Decimal("150.3"), Decimal(20)) == Decimal("1.2")
    assert sums.more_of(Decimal("1000.01"), Decimal(1), Decimal("1.252500")) == Decimal("252.50")
    assert sums.more_of(Decimal(1250), Decimal("1.25"), Decimal("1.3")) == Decimal("50.00")


@given(base=figures, figure=figures, cap=st.decimals(min_value="0.01", max_value="999.99", places=2))
def test_no_level_is_above_the_cap(base, figure, cap):
    assert sums.level(base, figure, cap) <= 1 + cap / 100


@given(amount=money, weights=st.lists(money, min_size=1, max_size=8).filter(any))
def test_parts_add_up_to_the_cent(amount, weights):
    parts = sums.in_parts(amount, weights)
    assert sum(parts) == amount
    assert all(part >= 0 for part in parts)
    assert all(part == 0 for part, weight in zip(parts, weights, strict=True) if weight == 0)


@given(programme=money, group=money, more=money, share=st.decimals(min_value=1, max_value=100, places=2))
def test_the_programme_never_pays_more_than_its_share(programme, group, more, share):
    extra = sums.counterpart(programme, group, more, share)
    assert extra >= 0
    assert programme + more <= cents((programme + more + group + extra) * share / 100)
