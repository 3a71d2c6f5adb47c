"""The arithmetic of an update of prices (PROGRAMME 10). Pure functions: levels, rests, parts to the cent.

Prices of the call's base month are at level 1. An update takes what is not paid of a project from the level at which it stands to
that of the month, which the call's cap bounds: so all updates of a project together stay within the cap.
"""

from collections.abc import Sequence
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal

from core.money import CENT, ZERO, cents

SIX_PLACES = Decimal("0.000001")
ONE = Decimal(1)
HUNDRED = Decimal(100)


def six_places(number: Decimal) -> Decimal:
    """Half up, like money."""
    return number.quantize(SIX_PLACES, ROUND_HALF_UP)


def highest_level(cap: Decimal) -> Decimal:
    """What the call's cap, in per cent, allows at most."""
    return ONE + cap / HUNDRED


def level(base: Decimal, figure: Decimal, cap: Decimal) -> Decimal:
    """The level of a month's prices: its figure over that of the base month, within the cap."""
    return min(six_places(figure / base), highest_level(cap))


def more_of(rest: Decimal, before: Decimal, after: Decimal) -> Decimal:
    """By how much a rest grows from one level to another, in pesos."""
    return cents(rest * after / before) - rest


def in_parts(amount: Decimal, weights: Sequence[Decimal]) -> list[Decimal]:
    """An amount in proportion to weights (one above zero at least), to the cent: what rounding leaves goes along."""
    whole = sum(weights, ZERO)
    found: list[Decimal] = []
    so_far = given = ZERO
    for weight in weights:
        so_far += weight
        up_to = cents(amount * so_far / whole)
        found.append(up_to - given)
        given = up_to
    return found


def counterpart(programme: Decimal, group: Decimal, more: Decimal, most_share: Decimal) -> Decimal:
    """What the group puts in more of a line of which the programme pays `more`: in the proportion of the line, and enough that
    the programme's share (per cent) of the whole stays within the call's."""
    in_proportion = (more * group / programme).quantize(CENT, ROUND_CEILING) if programme else ZERO
    return max(in_proportion, missing_cost(programme + more, group, most_share))


def missing_cost(programme: Decimal, group: Decimal, most_share: Decimal) -> Decimal:
    """What the group has to put in besides, so that the programme pays at most its share, in per cent, of the cost."""
    least = (programme * HUNDRED / most_share).quantize(CENT, ROUND_CEILING)
    return max(least - programme - group, ZERO)
