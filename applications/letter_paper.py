"""The letter of a decision as a PDF: signed, once in each language; and its draft, before the authority signs."""

import datetime as dt
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import Action
from applications import letter
from applications.letter import Letter
from applications.models import Application, Decision
from core import dates, documents, jobs, pdf
from core.models import Document, Job

KIND, DRAFT = "decision_letter", "decision_draft"


def ask(decision: Decision, *, by: User, now: dt.datetime) -> Job:
    """Ask a worker for the letter, in the language of the page. The same decision and language is one document."""
    language = get_language() or by.language
    return jobs.ask(
        kind=KIND,
        key=f"{KIND}:{decision.pk}:{language}",
        by=by,
        now=now,
        params={"decision": decision.pk},
        case=decision.application.case,
        language=language,
    )


def found(decision: Decision, language: str) -> Document | None:
    """The letter, if it was made already in this language."""
    job = Job.objects.filter(key=f"{KIND}:{decision.pk}:{language}").select_related("result").first()
    return job.result if job else None


def digest_of(decision: Decision, content: Letter) -> str:
    """What the paper prints about itself: the act, the same in each language, and whatever its call and its people are
    called later. A letter in one language therefore never takes the place of that in another."""
    act = {
        "call": decision.application.call.code,
        "rules": decision.rules,
        "signed_by": decision.decided_by_id,
        "in_name_of": bool(content.in_name_of),
    }
    return pdf.content_hash(asdict(content) | act)


def make(job: Job, progress: jobs.Progress) -> Document:
    """Write the letter: the work of the job."""
    progress(0, 1)
    decision = Decision.objects.select_related(
        "application__case", "application__call", "application__group", "decided_by"
    ).get(pk=job.params["decision"])
    content = letter.content(decision)
    digest = digest_of(decision, content)
    data = _render(content, language=job.language, content_hash=digest, made_at=decision.decided_at)
    progress(1, 1)
    return documents.store_bytes(
        case=decision.application.case,
        kind=KIND,
        owner_id=decision.pk,
        filename=pdf.filename(
            pgettext_lazy("file name", "decision"),
            content.reference,
            decision.resolution or decision.kind,
            language=job.language,
        ),
        content_type="application/pdf",
        data=data,
        by=job.requested_by,
        now=dates.now(),
        content_hash=digest,
    )


def _render(content: Letter, *, language: str, content_hash: str, made_at: dt.datetime) -> bytes:
    context = {
        "letter": content,
        "title": content.kind_label,
        "reference": content.reference,
        "subtitle": content.title,
        "draft": not content_hash,
    }
    return pdf.render(
        "pdf/decision_letter.html", context, language=language, content_hash=content_hash, made_at=made_at
    )


def can_read(user: User, document: Document) -> bool:
    """Whoever may read the decision may read its letter."""
    decision = Decision.objects.filter(pk=document.owner_id).select_related("application__group").first()
    return decision is not None and user.can(Action.VIEW_DECISION, decision.application)


def page(job: Job) -> tuple[str, str]:
    """Where the letter was asked for."""
    return reverse("decision_detail", args=[job.params["decision"]]), _("The decision")


# --- Before it is signed -------------------------------------------------------------------------------


def ask_draft(
    application: Application, name: str, data: dict[str, Any], *, by: User, now: dt.datetime
) -> Job:
    """Ask for the letter as it would be, in the language of the group. It is no act: it prints that it has no effect,
    and nobody can verify it."""
    params = {"application": application.pk, "name": name, "by": by.pk, "data": _plain(data)}
    language = letter.language_of(application)
    return jobs.ask(
        kind=DRAFT,
        key=f"{DRAFT}:{pdf.content_hash(params | {'day': dates.day_of(now)})}:{language}",
        by=by,
        now=now,
        params=params,
        case=application.case,
        language=language,
    )


def _plain(data: dict[str, Any]) -> dict[str, Any]:
    """What the form answered, as JSON keeps it."""
    found = dict(data)
    if "amounts" in data:
        found["amounts"] = {str(pk): str(amount) for pk, amount in data["amounts"].items()}
    if "dated_conditions" in data:
        found["dated_conditions"] = [[text, day.isoformat()] for text, day in data["dated_conditions"]]
    return found


def _read(plain: dict[str, Any]) -> dict[str, Any]:
    """The way back."""
    amounts = {int(pk): Decimal(amount) for pk, amount in plain.get("amounts", {}).items()}
    dated = [(text, dt.date.fromisoformat(day)) for text, day in plain.get("dated_conditions", [])]
    return plain | {"amounts": amounts, "dated_conditions": dated}


def make_draft(job: Job, progress: jobs.Progress) -> Document:
    """Write the draft: the work of the job."""
    progress(0, 1)
    application = Application.objects.select_related("case", "call", "group").get(
        pk=job.params["application"]
    )
    by = User.objects.get(pk=job.params["by"])
    content = letter.draft(
        application, job.params["name"], _read(job.params["data"]), by=by, now=job.created_at
    )
    data = _render(content, language=job.language, content_hash="", made_at=job.created_at)
    progress(1, 1)
    return documents.store_bytes(
        case=application.case,
        kind=DRAFT,
        owner_id=application.pk,
        filename=pdf.filename(
            pgettext_lazy("file name", "draft"),
            content.reference,
            content.resolution or content.kind,
            language=job.language,
        ),
        content_type="application/pdf",
        data=data,
        by=job.requested_by,
        now=dates.now(),
    )


def can_read_draft(user: User, document: Document) -> bool:
    """Whoever may decide on the case."""
    application = Application.objects.with_roles().filter(pk=document.owner_id).first()
    return application is not None and user.can(Action.DECIDE, application)


def page_of_draft(job: Job) -> tuple[str, str]:
    """Where the decision is taken."""
    return reverse("decide", args=[job.params["application"]]), _("The decision")


def register() -> None:
    """Say how both are made, and who may read them."""
    documents.register(KIND, can_read=can_read, label=gettext_lazy("Decision letter"))
    documents.register(DRAFT, can_read=can_read_draft, label=gettext_lazy("Draft of a decision letter"))
    jobs.register(KIND, make, gettext_lazy("Decision letter"), page=page)
    jobs.register(DRAFT, make_draft, gettext_lazy("Draft of a decision letter"), page=page_of_draft)
