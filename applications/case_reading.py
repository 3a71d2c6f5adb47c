"""What the case page shows of an application besides its sections, read in ONE query and handed to the objects that will be
asked for it: the guards and the pages ask the models as ever, and find it there."""

from typing import Any

from django.db.models import QuerySet

from applications.models import Application, Consensus, EligibilitySignOff, SubmissionMember
from applications.office import thread
from core import together


def lists(application: Application) -> dict[str, QuerySet]:
    """The lists, by name. The snapshots stay where they are: nobody reads them on this page."""
    group = application.group
    sent = application.submissions.all()
    return {
        "people": group.people.all(),
        "appointments": group.appointments.all(),
        "advisers": group.advisers.all(),
        "all_supports": group.supports.select_related("adviser"),
        "submissions": sent.select_related("submitted_by").defer("snapshot"),
        "sent_members": SubmissionMember.objects.filter(submission__in=sent.values("pk")),
        "sign_offs": EligibilitySignOff.objects.filter(submission__in=sent.values("pk")).select_related(
            "signed_by"
        ),
        "agreed": Consensus.objects.filter(submission__in=sent.values("pk")),
        "reviews": application.reviews.select_related("reviewer").order_by("due_on", "pk"),
        "recommendations": application.recommendations.select_related("recommended_by"),
        "decisions": application.decisions.select_related("decided_by"),
        "returns": application.returns.select_related("asked_by"),
        "questions": application.call.questions.all(),
        "cuts": application.call.cuts.all(),
        "thread": thread.recent(application),
    }


def hand_over(application: Application, read: dict[str, list[Any]]) -> None:
    """Let the application, its group and its call answer from what was read."""
    group, call = application.group, application.call
    for name in ("people", "appointments"):
        together.attach([group], name, read[name], "group_id")
    together.attach([group], "supports", read["all_supports"], "group_id")
    together.give(group, "advisers", read["advisers"])
    for name in ("submissions", "reviews", "recommendations", "decisions", "returns"):
        together.attach([application], name, read[name], "application_id")
    together.attach([call], "questions", read["questions"], "call_id")
    together.attach([call], "cuts", read["cuts"], "call_id")
    together.attach(read["submissions"], "members", read["sent_members"], "submission_id")
    signed = {row.submission_id: row for row in read["sign_offs"]}
    agreed = {row.submission_id: row for row in read["agreed"]}
    by_pk = {row.pk: row for row in read["submissions"]}
    for submission in read["submissions"]:
        # Django's own memory of a one-to-one; None says that there is none.
        submission._state.fields_cache["sign_off"] = signed.get(submission.pk)
        submission._state.fields_cache["consensus"] = agreed.get(submission.pk)
    for review in read["reviews"]:
        review.submission = by_pk[review.submission_id]
