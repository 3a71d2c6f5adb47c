"""The reviewer's pages: interest first, then scores; nobody sees another's scores."""

import datetime as dt

import pytest
from django.urls import reverse

from accounts.roles import Role
from applications import scoring
from applications.models import Review
from applications.workflow import REVIEW
from core.models import Document
from tests.applications.staff_pages import browser, get, post, problems, words
from tests.clock import NOON
from tests.factories_applications import (
    DAY,
    OFFICE,
    application_at,
    assign,
    send_review,
    sign,
    staff_member,
    write_review,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen", "in_review_stands")]


def first_review(status: str = "in_review", **how) -> Review:
    """The review of reviewer1."""
    return application_at(status, **how).reviews.get(reviewer=OFFICE.reviewers[0])


def declared(review: Review) -> Review:
    return REVIEW.apply(review, "declare_interest", by=review.reviewer, now=NOON, data={"no_interest": True})


def answers(review: Review, score: str = "8", reason: str = "It convinces.", **more) -> dict[str, str]:
    """A whole review as it is typed."""
    typed: dict[str, str] = {"comment": "A good plan.", "advice": "approve"}
    for criterion in review.application.call.criteria.all():
        typed[f"score_{criterion.pk}"] = score
        typed[f"reason_{criterion.pk}"] = reason
    return typed | more


def send(review: Review, act: str, user=None, **typed):
    version = Review.objects.get(pk=review.pk).version
    return post(user or review.reviewer, "review_detail", review.pk, version=version, act=act, **typed)


# --- Who sees what ------------------------------------------------------------------------------------


def test_only_reviewers_have_a_queue(stranger):
    for user in (OFFICE.officer, OFFICE.approver, stranger):
        page = get(user, "review_list")
        assert page.status_code == 403
        assert "Reviewer" in page.text
    assert get(OFFICE.reviewers[0], "review_list").status_code == 200


def test_a_reviewer_sees_only_what_was_assigned_to_them(staff):
    mine = application_at("in_review", reviewers=OFFICE.reviewers)
    third, fourth = staff("reviewer3", Role.REVIEWER), staff("reviewer4", Role.REVIEWER)
    others = application_at("in_review", reviewers=[third, fourth])
    page = words(get(OFFICE.reviewers[0], "review_list"))
    assert mine.reference in page
    assert others.reference not in page
    assert get(OFFICE.reviewers[0], "review_detail", others.reviews.first().pk).status_code == 404
    assert get(OFFICE.reviewers[0], "application_detail", others.pk).status_code == 404


def test_the_review_of_another_person_is_not_there_even_on_the_same_case():
    application = application_at("in_review")
    own, other = application.reviews.order_by("pk")
    assert own.reviewer == OFFICE.reviewers[0]
    send_review(other, 3)
    for name in ("review_detail", "review_total"):
        assert post(own.reviewer, name, other.pk, version=other.version).status_code == 404
    assert get(own.reviewer, "review_detail", other.pk).status_code == 404
    send_review(own, 9)
    own_page = words(get(own.reviewer, "review_detail", own.pk))
    assert "90 %" in own_page.replace("\xa0", " ")
    assert "30 %" not in own_page.replace("\xa0", " ")
    assert get(own.reviewer, "reviews_assign", application.pk).status_code == 403
    assert get(own.reviewer, "recommend", application.pk).status_code == 403


def test_a_reviewer_does_not_read_the_decision_with_the_others_comments():
    application = application_at("approved")
    decision = application.decisions.get()
    page = get(OFFICE.reviewers[0], "decision_detail", decision.pk)
    assert page.status_code == 403
    assert post(OFFICE.reviewers[0], "decision_letter", decision.pk).status_code == 403


def test_the_groups_people_never_see_a_review(stranger):
    review = first_review()
    representative = review.application.group.representative
    assert get(representative, "review_detail", review.pk).status_code == 404
    assert get(stranger, "review_detail", review.pk).status_code == 404
    assert post(representative, "review_detail", review.pk, version=review.version).status_code == 404


def test_staff_read_scores_only_once_they_are_sent(finance):
    review = write_review(first_review(), 7)
    for user in (OFFICE.officer, OFFICE.approver):
        page = words(get(user, "review_detail", review.pk))
        assert "the reviewer's own until the review is sent" in page.replace("&#x27;", "'")
        assert "It convinces." not in page
    assert get(finance, "review_detail", review.pk).status_code == 404
    review = REVIEW.apply(review, "send", by=review.reviewer, now=NOON)
    for user in (OFFICE.officer, OFFICE.approver):
        assert "It convinces." in get(user, "review_detail", review.pk).text


def test_staff_do_not_write_in_a_review():
    review = declared(first_review())
    for user in (OFFICE.officer, OFFICE.approver):
        page = send(review, "save", user=user, **answers(review))
        assert page.status_code == 403
        assert "Reviewer" in page.text
        assert post(user, "review_total", review.pk).status_code == 403
    assert not review.scores.exists()


def test_who_lost_the_role_of_reviewer_finds_nothing(staff):
    person = staff("reviewer3", Role.REVIEWER)
    application = application_at("in_review", reviewers=[person, OFFICE.reviewers[0]])
    review = application.reviews.get(reviewer=person)
    person.role_grants.update(valid_to=NOON - DAY)
    person.forget_roles()
    assert get(person, "review_detail", review.pk).status_code == 404
    assert get(person, "review_list").status_code == 403


# --- The queue ----------------------------------------------------------------------------------------


def test_the_queue_stands_in_the_order_of_due_dates_and_marks_what_is_late(frozen):
    later = application_at("in_review")
    sooner = application_at("in_review")
    sooner.reviews.update(due_on=dt.date(2026, 3, 12))
    frozen.move_to(NOON + 5 * DAY)
    page = words(get(OFFICE.reviewers[0], "review_list"))
    assert page.index(sooner.reference) < page.index(later.reference)
    assert page.count("Late") == 1
    send_review(later.reviews.get(reviewer=OFFICE.reviewers[0]))
    page = words(get(OFFICE.reviewers[0], "review_list"))
    assert page.index("To write, by due date") < page.index(sooner.reference) < page.index(later.reference)


def test_an_empty_queue_says_what_happens_next():
    page = get(staff_member("reviewer3", Role.REVIEWER), "review_list")
    assert "No review waits for you." in page.text


def test_the_queue_asks_the_same_number_of_questions(django_assert_num_queries):
    client = browser(OFFICE.reviewers[0])
    application_at("in_review")
    application_at("recommended")
    client.get(reverse("review_list"))
    with django_assert_num_queries(QUERIES_OF_QUEUE):
        client.get(reverse("review_list"))
    for _number in range(29):
        application_at("in_review")
    application_at("recommended")
    with django_assert_num_queries(QUERIES_OF_QUEUE):
        page = client.get(reverse("review_list"))
    assert page.text.count("/reviews/") >= 30


# The session, the person, their roles, the bell; what is to write, what was sent and how many of those.
QUERIES_OF_QUEUE = 7


# --- Interest -----------------------------------------------------------------------------------------


def test_interest_comes_before_the_dossier():
    review = first_review()
    page = get(review.reviewer, "review_detail", review.pk)
    assert "have you an interest in this case?" in page.text
    assert "Carpintería 1 SRL" in page.text
    assert "We dry wood in the open" not in page.text
    page = post(review.reviewer, "review_detail", review.pk, version=review.version)
    assert page.status_code == 422
    assert "Say whether you have an interest." in problems(page)


def test_who_has_none_goes_on_to_the_dossier():
    review = first_review()
    answer = post(review.reviewer, "review_detail", review.pk, version=review.version, interest="none")
    assert answer.status_code == 302
    page = get(review.reviewer, "review_detail", review.pk)
    assert "We dry wood in the open" in page.text
    review.refresh_from_db()
    assert (review.status, review.no_interest) == ("interest_declared", True)


def test_who_has_one_says_which_and_is_out():
    review = first_review()
    page = post(review.reviewer, "review_detail", review.pk, version=review.version, interest="some")
    assert page.status_code == 422
    assert "Say which interest you have." in problems(page)
    answer = post(
        review.reviewer,
        "review_detail",
        review.pk,
        version=review.version,
        interest="some",
        reason="I sell to one of them.",
    )
    assert answer.url == reverse("review_list")
    review.refresh_from_db()
    assert (review.status, review.no_interest) == ("declined", False)
    assert get(review.reviewer, "review_detail", review.pk).status_code == 404


def test_interest_from_a_stale_page_is_refused():
    review = first_review()
    page = post(review.reviewer, "review_detail", review.pk, version=review.version + 1, interest="none")
    assert page.status_code == 409


def test_before_the_review_starts_the_dossier_is_read_and_not_scored():
    application = application_at("submitted")
    sign(application)
    review = declared(assign(application, reviewers=OFFICE.reviewers[:1])[0])
    page = get(review.reviewer, "review_detail", review.pk)
    assert "You can score once the review has begun." in page.text
    assert 'name="advice"' not in page.text
    assert send(review, "save", **answers(review)).status_code == 409


# --- The dossier --------------------------------------------------------------------------------------


def test_the_dossier_is_the_frozen_submission_with_its_documents(worker):
    review = declared(first_review())
    page = get(review.reviewer, "review_detail", review.pk)
    text = words(page)
    for part in (
        "We dry wood in the open, and lose a third of it.",
        "Carpintería 5 SRL",
        "Buy and install the kiln",
        "Drying kiln",
        "$ 2.500.000,00",
        "$ 5.000.000,00",
        "minutes.pdf",
    ):
        assert part in text
    document = Document.objects.get(case=review.case, kind="application")
    assert reverse("document", args=[document.pk]) in page.text
    assert get(review.reviewer, "document", document.pk).status_code == 200


def test_the_dossier_of_an_earlier_version_does_not_change_with_the_group():
    review = declared(first_review())
    group = review.application.group
    group.name = "Another name"
    group.save()
    page = words(get(review.reviewer, "review_detail", review.pk))
    assert "Muebles del Norte" in page


# --- Writing and sending ------------------------------------------------------------------------------


def test_a_draft_is_saved_incomplete_and_comes_back():
    review = declared(first_review())
    learning = review.application.call.criteria.first()
    answer = send(review, "save", **{f"score_{learning.pk}": "7", "comment": "So far so good."})
    assert answer.status_code == 302
    review.refresh_from_db()
    assert review.status == "draft"
    page = get(review.reviewer, "review_detail", review.pk)
    assert "So far so good." in page.text
    assert f'name="score_{learning.pk}" value="7"' in page.text
    assert "Score every criterion to see the total." in page.text
    assert review.scores.get(criterion=learning).score == 7


def test_a_whole_review_is_sent_and_read_only_afterwards():
    review = declared(first_review())
    answer = send(review, "send", **answers(review))
    assert answer.status_code == 302
    review.refresh_from_db()
    assert (review.status, str(review.total)) == ("sent", "80.00")
    page = get(review.reviewer, "review_detail", review.pk)
    assert "You sent your review." not in page.text  # another browser: the message was the first one's
    assert "80\xa0%" in page.text
    assert "<textarea" not in page.text
    assert send(review, "save", **answers(review, "1")).status_code == 409
    assert send(review, "send", **answers(review, "1")).status_code == 409
    assert {score.score for score in review.scores.all()} == {8}


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ("score", "Fill in “Score for “Learning”, from 0 to 10”."),
        ("reason", "Fill in “Why this score for “Learning””."),
        ("comment", "Fill in “Comment for the group”."),
        ("advice", "Fill in “Your advice”."),
    ],
)
def test_sending_asks_for_everything_and_loses_nothing_typed(change, sentence):
    review = declared(first_review())
    learning = review.application.call.criteria.first()
    typed = answers(review, reason="A very good reason.")
    del typed[f"{change}_{learning.pk}" if change in ("score", "reason") else change]
    page = send(review, "send", **typed)
    assert page.status_code == 422
    assert sentence in problems(page)
    assert "A very good reason." in page.text
    review.refresh_from_db()
    assert review.status == "interest_declared"


