"""The first page: the programme for visitors, their own work for everybody else, each block read at a constant cost."""

import datetime as dt
import re
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.roles import Role
from core.dates import day_of
from core.models import Case
from grants.models import Project, Statement
from groups.workflow import APPOINTMENT
from tests import factories_applications
from tests.cast import give_audit
from tests.clock import NOON
from tests.factories import make_case
from tests.factories_applications import application_at, draft
from tests.factories_grants import open_project, sign
from tests.factories_groups import (
    give_place,
    make_appointment,
    make_firm,
    make_group,
    make_paper,
    make_question,
)
from tests.factories_reports import make_call, make_project, plan_reports, report_at, the_officer
from tests.grants.expenses.rows import expense_row, judge_row, statement_row
from tests.grants.salary.rows import month_at
from tests.reports.lists import rows_behind

pytestmark = pytest.mark.django_db
HOME = "/"


@pytest.fixture(autouse=True)
def _today(time_machine):
    time_machine.move_to(NOON, tick=False)


def shown(client) -> str:
    response = client.get(HOME)
    assert response.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def blocks(client) -> dict[str, dict[str, int | None]]:
    """Block → row → its number."""
    context = client.get(HOME).context
    return {block.title: {row.label: row.number for row in block.rows} for block in context["blocks"]}


# --- Visitors ------------------------------------------------------------------------------------------------


def test_the_public_home_says_what_who_and_until_when(client):
    make_call(title_en="Grants of the north", closes_at=NOON + dt.timedelta(days=9))
    make_call(title_en="Closed already", closes_at=NOON - dt.timedelta(days=1))
    make_call(title_en="Not yet public", status="draft")
    make_project()
    text = shown(client)
    for words in (
        "Who can apply",
        "at least five small or medium firms",
        "New partnerships among firms",
        "Joint investment",
        "Non-refundable grant",
        "Grants of the north",
        "19/03/2026 12:00 (Buenos Aires)",
        "9 days left",
        "Create an account",
        "Results by province and by sector",
    ):
        assert words in text
    for words in ("Closed already", "Not yet public"):
        assert words not in text


def test_without_an_open_call_it_says_what_to_do(client):
    assert "No call is open just now. Create an account" in shown(client)


@pytest.mark.parametrize("number", [1, 30])
def test_the_public_home_costs_the_same(client, number, django_assert_num_queries):
    group = make_group()
    for _number in range(number):
        make_project(group, call=make_call(closes_at=NOON + dt.timedelta(days=9)))
    # Calls; totals (4).
    with django_assert_num_queries(5):
        client.get(HOME)


# --- People of groups ------------------------------------------------------------------------------------------


def test_a_new_person_is_told_to_create_a_group(signed_in, stranger):
    response = signed_in(stranger).get(HOME)
    assert reverse("group_create") in response.content.decode()
    assert "You have no group yet" in response.content.decode()
    assert "What you have to do" not in response.content.decode()


def test_who_left_a_group_reads_first_what_is_still_to_hand_in(client, time_machine):
    month = month_at("accrued")
    post = month.project.group.appointments.get()
    data = {"ended_on": day_of(NOON), "reason": "Left."}
    APPOINTMENT.apply(post, "end", by=factories_applications.OFFICE.officer, now=NOON, data=data)
    client.force_login(month.person)
    text = shown(client)
    assert "Create your group" not in text
    assert "What you have to do" in text
    assert "Hand in" in text
    assert "You are in no group now. Create a group" in text


def test_who_left_a_group_and_owes_nothing_is_not_new(client, person):
    group, gone = make_group(0), person("gone")
    make_appointment(group, gone, "ended")
    client.force_login(gone)
    text = shown(client)
    assert "Nothing waits for you just now." in text
    assert "Create your group" not in text


def test_a_group_without_an_application_is_led_to_the_calls(signed_in):
    make_call()
    group = make_group()
    text = shown(signed_in(group.representative))
    assert "Your group has no application yet. Choose a call that fits." in text


def test_a_draft_says_how_many_sections_are_missing_and_how_long_there_is(signed_in):
    application = draft()
    response = signed_in(application.group.representative).get(HOME)
    (row,) = response.context["cases"]
    assert row.button == "Go on with the application"
    assert row.url == reverse("application_detail", args=[application.pk])
    assert re.fullmatch(r"\d sections? missing, \d+ days left", row.hint)


