"""The agreement as a document: made once by a worker, from what was signed, read by who sees the project."""

import io

import pytest
from pypdf import PdfReader

from core import documents
from core.models import Document, Job
from grants import actions, pdf
from grants.models import Agreement
from tests.factories_applications import OFFICE
from tests.factories_grants import NOON, finance, open_project, sign

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("approved_stands")]


def test_a_worker_makes_the_signed_agreement_once(worker, stranger, reviewer1):
    project = open_project()
    representative = project.group.representative
    representative.language = "en"
    representative.save()
    sign(project)
    worker()
    agreement = Agreement.objects.select_related("document").get(project=project)
    job = Job.objects.get(kind="agreement")
    assert job.state == "done", job.error
    document = agreement.document
    assert job.result == document
    assert documents.is_whole(document)
    assert document.filename == f"{project.reference}-agreement.pdf"
    assert document.content_hash == pdf.content_hash_of(agreement)

    reader = PdfReader(io.BytesIO(document.file.read()))
    text = "\n".join(page.extract_text() for page in reader.pages)
    for words in (
        project.reference,
        "A shared drying kiln",
        "Muebles del Norte",
        "Carpintería 1 SRL",
        "$\xa03.000.000,00",
        "$\xa01.200.000,00",
        "When report 1 is accepted",
        "Rosa Representante",
        agreement.state_signed_name,
        document.content_hash[:16],
    ):
        assert words in text, words
    assert reader.trailer["/Root"]["/Lang"] == "en"
    assert "/StructTreeRoot" in reader.trailer["/Root"]

    # A second run, late or at once, answers the same document.
    assert pdf.work(job, lambda _done, _all: None) == document
    assert actions.ask_for_document(agreement, by=representative, now=NOON) == job
    assert Document.objects.filter(kind="agreement").count() == 1

    for person in (representative, OFFICE.officer, finance()):
        assert documents.may_read(person, document)
    for person in (stranger, reviewer1):
        assert not documents.may_read(person, document)


def test_an_unsigned_agreement_is_no_document():
    project = sign(open_project(), state=False)
    job = actions.ask_for_document(project.agreement, by=OFFICE.officer, now=NOON)
    with pytest.raises(pdf.JobFailed, match="not signed yet"):
        pdf.work(job, lambda _done, _all: None)


def test_the_digest_is_of_the_terms_and_both_signatures():
    agreement = sign(open_project()).agreement
    digest = pdf.content_hash_of(agreement)
    assert digest == pdf.content_hash_of(Agreement.objects.get(pk=agreement.pk))
    agreement.state_signed_name = "Somebody Else"
    assert pdf.content_hash_of(agreement) != digest
