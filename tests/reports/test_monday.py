"""The officer's Monday list: whose cases, in which order, what changed, whose turn, what can be done."""

import datetime as dt
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts import covering
from accounts.roles import Role
from applications.models import Application
from applications.office import notes
from applications.workflow import REVIEW
from core.dates import day_of
from core.models import CaseSeen
from reports import monday
from tests.applications.decision_pages import all_reviewed
from tests.applications.staff_pages import browser, words
from tests.clock import NOON
from tests.factories_applications import OFFICE, application_at, make_call, return_for_changes
from tests.factories_expenses import judge, reporter, statement_at
from tests.factories_grants import open_project, sign
from tests.factories_groups import give_place
from tests.factories_reports import make_project, report_at

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]
TODAY = day_of(NOON)
DAY = dt.timedelta(days=1)
URL = "/monday/"


def in_charge(application: Application, officer) -> Application:
    application.officer = officer
    application.save(update_fields=["officer"])
    return application


def rows_of(client, scope: str = "") -> list[monday.Row]:
    response = client.get(URL, {"scope": scope})
    assert response.status_code == 200
    return list(response.context["rows"])


def the_row(user, now: dt.datetime = NOON) -> monday.Row:
    (row,) = monday.rows(user, monday.ALL, now)[0]
    monday.add_last_events([row])
    return row


def said(client, query: str = "") -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", client.get(URL + query).content.decode()))


# --- Whose cases -----------------------------------------------------------------------------------------


def test_mine_those_without_an_officer_and_all(signed_in, officer, staff):
    other = staff("other", Role.OFFICER)
    mine, theirs, nobodys = (
        application_at("submitted", call=make_call(code=f"N-{number}")) for number in range(3)
    )
    in_charge(mine, officer)
    in_charge(theirs, other)
    client = signed_in(officer)

    def shown(scope):
        return {row.application.pk for row in rows_of(client, scope)}

    assert shown("") == shown("mine") == {mine.pk}
    assert shown("without") == {nobodys.pk}
    assert shown("all") == {mine.pk, theirs.pk, nobodys.pk}


def test_who_stands_in_sees_the_cases_marked(signed_in, officer, staff):
    ill = staff("ill", Role.OFFICER, "Iris Ill")
    in_charge(application_at("submitted"), ill)
    covering.set_cover(by=ill, person=ill, cover=officer, first_on=TODAY, last_on=TODAY, now=NOON)
    (row,) = rows_of(signed_in(officer))
    assert row.for_name == "Iris Ill"
    assert "for Iris Ill" in said(signed_in(officer))


def test_a_project_is_of_who_opened_it_until_somebody_is_in_charge(signed_in, officer, staff):
    project = open_project()
    assert [row.project.pk for row in rows_of(signed_in(officer))] == [project.pk]
    other = staff("other", Role.OFFICER)
    in_charge(project.application, other)
    assert rows_of(signed_in(officer)) == []
    assert len(rows_of(signed_in(other))) == 1


def test_a_draft_an_end_and_ones_own_group_are_not_on_it(signed_in, officer):
    application_at("draft", call=make_call(code="N-1"))
    application_at("rejected", call=make_call(code="N-2"))
    make_project(officer=officer, status="closed")
    own = application_at("submitted", call=make_call(code="N-3"))
    give_place(own.group, officer, Role.VIEWER)
    for scope in ("mine", "without", "all"):
        assert rows_of(signed_in(officer), scope) == []


@pytest.mark.parametrize(
    ("scope", "sentence"),
    [
        ("mine", "You are in charge of no case."),
        ("without", "Every case has its officer."),
        ("all", "No case is in the office just now."),
    ],
)
def test_an_empty_list_says_why(signed_in, officer, scope, sentence):
    assert sentence in said(signed_in(officer), f"?scope={scope}")


def test_a_bad_choice_shows_ones_own(signed_in, officer):
    response = signed_in(officer).get(URL, {"scope": "everybody's"})
    assert response.status_code == 422
    assert response.context["scope"] == "mine"


