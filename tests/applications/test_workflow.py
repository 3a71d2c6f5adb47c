"""What may happen to an application, a review and a call: a literal grid each, every other pair refused."""

import contextlib
import datetime as dt

import pytest
from django.db import transaction

from accounts.roles import Role
from applications.models import Application, Call, Review
from applications.workflow import APPLICATION, CALL, REVIEW
from core.models import Event, Message
from core.workflow import NotAllowed, TransitionRefused
from tests.clock import NOON
from tests.factories_applications import (
    OFFICE,
    amounts_of,
    application_at,
    approval,
    assign,
    make_call,
    send_review,
    sign,
    write_review,
)
from tests.factories_groups import give_place

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_review_stands")]

STATES = [
    "draft", "submitted", "in_review", "changes_requested", "recommended", "reserve", "approved", "rejected",
    "ineligible", "reconsideration", "withdrawn", "lapsed", "renounced", "annulled",
]  # fmt: skip

# Who may go from where to where (PROGRAMME 5). Every pair that is not here is refused.
APPLICATION_GRID = {
    ("submit", "draft"): "submitted",
    ("submit", "changes_requested"): "submitted",
    ("lapse", "draft"): "lapsed",
    ("withdraw", "draft"): "withdrawn",
    ("withdraw", "submitted"): "withdrawn",
    ("withdraw", "changes_requested"): "withdrawn",
    ("withdraw", "in_review"): "withdrawn",
    ("withdraw", "recommended"): "withdrawn",
    ("withdraw", "reserve"): "withdrawn",
    ("request_changes", "submitted"): "changes_requested",
    ("request_changes", "in_review"): "changes_requested",
    ("declare_ineligible", "submitted"): "ineligible",
    ("declare_ineligible", "in_review"): "ineligible",
    ("start_review", "submitted"): "in_review",
    ("recommend", "in_review"): "recommended",
    ("send_back", "recommended"): "in_review",
    ("approve", "recommended"): "approved",
    ("approve", "reserve"): "approved",
    ("reject", "recommended"): "rejected",
    ("reject", "reserve"): "rejected",
    ("put_on_reserve", "recommended"): "reserve",
    ("lapse_reserve", "reserve"): "rejected",
    ("ask_reconsideration", "rejected"): "reconsideration",
    ("ask_reconsideration", "ineligible"): "reconsideration",
    ("grant_reconsideration", "reconsideration"): "in_review",
    ("deny_reconsideration", "reconsideration"): "rejected",
    ("expire", "changes_requested"): "withdrawn",
    ("renounce", "approved"): "renounced",
    ("annul", "approved"): "annulled",
}


AFTER_CLOSING = NOON + dt.timedelta(days=60)


class Undo(Exception):
    """Leaves a block that is to be rolled back."""


def try_it(application: Application, name: str) -> str:
    """The state after one transition as the right person, with everything that it needs; then as if it had not been."""
    amounts = amounts_of(application)
    by, now, data = {
        "submit": (application.group.representative, NOON, {"declared": True}),
        "lapse": (None, AFTER_CLOSING, {}),
        "withdraw": (application.group.representative, NOON, {"reason": "Later."}),
        "request_changes": (OFFICE.officer, NOON, {"notes": {"plan": "More."}}),
        "declare_ineligible": (OFFICE.officer, NOON, {"rules": ["group_age"], "reason": "Too young."}),
        "start_review": (OFFICE.officer, NOON, {}),
        "recommend": (OFFICE.officer, NOON, {"amounts": amounts, "reason": "Good."}),
        "send_back": (OFFICE.approver, NOON, {"reason": "Explain."}),
        "approve": (OFFICE.approver, NOON, approval(application, "RES-NEW")),
        "reject": (OFFICE.approver, NOON, {"reason": "No.", "resolution": "RES-NEW"}),
        "put_on_reserve": (OFFICE.approver, NOON, {"reason": "No money."}),
        "lapse_reserve": (None, AFTER_CLOSING, {}),
        "ask_reconsideration": (application.group.representative, NOON, {"reason": "Look again."}),
        "grant_reconsideration": (OFFICE.approver, NOON, {"reason": "Right."}),
        "deny_reconsideration": (OFFICE.approver, NOON, {"reason": "It stands."}),
        "expire": (None, AFTER_CLOSING, {}),
        "renounce": (application.group.representative, NOON, {"reason": "We cannot."}),
        "annul": (OFFICE.approver, NOON, {"reason": "An error.", "resolution": "RES-NEW"}),
    }[name]
    if name == "start_review" and application.status == "submitted":
        sign(application)
        assign(application)
    if name == "recommend" and application.status == "in_review":
        for review in application.reviews.all():
            send_review(review)
    if name == "lapse_reserve" and application.status == "reserve":
        Call.objects.filter(pk=application.call_id).update(status="wound_up")
    return APPLICATION.apply(application, name, by=by, now=now, data=data).status


