"""Recommending and deciding: amounts per line, the envelope, separation of duties, the letter."""

from decimal import Decimal

import pytest
from django.urls import reverse
from pypdf import PdfReader

from accounts.roles import Role
from applications import letter, places
from applications.comparison import compare, money_left
from applications.eligibility import RULES
from applications.figures_in_words import RULE_NAMES
from applications.models import Application, Decision
from applications.views.staff import panel
from applications.workflow import APPLICATION, REVIEW
from core import timeline
from core.models import Document, Job
from tests.applications.staff_pages import browser, get, post, problems, words
from tests.clock import NOON
from tests.factories_applications import (
    DAY,
    OFFICE,
    amounts_of,
    application_at,
    approval,
    make_call,
    send_review,
    staff_member,
    write_review,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]


def fresh(application: Application) -> Application:
    return Application.objects.get(pk=application.pk)


def typed_amounts(application: Application, *amounts: str) -> dict[str, str]:
    """The fields of the lines; without amounts, what was asked."""
    lines = list(application.lines.all())
    texts = amounts or [str(line.programme_share) for line in lines]
    return {f"amount_{line.pk}": text for line, text in zip(lines, texts, strict=True)}


def all_reviewed(scores=(8, 8), **how) -> Application:
    """In review, with every review sent."""
    application = application_at("in_review", **how)
    for review, score in zip(application.reviews.order_by("pk"), scores, strict=True):
        send_review(review, score)
    return fresh(application)


def decision_of(application: Application, decision: str = "approve", **more) -> dict[str, str]:
    """The form of the authority as it is typed."""
    return {
        "decision": decision,
        "resolution": f"RES-2026-{application.pk}",
        "file_number": "EX-2026-7",
        "reason": "It fits the call.",
        "conditions": "Insure the kiln.",
        **typed_amounts(application),
        **more,
    }


def decide(application: Application, user=None, step: str = "sign", version: int | None = None, **typed):
    version = fresh(application).version if version is None else version
    return post(user or OFFICE.approver, "decide", application.pk, version=version, step=step, **typed)


# --- Recommending -------------------------------------------------------------------------------------


def test_an_officer_sees_the_scores_side_by_side_and_recommends_an_amount_per_line():
    application = all_reviewed((9, 6))
    page = words(get(OFFICE.officer, "recommend", application.pk)).replace("\xa0", " ")
    assert "9 / 10" in page
    assert "6 / 10" in page
    assert "Mean 75 %; the call's pass mark is 60 %." in page.replace("&#x27;", "'")
    assert "30 %" in page  # the spread of the totals
    data = typed_amounts(application, "2.000.000,00", "0")
    answer = post(
        OFFICE.officer,
        "recommend",
        application.pk,
        version=application.version,
        reason="A good plan.",
        **data,
    )
    assert answer.status_code == 302
    recommendation = application.recommendations.get()
    assert recommendation.amount == Decimal("2000000.00")
    assert recommendation.grounds == "A good plan."
    assert fresh(application).status == "recommended"


@pytest.mark.parametrize(
    ("amounts", "sentence"),
    [
        (("2500000.01", "0"), "The amount must be at most $ 2.500.000,00."),
        (("-1", "0"), "The amount cannot be negative."),
        (("NaN", "0"), "Write an amount in pesos"),
        (("1e308", "0"), "Write an amount in pesos"),
        (("9" * 30, "0"), "This amount is too large."),
        (("", "0"), "Fill in “Amount for “Drying kiln””."),
    ],
)
def test_a_wrong_amount_is_said_at_its_line(amounts, sentence):
    application = all_reviewed()
    data = typed_amounts(application, *amounts)
    page = post(
        OFFICE.officer, "recommend", application.pk, version=application.version, reason="Good.", **data
    )
    assert page.status_code == 422
    assert sentence in problems(page)
    assert f'href="#id_amount_{application.lines.first().pk}"' in page.text
    assert not application.recommendations.exists()


