"""The letter of a decision: what it says, to whom, and as a document."""

import pytest
from django.urls import reverse
from django.utils import translation
from pypdf import PdfReader

from accounts.models import User
from accounts.roles import Role
from applications import bundle, letter, letter_paper
from applications.eligibility import RULES
from applications.figures_in_words import RULE_NAMES
from applications.models import Call, Decision
from applications.workflow import APPLICATION, REVIEW
from core.models import Document, Job
from tests.applications.decision_pages import decide, decision_of, fresh
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
    for person in (*OFFICE.reviewers, OFFICE.officer):
        assert str(person) not in page
    assert "Signed by Approver (Approver)." in page
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
    job = Job.objects.get(kind=letter_paper.KIND)
    assert answer.url == reverse("job", args=[job.pk])
    worker()
    job.refresh_from_db()
    assert (job.state, job.error) == ("done", "")
    document = Document.objects.get(kind=letter_paper.KIND)
    pdf = PdfReader(document.file.open("rb"))
    text = " ".join(page.extract_text() for page in pdf.pages).replace("\xa0", " ")
    for part in (
        decision.resolution,
        "$ 3.000.000,00",
        "Drying kiln",
        "Muebles del Norte",
        "It fits the call.",
        "Signed by Approver (Approver).",
    ):
        assert part in text
    assert "Reviewer1" not in text
    assert pdf.trailer["/Root"]["/Lang"] == "en"
    post(representative, "decision_letter", decision.pk)
    worker()
    assert Job.objects.filter(kind=letter_paper.KIND).count() == 1
    assert Document.objects.filter(kind=letter_paper.KIND).count() == 1
    page = get(representative, "decision_detail", decision.pk)
    assert reverse("document", args=[document.pk]) in page.text
    assert get(representative, "document", document.pk).status_code == 200
    assert get(OFFICE.officer, "document", document.pk).status_code == 200
    assert get(OFFICE.reviewers[0], "document", document.pk).status_code in (403, 404)


def current_on(client, document: Document) -> bool:
    page = client.get(reverse("verify_document", args=[document.content_hash]))
    assert page.status_code == 200
    return "Current" in page.text and "Replaced" not in page.text


@pytest.mark.parametrize("status", ["approved", "ineligible"])
def test_the_letter_in_one_language_replaces_none_in_another(worker, client, frozen, status):
    application = application_at(status)
    decision = application.decisions.get()
    papers = []
    for language in ("en", "es"):
        with translation.override(language):
            job = letter_paper.ask(decision, by=OFFICE.approver, now=NOON)
        worker()
        job.refresh_from_db()
        papers.append(job.result)
        # What is called otherwise since, is the same act.
        Call.objects.filter(pk=application.call_id).update(title_en="Call 7", title_es="Convocatoria 7")
        frozen.move_to(NOON + DAY)
    assert papers[0].pk != papers[1].pk
    assert [current_on(client, paper) for paper in papers] == [True, True]


def test_the_letter_has_a_safe_name_that_tells_and_its_job_leads_back(worker):
    application = application_at("recommended")
    data = approval(application) | {"resolution": "U2-184/2026"}
    application = APPLICATION.apply(application, "approve", by=OFFICE.approver, now=NOON, data=data)
    decision = application.decisions.get()
    post(OFFICE.approver, "decision_letter", decision.pk)
    worker()
    job = Job.objects.select_related("result").get(kind=letter_paper.KIND)
    assert job.result.filename == f"{application.reference}-decision-U2-184-2026.pdf"
    assert reverse("decision_detail", args=[decision.pk]) in get(OFFICE.approver, "job", job.pk).text


# --- Before it is signed --------------------------------------------------------------------------------


def test_the_draft_is_shown_in_the_language_of_the_group_and_says_so():
    application = application_at("recommended")
    User.objects.filter(pk=application.group.representative.pk).update(language="es")
    page = decide(application, step="check", **decision_of(application))
    assert 'lang="es"' in page.text
    assert "It is written in Spanish, the language of the group." in page.text
    assert "queda aprobado en la convocatoria" in page.text


def test_the_draft_is_a_pdf_that_has_no_effect(worker, stranger):
    application = application_at("recommended")
    typed = decision_of(application, condition_1="Insure it.", condition_1_on="1/6/2026")
    answer = decide(application, step="draft", **typed)
    job = Job.objects.get(kind=letter_paper.DRAFT)
    assert answer.url == reverse("job", args=[job.pk])
    worker()
    job.refresh_from_db()
    assert (job.state, job.error) == ("done", "")
    text = " ".join(page.extract_text() for page in PdfReader(job.result.file.open("rb")).pages)
    mark = {"en": "Draft: it has no effect", "es": "Borrador"}[job.language]
    for part in (mark, "Insure it.", f"RES-2026-{application.pk}", "It fits the call.", "Approver"):
        assert part in text
    assert job.language == application.group.representative.language
    assert job.result.content_hash == ""
    assert not Decision.objects.exists()
    assert fresh(application).status == "recommended"
    assert reverse("decide", args=[application.pk]) in get(OFFICE.approver, "job", job.pk).text
    for user, status in ((OFFICE.approver, 200), (application.group.representative, 404), (stranger, 404)):
        assert get(user, "document", job.result_id).status_code == status
    # The same once more is the same paper; another number is another.
    decide(application, step="draft", **typed)
    assert Job.objects.filter(kind=letter_paper.DRAFT).count() == 1
    decide(application, step="draft", **typed | {"resolution": "RES-9"})
    assert Job.objects.filter(kind=letter_paper.DRAFT).count() == 2
    # What was only thought of is not kept.
    worker()
    assert bundle.sweep(NOON + 6 * DAY) == 0
    assert bundle.sweep(NOON + 8 * DAY) == 2
    assert not Document.objects.filter(kind=letter_paper.DRAFT).exists()


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
