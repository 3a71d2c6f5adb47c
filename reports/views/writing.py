"""Writing a report: the overview, one page for each activity that lives, outcomes, check, receipt."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import fetch
from accounts.permissions import Action
from core import dates
from core.forms import posted_version
from core.workflow import Refusal, StaleObject, TransitionRefused
from reports import actions, guards
from reports.content import Progress, progress_of
from reports.forms import ActivityForm, OutcomeForm, SummaryForm
from reports.ledgers.entries import cards
from reports.models import Outcome, ProgressReport, ReportEvidence
from reports.workflow import REPORT


def writable(request: HttpRequest, pk: int) -> ProgressReport:
    """The report, if it is this person's turn to write it. Raises Http404, NotAllowed or TransitionRefused."""
    report = fetch(request.user, ProgressReport.objects.with_case(), Action.EDIT_REPORT, pk=pk)
    now = dates.now()
    if report.status == ProgressReport.Status.PLANNED:
        raise TransitionRefused(
            guards.period_is_over(report, by=request.user, now=now, data={}) or _not_now(report)
        )
    if not report.is_owed:
        raise TransitionRefused(_not_now(report))
    for guard in (guards.project_runs, guards.writes_it):
        if sentence := guard(report, by=request.user, now=now, data={}):
            raise TransitionRefused(sentence)
    return report


def _not_now(report: ProgressReport) -> str:
    return _("This report cannot be written now: its state is “%(state)s”.") % {
        "state": report.get_status_display()
    }


def next_page(report: ProgressReport, rows: list[Progress]) -> str:
    """Where “Save and continue” leads: the first activity without an answer, or the check."""
    for row in rows:
        if row.is_asked and not row.is_answered:
            return reverse("report_activity", args=[report.pk, row.activity.pk])
    return reverse("report_check", args=[report.pk])


# --- The overview ----------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def report_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """What the report asks for, and how much of it is there; the summary is written here."""
    report = writable(request, pk)
    form = SummaryForm(
        request.POST if request.method == "POST" else None, instance=ProgressReport(summary=report.summary)
    )
    if request.method == "POST" and form.is_valid():
        try:
            report = actions.save_summary(
                by=request.user,
                report=report,
                version=posted_version(request),
                now=dates.now(),
                summary=form.cleaned_data["summary"],
            )
        except Refusal as refusal:
            _refuse(form, refusal)
        else:
            messages.success(request, _("Saved."))
            return redirect(next_page(report, progress_of(report)))
    rows = progress_of(report)
    asked = [row for row in rows if row.is_asked or row.is_begun]
    context = {
        "report": report,
        "form": form,
        "tasks": [task(report, row) for row in asked],
        "text": _("%(done)d of %(all)d activities answered")
        % {"done": sum(row.is_answered for row in asked), "all": len(asked)},
        "unchanged": [row for row in rows if row not in asked],
        "outcomes": cards(report),
        "returned": report.returns.first() if report.status == "returned" else None,
        "saved_meanwhile": _saved_meanwhile(form, {"summary": report.summary}),
    }
    return render(request, "reports/report_edit.html", context, status=422 if form.errors else 200)


def task(report: ProgressReport, row: Progress) -> dict[str, str]:
    """An activity as the task list shows it."""
    if row.is_answered and not row.lacks_reason:
        state, label = "complete", _("Answered")
    elif row.is_begun:
        state, label = "incomplete", _("Begun")
    else:
        state, label = "not_started", _("Not begun")
    return {
        "label": row.activity.name,
        "url": reverse("report_activity", args=[report.pk, row.activity.pk]),
        "hint": _("Plan: %(planned)d %%. Done: %(done)d %%.") % {"planned": row.planned, "done": row.done},
        "state": state,
        "state_label": label,
    }


# --- One activity ----------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def report_activity(request: HttpRequest, pk: int, activity_pk: int) -> HttpResponse:
    """How far one activity is, and what shows it."""
    report = writable(request, pk)
    activity = get_object_or_404(report.project.activities, pk=activity_pk)
    row = next(row for row in progress_of(report) if row.activity == activity)
    form = ActivityForm(
        request.POST if request.method == "POST" else None,
        request.FILES if request.method == "POST" else None,
        progress=row,
        initial={
            "done_percent": row.row.done_percent if row.row else None,
            "what_was_done": row.row.what_was_done if row.row else "",
            "reason": row.row.reason if row.row else "",
        },
    )
    if request.method == "POST" and form.is_valid():
        try:
            report = actions.save_activity(
                by=request.user,
                report=report,
                activity=activity,
                version=posted_version(request),
                now=dates.now(),
                done_percent=form.cleaned_data["done_percent"],
                what_was_done=form.cleaned_data["what_was_done"],
                reason=form.cleaned_data["reason"],
                uploads=form.uploads,
            )
        except Refusal as refusal:
            _refuse(form, refusal)
        else:
            messages.success(request, _("Saved."))
            return redirect(_after_activity(request, report, activity))
    saved = {name: form.initial[name] for name in ("done_percent", "what_was_done", "reason")}
    context = {
        "report": report,
        "row": row,
        "activity": activity,
        "form": form,
        "saved_meanwhile": _saved_meanwhile(form, saved),
    }
    return render(request, "reports/report_activity.html", context, status=422 if form.errors else 200)


