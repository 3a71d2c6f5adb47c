"""The letter of a decision: what it says, to whom, and as a document."""

import pytest
from django.urls import reverse
from pypdf import PdfReader

from accounts.roles import Role
from applications import letter
from applications.eligibility import RULES
from applications.figures_in_words import RULE_NAMES
from applications.models import Decision
from applications.workflow import APPLICATION, REVIEW
from core.models import Document, Job
from tests.applications.decision_pages import fresh
from tests.applications.staff_pages import get, post, words
from tests.clock import NOON
from tests.factories_applications import (
    DAY,
    OFFICE,
    amounts_of,
    application_at,
    approval,
    send_review,
    staff_member,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen", "recommended_stands")]


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