@pytest.mark.parametrize("score", ["11", "-1", "7.5", "NaN", "1e3", "x", "99999999999999999999"])
@pytest.mark.parametrize("act", ["save", "send"])
def test_a_score_outside_its_scale_is_said_at_the_field(act, score):
    review = declared(first_review())
    learning = review.application.call.criteria.first()
    page = send(review, act, **answers(review) | {f"score_{learning.pk}": score})
    assert page.status_code == 422
    assert f'href="#id_score_{learning.pk}"' in page.text
    assert not review.scores.exists()


def test_a_made_up_advice_is_refused():
    review = declared(first_review())
    assert send(review, "send", **answers(review, advice="bribe")).status_code == 422


def test_two_tabs_do_not_overwrite_each_other():
    review = declared(first_review())
    version = Review.objects.get(pk=review.pk).version
    first = post(
        review.reviewer,
        "review_detail",
        review.pk,
        version=version,
        act="save",
        comment="From the first tab.",
    )
    assert first.status_code == 302
    second = post(
        review.reviewer,
        "review_detail",
        review.pk,
        version=version,
        act="save",
        comment="From the second tab.",
    )
    assert second.status_code == 409
    assert "Somebody changed this" in problems(second)
    assert "From the second tab." in second.text
    review.refresh_from_db()
    assert review.comment == "From the first tab."


def test_the_total_follows_what_is_typed_and_saves_nothing():
    review = declared(first_review())
    learning, plan = review.application.call.criteria.all()
    page = post(
        review.reviewer, "review_total", review.pk, **{f"score_{learning.pk}": "10", f"score_{plan.pk}": "5"}
    )
    assert page.status_code == 200
    assert "80\xa0%" in page.text  # 60 % of the weight at 10, 40 % at 5
    assert "<html" not in page.text
    assert not review.scores.exists()
    page = post(review.reviewer, "review_total", review.pk, **{f"score_{learning.pk}": "x"})
    assert "Score every criterion" in page.text


def test_the_same_total_is_shown_live_and_kept_when_sent():
    review = declared(first_review())
    learning, plan = review.application.call.criteria.all()
    typed = answers(review) | {f"score_{learning.pk}": "7", f"score_{plan.pk}": "3"}
    live = post(review.reviewer, "review_total", review.pk, **typed).text
    send(review, "send", **typed)
    review.refresh_from_db()
    assert f"{review.total:.0f}\xa0%" in live
    assert scoring.weighted_total(review) == review.total
