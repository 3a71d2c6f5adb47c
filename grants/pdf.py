"""The agreement as a document: made by a worker from the frozen terms and the signatures, once."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from accounts.permissions import Action
from core import documents, pdf
from core.jobs import JobFailed, Progress
from core.models import Document, Job
from grants.models import Agreement
from grants.wording import in_words

KIND = "agreement"


def work(job: Job, progress: Progress) -> Document:
    """Make the PDF of a signed agreement; a second run answers the first one's."""
    agreement = Agreement.objects.select_related("document", "project__application__case").get(
        pk=job.params["agreement"]
    )
    if agreement.document:
        return agreement.document
    if not agreement.is_signed:
        raise JobFailed(_("The agreement is not signed yet."))
    signed_at = agreement.state_signed_at
    assert signed_at is not None
    case = agreement.project.case
    digest = content_hash_of(agreement)
    data = pdf.render(
        "pdf/agreement.html",
        context_of(agreement),
        language=job.language,
        content_hash=digest,
        made_at=signed_at,
    )
    progress(1, 2)
    document = documents.store_bytes(
        case=case,
        kind=KIND,
        owner_id=agreement.pk,
        filename=pdf.filename(
            pgettext_lazy("file name", "agreement"), case.reference or case.pk, language=job.language
        ),
        content_type="application/pdf",
        data=data,
        by=None,
        now=signed_at,
        content_hash=digest,
    )
    # Another worker may have been faster: the first document stays.
    Agreement.objects.filter(pk=agreement.pk, document=None).update(document=document)
    progress(2, 2)
    return Agreement.objects.select_related("document").get(pk=agreement.pk).document  # type: ignore[return-value]


def content_hash_of(agreement: Agreement) -> str:
    """What the document prints about itself: the digest of the terms and both signatures."""
    return pdf.content_hash(
        {
            "terms": agreement.digest,
            "group": [agreement.group_signed_by_id, agreement.group_signed_name, agreement.group_signed_at],
            "state": [agreement.state_signed_by_id, agreement.state_signed_name, agreement.state_signed_at],
        }
    )


def context_of(agreement: Agreement) -> dict[str, Any]:
    """What the template shows: the same words as the page that was signed."""
    terms = agreement.terms
    return {
        "title": _("Agreement"),
        "subtitle": terms["title"],
        "reference": terms["reference"],
        "agreement": agreement,
        "terms": in_words(terms),
        "signers": [
            {"name": agreement.group_signed_name, "role": _("For the group")},
            {"name": agreement.state_signed_name, "role": _("For the State")},
        ],
    }


def may_read(user, document: Document) -> bool:
    """Whoever sees the project."""
    agreement = (
        Agreement.objects.filter(pk=document.owner_id, project__application__case=document.case_id)
        .select_related("project__application__group")
        .first()
    )
    return agreement is not None and user.can(Action.VIEW_PROJECT, agreement.project)
