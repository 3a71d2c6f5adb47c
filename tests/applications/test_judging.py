"""What staff judge: eligibility, reviews, the recommendation, the decision; and who may not (PROGRAMME 3)."""

import datetime as dt
from decimal import Decimal

import pytest

from accounts.roles import Role
from applications import actions, guards, judging
from applications.models import Application, Criterion, Decision, EligibilitySignOff, EnvelopeEntry, Review
from applications.scoring import mean_score
from applications.supporting.workflow import SUPPORT
from applications.workflow import APPLICATION, REVIEW
from core.models import Event, Message
from core.workflow import NotAllowed, StaleObject, TransitionRefused
from tests.cast import give_role
from tests.clock import NOON
from tests.factories_applications import (
    OFFICE,
    amounts_of,
    application_at,
    approval,
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

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def messages(template: str) -> list[str]:
    return sorted(Message.objects.filter(template=template).values_list("recipient__email", flat=True))


def act(application: Application, name: str, by, **data) -> Application:
    return APPLICATION.apply(application, name, by=by, now=NOON, data=data)


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
    assert judging.weighted_total(saved) is None
    with pytest.raises(TransitionRefused, match="Give a score and its reason for: Plan"):
        REVIEW.apply(saved, "send", by=review.reviewer, now=NOON)
    with pytest.raises(StaleObject):
        judging.save_review(**ask, scores={}, comment="", advice="", version=1)
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
    assert judging.total_of({1: 1, 2: 3}, criteria) == Decimal("39.68")
    assert judging.total_of({1: 1}, criteria) is None


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
    assert mean_score(started) == Decimal("70.00")


# --- The recommendation ------------------------------------------------------------------------------


def reviewed(*scores: int, call=None) -> Application:
    """In review, with reviews sent by as many reviewers as scores."""
    people = [staff_member(f"reviewer{number}", Role.REVIEWER) for number, _score in enumerate(scores, 1)]
    application = application_at("in_review", call=call, reviewers=people)
    for review, score in zip(application.reviews.order_by("pk"), scores, strict=True):
        send_review(review, score)
    return application


def recommend(application: Application, **data) -> Application:
    return act(
        application,
        "recommend",
        OFFICE.officer,
        **{"amounts": amounts_of(application), "reason": "Good.", **data},
    )


def test_all_required_reviews_are_in_and_none_is_being_written():
    application = application_at("in_review")
    one, two = application.reviews.order_by("pk")
    send_review(one)
    with pytest.raises(TransitionRefused, match="1 of 2"):
        recommend(application)
    send_review(two)
    third = assign(application, reviewers=[staff_member("reviewer3", Role.REVIEWER)])[0]
    with pytest.raises(TransitionRefused, match="still being written"):
        recommend(application)
    REVIEW.apply(third, "void", by=OFFICE.officer, now=NOON, data={"reason": "Not needed."})
    assert recommend(application).status == "recommended"


def test_reviews_too_far_apart_call_for_one_more():
    call = make_call(max_spread=Decimal(20))
    with pytest.raises(TransitionRefused, match=r"30.00 points apart, more than the 20.00"):
        recommend(reviewed(10, 7, call=call))
    assert recommend(reviewed(9, 7, call=call)).status == "recommended"
    assert recommend(reviewed(10, 7, 8, call=call)).status == "recommended"


def test_what_is_recommended_stays_with_its_lines_and_is_told_to_the_authority(approver):
    application = reviewed(8, 7)
    half = amounts_of(application, Decimal("0.5"))
    moved = recommend(application, amounts=half)
    row = moved.recommendations.get()
    assert (row.amount, row.score) == (Decimal("1500000.00"), Decimal("75.00"))
    assert {line.line_id: line.amount for line in row.lines.all()} == half
    assert moved.staff_due_on == dt.date(2026, 3, 25)
    assert messages("decision_waits") == [approver.email]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda amounts: {}, "an amount for every cost"),
        (lambda amounts: {**amounts, 0: Decimal(1)}, "not in this budget"),
        (lambda amounts: dict.fromkeys(amounts, Decimal(-1)), "between zero and"),
        (lambda amounts: dict.fromkeys(amounts, Decimal("2500000.01")), "between zero and"),
        (lambda amounts: dict.fromkeys(amounts, Decimal("NaN")), "write an amount in pesos"),
        (lambda amounts: dict.fromkeys(amounts, Decimal("1E+308")), "write an amount|between zero"),
        (lambda amounts: dict.fromkeys(amounts, Decimal("0.001")), "write an amount in pesos"),
        (lambda amounts: dict.fromkeys(amounts, "ten"), "write an amount in pesos"),
        (lambda amounts: dict.fromkeys(amounts), "write an amount in pesos"),
    ],
)
def test_amounts_are_pesos_within_what_was_asked_for_each_line(change, sentence):
    application = reviewed(8, 8)
    with pytest.raises(TransitionRefused, match=sentence):
        recommend(application, amounts=change(amounts_of(application)))
    recommended = recommend(application)
    with pytest.raises(TransitionRefused, match=sentence):
        act(
            recommended,
            "approve",
            OFFICE.approver,
            **{**approval(recommended), "amounts": change(amounts_of(recommended))},
        )


