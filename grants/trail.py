"""The trail of one peso both ways: resolution → line → tranche → Treasury order → invoice → payment → asset, and back
(PROGRAMME 12, An auditor).

Money has no marks. So the pesos of a project are followed in the order of its ledger: what was proven or given back first
stands for what was paid first. The rule is the same from each end, and gives the same amounts.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal

from applications.models import Decision
from core.money import ZERO
from grants.models import Disbursement, Expense, LedgerEntry, Project, RefundReceipt, SalaryMonth
from grants.terms import approval_of

Kind = LedgerEntry.Kind


@dataclass(frozen=True)
class Piece:
    """So many pesos of a payment that one expense, or one refund, stands for."""

    disbursement: Disbursement
    amount: Decimal
    expense: Expense | None = None
    receipt: RefundReceipt | None = None
    salary: SalaryMonth | None = None


@dataclass(frozen=True)
class Asset:
    """What an expense bought, where the trail of a peso ends: a machine of the register, with its page."""

    name: str
    number: str
    url: str

    def __str__(self) -> str:
        return f"{self.name} ({self.number})" if self.number else self.name


# Which assets expenses bought, by the expense's id: later apps that keep registers add theirs (AppConfig.ready).
ASSETS: list[Callable[[Collection[int]], dict[int, list[Asset]]]] = []


def assets_of(expenses: Collection[int]) -> dict[int, list[Asset]]:
    """The assets of some expenses, by their ids. One query for each register."""
    found: defaultdict[int, list[Asset]] = defaultdict(list)
    for register in ASSETS if expenses else ():
        for expense, rows in register(expenses).items():
            found[expense] += rows
    return found


def pieces(
    paid: Iterable[tuple[int, Decimal]], used: Iterable[tuple[int, Decimal]]
) -> list[tuple[int, int, Decimal]]:
    """Which part of what was used stands for which part of what was paid: (paid, used, amount), both in their order.

    What was used beyond what was paid stands for nothing yet; what was paid beyond it is still to be proven.
    """
    found: list[tuple[int, int, Decimal]] = []
    rows = list(used)
    place, rest = 0, rows[0][1] if rows else ZERO
    for name, left in paid:
        while left > ZERO and place < len(rows):
            part = min(left, rest)
            if part > ZERO:
                found.append((name, rows[place][0], part))
            left, rest = left - part, rest - part
            if rest <= ZERO:
                place += 1
                rest = rows[place][1] if place < len(rows) else ZERO
    return found


@dataclass(frozen=True)
class Trail:
    """All pieces of a project, and where it all began."""

    project: Project
    approval: Decision | None
    pieces: list[Piece]

    def of_payment(self, payment: Disbursement) -> list[Piece]:
        """What stands for this payment."""
        return [piece for piece in self.pieces if piece.disbursement.pk == payment.pk]

    def of_expense(self, expense: Expense) -> list[Piece]:
        """Which payments this expense stands for."""
        return [piece for piece in self.pieces if piece.expense and piece.expense.pk == expense.pk]


def trail_of(project: Project) -> Trail:
    """Follow the money of a project: three queries, however long its ledger."""
    entries = project.ledger.filter(kind__in=[Kind.PAID, Kind.SALARY, Kind.PROVEN, Kind.RETURNED]).order_by(
        "id"
    )
    entries = entries.select_related(
        "disbursement__tranche__salary__person",
        "disbursement__tranche__salary__invoice",
        "disbursement__payee",
        "expense__line",
        "expense__statement",
        "expense__document",
        "receipt__refund",
    ).prefetch_related("expense__payments")
    rows = {entry.pk: entry for entry in entries}
    salaries = {row.disbursement_id for row in rows.values() if row.kind == Kind.SALARY}
    # Each month of a salary stands for its own payment.
    found = [
        Piece(row.disbursement, row.amount, salary=row.disbursement.tranche.salary)
        for row in rows.values()
        if row.kind == Kind.SALARY and row.disbursement
    ]
    grant = {pk: row for pk, row in rows.items() if row.disbursement_id not in salaries}
    paid = [(pk, row.amount) for pk, row in grant.items() if row.kind == Kind.PAID]
    used = [(pk, row.amount) for pk, row in grant.items() if row.kind != Kind.PAID]
    for one, other, amount in pieces(paid, used):
        payment, use = rows[one].disbursement, rows[other]
        assert payment is not None  # the triggers write it so
        found.append(Piece(payment, amount, use.expense, use.receipt))
    return Trail(project, approval_of(project.application), found)
