"""Officers at work: the panel of the case page, eligibility, returns for changes, advisers, reviewers."""

import datetime as dt

import pytest
from django.urls import reverse

from accounts.roles import Role
from applications import judging
from applications.models import Application, EligibilitySignOff, Review
from applications.reviewers import missing
from applications.views.staff import panel
from applications.workflow import REVIEW
from core import dates
from tests.applications.staff_pages import browser, get, post, problems, words
from tests.clock import NOON
from tests.factories_applications import (
    DAY,
    OFFICE,
    application_at,
    assign,
    return_for_changes,
    send_review,
    sign,
    staff_member,
    submit,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen", "submitted_stands")]

# Pages of officers: who else opens them.
OFFICER_PAGES = ["application_return", "reviews_assign", "recommend"]


def fresh(application: Application) -> Application:
    return Application.objects.get(pk=application.pk)


# --- Who may ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", OFFICER_PAGES)
def test_what_officers_do_is_refused_to_other_staff_by_the_name_of_the_role(name, approver, finance, admin):
    application = application_at("submitted")
    for user in (approver, finance, admin):
        page = get(user, name, application.pk)
        assert page.status_code == 403
        assert "Programme officer" in page.text
    assert get(OFFICE.officer, name, application.pk).status_code == 200


@pytest.mark.parametrize("name", [*OFFICER_PAGES, "eligibility", "decide"])
def test_the_group_is_refused_and_a_stranger_finds_nothing(name, stranger):
    application = application_at("submitted")
    assert get(application.group.representative, name, application.pk).status_code == 403
    assert get(stranger, name, application.pk).status_code == 404
    assert get(stranger, name, 10**9).status_code == 404


def test_an_officer_with_a_role_in_the_group_is_no_officer_there(staff):
    application = application_at("submitted")
    officer = staff("officer3", Role.OFFICER)
    application.group.people.create(user=officer, role="viewer", since=dates.day_of(NOON))
    assert get(officer, "eligibility", application.pk).status_code == 403
    assert get(officer, "reviews_assign", application.pk).status_code == 403
    assert panel(fresh(application), officer, NOON) is None


# --- The panel ----------------------------------------------------------------------------------------


def test_the_panel_says_whose_turn_it_is_in_every_state():
    said = {}
    for status in (
        "draft",
        "submitted",
        "changes_requested",
        "in_review",
        "recommended",
        "reserve",
        "reconsideration",
        "approved",
    ):
        said[status] = panel(application_at(status), OFFICE.officer, NOON)["turn"]
    assert said == {
        "draft": "The group is writing it.",
        "submitted": "Waits for an officer: look at eligibility.",
        "changes_requested": "Waits for the group, which may answer until 20/03/2026 23:59 (Buenos Aires).",
        "in_review": "Waits for reviewers: 0 of 2 reviews sent. The next is due on 25/03/2026.",
        "recommended": "Waits for the approver: decide.",
        "reserve": "On the reserve list: waits for money of the call.",
        "reconsideration": "Waits for the authority: decide on the reconsideration.",
        "approved": "Approved. An officer opens the project.",
    }


def test_the_panel_counts_reviewers_until_the_review_can_start():
    application = application_at("submitted")
    sign(application)
    assert panel(fresh(application), OFFICE.officer, NOON)["turn"] == (
        "Waits for an officer: assign 2 more reviewers."
    )
    assign(application, reviewers=OFFICE.reviewers[:1])
    turn = panel(fresh(application), OFFICE.officer, NOON)["turn"]
    assert turn == "Waits for an officer: assign 1 more reviewer."
    assign(application, reviewers=OFFICE.reviewers[1:])
    assert (
        panel(fresh(application), OFFICE.officer, NOON)["turn"] == "Waits for an officer: start the review."
    )


def test_the_panel_names_what_cannot_be_done_yet_with_the_reason():
    application = application_at("submitted")
    acts = {str(act.label): act.reason for act in panel(application, OFFICE.officer, NOON)["acts"]}
    assert acts["Start the review"] == "Eligibility is not signed off yet."
    assert acts["Return for changes"] == ""
    assert "Decide" not in acts


def test_an_approver_is_led_to_the_decision_and_to_nothing_of_the_officers():
    application = application_at("recommended")
    acts = panel(application, OFFICE.approver, NOON)["acts"]
    assert [str(act.label) for act in acts] == ["Decide"]
    assert acts[0].url == reverse("decide", args=[application.pk])
    assert acts[0].reason == ""


def test_an_officer_is_led_from_the_approval_to_the_project():
    acts = panel(application_at("approved"), OFFICE.officer, NOON)["acts"]
    assert [str(act.label) for act in acts] == ["Open the project"]


def test_reviews_show_on_the_panel_to_those_who_read_reviews_and_to_nobody_else(finance, admin):
    application = application_at("recommended")
    assert len(panel(application, OFFICE.officer, NOON)["reviews"]) == 2
    assert len(panel(application, OFFICE.approver, NOON)["reviews"]) == 2
    assert panel(application, finance, NOON)["reviews"] is None
    assert panel(application, admin, NOON)["reviews"] is None
    assert panel(application, application.group.representative, NOON) is None
    assert panel(application, OFFICE.reviewers[0], NOON) is None


def test_the_case_page_carries_the_panel_for_staff_only():
    application = application_at("recommended")
    page = words(get(OFFICE.officer, "application_detail", application.pk))
    assert "For the office" in page
    assert "Reviewer1" in page
    page = words(get(application.group.representative, "application_detail", application.pk))
    assert "For the office" not in page
    assert "Reviewer1" not in page


# --- Eligibility --------------------------------------------------------------------------------------


def submitted_with_warning() -> Application:
    """One of its firms is of another province: an officer judges."""
    application = application_at("draft")
    firm = application.group.firms.first()
    firm.province, firm.locality = "AR-W", "Goya"
    firm.save()
    return submit(application)


def test_an_officer_judges_each_warning_and_signs():
    application = submitted_with_warning()
    page = get(OFFICE.officer, "eligibility", application.pk)
    assert "different provinces" in page.text
    answer = post(
        OFFICE.officer,
        "eligibility",
        application.pk,
        version=application.version,
        act="sign",
        **{"sign-judgement_area_and_chain": "Goya is an hour away.", "sign-note": "I called them."},
    )
    assert answer.status_code == 302
    assert answer.url == reverse("reviews_assign", args=[application.pk])
    signed = EligibilitySignOff.objects.get(submission__application=application)
    assert signed.signed_by == OFFICE.officer
    assert signed.note == "I called them."
    assert {row["rule"]: row["judgement"] for row in signed.results}[
        "area_and_chain"
    ] == "Goya is an hour away."
    page = words(get(OFFICE.approver, "eligibility", application.pk))
    assert "Goya is an hour away." in page
    assert "Sign off eligibility" not in page


def test_a_warning_without_a_judgement_is_said_at_its_field():
    application = submitted_with_warning()
    page = post(OFFICE.officer, "eligibility", application.pk, version=application.version, act="sign")
    assert page.status_code == 422
    assert "Say what you judge of this: The firms are in different provinces" in problems(page)
    assert "#id_sign-judgement_area_and_chain" in page.text
    assert not EligibilitySignOff.objects.exists()


def test_a_stale_page_signs_nothing_and_keeps_what_was_typed():
    application = submitted_with_warning()
    typed = {"sign-judgement_area_and_chain": "An hour away.", "sign-note": "Called on Monday."}
    page = post(
        OFFICE.officer, "eligibility", application.pk, version=application.version - 1, act="sign", **typed
    )
    assert page.status_code == 409
    assert "Somebody changed this" in problems(page)
    assert "Called on Monday." in page.text
    assert not EligibilitySignOff.objects.exists()


def test_only_officers_sign(approver):
    application = submitted_with_warning()
    page = post(approver, "eligibility", application.pk, version=application.version, act="sign")
    assert page.status_code == 403
    assert "Programme officer" in page.text
    assert "Sign off eligibility" not in get(approver, "eligibility", application.pk).text


def test_an_application_is_declared_ineligible_with_rules_and_grounds():
    application = application_at("submitted")
    answer = post(
        OFFICE.officer,
        "eligibility",
        application.pk,
        version=application.version,
        act="ineligible",
        **{"bar-rules": ["enough_smes", "group_age"], "bar-reason": "Two firms are one."},
    )
    assert answer.status_code == 302
    application = fresh(application)
    assert application.status == "ineligible"
    decision = application.decisions.get()
    assert decision.rules == ["enough_smes", "group_age"]
    letter = words(get(application.group.representative, "decision_detail", decision.pk))
    assert "Enough small and medium firms" in letter
    assert "Two firms are one." in letter
    assert "within 10 days" in letter


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"bar-reason": "No."}, "Choose at least one rule that is not met."),
        ({"bar-rules": ["enough_smes"]}, "Fill in “Grounds”."),
        ({"bar-rules": ["made_up"], "bar-reason": "No."}, "made_up is not one of the available choices"),
    ],
)
def test_declaring_ineligible_asks_for_rules_and_grounds(data, sentence):
    application = application_at("submitted")
    page = post(
        OFFICE.officer, "eligibility", application.pk, version=application.version, act="ineligible", **data
    )
    assert page.status_code == 422
    assert sentence in problems(page)
    assert fresh(application).status == "submitted"


