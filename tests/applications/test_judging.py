"""What staff judge before they recommend: eligibility and reviews; and who may not (PROGRAMME 3)."""

import datetime as dt
from decimal import Decimal

import pytest

from accounts.roles import Role
from applications import guards, judging, scoring
from applications.models import Application, Criterion, EligibilitySignOff
from applications.scoring import score_of
from applications.workflow import REVIEW
from core.models import Event
from core.workflow import NotAllowed, StaleObject, TransitionRefused
from tests.applications.acts import act, messages
from tests.cast import give_role
from tests.clock import NOON
from tests.factories_applications import (
    OFFICE,
    application_at,
    assign,
    draft,
    fill,
    make_call,
    return_for_changes,
    send_review,
    sign,
    staff_member,
    submit,
    write_review,
)
from tests.factories_groups import add_to, give_place, make_appointment, make_firm, make_group
from tests.factories_support import support_at

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("submitted_stands")]
DAY = dt.timedelta(days=1)


# --- Eligibility -------------------------------------------------------------------------------------


def far_apart() -> Application:
    """Submitted, with a warning that an officer has to judge."""
    group = make_group()
    add_to(group, make_firm(locality="Cafayate", province="AR-A"))
    return application_at("submitted", group=group)


def test_each_warning_has_the_officers_judgement():
    application = far_apart()
    ask = {"by": OFFICE.officer, "application": application, "note": "I called them.", "now": NOON}
    with pytest.raises(TransitionRefused, match="Say what you judge of this"):
        judging.sign_eligibility(**ask, judgements={"area_and_chain": " "}, version=application.version)
    signed = judging.sign_eligibility(
        **ask, judgements={"area_and_chain": "They share a route."}, version=application.version
    )
    judged = {row["rule"]: row["judgement"] for row in signed.results if row["outcome"] == "warn"}
    assert judged == {"area_and_chain": "They share a route."}
    event = Event.objects.filter(case=application.case).last()
    assert (event.action, event.data) == (
        "application.eligibility_signed",
        {"number": 1, "warnings": ["area_and_chain"]},
    )


def test_eligibility_is_signed_once_by_an_officer_while_it_waits_for_that(approver):
    application = application_at("submitted")
    ask = {"application": application, "judgements": {}, "note": "", "now": NOON}
    with pytest.raises(NotAllowed):
        judging.sign_eligibility(**ask, by=approver, version=None)
    with pytest.raises(StaleObject):
        judging.sign_eligibility(**ask, by=OFFICE.officer, version=application.version - 1)
    sign(application)
    with pytest.raises(TransitionRefused, match="signed off already"):
        judging.sign_eligibility(**ask, by=OFFICE.officer, version=None)
    with pytest.raises(TransitionRefused, match="the state is"):
        sign(application_at("draft"))


def test_a_rule_that_fails_is_not_signed_away():
    application = application_at("submitted")
    # Another application holds the claim of one firm: only possible past the rules.
    claim = application.claims.first()
    claim.application = draft(call=application.call)
    claim.save()
    with pytest.raises(TransitionRefused, match="A rule is not met: A firm takes part in one"):
        sign(application)
    assert not EligibilitySignOff.objects.exists()


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"rules": [], "reason": "No."}, "at least one rule"),
        ({"rules": ["moon"], "reason": "No."}, "no such rule"),
        ({"rules": ["group_age"], "reason": ""}, "Say why"),
    ],
)
def test_not_eligible_names_its_rules_and_grounds(data, sentence):
    with pytest.raises(TransitionRefused, match=sentence):
        act(application_at("submitted"), "declare_ineligible", OFFICE.officer, **data)


def test_not_eligible_is_a_decision_that_the_group_can_ask_to_reconsider():
    application = application_at("ineligible")
    decision = application.decisions.get()
    assert (decision.kind, decision.rules, decision.grounds) == (
        "ineligible",
        ["area_and_chain"],
        "They are far apart.",
    )
    assert application.reconsider_by > NOON
    assert messages("decision_ineligible") == [application.group.representative.email]


# --- Reviewers ---------------------------------------------------------------------------------------


def test_a_review_waits_for_its_sign_off_and_its_reviewers():
    application = application_at("submitted")
    with pytest.raises(TransitionRefused, match="not signed off"):
        act(application, "start_review", OFFICE.officer)
    sign(application)
    assign(application, reviewers=OFFICE.reviewers[:1])
    with pytest.raises(TransitionRefused, match="1 of 2 are there"):
        act(application, "start_review", OFFICE.officer)
    assign(application, reviewers=OFFICE.reviewers[1:])
    assert act(application, "start_review", OFFICE.officer).status == "in_review"


