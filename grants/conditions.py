"""What a tranche waits for, and how much of it can be ordered (PROGRAMME 10, Tranches): one rule for pages and guards.

An **advance** waits for its report, for the proof that the call asks of what was paid before, and for a surety that covers
what is not proven yet. A **reimbursement** pays verified expenses, never more than were not reimbursed. The database holds
the same (migration 0013).
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db.models import Sum
from django.utils.translation import gettext as _

from core.money import ZERO, cents, format_money
from core.templatetags.lsp import percent
from grants.ledger import Figures
from grants.models import Disbursement, Expense, LedgerEntry, Project, Surety, Tranche
from grants.settling import worked_out

Basis = Tranche.Basis
HUNDRED = Decimal(100)


@dataclass
class Money:
    """What the rules look at, read once for a project however many tranches are asked about (`Money.of`)."""

    project: Project
    figures: Figures
    tranches: list[Tranche]
    sureties: list[Surety] = field(default_factory=list)

    @classmethod
    def of(cls, project: Project) -> "Money":
        """Of one project, read now."""
        return moneys_of([project])[project.pk]

    def live(self, tranche: Tranche) -> Decimal:
        """What is ordered or paid of a tranche, in pesos."""
        rows = tranche.disbursements.all()
        return sum((row.amount for row in rows if row.status in Disbursement.LIVE), ZERO)

    def before(self, tranche: Tranche) -> list[Tranche]:
        """The advances before this one, but the cancelled."""
        return [
            row
            for row in self.tranches
            if row.basis == Basis.ADVANCE and row.number < tranche.number and row.cancelled_on is None
        ]

    def proof_asked(self, tranche: Tranche) -> Decimal:
        """How much has to be verified before this advance: the call's share of what was advanced before, ordered or
        paid, and kept."""
        advanced = sum((self.live(row) for row in self.before(tranche)), ZERO)
        kept = max(advanced - self.figures.returned, ZERO)
        return cents(kept * tranche.proof_percent / HUNDRED)

    def to_reimburse(self) -> Decimal:
        """The programme's share of verified expenses that no tranche has reimbursed yet."""
        reimbursed = sum((self.live(t) for t in self.tranches if t.basis == Basis.REIMBURSEMENT), ZERO)
        return max(self.figures.proven + self.figures.returned - reimbursed, ZERO)

    def exposed(self, more: Decimal = ZERO) -> Decimal:
        """What was advanced under a surety, ordered or paid, and `more`, and is neither proven nor given back."""
        advanced = sum((self.live(t) for t in self.tranches if t.needs_surety), ZERO)
        return max(advanced + more - self.figures.proven - self.figures.returned, ZERO)

    @cached_property
    def left_to_order(self) -> Decimal | None:
        """At the end, when all that was spent is judged: what the settlement leaves to be ordered of the grant
        (PROGRAMME 10, Settlement). None while that is not known. Asked only where a tranche is open: it reads more."""
        project = self.project
        # What the group is still writing into an open statement is a draft, and not judged either.
        if project.status != Project.Status.CLOSING or Expense.objects.of_project(project).open().exists():
            return None
        under_way = sum(
            (
                row.amount
                for tranche in self.tranches
                if not tranche.is_salary
                for row in tranche.disbursements.all()
                if row.status == Disbursement.Status.ORDERED
            ),
            ZERO,
        )
        return max(worked_out(project).to_pay - under_way, ZERO)

    def cover_on(self, day: dt.date, *, without: Surety | None = None) -> Decimal:
        """What the sureties in force on a day cover together."""
        left = [row for row in self.sureties if row.covers_on(day) and row.pk != (without and without.pk)]
        return sum((row.amount for row in left), ZERO)


def moneys_of(projects: Iterable[Project]) -> dict[int, Money]:
    """Of several projects, by their ids: a constant number of queries."""
    rows = {project.pk: project for project in projects}
    tranches: dict[int, list[Tranche]] = defaultdict(list)
    for tranche in (
        Tranche.objects.filter(project__in=rows)
        .select_related("salary__person")
        .with_checked_payee()
        .prefetch_related("disbursements")
        .order_by("kind", "number")
    ):
        tranches[tranche.project_id].append(tranche)
    asks = [pk for pk, theirs in tranches.items() if any(each.needs_surety for each in theirs)]
    sureties: dict[int, list[Surety]] = defaultdict(list)
    for surety in Surety.objects.held().filter(project__in=asks) if asks else ():
        sureties[surety.project_id].append(surety)
    sums: dict[int, dict[str, Decimal]] = defaultdict(dict)
    found = LedgerEntry.objects.filter(project__in=rows).order_by().values("project", "kind")
    for row in found.annotate(sum=Sum("amount")):
        sums[row["project"]][row["kind"]] = row["sum"]
    return {
        pk: Money(project, Figures(**sums[pk]), tranches[pk], sureties[pk]) for pk, project in rows.items()
    }