# --- What it says of a case ------------------------------------------------------------------------------


def test_what_changed_since_one_looked(officer):
    application = application_at("submitted")
    row = the_row(officer)
    assert row.changed is None
    assert row.last.startswith("Submitted: ")
    case = application.case
    case.refresh_from_db()
    seen = CaseSeen.objects.create(user=officer, case=case, sequence=case.length - 2, at=NOON)
    assert the_row(officer).changed == 2
    CaseSeen.objects.filter(pk=seen.pk).update(sequence=case.length)
    assert the_row(officer).changed == 0


def test_the_list_the_monday_list_and_the_case_say_the_same_number(officer):
    """What one did oneself is no news, on none of them."""
    application = application_at("submitted")
    case_page = reverse("application_detail", args=[application.pk])
    browser(officer).get(case_page)
    notes.note(by=OFFICE.approver, application=application, text="Look at the budget.", now=NOON)
    notes.note(by=officer, application=application, text="I did.", now=NOON)
    assert the_row(officer).changed == 1
    changed = reverse("application_list") + "?flag=changed"
    assert "1 change since you looked" in words(browser(officer).get(changed))
    assert "1 change since you looked on" in words(browser(officer).get(case_page))
    notes.note(by=officer, application=application, text="Once more.", now=NOON)
    assert the_row(officer).changed == 0
    assert "No application matches" in words(browser(officer).get(changed))


@pytest.mark.parametrize(
    ("state", "who", "words", "act"),
    [
        ("submitted", Role.OFFICER, "Waits for an officer: look at eligibility.", "eligibility"),
        ("in_review", Role.REVIEWER, "Waits for reviewers: 0 of 2 reviews sent.", None),
        ("changes_requested", Role.REPRESENTATIVE, "Waits for the group", "application_return"),
        ("recommended", Role.APPROVER, "Waits for the approver: decide.", None),
        ("reserve", None, "On the reserve list", None),
        ("reconsideration", Role.APPROVER, "Waits for the authority", None),
        ("approved", Role.OFFICER, "Approved. An officer opens the project.", "project_open"),
    ],
)
def test_whose_turn_and_what_can_be_done(officer, state, who, words, act):
    application = application_at(state)
    row = the_row(officer)
    assert row.turn.who == who
    assert row.turn.sentence.startswith(words)
    assert [link.url for link in row.acts] == ([reverse(act, args=[application.pk])] if act else [])


def test_each_link_of_the_list_can_be_followed(signed_in, officer):
    """What is offered leads to a page of the officer's, in every state."""
    for number, state in enumerate(monday.IN_THE_OFFICE):
        application_at(state, call=make_call(code=f"N-{number}"))
    Application.objects.filter(status="submitted").update(message_waits_since=NOON)
    sign(open_project(application_at("approved", call=make_call(code="N-9"))), state=False)
    make_project(officer=officer, status="suspended")
    report_at("submitted", make_project(officer=officer))
    client = signed_in(officer)
    rows = rows_of(client, "all")
    assert len(rows) == 10
    for row in rows:
        for url in [row.url, *(act.url.partition("#")[0] for act in row.acts)]:
            assert client.get(url).status_code == 200, url


def test_projects_say_whose_turn_it_is(officer):
    project = open_project()
    assert the_row(officer).turn.sentence == "Waits for the group: sign the agreement."
    sign(project, state=False)
    row = the_row(officer)
    assert row.turn.sentence == "The group has signed. Waits for an officer: sign, and start the project."
    assert [act.url for act in row.acts] == [reverse("agreement", args=[project.pk])]


def test_a_report_waits_for_the_officer_or_for_the_coordinator(officer):
    report = report_at("due", make_project(officer=officer))
    row = the_row(officer, NOON + 30 * DAY)
    assert (row.turn.who, row.turn.due_on) == (Role.COORDINATOR, report.due_on)
    assert "A report is" in row.reasons[0].words
    report = report_at("submitted", report.project)
    row = the_row(officer)
    assert row.turn.sentence == "Waits for an officer: look at Report 1."
    assert [act.label for act in row.acts] == ["Look at Report 1"]


