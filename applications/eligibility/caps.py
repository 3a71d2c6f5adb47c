"""The most that a call pays, in pesos, as the rules on money and their advice reckon it."""

from decimal import Decimal

from applications import flows
from applications.facts import Facts
from applications.models import BudgetLine, Call
from core.money import ZERO, cents


def of_whole(facts: Facts) -> Decimal:
    """The programme's highest share of the whole."""
    return cents(facts.cost * facts.call.max_share / 100)


def of_salary(call: Call) -> Decimal | None:
    """The coordinator's salary in the whole; None without a cap."""
    monthly = None if call.salary_per_month is None else call.salary_per_month * call.months
    caps = [cap for cap in (call.salary_cap, monthly) if cap is not None]
    return min(caps) if caps else None


def per_firm(facts: Facts) -> list[tuple[str, Decimal]]:
    """(name, what of the amount asked is for it) of each firm: its own costs, and its even part of the group's.

    This is how “highest amount per firm” (PROGRAMME 4) is read: whoever receives the money, the benefit of each firm
    counts (PROGRAMME 10), and a group cannot give one firm what is meant for five.
    """
    firms = [(member.firm_id, member.name, member.is_sme) for member in facts.members]
    rows = flows.by_firm(facts.lines, facts.activities, facts.call.months, firms)
    return [(row.name, row.programme) for row in rows]


def largest_parts(facts: Facts, of_all: Decimal) -> dict[int, Decimal]:
    """The part of each SME in so much for the whole group."""
    smes = [member.firm_id for member in facts.smes]
    return dict(zip(smes, flows.split(of_all, len(smes)), strict=True)) if smes else {}


def for_others(facts: Facts) -> list[BudgetLine]:
    """Costs of firms that are no SMEs of the group, of which the programme is asked to pay."""
    smes = {member.firm_id for member in facts.smes}
    return [line for line in facts.lines if line.firm_id not in smes | {None} and line.programme_share > ZERO]
