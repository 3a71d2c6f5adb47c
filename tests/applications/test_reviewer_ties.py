"""Ties that keep a person from reviewing, also when they come after the assignment (PROGRAMME 3)."""

import pytest
from django.db import IntegrityError, transaction

from accounts.roles import Role
from applications import guards, judging, ties
from applications.models import Application, DeclaredRelation, Review
from applications.workflow import APPLICATION, REVIEW
from core.workflow import NotAllowed, TransitionRefused
from tests.applications.staff_pages import get
from tests.clock import NOON
from tests.factories_applications import (
    OFFICE,
    amounts_of,
    application_at,
    assign,
    return_for_changes,
    send_review,
    staff_member,
    submit,
    write_review,
)
from tests.factories_groups import give_place

pytestmark = pytest.mark.django_db


def declare(person, **to) -> DeclaredRelation:
    return DeclaredRelation.objects.create(user=person, kind="works", declared_at=NOON, **to)


def test_a_declared_tie_and_an_address_of_a_firm_bar_from_reviewing():
    application = application_at("submitted")
    first, second = OFFICE.reviewers
    place = application.group.memberships.filter(left_on=None).first()
    tie = declare(first, firm=place.firm)
    with pytest.raises(TransitionRefused, match="tie to a firm in this group"):
        assign(application, reviewers=[first])
    tie.ended_at = NOON
    tie.save()
    assert guards.why_not_reviewer(application, first) == ""
    declare(first, group=application.group)
    assert "tie to this group" in guards.why_not_reviewer(application, first)
    place.firm.contact_email = second.email.upper()
    place.firm.save()
    assert "address is that of a firm" in guards.why_not_reviewer(application, second)


def test_a_tie_after_the_assignment_stops_the_review():
    application = application_at("in_review")
    first, second = application.reviews.order_by("pk")
    declare(first.reviewer, group=application.group)
    with pytest.raises(TransitionRefused, match="Somebody else must review it"):
        REVIEW.apply(first, "declare_interest", by=first.reviewer, now=NOON, data={"no_interest": True})
    said = {"no_interest": False, "reason": "I work there."}
    assert (
        REVIEW.apply(first, "declare_interest", by=first.reviewer, now=NOON, data=said).no_interest is False
    )
    second = write_review(second)
    tie = declare(second.reviewer, group=application.group)
    with pytest.raises(TransitionRefused, match="Somebody else must review it"):
        write_review(second, 3)
    with pytest.raises(TransitionRefused, match="Somebody else must review it"):
        REVIEW.apply(second, "send", by=second.reviewer, now=NOON, data={})
    tie.delete()
    assert second.scores.first().score == 8
    give_place(application.group, second.reviewer)
    with pytest.raises(NotAllowed):
        REVIEW.apply(second, "send", by=second.reviewer, now=NOON, data={})


# --- After it was sent -----------------------------------------------------------------------------------


def all_in() -> Application:
    """Everything is there for a recommendation."""
    application = application_at("in_review")
    for review in application.reviews.all():
        send_review(review)
    return Application.objects.get(pk=application.pk)


def recommend(application: Application) -> Application:
    data = {"amounts": amounts_of(application), "reason": "It fits."}
    return APPLICATION.apply(application, "recommend", by=OFFICE.officer, now=NOON, data=data)


def why_not_yet(application: Application) -> str:
    """What an officer reads before pressing."""
    rows = APPLICATION.available(application, by=OFFICE.officer, now=NOON)
    return {row.name: row.reason for row in rows}["recommend"]


@pytest.mark.parametrize("tie", ["declared", "of_firm", "joined"])
def test_a_sent_review_whose_reviewer_is_tied_since_does_not_count_without_a_word(tie):
    application = all_in()
    assert why_not_yet(application) == ""
    person = OFFICE.reviewers[0]
    if tie == "declared":
        declare(person, group=application.group)
    elif tie == "of_firm":
        declare(person, firm=application.group.memberships.first().firm)
    else:
        give_place(application.group, person)
    said = why_not_yet(Application.objects.get(pk=application.pk))
    assert said.startswith(f"{person} may not review it: ")
    assert said.endswith("Void their review, and assign somebody else.")
    with pytest.raises(TransitionRefused, match="Void their review"):
        recommend(application)
    review = application.reviews.get(reviewer=person)
    REVIEW.apply(review, "void", by=OFFICE.officer, now=NOON, data={"reason": "A tie came to light."})
    other = assign(application, reviewers=[staff_member("reviewer3", Role.REVIEWER)])[0]
    send_review(other)
    assert recommend(application).status == "recommended"


def test_a_tie_of_somebody_else_and_one_that_ended_hinder_nothing():
    application = all_in()
    declare(staff_member("reviewer3", Role.REVIEWER), group=application.group)
    declare(OFFICE.reviewers[0], group=application_at("draft").group)
    declare(OFFICE.reviewers[1], group=application.group, ended_at=NOON)
    firm = application.group.memberships.first()
    firm.left_on = firm.joined_on
    firm.save()
    declare(OFFICE.reviewers[0], firm=firm.firm)
    assert why_not_yet(application) == ""


def test_the_review_of_somebody_who_is_tied_since_is_not_kept_for_another_version():
    application = all_in()
    again = submit(return_for_changes(application))
    first, second = again.reviews.order_by("pk")
    declare(first.reviewer, group=again.group)
    with pytest.raises(TransitionRefused, match="Void their review"):
        judging.keep_review(by=OFFICE.officer, review=first, version=None, now=NOON)
    assert judging.keep_review(by=OFFICE.officer, review=second, version=None, now=NOON).kept_for


def test_all_ties_of_many_applications_are_one_question(django_assert_num_queries):
    made = [all_in() for _number in range(3)]
    first, second = OFFICE.reviewers
    declare(first, group=made[0].group)
    declare(second, firm=made[1].group.memberships.first().firm)
    give_place(made[2].group, first)
    with django_assert_num_queries(1):
        found = ties.of([each.pk for each in made], among=[first.pk, second.pk])
    assert found == {
        made[0].pk: {first.pk: "Declared a tie to this group."},
        made[1].pk: {second.pk: "Declared a tie to a firm in this group."},
        made[2].pk: {first.pk: "Holds a role in this group."},
    }
    with django_assert_num_queries(0):
        assert ties.of([]) == ties.of([made[0].pk], among=[]) == {}


def test_what_was_recommended_keeps_the_reviews_that_it_rests_on():
    application = application_at("recommended")
    review = application.reviews.first()
    with pytest.raises(TransitionRefused, match="can be voided once the authority sent it back"):
        REVIEW.apply(review, "void", by=OFFICE.officer, now=NOON, data={"reason": "A second thought."})
    with pytest.raises(IntegrityError, match="rests on this review"), transaction.atomic():
        Review.objects.filter(pk=review.pk).update(status="voided")
    page = get(OFFICE.officer, "reviews_assign", application.pk).text
    assert 'value="void"' not in page
    assert 'value="assign"' not in page
    assert "from its submission to the recommendation" in page


@pytest.mark.parametrize("name", ["approve", "put_on_reserve"])
def test_the_authority_needs_all_reviews_too(name):
    application = application_at("recommended")
    application.call.reviews_needed = 3
    row = APPLICATION.by_name[name]
    said = APPLICATION.refusal(application, row, by=OFFICE.approver, now=NOON, data={})
    assert said == "Not all reviews are in: 2 of 3."
