"""What an expense counts for, in pesos: pure functions over plain values (PROGRAMME 10, Expenses and Arithmetic).

An invoice says net, tax and perceptions. Credit notes reduce it. Perceptions never count; the tax counts where the call
says so, unless the buyer gets it back. What counts may be charged; the rest is the group's own cost and refuses nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from core.money import ZERO, cents

HUNDRED = Decimal(100)


@dataclass(frozen=True)
class Amounts:
    """What an invoice or a credit note says, in its own currency."""

    net: Decimal
    tax: Decimal = ZERO
    perceptions: Decimal = ZERO

    @property
    def total(self) -> Decimal:
        return self.net + self.tax + self.perceptions

    def in_pesos(self, rate: Decimal) -> "Amounts":
        """At a rate of pesos for one unit; each part to the cent, half up, so that the total is the sum of its parts."""
        return Amounts(cents(self.net * rate), cents(self.tax * rate), cents(self.perceptions * rate))

    def less(self, notes: Iterable["Amounts"]) -> "Amounts":
        """What credit notes leave of it."""
        notes = list(notes)
        return Amounts(
            self.net - sum((note.net for note in notes), ZERO),
            self.tax - sum((note.tax for note in notes), ZERO),
            self.perceptions - sum((note.perceptions for note in notes), ZERO),
        )


@dataclass(frozen=True)
class Paid:
    """One payment of an invoice, with what the payer withheld of it for the tax authority."""

    amount: Decimal
    withheld: Decimal = ZERO
    in_cash: bool = False


def countable(amounts: Amounts, *, tax_counts: bool) -> Decimal:
    """How much of an invoice may be charged, in pesos."""
    return amounts.net + (amounts.tax if tax_counts else ZERO)


def covered(payments: Iterable[Paid], *, most_in_cash: Decimal | None) -> Decimal:
    """How much of an invoice payments and withholdings cover. Cash counts up to the call's limit for one invoice; None
    is no limit."""
    cash, others = ZERO, ZERO
    for payment in payments:
        others += payment.withheld
        if payment.in_cash:
            cash += payment.amount
        else:
            others += payment.amount
    return others + (cash if most_in_cash is None else min(cash, most_in_cash))


def most_of_line(approved: Decimal, tolerance: Decimal) -> Decimal:
    """What may be charged to a budget line: as approved, and the call's tolerance in per cent on top (PROGRAMME 6.7)."""
    return cents(approved * (HUNDRED + tolerance) / HUNDRED)


@dataclass(frozen=True)
class Settlement:
    """What is due of a grant at the end, with every figure that it came from."""

    approved: Decimal
    proven_programme: Decimal
    proven_group: Decimal
    group_due: Decimal
    paid: Decimal
    returned: Decimal
    # What the call's shares and caps allow of the verified cost; None: no cap.
    cap: Decimal | None = None
    # Of what is proven: the coordinator's salary, which the programme pays whole.
    salary: Decimal = ZERO

    @property
    def base(self) -> Decimal:
        """The lowest of the approved amount, the programme's share of the verified cost, and the caps."""
        base = min(self.approved, self.proven_programme)
        return base if self.cap is None else min(base, self.cap)

    @property
    def due(self) -> Decimal:
        """The base; a counterpart that is missing lowers it in proportion (PROGRAMME 10, Settlement), but for the salary,
        which asks for none."""
        shared = self.base - self.salary
        if self.group_due > self.proven_group and self.group_due > ZERO:
            shared = cents(shared * self.proven_group / self.group_due)
        return self.salary + shared

    @property
    def to_return(self) -> Decimal:
        """What the group still has to give back."""
        return max(self.paid - self.returned - self.due, ZERO)

    @property
    def to_pay(self) -> Decimal:
        """What the programme still has to pay."""
        return max(self.due - (self.paid - self.returned), ZERO)
