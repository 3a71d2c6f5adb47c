"""The ranking as pure functions: stable, total, the same whatever the order of what comes in; and the spreading of an
amount over costs, which sums to the cent."""

import datetime as dt
import random
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from applications.models import Call
from applications.ranking import RULES, Entry, rank, spread
from tests.clock import NOON

SIXTY = Decimal(60)
# A busy machine draws slowly.
patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
percents = st.decimals(0, 100, places=2)
# Few values, so that equal ones come together often.
pesos = st.sampled_from([Decimal("0.00"), Decimal("100.00"), Decimal("250.50"), Decimal("1000.00")])
entries = st.lists(
    st.builds(
        Entry,
        id=st.integers(1, 10**6),
        score=st.one_of(st.sampled_from([Decimal(50), Decimal(60), Decimal("77.50")]), percents),
        arrived=st.sampled_from([NOON, NOON + dt.timedelta(hours=1), NOON + dt.timedelta(days=3)]),
        asked=pesos,
        amount=pesos,
        criterion=st.one_of(st.none(), st.sampled_from([Decimal(5), Decimal("7.50")])),
        committed=st.booleans(),
    ),
    max_size=12,
    unique_by=lambda entry: entry.id,
)
rules = st.sampled_from(list(RULES))
money = st.sampled_from([Decimal("0.00"), Decimal("300.00"), Decimal("1000.00"), Decimal("5000.00")])


def make(pk: int, score: str = "80", amount: str = "100", **more) -> Entry:
    values = {"arrived": NOON, "asked": Decimal(amount), "criterion": Decimal(8), **more}
    return Entry(id=pk, score=Decimal(score), amount=Decimal(amount), **values)


def ranked(*found: Entry, money: str = "1000", tie_rule: str = "arrival", **more):
    return rank(found, money=Decimal(money), pass_mark=SIXTY, tie_rule=tie_rule, **more)


def test_every_rule_of_a_call_has_its_keys():
    assert set(RULES) == set(Call.Tie.values)


@patient
@given(entries, rules, money, st.booleans(), st.integers(0, 2**32))
def test_the_order_does_not_depend_on_that_of_what_comes_in(found, rule, left, by_arrival, seed):
    shuffled = list(found)
    random.Random(seed).shuffle(shuffled)
    how = {"money": left, "pass_mark": SIXTY, "tie_rule": rule, "by_arrival": by_arrival}
    assert rank(found, **how) == rank(shuffled, **how)


@patient
@given(entries, rules, money, st.booleans())
def test_the_order_is_total_and_each_has_one_place_or_none(found, rule, left, by_arrival):
    ranking = rank(found, money=left, pass_mark=SIXTY, tie_rule=rule, by_arrival=by_arrival)
    assert [row.place for row in ranking.rows] == list(range(1, len(ranking.rows) + 1))
    placed = [row.entry.id for row in ranking.rows] + [entry.id for entry in ranking.below]
    assert sorted(placed) == sorted(entry.id for entry in found)
    assert all(entry.score < SIXTY and not entry.committed for entry in ranking.below)
    for before, after in zip(ranking.rows, ranking.rows[1:], strict=False):
        if by_arrival:
            assert before.entry.arrived <= after.entry.arrived
        else:
            assert before.entry.score >= after.entry.score
            assert bool(after.parted_by) == (before.entry.score == after.entry.score)


@patient
@given(entries, rules, money)
def test_the_money_reaches_a_head_of_the_line_and_never_more_than_there_is(found, rule, left):
    ranking = rank(found, money=left, pass_mark=SIXTY, tie_rule=rule)
    waiting = [row for row in ranking.rows if not row.entry.committed]
    reached = [row.reached for row in waiting]
    assert reached == sorted(reached, reverse=True)
    assert sum((row.entry.amount for row in waiting if row.reached), Decimal(0)) <= left
    ends = [row for row in ranking.rows if row.ends_line]
    assert len(ends) == (not all(reached))
    assert all(row.cumulative > left for row in ends)
    assert ranking.needed == sum((row.entry.amount for row in waiting), Decimal(0))


@patient
@given(entries, rules, money)
def test_other_amounts_move_the_line_and_nobody(found, rule, left):
    """What is tried on the screen changes no place: a tie looks at what was asked."""
    how = {"money": left, "pass_mark": SIXTY, "tie_rule": rule}
    tried = [replace(entry, amount=Decimal("1.00")) for entry in found]
    assert [row.entry.id for row in rank(found, **how).rows] == [
        row.entry.id for row in rank(tried, **how).rows
    ]


