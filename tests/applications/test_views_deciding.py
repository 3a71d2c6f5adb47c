"""Deciding: the screen, the act, the envelope, separation of duties, reconsideration and annulment."""

from decimal import Decimal

import pytest
from django.urls import reverse

from accounts.roles import Role
from applications import experts, places
from applications.comparison import money_left
from applications.models import Application, Decision
from applications.views.staff import panel
from applications.workflow import APPLICATION
from core import timeline
from core.workflow import TransitionRefused
from tests.applications.decision_pages import decide, decision_of, fresh, typed_amounts
from tests.applications.staff_pages import get, post, problems, words
from tests.clock import NOON
from tests.factories_applications import (
    OFFICE,
    amounts_of,
    application_at,
    approval,
    make_call,
    send_review,
    staff_member,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen", "recommended_stands")]


# --- Deciding: the screen -----------------------------------------------------------------------------


def test_the_decision_page_shows_what_a_decision_rests_on():
    call = make_call(envelope=Decimal("4000000.00"))
    application = application_at("recommended", call=call)
    application_at("recommended", call=call, score=10)
    page = words(get(OFFICE.approver, "decide", application.pk)).replace("\xa0", " ")
    assert "A good plan." in page
    assert "8 / 10" in page
    assert "2 of 2" in page  # the other one scores higher
    assert "$ 4.000.000,00" in page
    assert "Signed off by Officer" in page
    row, of_all = places.place_of(application)
    assert (row.place, row.reached, of_all) == (2, False, 2)
    assert "In the order of the ranking the money ends before it." in page
    anchor = f"{reverse('call_ranking', args=[call.code])}#case-{application.pk}"
    assert anchor in get(OFFICE.approver, "decide", application.pk).text
    assert anchor in get(OFFICE.officer, "application_detail", application.pk).text
    assert money_left(call) == Decimal("4000000.00")


def test_the_authority_reads_that_a_reviewer_is_tied_to_it_since_it_was_recommended():
    application = application_at("recommended")
    review = application.reviews.first()
    said = f"{review.reviewer} reviewed it, and may not: Declared a tie to this group."
    assert said not in words(get(OFFICE.approver, "decide", application.pk))
    experts.declare_tie(by=review.reviewer, kind="works", group=application.group, now=NOON)
    page = words(get(OFFICE.approver, "decide", application.pk))
    assert said in page
    assert page.count(f"{said} Send it back, so that somebody else reviews it.") == 2
    for name in ("approve", "put_on_reserve"):
        with pytest.raises(TransitionRefused, match="Send it back"):
            APPLICATION.apply(application, name, by=OFFICE.approver, now=NOON, data=approval(application))
    # It may still be rejected, and what waits on the reserve list has no way back.
    back = APPLICATION.apply(
        application, "send_back", by=OFFICE.approver, now=NOON, data={"reason": "See the tie."}
    )
    assert back.status == "in_review"


def test_who_is_no_approver_is_refused_by_name(finance, admin):
    application = application_at("recommended")
    for user in (OFFICE.officer, OFFICE.reviewers[0], finance, admin, application.group.representative):
        page = get(user, "decide", application.pk)
        assert page.status_code == 403
        assert "Approver" in page.text
        assert decide(application, user, **decision_of(application)).status_code == 403
    assert fresh(application).status == "recommended"


def test_nothing_to_decide_says_so():
    application = application_at("in_review")
    page = get(OFFICE.approver, "decide", application.pk)
    assert "There is nothing to decide: the state is “In review”." in page.text
    page = decide(application, **decision_of(application))
    assert page.status_code == 409
    assert fresh(application).status == "in_review"


# --- Deciding: the act --------------------------------------------------------------------------------


def test_the_letter_is_seen_before_it_is_signed_and_nothing_is_decided_yet():
    application = application_at("recommended")
    page = decide(application, step="check", **decision_of(application))
    assert page.status_code == 200
    text = words(page)
    assert "The letter as the group will read it" in text
    assert f"RES-2026-{application.pk}" in text
    assert "Insure the kiln." in text
    assert "$ 50.000.000,00 → $ 47.000.000,00" in text
    assert "Reviewer1" not in text
    assert fresh(application).status == "recommended"
    assert not Decision.objects.exists()


def test_the_letter_can_be_changed_before_it_is_signed():
    application = application_at("recommended")
    page = decide(application, step="change", **decision_of(application))
    assert page.status_code == 200
    assert "Insure the kiln." in page.text
    assert 'value="approve"' in page.text
    assert not Decision.objects.exists()


def test_an_approval_is_signed_with_number_amounts_and_conditions():
    application = application_at("recommended")
    data = decision_of(application) | typed_amounts(application, "2.500.000,00", "0")
    answer = decide(application, **data)
    decision = Decision.objects.get()
    assert answer.status_code == 302
    assert answer.url == reverse("decision_detail", args=[decision.pk])
    assert (decision.kind, decision.amount) == ("approve", Decimal("2500000.00"))
    assert (decision.resolution, decision.file_number) == (f"RES-2026-{application.pk}", "EX-2026-7")
    assert decision.conditions == "Insure the kiln."
    assert fresh(application).status == "approved"
    assert money_left(application.call) == Decimal("47500000.00")
    page = words(get(OFFICE.approver, "decision_detail", decision.pk))
    assert "What happens next" in page
    assert f"RES-2026-{application.pk}" in page


@pytest.mark.parametrize(
    ("decision", "status"),
    [("reject", "rejected"), ("put_on_reserve", "reserve"), ("send_back", "in_review")],
)
def test_each_other_decision(decision, status):
    application = application_at("recommended")
    typed = decision_of(application, decision) | typed_amounts(application, "nonsense", "-5")
    assert decide(application, step="check", **typed).status_code == 200
    assert decide(application, **typed).status_code == 302
    assert fresh(application).status == status


def test_from_the_reserve_it_may_still_be_approved():
    application = application_at("reserve")
    page = get(OFFICE.approver, "decide", application.pk)
    assert "Send back to the officer" not in page.text
    assert decide(application, **decision_of(application)).status_code == 302
    assert fresh(application).status == "approved"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"decision": None}, "Choose a decision."),
        ({"decision": "bless"}, "Choose one of the decisions that are possible now."),
        ({"resolution": ""}, "Write the number of the resolution."),
        ({"decision": "reject", "resolution": ""}, "Write the number of the resolution."),
        ({"resolution": "R" * 41}, "at most 40 characters"),
        ({"reason": "  "}, "Fill in “Grounds”."),
    ],
)
@pytest.mark.parametrize("step", ["check", "sign"])
def test_a_decision_with_a_mistake_is_said_at_the_field(step, change, sentence):
    application = application_at("recommended")
    page = decide(application, step=step, **decision_of(application) | change)
    assert page.status_code == 422
    assert sentence in problems(page)
    assert "Insure the kiln." in page.text
    assert not Decision.objects.exists()


