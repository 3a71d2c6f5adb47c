"""A permission that is taken away between opening a page and sending its form: refused or not found, nothing changes, and
the person reads a sentence. And a relation that appears after reviewers were assigned."""

import socket

import pytest
from celery import Celery
from django.urls import reverse

from accounts import actions as accounts_actions
from accounts.models import RoleGrant, User
from accounts.roles import Role
from applications import judging
from applications.models import Application, Decision, EnvelopeEntry, Review
from applications.workflow import APPLICATION, REVIEW
from core import dates, doorbell, outbox
from core.models import Event, Message
from core.workflow import NotAllowed, TransitionRefused
from tests.applications.staff_pages import browser, post, words
from tests.clock import NOON
from tests.factories_applications import (
    OFFICE,
    amounts_of,
    application_at,
    approval,
    send_review,
    sign,
    staff_member,
    write_review,
)
from tests.factories_groups import give_place

pytestmark = [pytest.mark.slow, pytest.mark.django_db, pytest.mark.usefixtures("frozen")]


# --- What was open, and the form that was filled in --------------------------------------------------------


def eligibility():
    application = application_at("submitted")
    return OFFICE.officer, application, ("eligibility", application.pk), {"act": "sign"}


def assignment():
    application = application_at("submitted")
    sign(application)
    sent = {"act": "assign", "reviewers": [OFFICE.reviewers[0].pk], "due_on": "2026-03-20"}
    return OFFICE.officer, application, ("reviews_assign", application.pk), sent


def returning():
    application = application_at("submitted")
    sent = {"note_plan": "Say more.", "answer_by": "2026-03-20"}
    return OFFICE.officer, application, ("application_return", application.pk), sent


def recommendation():
    application = application_at("in_review")
    for review in application.reviews.all():
        send_review(review)
    sent = {f"amount_{pk}": str(amount) for pk, amount in amounts_of(application).items()}
    return OFFICE.officer, application, ("recommend", application.pk), {"reason": "Good.", **sent}


def decision():
    application = application_at("recommended")
    sent = {f"amount_{pk}": str(amount) for pk, amount in amounts_of(application).items()}
    sent |= {
        "decision": "approve",
        "resolution": "R-1",
        "file_number": "E-1",
        "reason": "Yes.",
        "step": "sign",
    }
    return OFFICE.approver, application, ("decide", application.pk), sent


def message():
    application = application_at("in_review")
    return (
        OFFICE.officer,
        application,
        ("application_messages", application.pk),
        {
            "act": "write",
            "text": "When do you answer?",
        },
    )


def note():
    application = application_at("in_review")
    return OFFICE.officer, application, ("note_add", application.pk), {"text": "They called."}


def in_charge():
    application = application_at("in_review")
    return (
        OFFICE.officer,
        application,
        ("application_officer", application.pk),
        {"officer": OFFICE.officer.pk},
    )


def a_review(act: str):
    application = application_at("in_review")
    review = write_review(application.reviews.get(reviewer=OFFICE.reviewers[0]))
    sent = {"comment": "Changed.", "advice": "approve", "act": act}
    for row in application.call.criteria.all():
        sent |= {f"score_{row.pk}": "9", f"reason_{row.pk}": "Better."}
    return review.reviewer, application, ("review_detail", review.pk), sent


def saving():
    return a_review("save")


def sending():
    return a_review("send")


PAGES = [
    eligibility, assignment, returning, recommendation, decision, message, note, in_charge, saving, sending,
]  # fmt: skip


# --- How it is taken away ------------------------------------------------------------------------------------


def role_ends(person: User, application: Application) -> None:
    for grant in RoleGrant.objects.live(dates.now()).filter(user=person):
        accounts_actions.end_role(by=OFFICE.admin, grant=grant, now=dates.now(), reason="Another post.")


def place_is_given(person: User, application: Application) -> None:
    give_place(application.group, person, Role.VIEWER)


def account_is_closed(person: User, application: Application) -> None:
    User.objects.filter(pk=person.pk).update(is_active=False)


