"""Two who write or judge the same at once, while a project runs: the second reads why, and neither loses a word."""

import copy

import pytest

from grants.models import Expense
from tests.clock import NOON
from tests.factories_applications import OFFICE
from tests.factories_expenses import statement_at
from tests.factories_grants import finance, project_at
from tests.factories_reports import make_project, report_at
from tests.journeys.people import Person
from tests.journeys.test_project_coordinator import value_of

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def another_tab(one: Person) -> Person:
    """The same person in a second tab of the same browser."""
    tab = copy.copy(one)
    tab.visited, tab.faults = [], []
    tab.begin_a_page()
    return tab


def test_two_tabs_on_one_report_lose_nothing(person, time_machine):
    time_machine.move_to(NOON, tick=True)
    report = report_at("draft", make_project())
    activity = report.project.activities.get(name="Train the operators")
    rosa = person(report.group.representative.email, width=320)
    rosa.sign_in()
    second = another_tab(rosa)
    for tab in (rosa, second):
        tab.open(f"/reports/{report.pk}/activities/{activity.pk}/")
    rosa.write(what_was_done="Twelve people came.")
    rosa.press("Save and go back")
    second.write(what_was_done="Eight women and four men came.")
    second.press_in_vain("Save and go back")
    second.sees("Somebody changed this report since you opened the page.", "Twelve people came.")
    assert value_of(second, "what_was_done") == "Eight women and four men came."
    row = report.activities.get(activity=activity)
    assert row.what_was_done == "Twelve people came."
    second.press("Save and go back")
    row.refresh_from_db()
    assert row.what_was_done == "Eight women and four men came."


def test_two_people_judge_one_expense_and_the_second_reads_who_was_first(person, time_machine):
    time_machine.move_to(NOON, tick=True)
    project = project_at("active")
    statement = statement_at("submitted", project, expenses=2)
    expense = statement.expenses.order_by("pk").first()
    people = [person(somebody.email) for somebody in (OFFICE.officer, finance())]
    for one in people:
        one.sign_in()
        one.open(f"/statements/{statement.pk}/judge/")
    officer, money = people
    officer.write(**{f"e{expense.pk}-decision": "query", f"e{expense.pk}-remark": "For which firm?"})
    officer.press("Record what was decided")
    money.write(**{f"e{expense.pk}-decision": "verify"})
    money.press("Record what was decided")
    money.sees("is now “Queried”: what you chose for it was not recorded.", "For which firm?")
    assert Expense.objects.get(pk=expense.pk).status == "queried"
    assert project.case.events.filter(action__in=["expense.query", "expense.verify"]).count() == 1