@pytest.mark.parametrize("state", STATES)
def test_an_application_moves_as_the_grid_says_and_no_other_way(state):
    assert {name for name, _source in APPLICATION_GRID} == set(APPLICATION.by_name)
    application = application_at(state)
    assert application.status == state
    version = Application.objects.get(pk=application.pk).version
    for name in APPLICATION.by_name:
        events = Event.objects.filter(case=application.case).count()
        if (name, state) in APPLICATION_GRID:
            with contextlib.suppress(Undo), transaction.atomic():
                assert try_it(application, name) == APPLICATION_GRID[name, state], name
                raise Undo
        else:
            with pytest.raises(TransitionRefused, match="the state is now"):
                try_it(application, name)
        fresh = Application.objects.get(pk=application.pk)
        assert (fresh.status, fresh.version) == (state, version)
        assert Event.objects.filter(case=application.case).count() == events


def test_reconsideration_returns_an_ineligible_application_to_its_officer():
    application = application_at("ineligible")
    ask = APPLICATION.apply(
        application,
        "ask_reconsideration",
        by=application.group.representative,
        now=NOON,
        data={"reason": "No."},
    )
    assert ask.status == "reconsideration"
    with contextlib.suppress(Undo), transaction.atomic():
        denied = APPLICATION.apply(
            ask, "deny_reconsideration", by=OFFICE.approver, now=NOON, data={"reason": "It stands."}
        )
        assert denied.status == "ineligible"
        raise Undo
    granted = APPLICATION.apply(
        ask, "grant_reconsideration", by=OFFICE.approver, now=NOON, data={"reason": "They are near."}
    )
    assert granted.status == "submitted"
    assert granted.waived_rules == ["area_and_chain"]


REVIEW_GRID = {
    ("declare_interest", "assigned"): "interest_declared",
    ("write", "interest_declared"): "draft",
    ("send", "draft"): "sent",
    ("decline", "assigned"): "declined",
    ("decline", "interest_declared"): "declined",
    ("decline", "draft"): "declined",
    ("reassign", "assigned"): "reassigned",
    ("reassign", "interest_declared"): "reassigned",
    ("reassign", "draft"): "reassigned",
    ("void", "assigned"): "voided",
    ("void", "interest_declared"): "voided",
    ("void", "draft"): "voided",
    ("void", "sent"): "voided",
    ("close", "assigned"): "voided",
    ("close", "interest_declared"): "voided",
    ("close", "draft"): "voided",
}


def review_at(state: str) -> Review:
    review = application_at("in_review").reviews.first()
    if state in ("interest_declared",):
        return REVIEW.apply(
            review, "declare_interest", by=review.reviewer, now=NOON, data={"no_interest": True}
        )
    if state in ("draft", "sent"):
        return send_review(review) if state == "sent" else write_review(review)
    if state == "declined":
        return REVIEW.apply(review, "decline", by=review.reviewer, now=NOON, data={"reason": "No time."})
    if state in ("reassigned", "voided"):
        name = "reassign" if state == "reassigned" else "void"
        return REVIEW.apply(review, name, by=OFFICE.officer, now=NOON, data={"reason": "Late."})
    return review


