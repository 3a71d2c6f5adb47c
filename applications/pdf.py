"""The papers of a submission: the dossier with everything that was sent, and the acknowledgement of its receipt.

Both are made from the frozen snapshot, never from the live rows: made again years later they say the same.
"""

import datetime as dt
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts.models import User
from applications import attachments, dossier
from applications.gantt import charts
from applications.models import Line, Submission
from applications.snapshot_words import in_language
from core import dates, documents, jobs, pdf
from core.models import Document, Job

DOSSIER, RECEIPT = "application_dossier", "application_receipt"
LABELS = {
    DOSSIER: gettext_lazy("Application dossier"),
    RECEIPT: gettext_lazy("Acknowledgement of receipt"),
}
TEMPLATES = {DOSSIER: "pdf/application_dossier.html", RECEIPT: "pdf/application_receipt.html"}
# What the file is called, in Spanish: the programme's papers are filed so.
FILENAMES = {
    DOSSIER: pgettext_lazy("file name", "application"),
    RECEIPT: pgettext_lazy("file name", "receipt"),
}


def kinds() -> list[tuple[str, str]]:
    """(kind, label) of the papers that a submission has."""
    return [(kind, str(label)) for kind, label in LABELS.items()]


def key_of(kind: str, submission: Submission, language: str) -> str:
    """The key of the job: one paper of one submission in one language is made once."""
    return f"{kind}:{submission.pk}:{language}"


def ask(submission: Submission, kind: str, *, by: User, now: dt.datetime, language: str) -> Job:
    """Ask a worker for a paper. The caller has checked that `by` may see the application."""
    return jobs.ask(
        kind=kind,
        key=key_of(kind, submission, language),
        by=by,
        now=now,
        params={"submission": submission.pk},
        case=submission.application.case,
        language=language,
    )


def make(job: Job, progress: jobs.Progress) -> Document:
    """Write a paper: the work of the job."""
    progress(0, 1)
    submission = Submission.objects.select_related("application__case").get(pk=job.params["submission"])
    reference = submission.snapshot["reference"]
    data = pdf.render(
        TEMPLATES[job.kind],
        context_of(submission, str(LABELS[job.kind])),
        language=job.language,
        content_hash=submission.sha256,
        made_at=submission.submitted_at,
    )
    progress(1, 1)
    return documents.store_bytes(
        case=submission.application.case,
        kind=job.kind,
        owner_id=submission.application_id,
        filename=pdf.filename(FILENAMES[job.kind], f"{reference}-{submission.number}", language=job.language),
        content_type="application/pdf",
        data=data,
        by=job.requested_by,
        now=dates.now(),
        content_hash=submission.sha256,
    )


def context_of(submission: Submission, title: str) -> dict[str, Any]:
    """What the templates of both papers take."""
    snapshot, read = submission.snapshot, dossier.of(submission)
    bars = [(row["name"], row["first_month"], row["last_month"]) for row in snapshot["activities"]]
    return {
        "title": title,
        "reference": snapshot["reference"],
        "subtitle": snapshot["project"]["title"],
        "version": submission.number,
        "snapshot": snapshot,
        "submission": submission,
        "dossier": read,
        "call": call_title(snapshot["call"]),
        "line": str(Line(snapshot["call"]["line"]).label),
        "quotes": [(line.description, words, paper) for line in read.lines for words, paper in line.quotes],
        "charts": charts(bars, snapshot["call"]["months"], _("The months of the work plan")),
    }


def call_title(call: dict[str, Any]) -> str:
    """The call as it was called on that day, in the language of the paper."""
    return f"{call['code']} · {in_language(call, 'title')}"


def page(job: Job) -> tuple[str, str]:
    """The case that the paper belongs to."""
    submission = Submission.objects.only("application_id").filter(pk=job.params.get("submission")).first()
    if submission is None:
        return "", ""
    return reverse("application_detail", args=[submission.application_id]), _("The application")


def register() -> None:
    """Say how the papers are made, and who may read them."""
    for kind, label in LABELS.items():
        jobs.register(kind, make, label, page=page)
        documents.register(kind, can_read=attachments.may_read, label=label, overtaken=overtaken)


def overtaken(document: Document) -> bool:
    """Whether the application was sent again since: a paper is made when somebody asks, the version counts at once."""
    last = Submission.objects.filter(application_id=document.owner_id).order_by("-number").first()
    return last is not None and last.sha256 != document.content_hash
