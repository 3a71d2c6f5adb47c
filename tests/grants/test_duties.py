"""What is owed about projects: by whom, by when, and no longer once it is done."""

import datetime as dt

import pytest
from django.utils import translation

from accounts import actions as accounts_actions
from accounts.roles import Role
from core import duties
from core.dates import day_of
from grants import actions
from grants.duties import SOURCES, coordinators_to_appoint
from grants.workflow import PROJECT
from groups.models import Appointment
from tests.clock import NOON
from tests.factories_applications import OFFICE, application_at, make_call, staff_member
from tests.factories_grants import DAY, activate, appoint, open_project, project_at, sign
from tests.factories_groups import make_appointment

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]
TODAY = day_of(NOON)
MINE = ("project_open", "agreement", "project_start", "coordinator")


def owed(user, today: dt.date = TODAY) -> list[tuple[str, dt.date]]:
    """What of this app stands on somebody's list."""
    return [
        (duty.key.split(".")[0], duty.due_on)
        for duty in duties.of(user, today)
        if duty.key.split(".")[0] in MINE
    ]


def test_an_approval_is_to_be_opened_by_who_recommended_it():
    application = application_at("approved")
    assert owed(OFFICE.officer) == [("project_open", TODAY + 7 * DAY)]
    (duty,) = [d for d in duties.of(OFFICE.officer, TODAY) if d.key.startswith("project_open")]
    assert duty.url == f"/projects/open/{application.pk}/"
    assert duty.case_id == application.case_id
    assert duty.words() == "Open the project “A shared drying kiln”"
    open_project(application)
    assert owed(OFFICE.officer) == []


def test_the_group_owes_its_signature_then_the_officer_the_start():
    project = open_project()
    representative = project.group.representative
    assert owed(representative) == [("agreement", project.sign_by)]
    assert owed(OFFICE.officer) == []
    # The officer watches: from the seventh day late.
    assert owed(OFFICE.officer, project.sign_by + 6 * DAY) == []
    assert owed(OFFICE.officer, project.sign_by + 7 * DAY) == [("agreement", project.sign_by)]
    sign(project, state=False)
    assert owed(representative) == []
    assert owed(OFFICE.officer) == [("project_start", project.sign_by)]
    activate(sign_for_state(project))
    assert owed(OFFICE.officer) == owed(representative) == []


def sign_for_state(project):
    officer = OFFICE.officer
    actions.sign_for_state(by=officer, project=project, name=officer.full_name, declared=True, now=NOON)
    return project


def test_a_partnership_owes_a_coordinator_until_one_is_in_sight():
    project = open_project(call=make_call("partnership", days_to_appoint=21))
    representative = project.group.representative
    assert ("coordinator", TODAY + 21 * DAY) in owed(representative)
    nomination = appoint(project, status=Appointment.Status.NOMINATED)
    assert [name for name, _day in owed(representative)] == ["agreement"]
    nomination.delete()
    appoint(project, confirmed_from=TODAY + 30 * DAY)
    assert [name for name, _day in owed(representative)] == ["agreement"]


def test_when_a_coordinator_leaves_the_days_count_from_their_last_day():
    project = project_at("active", call=make_call("partnership", days_to_appoint=21))
    representative = project.group.representative
    assert owed(representative) == []
    project.group.appointments.update(status="ended", ended_on=TODAY + 40 * DAY)
    assert owed(representative) == []
    later = TODAY + 41 * DAY
    assert owed(representative, later) == [("coordinator", TODAY + 61 * DAY)]
    assert owed(OFFICE.officer, TODAY + 68 * DAY) == [("coordinator", TODAY + 61 * DAY)]
    # The window of the daily job finds it by that date, not by the first one.
    window = {"due_from": TODAY + 60 * DAY, "due_to": TODAY + 62 * DAY}
    assert {duty.user_id for duty in coordinators_to_appoint(today=later, **window)} == {
        representative.pk,
        OFFICE.officer.pk,
    }
    assert not list(coordinators_to_appoint(today=later, due_from=TODAY, due_to=TODAY + 60 * DAY))


def test_a_grant_owes_no_coordinator():
    project = open_project()
    assert [name for name, _day in owed(project.group.representative)] == ["agreement"]


@pytest.mark.parametrize("name", ["terminate", "renounce"])
def test_what_has_ended_owes_nothing(name):
    project = open_project(call=make_call("partnership"))
    by = OFFICE.approver if name == "terminate" else project.group.representative
    PROJECT.apply(project, name, by=by, now=NOON, data={"reason": "It ends."})
    assert (
        owed(project.group.representative, TODAY + 60 * DAY) == owed(OFFICE.officer, TODAY + 60 * DAY) == []
    )


def test_a_suspended_project_owes_no_coordinator():
    project = project_at("active", call=make_call("partnership"))
    project.group.appointments.all().delete()
    assert owed(project.group.representative) != []
    PROJECT.apply(project, "suspend", by=OFFICE.officer, now=NOON, data={"reason": "A flood."})
    assert owed(project.group.representative) == []


def test_when_the_officer_leaves_all_officers_owe_what_was_theirs():
    project = sign(open_project(), state=False)
    leaving, staying = OFFICE.officer, staff_member("officer2", Role.OFFICER)
    assert owed(staying) == []
    grant = leaving.role_grants.get(role=Role.OFFICER)
    accounts_actions.end_role(by=OFFICE.admin, grant=grant, now=NOON, reason="Moved.")
    leaving.forget_roles()
    assert owed(staying, TODAY) == [("project_start", project.sign_by)]
    assert owed(leaving) == []


def test_the_title_is_in_the_readers_language_at_the_time():
    project = open_project()
    (duty,) = [d for d in duties.of(project.group.representative, TODAY) if d.key.startswith("agreement")]
    with translation.override("en"):
        assert duty.words() == "Sign the agreement of “A shared drying kiln”"


def test_each_source_is_a_constant_number_of_queries(django_assert_num_queries):
    def read_all() -> None:
        for source in SOURCES.values():
            with django_assert_num_queries(2):
                list(source(today=TODAY, due_from=TODAY - 45 * DAY, due_to=TODAY + 60 * DAY))

    call = make_call("partnership")
    open_project(call=call)
    application_at("approved", call=call)
    read_all()
    for _more in range(3):
        open_project(call=call)
        application_at("approved", call=call)
    read_all()


def test_a_nominee_is_no_representative():
    project = open_project(call=make_call("partnership"))
    nominee = staff_member("nominee", Role.ADVISER)
    make_appointment(project.group, nominee, "accepted")
    assert owed(nominee) == []
