"""The reviewer's pages: interest first, then scores; nobody sees another's scores."""

import datetime as dt
import re

import pytest
from django.urls import reverse

from accounts.roles import Role
from applications import guards, scoring
from applications.models import Review
from applications.workflow import REVIEW
from core.models import Document
from tests.applications.acts import messages
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


def carried(page) -> dict[str, list[str]]:
    """What the hidden fields of a page hold: its version, and what it was opened with."""
    found: dict[str, list[str]] = {}
    for name, value in re.findall(
        r'<input type="hidden" name="(version|was|seen)" value="([^"]*)">', page.text
    ):
        found.setdefault(name, []).append(value)
    return found


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
    for _number in range(5):
        application_at("in_review")
    application_at("recommended")
    with django_assert_num_queries(QUERIES_OF_QUEUE):
        page = client.get(reverse("review_list"))
    assert page.text.count("/reviews/") >= 6


# The session, the person, their roles, the bell; what is to write, what was sent and how many of those.
QUERIES_OF_QUEUE = 7


def test_the_queue_offers_to_decline_and_not_what_was_sent():
    waits, done = application_at("in_review"), application_at("in_review")
    mine = waits.reviews.get(reviewer=OFFICE.reviewers[0])
    sent = send_review(done.reviews.get(reviewer=OFFICE.reviewers[0]))
    page = get(OFFICE.reviewers[0], "review_list").text
    assert reverse("review_decline", args=[mine.pk]) in page
    assert reverse("review_decline", args=[sent.pk]) not in page


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
    kind = "score" if score.lstrip("-").isdigit() else "whole number"
    assert f"“Learning”: a {kind} from 0 to 10." in problems(page)
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
    assert "You saved this from another window" in second.text
    assert "Saved now: From the first tab." in words(second)
    assert "You typed: From the second tab." in words(second)
    review.refresh_from_db()
    assert review.comment == "From the first tab."
    again = carried(second) | {"comment": "From the second tab.", "act": "save"}
    assert browser(review.reviewer).post(reverse("review_detail", args=[review.pk]), again).status_code == 302
    review.refresh_from_db()
    assert review.comment == "From the second tab."


@pytest.mark.parametrize("act", ["save", "send"])
def test_two_tabs_that_wrote_different_fields_lose_neither(act):
    review = declared(first_review())
    address = reverse("review_detail", args=[review.pk])
    learning, plan = review.application.call.criteria.all()
    old = get(review.reviewer, "review_detail", review.pk)
    first = {f"score_{learning.pk}": "7", f"reason_{learning.pk}": "Clear."}
    send(review, "save", **first, comment="From the first tab.")
    whole = {
        f"{what}_{each.pk}": value
        for each in (learning, plan)
        for what, value in (("score", ""), ("reason", ""))
    }
    typed = carried(old) | whole | {f"reason_{plan.pk}": "Of the second tab.", "comment": "", "act": act}
    answer = browser(review.reviewer).post(address, typed)
    if act == "save":
        assert answer.status_code == 302
        review.refresh_from_db()
        assert review.comment == "From the first tab."
        assert {row.reason for row in review.scores.all()} == {"Clear.", "Of the second tab."}
        return
    # What is still empty in this window is not sent.
    assert answer.status_code == 422


def test_what_another_tab_wrote_is_not_sent_before_it_was_shown():
    review = declared(first_review())
    address = reverse("review_detail", args=[review.pk])
    old = get(review.reviewer, "review_detail", review.pk)
    send(review, "save", **answers(review, comment="From the first tab."))
    typed = answers(review, comment="From the second tab.") | {"act": "send"}
    shown = browser(review.reviewer).post(address, carried(old) | typed)
    assert shown.status_code == 409
    review.refresh_from_db()
    assert (review.status, review.comment) == ("draft", "From the first tab.")
    assert browser(review.reviewer).post(address, carried(shown) | typed).status_code == 302
    review.refresh_from_db()
    assert (review.status, review.comment) == ("sent", "From the second tab.")


# --- It saves itself ----------------------------------------------------------------------------------


def saves_itself(page, review: Review, **typed):
    """What htmx sends when a field of this page is left."""
    client = browser(review.reviewer)
    client.defaults |= {"HTTP_HX_REQUEST": "true"}
    return client.post(reverse("review_detail", args=[review.pk]), carried(page) | typed)


