"""Finding reports and reading one: who sees which, filters, and how many queries it costs."""

import datetime as dt

import pytest
from django.urls import reverse

from accounts.permissions import Action
from accounts.roles import Role
from core.dates import at_noon
from reports.models import ProgressReport
from reports.workflow import REPORT
from tests.cast import give_audit
from tests.factories_groups import give_place, make_appointment, make_group
from tests.factories_reports import make_call, make_project, plan_reports, report_at, the_officer

pytestmark = pytest.mark.django_db
AFTER = at_noon(dt.date(2026, 3, 25))


@pytest.fixture(autouse=True)
def _today(time_machine):
    time_machine.move_to(AFTER, tick=False)


def listed(client, query: str = "") -> list[int]:
    response = client.get(reverse("report_list") + query)
    assert response.status_code == 200
    return [report.pk for report, _late in response.context["rows"]]


# --- Who sees which ------------------------------------------------------------------------------------------


def test_lists_and_permissions_agree_for_every_role(admin, person, staff, auditor):
    """`visible_to` is `can(VIEW_REPORT)`, row by row."""
    one, two = make_project(), make_project(make_group(name="Other"))
    for project in (one, two):
        plan_reports(project)
    people = {"stranger": person("stranger"), "representative": one.group.representative}
    for name, role in (("member", Role.MEMBER), ("viewer", Role.VIEWER)):
        people[name] = person(name)
        give_place(one.group, people[name], role)
    for name, status in (("coordinator", "confirmed"), ("nominee", "nominated"), ("former", "ended")):
        people[name] = person(name)
        days = (
            {"confirmed_from": dt.date(2025, 12, 1)}
            if status != "ended"
            else {
                "confirmed_from": dt.date(2025, 10, 1),
                "ended_on": dt.date(2025, 11, 30),
            }
        )
        make_appointment(one.group, people[name], status, **(days if status != "nominated" else {}))
    for role in (Role.OFFICER, Role.APPROVER, Role.FINANCE, Role.REVIEWER, Role.ADVISER):
        people[role.value] = staff(role.value, role)
    one.group.advisers.add(people["adviser"])
    people["admin"] = admin
    give_audit(auditor, one.case, by=admin)
    people["auditor"] = auditor
    people["officer of the group"] = staff("officer2", Role.OFFICER)
    give_place(two.group, people["officer of the group"], Role.MEMBER)
    seen = {}
    for name, user in people.items():
        visible = set(ProgressReport.objects.visible_to(user).values_list("pk", flat=True))
        allowed = {
            report.pk for report in ProgressReport.objects.all() if user.can(Action.VIEW_REPORT, report)
        }
        assert visible == allowed, name
        seen[name] = len(visible)
    assert seen == {
        "stranger": 0,
        "representative": 4,
        "member": 4,
        "viewer": 4,
        "coordinator": 4,
        "nominee": 0,
        "former": 0,
        "officer": 8,
        "approver": 8,
        "finance": 8,
        "reviewer": 0,
        "adviser": 4,
        "admin": 8,
        "auditor": 4,
        "officer of the group": 8,
    }


def test_a_stranger_finds_no_report(signed_in, stranger):
    report = report_at("submitted")
    client = signed_in(stranger)
    assert client.get(reverse("report_detail", args=[report.pk])).status_code == 404
    assert listed(client) == []
    assert "No report is open" in client.get(reverse("report_list")).content.decode()


# --- Filters -----------------------------------------------------------------------------------------------


def test_filters(signed_in):
    project = make_project(title="Horno común")
    late = report_at("due", project)
    other = make_project(make_group(name="Tejidos del Sur"), title="Telar")
    sent = report_at("submitted", other)
    client = signed_in(the_officer(project))
    assert len(listed(client)) == 8
    assert listed(client, "?late=on") == [late.pk]
    assert listed(client, "?status=submitted") == [sent.pk]
    assert listed(client, "?status=accepted") == []
    assert listed(client, "?q=tejidos&status=submitted") == [sent.pk]
    assert listed(client, f"?q={other.reference}&status=submitted") == [sent.pk]
    assert set(listed(client, f"?project={other.pk}")) == {row.pk for row in other.reports.all()}
    REPORT.apply(sent, "accept", by=the_officer(other), now=AFTER)
    assert len(listed(client)) == 7
    assert len(listed(client, f"?project={other.pk}")) == 4
    assert listed(client, f"?project={other.pk}&status=accepted") == [sent.pk]


