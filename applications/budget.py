"""Figures of a budget, in pesos: by category and whole, against what the call pays. Read only."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from applications.models import BudgetCategory, BudgetLine, Call
from core.money import ZERO, cents

WHOLE = Decimal(100)


@dataclass(frozen=True)
class Part:
    """Some lines together. `limit` is the highest share of the programme in per cent, `most` the same in pesos."""

    label: str
    lines: list[BudgetLine]
    cost: Decimal
    programme: Decimal
    limit: Decimal
    most: Decimal

    @property
    def group(self) -> Decimal:
        return self.cost - self.programme

    @property
    def share(self) -> Decimal:
        """What the programme would pay of it, in per cent, two places; nothing of nothing is 0."""
        return cents(self.programme * WHOLE / self.cost) if self.cost else ZERO

    @property
    def is_over(self) -> bool:
        """Whether it asks for more than the call pays."""
        return self.programme > self.most


@dataclass(frozen=True)
class Budget:
    """The lines by category, in the order of the programme, and the whole."""

    parts: list[Part]
    whole: Part
    max_per_project: Decimal

    @property
    def left(self) -> Decimal:
        """How much more the project may ask for; below zero when it asks for too much."""
        return self.max_per_project - self.whole.programme


def reckon(call: Call, lines: Iterable[BudgetLine]) -> Budget:
    """A call's rules on the lines of one application."""
    lines = list(lines)
    parts = []
    for code, label in BudgetCategory.choices:
        mine = [line for line in lines if line.category == code]
        if mine:
            # Rounded line by line, as the rules do.
            most = sum((call.highest_share(code, line.cost) for line in mine), ZERO)
            parts.append(_part(str(label), mine, call.share_of(code), most))
    cost = sum((line.cost for line in lines), ZERO)
    whole = _part("", lines, call.max_share, cents(cost * call.max_share / WHOLE))
    return Budget(parts, whole, call.max_per_project)


def _part(label: str, lines: list[BudgetLine], limit: Decimal, most: Decimal) -> Part:
    cost = sum((line.cost for line in lines), ZERO)
    programme = sum((line.programme_share for line in lines), ZERO)
    return Part(label, lines, cost, programme, limit, most)
