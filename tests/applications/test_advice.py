"""The advice of the rules on money: doing what it says satisfies the rule, whatever the budget (Hypothesis)."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from applications.eligibility import FAIL, PASS
from applications.eligibility.rules import BY_CODE
from applications.facts import Facts, Member
from applications.models import Activity, Application, BudgetLine, Call
from core.money import ZERO, cents
from tests.applications.test_flows import CENTS, line

ADVISED = [code for code, rule in BY_CODE.items() if rule.find]
ACTIVITIES = [Activity(pk=1, name="All year", first_month=1, last_month=12)]


def member(firm_id: int, *, is_sme: bool = True) -> Member:
    return Member(
        firm_id=firm_id, cuit=f"3071000{firm_id:04}", name=f"Firm {firm_id}", branch="industry", sector="wood",
        province="AR-N", locality="Oberá", place="Makes", size="small" if is_sme else "", is_sme=is_sme,
        outcome="pass" if is_sme else "fail", why="",
    )  # fmt: skip


def facts_of(call: Call, lines: list[BudgetLine], smes: int = 5, others: int = 1) -> Facts:
    """Facts without a database."""
    facts = Facts(Application(call=call, status="draft"), today=dt.date(2026, 3, 10))
    facts.lines, facts.activities = lines, ACTIVITIES
    facts.members = [member(n, is_sme=n <= smes) for n in range(1, smes + others + 1)]
    return facts


def numbered(lines: list[BudgetLine]) -> list[BudgetLine]:
    for pk, each in enumerate(lines, 1):
        each.pk, each.description = pk, f"Cost {pk}"
    return lines


def applied(facts: Facts, shares: dict[int, Decimal]) -> Facts:
    """The same facts with other shares."""
    lines = []
    for old in facts.lines:
        new = line(
            old.cost, shares.get(old.pk, old.programme_share), activity=old.activity_id, firm=old.firm_id
        )
        new.category = old.category
        lines.append(new)
    return facts_of(facts.call, numbered(lines), len(facts.smes), len(facts.members) - len(facts.smes))


@st.composite
def cases(draw) -> Facts:
    """A call with any caps, and a budget that may be above all of them."""
    percent = st.integers(min_value=1, max_value=100).map(Decimal)
    call = Call(
        max_share=draw(percent),
        share_by_category={"innovation": str(draw(percent)), "coordination": str(draw(percent))},
        categories=["fixed_investment", "innovation", "coordination"],
        months=12,
        max_per_project=draw(CENTS) + 1,
        max_per_firm=draw(st.none() | CENTS.map(lambda amount: amount + 1)),
        salary_per_month=draw(st.none() | CENTS),
        salary_cap=draw(st.none() | CENTS),
    )
    lines = []
    smes, others = draw(st.integers(min_value=0, max_value=7)), draw(st.integers(min_value=0, max_value=2))
    for _number in range(draw(st.integers(min_value=0, max_value=10))):
        cost = draw(CENTS)
        share = cents(cost * draw(st.integers(min_value=0, max_value=100)) / 100)
        firms = st.sampled_from([None, *range(1, smes + others + 1)])
        row = line(cost, share, activity=1, firm=draw(firms))
        row.category = draw(st.sampled_from(call.categories))
        lines.append(row)
    return facts_of(call, numbered(lines), smes, others)


@pytest.mark.parametrize("code", ADVISED)
@settings(max_examples=150, deadline=None)
@given(facts=cases())
def test_who_does_what_the_advice_says_passes(code, facts):
    result = BY_CODE[code].result(facts)
    if result.outcome != FAIL:
        assert result.advice is None
        return
    assert result.advice is not None
    before = {each.pk: each.programme_share for each in facts.lines}
    after = applied(facts, result.advice.shares)
    assert BY_CODE[code].result(after).outcome == PASS
    for pk, share in result.advice.shares.items():
        assert ZERO <= share < before[pk]
        assert share == cents(share)
    assert len(result.advice.sentences) == len(result.advice.shares)


@settings(max_examples=100, deadline=None)
@given(facts=cases())
def test_doing_all_advice_in_turn_satisfies_every_rule_on_money(facts):
    for code in ADVISED:
        if advice := BY_CODE[code].result(facts).advice:
            facts = applied(facts, advice.shares)
    assert all(BY_CODE[code].result(facts).outcome == PASS for code in ADVISED)


def test_the_advice_is_said_in_pesos():
    call = Call(
        max_share=Decimal(70), categories=["fixed_investment"], months=12, max_per_project=Decimal(10**9)
    )
    row = line(Decimal(1000000), Decimal(820000), activity=1)
    row.category = "fixed_investment"
    result = BY_CODE["share_of_lines"].result(facts_of(call, numbered([row])))
    assert result.advice.sentences == [
        "Reduce the programme's share of “Cost 1” by $\xa0120.000,00, to $\xa0700.000,00."
    ]


def test_the_cap_of_a_firm_counts_its_own_costs_and_its_part_of_the_groups():
    call = Call(
        max_share=Decimal(100), categories=["fixed_investment"], months=12,
        max_per_project=Decimal(10000), max_per_firm=Decimal(300),
    )  # fmt: skip
    lines = [
        line(Decimal(1000), Decimal(1000), activity=1),
        line(Decimal(150), Decimal(150), activity=1, firm=1),
    ]
    for row in lines:
        row.category = "fixed_investment"
    result = BY_CODE["highest_amounts"].result(facts_of(call, numbered(lines)))
    # A fifth of 1000, and 150 of its own. Five times 300 would have been enough for 1150 of one firm.
    assert (result.outcome, result.figures["largest"]) == (FAIL, "350.00")
    assert "Firm 1 ($\xa0350,00)" in result.sentence
    assert result.advice.shares == {2: Decimal(100)}


def test_a_salary_is_lowered_last():
    call = Call(
        max_share=Decimal(50), share_by_category={"coordination": "100"}, months=12,
        categories=["fixed_investment", "coordination"], max_per_project=Decimal(10**9),
    )  # fmt: skip
    salary, kiln = line(Decimal(600), Decimal(600)), line(Decimal(200), Decimal(100), activity=1)
    salary.category, kiln.category = "coordination", "fixed_investment"
    result = BY_CODE["share_of_whole"].result(facts_of(call, numbered([salary, kiln])))
    assert result.advice.shares == {2: ZERO, 1: Decimal(400)}


def test_what_the_salary_asks_too_much_is_taken_from_nothing_else():
    call = Call(max_share=Decimal(70), categories=["fixed_investment", "coordination"], months=12,
                share_by_category={"coordination": "100"}, max_per_project=Decimal(10**9), salary_per_month=Decimal(100))  # fmt: skip
    kiln, pay = line(Decimal(1000), Decimal(700), activity=1), line(Decimal(5000), Decimal(5000), activity=1)
    kiln.category, pay.category = "fixed_investment", "coordination"
    facts = facts_of(call, numbered([kiln, pay]))
    found = BY_CODE["share_of_whole"].result(facts).advice
    # 12 × 100 of the salary, and with it both together are below 70 per cent of 6.000.
    assert found.shares == {2: Decimal(1200)}