def amount_to_order(tranche: Tranche, money: Money) -> Decimal:
    """What an order of this tranche pays: all of it; of a reimbursement at the end, what was verified; and at the end, once
    all is judged, never more than the settlement leaves."""
    amount = tranche.amount
    if tranche.basis == Basis.REIMBURSEMENT:
        amount = min(amount, money.to_reimburse())
    if tranche.is_salary or tranche.opened_at is None or money.left_to_order is None:
        return amount
    return min(amount, money.left_to_order)


def waits_for(tranche: Tranche, money: Money, *, today: dt.date) -> list[str]:
    """What still stands between an open or planned tranche and its order, each in a sentence. What concerns the project
    (suspended, payee) is said by the other guards."""
    found = [
        _waits_for_report(tranche),
        _waits_for_proof(tranche, money),
        _waits_for_expenses(tranche, money),
        _waits_for_surety(tranche, money, today),
        _waits_for_nothing_due(tranche, money),
    ]
    return [sentence for sentence in found if sentence]


def _waits_for_report(tranche: Tranche) -> str:
    if tranche.opened_at is not None:
        return ""
    if tranche.after_report:
        return _("Report %(number)s is not accepted yet, or an observation holds this tranche.") % {
            "number": tranche.after_report
        }
    return _("The project has not started yet.")


def _waits_for_proof(tranche: Tranche, money: Money) -> str:
    if tranche.basis != Basis.ADVANCE or not tranche.proof_percent:
        return ""
    first = next((row for row in money.before(tranche) if not money.live(row)), None)
    if first is not None:
        return _("Tranche %(number)s comes first: this one waits for its proof.") % {"number": first.number}
    asked, proven = money.proof_asked(tranche), money.figures.proven
    if proven >= asked:
        return ""
    return _(
        "%(share)s of what was advanced before has to be proven: %(missing)s of %(asked)s are missing."
    ) % {
        "share": percent(tranche.proof_percent),
        "missing": format_money(asked - proven),
        "asked": format_money(asked),
    }


def _waits_for_expenses(tranche: Tranche, money: Money) -> str:
    if tranche.basis != Basis.REIMBURSEMENT:
        return ""
    there = money.to_reimburse()
    # At the end what was verified is paid, be it less than was planned.
    if there >= tranche.amount or (there > ZERO and money.project.status == Project.Status.CLOSING):
        return ""
    return _("Verified expenses of %(missing)s are missing: %(there)s are not reimbursed yet.") % {
        "missing": format_money(tranche.amount - there),
        "there": format_money(there),
    }


def _waits_for_surety(tranche: Tranche, money: Money, today: dt.date) -> str:
    if not tranche.needs_surety:
        return ""
    # Its own order, where there is one, is among what is exposed.
    asked = money.exposed(tranche.amount - money.live(tranche))
    cover = money.cover_on(today)
    if cover >= asked:
        return ""
    return _("A surety for %(asked)s is needed; those in force cover %(cover)s.") % {
        "asked": format_money(asked),
        "cover": format_money(cover),
    }


def _waits_for_nothing_due(tranche: Tranche, money: Money) -> str:
    if tranche.is_salary or tranche.opened_at is None or money.left_to_order != ZERO:
        return ""
    return _(
        "All that was spent is judged, and by the settlement nothing is still to pay: closing cancels this tranche."
    )


@dataclass(frozen=True)
class Waiting:
    """A tranche with what it still waits for; nothing where it is ordered, paid or cancelled."""

    tranche: Tranche
    state: str
    waits: list[str]
    to_order: Decimal
    # Of an open one: why there is no account to which it could be paid.
    account: str = ""

    @property
    def is_ready(self) -> bool:
        """Whether nothing of its own conditions is missing."""
        return self.state in ("open", "failed") and not self.waits

    @property
    def label(self) -> str:
        """Its state; an open one that waits for something is not ready."""
        if self.state == "open" and (self.waits or self.account):
            return _("Open: something is missing")
        return self.tranche.state_label


def waiting_of(project: Project, *, today: dt.date) -> list[Waiting]:
    """All tranches of a project, each with what it waits for. A constant number of queries."""
    money = Money.of(project)
    rows = []
    for tranche in money.tranches:
        state = tranche.state
        still = state in ("planned", "open", "failed")
        waits = waits_for(tranche, money, today=today) if still else []
        rows.append(
            Waiting(
                tranche,
                state,
                waits,
                to_order=amount_to_order(tranche, money) if still else ZERO,
                account=_waits_for_account(tranche) if state in ("open", "failed") else "",
            )
        )
    return rows


def _waits_for_account(tranche: Any) -> str:
    """As `with_checked_payee` read it; the guards of the order say more exactly why."""
    if tranche.payee_is_checked:
        return ""
    return _("The account to which it is paid is not checked yet, or payments to it are stopped.")