def test_below_the_pass_mark_nothing_is_recommended_but_zero_and_nothing_approved():
    application = reviewed(5, 6)
    with pytest.raises(TransitionRefused, match=r"55.00 points on average, and the call asks for 60.00"):
        recommend(application)
    moved = recommend(application, amounts=amounts_of(application, 0))
    for name, data in (("approve", approval(moved)), ("put_on_reserve", {"reason": "No money."})):
        with pytest.raises(TransitionRefused, match="points on average"):
            act(moved, name, OFFICE.approver, **data)
    assert act(moved, "reject", OFFICE.approver, reason="Too weak.", resolution="R-1").status == "rejected"


def test_what_was_sent_back_is_recommended_anew(approver):
    application = application_at("recommended")
    back = act(application, "send_back", OFFICE.approver, reason="Explain the kiln.")
    assert messages("recommendation_returned") == [OFFICE.officer.email]
    again = recommend(back)
    assert again.recommendations.count() == 2


def test_a_line_that_was_recommended_can_still_be_deleted_by_the_group():
    application = act(application_at("recommended"), "send_back", OFFICE.approver, reason="Explain.")
    returned = return_for_changes(application)
    by, gone = returned.group.representative, returned.lines.last()
    with actions.editing(returned, by=by, section="budget", version=None, now=NOON) as fresh:
        fresh.lines.get(pk=gone.pk).delete()
    row = returned.recommendations.get().lines.get(line=None)
    assert row.description == gone.description


# --- The decision ------------------------------------------------------------------------------------


def test_an_approval_says_amounts_numbers_and_grounds():
    application = application_at("recommended")
    lines = application.lines.all()
    amounts = {lines[0].pk: Decimal("1000000.00"), lines[1].pk: Decimal(0)}
    approved = act(
        application,
        "approve",
        OFFICE.approver,
        amounts=amounts,
        resolution=" RES-2026-7 ",
        file_number="EX-2026-9",
        conditions="Insure it.",
        reason="It fits.",
    )
    decision = approved.decisions.get()
    assert (decision.kind, decision.amount, decision.resolution, decision.file_number) == (
        "approve",
        Decimal("1000000.00"),
        "RES-2026-7",
        "EX-2026-9",
    )
    # The counterpart stays as offered.
    assert {row.line_id: (row.amount, row.group_share) for row in decision.lines.all()} == {
        lines[0].pk: (Decimal("1000000.00"), Decimal("1500000.00")),
        lines[1].pk: (Decimal(0), Decimal("500000.00")),
    }
    entry = EnvelopeEntry.objects.get(application=approved)
    assert (entry.amount, entry.why) == (Decimal("1000000.00"), "approve")
    assert messages("decision_approved") == [approved.group.representative.email]


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"resolution": " "}, "number of the resolution"),
        ({"reason": ""}, "Say why"),
        ({"amounts": "zero"}, "above zero"),
    ],
)
def test_an_approval_is_complete(more, sentence):
    application = application_at("recommended")
    if more.get("amounts"):
        more = {"amounts": amounts_of(application, 0)}
    with pytest.raises(TransitionRefused, match=sentence):
        act(application, "approve", OFFICE.approver, **{**approval(application), **more})
    assert not EnvelopeEntry.objects.exists()


@pytest.mark.parametrize("name", ["approve", "reject", "put_on_reserve"])
def test_a_resolution_number_belongs_to_one_act(name):
    used = application_at("approved").decisions.get().resolution
    application = application_at("recommended")
    with pytest.raises(TransitionRefused, match="belongs to another resolution"):
        act(application, name, OFFICE.approver, **approval(application, used))


def test_a_project_never_gets_more_than_the_call_pays_for_one():
    application = application_at("recommended")
    application.call.max_per_project = Decimal("2999999.99")
    assert "at most" in guards.above_project(application.call, Decimal("3000000.00"))
    assert guards.above_project(application.call, Decimal("2999999.99")) == ""


def test_rejection_and_annulment_have_grounds_and_a_number():
    application = application_at("recommended")
    with pytest.raises(TransitionRefused, match="number of the resolution"):
        act(application, "reject", OFFICE.approver, reason="No.")
    with pytest.raises(TransitionRefused, match="Say why"):
        act(application, "reject", OFFICE.approver, resolution="R-1")
    approved = application_at("approved")
    with pytest.raises(TransitionRefused, match="number of the resolution"):
        act(approved, "annul", OFFICE.approver, reason="An error.")