def test_a_statement_waits_to_be_judged(officer):
    project = make_project(officer=officer)
    statement = statement_at("submitted", project, expenses=2)
    row = the_row(officer)
    assert row.turn.sentence == "Waits for finance or an officer: judge 2 expenses of Expense statement 1."
    url = reverse("statement_judge", args=[statement.pk])
    assert [(act.label, act.url) for act in row.acts] == [("Judge Expense statement 1 (2 to judge)", url)]
    assert "date passed 1 day ago" in the_row(officer, NOON + 11 * DAY).reasons[0].words
    expense = statement.expenses.first()
    judge(expense, "query", remark="Whose is it?")
    judge(expense, "answer", answer="All of ours.", by=reporter(project))
    assert the_row(officer).acts[0].label == "Judge Expense statement 1 (2 to judge): 1 was answered"
    for each in statement.expenses.all():
        judge(each, "verify")
    assert url not in [act.url for act in the_row(officer).acts]


def test_the_risks_of_a_project_with_their_figures(officer, signed_in):
    project = make_project(officer=officer)
    url = reverse("project_risks", args=[project.pk])
    page = words(signed_in(officer).get(url))
    assert "0 points in all." in page
    for sentence in (
        "No report is late.",
        "No report was sent yet.",
        "of the time.",
        "5 SMEs by their figures",
    ):
        assert sentence in page
    shown = signed_in(officer).get(reverse("project_detail", args=[project.pk])).content.decode()
    assert f'hx-get="{url}" hx-trigger="load" hx-select="#risk-in-short"' in shown
    suspended = make_project(officer=officer, status="suspended", call=make_call(code="N-2"))
    page = words(signed_in(officer).get(reverse("project_risks", args=[suspended.pk])))
    assert "Only the figures of a project that runs are counted." in page
    assert "The project is suspended. (2 points)" in page
    # The line that the page of the project shows.
    assert "May wait · The project is suspended." in page


# --- The risk --------------------------------------------------------------------------------------------


def test_the_most_urgent_comes_first_with_its_reasons(signed_in, officer, frozen):
    calm = in_charge(application_at("recommended", call=make_call(code="N-1")), officer)
    late = in_charge(application_at("submitted", call=make_call(code="N-2")), officer)
    Application.objects.filter(pk=late.pk).update(staff_due_on=TODAY - 3 * DAY, message_waits_since=NOON)
    rows = rows_of(signed_in(officer))
    assert [row.application.pk for row in rows] == [late.pk, calm.pk]
    assert [reason.words for reason in rows[0].reasons] == [
        "The programme's own date passed 3 days ago.",
        "A message of the group waits since today.",
    ]
    assert (rows[0].points, rows[0].level, rows[1].level) == (9, "high", "low")
    assert "1 to look at now" in said(signed_in(officer))


@pytest.mark.parametrize("officer_in_charge", [True, False])
def test_what_the_officer_owes_late_presses(officer, officer_in_charge):
    """To open a project, to recommend, to assign another reviewer: as late in the inbox as here."""
    approved = application_at("approved", call=make_call(code="N-1"))
    reviewed = all_reviewed(call=make_call(code="N-2", days_to_check=7))
    lacking = application_at("in_review", call=make_call(code="N-3", days_to_check=7))
    review = lacking.reviews.first()
    REVIEW.apply(review, "decline", by=review.reviewer, now=NOON, data={"reason": "No time."})
    for application in (approved, reviewed, lacking):
        in_charge(application, officer if officer_in_charge else None)
    scope = monday.MINE if officer_in_charge else monday.ALL
    found, _more = monday.rows(officer, scope, NOON + 20 * DAY)
    assert {row.application.pk: row.turn.due_on for row in found} == {
        row.pk: TODAY + 7 * DAY for row in (approved, reviewed, lacking)
    }
    late = "The programme's own date passed 13 days ago."
    assert {row.reasons[0].words for row in found} == {late}
    assert {(row.points, row.level) for row in found} == {(7, "high")}


