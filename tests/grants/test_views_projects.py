"""The pages of projects: who gets in, what they show, what they refuse, and what they cost."""

import datetime as dt
import re

import pytest
from django.urls import reverse

from accounts.roles import Role
from applications.models import DecisionCondition
from core.dates import day_of
from grants.models import Project
from tests.applications.staff_pages import browser
from tests.cast import give_audit, make_person
from tests.clock import NOON
from tests.factories_applications import OFFICE, application_at, make_call
from tests.factories_grants import (
    DAY,
    appoint,
    enter_payee,
    finance,
    hear,
    open_project,
    order,
    payment_at,
    project_at,
    sign,
)
from tests.factories_groups import give_place
from tests.factories_reports import make_project

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen", "approved_stands")]


def text_of(response) -> str:
    """What a page says, without its markup."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def page(name: str, *args) -> str:
    return reverse(name, args=args)


# --- Who -----------------------------------------------------------------------------------------


@pytest.fixture
def project(coordinator, member, viewer):
    project = project_at("active", coordinator=coordinator)
    give_place(project.group, member, Role.MEMBER)
    give_place(project.group, viewer, Role.VIEWER)
    return project


VIEWERS = ["representative", "member", "viewer", "coordinator", "officer", "approver", "finance", "admin"]


def test_the_project_is_for_its_group_and_the_office(
    admin, adviser, auditor, stranger, project, client, request
):
    people = {
        "representative": project.group.representative,
        "officer": OFFICE.officer,
        "approver": OFFICE.approver,
        "finance": finance(),
        **{name: request.getfixturevalue(name) for name in ("member", "viewer", "coordinator", "admin")},
    }
    for name in VIEWERS:
        client.force_login(people[name])
        assert client.get(page("project_detail", project.pk)).status_code == 200, name
        assert client.get(page("agreement", project.pk)).status_code == 200, name
        assert client.get(page("project_list")).status_code == 200, name
    for person in (stranger, adviser, auditor):
        client.force_login(person)
        for name in ("project_detail", "agreement", "payee"):
            assert client.get(page(name, project.pk)).status_code == 404
        assert project.title not in text_of(client.get(page("project_list")))
    project.group.advisers.add(adviser)
    give_audit(auditor, project.case, by=admin)
    for person in (adviser, auditor):
        client.force_login(person)
        assert client.get(page("project_detail", project.pk)).status_code == 200


def test_a_coordinator_of_another_group_finds_nothing(project, client, person):
    other = project_at("active", coordinator=person("other"), call=project.call)
    client.force_login(other.coordinator_on(day_of(NOON)))
    for name in ("project_detail", "agreement", "payee"):
        assert client.get(page(name, project.pk)).status_code == 404
    assert client.post(page("project_act", project.pk, "renounce"), {"reason": "x"}).status_code == 404
    assert client.get(page("project_list")).context["page"].object_list[0] == other


def test_only_who_represents_may_name_another_to_coordinate(client, member):
    project = sign(open_project())
    give_place(project.group, member, Role.MEMBER)
    for person, may in ((project.group.representative, True), (member, False), (OFFICE.officer, False)):
        client.force_login(person)
        said = text_of(client.get(page("project_detail", project.pk)))
        assert ("Nominate somebody else" in said) == may


def test_visitors_are_sent_to_log_in(client):
    response = client.get(page("project_list"))
    assert response.status_code == 302
    assert "login" in response.url


def test_members_see_the_tranches_and_not_the_account_or_the_payments(project, client, member):
    payment_at("paid", project=project)
    client.force_login(member)
    said = text_of(client.get(page("project_detail", project.pk)))
    assert "When the project starts" in said
    assert "See who is paid" not in said
    assert "Payments, newest first" not in said
    assert client.get(page("payee", project.pk)).status_code == 403
    client.force_login(project.group.representative)
    said = text_of(client.get(page("project_detail", project.pk)))
    assert "See who is paid" in said
    assert "Payments, newest first" in said


# --- The list ------------------------------------------------------------------------------------


def test_the_list_costs_the_same_with_1_and_with_6_projects(client, monkeypatch, django_assert_num_queries):
    monkeypatch.setattr("grants.views.projects.ON_A_PAGE", 4)
    make_project()
    client.force_login(OFFICE.officer)
    client.get(page("project_list"))
    with django_assert_num_queries(7):
        assert len(client.get(page("project_list")).context["page"]) == 1
    for _more in range(5):
        make_project()
    with django_assert_num_queries(7):
        assert len(client.get(page("project_list")).context["page"]) == 4
    second = client.get(page("project_list"), {"page": 2})
    assert len(second.context["page"]) == 2


def test_the_list_is_filtered_by_what_the_url_says(client):
    project = project_at("awaiting_agreement")
    other = project_at("terminated", call=make_call("partnership"))
    client.force_login(OFFICE.officer)

    def found(**query) -> list[Project]:
        response = client.get(page("project_list"), query)
        assert response.status_code == 200
        return list(response.context["page"])

    assert found() == [other, project]
    assert found(status="terminated") == [other]
    assert found(call=project.call.code) == [project]
    assert found(province="AR-N", q="kiln") == [other, project]
    assert found(province="AR-X") == []
    assert found(q=project.reference) == [project]
    said = client.get(page("project_list"), {"status": "active"})
    assert "No project matches" in text_of(said)
    assert [chip["label"] for chip in said.context["chips"]] == ["State: Active"]


@pytest.mark.parametrize(
    "query", [{"status": "nonsense"}, {"call": "XX"}, {"province": "1"}, {"q": "x" * 200}]
)
def test_a_filter_that_makes_no_sense_is_said(client, query):
    client.force_login(OFFICE.officer)
    response = client.get(page("project_list"), query)
    assert response.status_code == 422
    assert "There is a problem" in text_of(response)


def test_an_empty_list_says_why(client, stranger):
    client.force_login(stranger)
    assert "There is no project for you to see" in text_of(client.get(page("project_list")))


# --- A project's page ----------------------------------------------------------------------------


def test_the_page_says_whose_turn_it_is(client):
    project = open_project(call=make_call("partnership"))
    representative, officer = project.group.representative, OFFICE.officer

    def shown(user) -> tuple:
        client.force_login(user)
        context = client.get(page("project_detail", project.pk)).context
        return context["main_step"] and str(context["main_step"][0]), [
            step.state for step in context["steps"]
        ]

    assert shown(representative) == ("Read and sign the agreement", ["waiting"] * 5)
    assert shown(officer) == (None, ["waiting"] * 5)
    appoint(project)
    sign(project, state=False)
    assert shown(representative) == ("Say who is paid", ["done", "done", "waiting", "waiting", "waiting"])
    assert shown(officer)[0] == "Sign for the State"
    enter_payee(project, checked=False)
    assert shown(representative) == (None, ["done", "done", "waiting", "waiting", "submitted"])


def test_a_running_project_shows_its_money_and_plan(project, client):
    payment_at("paid", project=project)
    client.force_login(project.group.representative)
    said = text_of(client.get(page("project_detail", project.pk)))
    for words in (
        "$ 3.000.000,00",
        "$ 1.200.000,00",
        "10/03/2026",
        "09/03/2027",
        "Buy and install the kiln",
        "Drying kiln",
        "When report 1 is accepted",
        "Tranche 1 was paid: gross $ 1.200.000,00",
        "The project started; its first day is 10/03/2026.",
    ):
        assert words in said, words


def test_what_can_be_done_is_said_with_the_reason_against_it(project, client):
    order(project.tranches.get(number=1))
    client.force_login(OFFICE.approver)
    response = client.get(page("project_detail", project.pk))
    reasons = {str(act["label"]): act["reason"] for act in response.context["available"]}
    assert reasons["Suspend the project"] == ""
    assert "under way" in reasons["Terminate the project"]
    assert "under way" in text_of(response)


def test_the_page_of_a_project_costs_the_same_however_much_happened(client, django_assert_num_queries):
    project = project_at("active")
    payment_at("failed", project=project)
    client.force_login(OFFICE.officer)
    client.get(page("project_detail", project.pk))
    with django_assert_num_queries(8):
        client.get(page("project_detail", project.pk))
    for _more in range(5):
        payment_at("failed", project=project)
    with django_assert_num_queries(8):
        client.get(page("project_detail", project.pk))


# --- Opening -------------------------------------------------------------------------------------


def test_an_officer_opens_a_project_after_seeing_what_it_is(client):
    application = application_at("approved", call=make_call("partnership"))
    client.force_login(OFFICE.officer)
    DecisionCondition.objects.create(
        decision=application.decisions.get(), order=1, text="Insure the kiln", due_on=dt.date(2026, 3, 1)
    )
    response = client.get(page("project_open", application.pk))
    said = text_of(response)
    wanted = ("$ 3.000.000,00", "Muebles del Norte", "09/04/2026", f"RES-2026-{application.pk}")
    for words in (*wanted, "Until 01/03/2026: Insure the kiln", "Late"):
        assert words in said, words
    response = client.post(page("project_open", application.pk), {"version": application.version})
    project = Project.objects.get(application=application)
    assert response.status_code == 302
    assert response.url == page("project_detail", project.pk)
    # Sent twice, or opened again: the project that is there.
    for again in (client.post, client.get):
        response = again(page("project_open", application.pk), {"version": application.version})
        assert response.url == page("project_detail", project.pk)
    assert Project.objects.count() == 1


def test_what_cannot_be_opened_is_said(client):
    application = application_at("recommended")
    client.force_login(OFFICE.officer)
    response = client.get(page("project_open", application.pk))
    assert "comes from an approved application" in text_of(response)
    response = client.post(page("project_open", application.pk), {"version": application.version})
    assert response.status_code == 409
    assert not Project.objects.exists()


def test_a_stale_or_missing_version_opens_nothing(client):
    application = application_at("approved")
    client.force_login(OFFICE.officer)
    for version in ({}, {"version": "0"}, {"version": "x"}, {"version": "-1"}, {"version": "9" * 30}):
        response = client.post(page("project_open", application.pk), version)
        assert response.status_code == 409
        assert "Somebody changed this" in text_of(response)
    assert not Project.objects.exists()


def test_others_do_not_open_projects(client, stranger):
    application = application_at("approved")
    for person, status in (
        (OFFICE.approver, 403),
        (finance(), 403),
        (application.group.representative, 403),
        (stranger, 404),
    ):
        client.force_login(person)
        assert client.get(page("project_open", application.pk)).status_code == status
        assert client.post(page("project_open", application.pk)).status_code == status


# --- Acts ----------------------------------------------------------------------------------------


def test_an_officer_starts_a_project(client):
    project = sign(open_project())
    client.force_login(OFFICE.officer)
    url = page("project_act", project.pk, "activate")
    assert 'value="2026-03-10"' in client.get(url).content.decode()
    wrong = client.post(url, {"version": project.version, "first_day": "31/02/2026"})
    assert wrong.status_code == 422
    assert "Write a day that exists" in text_of(wrong)
    early = client.post(url, {"version": project.version, "first_day": "2026-03-09"})
    assert early.status_code == 409
    assert "not before the agreement was signed" in text_of(early)
    done = client.post(url, {"version": project.version, "first_day": "15/03/2026"})
    assert done.status_code == 302
    project.refresh_from_db()
    assert project.status == "active"
    assert project.first_day == day_of(NOON) + 5 * DAY


@pytest.mark.parametrize(
    ("name", "status", "who", "target"),
    [
        ("suspend", "active", "officer", "suspended"),
        ("resume", "suspended", "officer", "active"),
        ("renounce", "active", "representative", "terminated"),
        ("terminate", "active", "approver", "terminated"),
    ],
)
def test_an_act_asks_why_and_is_done_once(client, name, status, who, target):
    project = project_at(status)
    user = project.group.representative if who == "representative" else getattr(OFFICE, who)
    if name == "terminate":
        hear(project)
    client.force_login(user)
    url = page("project_act", project.pk, name)
    assert client.get(url).status_code == 200
    empty = client.post(url, {"version": project.version, "reason": " "})
    assert empty.status_code == 422
    assert "Fill in “Why”." in text_of(empty)
    stale = client.post(url, {"version": project.version + 1, "reason": "A flood."})
    assert stale.status_code == 409
    assert "A flood." in stale.content.decode()
    done = client.post(url, {"version": project.version, "reason": "A flood."})
    assert done.status_code == 302
    project.refresh_from_db()
    assert project.status == target
    again = client.post(url, {"version": project.version, "reason": "A flood."})
    assert again.status_code == 409
    assert "not possible any more" in text_of(again)


def test_what_stands_against_an_act_is_said_before_it_is_tried(client):
    project = project_at("active")
    client.force_login(OFFICE.officer)
    response = client.get(page("project_act", project.pk, "start_closing"))
    assert "The final report is not due yet" in text_of(response)
    response = client.post(page("project_act", project.pk, "start_closing"), {"version": project.version})
    assert response.status_code == 409


@pytest.mark.parametrize("name", ["open_project", "nonsense", "agree"])
def test_there_is_no_page_for_an_act_that_is_none(client, name):
    project = project_at("awaiting_agreement")
    client.force_login(OFFICE.officer)
    assert client.get(page("project_act", project.pk, name)).status_code == 404


def test_an_act_of_somebody_else_names_who_may(client):
    project = project_at("active")
    client.force_login(OFFICE.officer)
    response = client.post(
        page("project_act", project.pk, "terminate"), {"version": project.version, "reason": "x"}
    )
    assert response.status_code == 403
    assert "Approver" in text_of(response)
    project.refresh_from_db()
    assert project.status == "active"


def test_an_auditor_is_offered_no_page_that_is_closed_to_them():
    project = project_at("active")
    auditor = make_person("auditor")
    give_audit(auditor, project.case, by=OFFICE.admin)
    pages = (
        ("project_detail", project.pk, "group_detail", project.group.pk),
        ("application_detail", project.application_id, "group_support", project.group.pk),
        ("application_detail", project.application_id, "call_ranking", project.call.code),
    )
    for page, pk, other, key in pages:
        link = reverse(other, args=[key])
        assert link not in browser(auditor).get(reverse(page, args=[pk])).text
        assert link in browser(OFFICE.officer).get(reverse(page, args=[pk])).text