def test_a_reviewer_is_told_and_has_the_days_of_the_call():
    application = application_at("submitted", call=make_call(days_to_review=9))
    review = assign(application)[0]
    assert review.due_on == dt.date(2026, 3, 19)
    assert messages("review_assigned") == ["reviewer1@lsp.example", "reviewer2@lsp.example"]


def test_who_had_a_part_in_a_case_does_not_review_it(adviser, officer, stranger):
    """Nor who holds a role in the group, declared an interest, reviews it already, or is no reviewer."""
    group = make_group()
    writer = staff_member("writer", Role.REVIEWER)
    give_place(group, writer)
    application = draft(group=group, by=writer)
    group.people.filter(user=writer).update(until=dt.date(2026, 3, 1))
    nominee = staff_member("nominee", Role.REVIEWER)
    make_appointment(group, nominee, "nominated")
    member = staff_member("member1", Role.REVIEWER)
    give_place(group, member)
    application = submit(fill(application))
    helper = staff_member("helper", Role.REVIEWER)
    give_role(helper, Role.ADVISER, by=OFFICE.admin)
    support_at("ended", group=group, adviser=helper)
    cousin = staff_member("cousin", Role.REVIEWER)
    theirs = assign(application, reviewers=[cousin])[0]
    REVIEW.apply(
        theirs, "declare_interest", by=cousin, now=NOON, data={"no_interest": False, "reason": "My cousin."}
    )
    first = OFFICE.reviewers[0]
    assign(application, reviewers=[first])
    for person, sentence in [
        (writer, "Wrote in this"),
        (nominee, "Holds a role"),
        (member, "Holds a role"),
        (helper, "Advises"),
        (cousin, "Declared an interest"),
        (first, "Reviews it already"),
        (stranger, "is not a reviewer"),
    ]:
        with pytest.raises(TransitionRefused, match=sentence):
            judging.assign_reviewer(by=officer, application=application, reviewer=person, now=NOON)
    assert set(guards.barred_from_reviewing(application)) >= {writer.pk, nominee.pk, helper.pk, cousin.pk}


def test_reviewers_are_assigned_while_it_is_under_review_by_officers_with_a_day_to_come(approver):
    reviewer = OFFICE.reviewers[0]
    ask = {"reviewer": reviewer, "now": NOON}
    with pytest.raises(TransitionRefused, match="the state is"):
        judging.assign_reviewer(by=OFFICE.officer, application=application_at("recommended"), **ask)
    application = application_at("submitted")
    with pytest.raises(NotAllowed):
        judging.assign_reviewer(by=approver, application=application, **ask)
    with pytest.raises(TransitionRefused, match="still to come"):
        judging.assign_reviewer(by=OFFICE.officer, application=application, due_on=dt.date(2026, 3, 9), **ask)


def test_a_review_is_given_to_somebody_else():
    review = application_at("in_review").reviews.first()
    third = staff_member("reviewer3", Role.REVIEWER)
    new = judging.reassign_review(
        by=OFFICE.officer,
        review=review,
        reviewer=third,
        reason="No answer.",
        version=review.version,
        now=NOON,
    )
    review.refresh_from_db()
    assert (review.status, new.reviewer, new.due_on) == ("reassigned", third, review.due_on)
    assert messages("review_not_needed") == [review.reviewer.email]


# --- One review --------------------------------------------------------------------------------------


def test_interest_is_declared_before_anything_is_written():
    review = application_at("in_review").reviews.first()
    with pytest.raises(TransitionRefused, match="“Assigned”"):
        judging.save_review(
            by=review.reviewer, review=review, scores={}, comment="", advice="", version=None, now=NOON
        )
    for data in ({}, {"no_interest": None}):
        with pytest.raises(TransitionRefused, match="whether you have an interest"):
            REVIEW.apply(review, "declare_interest", by=review.reviewer, now=NOON, data=data)
    with pytest.raises(TransitionRefused, match="which interest"):
        REVIEW.apply(review, "declare_interest", by=review.reviewer, now=NOON, data={"no_interest": False})


def test_nothing_is_scored_before_the_review_has_begun():
    application = application_at("submitted")
    review = assign(application)[0]
    with pytest.raises(TransitionRefused, match="not under review"):
        write_review(review)