def test_who_does_not_fit_ends_the_line_also_for_a_smaller_one_behind():
    ranking = ranked(make(1, "90", "600"), make(2, "80", "500"), make(3, "70", "100"), money="1000")
    assert [(row.entry.id, row.reached, row.ends_line) for row in ranking.rows] == [
        (1, True, False),
        (2, False, True),
        (3, False, False),
    ]
    assert [row.cumulative for row in ranking.rows] == [600, 1100, 1200]
    assert (ranking.reached, ranking.beyond) == (1, 2)


def test_what_is_committed_already_takes_a_place_and_no_money():
    ranking = ranked(make(1, "90", "900", committed=True), make(2, "80", "1000"), money="1000")
    assert [(row.place, row.cumulative, row.reached) for row in ranking.rows] == [
        (1, 0, True),
        (2, 1000, True),
    ]


def test_an_approval_stands_even_below_the_pass_mark():
    ranking = ranked(make(1, "40", committed=True), make(2, "59.99"), make(3, "60"))
    assert [row.entry.id for row in ranking.rows] == [3, 1]
    assert [entry.id for entry in ranking.below] == [2]


@pytest.mark.parametrize(
    ("rule", "order", "parted"),
    [
        ("arrival", [3, 2, 1], ["", "arrival", "arrival"]),
        ("criterion", [2, 3, 1], ["", "criterion", "arrival"]),
        ("amount", [1, 3, 2], ["", "amount", "arrival"]),
    ],
)
def test_equal_scores_go_by_the_rule_of_the_call_and_say_by_which_key(rule, order, parted):
    hour = dt.timedelta(hours=1)
    one = make(1, amount="50", arrived=NOON + 2 * hour, criterion=Decimal(7))
    two = make(2, arrived=NOON + hour, criterion=Decimal(9))
    three = make(3, arrived=NOON, criterion=Decimal(7))
    ranking = ranked(one, two, three, tie_rule=rule)
    assert [row.entry.id for row in ranking.rows] == order
    assert [row.parted_by for row in ranking.rows] == parted


def test_without_anything_else_the_number_decides_and_without_a_criterion_one_is_last():
    assert [row.parted_by for row in ranked(make(2), make(1)).rows] == ["", "number"]
    rows = ranked(make(1, criterion=None), make(2, criterion=Decimal(0)), tie_rule="criterion").rows
    assert [row.entry.id for row in rows] == [2, 1]


def test_in_order_of_arrival_the_score_only_has_to_pass():
    late = make(1, "99", arrived=NOON + dt.timedelta(days=1))
    ranking = ranked(late, make(2, "61"), make(3, "50"), by_arrival=True)
    assert [row.entry.id for row in ranking.rows] == [2, 1]
    assert [entry.id for entry in ranking.below] == [3]


# --- Spreading an amount ---------------------------------------------------------------------------------

shares = st.dictionaries(
    st.integers(1, 99), st.decimals(0, Decimal("999999999999.99"), places=2), min_size=1, max_size=12
)


@patient
@given(shares, st.data())
def test_an_amount_is_spread_to_the_cent_and_never_above_a_share(found, data):
    asked = sum(found.values(), Decimal(0))
    amount = data.draw(st.decimals(0, asked, places=2))
    given_to = spread(amount, found)
    assert set(given_to) == set(found)
    assert sum(given_to.values(), Decimal(0)) == amount
    for pk, share in found.items():
        assert 0 <= given_to[pk] <= share
        # No line is further than a cent from its part.
        assert asked == 0 or abs(given_to[pk] - amount * share / asked) <= Decimal("0.01")


@patient
@given(shares)
def test_all_that_was_asked_is_each_share(found):
    assert spread(sum(found.values(), Decimal(0)), found) == found


def test_the_cents_that_rounding_leaves_go_where_most_was_lost():
    third = {1: Decimal("1.00"), 2: Decimal("1.00"), 3: Decimal("1.00")}
    assert spread(Decimal("1.00"), third) == {1: Decimal("0.34"), 2: Decimal("0.33"), 3: Decimal("0.33")}
    assert spread(Decimal("0.00"), {}) == {}


@pytest.mark.parametrize("amount", ["-0.01", "3.01", "1.005"])
def test_what_cannot_be_spread_is_refused(amount):
    with pytest.raises(ValueError, match="cannot be spread"):
        spread(Decimal(amount), {1: Decimal("1.00"), 2: Decimal("2.00")})