@pytest.mark.parametrize("query", ["?status=late", "?project=x", "?project=-1", "?project=" + "9" * 30])
def test_a_filter_that_is_none_is_said(signed_in, officer, query):
    response = signed_in(officer).get(reverse("report_list") + query)
    assert response.status_code == 422
    assert "There is a problem" in response.content.decode()


@pytest.mark.parametrize("query", ["?page=0", "?page=999", "?page=x", "?q=%00", "?q=" + "a" * 100])
def test_odd_addresses_answer_a_page(signed_in, officer, query):
    assert signed_in(officer).get(reverse("report_list") + query).status_code in (200, 422)


def test_chips_take_one_filter_off(signed_in, officer):
    response = signed_in(officer).get(reverse("report_list") + "?status=submitted&late=on&q=a&page=2")
    chips = {chip["label"]: chip["url"] for chip in response.context["chips"]}
    assert chips == {
        "Project, group or reference: a": "?status=submitted&late=on",
        "State: Submitted": "?late=on&q=a",
        "Only late ones": "?status=submitted&q=a",
    }


# --- Queries -------------------------------------------------------------------------------------------------


def many(number: int) -> None:
    group = make_group()
    for _number in range(number):
        report_at("due", make_project(group, call=make_call()))


@pytest.mark.parametrize("number", [1, 30])
def test_the_list_costs_the_same_with_one_and_with_thirty(
    signed_in, officer, number, django_assert_num_queries
):
    many(number)
    client = signed_in(officer)
    client.get(reverse("report_list"))
    # The frame (session, person, roles, bell) 4; count, rows.
    with django_assert_num_queries(6):
        client.get(reverse("report_list"))


@pytest.mark.parametrize("number", [1, 30])
def test_the_list_of_a_coordinator_costs_the_same(signed_in, person, number, django_assert_num_queries):
    many(number)
    coordinator = person("coordinator")
    make_appointment(ProgressReport.objects.first().group, coordinator, confirmed_from=dt.date(2025, 12, 1))
    client = signed_in(coordinator)
    with django_assert_num_queries(6):
        assert client.get(reverse("report_list")).status_code == 200


def test_what_the_page_of_a_report_shows(signed_in):
    report = report_at("accepted")
    client = signed_in(report.group.representative)
    text = client.get(reverse("report_detail", args=[report.pk])).content.decode()
    for words in (
        "Report 1",
        "Accepted",
        "10/12/2025 to 09/03/2026",
        "19/03/2026",
        "Buy the kiln",
        "Bought and installed.",
        report.sha256,
        "Report 1 was accepted",
        "The PDF is being made",
    ):
        assert words in text


def test_only_what_happened_to_this_report_stands_on_its_page(signed_in):
    project = make_project()
    report_at("accepted", project)
    second = report_at("due", project, number=2)
    text = signed_in(the_officer(project)).get(reverse("report_detail", args=[second.pk])).content.decode()
    assert "Report 2 fell due" in text
    assert "Report 1" not in text


def test_a_draft_is_seen_by_those_who_write_it(signed_in):
    """Staff see how far it is, not what it says."""
    report = report_at("draft")
    text = (
        signed_in(the_officer(report.project))
        .get(reverse("report_detail", args=[report.pk]))
        .content.decode()
    )
    assert "2 of 2 activities answered" in text
    assert "Bought and installed." not in text


def test_who_wrote_it_stays_said_when_somebody_else_coordinates(signed_in, person):
    report = report_at("accepted")
    sender = report.submitted_by
    make_appointment(report.project.group, person("later"))
    assert report.project.reporter_on(AFTER.date()) != sender
    page = signed_in(the_officer(report.project)).get(reverse("report_detail", args=[report.pk]))
    assert page.context["writer"] == str(sender)


def test_a_representative_is_not_sent_on_to_what_the_coordinator_writes(signed_in, person):
    report = report_at("draft")
    link = reverse("report_edit", args=[report.pk])
    representative = signed_in(report.project.group.representative)
    page = reverse("report_detail", args=[report.pk])
    assert link in representative.get(page).content.decode()
    make_appointment(report.project.group, person("coordinating"))
    assert link not in representative.get(page).content.decode()
