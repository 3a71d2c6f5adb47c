"""What an officer does with a report: each act on a page that asks what it needs."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import fetch
from accounts.permissions import Action
from core import dates
from core.forms import posted_version
from core.workflow import Refusal
from grants.models import Project
from reports import actions, extra, guards
from reports.forms import AskForm, MoveForm, Observations, ReasonForm, ReturnForm
from reports.models import Observation, ProgressReport
from reports.returning import places_of
from reports.workflow import REPORT

DONE = {
    "return_report": lambda: _("The report was returned. The group was told."),
    "accept": lambda: _("The report was accepted. Its PDF is being made."),
    "move": lambda: _("The date was changed. The group was told."),
    "skip": lambda: _("The report was skipped. The group was told."),
    "cancel": lambda: _("The report was cancelled. The group was told."),
}


@require_http_methods(["GET", "HEAD", "POST"])
def report_act(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """One act: accept, return, move, skip or cancel."""
    if name not in DONE:
        raise Http404
    report = fetch(request.user, ProgressReport.objects.with_case(), REPORT.by_name[name].permission, pk=pk)
    now = dates.now()
    form, observations = _forms(request, report, name, now)
    reason = REPORT.refusal(report, REPORT.by_name[name], by=request.user, now=now, data={})
    if request.method == "POST" and all(part.is_valid() for part in (form, observations) if part is not None):
        try:
            REPORT.apply(
                report,
                name,
                by=request.user,
                now=now,
                version=posted_version(request),
                data=_data(form, observations),
            )
        except Refusal as refusal:
            if form is not None:
                form.add_error(None, refusal.sentence)
            else:
                reason = refusal.sentence
        else:
            messages.success(request, DONE[name]())
            return redirect("report_detail", pk=pk)
    failed = request.method == "POST"
    context = {
        "report": report,
        "act": REPORT.by_name[name],
        "name": name,
        "form": form,
        "observations": observations,
        "reason": reason,
        "has_errors": failed,
    }
    return render(request, "reports/report_act.html", context, status=_status(failed, reason))


def _forms(request: HttpRequest, report: ProgressReport, name: str, now: dt.datetime) -> tuple[Any, Any]:
    """The form of an act, and for the acceptance the rows of observations."""
    posted = request.POST if request.method == "POST" else None
    if name == "return_report":
        return ReturnForm(posted, places=places_of(report)), None
    if name == "move":
        return MoveForm(posted, report=report, now=now), None
    if name != "accept":
        return ReasonForm(posted), None
    tranches = guards.tranches_to_come(report)
    about = {"tranches": tranches, "today": dates.day_of(now)}
    return None, Observations(posted, prefix="observations", form_kwargs=about)


def _data(form: Any, observations: Any) -> dict[str, Any]:
    return {"observations": observations.rows} if observations is not None else dict(form.cleaned_data)


def _status(failed: bool, reason: str) -> int:
    """422 for what was typed, 409 for what cannot be now."""
    if not failed:
        return 200
    return 409 if reason else 422


@require_http_methods(["GET", "HEAD", "POST"])
def report_ask(request: HttpRequest, pk: int) -> HttpResponse:
    """An officer asks for a report besides those of the timetable."""
    project = fetch(request.user, Project.objects.with_case().with_roles(), Action.ASK_REPORT, pk=pk)
    now = dates.now()
    form = AskForm(
        request.POST if request.method == "POST" else None, project=project, today=dates.day_of(now)
    )
    if request.method == "POST" and form.is_valid():
        try:
            report = extra.ask(by=request.user, project=project, now=now, **form.cleaned_data)
        except Refusal as refusal:
            form.add_error(None, refusal.sentence)
        else:
            messages.success(request, _("The report was asked for. The group was told."))
            return redirect("report_detail", pk=report.pk)
    context = {"project": project, "form": form, "reason": extra.ask_refusal(project)}
    return render(request, "reports/report_ask.html", context, status=422 if form.errors else 200)


@require_POST
def observation_met(request: HttpRequest, pk: int, row: int) -> HttpResponse:
    """What an observation asked for is there."""
    report = fetch(request.user, ProgressReport.objects.with_case(), Action.DECIDE_REPORT, pk=pk)
    observation = fetch_observation(report, row)
    actions.meet_observation(by=request.user, observation=observation, now=dates.now())
    messages.success(request, _("The observation is met. The group was told."))
    return redirect("report_detail", pk=pk)


def fetch_observation(report: ProgressReport, row: int) -> Observation:
    found = report.observations.filter(pk=row).first()
    if found is None:
        raise Http404
    return found