def test_who_only_reads_gets_no_button(signed_in, person):
    application = draft()
    viewer = person("viewer")
    give_place(application.group, viewer, Role.VIEWER)
    (row,) = signed_in(viewer).get(HOME).context["cases"]
    assert (row.button, row.url) == ("", reverse("application_detail", args=[application.pk]))


def test_a_nominee_sees_nothing_of_the_case(signed_in, person):
    application = draft()
    nominee = person("nominee")
    make_appointment(application.group, nominee, "nominated")
    assert signed_in(nominee).get(HOME).context["cases"] == []


def test_what_was_asked_to_be_changed_comes_with_its_date(signed_in):
    application = application_at("changes_requested")
    (row,) = signed_in(application.group.representative).get(HOME).context["cases"]
    assert row.button == "Answer what was asked"
    assert "days left" in row.hint


def test_the_agreement_to_sign_is_the_main_button(signed_in):
    from tests.factories_grants import open_project

    project = open_project()
    (row,) = signed_in(project.group.representative).get(HOME).context["cases"]
    assert (row.button, row.url) == ("Sign the agreement", reverse("agreement", args=[project.pk]))
    assert row.page == reverse("project_detail", args=[project.pk])


def test_the_report_that_is_owed_is_the_main_button_of_who_writes_it(signed_in, person):
    project = make_project()
    coordinator = person("coordinator")
    make_appointment(project.group, coordinator, confirmed_from=dt.date(2025, 12, 1))
    report = report_at("due", project)
    client = signed_in(coordinator)
    (row,) = client.get(HOME).context["cases"]
    assert (row.button, row.url) == ("Write the report", reverse("report_edit", args=[report.pk]))
    assert row.hint == "Report 1: 19/03/2026, in 9 days"
    assert "Send Report 1" in shown(client)
    (row,) = signed_in(project.group.representative).get(HOME).context["cases"]
    assert (row.button, row.url) == ("", reverse("report_detail", args=[report.pk]))


def test_who_stands_in_sees_the_act_and_the_others_who_does_it_until_when(signed_in, person):
    project = make_project()
    coordinator, other = person("coordinator"), person("standin")
    make_appointment(project.group, coordinator, confirmed_from=dt.date(2025, 12, 1))
    last = dt.date(2026, 3, 20)
    make_appointment(
        project.group,
        other,
        confirmed_from=NOON.date(),
        stand_in_from=NOON.date(),
        stand_in_until=last,
        why="She is on leave.",
        ended_on=last,
    )
    report = report_at("due", project)
    (row,) = signed_in(other).get(HOME).context["cases"]
    assert (row.button, row.url) == ("Write the report", reverse("report_edit", args=[report.pk]))
    assert row.hint == "Report 1: 19/03/2026, in 9 days. You stand in for the coordinator until 20/03/2026."
    words = f"{other.full_name} stands in for the coordinator until 20/03/2026, and writes it."
    for absent in (coordinator, project.group.representative):
        (row,) = signed_in(absent).get(HOME).context["cases"]
        assert (row.button, row.url) == ("", reverse("report_detail", args=[report.pk]))
        assert row.hint == f"Report 1: 19/03/2026, in 9 days. {words}"
        assert signed_in(absent).get(HOME).context["duties"] == []


def test_what_came_back_is_read_by_who_does_not_write_it(signed_in, person):
    project = make_project()
    coordinator = person("coordinator")
    report = report_at("returned", project)
    make_appointment(project.group, coordinator, confirmed_from=dt.date(2025, 12, 1))
    for reader, page in ((coordinator, "report_edit"), (project.group.representative, "report_detail")):
        (row,) = projects(signed_in(reader))["What came back to you"]
        assert row.url == reverse(page, args=[report.pk])
        assert client_reaches(signed_in(reader), row.url)


def client_reaches(client, url: str) -> bool:
    return client.get(url).status_code == 200


def test_the_case_that_is_due_first_stands_first(signed_in):
    group = make_group()
    draft(group=group, call=make_call(closes_at=NOON + dt.timedelta(days=60)))
    report_at("due", make_project(group, call=make_call()))
    late = draft(group=group, call=make_call(closes_at=NOON + dt.timedelta(days=2)))
    rows = signed_in(group.representative).get(HOME).context["cases"]
    assert [row.due_on for row in rows] == [dt.date(2026, 3, 12), dt.date(2026, 3, 19), dt.date(2026, 5, 9)]
    assert rows[0].page == reverse("application_detail", args=[late.pk])


