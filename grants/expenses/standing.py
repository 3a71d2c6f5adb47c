"""How the money of a project stands: each line planned, charged and verified, and whether the group's counterpart keeps pace
with the programme's money. Figures only, in pesos."""

from dataclasses import dataclass
from decimal import Decimal

from applications.models import BudgetCategory
from core.money import ZERO, cents
from grants.expenses.books import Books
from grants.expenses.counting import HUNDRED, most_of_line
from grants.models import BaselineLine


@dataclass(frozen=True)
class LineStanding:
    """One budget line. `most` is what may be charged of the programme's share, tolerance included."""

    line: BaselineLine
    programme: Decimal
    group: Decimal
    verified: Decimal
    most: Decimal

    @property
    def room(self) -> Decimal:
        """What can still be charged to the programme."""
        return max(self.most - self.programme, ZERO)

    @property
    def is_above_plan(self) -> bool:
        """Within the tolerance already."""
        return self.programme > self.line.programme_share


def lines_of(books: Books) -> list[LineStanding]:
    """Every line of the baseline, in its order. `verified` is what was verified of both shares."""
    rows = []
    for line in books.lines.values():
        programme, group = books.sums(line.pk)
        verified = sum(
            (
                row.programme + row.group
                for row in books.charges.values()
                if row.verified and row.line == line.pk
            ),
            ZERO,
        )
        # A salary that the programme pays by month is never above its line.
        by_month = books.pays_salary and line.category == BudgetCategory.COORDINATION
        tolerance = ZERO if by_month else books.call.tolerance
        most = most_of_line(line.programme_share, tolerance)
        rows.append(LineStanding(line, programme, group, verified, most))
    return rows


@dataclass(frozen=True)
class Pace:
    """The counterpart beside the programme's money (PROGRAMME 10): of what the group owes in all, as much is due as the
    programme's share is charged."""

    approved: Decimal
    programme: Decimal
    group_whole: Decimal
    group: Decimal

    @property
    def percent(self) -> Decimal:
        """How much of the programme's money is charged so far."""
        return cents(HUNDRED * self.programme / self.approved) if self.approved else ZERO

    @property
    def due(self) -> Decimal:
        """What the group should have put in by now."""
        return cents(self.group_whole * self.programme / self.approved) if self.approved else ZERO

    @property
    def behind(self) -> Decimal:
        """What is missing of it; nothing when it keeps pace."""
        return max(self.due - self.group, ZERO)


def pace_of(books: Books) -> Pace:
    """Of the whole project so far, all statements together."""
    programme, group = books.sums()
    whole = sum((line.group_share for line in books.lines.values()), ZERO)
    return Pace(books.project.approved_amount, programme, whole, group)
