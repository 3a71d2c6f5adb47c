"""The progress report as a document: made by a worker, from the frozen form alone, in the group's language."""

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from core import charts, documents, pdf
from core.jobs import JobFailed, Progress
from core.models import Document, Job
from reports.ledgers import frozen
from reports.ledgers.units import counted
from reports.models import EXTRA, Outcome, ProgressReport
from reports.progress import progress_of_snapshot

KIND = "progress_report"


def work(job: Job, progress: Progress) -> Document | None:
    """Make the document of an accepted report, once: a second run answers the first one's."""
    report = ProgressReport.objects.select_related("pdf", "project__application__case").get(
        pk=job.params["report"]
    )
    if report.pdf:
        return report.pdf
    if report.status != ProgressReport.Status.ACCEPTED:
        raise JobFailed(_("The report is not accepted."))
    made_at = report.accepted_at
    assert made_at is not None
    assert report.snapshot is not None
    data = pdf.render(
        "pdf/report.html",
        context_of(report.snapshot),
        language=job.language,
        content_hash=report.sha256,
        made_at=made_at,
    )
    progress(1, 2)
    document = documents.store_bytes(
        case=report.case,
        kind=KIND,
        owner_id=report.pk,
        filename=pdf.filename(
            pgettext_lazy("file name", "report"),
            report.case.reference or report.case.pk,
            report.label,
            language=job.language,
        ),
        content_type="application/pdf",
        data=data,
        by=None,
        now=made_at,
        content_hash=report.sha256,
    )
    # Another worker may have been faster: the first document stays.
    ProgressReport.objects.filter(pk=report.pk, pdf=None).update(pdf=document)
    progress(2, 2)
    return ProgressReport.objects.select_related("pdf").get(pk=report.pk).pdf


def context_of(snapshot: dict[str, Any]) -> dict[str, Any]:
    """What the template shows. Nothing is read from the database: the same snapshot gives the same document."""
    report = snapshot["report"]
    title = _("Final progress report (%(number)s)") if report["final"] else _("Progress report %(number)s")
    number = report["number"]
    if report.get("extra"):
        title, number = _("Extra progress report %(number)s"), number - EXTRA
    return {
        "title": title % {"number": number},
        "subtitle": snapshot["title"],
        "reference": snapshot["reference"],
        **content_of(snapshot),
        "signers": [
            {"name": snapshot["submitted"]["by"], "role": _("For the group")},
            {"name": snapshot["accepted"]["by"], "role": _("For the programme")},
        ],
    }


def content_of(snapshot: dict[str, Any]) -> dict[str, Any]:
    """The frozen form of a report, ready to be shown: on paper, and on the page of the report."""
    accepted = snapshot.get("accepted")
    return {
        "snapshot": snapshot,
        "report": {key: _day(value) if key in DAYS else value for key, value in snapshot["report"].items()},
        "activities": [row for row in snapshot["activities"] if row["asked"]],
        "rest": [row for row in snapshot["activities"] if not row["asked"]],
        "chart": charts.bar_chart(
            [(row["name"], [row["planned"], row["done"]]) for row in snapshot["activities"]],
            _("Planned and done, in per cent"),
            (_("Planned"), _("Done")),
        ),
        "progress": progress_of_snapshot(snapshot),
        "evidence": _evidence(snapshot),
        "evidence_of_report": snapshot["evidence"],
        "outcomes": [
            {
                **row,
                "label": Outcome.Kind(row["kind"]).label,
                "on": _day(row["on"]),
                "figure": counted(row["kind"], row["figure"]),
                "of_firms": ", ".join(row.get("firms", ())),
            }
            for row in snapshot["outcomes"]
        ],
        "ledgers": frozen.shown(snapshot),
        "submitted": _act(snapshot["submitted"]),
        "accepted": _act(accepted) if accepted else None,
        "observations": [{**row, "due_on": _day(row["due_on"])} for row in accepted["observations"]]
        if accepted
        else [],
    }


DAYS = ("period_from", "period_to", "due_on")


def _day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def _act(act: dict[str, Any]) -> dict[str, Any]:
    return {**act, "at": dt.datetime.fromisoformat(act["at"])}


def _evidence(snapshot: dict[str, Any]) -> list[dict[str, Any]]:
    """Every file, with what it shows."""
    rows = [{"about": row["name"], **piece} for row in snapshot["activities"] for piece in row["evidence"]]
    rows += [{"about": "", **piece} for piece in snapshot["evidence"]]
    rows += [
        {"about": Outcome.Kind(row["kind"]).label, **row["document"]}
        for row in snapshot["outcomes"]
        if row["document"]
    ]
    return rows + frozen.files_in(snapshot)
