"""The case page, and the steps that ask for a reason."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.roles import Role
from applications.models import Activity, Application, BudgetLine
from applications.workflow import REVIEW
from tests.applications.case_pages import address, see, send
from tests.applications.staff_pages import browser, problems, words
from tests.clock import NOON
from tests.factories_applications import (
    DAY,
    OFFICE,
    application_at,
    draft,
    fill,
    make_call,
    make_questions,
    staff_member,
)
from tests.factories_groups import give_place, make_group

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen", "filled_stands")]


# --- The case page -----------------------------------------------------------------------------------


def test_a_draft_says_what_is_missing_and_how_long_there_is():
    application = draft(call=make_call(closes_at=NOON + 9 * DAY))
    text = words(see(application.group.representative, application))
    assert "4 sections missing, 9 days left" in text
    assert "2 of 6 sections" in text
    assert "Go on with: The project" in text
    assert "The work plan The work plan has no activity yet. Not started" in text
    assert "Check and send" in text
    assert "For the office" not in text


def test_a_whole_draft_says_that_everything_is_there():
    application = application_at("draft")
    text = words(see(application.group.representative, application))
    assert "Everything is there, 20 days left" in text
    assert "6 of 6 sections" in text
    assert "Go on with" not in text


@pytest.mark.parametrize(
    ("status", "says"),
    [
        ("submitted", "An officer checks that it meets the rules of the call, by 20/03/2026."),
        ("in_review", "Reviewers read it and score it."),
        ("recommended", "The reviews are done. The authority decides, by"),
        ("reserve", "It passed, and waits until the call has money again."),
        ("approved", "An officer opens the project and prepares the agreement."),
        ("rejected", "You may ask for reconsideration until 20/03/2026 23:59 (Buenos Aires)."),
        ("ineligible", "You may ask for reconsideration until"),
        ("reconsideration", "The authority looks at it again."),
        ("withdrawn", "It was withdrawn."),
        ("changes_requested", "Change this and send it again by 20/03/2026 23:59 (Buenos Aires)"),
        ("renounced", "The group renounced the grant."),
        ("annulled", "The approval was annulled."),
        ("lapsed", "It was not sent before the call closed."),
    ],
)
def test_every_state_says_where_it_stands(status, says):
    application = application_at(status)
    page = see(application.group.representative, application)
    assert page.status_code == 200
    assert says in words(page)
    assert "History" in page.text


@pytest.mark.parametrize(
    "status",
    ["draft", "submitted", "changes_requested", "in_review", "recommended", "reserve", "approved", "rejected",
     "ineligible", "reconsideration", "withdrawn", "lapsed", "renounced", "annulled"],
)  # fmt: skip
def test_the_group_is_offered_what_its_workflow_has_and_nothing_of_staff(status):
    application = application_at(status)
    page = see(application.group.representative, application).text
    offered = {
        name
        for name in ("withdraw", "renounce", "ask_reconsideration")
        if address(application, "application_act", name) in page
    }
    expected = {
        "approved": {"renounce"},
        "rejected": {"ask_reconsideration"},
        "ineligible": {"ask_reconsideration"},
    }.get(
        status,
        {"withdraw"}
        if status in ("draft", "submitted", "changes_requested", "in_review", "recommended", "reserve")
        else set(),
    )
    assert offered == expected
    assert (address(application, "application_check") in page) == (status in ("draft", "changes_requested"))
    for name in ("eligibility", "recommend", "decide"):
        assert f'href="{address(application, name)}"' not in page


def test_staff_see_their_panel_and_the_group_does_not():
    application = application_at("submitted")
    assert "For the office" in see(OFFICE.officer, application).text
    assert "For the office" not in see(application.group.representative, application).text


def test_a_reviewer_sees_the_case_and_not_the_decision():
    application, reviewer = application_at("in_review"), OFFICE.reviewers[0]
    # First they say whether they have an interest in it (PROGRAMME 3).
    assert see(reviewer, application).status_code == 404
    review = application.reviews.get(reviewer=reviewer)
    REVIEW.apply(review, "declare_interest", by=reviewer, now=NOON, data={"no_interest": True})
    page = see(reviewer, application)
    assert page.status_code == 200
    assert "For the office" not in page.text
    assert see(staff_member("reviewer9", Role.REVIEWER), application).status_code == 404


def test_the_group_reads_its_decision():
    application = application_at("approved")
    text = see(application.group.representative, application).text
    assert reverse("decision_detail", args=[application.decisions.get().pk]) in text
    assert "$\xa03.000.000,00" in text


def test_a_name_with_markup_is_shown_as_it_is():
    application = fill(draft())
    Application.objects.filter(pk=application.pk).update(title='<script>alert("x")</script>')
    text = see(application.group.representative, application).text
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert" in text


def test_the_task_list_asks_the_same_few_questions_whatever_the_size_of_the_plan(person):
    few = application_at("draft", group=make_group(5), call=make_call())
    asking = make_call()
    make_questions(asking)
    many = application_at("draft", group=make_group(30, name="Many"), call=asking)
    give_place(many.group, person("second"), Role.MEMBER)
    firm = many.group.memberships.first().firm
    activities = Activity.objects.bulk_create(
        Activity(
            application=many,
            name=f"A {n}",
            first_month=1,
            last_month=2,
            order=n,
            firm=firm,
            deliverable="D",
        )
        for n in range(60)
    )
    BudgetLine.objects.bulk_create(
        BudgetLine(
            application=many,
            category="innovation",
            description=f"L {n}",
            quantity=1,
            unit_cost=10,
            programme_share=5,
            activity=activities[n % 60],
            firm=firm,
        )
        for n in range(100)
    )

    def count(application) -> int:
        client = browser(application.group.representative)
        client.get(address(application))
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address(application)).status_code == 200
        return len(queries)

    # The whole page, with the session, the person, their roles and notices, which every page asks.
    assert count(few) == count(many) == 8


def test_a_returned_section_is_to_change_until_it_was_changed():
    application = application_at("changes_requested")
    user = application.group.representative
    text = words(see(user, application))
    assert "Change what the office asked, 10 days left" in text
    assert "what you pay. To change" in text
    line = application.lines.first()
    send(user, application, "budget_line_delete", line.pk)
    application.refresh_from_db()
    text = words(see(user, application))
    assert "what you pay. Changed" in text
    assert "To change" not in text


def test_what_one_person_writes_in_a_row_is_one_line_of_the_history():
    application = draft()
    user = application.group.representative
    for title in ("A", "AB", "ABC"):
        send(user, application, "application_section", "project", title=title)
    assert words(see(user, application)).count("Changed: The project") == 1
    assert application.case.events.filter(action="application.edited").count() == 3


# --- Steps with a reason -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "name", "after"),
    [
        ("draft", "withdraw", "withdrawn"),
        ("submitted", "withdraw", "withdrawn"),
        ("approved", "renounce", "renounced"),
        ("rejected", "ask_reconsideration", "reconsideration"),
        ("ineligible", "ask_reconsideration", "reconsideration"),
    ],
)
def test_the_group_takes_a_step_with_its_reason(status, name, after):
    application = application_at(status)
    user = application.group.representative
    assert see(user, application, "application_act", name).status_code == 200
    empty = send(user, application, "application_act", name, reason="  ")
    assert empty.status_code == 422
    assert "Say why." in problems(empty)
    application.refresh_from_db()
    assert application.status == status
    answer = send(user, application, "application_act", name, reason="Two firms left us.")
    assert answer.headers["Location"] == address(application)
    application.refresh_from_db()
    assert application.status == after
    assert "Two firms left us." in see(user, application).text


@pytest.mark.parametrize("name", ["grant_reconsideration", "deny_reconsideration"])
def test_the_authority_answers_a_reconsideration(name):
    application = application_at("reconsideration")
    data = {"reason": "We read it again.", "resolution": "R-9"}
    other = staff_member("approver2", Role.APPROVER)
    assert see(application.group.representative, application, "application_act", name).status_code == 403
    # By law the one that decided looks at it again (PROGRAMME 5).
    assert send(other, application, "application_act", name, **data).status_code == 409
    answer = send(OFFICE.approver, application, "application_act", name, **data)
    assert answer.status_code == 302
    application.refresh_from_db()
    assert application.status == ("in_review" if name.startswith("grant") else "rejected")


@pytest.mark.parametrize("name", ["grant_reconsideration", "deny_reconsideration"])
def test_the_authority_reads_the_grounds_and_the_decision_in_question_before_it_answers(name):
    application = application_at("reconsideration")
    decision = application.decisions.get()
    page = see(OFFICE.approver, application, "application_act", name)
    text = words(page)
    assert page.text.index("Here is what we learn.") < page.text.index("Too little is learnt.")
    assert page.text.index("Too little is learnt.") < page.text.index('name="reason"')
    assert f"Decision {decision.get_kind_display()}" in text
    assert reverse("decision_detail", args=[decision.pk]) in page.text
    # They stay above a form that came back with a mistake; the other steps have none of it.
    assert (
        "Here is what we learn."
        in send(OFFICE.approver, application, "application_act", name, reason="").text
    )
    approved = application_at("approved")
    assert "The decision in question" not in see(OFFICE.approver, approved, "application_act", "annul").text


def test_annulling_needs_a_number():
    application = application_at("approved")
    page = send(OFFICE.approver, application, "application_act", "annul", reason="An error.")
    assert page.status_code == 422
    assert "Fill in “Resolution number”." in problems(page)
    answer = send(
        OFFICE.approver, application, "application_act", "annul", reason="An error.", resolution="A-1"
    )
    assert answer.status_code == 302


def test_a_step_that_the_state_does_not_allow_says_so_and_keeps_what_was_typed():
    application = application_at("approved")
    user = application.group.representative
    page = see(user, application, "application_act", "withdraw")
    assert "the state is now" in page.text
    answer = send(user, application, "application_act", "withdraw", reason="My words")
    assert answer.status_code == 409
    assert "My words" in answer.text


def test_a_stale_step_is_refused():
    application = application_at("draft")
    answer = send(
        application.group.representative, application, "application_act", "withdraw", version="0", reason="x"
    )
    assert answer.status_code == 409
    application.refresh_from_db()
    assert application.status == "draft"


@pytest.mark.parametrize("name", ["submit", "approve", "lapse", "nothing"])
def test_a_step_without_a_page_here_is_404(name):
    application = application_at("draft")
    assert see(application.group.representative, application, "application_act", name).status_code == 404


def test_a_member_and_a_viewer_take_no_such_step(person):
    application = application_at("submitted")
    for role in (Role.MEMBER, Role.VIEWER):
        user = person(role.value + "9")
        give_place(application.group, user, role)
        assert send(user, application, "application_act", "withdraw", reason="x").status_code == 403
    application.refresh_from_db()
    assert application.status == "submitted"
