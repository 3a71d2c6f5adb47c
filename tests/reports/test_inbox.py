"""The inbox of each role: what waits, how long, by when; for oneself and for whom one stands in."""

import datetime as dt
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts import covering
from accounts.roles import Role
from applications.models import Application
from core import duties
from core.dates import day_of
from core.models import Message
from reports.models import ProgressReport
from tests.clock import NOON
from tests.factories_applications import OFFICE, application_at, make_call, staff_member
from tests.factories_groups import give_place
from tests.factories_reports import make_project, report_at

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]
TODAY = day_of(NOON)
DAY = dt.timedelta(days=1)
URL = "/inbox/"


def page(client, query: str = "") -> str:
    response = client.get(URL + query)
    assert response.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def keys(user, today: dt.date = TODAY) -> set[str]:
    return {duty.key for duty in duties.of(user, today)}


def in_charge(application: Application, officer) -> Application:
    application.officer = officer
    application.save(update_fields=["officer"])
    return application


def cover(person, by, last: dt.date = TODAY + 5 * DAY):
    return covering.set_cover(by=person, person=person, cover=by, first_on=TODAY, last_on=last, now=NOON)


# --- Whose duties ----------------------------------------------------------------------------------------


def test_a_case_with_an_officer_is_theirs_and_without_one_everybodys(officer, staff):
    other = staff("other", Role.OFFICER)
    mine, shared = application_at("submitted"), application_at("submitted", call=make_call(code="N"))
    in_charge(mine, officer)
    assert keys(officer) == {f"application.check.{mine.pk}", f"application.check.{shared.pk}"}
    assert keys(other) == {f"application.check.{shared.pk}"}


def test_once_they_are_no_officer_any_more_all_are_asked(officer, staff):
    other = staff("other", Role.OFFICER)
    application = in_charge(application_at("submitted"), other)
    assert keys(officer) == set()
    other.role_grants.update(valid_to=NOON)
    assert keys(officer) == {f"application.check.{application.pk}"}


def test_being_in_charge_says_nothing_of_the_authority(approver, officer):
    application = in_charge(application_at("recommended"), officer)
    assert keys(approver) == {f"application.decide.{application.pk}"}


def test_the_reports_of_a_project_go_to_the_officer_of_its_case(officer):
    report = report_at("submitted", make_project(officer=officer))
    new = staff_member("new", Role.OFFICER)
    assert keys(new, TODAY) == set()
    in_charge(report.project.application, new)
    assert keys(new) == {f"report_check.{report.pk}"}
    assert keys(officer) == set()


def test_who_stands_in_sees_it_marked_and_so_does_the_reminder(officer, staff, signed_in):
    ill = staff("ill", Role.OFFICER, "Iris Ill")
    application = in_charge(application_at("submitted"), ill)
    assert keys(officer) == set()
    cover(ill, officer)
    (duty,) = duties.of(officer, TODAY)
    assert (duty.covered_id, duty.case_id) == (ill.pk, application.case_id)
    assert "for Iris Ill" in page(signed_in(officer))
    assert "for Iris Ill" in signed_in(officer).get("/").content.decode()
    # Who is away keeps it, unmarked.
    assert [duty.covered_id for duty in duties.of(ill, TODAY)] == [None]
    duties.remind(duty.due_on, NOON)
    # By its date the cover is over.
    assert not Message.objects.filter(template="reminders", recipient=officer).exists()
    duties.remind(duty.due_on - 7 * DAY, NOON)
    message = Message.objects.get(template="reminders", recipient=officer)
    assert [line["covered"] for line in message.context["lines"]] == ["Iris Ill"]


def test_nothing_is_said_twice(officer, staff):
    """Shared with everybody, and of somebody for whom one stands in: one row."""
    ill = staff("ill", Role.OFFICER)
    cover(ill, officer)
    application_at("submitted")
    assert len(duties.of(officer, TODAY)) == 1
    both = [duty for duty in duties.every(TODAY) if duty.user_id == officer.pk]
    assert len(both) == 1


def test_nobody_stands_in_on_a_case_of_their_own_group(officer, staff):
    ill = staff("ill", Role.OFFICER)
    application = in_charge(application_at("submitted"), ill)
    give_place(application.group, officer, Role.VIEWER)
    cover(ill, officer)
    assert keys(officer) == set()


# --- The page --------------------------------------------------------------------------------------------


