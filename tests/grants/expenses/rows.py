"""Rows of expense statements for the tests of what the database refuses: written past the actions, on purpose."""

import datetime as dt
from decimal import Decimal
from typing import Any

from grants.models import CreditNote, Expense, ExpensePayment, Project, Statement
from tests.clock import NOON
from tests.factories_groups import make_cuit

DAY = dt.date(2026, 3, 10)


def statement_row(project: Project, number: int = 1, **fields: Any) -> Statement:
    """Open."""
    by = project.group.representative
    return Statement.objects.create(project=project, number=number, opened_at=NOON, opened_by=by, **fields)


def open_statement_row(project: Project) -> Statement:
    """The one that is open, or the next."""
    found = project.statements.filter(status=Statement.Status.OPEN).first()
    return found or statement_row(project, project.statements.count() + 1)


def expense_row(statement: Statement, **fields: Any) -> Expense:
    """A draft: invoice A 1-100 of 1.000.000,00 net and 210.000,00 of VAT, of which 600.000,00 and 400.000,00 are charged to
    the first line."""
    usual = {
        "line": statement.project.lines.first(),
        "description": "Kiln",
        "kind": "A",
        "supplier_name": "Hornos SA",
        "supplier_cuit": make_cuit(90),
        "point_of_sale": 1,
        "number": "100",
        "issued_on": DAY,
        "net": Decimal(1_000_000),
        "tax": Decimal(210_000),
        "programme_share": Decimal(600_000),
        "group_share": Decimal(400_000),
    }
    return Expense.objects.create(statement=statement, **{**usual, **fields})


def pay_row(expense: Expense, amount: Any = None, **fields: Any) -> ExpensePayment:
    """Paid whole, by transfer, unless told otherwise."""
    usual = {
        "paid_on": DAY,
        "means": "transfer",
        "amount": expense.amounts.total if amount is None else amount,
    }
    return ExpensePayment.objects.create(expense=expense, **{**usual, **fields})


def judge_row(expense: Expense, status: str, *, by: Any, remark: str = "") -> None:
    """Hand it in, and judge it; what is verified is paid before."""
    rows = Expense.objects.filter(pk=expense.pk)
    if status == "verified" and rows.get().status == "draft" and not expense.payments.exists():
        pay_row(expense)
    rows.update(status="submitted")
    if status != "submitted":
        rows.update(status=status, checked_by=by, checked_at=NOON, remark=remark)


def credit_row(expense: Expense, net: int, tax: int = 0, number: str = "7") -> CreditNote:
    return CreditNote.objects.create(
        expense=expense, number=number, issued_on=DAY, net=Decimal(net), tax=Decimal(tax)
    )


def settle_row(statement: Statement) -> None:
    """As the transition freezes it."""
    Statement.objects.filter(pk=statement.pk).update(
        status="settled", settled_at=NOON, snapshot={"number": statement.number}, sha256="5" * 64
    )
