"""The page of a meeting of reviewers: what each of them said, what they agreed on, and the form that records it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import fetch, require
from accounts.permissions import Action
from applications import agreeing
from applications.comparison import Comparison, compare
from applications.forms.agreeing import ConsensusForm
from applications.models import Application
from applications.scoring import total_of
from applications.views.answers import posted, status_of, tried
from core import dates
from core.forms import posted_version
from core.workflow import TransitionRefused


def form_of(request: HttpRequest, application: Application, comparison: Comparison) -> ConsensusForm:
    """The form for the reviews that are in."""
    today, latest = dates.today(), application.latest_submission
    return ConsensusForm(
        posted(request),
        reviewers=[review.reviewer for review in comparison.reviews],
        rows=comparison.rows,
        first=agreeing.earliest_day(latest, comparison.reviews) if latest else today,
        today=today,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def application_consensus(request: HttpRequest, pk: int) -> HttpResponse:
    """The reviews beside each other, and what was agreed: to be recorded by an officer, afterwards only read."""
    user, now = request.user, dates.now()
    application = fetch(user, Application.objects.with_roles(), Action.VIEW_REVIEWS, pk=pk)
    if request.method == "POST":
        require(user, Action.RECORD_CONSENSUS, application)
    comparison, reason = compare(application), agreeing.why_not(application, by=user, now=now)
    form = form_of(request, application, comparison)
    if request.method == "POST":
        valid, version = form.is_valid(), posted_version(request)
        if (valid or reason) and tried(form, lambda: record(request, application, form, version, reason)):
            messages.success(request, _("It is on record. Who took part hears of it."))
            return redirect("application_consensus", pk=pk)
        application.refresh_from_db(fields=["version", "status"])
        comparison = compare(application)
    consensus = comparison.consensus
    context = {
        "application": application,
        "comparison": comparison,
        "consensus": consensus,
        "present": consensus.present.order_by("full_name", "pk") if consensus else (),
        "missing": agreeing.said_of_missing(consensus, application) if consensus else "",
        "may_record": user.can(Action.RECORD_CONSENSUS, application),
        "reason": reason,
        "form": form,
        "total": total_of(form.scores, [row.criterion for row in comparison.rows]),
    }
    return render(request, "applications/consensus.html", context, status=status_of(form))


def record(
    request: HttpRequest, application: Application, form: ConsensusForm, version: int, reason: str
) -> None:
    """Put the meeting on record; whatever stands against it comes before what is wrong in the form."""
    if reason:
        raise TransitionRefused(reason)
    data = form.cleaned_data
    agreeing.record_consensus(
        by=request.user,
        application=application,
        held_on=data["held_on"],
        present=data["present"],
        why_missing=data["why_missing"],
        scores=form.scores,
        text=data["text"],
        version=version,
        now=dates.now(),
    )


@require_POST
def consensus_total(request: HttpRequest, pk: int) -> HttpResponse:
    """The total of the scores typed so far, unsaved: a part of the page above, for htmx."""
    application = fetch(request.user, Application.objects.with_roles(), Action.RECORD_CONSENSUS, pk=pk)
    comparison = compare(application)
    form = form_of(request, application, comparison)
    form.is_valid()
    total = total_of(form.scores, [row.criterion for row in comparison.rows])
    return render(request, "applications/consensus.html#total", {"total": total})
