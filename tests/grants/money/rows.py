"""What the tests of the money are made of: proven expenses, refunds and their receipts, reached as people reach them."""

import datetime as dt
from decimal import Decimal
from typing import Any

from grants.account import actions as account
from grants.account.reading import Movement
from grants.models import (
    BaselineLine,
    Disbursement,
    Expense,
    Project,
    Refund,
    RefundReceipt,
    Surety,
)
from grants.refunds import actions
from grants.sureties.actions import take_surety
from tests.clock import NOON
from tests.factories_applications import OFFICE, a_pdf
from tests.factories_grants import finance, finance2, make_cbu
from tests.grants.expenses.rows import expense_row, judge_row, open_statement_row, pay_row

DAY = dt.timedelta(days=1)
LATER = NOON.date() + 30 * DAY


def proven(
    project: Project,
    programme: Decimal | int,
    group: Decimal | int = 0,
    *,
    line: BaselineLine | None = None,
    by: Any = None,
) -> Expense:
    """An expense that an officer verified, on the line of an investment with the most room unless another is named; past the
    pages, not past the database."""
    programme, group = Decimal(programme), Decimal(group)
    investment = project.lines.exclude(category="coordination")
    expense = expense_row(
        open_statement_row(project),
        line=line or max(investment, key=lambda row: row.programme_share - _charged(row)),
        number=str(Expense.objects.count() + 1),
        net=programme + group + Decimal(1),
        tax=Decimal(0),
        programme_share=programme,
        group_share=group,
    )
    # Verified is what was paid.
    pay_row(expense, account="TRF")
    judge_row(expense, "verified", by=by or OFFICE.officer)
    expense.refresh_from_db()
    return expense


def _charged(line: Any) -> Decimal:
    return sum((row.programme_share for row in line.expenses.exclude(status="rejected")), Decimal(0))


def refund(project: Project, amount: Decimal | int, *, why: str = "unspent", **changes: Any) -> Refund:
    """Asked by finance, until a month from NOON."""
    usual = {
        "by": finance(),
        "project": project,
        "why": why,
        "amount": Decimal(amount),
        "due_on": LATER,
        "account_name": "Tesorería General",
        "account_cbu": make_cbu(7),
        "explanation": "It was not spent.",
        "now": NOON,
    }
    return actions.ask_refund(**{**usual, **changes})


def receipt(asked: Refund, amount: Decimal | int | None = None, **changes: Any) -> RefundReceipt:
    """Written down by the representative."""
    usual = {
        "by": asked.project.group.representative,
        "refund": asked,
        "amount": asked.amount if amount is None else Decimal(amount),
        "paid_on": NOON.date(),
        "reference": "TRF-1",
        "upload": a_pdf("receipt.pdf"),
        "now": NOON,
    }
    return actions.give_receipt(**{**usual, **changes})


def confirm(given: RefundReceipt, **changes: Any) -> RefundReceipt:
    """By another finance officer."""
    return actions.check_receipt(
        **{"by": finance2(), "receipt": given, "name": "confirm", "now": NOON, **changes}
    )


def surety(project: Project, amount: Decimal | int, **changes: Any) -> Surety:
    """In force for a year from NOON."""
    usual = {
        "by": finance(),
        "project": project,
        "insurer": "Aseguradora del Sur",
        "policy": f"P-{Surety.objects.count() + 1}",
        "amount": Decimal(amount),
        "from_on": NOON.date(),
        "expires_on": NOON.date() + 365 * DAY,
        "upload": a_pdf("policy.pdf"),
        "now": NOON,
    }
    return take_surety(**{**usual, **changes})


def match_account(project: Project, **changes: Any) -> None:
    """Bring a statement that shows each payment and each confirmed refund, and match all of it."""
    usual = {"by": project.group.representative, "now": NOON, **changes}
    rows = [
        (payment.treasury_date, "Transfer", payment.treasury_number, payment.net)
        for payment in Disbursement.objects.filter(
            tranche__project=project, tranche__kind="grant", status="paid"
        )
    ]
    rows += [
        (each.paid_on, "Given back", each.reference, -each.amount)
        for each in RefundReceipt.objects.filter(refund__project=project, status="confirmed")
    ]
    movements = [Movement(*row, occurrence=1 + rows[:place].count(row)) for place, row in enumerate(rows)]
    account.bring(project=project, movements=movements, **usual)
    for line in project.account_lines.unmatched():
        kind, row = account.candidates(line)[0]
        account.match(line=line, kind=kind, pk=row.pk, **usual)
