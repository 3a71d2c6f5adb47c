"""The document of an accepted report, made by the real renderer: what it says, in which language, tagged, once."""

import datetime as dt
import io

import pytest
from django.urls import reverse
from pypdf import PdfReader

from core import pdf as core_pdf
from core.dates import at_noon
from core.models import Document
from reports import pdf
from reports.models import Outcome, ReportEvidence
from reports.workflow import REPORT
from tests.cast import make_person
from tests.clock import NOON
from tests.factories_groups import make_group
from tests.factories_reports import make_project, report_at, the_officer

pytestmark = pytest.mark.django_db
AFTER = at_noon(dt.date(2026, 3, 12))


def accepted(language: str = "en"):
    """An accepted report with evidence, an outcome, a reason and an observation."""
    representative = make_person("representative", "Rosa Representante", language)
    report = report_at("draft", make_project(make_group(representative=representative)), now=AFTER)
    row = report.activities.get(activity__name="Buy the kiln")
    row.done_percent, row.reason, row.expected_last_month = 40, "The customs held it back.", 5
    row.save()
    Outcome.objects.create(report=report, kind="trained", figure="1234.50", on="2026-01-15", text="The list")
    from tests.reports.test_database import document

    ReportEvidence.objects.create(report=report, activity=row.activity, document_id=document(report))
    report = REPORT.apply(report, "submit", by=representative, now=AFTER)
    observations = [{"text": "Send the invoice of the kiln", "due_on": dt.date(2026, 4, 20), "tranche": None}]
    return REPORT.apply(
        report,
        "accept",
        by=the_officer(report.project),
        now=AFTER + dt.timedelta(days=1),
        data={"observations": observations},
    )


def read(report) -> PdfReader:
    report.refresh_from_db()
    with report.pdf.file.open("rb") as file:
        return PdfReader(io.BytesIO(file.read()))


def test_the_document_says_what_was_frozen(worker):
    report = accepted()
    assert report.pdf is None
    worker()
    reader = read(report)
    text = " ".join(" ".join(page.extract_text() for page in reader.pages).split())
    for words in (
        "Progress report 1",
        report.case.reference,
        "A common kiln",
        "10/12/2025 to 09/03/2026",
        "Each activity of the approved plan at the end of the period",
        "Buy the kiln",
        "The customs held it back.",
        "Planned and done at the end of each month",
        "Activity by activity",
        "5 (in the plan: 3)",
        "Train the operators",
        "Open the showroom",
        "People trained and qualified",
        "1.234,5",
        "report.pdf",
        "Send the invoice of the kiln",
        "20/04/2026",
        "Rosa Representante",
        "Olga Oficial",
        "For the group",
        "For the programme",
    ):
        assert words in text, words
    assert report.sha256 in text.replace(" ", "")
    pages = len(reader.pages)
    assert 2 <= pages <= 5
    assert f"Page 1 of {pages}" in text


@pytest.mark.parametrize(("language", "title"), [("en", "Progress report 1"), ("es", None)])
def test_it_speaks_the_groups_language_and_is_tagged(worker, language, title):
    report = accepted(language)
    worker()
    reader = read(report)
    root = reader.trailer["/Root"]
    assert root["/Lang"] == language
    assert root["/MarkInfo"]["/Marked"].value is True
    assert "/StructTreeRoot" in root
    assert reader.metadata.title
    if title:
        assert title in reader.metadata.title


def test_its_row_names_the_file_and_what_it_was_made_from(worker):
    report = accepted()
    worker()
    report.refresh_from_db()
    document = report.pdf
    assert (document.kind, document.owner_id, document.case) == ("progress_report", report.pk, report.case)
    assert document.content_hash == report.sha256
    assert document.filename == f"{report.case.reference}-report-1.pdf"
    from core import documents

    assert documents.is_whole(document)


def test_it_is_made_once_however_often_it_is_asked(worker):
    from reports.effects import ask_for_pdf

    report = accepted()
    for _again in range(3):
        ask_for_pdf(report, by=the_officer(report.project), now=AFTER, data={})
        worker()
    assert report.case.jobs.filter(kind="progress_report").count() == 1
    assert (
        Document.objects.filter(kind="progress_report", owner_id=report.pk).exclude(content_hash="").count()
        == 1
    )


def test_the_same_report_gives_the_same_bytes():
    from core import pdf
    from reports.pdf import context_of

    report = accepted()
    made = [
        pdf.render(
            "pdf/report.html",
            context_of(report.snapshot),
            language="en",
            content_hash=report.sha256,
            made_at=report.accepted_at,
        )
        for _again in range(2)
    ]
    assert made[0] == made[1]


def test_group_and_staff_may_read_it_and_nobody_else(worker, signed_in, stranger, officer):
    report = accepted()
    worker()
    report.refresh_from_db()
    url = reverse("document", args=[report.pdf_id])
    page = reverse("report_pdf", args=[report.pk])
    for user in (report.group.representative, officer):
        client = signed_in(user)
        assert client.get(page).url == url
        response = client.get(url)
        assert response.status_code == 200
        assert response.headers["Content-Type"] == "application/pdf"
    client = signed_in(stranger)
    assert client.get(url).status_code == 404
    assert client.get(page).status_code == 404


def test_before_it_is_there_the_page_says_so(signed_in):
    report = accepted()
    client = signed_in(report.group.representative)
    response = client.get(reverse("report_pdf", args=[report.pk]), follow=True)
    assert "The PDF is being made" in response.content.decode()


def test_a_report_that_is_not_accepted_has_none(signed_in):
    report = report_at("submitted")
    client = signed_in(report.group.representative)
    response = client.post(reverse("report_pdf", args=[report.pk]), follow=True)
    assert "once it is accepted" in response.content.decode()
    assert not report.case.jobs.exists()


def test_one_that_could_not_be_made_can_be_asked_for_again(signed_in):
    report = accepted()
    job = report.case.jobs.get(kind="progress_report")
    job.state, job.error = "failed", "There is no room on the disk."
    job.save()
    client = signed_in(report.group.representative)
    page = reverse("report_detail", args=[report.pk])
    assert "There is no room on the disk." in client.get(page).content.decode()
    client.post(reverse("report_pdf", args=[report.pk]))
    job.refresh_from_db()
    assert job.state == "waiting"


def test_one_that_nobody_asked_for_yet_is_made_on_demand(signed_in, worker):
    report = accepted()
    report.case.jobs.all().delete()
    client = signed_in(report.group.representative)
    assert "Make the PDF" in client.get(reverse("report_detail", args=[report.pk])).content.decode()
    # Looking for it asks for nothing.
    client.get(reverse("report_pdf", args=[report.pk]))
    assert not report.case.jobs.exists()
    client.post(reverse("report_pdf", args=[report.pk]))
    worker()
    report.refresh_from_db()
    assert report.pdf is not None


def test_the_signatures_never_stand_alone_on_the_last_page():
    """With so many lines only they would fall on the next one."""
    snapshot = report_at("accepted").snapshot
    lines = "\n".join(f"Line {number}" for number in range(39))
    snapshot = {**snapshot, "report": {**snapshot["report"], "summary": lines}}
    data = core_pdf.render(
        "pdf/report.html", pdf.context_of(snapshot), language="en", content_hash="", made_at=NOON
    )
    last = PdfReader(io.BytesIO(data)).pages[-1].extract_text()
    assert "No file was handed in." in last
    assert "For the programme" in last
