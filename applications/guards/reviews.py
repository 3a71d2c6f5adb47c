"""What may happen to one review."""

from django.utils.translation import gettext as _

from applications.eligibility import names
from applications.models import Application, Review
from applications.scoring import consensus_on

# Reviewers are assigned, and declare whether they have an interest.
UNDER_REVIEW = (Application.Status.SUBMITTED, Application.Status.IN_REVIEW)


def counting(obj: Application) -> list[Review]:
    """The live reviews of the last submission; where the reviews were read already, without a query."""
    latest = obj.latest_submission
    return [row for row in obj.reviews.all() if latest and row.is_live and row.counts_for(latest)]


def review_is_possible(obj: Review, *, by, now, data) -> str:
    """Interest can be declared as soon as it is assigned; scores are written once the review has begun."""
    if obj.application.status not in UNDER_REVIEW:
        return _("The application is not under review now.")
    return ""


def review_has_begun(obj: Review, *, by, now, data) -> str:
    if obj.application.status != Application.Status.IN_REVIEW:
        return _("The application is not under review now.")
    return ""


def not_judged_on(obj: Review, *, by, now, data) -> str:
    """A recommendation, and all that follows, rests on the reviews of its version: they stay as they are."""
    status = obj.application.status
    if status in UNDER_REVIEW or status == Application.Status.CHANGES_REQUESTED:
        return ""
    if status == Application.Status.RECOMMENDED:
        return _("The recommendation rests on this review: it can be voided once the authority sent it back.")
    return _("The application is not under review now.")


def not_agreed_on(obj: Review, *, by, now, data) -> str:
    """What was agreed on stands on these reviews: with one of them void it would count for nothing that anybody said."""
    application = obj.application
    if obj.status != Review.Status.SENT or not application.call.asks_to_meet:
        return ""
    latest = application.latest_submission
    if latest is None or not obj.counts_for(latest) or consensus_on(application.call, latest) is None:
        return ""
    return _(
        "Its reviewers agreed on this version. Return the application: what is sent again is reviewed anew."
    )


def interest_is_said(obj: Review, *, by, now, data) -> str:
    if data and data.get("no_interest") not in (True, False):
        return _("Say whether you have an interest.")
    if data and data["no_interest"] is False and not str(data.get("reason") or "").strip():
        return _("Say which interest you have.")
    return ""


def is_complete(obj: Review, *, by, now, data) -> str:
    scores = {score.criterion_id: score for score in obj.scores.all()}
    missing = [
        criterion
        for criterion in obj.application.call.criteria.all()
        if (score := scores.get(criterion.pk)) is None or score.score is None or not score.reason.strip()
    ]
    if missing:
        return _("Give a score and its reason for: %(names)s.") % {"names": names(missing)}
    if not obj.comment.strip():
        return _("Write a comment for the group.")
    if not obj.advice:
        return _("Say what you advise.")
    return ""
