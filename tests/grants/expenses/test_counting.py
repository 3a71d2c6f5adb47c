"""What an expense counts for: credit notes, tax, cash, foreign money, the end of a grant."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.money import ZERO
from grants.expenses.counting import Amounts, Paid, Settlement, countable, covered, most_of_line

pesos = st.decimals(min_value=0, max_value=10**9, places=2)


def amounts(net="0", tax="0", perceptions="0") -> Amounts:
    return Amounts(Decimal(net), Decimal(tax), Decimal(perceptions))


def test_perceptions_never_count_and_tax_only_where_it_is_a_cost():
    invoice = amounts("1000.00", "210.00", "30.00")
    assert invoice.total == Decimal("1240.00")
    assert countable(invoice, tax_counts=False) == Decimal("1000.00")
    assert countable(invoice, tax_counts=True) == Decimal("1210.00")


def test_credit_notes_reduce_each_part():
    left = amounts("1000", "210", "30").less([amounts("100", "21"), amounts("50", "10.50", "1.50")])
    assert left == amounts("850", "178.50", "28.50")


@given(net=pesos, tax=pesos, rate=st.decimals(min_value="0.0001", max_value=10**5, places=4))
def test_foreign_money_is_the_sum_of_its_parts_to_the_cent(net, tax, rate):
    there = Amounts(net, tax).in_pesos(rate)
    assert there.total == there.net + there.tax
    assert abs(there.total - (net + tax) * rate) <= Decimal("0.01")


@pytest.mark.parametrize(
    ("limit", "counted"), [(None, "1000"), ("1000", "1000"), ("300", "700"), ("0", "400")]
)
def test_cash_counts_up_to_the_limit_of_the_call(limit, counted):
    payments = [
        Paid(Decimal(350), Decimal(50)),
        Paid(Decimal(400), in_cash=True),
        Paid(Decimal(200), in_cash=True),
    ]
    most = None if limit is None else Decimal(limit)
    assert covered(payments, most_in_cash=most) == Decimal(counted)


@pytest.mark.parametrize(("tolerance", "most"), [("0", "333.33"), ("10", "366.66"), ("2.5", "341.66")])
def test_a_line_takes_the_tolerance_of_the_call_half_up(tolerance, most):
    assert most_of_line(Decimal("333.33"), Decimal(tolerance)) == Decimal(most)


def settled(**figures: str) -> Settlement:
    usual = {
        "approved": "1000",
        "proven_programme": "1000",
        "proven_group": "500",
        "group_due": "500",
        "paid": "1000",
        "returned": "0",
    }
    return Settlement(**{name: Decimal(text) for name, text in {**usual, **figures}.items()})


@pytest.mark.parametrize(
    ("figures", "due", "to_return", "to_pay"),
    [
        ({}, "1000", "0", "0"),
        ({"paid": "600"}, "1000", "0", "400"),
        ({"proven_programme": "800"}, "800", "200", "0"),
        ({"proven_programme": "1200"}, "1000", "0", "0"),
        ({"proven_group": "250"}, "500.00", "500.00", "0"),
        ({"proven_group": "600"}, "1000", "0", "0"),
        ({"proven_programme": "0"}, "0", "1000", "0"),
        ({"proven_programme": "800", "returned": "200"}, "800", "0", "0"),
        ({"group_due": "0", "proven_group": "0"}, "1000", "0", "0"),
    ],
)
def test_the_end_of_a_grant(figures, due, to_return, to_pay):
    end = settled(**figures)
    assert (end.due, end.to_return, end.to_pay) == (Decimal(due), Decimal(to_return), Decimal(to_pay))


@given(
    approved=pesos, proven=pesos, group=pesos, owed=pesos, paid=pesos, returned=st.just(ZERO)
)  # fmt: skip
def test_nobody_gets_more_than_was_approved_or_proven(approved, proven, group, owed, paid, returned):
    end = Settlement(approved, proven, group, owed, paid, returned)
    assert ZERO <= end.due <= min(approved, proven)
    assert end.to_return == ZERO or end.to_pay == ZERO
    assert end.paid - end.returned - end.to_return + end.to_pay == end.due