def test_a_draft_can_be_looked_at_and_not_signed():
    application = application_at("draft")
    page = get(OFFICE.officer, "eligibility", application.pk)
    assert "The group has not sent this application yet" in page.text
    assert "Declare not eligible" not in page.text
    answer = post(OFFICE.officer, "eligibility", application.pk, version=application.version, act="sign")
    assert answer.status_code == 409


# --- Returning for changes ----------------------------------------------------------------------------


def test_an_application_goes_back_with_a_note_for_each_section():
    application = application_at("submitted")
    page = get(OFFICE.officer, "application_return", application.pk)
    assert 'value="2026-03-20"' in page.text  # the call's ten days
    answer = post(
        OFFICE.officer,
        "application_return",
        application.pk,
        version=application.version,
        note_budget="The kiln is dear: ask for a second quote.",
        answer_by="31/03/2026",
    )
    assert answer.status_code == 302
    application = fresh(application)
    assert application.status == "changes_requested"
    assert application.open_sections == ["budget"]
    assert dates.day_of(application.answer_by) == dt.date(2026, 3, 31)
    assert application.returns.get().notes == {"budget": "The kiln is dear: ask for a second quote."}


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"answer_by": "2026-03-20"}, "Say what to change in at least one section."),
        ({"note_plan": "More.", "answer_by": "2026-03-10"}, "Choose a day after today."),
        ({"note_plan": "More.", "answer_by": "2028-03-10"}, "Choose a day within a year from today."),
        ({"note_plan": "More.", "answer_by": "31/02/2026"}, "Write a day that exists"),
        ({"note_plan": "More.", "answer_by": ""}, "Fill in “Last day to answer”."),
        ({"note_plan": "x" * 2001, "answer_by": "2026-03-20"}, "at most 2000 characters"),
    ],
)
def test_a_return_with_a_mistake_is_said_at_the_field(data, sentence):
    application = application_at("submitted")
    page = post(OFFICE.officer, "application_return", application.pk, version=application.version, **data)
    assert page.status_code == 422
    assert sentence in problems(page)
    assert fresh(application).status == "submitted"


