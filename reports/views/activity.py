"""One activity of a report: how far it is, what was done, what shows it."""

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from applications.views.answers import status_of
from core import conflict, dates
from core.forms import posted_version
from core.workflow import Refusal, TransitionRefused
from grants.models import BaselineActivity
from grants.saving import saved_once
from reports import actions, guards
from reports.content import Progress, progress_of
from reports.forms import ActivityForm
from reports.models import ProgressReport, ReportActivity, ReportEvidence
from reports.notebook.actions import offered
from reports.returning import Opened, why_closed
from reports.views.writing import files, next_page, opened_with, refuse, writable


@require_http_methods(["GET", "HEAD", "POST"])
@saved_once
def report_activity(request: HttpRequest, pk: int, activity_pk: int) -> HttpResponse:
    """How far one activity is, and what shows it."""
    report = writable(request, pk)
    rows = progress_of(report)
    row = next((row for row in rows if row.activity.pk == activity_pk), None)
    if row is None:
        raise Http404
    activity = row.activity
    opened = Opened.of(report)
    if not (opened.activity_is_open(row) or opened.files_are_open(activity.pk)):
        raise TransitionRefused(why_closed(opened, False))
    fresh = _activity_form(None, None, report, row, opened)
    typed = conflict.chosen(request.POST, fresh) if request.method == "POST" else None
    form = _activity_form(typed, request.FILES, report, row, opened)
    if request.method == "POST" and form.is_valid():
        try:
            report = _save_activity(request, report, activity, form)
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, _("Saved."))
            # Nobody else has saved since they were read: the version says so.
            answered = replace(row, row=ReportActivity(**{name: form.cleaned_data[name] for name in ANSWERS}))
            rows = [answered if each is row else each for each in rows]
            for gap in guards.gaps_of(answered) if form.answers_open else []:
                messages.warning(request, gap.sentence)
            return redirect(_after_activity(request, report, activity, rows))
    context = {
        "report": report,
        "row": row,
        "activity": activity,
        "form": form,
        "opened": opened,
        "notes": opened.said_of(f"activity{activity.pk}"),
        "evidence": files(row.evidence, opened),
        "gone": _notes_on_gone_files(row, opened),
        "entries": list(offered(report).filter(activity=activity)) if form.answers_open else [],
        **opened_with(request, report, form, fresh),
    }
    return render(request, "reports/report_activity.html", context, status=status_of(form))


ANSWERS = ("done_percent", "what_was_done", "reason", "expected_last_month")


def _activity_form(
    typed: Any, files: Any, report: ProgressReport, row: Progress, opened: Opened
) -> ActivityForm:
    """What is saved; before anything is, what the last report said of it (PROGRAMME 5: prefilled)."""
    if row.row:
        initial = {name: getattr(row.row, name) for name in ANSWERS}
        # Words of the notebook may be there before it says how far it is.
        if initial["done_percent"] is None and row.last:
            initial["done_percent"] = row.before
    else:
        rolled = row.rolled_to if row.rolled_to and row.rolled_to > report.last_month else None
        initial = {"done_percent": row.before if row.last else None, "what_was_done": ""}
        initial |= {"reason": row.last.reason if rolled and row.last else "", "expected_last_month": rolled}
    return ActivityForm(
        typed,
        files if typed is not None else None,
        progress=row,
        report=report,
        opened=opened,
        initial=initial,
    )


def _save_activity(
    request: HttpRequest, report: ProgressReport, activity: BaselineActivity, form: ActivityForm
) -> ProgressReport:
    """The answers with their files; only the files, where only they were returned."""
    held: dict[str, Any] = {
        "by": request.user,
        "report": report,
        "activity": activity,
        "version": posted_version(request),
        "now": dates.now(),
        "uploads": form.uploads,
    }
    if not form.answers_open:
        return actions.add_evidence(**held)
    return actions.save_activity(**held, **{name: form.cleaned_data[name] for name in ANSWERS})


def _notes_on_gone_files(row: Progress, opened: Opened) -> list[str]:
    """What was said of files that have been taken out since: the new one answers it."""
    there = {f"file{piece.document_id}" for piece in row.evidence}
    said = opened.said_of_files(row.activity.pk)
    return [text for name, text in said.items() if name not in there]


def _after_activity(
    request: HttpRequest, report: ProgressReport, activity: BaselineActivity, rows: list[Progress]
) -> str:
    """Back to the overview, stay to add another photograph, or on to what is missing."""
    then = request.POST.get("then")
    if then == "stay":
        return reverse("report_activity", args=[report.pk, activity.pk])
    if then == "back":
        return reverse("report_edit", args=[report.pk])
    return next_page(report, rows)


@require_POST
def report_evidence_remove(request: HttpRequest, pk: int, evidence_pk: int) -> HttpResponse:
    """Take a file out of the report."""
    report = writable(request, pk)
    evidence = get_object_or_404(
        ReportEvidence.objects.select_related("document"), report=report, pk=evidence_pk
    )
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