@pytest.mark.parametrize("state", Review.Status.values)
def test_a_review_moves_as_the_grid_says_and_no_other_way(state):
    assert {name for name, _source in REVIEW_GRID} == set(REVIEW.by_name)
    review = review_at(state)
    assert review.status == state
    for name, row in REVIEW.by_name.items():
        by = None if name == "close" else OFFICE.officer if name in ("reassign", "void") else review.reviewer
        data = {"no_interest": True} if name == "declare_interest" else {"reason": "So it is."}
        if (name, state) in REVIEW_GRID:
            with contextlib.suppress(Undo), transaction.atomic():
                assert (
                    REVIEW.apply(review, name, by=by, now=NOON, data=data).status == REVIEW_GRID[name, state]
                )
                raise Undo
        elif by == review.reviewer and not review.is_live:
            # What was taken from a reviewer is not theirs any more.
            with pytest.raises(NotAllowed):
                REVIEW.apply(review, name, by=by, now=NOON, data=data)
            assert "the state is now" in REVIEW.refusal(review, row, by=by, now=NOON, data=data)
        else:
            with pytest.raises(TransitionRefused, match="the state is now"):
                REVIEW.apply(review, name, by=by, now=NOON, data=data)
        assert Review.objects.get(pk=review.pk).status == state


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("withdraw", {"reason": "No."}),
        ("declare_ineligible", {"rules": ["group_age"], "reason": "Too young."}),
    ],
)
def test_what_is_still_to_be_reviewed_ends_with_the_application(name, data):
    application = application_at("in_review")
    sent = send_review(application.reviews.first())
    by = OFFICE.officer if name == "declare_ineligible" else application.group.representative
    APPLICATION.apply(application, name, by=by, now=NOON, data=data)
    assert sorted(application.reviews.values_list("status", flat=True)) == ["sent", "voided"]
    assert Review.objects.get(pk=sent.pk).status == "sent"
    assert Message.objects.filter(template="review_not_needed").count() == 1


def test_who_has_an_interest_does_not_review():
    review = review_at("assigned")
    data = {"no_interest": False, "reason": "My brother owns a firm."}
    assert (
        REVIEW.apply(review, "declare_interest", by=review.reviewer, now=NOON, data=data).status == "declined"
    )


CALL_GRID = {
    ("publish", "draft"): "published",
    ("wind_up", "published"): "wound_up",
    ("cancel", "published"): "cancelled",
}


def call_at(state: str) -> Call:
    call = make_call(published=state != "draft")
    if state == "wound_up":
        return CALL.apply(call, "wind_up", by=OFFICE.admin, now=AFTER_CLOSING)
    if state == "cancelled":
        return CALL.apply(call, "cancel", by=OFFICE.admin, now=NOON, data={"reason": "No budget."})
    return call


@pytest.mark.parametrize("state", Call.Status.values)
def test_a_call_moves_as_the_grid_says_and_no_other_way(state):
    assert {name for name, _source in CALL_GRID} == set(CALL.by_name)
    call = call_at(state)
    assert call.status == state
    for name in CALL.by_name:
        moment = AFTER_CLOSING if name == "wind_up" else NOON - dt.timedelta(days=30)
        if (name, state) in CALL_GRID:
            with contextlib.suppress(Undo), transaction.atomic():
                moved = CALL.apply(call, name, by=OFFICE.admin, now=moment, data={"reason": "So it is."})
                assert moved.status == CALL_GRID[name, state]
                raise Undo
        else:
            with pytest.raises(TransitionRefused, match="the state is now"):
                CALL.apply(call, name, by=OFFICE.admin, now=moment, data={"reason": "So it is."})
        assert Call.objects.get(pk=call.pk).status == state


# Who may: each transition by everybody else is refused, whatever the state (the table itself is tested in accounts).
ALLOWED = {
    "submit": "representative", "withdraw": "representative", "ask_reconsideration": "representative",
    "renounce": "representative", "request_changes": "officer", "declare_ineligible": "officer",
    "start_review": "officer", "recommend": "officer", "send_back": "approver", "approve": "approver",
    "reject": "approver", "put_on_reserve": "approver", "grant_reconsideration": "approver",
    "deny_reconsideration": "approver", "annul": "approver", "lapse": None, "lapse_reserve": None, "expire": None,
}  # fmt: skip


def test_only_the_right_role_moves_an_application(
    member, viewer, adviser, officer, approver, finance, admin, auditor, stranger
):
    application = application_at("submitted")
    group = application.group
    give_place(group, member)
    give_place(group, viewer, Role.VIEWER)
    group.advisers.add(adviser)
    people = {
        "representative": group.representative, "member": member, "viewer": viewer, "adviser": adviser, "officer": officer,
        "reviewer": OFFICE.reviewers[0], "approver": approver, "finance": finance, "admin": admin, "auditor": auditor,
        "stranger": stranger, None: None,
    }  # fmt: skip
    assert set(ALLOWED) == set(APPLICATION.by_name)
    for name, allowed in ALLOWED.items():
        for role, person in people.items():
            if role != allowed:
                with pytest.raises(NotAllowed):
                    APPLICATION.apply(application, name, by=person, now=NOON, data={"reason": "Let me."})