def test_it_says_what_since_when_and_by_when(signed_in, officer):
    application = application_at("submitted")
    response = signed_in(officer).get(URL)
    (group,) = response.context["groups"]
    (line,) = group.lines
    assert (group.label, group.count) == ("Eligibility to check", 1)
    assert line.url == reverse("eligibility", args=[application.pk])
    assert (line.since, line.days, line.late, line.due) == (TODAY, 0, -10, "20/03/2026, in 10 days")
    assert application.reference in line.case


def test_what_is_late_comes_first_with_its_days(signed_in, officer, frozen):
    application_at("submitted")
    frozen.move_to(NOON + 13 * DAY)
    response = signed_in(officer).get(URL)
    assert [line.late for group in response.context["groups"] for line in group.lines] == [3]
    assert "1 of them is late" in page(signed_in(officer))


def test_kinds_with_counts_and_filters(signed_in, officer, frozen):
    for number in range(3):
        application_at("submitted", call=make_call(code=f"N-{number}"))
    report = report_at("submitted", make_project(officer=officer))
    client = signed_in(officer)
    groups = {group.kind: group.count for group in client.get(URL).context["groups"]}
    assert groups == {"application.check": 3, "report_check": 1}
    only = client.get(URL, {"kind": "report_check"}).context["groups"]
    assert [group.kind for group in only] == ["report_check"]
    assert "Reports to look at" in page(client, "?kind=report_check")
    assert "Nothing of this waits for you" in page(client, "?kind=report_check&late=on")
    assert ProgressReport.objects.get(pk=report.pk).status == "submitted"


@pytest.mark.parametrize("query", ["?kind=nothing", "?kind=report&page=x"])
def test_a_bad_filter_is_said_and_everything_is_shown(signed_in, officer, query):
    application_at("submitted")
    response = signed_in(officer).get(URL + query)
    assert response.status_code == 422
    assert [group.count for group in response.context["groups"]] == [1]


@pytest.mark.parametrize("number", ["0", "999", "x"])
def test_a_page_that_is_not_there_is_the_nearest(signed_in, officer, number):
    application_at("submitted")
    assert signed_in(officer).get(URL, {"page": number}).status_code == 200


def test_pages_are_bounded(signed_in, officer, monkeypatch):
    monkeypatch.setattr("reports.views.inbox.ON_A_PAGE", 2)
    for number in range(3):
        application_at("submitted", call=make_call(code=f"N-{number}"))
    client = signed_in(officer)
    first, second = (client.get(URL, {"page": number}).context["groups"][0] for number in (1, 2))
    assert (len(first.lines), len(second.lines)) == (2, 1)
    assert first.count == second.count == 3


@pytest.mark.parametrize("role", [Role.OFFICER, Role.FINANCE, Role.ADVISER, Role.ADMIN])
def test_an_empty_inbox_says_so(signed_in, staff, role):
    assert "Nothing with a date waits for you" in page(signed_in(staff("somebody", role)))


@pytest.mark.parametrize(
    ("state", "role", "label"),
    [
        ("submitted", "officer", "Eligibility to check"),
        ("recommended", "approver", "Decisions to take"),
        ("reconsideration", "approver", "Reconsiderations to decide"),
        ("approved", "officer", "Projects to open"),
        ("in_review", "reviewer1", "Reviews to write"),
        ("changes_requested", "representative", "Changes that were asked for"),
        ("draft", "representative", "Applications to submit"),
    ],
)
def test_each_role_reads_its_own(signed_in, state, role, label):
    application = application_at(state)
    people = {
        "officer": lambda: OFFICE.officer,
        "approver": lambda: OFFICE.approver,
        "reviewer1": lambda: OFFICE.reviewers[0],
        "representative": lambda: application.group.representative,
    }
    groups = signed_in(people[role]()).get(URL).context["groups"]
    assert label in [group.label for group in groups]


def test_the_home_page_leads_to_it(signed_in, officer):
    for number in range(2):
        application_at("submitted", call=make_call(code=f"N-{number}"))
    text = re.sub(r"\s+", " ", signed_in(officer).get("/").content.decode())
    assert f'<a href="{URL}">All 2 in your inbox</a>' in text


def test_it_costs_the_same_however_much_there_is(signed_in, officer):
    client = signed_in(officer)
    counts = []
    for number in range(6):
        application_at("submitted", call=make_call(code=f"N-{number}"))
        if number in (0, 5):
            with CaptureQueriesContext(connection) as asked:
                client.get(URL)
            counts.append(len(asked))
    assert counts[0] == counts[1]
