"""A letter as a document: made by a worker from what was frozen, once, in the group's language."""

from typing import Any

from django.db.models import Q
from django.utils.translation import pgettext_lazy

from accounts.permissions import Action
from core import documents, jobs, pdf
from core.models import Document, Job
from grants.letters import content
from grants.letters.writing import KIND
from grants.models import ProjectLetter

Kind = ProjectLetter.Kind


def work(job: Job, progress: jobs.Progress) -> Document:
    """Make the PDF of a letter; a second run answers the first one's."""
    letter = ProjectLetter.objects.with_case().get(pk=job.params["letter"])
    if letter.document:
        return letter.document
    data = pdf.render(
        "pdf/project_letter.html",
        context_of(letter),
        language=job.language,
        content_hash=letter.sha256,
        made_at=letter.signed_at,
    )
    progress(1, 2)
    document = documents.store_bytes(
        case=letter.case,
        kind=KIND,
        owner_id=letter.project_id,
        filename=pdf.filename(
            pgettext_lazy("file name", "letter"),
            letter.case.reference or letter.case.pk,
            letter.number,
            language=job.language,
        ),
        content_type="application/pdf",
        data=data,
        by=None,
        now=letter.signed_at,
        content_hash=letter.sha256,
    )
    # Another worker may have been faster: the first document stays.
    ProjectLetter.objects.filter(pk=letter.pk, document=None).update(document=document)
    progress(2, 2)
    return ProjectLetter.objects.select_related("document").get(pk=letter.pk).document  # type: ignore[return-value]


def context_of(letter: ProjectLetter) -> dict[str, Any]:
    """What the template shows."""
    return {
        "title": content.title_of(letter),
        "subtitle": letter.content["title"],
        "reference": letter.content["reference"],
        "letter": letter,
        **content.shown(letter),
    }


def overtaken(document: Document) -> bool:
    """Whether a later act took its place: a project that resumed is not suspended any more."""
    letter = ProjectLetter.objects.filter(sha256=document.content_hash).first()
    if letter is None:
        return False
    later = ProjectLetter.objects.filter(project=letter.project_id, number__gt=letter.number)
    if letter.is_proposal:
        return later.filter(Q(withdraws=letter.pk) | Q(kind=Kind.TERMINATION)).exists()
    return later.exclude(kind__in=[Kind.HEARING, Kind.WITHDRAWAL]).exists()


def may_read(user, document: Document) -> bool:
    """Whoever sees the project."""
    letter = ProjectLetter.objects.with_case().filter(document=document).first()
    return letter is not None and user.can(Action.VIEW_PROJECT, letter)
