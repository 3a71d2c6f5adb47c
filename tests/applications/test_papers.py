"""The papers of a submission, really rendered: what they say, in which language, with which tags."""

import io

import pytest
from django.urls import reverse
from pypdf import PdfReader

from applications import pdf
from applications.models import Submission
from core import documents
from core.models import Job
from groups.models import Group
from tests.applications.staff_pages import browser, words
from tests.clock import NOON
from tests.factories_applications import OFFICE, application_at, return_for_changes, submit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]


def made(application, kind, worker, language="en") -> PdfReader:
    """A paper as a worker makes it."""
    submission = application.latest_submission
    job = pdf.ask(submission, kind, by=application.group.representative, now=NOON, language=language)
    worker()
    job.refresh_from_db()
    assert job.error == ""
    with job.result.file.open("rb") as file:
        return PdfReader(io.BytesIO(file.read()))


def text_of(reader: PdfReader) -> str:
    return " ".join(" ".join(page.extract_text() for page in reader.pages).split())


@pytest.fixture
def application(db):
    return application_at("submitted")


def test_the_dossier_says_everything_that_was_sent(application, worker):
    reader = made(application, pdf.DOSSIER, worker)
    text = text_of(reader)
    submission = application.latest_submission
    for part in (
        "Application dossier",
        application.case.reference or submission.snapshot["reference"],
        "A shared drying kiln",
        "We dry wood in the open",
        "Carpintería 1 SRL",
        "Buy and install the kiln",
        "Certify the furniture",
        "$ 4.000.000,00",
        "$ 3.000.000,00",
        "minutes.pdf",
        submission.sha256,
        f"Page 2 of {len(reader.pages)}",
    ):
        assert part in text, part
    assert len(reader.pages) >= 3


def test_the_dossier_is_tagged_and_names_its_language_and_title(application, worker):
    for language in ("en", "es"):
        reader = made(application, pdf.DOSSIER, worker, language)
        root = reader.trailer["/Root"]
        assert str(root["/Lang"]).startswith(language)
        assert root["/MarkInfo"]["/Marked"]
        assert root["/StructTreeRoot"]
        assert application.latest_submission.snapshot["reference"] in reader.metadata.title


def test_the_acknowledgement_says_when_it_arrived(application, worker):
    text = text_of(made(application, pdf.RECEIPT, worker))
    assert "Acknowledgement of receipt" in text
    assert "10/03/2026 12:00 (Buenos Aires)" in text
    assert application.latest_submission.sha256 in text


def test_the_papers_are_of_what_was_frozen_and_not_of_what_is_there_now(application, worker):
    Group.objects.filter(pk=application.group_id).update(name="Called otherwise later")
    application.group.memberships.all().delete()
    text = text_of(made(application, pdf.DOSSIER, worker))
    assert "Buy and install the kiln" in text
    assert "Called otherwise later" not in text
    assert "Carpintería 1 SRL" in text


def test_asking_twice_is_one_document(application, worker):
    user = application.group.representative
    client = browser(user)
    url = reverse("application_paper", args=[application.pk, pdf.RECEIPT])
    assert client.post(url).status_code == 302
    assert client.post(url).status_code == 302
    assert Job.objects.filter(kind=pdf.RECEIPT).count() == 1
    receipt = reverse("application_receipt", args=[application.pk])
    assert "It is being made." in client.get(receipt).text
    worker()
    page = client.get(receipt).text
    document = Job.objects.get(kind=pdf.RECEIPT).result
    assert reverse("document", args=[document.pk]) in page
    assert client.get(reverse("document", args=[document.pk])).status_code == 200
    part = client.get(receipt, headers={"HX-Request": "true"})
    assert "<html" not in part.text
    assert "Download" in words(part)


def test_a_stranger_asks_for_nothing_and_reads_nothing(application, worker, stranger):
    url = reverse("application_paper", args=[application.pk, pdf.DOSSIER])
    assert browser(stranger).post(url).status_code == 404
    assert not Job.objects.filter(kind=pdf.DOSSIER).exists()
    made(application, pdf.DOSSIER, worker)
    document = Job.objects.get(kind=pdf.DOSSIER).result
    assert browser(stranger).get(reverse("document", args=[document.pk])).status_code == 404
    assert browser(OFFICE.officer).get(reverse("document", args=[document.pk])).status_code == 200


def test_a_paper_that_there_is_not_is_404(application):
    url = reverse("application_paper", args=[application.pk, "secrets"])
    assert browser(application.group.representative).post(url).status_code == 404


def test_each_version_has_its_own_papers(application, worker):
    made(application, pdf.RECEIPT, worker)
    first = Submission.objects.get()
    assert pdf.key_of(pdf.RECEIPT, first, "en") != pdf.key_of(pdf.RECEIPT, first, "es")


def test_a_paper_is_current_until_the_application_is_sent_again(application, worker):
    made(application, pdf.RECEIPT, worker)
    first = Submission.objects.get()
    assert [each.current for each in documents.genuine(first.sha256)] == [True]
    again = submit(return_for_changes(application))
    # No paper was asked for: the version counts at once.
    assert [each.current for each in documents.genuine(first.sha256)] == [False]
    made(again, pdf.RECEIPT, worker)
    made(again, pdf.DOSSIER, worker)
    last = again.latest_submission
    assert {each.current for each in documents.genuine(last.sha256)} == {True}
