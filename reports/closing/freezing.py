"""Freezing the closing report when a project closes, its PDF, and what `manage.py verify` asks of it."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from accounts.permissions import Action
from core import documents, jobs, pdf, timeline
from core.models import Case, Document, Event, Job
from grants.models import Project
from reports.closing import content, words
from reports.models import ClosingReport

KIND = "closing_report"


def freeze(project: Project, *, by, now: dt.datetime, data: dict) -> None:
    """Write it down as it stands (an effect of closing, after the settlement is frozen), and ask a worker for the PDF."""
    said = content.of(project, now=now)
    report = ClosingReport.objects.create(
        project=project, content=said, sha256=pdf.content_hash(said), frozen_by=by, frozen_at=now
    )
    representative = project.group.representative
    jobs.ask(
        kind=KIND,
        key=f"{KIND}:{report.pk}",
        by=None,
        now=now,
        params={"closing": report.pk},
        case=project.case,
        language=representative.language if representative else None,
    )
    timeline.record(project.case, "project.closing_report", by=by, now=now, obj=project, sha256=report.sha256)


def sentence(event: Event) -> str:
    """How it reads on the timeline."""
    return _("The closing report was frozen (SHA-256 %(digest)s).") % {
        "digest": str(event.data.get("sha256", ""))[:12]
    }


def work(job: Job, progress: jobs.Progress) -> Document:
    """Make the PDF; a second run answers the first one's."""
    report = ClosingReport.objects.select_related("document", "project__application__case", "frozen_by").get(
        pk=job.params["closing"]
    )
    if report.document:
        return report.document
    made_at, case = report.frozen_at, report.case
    data = pdf.render(
        "pdf/closing_report.html",
        context_of(report),
        language=job.language,
        content_hash=report.sha256,
        made_at=made_at,
    )
    progress(1, 2)
    document = documents.store_bytes(
        case=case,
        kind=KIND,
        owner_id=report.project_id,
        filename=pdf.filename(
            pgettext_lazy("file name", "closing"), case.reference or case.pk, language=job.language
        ),
        content_type="application/pdf",
        data=data,
        by=None,
        now=made_at,
        content_hash=report.sha256,
    )
    # Another worker may have been faster: the first document stays.
    ClosingReport.objects.filter(pk=report.pk, document=None).update(document=document)
    progress(2, 2)
    return ClosingReport.objects.select_related("document").get(pk=report.pk).document  # type: ignore[return-value]


def context_of(report: ClosingReport) -> dict[str, Any]:
    """What the template shows."""
    return {
        "title": _("Closing report"),
        "subtitle": report.content["title"],
        "reference": report.content["reference"],
        "closing": words.shown(report.content),
        "report": report,
    }


def may_read(user, document: Document) -> bool:
    """Whoever sees the payments of the project: what each firm received stands in it. `owner_id` is the project's."""
    project = Project.objects.with_case().filter(pk=document.owner_id).first()
    return project is not None and user.can(Action.VIEW_PAYMENTS, project)


def changed(case: Case | None) -> Iterator[str]:
    """Each closing report against its hash, and against the one on the timeline."""
    rows = ClosingReport.objects.select_related("project__application").order_by("pk")
    for report in (rows.filter(project__application__case=case) if case else rows).iterator():
        where = f"project {report.project_id}: its closing report"
        if pdf.content_hash(report.content) != report.sha256:
            yield f"{where} was changed"
        said = Event.objects.filter(
            case_id=report.project.application.case_id,
            action="project.closing_report",
            data__sha256=report.sha256,
        )
        if not said.exists():
            yield f"{where} is not the one on the timeline"