def test_what_the_group_owes_besides_presses_too(officer):
    project = make_project(officer=officer)
    decision = project.application.decisions.get()
    decision.dated_conditions.create(order=1, text="Insure the kiln", due_on=TODAY)
    assert the_row(officer).reasons == []
    row = the_row(officer, NOON + 8 * DAY)
    assert "A condition of the approval is 8 days late." in [reason.words for reason in row.reasons]
    assert "Write to the group" in [act.label for act in row.acts]


def test_an_observation_and_a_coordinator_that_are_late(officer):
    call = make_call(line="partnership")
    project = make_project(call=call, officer=officer)
    report_at("accepted", project, observations=({"text": "Show it.", "due_on": TODAY + DAY},))
    row = the_row(officer, NOON + 400 * DAY)
    found = " ".join(reason.words for reason in row.reasons)
    assert "An observation on a report is 399 days late." in found
    assert "The nomination of a coordinator is" in found
    assert "Write to the coordinator" in [act.label for act in row.acts]


def test_a_late_report_leads_to_the_messages(signed_in, officer):
    report = report_at("due", make_project(officer=officer))
    late = dt.datetime.combine(report.due_on, NOON.timetz()) + 17 * DAY
    early = late - 18 * DAY
    assert the_row(officer, early).acts == []
    (act,) = the_row(officer, late).acts
    assert (act.label, act.url) == (
        "Write to the coordinator",
        reverse("application_messages", args=[report.project.application_id]),
    )
    assert "Send to the group" in signed_in(officer).get(act.url).content.decode()


def test_a_return_with_few_days_left(officer):
    returned = return_for_changes(application_at("submitted"))
    end = day_of(returned.answer_by)
    early, late = (the_row(officer, NOON + (end - TODAY).days * DAY - left * DAY) for left in (4, 2))
    assert early.reasons == []
    assert late.reasons[0].words == "The return is not answered, and 2 days are left."


def test_longer_than_usual_in_its_state(officer, monkeypatch):
    monkeypatch.setattr("applications.pace.usual_by_state", lambda _now: {"in_review": 4})
    application_at("in_review")
    assert the_row(officer, NOON + 4 * DAY).reasons == []
    (reason,) = the_row(officer, NOON + 5 * DAY).reasons
    assert reason.words == "5 days in this state; the usual is 4."


def test_a_suspended_project_says_so(officer):
    make_project(officer=officer, status="suspended")
    assert [reason.words for reason in the_row(officer).reasons] == ["The project is suspended."]


# --- What it costs ---------------------------------------------------------------------------------------


def test_it_costs_the_same_with_1_and_6_cases(signed_in, officer):
    client, counts = signed_in(officer), []
    make_project(officer=officer)
    for number in range(6):
        in_charge(application_at("submitted", call=make_call(code=f"N-{number}")), officer)
        if number in (0, 5):
            client.get(URL)  # what is usual is kept for an hour
            with CaptureQueriesContext(connection) as asked:
                assert client.get(URL).status_code == 200
            counts.append(len(asked))
    # Officers and covers; cases; reviews with reports; what is usual; last events; what is owed besides (3); what the figures
    # of projects tell (5); statements that wait. And the frame's 4.
    assert counts == [18, 18]


def test_it_looks_at_no_more_than_it_says(signed_in, officer, monkeypatch):
    monkeypatch.setattr(monday, "MOST", 2)
    for number in range(3):
        application_at("submitted", call=make_call(code=f"N-{number}"))
    assert len(rows_of(signed_in(officer), "all")) == 2
    assert "There are more cases than this page looks at" in said(signed_in(officer), "?scope=all")