def test_without_duties_the_next_deadline_of_all_projects_stands_first(signed_in):
    group = make_group()
    for first_day in (dt.date(2026, 3, 5), dt.date(2026, 3, 1)):
        plan_reports(make_project(group, first_day=first_day, call=make_call()))
    client = signed_in(group.representative)
    context = client.get(HOME).context
    assert context["duties"] == []
    assert context["coming"].hint == "Next: Report 1, from 01/06/2026, due on 10/06/2026"
    text = shown(client)
    assert text.index("Next: Report 1, from 01/06/2026") < text.index("Money") < text.index("Your cases")


def test_between_reports_the_next_date_is_said(signed_in):
    project = make_project(first_day=dt.date(2026, 3, 1))
    plan_reports(project)
    (row,) = signed_in(project.group.representative).get(HOME).context["cases"]
    assert row.hint == "Next: Report 1, from 01/06/2026, due on 10/06/2026"


def test_duties_come_first_the_most_urgent_on_top(signed_in):
    group = make_group()
    late = report_at("due", make_project(group, first_day=dt.date(2025, 11, 10)))
    soon = report_at("due", make_project(group, call=make_call()))
    rows = signed_in(group.representative).get(HOME).context["duties"]
    assert [(row.url, row.state) for row in rows] == [
        (reverse("report_edit", args=[late.pk]), "overdue"),
        (reverse("report_edit", args=[soon.pk]), "due"),
    ]
    assert rows[0].state_label == "19/02/2026, 19 days late"


def projects(client) -> dict[str, list]:
    """Block → its rows."""
    return {block.title: block.rows for block in client.get(HOME).context["projects"]}


def test_what_came_back_stands_after_the_duties_the_newest_first(signed_in, finance):
    project = make_project()
    statement = statement_row(project)
    expense = expense_row(statement)
    by = project.group.representative
    Statement.objects.filter(pk=statement.pk).update(
        status="submitted", submitted_at=NOON - dt.timedelta(days=3), submitted_by=by
    )
    judge_row(expense, "queried", by=finance, remark="Which of the two kilns is it?")
    report = report_at("returned", project)
    found = projects(signed_in(by))["What came back to you"]
    assert [row.url for row in found] == [
        reverse("report_edit", args=[report.pk]),
        reverse("expense_detail", args=[expense.pk]),
    ]
    assert "07/03/2026: Which of the two kilns is it?" in found[1].hint
    assert "Came back" in shown(signed_in(by))


def test_the_money_says_what_came_what_is_proven_and_what_the_next_payment_waits_for(signed_in, finance):
    project = make_project()
    by = project.group.representative
    expense = expense_row(statement_row(project), programme_share=Decimal(1000), group_share=Decimal(0))
    judge_row(expense, "verified", by=finance)
    (row,) = projects(signed_in(by))["Money"]
    assert "proven: $\xa01.000,00" in row.hint
    assert row.hint.startswith("Received $\xa0")
    assert row.url == reverse("project_statements", args=[project.pk])
    Project.objects.filter(pk=project.pk).update(
        status="suspended", suspended_from="active", suspended_on=project.first_day
    )
    (row,) = projects(signed_in(by))["Money"]
    assert "The project is suspended: nothing is paid until it resumes." in row.hint


def test_who_only_writes_or_reads_for_a_group_sees_no_money_at_home(signed_in, person):
    project = make_project()
    viewer = person("viewer")
    give_place(project.group, viewer, Role.VIEWER)
    assert projects(signed_in(viewer)) == {}


def queries(client) -> list[str]:
    """What one home page asks the database."""
    with CaptureQueriesContext(connection) as asked:
        assert client.get(HOME).status_code == 200
    return [query["sql"] for query in asked]


# By whose home it is. What is owed takes two queries of them, from however many sources: who the officers are, and all else.
COSTS = {"representative": 19, "officer": 8}


def test_the_home_of_a_representative_costs_the_same_with_one_case_and_with_thirty(signed_in):
    group = make_group()
    client = signed_in(group.representative)
    counts = []
    for number in (1, 29):
        for _number in range(number):
            report_at("due", make_project(group, call=make_call()))
        if number == 1:
            draft(group=group, call=make_call(closes_at=NOON + dt.timedelta(days=9)))
        counts.append(len(queries(client)))
    assert counts == [COSTS["representative"]] * 2


# --- Staff ---------------------------------------------------------------------------------------------------


