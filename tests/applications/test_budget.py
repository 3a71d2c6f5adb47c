"""Figures of a budget against what the call pays."""

from decimal import Decimal

import pytest

from applications.budget import reckon
from applications.models import BudgetLine, Call
from core.money import written

CALL = Call(max_share=Decimal(70), share_by_category={"innovation": "50.00"}, max_per_project=Decimal(1000))


def line(category: str, cost: str, share: str) -> BudgetLine:
    row = BudgetLine(category=category, quantity=1, unit_cost=Decimal(cost), programme_share=Decimal(share))
    # The database generates both.
    row.cost, row.group_share = Decimal(cost), Decimal(cost) - Decimal(share)
    return row


def test_an_empty_budget_is_nothing_of_nothing():
    budget = reckon(CALL, [])
    assert (budget.parts, budget.whole.cost, budget.whole.share) == ([], 0, 0)
    assert not budget.whole.is_over
    assert budget.left == 1000


def test_each_category_has_its_own_limit():
    budget = reckon(CALL, [line("innovation", "100", "60"), line("fixed_investment", "100", "70")])
    fixed, innovation = budget.parts
    assert (fixed.limit, fixed.most, fixed.is_over) == (70, 70, False)
    assert (innovation.limit, innovation.most, innovation.is_over) == (50, 50, True)
    assert (budget.whole.share, budget.whole.is_over) == (Decimal("65.00"), False)


def test_limits_are_rounded_line_by_line_as_the_rules_do():
    budget = reckon(CALL, [line("innovation", "0.01", "0.01")] * 3)
    assert budget.parts[0].most == Decimal("0.03"), "half a cent up, three times"


def test_shares_add_up():
    whole = reckon(CALL, [line("innovation", "33.33", "11.11"), line("fixed_investment", "66.67", "0")]).whole
    assert whole.programme + whole.group == whole.cost == 100


def test_too_much_for_the_project_is_below_zero():
    assert reckon(CALL, [line("fixed_investment", "5000", "1500")]).left == -500


@pytest.mark.parametrize(
    ("quantity", "text"), [("12.00", "12"), ("2.50", "2,5"), ("100", "100"), ("0.01", "0,01")]
)
def test_quantities_are_written_as_people_do(quantity, text):
    assert written(Decimal(quantity)) == text
