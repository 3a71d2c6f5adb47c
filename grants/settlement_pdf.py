"""The final settlement as a document: made by a worker from what was frozen at closing, once, in the group's language."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from accounts.permissions import Action
from core import documents, jobs, pdf
from core.models import Document, Job
from grants.models import FinalSettlement, Project
from grants.settling import lines_of

KIND = "final_settlement"


def ask(project: Project, *, by, now, data) -> None:
    """Ask a worker for it (an effect of closing, after the settlement is frozen)."""
    representative = project.group.representative
    jobs.ask(
        kind=KIND,
        key=f"{KIND}.{project.pk}",
        by=by,
        now=now,
        params={"project": project.pk},
        case=project.case,
        language=representative.language if representative else None,
    )


def document_of(settlement: FinalSettlement) -> Document | None:
    """The document, once a worker has made it."""
    return Document.objects.filter(kind=KIND, owner_id=settlement.pk).order_by("pk").first()


def work(job: Job, progress: jobs.Progress) -> Document:
    """Make the PDF; a second run answers the first one's."""
    settlement = FinalSettlement.objects.select_related("project__application__case", "frozen_by").get(
        project=job.params["project"]
    )
    if made := document_of(settlement):
        return made
    case = settlement.project.case
    digest = content_hash_of(settlement)
    context = context_of(settlement)
    made_at = settlement.frozen_at
    data = pdf.render(
        "pdf/settlement.html", context, language=job.language, content_hash=digest, made_at=made_at
    )
    progress(1, 1)
    return documents.store_bytes(
        case=case,
        kind=KIND,
        owner_id=settlement.pk,
        filename=pdf.filename(
            pgettext_lazy("file name", "settlement"), case.reference or case.pk, language=job.language
        ),
        content_type="application/pdf",
        data=data,
        by=None,
        now=made_at,
        content_hash=digest,
    )


def content_hash_of(settlement: FinalSettlement) -> str:
    """What the document prints about itself: the hash of every frozen figure."""
    names = [field.attname for field in FinalSettlement._meta.concrete_fields]
    return pdf.content_hash({name: getattr(settlement, name) for name in names})


def context_of(settlement: FinalSettlement) -> dict[str, Any]:
    """What the template shows."""
    project = settlement.project
    return {
        "title": _("Final settlement"),
        "subtitle": project.title,
        "reference": project.reference,
        "group": project.group.name,
        "settlement": settlement,
        "lines": lines_of(settlement.arithmetic),
    }


def may_read(user, document: Document) -> bool:
    """Whoever sees the payments of the project."""
    settlement = (
        FinalSettlement.objects.filter(pk=document.owner_id, project__application__case=document.case_id)
        .select_related("project__application__group")
        .first()
    )
    return settlement is not None and user.can(Action.VIEW_PAYMENTS, settlement.project)
