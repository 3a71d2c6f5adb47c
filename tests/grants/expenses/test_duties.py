"""What is owed about expenses: by whom, by when, and no longer once it is done."""

import datetime as dt

import pytest

from core import duties
from grants.workflow import PROJECT
from tests.clock import NOON
from tests.factories_applications import OFFICE
from tests.factories_expenses import add_expense, hand_in, judge, open_statement, reporter, statement_at
from tests.factories_grants import DAY, finance, finance2, project_at

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen", "active_stands")]
TODAY = NOON.date()
OURS = ("statement", "statement_verify", "statement_answer")


def owed(user, today: dt.date = TODAY) -> list[tuple[str, dt.date]]:
    return [
        (duty.key.split(".")[0], duty.due_on)
        for duty in duties.of(user, today)
        if duty.key.split(".")[0] in OURS
    ]


def test_an_open_statement_goes_with_the_next_report():
    project = project_at("active")
    statement = open_statement(project)
    coordinator = reporter(project)
    assert owed(coordinator) == [], "nothing is in it yet"
    add_expense(statement)
    report = project.reports.order_by("due_on").first()
    assert owed(coordinator) == [("statement", report.due_on)]
    assert owed(OFFICE.officer) == []
    assert owed(OFFICE.officer, report.due_on + 7 * DAY) == [("statement", report.due_on)]
    (duty,) = [each for each in duties.of(coordinator, TODAY) if each.key.startswith("statement.")]
    assert duty.url == f"/statements/{statement.pk}/"
    assert duties.kind_words(duty) == "Expenses to hand in"
    hand_in(statement)
    assert owed(coordinator) == []


def test_finance_verifies_within_ten_days_and_the_officer_watches():
    project = project_at("active")
    finance(), finance2()
    statement = statement_at("submitted", project, expenses=2)
    due = TODAY + 10 * DAY
    assert owed(finance()) == owed(finance2()) == [("statement_verify", due)]
    assert owed(OFFICE.officer) == []
    assert owed(OFFICE.officer, due + 7 * DAY) == [("statement_verify", due)]
    assert owed(reporter(project)) == []
    first, second = statement.expenses.all()
    judge(first, "verify")
    assert owed(finance()) == [("statement_verify", due)]
    judge(second, "query", remark="Which firm?")
    assert owed(finance()) == [], "now the group's answer is awaited"


def test_a_question_is_answered_within_the_days_of_the_call():
    project = project_at("active")
    statement = statement_at("submitted", project)
    expense = statement.expenses.get()
    later = NOON + 2 * DAY
    judge(expense, "query", remark="Which firm?", now=later)
    due = later.date() + project.call.days_to_answer * DAY
    coordinator = reporter(project)
    assert owed(coordinator) == [("statement_answer", due)]
    assert owed(OFFICE.officer, due + 7 * DAY) == [("statement_answer", due)]
    judge(expense, "answer", answer="All of them.", now=later)
    assert owed(coordinator) == []


def test_a_suspended_project_owes_nothing():
    project = project_at("active")
    statement_at("submitted", project)
    add_expense(open_statement(project), number="99")
    PROJECT.apply(project, "suspend", by=OFFICE.officer, now=NOON, data={"reason": "A flood."})
    assert owed(finance()) == owed(reporter(project)) == []


def test_the_bounds_of_the_reminders_are_kept():
    statement_at("submitted", project_at("active"))
    person = finance()
    source = duties._sources["statements_to_verify"]
    due = TODAY + 10 * DAY
    for due_from, due_to, found in ((due, due, 1), (due + DAY, None, 0), (None, due - DAY, 0)):
        rows = [
            each
            for each in source(today=TODAY, due_from=due_from, due_to=due_to)
            if each.user_id == person.pk
        ]
        assert len(rows) == found
    assert {each.user_id for each in source(today=TODAY)} >= {person.pk, OFFICE.officer.pk}