def test_an_officer_sees_what_waits(signed_in, officer):
    application_at("submitted")
    project = make_project()
    report_at("submitted", project)
    report_at("due", make_project(make_group(name="Late"), first_day=dt.date(2025, 11, 10)))
    make_appointment(project.group, None, "accepted")
    make_paper(project.group.memberships.first())
    make_question(project.group, make_firm(name="Without mail", contact_email=""))
    assert blocks(signed_in(officer)) == {
        "What waits in the office": {
            "Applications to check for eligibility": 1,
            "Signed papers to look at": 1,
            "Firms to ask whether they join": 1,
            "Coordinators to confirm": 1,
            "Reports to look at": 1,
            "Reports that are late": 1,
        }
    }


def test_each_figure_of_the_office_leads_to_the_rows_that_it_counts(signed_in, officer):
    call = factories_applications.make_call()
    for number, state in enumerate(("submitted", "in_review", "approved")):
        application_at(state, group=make_group(name=f"G {number}"), call=call)
    open_project(application_at("approved", group=make_group(name="Unsigned"), call=call))
    sign(open_project(application_at("approved", group=make_group(name="Signed"), call=call)), state=False)
    for name in ("Sent", "Suspended"):
        report = report_at("submitted", make_project(make_group(name=name)))
    Project.objects.filter(pk=report.project_id).update(
        status="suspended", suspended_from="active", suspended_on=day_of(NOON)
    )
    make_appointment(make_group(name="Nominated"), None, "accepted")
    client = signed_in(officer)
    (block,) = client.get("/").context["blocks"]
    found = {row.label: row.number for row in block.rows}
    assert found == {
        "Applications to check for eligibility": 1,
        "Applications in review": 1,
        "Approved, with no project yet": 1,
        "Coordinators to confirm": 1,
        "Agreements signed by the group": 1,
        "Reports to look at": 1,
    }
    assert {row.label: rows_behind(client, row.url) for row in block.rows} == found


def test_an_approver_sees_what_waits_for_a_decision(signed_in):
    from tests.factories_applications import OFFICE

    application_at("recommended")
    assert blocks(signed_in(OFFICE.approver)) == {"Decisions": {"Applications to decide": 1}}


def test_finance_sees_payments(signed_in, finance):
    make_project(tranches=((1, 40, 0), (2, 60, 1)))
    assert blocks(signed_in(finance)) == {"Payments": {"Payments to order": 1}}


def test_a_reviewer_sees_the_queue(signed_in):
    from tests.factories_applications import OFFICE

    application_at("in_review")
    assert blocks(signed_in(OFFICE.reviewers[0])) == {"Your reviews": {"Reviews to finish": 1}}


def test_an_adviser_sees_the_groups(signed_in, adviser):
    application = draft()
    application.group.advisers.add(adviser)
    client = signed_in(adviser)
    assert blocks(client) == {"Groups that you advise": {application.group.name: None}}
    assert 'href="/support/"' in client.get("/").text


def test_an_admin_finds_people_calls_and_the_monitors(signed_in, admin):
    rows = blocks(signed_in(admin))["The system"]
    assert set(rows) == {
        "People and roles",
        "Roles that wait for a second admin",
        "Call desk",
        "Messages and long work",
    }


def test_an_auditor_finds_the_cases(signed_in, auditor, admin):
    project = make_project()
    give_audit(auditor, project.case, make_case(Case.Kind.FIRM, "A firm"), by=admin)
    assert project.case.name in blocks(signed_in(auditor))["Cases that you audit"]


@pytest.mark.parametrize("role", [Role.OFFICER, Role.APPROVER, Role.FINANCE, Role.REVIEWER, Role.ADVISER])
def test_with_nothing_to_do_it_says_so(signed_in, staff, role):
    text = shown(signed_in(staff("somebody", role)))
    assert "Nothing waits for you just now." in text
    assert re.search(r"(Nothing|No) [^.]*\.", text)


def test_who_is_staff_and_of_a_group_sees_both(signed_in, staff):
    officer = staff("officer", Role.OFFICER)
    application = draft()
    give_place(application.group, officer, Role.MEMBER)
    response = signed_in(officer).get(HOME)
    assert [row.button for row in response.context["cases"]] == ["Go on with the application"]
    assert [block.title for block in response.context["blocks"]] == ["What waits in the office"]


def test_the_home_of_an_officer_costs_the_same_with_one_case_and_with_thirty(signed_in):
    group = make_group()
    counts = []
    for number in (1, 29):
        for _number in range(number):
            report = report_at("due", make_project(group, call=make_call()))
        counts.append(len(queries(signed_in(the_officer(report.project)))))
    assert counts == [COSTS["officer"]] * 2