def fingerprint(application: Application) -> tuple:
    """All that a refused form leaves as it was."""
    return (
        Application.objects.values_list("status", "version", "officer", "message_waits_since").get(
            pk=application.pk
        ),
        sorted(application.reviews.values_list("pk", "status", "version", "comment")),
        Event.objects.filter(case=application.case).count(),
        [model.objects.count() for model in (Decision, EnvelopeEntry)],
        # Who loses a role hears of that, and of nothing else.
        Message.objects.exclude(template__contains="role").count(),
    )


@pytest.mark.parametrize(
    "taken", [role_ends, place_is_given, account_is_closed], ids=lambda each: each.__name__
)
@pytest.mark.parametrize("page", PAGES, ids=lambda each: each.__name__)
def test_what_was_taken_away_while_the_page_was_open_is_refused(page, taken):
    person, application, address, sent = page()
    url, client = reverse(address[0], args=address[1:]), browser(person)
    assert client.get(url).status_code == 200
    target = Review if address[0] == "review_detail" else Application
    version = target.objects.get(pk=address[1]).version
    taken(person, application)
    before = fingerprint(application)
    response = client.post(url, {**sent, "version": version})
    if taken is account_is_closed:
        # Signed out with the account: the page of log-in.
        assert response.status_code == 302
        assert "login" in response.url
    else:
        assert response.status_code in (403, 404)
        assert words(response).strip()
    assert fingerprint(application) == before


@pytest.mark.parametrize("page", PAGES, ids=lambda each: each.__name__)
def test_the_same_form_goes_through_for_who_still_may(page):
    """The forms above are whole: but for the permission they would have been taken."""
    person, application, address, sent = page()
    target = Review if address[0] == "review_detail" else Application
    if page is eligibility:
        sent |= {f"judgement_{name}": "It may stand." for name in ("area_and_chain", "group_age")}
    before = fingerprint(application)
    response = post(person, *address, version=target.objects.get(pk=address[1]).version, **sent)
    assert response.status_code == 302, words(response)
    assert fingerprint(application) != before


@pytest.mark.parametrize("taken", [role_ends, place_is_given], ids=lambda each: each.__name__)
@pytest.mark.parametrize("act", ["officer", "reviewer", "message"])
def test_many_at_once_are_refused_one_by_one(act, taken):
    application = application_at("submitted")
    person = staff_member("officer2", Role.OFFICER)
    sent = {"act": act, "step": "do", "pick": [application.pk], "text": "Hello?"}
    sent["person"] = OFFICE.reviewers[0].pk if act == "reviewer" else OFFICE.officer.pk
    client = browser(person)
    taken(person, application)
    before = fingerprint(application)
    response = client.post(reverse("application_bulk"), sent)
    if taken is role_ends:
        assert response.status_code == 403
    elif act == "message":
        # A viewer of the group reads the thread, and does not write.
        assert "You may not do this" in words(response)
    else:
        assert response.status_code in (200, 422)
        assert "You may not do this" in words(response) or "None of these" in words(response)
    assert fingerprint(application) == before


def test_a_review_that_was_given_to_somebody_else_is_not_there_any_more():
    person, application, address, sent = sending()
    review = Review.objects.get(pk=address[1])
    client = browser(person)
    other = staff_member("reviewer3", Role.REVIEWER)
    judging.reassign_review(
        by=OFFICE.officer, review=review, reviewer=other, reason="She is ill.", version=None, now=NOON
    )
    before = fingerprint(application)
    response = client.post(reverse("review_detail", args=[review.pk]), {**sent, "version": review.version})
    assert response.status_code == 404
    assert fingerprint(application) == before


# --- A relation that appears later ----------------------------------------------------------------------------


