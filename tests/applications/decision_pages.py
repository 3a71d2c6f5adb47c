"""What the tests of recommending and deciding share: a reviewed application, and the form of the authority as it is typed."""

from applications.models import Application
from tests.applications.staff_pages import post
from tests.factories_applications import (
    OFFICE,
    application_at,
    send_review,
)


def fresh(application: Application) -> Application:
    return Application.objects.get(pk=application.pk)


def typed_amounts(application: Application, *amounts: str) -> dict[str, str]:
    """The fields of the lines; without amounts, what was asked."""
    lines = list(application.lines.all())
    texts = amounts or [str(line.programme_share) for line in lines]
    return {f"amount_{line.pk}": text for line, text in zip(lines, texts, strict=True)}


def all_reviewed(scores=(8, 8), **how) -> Application:
    """In review, with every review sent."""
    application = application_at("in_review", **how)
    for review, score in zip(application.reviews.order_by("pk"), scores, strict=True):
        send_review(review, score)
    return fresh(application)


def decision_of(application: Application, decision: str = "approve", **more) -> dict[str, str]:
    """The form of the authority as it is typed."""
    return {
        "decision": decision,
        "resolution": f"RES-2026-{application.pk}",
        "file_number": "EX-2026-7",
        "reason": "It fits the call.",
        "conditions": "Insure the kiln.",
        **typed_amounts(application),
        **more,
    }


def decide(application: Application, user=None, step: str = "sign", version: int | None = None, **typed):
    version = fresh(application).version if version is None else version
    return post(user or OFFICE.approver, "decide", application.pk, version=version, step=step, **typed)