@pytest.mark.parametrize(
    ("amounts", "sentence"),
    [
        (("2500000.01", "0"), "The amount must be at most $ 2.500.000,00."),
        (("0", "0"), "An approval needs an amount above zero in at least one line."),
        (("", "1"), "Fill in “Amount for “Drying kiln””."),
        (("1e308", "1"), "Write an amount in pesos"),
    ],
)
def test_an_approval_with_a_wrong_amount_is_said_at_the_line(amounts, sentence):
    application = application_at("recommended")
    page = decide(application, **decision_of(application) | typed_amounts(application, *amounts))
    assert page.status_code == 422
    assert sentence in problems(page)
    assert fresh(application).status == "recommended"


def test_a_number_serves_one_act_only():
    first, second = application_at("recommended"), application_at("recommended")
    decide(first, **decision_of(first))
    page = decide(second, **decision_of(second, resolution=f"RES-2026-{first.pk}"))
    assert page.status_code == 422
    assert "This number belongs to another resolution." in problems(page)


def test_a_decision_from_a_stale_page_is_refused_and_keeps_what_was_typed():
    application = application_at("recommended")
    page = decide(application, version=application.version - 1, **decision_of(application))
    assert page.status_code == 409
    assert "Somebody changed this" in problems(page)
    assert "Insure the kiln." in page.text
    assert fresh(application).status == "recommended"


def test_signing_twice_decides_once():
    application = application_at("recommended")
    version = application.version
    assert decide(application, version=version, **decision_of(application)).status_code == 302
    page = decide(application, version=version, **decision_of(application))
    assert page.status_code == 409
    assert "nothing to decide" in page.text
    assert Decision.objects.count() == 1


@pytest.mark.parametrize("step", ["check", "sign"])
@pytest.mark.parametrize(
    ("first", "status", "said"),
    [
        (
            "approve",
            "approved",
            "Approver has decided on it: Approval, resolution RES-1, 10/03/2026 12:00.",
        ),
        (
            "put_on_reserve",
            "reserve",
            "Approver has decided on it: Reserve list, resolution RES-1, 10/03/2026 12:00.",
        ),
        (
            "send_back",
            "in_review",
            "Approver was faster: “Sent back to the officer”, 10/03/2026 12:00.",
        ),
    ],
)
def test_who_comes_second_reads_who_decided_and_keeps_what_they_typed(first, status, said, step):
    application, other = application_at("recommended"), staff_member("approver2", Role.APPROVER)
    version = application.version
    decide(application, **decision_of(application, first, resolution="RES-1"))
    assert fresh(application).status == status
    sent = decision_of(application, "reject", resolution="RES-2", reason="Too dear.")
    sent["condition_1_on"] = "2026-04-30"
    page = decide(application, other, step, version, last="", **sent)
    assert page.status_code == 409
    assert "What you sent was not recorded" in words(page)
    assert said in words(page)
    assert "Too dear." in page.text
    assert "RES-2" in page.text
    assert status == "reserve" or "30/04/2026" in words(page)
    assert "valid choice" not in page.text
    assert Decision.objects.count() == (first != "send_back")
    assert fresh(application).status == status