def test_a_recommendation_needs_grounds_and_a_fresh_page():
    application = all_reviewed()
    data = typed_amounts(application)
    path = ["recommend", application.pk]
    page = post(OFFICE.officer, *path, version=application.version, **data)
    assert page.status_code == 422
    assert "Fill in “Grounds”." in problems(page)
    page = post(OFFICE.officer, *path, version=application.version - 1, reason="Good.", **data)
    assert page.status_code == 409
    assert "Good." in page.text


def test_before_all_reviews_are_in_the_page_says_what_is_missing():
    application = application_at("in_review")
    send_review(application.reviews.first())
    page = get(OFFICE.officer, "recommend", application.pk)
    assert "Not all reviews are in: 1 of 2." in page.text
    assert "Recommend to the approver" not in page.text
    data = typed_amounts(application)
    page = post(
        OFFICE.officer, "recommend", application.pk, version=application.version, reason="Good.", **data
    )
    assert page.status_code == 409
    assert "Not all reviews are in: 1 of 2." in problems(page)


def test_scores_too_far_apart_ask_for_one_more():
    application = all_reviewed((10, 6), call=make_call(max_spread=20))
    page = words(get(OFFICE.officer, "recommend", application.pk))
    assert "Scores too far apart" in page
    assert "one more review is needed" in page


def test_the_total_of_the_amounts_follows_what_is_typed():
    application = all_reviewed()
    page = post(
        OFFICE.officer, "amounts_total", application.pk, **typed_amounts(application, "1.000,50", "2")
    )
    assert page.status_code == 200
    assert "$ 1.002,50" in page.text
    assert "<html" not in page.text
    page = post(OFFICE.officer, "amounts_total", application.pk, **typed_amounts(application, "x", "2"))
    assert "$ 2,00" in page.text
    assert post(OFFICE.reviewers[0], "amounts_total", application.pk).status_code == 403


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
    assert page.status_code == 422
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


@pytest.mark.django_db(transaction=True)
def test_the_letter_is_seen_where_no_test_holds_a_transaction_open():
    application = application_at("recommended")
    assert decide(application, step="check", **decision_of(application)).status_code == 200
    assert decide(application, **decision_of(application)).status_code == 302


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
        ({"decision": "bless"}, "bless is not one of the available choices"),
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
    assert page.status_code == 422
    assert "nothing to decide" in page.text
    assert Decision.objects.count() == 1


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


# --- The letter ---------------------------------------------------------------------------------------


def test_every_rule_of_eligibility_has_its_name_in_the_letter():
    assert set(RULE_NAMES) == {rule.code for rule in RULES}


def test_the_group_reads_totals_and_comments_and_no_reviewer():
    application = application_at("rejected")
    decision = application.decisions.get()
    page = words(get(application.group.representative, "decision_detail", decision.pk)).replace("\xa0", " ")
    assert "Total 80 %" in page
    assert "A good plan." in page
    assert "Too little is learnt." in page
    assert "within 10 days" in page
    for person in (*OFFICE.reviewers, OFFICE.officer, OFFICE.approver):
        assert str(person) not in page
    assert "It convinces." not in page  # the reasons of single scores


def test_the_letter_is_for_the_group_and_staff_and_invisible_to_others(stranger, finance):
    decision = application_at("approved").decisions.get()
    assert get(stranger, "decision_detail", decision.pk).status_code == 404
    assert get(finance, "decision_detail", decision.pk).status_code == 200
    assert get(stranger, "decision_detail", 10**9).status_code == 404
    assert post(stranger, "decision_letter", decision.pk).status_code == 404


