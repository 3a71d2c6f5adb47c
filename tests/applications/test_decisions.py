"""The recommendation and the decision, and the separation of their duties (PROGRAMME 3)."""

import datetime as dt
from decimal import Decimal

import pytest

from accounts.roles import Role
from applications import actions, guards
from applications.models import Application, Decision, EnvelopeEntry, Review
from applications.supporting.workflow import SUPPORT
from applications.workflow import APPLICATION, REVIEW
from core.workflow import NotAllowed, TransitionRefused
from tests.applications.acts import act, messages
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
)
from tests.factories_groups import give_place, make_group
from tests.factories_support import support_at

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_review_stands", "recommended_stands")]
DAY = dt.timedelta(days=1)


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
    with pytest.raises(TransitionRefused, match=r"30 points apart, more than the 20"):
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
    with pytest.raises(TransitionRefused, match=r"55 points, and the call asks for 60"):
        recommend(application)
    moved = recommend(application, amounts=amounts_of(application, 0))
    for name, data in (("approve", approval(moved)), ("put_on_reserve", {"reason": "No money."})):
        with pytest.raises(TransitionRefused, match="Its score is"):
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
