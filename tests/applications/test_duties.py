"""What somebody owes by a date (PROGRAMME 7): each source names who, until when and where, and nothing that is done."""

import datetime as dt

import pytest

from accounts.roles import Role
from applications import duties
from applications.models import Application
from applications.workflow import APPLICATION, REVIEW
from core import duties as owed
from core.dates import day_of
from tests.clock import NOON
from tests.factories_applications import (
    OFFICE,
    application_at,
    assign,
    draft,
    make_call,
    return_for_changes,
    send_review,
    staff_member,
    submit,
    write_review,
)
from tests.factories_groups import give_place, make_group

pytestmark = pytest.mark.django_db
TODAY = day_of(NOON)
DAY = dt.timedelta(days=1)


def of(user, today: dt.date = TODAY) -> list[tuple[str, dt.date]]:
    """What a person owes: kind and day."""
    return [(duty.key.rpartition(".")[0], duty.due_on) for duty in owed.of(user, today)]


def test_a_draft_is_owed_by_the_representative_until_the_call_closes(member):
    application = draft()
    give_place(application.group, member)
    by, closes = application.group.representative, day_of(application.call.closes_at)
    duty = next(iter(owed.of(by, TODAY)))
    assert (duty.key, duty.due_on, duty.case_id) == (
        f"application.submit.{application.pk}",
        closes,
        application.case_id,
    )
    assert duty.words() == f"Submit your application to call {application.call.code}"
    assert duty.url == f"/applications/{application.pk}/"
    assert of(member) == []
    assert of(by, closes) != []
    assert of(by, closes + DAY) == []  # it lapses: nothing can be done any more


def test_a_call_without_closing_day_makes_nobody_owe():
    application = draft(call=make_call(closes_at=None))
    assert of(application.group.representative) == []


def test_what_was_submitted_is_owed_by_officers_until_it_is_taken_up(officer):
    application = application_at("submitted")
    assert of(application.group.representative) == []
    assert of(officer) == [("application.check", dt.date(2026, 3, 20))]
    assert of(application_at("in_review").group.representative) == []
    assert len(of(officer)) == 1


def test_an_answer_is_owed_by_the_representative_while_it_is_out(officer):
    application = application_at("changes_requested")
    by = application.group.representative
    assert of(by) == [("application.answer", dt.date(2026, 3, 20))]
    assert of(officer) == []
    submit(application)
    assert of(by) == []


def test_a_new_representative_owes_what_the_old_one_did(person):
    application = application_at("changes_requested")
    old, new = application.group.representative, person("new")
    application.group.people.filter(user=old).update(until=TODAY)
    give_place(application.group, new, Role.REPRESENTATIVE)
    assert of(old) == []
    assert of(new) == [("application.answer", dt.date(2026, 3, 20))]


def test_a_review_is_owed_by_its_reviewer_and_watched_by_the_officer_when_late():
    application = application_at("in_review")
    review = application.reviews.first()
    late = review.due_on + 7 * DAY
    assert of(review.reviewer) == [("review", review.due_on)]
    assert of(OFFICE.officer, review.due_on + 6 * DAY) == []
    assert of(OFFICE.officer, late) == [("review", review.due_on)] * 2
    send_review(review)
    assert of(review.reviewer) == []
    assert of(OFFICE.officer, late) == [("review", review.due_on)]


def test_a_review_is_owed_in_each_state_before_it_is_sent():
    review = application_at("in_review").reviews.first()
    by, owed_then = review.reviewer, [("review", review.due_on)]
    assert (review.status, of(by)) == ("assigned", owed_then)
    review = REVIEW.apply(review, "declare_interest", by=by, now=NOON, data={"no_interest": True})
    assert (review.status, of(by)) == ("interest_declared", owed_then)
    review = write_review(review)
    assert (review.status, of(by)) == ("draft", owed_then)
    assert of(by, review.due_on + 3 * DAY) == owed_then


@pytest.mark.parametrize("name", ["decline", "reassign", "void"])
def test_a_review_that_was_taken_or_given_back_is_owed_no_more(name):
    review = application_at("in_review").reviews.first()
    by = review.reviewer if name == "decline" else OFFICE.officer
    REVIEW.apply(review, name, by=by, now=NOON, data={"reason": "Busy."})
    assert of(review.reviewer) == []


def test_no_review_is_owed_while_the_application_is_back_with_its_group_or_over():
    application = application_at("in_review")
    reviewer = application.reviews.first().reviewer
    returned = return_for_changes(application)
    assert of(reviewer) == []
    APPLICATION.apply(
        returned, "withdraw", by=returned.group.representative, now=NOON, data={"reason": "No."}
    )
    assert of(reviewer) == []


def test_a_decision_is_owed_by_every_approver_until_it_is_taken(approver, approver2, officer):
    application = application_at("recommended", call=make_call(days_to_decide=5))
    for person in (approver, approver2):
        assert of(person) == [("application.decide", dt.date(2026, 3, 15))]
    assert of(officer) == []
    APPLICATION.apply(
        application,
        "reject",
        by=approver,
        now=NOON,
        data={"reason": "No.", "resolution": "R-1"},
    )
    assert of(approver2) == []


def test_a_reconsideration_is_owed_by_every_approver(approver):
    application_at("reconsideration")
    assert of(approver) == [("application.reconsider", dt.date(2026, 3, 25))]


def test_nobody_of_staff_owes_anything_on_a_case_of_their_own_group(officer):
    group = make_group()
    give_place(group, officer, Role.VIEWER)
    application_at("submitted", group=group)
    assert of(officer) == []
    assert len(list(duties.eligibility(today=TODAY))) == 0


@pytest.mark.parametrize(
    ("source", "state"),
    [
        (duties.drafts, "draft"),
        (duties.answers, "changes_requested"),
        (duties.reviews, "in_review"),
        (duties.eligibility, "submitted"),
        (duties.decisions, "recommended"),
        (duties.reconsiderations, "reconsideration"),
    ],
)
def test_each_source_is_bounded_by_the_days_both_included(officer, approver, source, state):
    application_at(state)
    found = list(source(today=TODAY))
    due = found[0].due_on
    assert list(source(today=TODAY, due_from=due, due_to=due)) == found
    assert list(source(today=TODAY, due_from=due + DAY)) == []
    assert list(source(today=TODAY, due_to=due - DAY)) == []


def add(state: str, number: int) -> Application:
    return application_at(state, call=make_call(code=f"N-{number}"))


@pytest.mark.parametrize(
    ("source", "state", "queries"),
    [
        (duties.drafts, "draft", 1),
        (duties.answers, "changes_requested", 1),
        (duties.reviews, "in_review", 2),
        (duties.eligibility, "submitted", 3),
        (duties.decisions, "recommended", 3),
    ],
)
def test_a_source_takes_a_constant_number_of_queries(
    officer, approver, source, state, queries, django_assert_num_queries
):
    for number in range(1, 4):
        add(state, number)
        with django_assert_num_queries(queries):
            assert list(source(today=TODAY))


def test_a_reviewer_who_is_the_officer_too_is_asked_once():
    both = staff_member("officer", Role.REVIEWER)
    staff_member("officer", Role.OFFICER)
    review = assign(application_at("submitted"), reviewers=[both])[0]
    assert of(both, review.due_on + 8 * DAY).count(("review", review.due_on)) == 1
