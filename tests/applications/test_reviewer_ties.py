"""Ties that keep a person from reviewing, also when they come after the assignment (PROGRAMME 3)."""

import pytest

from applications import guards
from applications.models import DeclaredRelation
from applications.workflow import REVIEW
from core.workflow import NotAllowed, TransitionRefused
from tests.clock import NOON
from tests.factories_applications import OFFICE, application_at, assign, write_review
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