def test_what_saves_itself_never_sends():
    """htmx tells the button that was pressed last, also while the form itself is on its way."""
    review = declared(first_review())
    page = get(review.reviewer, "review_detail", review.pk)
    page = saves_itself(page, review, act="send", **answers(review))
    assert "Saved 12:00" in words(page)
    review.refresh_from_db()
    assert review.status == "draft"
    assert send(review, "send", **answers(review)).status_code == 302
    review.refresh_from_db()
    assert review.status == "sent"


def test_a_half_written_review_is_kept_without_a_click():
    review = declared(first_review())
    page = get(review.reviewer, "review_detail", review.pk)
    learning, plan = review.application.call.criteria.all()
    page = saves_itself(
        page, review, **{f"score_{learning.pk}": "7", f"reason_{learning.pk}": "", "comment": "So"}
    )
    assert page.status_code == 200
    assert page.headers["HX-Trigger"] == "saved"
    assert 'id="saved" role="status"' in page.text
    assert "Saved 12:00" in words(page)
    assert "<html" not in page.text
    # The part that came back carries what the next save compares by.
    page = saves_itself(
        page, review, **{f"score_{learning.pk}": "6", f"reason_{learning.pk}": "Vague.", "comment": "So"}
    )
    assert "Saved 12:00" in words(page)
    review.refresh_from_db()
    row = review.scores.get(criterion=learning)
    assert (review.status, row.score, row.reason, review.comment) == ("draft", 6, "Vague.", "So")
    assert not review.scores.filter(criterion=plan).exists()


def test_saving_itself_is_told_once_and_not_again_on_the_timeline():
    review = declared(first_review())
    before = review.case.events.count()
    page = get(review.reviewer, "review_detail", review.pk)
    for comment in ("So", "So far", "So far", "So far so good"):
        page = saves_itself(page, review, comment=comment)
    assert [event.action for event in review.case.events.order_by("sequence")][before:] == ["review.write"]
    review.refresh_from_db()
    assert review.version == declared_version(review) + 3, "what changed nothing is no version"


def declared_version(review: Review) -> int:
    """The version that a review has once interest is declared: each step of the workflow makes one."""
    return 1


def test_what_cannot_be_saved_by_itself_is_said_and_nothing_is_kept():
    review = declared(first_review())
    learning = review.application.call.criteria.first()
    page = get(review.reviewer, "review_detail", review.pk)
    answer = saves_itself(page, review, **{f"score_{learning.pk}": "11", "comment": "So"})
    assert answer.status_code == 422
    assert "Not saved:" in answer.text
    assert "HX-Trigger" not in answer.headers
    assert not review.scores.exists()


def test_a_page_that_saves_itself_never_overwrites_another_window():
    review = declared(first_review())
    page = get(review.reviewer, "review_detail", review.pk)
    send(review, "save", comment="From the first tab.")
    answer = page
    for _twice in range(2):
        answer = saves_itself(answer, review, comment="From the second tab.")
        assert answer.status_code == 422
        assert "Saved now: From the first tab." in words(answer)
    review.refresh_from_db()
    assert review.comment == "From the first tab."


def test_a_page_left_open_says_that_the_review_was_sent():
    review = declared(first_review())
    page = get(review.reviewer, "review_detail", review.pk)
    send(review, "send", **answers(review))
    answer = saves_itself(page, review, comment="Late.")
    assert answer.status_code == 422
    assert "cannot be changed any more" in words(answer)


def test_saving_itself_asks_little(django_assert_num_queries):
    review = declared(first_review())
    page = get(review.reviewer, "review_detail", review.pk)
    typed = answers(review)
    page = saves_itself(page, review, **typed)
    client = browser(review.reviewer)
    client.defaults |= {"HTTP_HX_REQUEST": "true"}
    address = reverse("review_detail", args=[review.pk])
    with django_assert_num_queries(QUERIES_OF_A_SAVE):
        client.post(address, carried(page) | typed | {"comment": "Another."})


# The session, the person and their roles; the review, twice, with what its roles hang on (4 each), its criteria and
# scores; who is barred; locks and savepoints (5); what changed (2).
QUERIES_OF_A_SAVE = 22


