"""What an officer owes on an application in review: another reviewer, or the recommendation; also anew."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.roles import Role
from applications.models import Application
from applications.office import in_review
from applications.workflow import REVIEW
from core import duties
from core.dates import day_of
from tests.applications.acts import act
from tests.applications.decision_pages import all_reviewed, fresh
from tests.clock import NOON
from tests.factories_applications import (
    OFFICE,
    application_at,
    assign,
    make_call,
    send_review,
    staff_member,
)
from tests.factories_groups import give_place

pytestmark = pytest.mark.django_db
TODAY = day_of(NOON)
DAY = dt.timedelta(days=1)


def owed(user, today: dt.date = TODAY) -> list[tuple[str, str, dt.date]]:
    """What a person owes on applications in review: kind, words, day."""
    return [
        (duty.kind.removeprefix("application."), duty.words(), duty.due_on)
        for duty in duties.of(user, today)
        if duty.kind in in_review.KINDS
    ]


def dropped(application: Application, name: str = "decline", **data):
    """Somebody who had to review it does not."""
    review = application.reviews.unfinished().first()
    by = OFFICE.officer if name in ("void", "reassign") else review.reviewer
    return REVIEW.apply(review, name, by=by, now=NOON, data={"reason": "No time.", **data})


def test_all_reviews_are_in():
    application = application_at("in_review", call=make_call(days_to_check=7))
    first, second = application.reviews.order_by("pk")
    send_review(first)
    assert owed(OFFICE.officer) == []
    send_review(second, now=NOON + 2 * DAY)
    assert owed(OFFICE.officer) == [("recommend", "All reviews are in: recommend", TODAY + 9 * DAY)]
    (duty,) = in_review.turns(today=TODAY, user=OFFICE.officer)
    assert duty.url == reverse("recommend", args=[application.pk])
    assert (duty.case_id, duty.since) == (application.case_id, TODAY + 2 * DAY)
    assert owed(OFFICE.approver) == owed(application.group.representative) == []


def test_sent_back_and_reconsidered_it_is_recommended_anew():
    application = application_at("recommended")
    assert owed(OFFICE.officer) == []
    act(application, "send_back", by=OFFICE.approver, reason="Say more of the kiln.")
    assert owed(OFFICE.officer) == [
        ("recommend", "Sent back by the authority: recommend anew", TODAY + 10 * DAY)
    ]
    reconsidered = application_at("reconsideration", call=make_call(code="N-2"))
    act(fresh(reconsidered), "grant_reconsideration", by=OFFICE.approver, reason="It was wrong.")
    assert reconsidered.reconsidered_from == "rejected"
    assert "Reconsideration granted: go on with it" in [words for _kind, words, _day in owed(OFFICE.officer)]


@pytest.mark.parametrize(
    ("name", "data"),
    [("decline", {}), ("void", {}), ("reassign", {}), ("declare_interest", {"no_interest": False})],
)
def test_who_dropped_out_is_replaced(name, data):
    application = application_at("in_review")
    assert owed(OFFICE.officer) == []
    dropped(application, name, **data)
    assert owed(OFFICE.officer) == [
        ("assign", "A reviewer dropped out: assign another", TODAY + 10 * DAY),
    ]
    (duty,) = in_review.turns(today=TODAY, user=OFFICE.officer)
    assert duty.url == reverse("reviews_assign", args=[application.pk])
    assign(application, reviewers=[staff_member("reviewer3", Role.REVIEWER)])
    assert owed(OFFICE.officer) == []


def test_who_declares_no_interest_does_not_drop_out():
    application = application_at("in_review")
    review = application.reviews.first()
    REVIEW.apply(review, "declare_interest", by=review.reviewer, now=NOON, data={"no_interest": True})
    assert owed(OFFICE.officer) == []


def test_reviews_too_far_apart_ask_for_one_more():
    all_reviewed((10, 6), call=make_call(max_spread=Decimal(20)))
    assert owed(OFFICE.officer) == [
        ("assign", "The reviews lie too far apart: assign one more reviewer", TODAY + 10 * DAY)
    ]


def test_it_is_the_officers_in_charge_and_nobodys_of_the_group():
    application, other = all_reviewed(), staff_member("other", Role.OFFICER)
    assert len(owed(OFFICE.officer)) == len(owed(other)) == 1
    Application.objects.filter(pk=application.pk).update(officer=other)
    assert (len(owed(OFFICE.officer)), len(owed(other))) == (0, 1)
    give_place(application.group, other, Role.VIEWER)
    assert owed(other) == []


def test_it_is_bounded_by_the_days_both_included():
    all_reviewed()
    found = list(in_review.turns(today=TODAY))
    due = found[0].due_on
    assert list(in_review.turns(today=TODAY, due_from=due, due_to=due)) == found
    assert list(in_review.turns(today=TODAY, due_from=due + DAY)) == []
    assert list(in_review.turns(today=TODAY, due_to=due - DAY)) == []


def test_a_day_that_no_turn_can_have_reached_reads_no_application():
    all_reviewed()
    with CaptureQueriesContext(connection) as asked:
        assert list(in_review.turns(today=TODAY, due_to=TODAY - DAY)) == []
    assert len(asked) == 2  # the officers, and no row of theirs


def test_many_cost_what_one_costs():
    counts = []
    for number in range(3):
        all_reviewed(call=make_call(code=f"N-{number}"))
        dropped(application_at("in_review", call=make_call(code=f"M-{number}")))
        with CaptureQueriesContext(connection) as asked:
            assert len(list(in_review.turns(today=TODAY))) == 2 * (number + 1)
        counts.append(len(asked))
    assert counts == [3, 3, 3]