def test_a_reviewer_who_joins_the_group_writes_nothing_more_and_the_officer_replaces_them():
    application = application_at("in_review")
    review = write_review(application.reviews.get(reviewer=OFFICE.reviewers[0]))
    give_place(application.group, review.reviewer, Role.MEMBER)
    person = User.objects.get(pk=review.reviewer_id)
    for name in ("send", "decline"):
        with pytest.raises(NotAllowed):
            REVIEW.apply(review, name, by=person, now=NOON, data={"reason": "No."})
    # The review stands in the way of the recommendation until an officer gives it to somebody else.
    send_review(application.reviews.exclude(pk=review.pk).get())
    with pytest.raises(TransitionRefused, match="Not all reviews are in"):
        APPLICATION.apply(
            application, "recommend", by=OFFICE.officer, now=NOON,
            data={"amounts": amounts_of(application), "reason": "Good."},
        )  # fmt: skip
    with pytest.raises(TransitionRefused, match="Holds a role in this group"):
        judging.reassign_review(
            by=OFFICE.officer, review=review, reviewer=person, reason="Again.", version=None, now=NOON
        )
    other = staff_member("reviewer3", Role.REVIEWER)
    given = judging.reassign_review(
        by=OFFICE.officer, review=review, reviewer=other, reason="They joined.", version=None, now=NOON
    )
    assert (given.status, given.reviewer) == ("assigned", other)


def test_a_declared_conflict_is_not_assigned_again():
    application = application_at("in_review")
    review = application.reviews.get(reviewer=OFFICE.reviewers[0])
    REVIEW.apply(
        review, "declare_interest", by=review.reviewer, now=NOON,
        data={"no_interest": False, "reason": "My brother works there."},
    )  # fmt: skip
    with pytest.raises(TransitionRefused, match="Declared an interest in this case"):
        judging.assign_reviewer(
            by=OFFICE.officer, application=application, reviewer=review.reviewer, now=NOON
        )
    response = post(
        OFFICE.officer, "reviews_assign", application.pk, version=application.version, act="assign",
        reviewers=[review.reviewer_id], due_on="2026-03-20",
    )  # fmt: skip
    assert response.status_code == 422
    assert application.reviews.filter(reviewer=review.reviewer).count() == 1


# --- Two at once, and the queue away --------------------------------------------------------------------------


def test_two_officers_on_one_case_and_the_second_reads_that_it_changed():
    application = application_at("submitted")
    opened = application.version
    sent = {"note_plan": "Say more.", "answer_by": "2026-03-20"}
    first = post(OFFICE.officer, "application_return", application.pk, version=opened, **sent)
    assert first.status_code == 302
    second = post(
        staff_member("officer2", Role.OFFICER), "eligibility", application.pk, version=opened, act="sign"
    )
    assert second.status_code in (409, 422)
    assert Application.objects.get(pk=application.pk).status == "changes_requested"


def test_the_same_decision_sent_twice_decides_once():
    person, application, address, sent = decision()
    opened, client = application.version, browser(person)
    url = reverse(address[0], args=address[1:])
    answers = [client.post(url, {**sent, "version": opened}).status_code for _time in range(2)]
    assert answers[0] == 302
    assert answers[1] in (302, 409, 422)
    assert Decision.objects.filter(application=application, kind="approve").count() == 1
    assert EnvelopeEntry.objects.filter(application=application).count() == 1
    told = Message.objects.filter(template="approved").values_list("recipient", flat=True)
    assert len(told) == len(set(told))


def test_a_decision_is_taken_while_the_queue_is_away_and_its_message_goes_later(
    monkeypatch, django_capture_on_commit_callbacks, mailoutbox
):
    closed = socket.create_server(("127.0.0.1", 0))
    port = closed.getsockname()[1]
    closed.close()
    app = Celery("elsewhere", set_as_current=False)
    app.config_from_object("django.conf:settings", namespace="CELERY")
    app.conf.broker_url = f"redis://127.0.0.1:{port}/0"
    monkeypatch.setattr(doorbell, "current_app", app)
    monkeypatch.setattr(doorbell, "_quiet_until", 0.0)
    application = application_at("recommended")
    with django_capture_on_commit_callbacks(execute=True):
        decided = APPLICATION.apply(
            application, "approve", by=OFFICE.approver, now=dates.now(), data=approval(application)
        )
    assert decided.status == "approved"
    representative = application.group.representative
    waiting = Message.objects.filter(recipient=representative, sent_at=None)
    assert waiting.exists()
    outbox.send_due(dates.now())
    assert not waiting.exists()
    assert any(representative.email in letter.to for letter in mailoutbox)