def test_a_return_from_a_stale_page_is_refused():
    application = application_at("submitted")
    data = {"note_plan": "More.", "answer_by": "2026-03-20"}
    page = post(OFFICE.officer, "application_return", application.pk, version=application.version + 5, **data)
    assert page.status_code == 409
    page = post(OFFICE.officer, "application_return", application.pk, **data)
    assert page.status_code == 409  # without any version
    assert fresh(application).status == "submitted"


def test_what_cannot_be_returned_says_why():
    application = application_at("recommended")
    page = get(OFFICE.officer, "application_return", application.pk)
    assert page.status_code == 200
    assert "the state is now “Recommended”" in page.text
    assert "<textarea" not in page.text


def test_a_group_gets_more_time():
    application = application_at("changes_requested")
    page = words(get(OFFICE.officer, "application_return", application.pk))
    assert "The group may answer until 20/03/2026" in page
    assert "Please say more." in page
    data = {"answer_by": "2026-04-01", "reason": "A holiday."}
    answer = post(OFFICE.officer, "application_return", application.pk, version=application.version, **data)
    assert answer.status_code == 302
    assert dates.day_of(fresh(application).answer_by) == dt.date(2026, 4, 1)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"answer_by": "2026-03-15", "reason": "A holiday."}, "The new day must be after the present one."),
        ({"answer_by": "2026-04-01"}, "Fill in “Why”."),
    ],
)
def test_more_time_needs_a_later_day_and_a_reason(data, sentence):
    application = application_at("changes_requested")
    page = post(OFFICE.officer, "application_return", application.pk, version=application.version, **data)
    assert page.status_code == 422
    assert sentence in problems(page)


# --- Reviewers ----------------------------------------------------------------------------------------


