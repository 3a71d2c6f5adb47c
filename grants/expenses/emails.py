"""What is told about statements and expenses: one function per message, an effect of what it tells."""

from django.urls import reverse

from accounts.models import User
from accounts.roles import Role
from core.dates import day_of
from core.money import format_money
from grants.emails import officers_of, tell
from grants.models import Expense, Statement


def _checkers(obj: Statement | Expense, now) -> list[User]:
    """Finance, and the officer of the project, none twice."""
    people = [*User.objects.with_role(Role.FINANCE, now), *officers_of(obj.project, now)]
    return list({person.pk: person for person in people}.values())


def statement_submitted(statement: Statement, *, by, now, data) -> None:
    """To those who verify: so many expenses came."""
    tell(
        _checkers(statement, now),
        "statement_submitted",
        statement.project,
        key=f"statement.{statement.pk}.submitted",
        now=now,
        url=reverse("statement_detail", args=[statement.pk]),
        number=statement.number,
        expenses=data["expenses"],
        programme=format_money(data["programme"]),
    )


def statement_settled(statement: Statement, *, by, now, data) -> None:
    """To the group: each expense was judged."""
    rejected = statement.expenses.filter(status=Expense.Status.REJECTED).count()
    tell(
        statement.project.people_to_tell(day_of(now)),
        "statement_settled",
        statement.project,
        key=f"statement.{statement.pk}.settled",
        now=now,
        url=reverse("statement_detail", args=[statement.pk]),
        number=statement.number,
        programme=format_money(data["programme"]),
        rejected=rejected,
    )


def expense_queried(expense: Expense, *, by, now, data) -> None:
    """To the group: something was asked about one expense."""
    tell(
        expense.project.people_to_tell(day_of(now)),
        "expense_queried",
        expense.project,
        key=f"expense.{expense.pk}.queried.{expense.version}",
        now=now,
        url=reverse("expense_detail", args=[expense.pk]),
        expense=expense.description,
        remark=expense.remark,
    )


def expense_answered(expense: Expense, *, by, now, data) -> None:
    """To those who verify: the answer came."""
    tell(
        _checkers(expense, now),
        "expense_answered",
        expense.project,
        key=f"expense.{expense.pk}.answered.{expense.version}",
        now=now,
        url=reverse("expense_detail", args=[expense.pk]),
        expense=expense.description,
        answer=expense.answer,
    )
