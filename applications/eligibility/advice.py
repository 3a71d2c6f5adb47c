"""What it takes to satisfy a rule on money that fails, in pesos: which shares of the programme to lower, and to what.

Each function answers {id of a line: its new share}, such that the rule passes once they are set; {} when lowering shares
does not help. Only lowering: it never makes another rule on money fail.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from applications.eligibility import caps
from applications.facts import Facts
from applications.models import BudgetCategory, BudgetLine
from core.money import ZERO, format_money

Shares = dict[int, Decimal]


@dataclass(frozen=True)
class Advice:
    """New shares of the programme by line, and what they mean in sentences."""

    shares: Shares
    sentences: list[str]


def advise(facts: Facts, find: Callable[[Facts], Shares]) -> Advice | None:
    """What a function of this module finds, in words; None when it finds nothing to do."""
    shares = {line.pk: line.programme_share for line in facts.lines}
    lowered = {pk: share for pk, share in find(facts).items() if share < shares[pk]}
    if not lowered:
        return None
    sentence = _("Reduce the programme's share of “%(line)s” by %(by)s, to %(to)s.")
    return Advice(
        lowered,
        [
            sentence
            % {
                "line": line.description,
                "by": format_money(line.programme_share - lowered[line.pk]),
                "to": format_money(lowered[line.pk]),
            }
            for line in facts.lines
            if line.pk in lowered
        ],
    )


# --- Rule by rule ----------------------------------------------------------------------------------


def share_of_lines(facts: Facts) -> Shares:
    """Each line that asks for too much to the most of its category."""
    return {
        line.pk: min(line.programme_share, facts.call.highest_share(line.category, line.cost))
        for line in facts.lines
    }


def share_of_whole(facts: Facts) -> Shares:
    shares = _salary_within_cap(facts)
    return shares | lower(facts.lines, sum(shares.values(), ZERO) - caps.of_whole(facts), shares)


def salary(facts: Facts) -> Shares:
    most = caps.of_salary(facts.call)
    lines = [line for line in facts.lines if line.category == BudgetCategory.COORDINATION]
    asked = sum((line.programme_share for line in lines), ZERO)
    return {} if most is None else lower(lines, asked - most)


def _salary_within_cap(facts: Facts) -> Shares:
    """All shares, the salary's no higher than the call pays: what it asks too much is taken from nothing else."""
    return {line.pk: line.programme_share for line in facts.lines} | salary(facts)


def others_at_no_cost(facts: Facts) -> Shares:
    """Nothing for firms that are no SMEs."""
    return {line.pk: ZERO for line in caps.for_others(facts)}


def highest_amounts(facts: Facts) -> Shares:
    """First within the cap of each firm, then within that of the project."""
    shares = _salary_within_cap(facts)
    if facts.call.max_per_firm is not None:
        within = _within_firms(facts, facts.call.max_per_firm)
        shares = {pk: min(share, within.get(pk, share)) for pk, share in shares.items()}
    over = sum(shares.values(), ZERO) - facts.call.max_per_project
    return shares | lower(facts.lines, over, shares)


def _within_firms(facts: Facts, most: Decimal) -> Shares:
    of_all = [line for line in facts.lines if line.firm_id is None]
    whole = sum((line.programme_share for line in of_all), ZERO)
    shares = {line.pk: line.programme_share for line in of_all}
    if facts.smes:
        shares |= lower(of_all, whole - most * len(facts.smes))
    part = caps.largest_parts(facts, sum(shares.values(), ZERO))
    for firm_id in {line.firm_id for line in facts.lines if line.firm_id is not None}:
        mine = [line for line in facts.lines if line.firm_id == firm_id]
        own = sum((line.programme_share for line in mine), ZERO)
        shares |= {line.pk: line.programme_share for line in mine}
        shares |= lower(mine, own + part.get(firm_id, ZERO) - most)
    return shares


def lower(lines: Iterable[BudgetLine], over: Decimal, shares: Mapping[int, Decimal] | None = None) -> Shares:
    """Take `over` pesos off the shares of some lines, from the largest on; a salary last, for it is paid whole."""
    now = {line.pk: line.programme_share if shares is None else shares[line.pk] for line in lines}
    is_salary = {line.pk: line.category == BudgetCategory.COORDINATION for line in lines}
    found: Shares = {}
    for pk in sorted(now, key=lambda pk: (is_salary[pk], -now[pk], pk)):
        if over <= ZERO:
            break
        taken = min(over, now[pk])
        found[pk] = now[pk] - taken
        over -= taken
    return found