def test_two_reviewers_are_assigned_at_once_and_the_review_starts():
    application = application_at("submitted")
    sign(application)
    first, second = OFFICE.reviewers
    page = get(OFFICE.officer, "reviews_assign", application.pk)
    assert "Reviewer1 · suggested: 0 of 5 reviews to write" in page.text
    answer = post(
        OFFICE.officer,
        "reviews_assign",
        application.pk,
        act="assign",
        reviewers=[first.pk, second.pk],
        due_on="2026-03-24",
    )
    assert answer.status_code == 302
    assert {(review.reviewer, review.due_on) for review in application.reviews.all()} == {
        (first, dt.date(2026, 3, 24)),
        (second, dt.date(2026, 3, 24)),
    }
    answer = post(
        OFFICE.officer, "reviews_assign", application.pk, act="start", version=fresh(application).version
    )
    assert answer.status_code == 302
    assert fresh(application).status == "in_review"


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"due_on": "2026-03-24"}, "Choose at least one reviewer."),
        ({"reviewers": "one", "due_on": "2026-03-10"}, "Choose a day after today."),
        ({"reviewers": "other", "due_on": "2026-03-24"}, "is not one of the available choices"),
        ({"reviewers": "one", "due_on": ""}, "Fill in “Reviews are due on”."),
    ],
)
def test_an_assignment_with_a_mistake_assigns_nobody(data, sentence):
    application = application_at("submitted")
    if "reviewers" in data:
        data = {
            **data,
            "reviewers": {"one": OFFICE.reviewers[0].pk, "other": OFFICE.officer.pk}[data["reviewers"]],
        }
    page = post(OFFICE.officer, "reviews_assign", application.pk, act="assign", **data)
    assert page.status_code == 422
    assert sentence in problems(page)
    assert not application.reviews.exists()


def test_who_wrote_advised_belongs_or_has_an_interest_is_listed_with_the_reason(staff, adviser):
    application = application_at("submitted")
    writer = staff("writer", Role.REVIEWER)
    belongs = staff("belongs", Role.REVIEWER)
    application.group.people.create(user=belongs, role="viewer", since=dates.day_of(NOON))
    other = staff("helper", Role.REVIEWER)
    application.group.advisers.add(other)
    review = assign(application, reviewers=OFFICE.reviewers[:1])[0]
    post(
        OFFICE.reviewers[0],
        "review_detail",
        review.pk,
        version=review.version,
        interest="some",
        reason="My cousin owns one of the firms.",
    )
    page = get(OFFICE.officer, "reviews_assign", application.pk)
    assert "3 reviewers cannot be chosen" in page.text
    text = words(page)
    assert "Helper: Advises this group." in text
    assert "Belongs: Holds a role in this group." in text
    assert "Reviewer1: Declared an interest in this case." in text
    for person in (belongs, other, OFFICE.reviewers[0]):
        page = post(
            OFFICE.officer,
            "reviews_assign",
            application.pk,
            act="assign",
            reviewers=[person.pk, writer.pk],
            due_on="2026-03-24",
        )
        assert page.status_code == 422
    assert not application.reviews.filter(reviewer=writer).exists()


def test_the_workload_of_a_reviewer_is_shown():
    first = application_at("submitted")
    assign(first, reviewers=OFFICE.reviewers[:1])
    second = application_at("submitted")
    page = get(OFFICE.officer, "reviews_assign", second.pk)
    assert "Reviewer1 · suggested: 1 of 5 reviews to write" in page.text
    assert "Reviewer2 · suggested: 0 of 5 reviews to write" in page.text
    assert page.text.index("Reviewer2 · ") < page.text.index("Reviewer1 · ")


def test_a_review_is_voided_with_a_reason():
    application = application_at("in_review")
    review = application.reviews.first()
    path = ["reviews_assign", application.pk]
    page = post(OFFICE.officer, *path, act="void", review=review.pk, version=review.version)
    assert page.status_code == 422
    assert "Fill in “Why it is voided”." in problems(page)
    data = {f"void{review.pk}-reason": "The reviewer fell ill."}
    page = post(OFFICE.officer, *path, act="void", review=review.pk, version=review.version + 1, **data)
    assert page.status_code == 409
    answer = post(OFFICE.officer, *path, act="void", review=review.pk, version=review.version, **data)
    assert answer.status_code == 302
    review.refresh_from_db()
    assert review.status == "voided"