def test_a_review_is_saved_in_parts_and_sent_whole():
    review = application_at("in_review").reviews.first()
    first, second = review.application.call.criteria.all()
    REVIEW.apply(review, "declare_interest", by=review.reviewer, now=NOON, data={"no_interest": True})
    ask = {"by": review.reviewer, "review": review, "now": NOON}
    saved = judging.save_review(
        **ask, scores={first.pk: (7, "Clear."), second.pk: (None, "")}, comment="", advice="", version=1
    )
    assert saved.status == "draft"
    assert scoring.weighted_total(saved) is None
    with pytest.raises(TransitionRefused, match="Give a score and its reason for: Plan"):
        REVIEW.apply(saved, "send", by=review.reviewer, now=NOON)
    with pytest.raises(StaleObject):
        judging.save_review(**ask, scores={first.pk: (6, "Not so.")}, comment="", advice="", version=1)
    whole = {first.pk: (7, "Clear."), second.pk: (9, "Thought out.")}
    saved = judging.save_review(**ask, scores=whole, comment="", advice="", version=saved.version)
    with pytest.raises(TransitionRefused, match="comment"):
        REVIEW.apply(saved, "send", by=review.reviewer, now=NOON)
    saved = judging.save_review(**ask, scores=whole, comment="Good.", advice="", version=saved.version)
    with pytest.raises(TransitionRefused, match="what you advise"):
        REVIEW.apply(saved, "send", by=review.reviewer, now=NOON)
    saved = judging.save_review(**ask, scores=whole, comment="Good.", advice="approve", version=saved.version)
    sent = REVIEW.apply(saved, "send", by=review.reviewer, now=NOON, version=saved.version)
    # 60 % of 7/10 and 40 % of 9/10.
    assert (sent.total, sent.sent_at) == (Decimal("78.00"), NOON)
    assert messages("review_sent") == [OFFICE.officer.email]
    with pytest.raises(TransitionRefused, match="cannot be changed any more"):
        judging.save_review(**ask, scores=whole, comment="Else.", advice="reject", version=None)


@pytest.mark.parametrize("score", [-1, 11])
def test_a_score_lies_within_its_criterion(score):
    review = application_at("in_review").reviews.first()
    with pytest.raises(TransitionRefused, match="between 0 and 10"):
        write_review(review, score)


def test_scores_and_advice_are_those_of_the_call():
    review = application_at("in_review").reviews.first()
    review = write_review(review)
    ask = {"by": review.reviewer, "review": review, "comment": "", "version": None, "now": NOON}
    foreign = make_call().criteria.first()
    with pytest.raises(TransitionRefused, match="does not have"):
        judging.save_review(**ask, scores={foreign.pk: (5, "Mine.")}, advice="")
    with pytest.raises(TransitionRefused, match="what you advise"):
        judging.save_review(**ask, scores={}, advice="burn")


def test_nobody_writes_in_another_reviewers_review():
    first, second = application_at("in_review").reviews.order_by("pk")
    with pytest.raises(NotAllowed):
        judging.save_review(
            by=second.reviewer, review=first, scores={}, comment="", advice="", version=None, now=NOON
        )


def test_the_total_is_rounded_half_up():
    criteria = [Criterion(pk=1, weight=1, max_score=3), Criterion(pk=2, weight=2, max_score=7)]
    assert scoring.total_of({1: 1, 2: 3}, criteria) == Decimal("39.68")
    assert scoring.total_of({1: 1}, criteria) is None


# --- Versions ----------------------------------------------------------------------------------------


def test_reviews_belong_to_a_version_and_the_officer_keeps_or_voids_each():
    application = application_at("in_review")
    one, two = application.reviews.order_by("pk")
    one = send_review(one)
    returned = return_for_changes(application)
    with pytest.raises(TransitionRefused, match="not under review"):
        write_review(two)
    again = submit(returned)
    with pytest.raises(TransitionRefused, match="not signed off"):
        act(again, "start_review", OFFICE.officer)
    sign(again)
    with pytest.raises(TransitionRefused, match="Keep or void"):
        act(again, "start_review", OFFICE.officer)
    judging.keep_review(by=OFFICE.officer, review=one, version=None, now=NOON)
    with pytest.raises(TransitionRefused, match="counts for the last version"):
        judging.keep_review(by=OFFICE.officer, review=one, version=None, now=NOON)
    REVIEW.apply(two, "void", by=OFFICE.officer, now=NOON, data={"reason": "The budget changed."})
    with pytest.raises(TransitionRefused, match="1 of 2"):
        act(again, "start_review", OFFICE.officer)
    # Whose review was voided may write a new one on the new version.
    new = assign(again, reviewers=[two.reviewer])[0]
    started = act(again, "start_review", OFFICE.officer)
    send_review(new, 6)
    assert score_of(started) == Decimal("70.00")