def test_the_letter_becomes_a_pdf_once_per_language(worker):
    application = application_at("approved")
    decision = application.decisions.get()
    representative = application.group.representative
    answer = post(representative, "decision_letter", decision.pk)
    job = Job.objects.get(kind=letter.KIND)
    assert answer.url == reverse("job", args=[job.pk])
    worker()
    job.refresh_from_db()
    assert (job.state, job.error) == ("done", "")
    document = Document.objects.get(kind=letter.KIND)
    pdf = PdfReader(document.file.open("rb"))
    text = " ".join(page.extract_text() for page in pdf.pages).replace("\xa0", " ")
    for part in (
        decision.resolution,
        "$ 3.000.000,00",
        "Drying kiln",
        "Muebles del Norte",
        "It fits the call.",
    ):
        assert part in text
    assert "Reviewer1" not in text
    assert pdf.trailer["/Root"]["/Lang"] == "en"
    post(representative, "decision_letter", decision.pk)
    worker()
    assert Job.objects.filter(kind=letter.KIND).count() == 1
    assert Document.objects.filter(kind=letter.KIND).count() == 1
    page = get(representative, "decision_detail", decision.pk)
    assert reverse("document", args=[document.pk]) in page.text
    assert get(representative, "document", document.pk).status_code == 200
    assert get(OFFICE.officer, "document", document.pk).status_code == 200
    assert get(OFFICE.reviewers[0], "document", document.pk).status_code in (403, 404)


def test_the_letter_says_what_stood_on_the_day_whatever_happens_later():
    application = application_at("rejected")
    decision = application.decisions.get()
    before = letter.content(decision)
    assert [review.total for review in before.reviews] == [80, 80]
    data = {"reason": "We learn a lot."}
    group = application.group
    APPLICATION.apply(application, "ask_reconsideration", by=group.representative, now=NOON + DAY, data=data)
    APPLICATION.apply(
        fresh(application),
        "grant_reconsideration",
        by=OFFICE.approver,
        now=NOON + DAY,
        data={"reason": "Look again."},
    )
    REVIEW.apply(
        application.reviews.first(), "void", by=OFFICE.officer, now=NOON + DAY, data={"reason": "Anew."}
    )
    group.name = "Another name"
    group.save()
    assert letter.content(Decision.objects.get(pk=decision.pk)) == before


def test_a_review_that_was_voided_before_is_not_in_the_letter():
    application = application_at(
        "in_review", reviewers=[*OFFICE.reviewers, staff_member("r3", Role.REVIEWER)]
    )
    for review in application.reviews.all():
        send_review(review, 10 if review.reviewer.email.startswith("r3") else 8)
    third = application.reviews.get(reviewer__email__startswith="r3")
    REVIEW.apply(third, "void", by=OFFICE.officer, now=NOON, data={"reason": "A mistake."})
    data = {"amounts": amounts_of(application), "reason": "Good."}
    application = APPLICATION.apply(fresh(application), "recommend", by=OFFICE.officer, now=NOON, data=data)
    application = APPLICATION.apply(
        application, "approve", by=OFFICE.approver, now=NOON + DAY, data=approval(application)
    )
    assert [review.total for review in letter.content(application.decisions.get()).reviews] == [80, 80]


# --- Figures ------------------------------------------------------------------------------------------


def test_the_comparison_counts_sent_reviews_only():
    application = application_at("in_review")
    first, second = application.reviews.order_by("pk")
    assert compare(application).mean is None
    write_review(second, 2)
    send_review(first, 9)
    found = compare(application)
    assert [review.pk for review in found.reviews] == [first.pk]
    assert (found.mean, found.spread, found.passes) == (Decimal("90.00"), 0, True)


def test_the_pages_of_the_decision_ask_the_same_number_of_questions(django_assert_num_queries):
    call = make_call()
    application = application_at("recommended", call=call)
    client = browser(OFFICE.approver)
    address = reverse("decide", args=[application.pk])
    client.get(address)
    with django_assert_num_queries(QUERIES_OF_DECISION):
        client.get(address)
    for _number in range(5):
        application_at("recommended", call=call)
    with django_assert_num_queries(QUERIES_OF_DECISION):
        assert client.get(address).status_code == 200


# Four transitions ask their guards; the rest is the reviews, the money, the lines and the frame.
QUERIES_OF_DECISION = 36