@pytest.mark.parametrize(
    ("name", "data", "before"),
    [
        (
            "declare_interest",
            {"no_interest": False, "reason": "My cousin's firm."},
            "Interest that was declared",
        ),
        ("decline", {"reason": "My cousin's firm."}, "Reason"),
    ],
)
def test_who_drops_out_says_why_and_it_is_the_officers_turn(name, data, before):
    application = application_at("in_review")
    first, second = application.reviews.order_by("pk")
    send_review(first)
    REVIEW.apply(second, name, by=second.reviewer, now=NOON, data=data)
    page = words(get(OFFICE.officer, "reviews_assign", application.pk))
    assert f"{before}: My cousin&#x27;s firm." in page
    shown = panel(fresh(application), OFFICE.officer, NOON)
    assert shown["turn"] == "Waits for an officer: assign 1 more reviewer."
    assert {str(act.label): act.style for act in shown["acts"]}["Assign reviewers"] == "primary"
    assert missing(fresh(application)) == 1


@pytest.mark.parametrize(
    ("free", "sentence"),
    [
        (True, "A reviewer declared that they have no interest"),
        (False, "A reviewer declared an interest, and does not review it"),
    ],
)
def test_the_timeline_tells_staff_what_a_reviewer_declared(free, sentence):
    application = application_at("in_review")
    review = application.reviews.first()
    data = {"no_interest": free, "reason": "" if free else "My cousin's firm."}
    REVIEW.apply(review, "declare_interest", by=review.reviewer, now=NOON, data=data)
    assert sentence in words(get(OFFICE.officer, "application_detail", application.pk))
    assert sentence not in words(get(application.group.representative, "application_detail", application.pk))


def test_a_review_is_given_to_somebody_else(staff):
    application = application_at("in_review")
    review = application.reviews.first()
    other = staff("reviewer3", Role.REVIEWER)
    path = ["reviews_assign", application.pk]
    prefix = f"reassign{review.pk}"
    data = {f"{prefix}-reviewer": other.pk, f"{prefix}-reason": "Too much to do."}
    answer = post(OFFICE.officer, *path, act="reassign", review=review.pk, version=review.version, **data)
    assert answer.status_code == 302
    review.refresh_from_db()
    assert review.status == "reassigned"
    assert application.reviews.get(reviewer=other).due_on == review.due_on
    data[f"{prefix}-reviewer"] = OFFICE.officer.pk
    answer = post(OFFICE.officer, *path, act="reassign", review=review.pk, version=review.version, **data)
    assert answer.status_code == 404  # it is over


def test_what_is_not_an_act_of_the_page_is_not_found():
    application = application_at("in_review")
    other = application_at("in_review")
    path = ["reviews_assign", application.pk]
    review = other.reviews.first()
    for act in ("void", "reassign", "keep", "explode"):
        assert post(OFFICE.officer, *path, act=act, review=review.pk, version=0).status_code == 404
    assert post(OFFICE.officer, *path, act="void").status_code == 404


def test_reviews_of_the_earlier_version_are_kept_or_voided_before_the_review_goes_on():
    application = application_at("in_review")
    kept, dropped = application.reviews.order_by("pk")
    send_review(kept)
    application = return_for_changes(fresh(application))
    application = submit(application, now=NOON + DAY)
    sign(application)
    path = ["reviews_assign", application.pk]
    page = get(OFFICE.officer, *path)
    assert page.text.count("It belongs to an earlier version") == 2
    assert "Keep or void each review of the earlier version first." in page.text
    kept.refresh_from_db()
    answer = post(OFFICE.officer, *path, act="keep", review=kept.pk, version=kept.version)
    assert answer.status_code == 302
    data = {f"void{dropped.pk}-reason": "The budget changed."}
    post(OFFICE.officer, *path, act="void", review=dropped.pk, version=dropped.version, **data)
    assert list(Review.objects.counting_for(application.latest_submission)) == [kept]
    page = get(OFFICE.officer, *path)
    assert "It belongs to an earlier version" not in page.text


# --- How much a page asks -------------------------------------------------------------------------------


def test_the_page_of_reviewers_asks_the_same_number_of_questions(staff, django_assert_num_queries):
    application = application_at("in_review")
    client = browser(OFFICE.officer)
    address = reverse("reviews_assign", args=[application.pk])
    client.get(address)
    with django_assert_num_queries(QUERIES_OF_REVIEWERS):
        client.get(address)
    for number in range(30):
        person = staff_member(f"more{number}", Role.REVIEWER)
        judging.assign_reviewer(by=OFFICE.officer, application=application, reviewer=person, now=NOON)
    with django_assert_num_queries(QUERIES_OF_REVIEWERS):
        assert client.get(address).status_code == 200


QUERIES_OF_REVIEWERS = 19
