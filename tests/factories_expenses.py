"""Expense statements for tests: written, handed in and judged through the actions that people use."""

import datetime as dt
from decimal import Decimal
from typing import Any

from core.dates import day_of
from grants.expenses import actions
from grants.models import Expense, ExpensePayment, Project, Statement
from grants.workflow import STATEMENT
from tests.clock import NOON
from tests.factories_applications import a_pdf
from tests.factories_grants import finance
from tests.factories_groups import make_cuit


def reporter(project: Project, now: dt.datetime = NOON) -> Any:
    """Who hands in."""
    return project.reporter_on(day_of(now))


def open_statement(project: Project, *, now: dt.datetime = NOON) -> Statement:
    """The one that is open, begun when there is none."""
    return actions.open_statement(by=reporter(project, now), project=project, now=now)


def add_expense(
    statement: Statement, *, now: dt.datetime = NOON, paid: bool = True, paper: Any = None, **fields: Any
) -> Expense:
    """Invoice A 3-<n> of 100.000,00 net and 21.000,00 of VAT, of which 60.000,00 and 40.000,00 are charged to the first line;
    paid whole by transfer, with its paper."""
    project = statement.project
    number = Expense.objects.count() + 1
    expense = Expense(
        **{
            "line": project.lines.first(),
            "description": f"Tools {number}",
            "kind": "A",
            "supplier_name": "Hornos SA",
            "supplier_cuit": make_cuit(90),
            "point_of_sale": 3,
            "number": str(number),
            "issued_on": project.first_day,
            "buyer_vat": "registered",
            "net": Decimal(100_000),
            "tax": Decimal(21_000),
            "programme_share": Decimal(60_000),
            "group_share": Decimal(40_000),
            **fields,
        }
    )
    payment = ExpensePayment(paid_on=project.first_day, means="transfer", amount=expense.amounts.total)
    return actions.save_expense(
        by=reporter(project, now),
        statement=statement,
        expense=expense,
        now=now,
        payment=payment if paid and not expense.is_in_kind else None,
        upload=paper or a_pdf("invoice.pdf"),
    )


def hand_in(statement: Statement, *, now: dt.datetime = NOON) -> Statement:
    return STATEMENT.apply(statement, "submit", by=reporter(statement.project, now), now=now)


def judge(expense: Expense, name: str, *, by: Any = None, now: dt.datetime = NOON, **data: Any) -> Expense:
    """Verify, query or reject it as finance, or answer as the group."""
    by = by or (reporter(expense.project, now) if name == "answer" else finance())
    return actions.judge(by=by, expense=expense, name=name, now=now, data=data)


def statement_at(
    status: str, project: Project, *, expenses: int = 1, now: dt.datetime = NOON, **fields: Any
) -> Statement:
    """A statement in any state, with so many expenses; settled: all of them verified."""
    statement = open_statement(project, now=now)
    for _each in range(expenses):
        add_expense(statement, now=now, **fields)
    if status == "open":
        return Statement.objects.get(pk=statement.pk)
    hand_in(statement, now=now)
    if status == "settled":
        for expense in statement.expenses.all():
            judge(expense, "verify", now=now)
    return Statement.objects.get(pk=statement.pk)
