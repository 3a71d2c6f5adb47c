"""Two at the same instant, on real connections: one judgement, never above 100 % of a voucher, never above a line."""

import threading
from decimal import Decimal

import pytest
from django.db import transaction
from django.db.models import Sum

from grants.expenses import actions
from grants.models import Expense, Statement
from tests.clock import NOON
from tests.factories_applications import OFFICE, make_call
from tests.factories_expenses import add_expense, hand_in, judge, open_statement, reporter, statement_at
from tests.factories_grants import finance, finance2, project_at
from tests.factories_groups import make_cuit
from tests.grants.expenses.rows import expense_row, statement_row
from tests.grants.test_races import at_once, split

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def test_two_of_finance_judge_the_same_expense_and_one_wins():
    project = project_at("active")
    people = [finance(), finance2(), OFFICE.officer]
    acts = (("verify", {}), ("reject", {"remark": "Twice."}), ("query", {"remark": "Which firm?"}))
    judged = project.case.events.filter(action__in=["expense.verify", "expense.reject", "expense.query"])
    for again in range(10):
        statement = open_statement(project)
        expense = add_expense(statement, number=str(100 + again), programme_share=1, group_share=1)
        hand_in(statement)
        expense.refresh_from_db()
        before = judged.count()
        won, lost = split(
            at_once(
                *(
                    lambda by=by, name=name, data=data, expense=expense: actions.judge(
                        by=by, expense=expense, name=name, now=NOON, version=expense.version, data=dict(data)
                    )
                    for by, (name, data) in zip(people, acts, strict=True)
                )
            )
        )
        assert len(won) == 1
        assert len(lost) == 2
        assert all("possible any more" in sentence or "Somebody changed" in sentence for sentence in lost)
        expense.refresh_from_db()
        assert expense.status == won[0].status
        assert judged.count() == before + 1
        if expense.status == "queried":
            judge(expense, "reject", remark="No answer.")


def test_the_last_two_are_judged_at_once_and_the_statement_settles_once():
    project = project_at("active")
    people = [finance(), finance2()]
    statement = statement_at("submitted", project, expenses=2)
    won, lost = split(
        at_once(
            *(
                lambda by=by, expense=expense: actions.judge(
                    by=by, expense=expense, name="verify", now=NOON, data={}
                )
                for by, expense in zip(people, statement.expenses.all(), strict=True)
            )
        )
    )
    assert lost == []
    assert len(won) == 2
    statement.refresh_from_db()
    assert statement.status == "settled"
    assert project.case.events.filter(action="statement.settle").count() == 1


def shares_of_voucher(number: str) -> Decimal:
    rows = Expense.objects.filter(number=number).exclude(status="rejected")
    return rows.aggregate(sum=Sum("programme_share") + Sum("group_share"))["sum"]


def test_two_groups_charge_the_same_invoice_at_once_and_one_is_refused():
    projects = [project_at("active", call=make_call(code=f"OTHER-{number}")) for number in range(2)]
    statements = [open_statement(project) for project in projects]
    for again in range(10):
        number = str(500 + again)

        def charge(statement: Statement, number: str = number) -> Expense:
            fields = {
                "programme_share": Decimal(60),
                "group_share": Decimal(0),
                "net": Decimal(100),
                "tax": Decimal(0),
            }
            return add_expense(statement, number=number, supplier_cuit=make_cuit(92), **fields)

        won, lost = split(at_once(*(lambda s=statement: charge(s) for statement in statements)))
        assert len(won) == len(lost) == 1
        assert lost == ["This voucher is on record already, and all of it is charged."]
        assert shares_of_voucher(number) == 60


def test_past_the_code_the_database_lets_only_the_whole_voucher_through():
    """The same two in SQL, without the locks that the code takes."""
    statements = [
        statement_row(project_at("active", call=make_call(code=f"OTHER-{number}"))) for number in range(2)
    ]
    for again in range(10):
        number, held = str(700 + again), threading.Barrier(2)

        def insert(statement: Statement, number: str = number, held: threading.Barrier = held) -> None:
            with transaction.atomic():
                held.wait(timeout=20)
                expense_row(statement, number=number, net=100, tax=0, programme_share=60, group_share=0)

        won, lost = split(at_once(*(lambda s=statement: insert(s) for statement in statements)))
        assert len(won) == len(lost) == 1
        assert "The same voucher is charged above 100 %" in lost[0]
        assert shares_of_voucher(number) == 60


def test_two_tabs_fill_one_line_at_once_and_it_is_never_above():
    project = project_at("active")
    statement = open_statement(project)
    line = project.lines.first()
    by = reporter(project)
    share = line.programme_share * Decimal("0.6")
    won, lost = split(
        at_once(
            *(
                lambda number=number: add_expense(
                    statement,
                    number=str(number),
                    net=share * 2,
                    programme_share=share,
                    group_share=Decimal(0),
                )
                for number in (1, 2, 3)
            )
        )
    )
    assert by is not None
    assert len(won) == 1
    assert set(lost) == {"Meanwhile something else was charged to this line: too little is left of it."}
    charged = Expense.objects.filter(line=line).aggregate(sum=Sum("programme_share"))["sum"]
    assert charged <= line.programme_share * Decimal("1.1")