def test_from_the_reserve_the_decision_that_the_page_showed_is_no_other_ones():
    application = application_at("reserve")
    last = application.decisions.first()
    assert f'name="last" value="{last.pk}"' in get(OFFICE.approver, "decide", application.pk).text
    assert decide(application, last=str(last.pk), **decision_of(application)).status_code == 302


def test_an_approval_above_the_envelope_is_refused_before_and_at_the_signature():
    application = application_at("recommended", call=make_call(envelope=Decimal("2999999.99")))
    page = get(OFFICE.approver, "decide", application.pk)
    assert "More than is left in the call" in page.text
    for step in ("check", "sign"):
        page = decide(application, step=step, **decision_of(application))
        assert page.status_code == 409
        assert "has $ 2.999.999,99 left; these amounts make $ 3.000.000,00." in problems(page)
    assert fresh(application).status == "recommended"
    smaller = decision_of(application) | typed_amounts(application, "2.499.999,99", "500.000,00")
    assert decide(application, **smaller).status_code == 302
    assert money_left(application.call) == 0


@pytest.mark.parametrize("part", ["reviewed", "recommended", "advised", "wrote"])
def test_who_took_part_does_not_decide(part, staff):
    """PROGRAMME 3, separation of duties: said before, and refused at the POST."""
    both = staff_member("both", Role.APPROVER)
    reviewers = None
    if part == "reviewed":
        reviewers = [staff_member("both", Role.REVIEWER), OFFICE.reviewers[0]]
    application = application_at("in_review", reviewers=reviewers)
    for review in application.reviews.all():
        send_review(review)
    officer = staff_member("both", Role.OFFICER) if part == "recommended" else OFFICE.officer
    data = {"amounts": amounts_of(application), "reason": "Good."}
    APPLICATION.apply(fresh(application), "recommend", by=officer, now=NOON, data=data)
    if part == "advised":
        application.group.advisers.add(both)
    if part == "wrote":
        timeline.record(application.case, "application.edited", by=both, now=NOON, obj=application)
    both.forget_roles()
    sentence = {
        "reviewed": "You are or were its reviewer: somebody else decides.",
        "recommended": "You recommended it: somebody else decides.",
        "advised": "You advised this group: somebody else decides.",
        "wrote": "You wrote in this application: somebody else decides.",
    }[part]
    page = get(both, "decide", application.pk)
    assert sentence in page.text
    page = decide(application, both, **decision_of(application))
    assert page.status_code in (409, 422)
    assert fresh(application).status == "recommended"
    assert sentence in page.text


def test_who_holds_a_place_in_the_group_does_not_decide():
    application = application_at("recommended")
    application.group.people.create(user=OFFICE.approver, role="viewer", since=NOON.date())
    assert get(OFFICE.approver, "decide", application.pk).status_code == 403
    assert decide(application, **decision_of(application)).status_code == 403


# --- Reconsideration and annulment, on the page of acts -------------------------------------------------


def test_a_reconsideration_is_granted_with_a_number_and_grounds():
    application = application_at("reconsideration")
    acts = [str(label) for label in labels_on_panel(application)]
    assert acts == ["Grant the reconsideration", "Deny the reconsideration"]
    page = get(OFFICE.approver, "application_act", application.pk, "grant_reconsideration")
    assert 'name="resolution"' in page.text
    answer = post(
        OFFICE.approver,
        "application_act",
        application.pk,
        "grant_reconsideration",
        version=application.version,
        reason="They learn a lot.",
        resolution="REC-1",
    )
    assert answer.status_code == 302
    assert fresh(application).status == "in_review"
    assert application.decisions.first().resolution == "REC-1"


def labels_on_panel(application: Application) -> list[str]:
    return [act.label for act in panel(application, OFFICE.approver, NOON)["acts"]]


def test_an_approval_is_annulled_with_a_number_of_its_own():
    application = application_at("approved")
    path = ["application_act", application.pk, "annul"]
    page = post(OFFICE.approver, *path, version=application.version, reason="An error of form.")
    assert page.status_code == 422
    answer = post(
        OFFICE.approver, *path, version=application.version, reason="An error of form.", resolution="ANN-1"
    )
    assert answer.status_code == 302
    assert fresh(application).status == "annulled"
    assert money_left(application.call) == application.call.envelope
    assert [row.kind for row in application.decisions.all()] == ["annul", "approve"]
    for decision in application.decisions.all():
        assert get(application.group.representative, "decision_detail", decision.pk).status_code == 200
