"""What is owed about amendments: by whom, and from when to when."""

import datetime as dt

import pytest

from grants.amendments import duties
from grants.amendments.workflow import AMENDMENT
from tests.clock import NOON
from tests.factories_amendments import DAY, advise, ask, beyond_tolerance
from tests.factories_applications import OFFICE
from tests.factories_grants import project_at

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen", "active_stands")]
TODAY = NOON.date()


@pytest.fixture
def row():
    project = project_at("active")
    return ask(project, "budget", lines=beyond_tolerance(project))


def owed(source, **more) -> list[tuple[int, dt.date]]:
    return [(duty.user_id, duty.due_on) for duty in source(today=TODAY, **more)]


def test_an_officer_looks_at_it_and_then_the_approvers_decide(row):
    due = TODAY + 15 * DAY
    assert owed(duties.amendments_to_decide) == [(OFFICE.officer.pk, due)]
    assert owed(duties.amendments_to_resolve) == []
    advise(row)
    assert owed(duties.amendments_to_decide) == []
    assert owed(duties.amendments_to_resolve) == [(OFFICE.approver.pk, due)]
    assert owed(duties.amendments_to_resolve, user=OFFICE.officer) == []
    assert owed(duties.amendments_to_resolve, due_to=due - DAY) == []
    assert owed(duties.amendments_to_resolve, due_from=due + DAY) == []


def test_a_returned_one_is_owed_by_who_reports(row):
    data = {"reason": "Show a quote."}
    AMENDMENT.apply(row, "return_amendment", by=OFFICE.officer, now=NOON, data=data)
    who = row.project.reporter_on(TODAY)
    assert owed(duties.amendments_to_answer) == [(who.pk, TODAY + 15 * DAY)]
    assert owed(duties.amendments_to_answer, user=OFFICE.officer) == []
    duty = next(iter(duties.amendments_to_answer(today=TODAY)))
    assert "Answer the return of amendment 1" in duty.words()