def _saved_meanwhile(form, saved: dict[str, Any]) -> list[dict[str, Any]]:
    """After an edit conflict: what somebody else saved, beside what this person typed."""
    if not getattr(form, "conflict", False):
        return []
    return [
        {"label": form.fields[name].label, "value": value}
        for name, value in saved.items()
        if value not in (None, "") and value != form.cleaned_data.get(name)
    ]


def _refuse(form, refusal: Refusal) -> None:
    """Show the sentence above the form; nothing that was typed is lost."""
    form.add_error(None, refusal.sentence)
    form.conflict = isinstance(refusal, StaleObject)


def _after_activity(request: HttpRequest, report: ProgressReport, activity) -> str:
    """Back to the overview, stay to add another photograph, or on to what is missing."""
    then = request.POST.get("then")
    if then == "stay":
        return reverse("report_activity", args=[report.pk, activity.pk])
    if then == "back":
        return reverse("report_edit", args=[report.pk])
    return next_page(report, progress_of(report))


@require_POST
def report_evidence_remove(request: HttpRequest, pk: int, evidence_pk: int) -> HttpResponse:
    """Take a file out of the report."""
    report = writable(request, pk)
    evidence = get_object_or_404(ReportEvidence, report=report, pk=evidence_pk)
    actions.remove_evidence(
        by=request.user,
        report=report,
        evidence=evidence,
        version=posted_version(request),
        now=dates.now(),
    )
    messages.success(request, _("The file is no longer part of the report."))
    if evidence.activity_id:
        return redirect("report_activity", pk=pk, activity_pk=evidence.activity_id)
    return redirect("report_edit", pk=pk)


# --- Outcomes ----------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def report_outcome(request: HttpRequest, pk: int, row: int | None = None) -> HttpResponse:
    """Add an outcome, or change one."""
    report = writable(request, pk)
    outcome = get_object_or_404(report.outcomes, pk=row) if row else Outcome(report=report)
    form = OutcomeForm(
        request.POST if request.method == "POST" else None,
        request.FILES if request.method == "POST" else None,
        instance=outcome,
        report=report,
        today=dates.today(),
    )
    if request.method == "POST" and form.is_valid():
        try:
            actions.save_outcome(
                by=request.user,
                report=report,
                version=posted_version(request),
                now=dates.now(),
                outcome=form.save(commit=False),
                upload=form.cleaned_data["upload"],
                firms=list(form.cleaned_data["firms"]),
            )
        except Refusal as refusal:
            _refuse(form, refusal)
        else:
            messages.success(request, _("Saved."))
            return redirect("report_edit", pk=pk)
    context = {"report": report, "outcome": outcome, "form": form}
    return render(request, "reports/report_outcome.html", context, status=422 if form.errors else 200)


@require_POST
def report_outcome_remove(request: HttpRequest, pk: int, row: int) -> HttpResponse:
    """Take an outcome out."""
    report = writable(request, pk)
    actions.remove_outcome(
        by=request.user,
        report=report,
        outcome=get_object_or_404(report.outcomes, pk=row),
        version=posted_version(request),
        now=dates.now(),
    )
    messages.success(request, _("The outcome is no longer part of the report."))
    return redirect("report_edit", pk=pk)


# --- Check and send ----------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def report_check(request: HttpRequest, pk: int) -> HttpResponse:
    """All answers on one page, each with its way back; then it is sent."""
    report = writable(request, pk)
    refusal = ""
    if request.method == "POST":
        try:
            REPORT.apply(
                report, "submit", by=request.user, now=dates.now(), version=posted_version(request), data={}
            )
        except Refusal as refused:
            refusal = refused.sentence
        else:
            return redirect("report_receipt", pk=pk)
    rows = progress_of(report)
    asked = [row for row in rows if row.is_asked or row.is_begun]
    context = {
        "report": report,
        "rows": [check_card(report, row) for row in asked],
        "unchanged": [row for row in rows if row not in asked],
        "outcomes": cards(report),
        "missing": guards.is_complete(report, by=request.user, now=dates.now(), data={})
        or guards.files_are_scanned(report, by=request.user, now=dates.now(), data={}),
        "refusal": refusal,
        "has_errors": bool(refusal),
        "late": report.is_late(dates.today()),
    }
    return render(request, "reports/report_check.html", context, status=409 if refusal else 200)


def check_card(report: ProgressReport, row: Progress) -> dict[str, Any]:
    """An activity's answers."""
    answers = [
        {"label": _("Planned by now"), "value": f"{row.planned} %"},
        {
            "label": _("Done so far"),
            "value": f"{row.row.done_percent} %" if row.is_answered and row.row else "",
        },
        {"label": _("What was done"), "value": row.row.what_was_done if row.row else ""},
    ]
    if row.needs_reason or (row.row and row.row.reason):
        answers.append({"label": _("Why it is behind"), "value": row.row.reason if row.row else ""})
    files = ", ".join(piece.document.filename for piece in row.evidence)
    answers.append({"label": _("Evidence"), "value": files or _("No file")})
    return {
        "title": row.activity.name,
        "url": reverse("report_activity", args=[report.pk, row.activity.pk]),
        "rows": answers,
        "missing": not row.is_answered or row.lacks_reason,
    }


@require_safe
def report_receipt(request: HttpRequest, pk: int) -> HttpResponse:
    """It arrived: what it is called, and what comes next."""
    report = fetch(request.user, ProgressReport.objects.with_case(), Action.VIEW_REPORT, pk=pk)
    if report.submitted_at is None:
        return redirect("report_detail", pk=pk)
    return render(request, "reports/report_receipt.html", {"report": report})
