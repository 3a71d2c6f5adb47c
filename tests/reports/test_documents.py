"""A report is not sent with a file that the virus scanner has not passed."""

import datetime as dt

import pytest
from django.urls import reverse

from core.dates import at_noon
from core.models import Document
from core.workflow import TransitionRefused
from reports import actions
from reports.models import Outcome
from reports.workflow import REPORT
from tests.factories_applications import a_pdf
from tests.factories_reports import report_at

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("files")]
AFTER = at_noon(dt.date(2026, 3, 10))


@pytest.fixture
def files(settings, tmp_path):
    """With a scanner set up, whatever comes in waits for it."""
    settings.MEDIA_ROOT = tmp_path
    settings.CLAMD_URL = "tcp://127.0.0.1:1"


def with_evidence(report):
    return actions.save_activity(
        by=report.group.representative,
        report=report,
        activity=report.project.activities.first(),
        version=report.version,
        now=AFTER,
        done_percent=100,
        what_was_done="Bought and installed.",
        reason="",
        uploads=[a_pdf("kiln.pdf")],
    )


def with_outcome(report):
    outcome = Outcome(kind="trained", figure=3, on=AFTER.date(), text="A list of names")
    return actions.save_outcome(
        by=report.group.representative,
        report=report,
        version=report.version,
        now=AFTER,
        outcome=outcome,
        upload=a_pdf("kiln.pdf"),
    )


def send(report):
    return REPORT.apply(report, "submit", by=report.group.representative, now=AFTER)


@pytest.mark.parametrize("add", [with_evidence, with_outcome])
def test_a_report_waits_until_its_files_are_scanned(add):
    report = add(report_at("draft"))
    with pytest.raises(TransitionRefused, match=r"not looked at these files yet: “kiln\.pdf”"):
        send(report)
    Document.objects.update(scan=Document.Scan.INFECTED)
    with pytest.raises(TransitionRefused, match="Take each out"):
        send(report)
    Document.objects.update(scan=Document.Scan.CLEAN)
    assert send(report).status == "submitted"


def test_a_file_that_was_taken_out_keeps_nothing_waiting():
    report = with_evidence(report_at("draft"))
    by, piece = report.group.representative, report.evidence.get()
    report = actions.remove_evidence(by=by, report=report, evidence=piece, version=report.version, now=AFTER)
    assert send(report).status == "submitted"


def test_the_page_that_checks_says_it(signed_in):
    report = with_evidence(report_at("draft"))
    page = signed_in(report.group.representative).get(reverse("report_check", args=[report.pk]))
    assert "has not looked at these files yet" in page.content.decode()