def test_an_annulled_approval_stays_readable():
    application = application_at("annulled")
    assert [d.kind for d in application.decisions.order_by("pk")] == ["approve", "annul"]
    assert application.decisions.get(kind="approve").lines.count() == 2


# --- Separation of duties ----------------------------------------------------------------------------

DECISIONS = ("approve", "reject", "put_on_reserve")


def refuses_to_decide(application: Application, by, sentence: str) -> None:
    for name in DECISIONS:
        with pytest.raises(TransitionRefused, match=sentence):
            act(application, name, by, **approval(application, "RES-X"))
    row = {each.name: each.reason for each in APPLICATION.available(application, by=by, now=NOON)}
    assert all(sentence in row[name] for name in DECISIONS)


def test_nobody_decides_on_what_they_recommended(officer, approver):
    give_role(officer, Role.APPROVER, by=OFFICE.admin, second=staff_member("admin2", Role.ADMIN))
    refuses_to_decide(application_at("recommended"), officer, "You recommended it")


def test_nobody_decides_on_what_they_reviewed(reviewer1, approver):
    give_role(reviewer1, Role.APPROVER, by=OFFICE.admin, second=staff_member("admin2", Role.ADMIN))
    refuses_to_decide(application_at("recommended"), reviewer1, "its reviewer")


def test_nobody_decides_where_they_declared_an_interest(approver):
    give_role(approver, Role.REVIEWER, by=OFFICE.admin)
    application = application_at("submitted")
    review = assign(application, reviewers=[approver])[0]
    REVIEW.apply(
        review, "decline", by=approver, now=NOON, data={"reason": "My cousin.", "no_interest": False}
    )
    assert "reviewer" in guards.decider_is_independent(application, by=approver, now=NOON, data={})


def test_nobody_decides_on_what_they_wrote_or_advised(approver, officer):
    give_role(approver, Role.ADVISER, by=OFFICE.admin)
    group = make_group()
    application = draft(group=group)
    support = support_at("active", group=group, adviser=approver)
    with actions.editing(application, by=approver, section="plan", version=None, now=NOON):
        pass
    SUPPORT.apply(support, "end", by=approver, now=NOON, data={"reason": "It is written."})
    recommended = application_at_from(application)
    refuses_to_decide(recommended, approver, "You wrote in this application")
    other = application_at("recommended")
    other.group.advisers.add(approver)
    refuses_to_decide(other, approver, "You advised this group")


def application_at_from(application: Application) -> Application:
    """Recommended, from a draft."""
    application = submit(fill(application))
    sign(application)
    reviews = assign(application)
    application = act(application, "start_review", OFFICE.officer)
    for review in reviews:
        send_review(review)
    return recommend(application)


def test_a_role_in_the_group_voids_the_authoritys_own(approver):
    application = application_at("recommended")
    give_place(application.group, approver, Role.VIEWER)
    with pytest.raises(NotAllowed):
        act(application, "approve", approver, **approval(application))


def test_an_officer_who_wrote_it_does_not_declare_it_ineligible(officer):
    give_role(officer, Role.ADVISER, by=OFFICE.admin)
    application = draft()
    application.group.advisers.add(officer)
    with actions.editing(application, by=officer, section="plan", version=None, now=NOON):
        pass
    with pytest.raises(TransitionRefused, match="You wrote in this application"):
        act(submit(fill(application)), "declare_ineligible", officer, rules=["group_age"], reason="No.")


def test_being_admin_gives_no_decision(admin, officer, finance):
    application = application_at("recommended")
    for person in (admin, officer, finance):
        with pytest.raises(NotAllowed, match="Approver"):
            act(application, "approve", person, **approval(application))


def test_whoever_decided_may_reconsider():
    application = application_at("reconsideration")
    granted = act(application, "grant_reconsideration", OFFICE.approver, reason="Right.")
    assert granted.status == "in_review"
    assert Decision.objects.filter(application=application).count() == 2
    assert granted.claims.count() == 5
    assert messages("decision_reconsidered") == [application.group.representative.email]
    assert recommend(granted).status == "recommended"


def test_a_waived_rule_is_judged_and_signed():
    application = application_at("ineligible")
    asked = act(application, "ask_reconsideration", application.group.representative, reason="We are near.")
    granted = act(asked, "grant_reconsideration", OFFICE.approver, reason="They are.")
    sign(granted)
    assert Review.objects.filter(application=granted).count() == 0
    assign(granted)
    assert act(granted, "start_review", OFFICE.officer).status == "in_review"