# --- Before it can be sent ----------------------------------------------------------------------------


def test_what_is_missing_stands_in_one_place_with_links_to_the_fields():
    review = declared(first_review())
    learning, plan = review.application.call.criteria.all()
    send(review, "save", **{f"score_{learning.pk}": "7", f"reason_{learning.pk}": "Clear."})
    page = get(review.reviewer, "review_detail", review.pk).text
    for target in (f"id_score_{plan.pk}", f"id_reason_{plan.pk}", "id_comment", "id_advice_0"):
        assert f'<a href="#{target}">' in page
        assert f'id="{target}"' in page
    assert f'<a href="#id_score_{learning.pk}">' not in page
    typed = answers(review)
    live = post(review.reviewer, "review_total", review.pk, **typed)
    assert "Before you can send it" not in live.text
    client = browser(review.reviewer)
    live = client.post(reverse("review_total", args=[review.pk]), typed, headers={"hx-request": "true"})
    assert 'id="missing" hx-swap-oob="true"' in live.text
    assert "Nothing is missing" in live.text
    del typed["advice"]
    live = client.post(reverse("review_total", args=[review.pk]), typed, headers={"hx-request": "true"})
    assert '<a href="#id_advice_0">Your advice</a></p>' in live.text


# --- Declining ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["assigned", "interest_declared", "draft"])
@pytest.mark.parametrize("interest", ["none", "some"])
def test_a_review_is_declined_with_its_reason_until_it_is_sent(state, interest):
    review = first_review()
    if state != "assigned":
        review = declared(review)
    if state == "draft":
        review = write_review(review)
    assert review.status == state
    if state != "draft":
        assert (
            reverse("review_decline", args=[review.pk])
            in get(review.reviewer, "review_detail", review.pk).text
        )
    assert get(review.reviewer, "review_decline", review.pk).status_code == 200
    answer = post(
        review.reviewer, "review_decline", review.pk, version=review.version, interest=interest, reason="Ill."
    )
    assert answer.url == reverse("review_list")
    review.refresh_from_db()
    assert (review.status, review.no_interest is False) == ("declined", interest == "some")
    assert messages("review_declined") == [OFFICE.officer.email]
    event = review.case.events.get(action="review.decline")
    assert (event.actor, event.text.text) == (review.reviewer, "Ill.")
    assert get(review.reviewer, "review_detail", review.pk).status_code == 404
    barred = review.reviewer_id in guards.barred_from_reviewing(review.application)
    assert barred == (interest == "some"), "who has an interest is not asked again"


def test_declining_asks_why():
    review = first_review()
    page = post(review.reviewer, "review_decline", review.pk, version=review.version)
    assert page.status_code == 422
    assert "Say why you decline." in problems(page)
    assert "Fill in “In a few words”." in problems(page)
    page = post(
        review.reviewer,
        "review_decline",
        review.pk,
        version=review.version + 1,
        interest="none",
        reason="Ill.",
    )
    assert page.status_code == 409
    assert "Ill." in page.text


def test_who_declines_tells_the_officer_in_charge():
    review = first_review()
    other = staff_member("officer2", Role.OFFICER)
    review.application.officer = other
    review.application.save(update_fields=["officer"])
    post(review.reviewer, "review_decline", review.pk, version=review.version, interest="none", reason="Ill.")
    assert messages("review_declined") == [other.email]


def test_what_was_sent_is_not_declined_any_more():
    review = send_review(first_review())
    page = get(review.reviewer, "review_decline", review.pk)
    assert "cannot be declined any more" in page.text
    assert "<textarea" not in page.text
    page = post(
        review.reviewer, "review_decline", review.pk, version=review.version, interest="none", reason="Ill."
    )
    assert page.status_code == 409


def test_nobody_declines_for_another():
    own, other = application_at("in_review").reviews.order_by("pk")
    asked = {"version": other.version, "interest": "none", "reason": "Ill."}
    assert post(own.reviewer, "review_decline", other.pk, **asked).status_code == 404
    assert post(OFFICE.officer, "review_decline", other.pk, **asked).status_code == 403


# --- The total ----------------------------------------------------------------------------------------


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
