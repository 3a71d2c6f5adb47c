"""Who reviews an application: assigning, voiding, reassigning, keeping at a re-submission, and starting the review."""

import datetime as dt
from dataclasses import dataclass

from django.contrib import messages
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accounts.access import fetch
from accounts.models import User
from accounts.permissions import Action
from applications import guards, judging, ties
from applications.days import last_day
from applications.forms.staff import AssignForm, ReasonForm, ReassignForm
from applications.models import Application, Review
from applications.reviewers import candidates
from applications.views.answers import posted, status_of, tried
from applications.views.staff import ReviewRow, review_rows
from applications.workflow import APPLICATION, REVIEW
from core import dates
from core.forms import posted_version


@dataclass(frozen=True)
class Managed:
    """A review with what an officer may do with it; None where it is over."""

    row: ReviewRow
    void: ReasonForm | None
    reassign: ReassignForm | None
    # Written for an earlier submission: it is kept for this one, or voided.
    to_settle: bool
    # Why its reviewer may not review it any more: a tie that came to light since; "" for a free one.
    tie: str
    # Of one that is over: the reason that was given.
    why: str


@require_http_methods(["GET", "HEAD", "POST"])
def reviews_assign(request: HttpRequest, pk: int) -> HttpResponse:
    """The reviewers of an application, and those who could be."""
    application = fetch(request.user, Application.objects.with_roles(), Action.ASSIGN_REVIEWS, pk=pk)
    now = dates.now()
    today = dates.day_of(now)
    found = candidates(application, now)
    due_on = last_day(application.call, today, application.call.days_to_review)
    form = AssignForm(
        posted(request, act="assign"),
        candidates=found.free,
        suggested=found.suggested,
        today=today,
        last_day=due_on,
    )
    managed = managed_reviews(request, application, found.free, now)
    used: list[BaseForm] = [form]
    if request.method == "POST":
        done, used = _act(request, application, form, managed, now)
        if done:
            return done
        application.refresh_from_db(fields=["version", "status"])
    start = {row.name: row.reason for row in APPLICATION.available(application, by=request.user, now=now)}
    context = {
        "application": application,
        "form": form,
        "forms": used,
        "free": found.free,
        "suggested": found.suggested,
        "barred": found.barred,
        "managed": managed,
        "start_reason": start.get("start_review"),
        "takes_reviewers": application.status in guards.UNDER_REVIEW,
    }
    return render(request, "applications/staff_reviewers.html", context, status=status_of(*used))


def managed_reviews(
    request: HttpRequest, application: Application, free: list[tuple[User, str]], now: dt.datetime
) -> list[Managed]:
    """Each review, with the forms to void it and to give it to somebody else."""
    submission = application.latest_submission
    rows = []
    reviews = list(application.reviews.select_related("reviewer", "submission").order_by("due_on", "pk"))
    people = {review.reviewer_id for review in reviews if review.is_live}
    tied = ties.of_one(application.pk, among=people)
    reasons = reasons_of_ended(application, [review.pk for review in reviews if not review.is_live])
    for row in review_rows(reviews, dates.day_of(now)):
        review, void, reassign = row.review, None, None
        aimed = request.POST.get("review") == str(review.pk)
        if review.is_live and not guards.not_judged_on(review, by=request.user, now=now, data={}):
            void = ReasonForm(
                posted(request, act="void") if aimed else None,
                prefix=f"void{review.pk}",
                label=_("Why it is voided"),
            )
            if review.status != Review.Status.SENT:
                reassign = ReassignForm(
                    posted(request, act="reassign") if aimed else None,
                    candidates=free,
                    prefix=f"reassign{review.pk}",
                )
        to_settle = review.is_live and submission is not None and not review.counts_for(submission)
        tie = tied.get(review.reviewer_id, "") if review.is_live else ""
        rows.append(Managed(row, void, reassign, to_settle, tie, reasons.get(review.pk, "")))
    return rows


def reasons_of_ended(application: Application, reviews: list[int]) -> dict[int, str]:
    """Why each of these reviews was declined, given to somebody else or voided, in the words of who did it. One query, and
    none without reviews."""
    if not reviews:
        return {}
    ended = application.case.events.filter(
        object_kind="review",
        object_id__in=reviews,
        to_state__in=["declined", "reassigned", "voided"],
        text__isnull=False,
    )
    return dict(ended.order_by("sequence").values_list("object_id", "text__text"))


def _act(
    request: HttpRequest, application: Application, form: AssignForm, managed: list[Managed], now: dt.datetime
) -> tuple[HttpResponse | None, list[BaseForm]]:
    """Do what the button says. Answers the redirect, or None with the forms that came back with errors."""
    user, act, here = request.user, request.POST.get("act"), redirect("reviews_assign", pk=application.pk)
    if act == "start":
        APPLICATION.apply(application, "start_review", by=user, now=now, version=posted_version(request))
        messages.success(request, _("The review has started."))
        return redirect("application_detail", pk=application.pk), []
    if act == "assign":
        wrong = _assign(request, application, form, now)
    else:
        aimed = next((row for row in managed if str(row.row.review.pk) == request.POST.get("review")), None)
        if aimed is None:
            raise Http404
        wrong = _act_on_one(request, aimed, now)
    return (None, wrong) if wrong else (here, [])


def _assign(
    request: HttpRequest, application: Application, form: AssignForm, now: dt.datetime
) -> list[BaseForm]:
    """Assign who was chosen; answers the form when it came back with errors."""
    if not (form.is_valid() and tried(form, lambda: assign_all(form, application, request.user, now))):
        return [form]
    text = ngettext("%(n)s reviewer was assigned.", "%(n)s reviewers were assigned.", len(form.chosen))
    messages.success(request, text % {"n": len(form.chosen)})
    return []


def _act_on_one(request: HttpRequest, aimed: Managed, now: dt.datetime) -> list[BaseForm]:
    """Keep a review, void it or give it to somebody else; answers the form when it came back with errors."""
    user, act, version = request.user, request.POST.get("act"), posted_version(request)
    review, void, other = aimed.row.review, aimed.void, aimed.reassign
    if act == "keep":
        judging.keep_review(by=user, review=review, version=version, now=now)
        messages.success(request, _("The review counts for the new submission."))
    elif act == "void" and void:
        if not (
            void.is_valid()
            and tried(
                void,
                lambda: REVIEW.apply(
                    review, "void", by=user, now=now, version=version, data=void.cleaned_data
                ),
            )
        ):
            return [void]
        messages.success(request, _("The review was voided."))
    elif act == "reassign" and other:
        if not (
            other.is_valid()
            and tried(
                other,
                lambda: judging.reassign_review(
                    by=user,
                    review=review,
                    reviewer=other.person,
                    reason=other.cleaned_data["reason"],
                    version=version,
                    now=now,
                ),
            )
        ):
            return [other]
        messages.success(request, _("%(name)s reviews it now.") % {"name": other.person})
    else:
        raise Http404
    return []


def assign_all(form: AssignForm, application: Application, user: User, now: dt.datetime) -> None:
    """Assign everybody who was chosen, or nobody."""
    for reviewer in form.chosen:
        judging.assign_reviewer(
            by=user, application=application, reviewer=reviewer, due_on=form.cleaned_data["due_on"], now=now
        )
