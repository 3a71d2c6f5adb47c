"""Writing a report: the overview, one page for each activity that lives, outcomes, check, receipt."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import fetch
from accounts.permissions import Action
from applications.views.answers import came_too_late, status_of
from core import conflict, dates
from core.forms import posted_version
from core.workflow import Refusal, StaleObject, TransitionRefused
from grants.saving import saved_once
from reports import actions, guards
from reports.content import Progress, progress_of, snapshot_of
from reports.differences import Part, differences
from reports.forms import OutcomeForm, SummaryForm
from reports.ledgers.entries import cards
from reports.models import FirmPart, NotebookEntry, Outcome, ProgressReport
from reports.notebook.actions import offered
from reports.notebook.lists import by_activity
from reports.returning import DOCUMENTS, OUTCOMES, SUMMARY, Opened, last_return
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
    """Where “Save and continue” leads: the first activity without an answer, or the check. A report that was returned leads
    back to its overview, where the notes stand."""
    if report.status == ProgressReport.Status.RETURNED and not Opened.of(report).everything:
        return reverse("report_edit", args=[report.pk])
    for row in rows:
        if row.is_asked and not row.is_answered:
            return reverse("report_activity", args=[report.pk, row.activity.pk])
    return reverse("report_check", args=[report.pk])


# --- The overview ----------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@saved_once
def report_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """What the report asks for, and how much of it is there; the summary is written here."""
    report = writable(request, pk)
    opened, posted = Opened.of(report), request.method == "POST"
    fresh = SummaryForm(instance=ProgressReport(summary=report.summary), opened=opened)
    form = SummaryForm(
        conflict.chosen(request.POST, fresh) if posted else None,
        request.FILES if posted else None,
        instance=ProgressReport(summary=report.summary),
        opened=opened,
    )
    if posted and form.is_valid():
        try:
            report = actions.save_summary(
                by=request.user,
                report=report,
                version=posted_version(request),
                now=dates.now(),
                summary=form.cleaned_data["summary"],
                uploads=form.cleaned_data.get("papers") or [],
            )
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, _("Saved."))
            return redirect(next_page(report, progress_of(report)))
    rows = progress_of(report)
    asked = [row for row in rows if row.is_asked or row.is_begun]
    entries = by_activity(offered(report))
    context = {
        "report": report,
        "form": form,
        "opened": opened,
        "tasks": [task(report, row, opened, entries) for row in asked],
        "text": _("%(done)d of %(all)d activities answered")
        % {"done": sum(row.is_answered for row in asked), "all": len(asked)},
        "unchanged": [(row, len(entries.get(row.activity.pk, []))) for row in rows if row not in asked],
        "outcomes": [
            {**card, "notes": opened.said_of(card["part"]) if card["part"] != OUTCOMES else []}
            for card in open_cards(report, opened)
        ],
        "entries": entries.get(None, []),
        "evidence": files(report.evidence.filter(activity=None).select_related("document"), opened),
        "returned": opened.returned,
        "told": opened.told(report),
        "outcomes_open": opened.is_open(OUTCOMES),
        "said_of_summary": opened.said_of(SUMMARY),
        "said_of_outcomes": opened.said_of(OUTCOMES),
        "said_of_documents": opened.said_of(DOCUMENTS),
        **opened_with(request, report, form, fresh),
    }
    return render(request, "reports/report_edit.html", context, status=status_of(form))


def files(pieces, opened: Opened) -> list[dict[str, Any]]:
    """Saved files, with what was said of each and whether it may be taken out."""
    return [
        {
            "piece": piece,
            "notes": opened.said_of(f"file{piece.document_id}"),
            "may_go": opened.piece_is_open(piece),
        }
        for piece in pieces
    ]


@require_POST
def report_unchanged(request: HttpRequest, pk: int) -> HttpResponse:
    """One answer for all activities that the report does not ask about: no change."""
    report = writable(request, pk)
    actions.confirm_unchanged(
        by=request.user, report=report, version=posted_version(request), now=dates.now()
    )
    messages.success(request, _("Saved: no change in these activities."))
    return redirect("report_edit", pk=pk)


def refuse(form, refusal: Refusal) -> None:
    """Show the sentence above the form; nothing that was typed is lost."""
    form.add_error(None, refusal.sentence)
    form.refused = refusal.status_code
    form.is_stale = isinstance(refusal, StaleObject)


def opened_with(request: HttpRequest, report: ProgressReport, form, fresh) -> dict[str, Any]:
    """What a page of a report carries, and what somebody else saved while it was open (core.conflict). `fresh` is a form of
    what is saved."""
    stale = came_too_late(form)
    return {
        "carries": conflict.carries(request, fresh, version=report.version, stale=stale),
        "conflict": conflict.between(form, fresh, report, request.POST.getlist("was")) if stale else None,
    }


def task(
    report: ProgressReport, row: Progress, opened: Opened, entries: dict[int | None, list[NotebookEntry]]
) -> dict[str, str]:
    """An activity as the task list shows it; without an address where it was not returned."""
    is_open = opened.activity_is_open(row) or opened.files_are_open(row.activity.pk)
    if not is_open:
        state, label = "complete", _("As it was sent")
    elif row.is_answered and not row.lacks_reason and not row.lacks_month:
        state, label = "complete", _("Answered")
    elif row.is_begun:
        state, label = "incomplete", _("Begun")
    else:
        state, label = "not_started", _("Not begun")
    hints = [_("Plan: %(planned)d %%. Done: %(done)d %%.") % {"planned": row.planned, "done": row.done}]
    if row.rolled_to:
        hints.append(_("Slipped to month %(month)d.") % {"month": row.rolled_to})
    if waiting := len(entries.get(row.activity.pk, [])):
        hints.append(
            ngettext("%(n)d entry of the notebook.", "%(n)d entries of the notebook.", waiting)
            % {"n": waiting}
        )
    return {
        "label": row.activity.name,
        "url": reverse("report_activity", args=[report.pk, row.activity.pk]) if is_open else "",
        "hint": " ".join(hints),
        "missing": " ".join(opened.said_of(f"activity{row.activity.pk}")),
        "state": state,
        "state_label": label,
    }


# --- Outcomes ----------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@saved_once
def report_outcome(request: HttpRequest, pk: int, row: int | None = None) -> HttpResponse:
    """Add an outcome, or change one."""
    report = writable(request, pk)
    outcome = get_object_or_404(report.outcomes, pk=row) if row else Outcome(report=report)
    about: dict[str, Any] = {"report": report, "today": dates.today()}
    saved = report.outcomes.get(pk=outcome.pk) if row else Outcome(report=report)
    fresh = OutcomeForm(instance=saved, **about)
    form = OutcomeForm(
        conflict.chosen(request.POST, fresh) if request.method == "POST" else None,
        request.FILES if request.method == "POST" else None,
        instance=outcome,
        **about,
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
            refuse(form, refusal)
        else:
            messages.success(request, _("Saved."))
            return redirect("report_edit", pk=pk)
    context = {
        "report": report,
        "outcome": outcome,
        "form": form,
        **opened_with(request, report, form, fresh),
    }
    return render(request, "reports/report_outcome.html", context, status=status_of(form))


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
    rows, opened = progress_of(report), Opened.of(report)
    asked = [row for row in rows if row.is_asked or row.is_begun]
    context = {
        "report": report,
        "rows": [check_card(report, row, opened) for row in asked],
        "unchanged": [row for row in rows if row not in asked],
        "outcomes": open_cards(report, opened),
        "outcomes_open": opened.is_open(OUTCOMES),
        "summary_open": opened.is_open(SUMMARY) or opened.files_are_open(None),
        "changed": _changed(report, by=request.user),
        "missing": guards.is_complete(report, by=request.user, now=dates.now(), data={})
        or guards.files_are_scanned(report, by=request.user, now=dates.now(), data={}),
        "gaps": [(gap.sentence, _where(report, gap)) for gap in guards.gaps(report, rows)],
        "firms": report.parts.filter(status=FirmPart.Status.ANSWERED, adopted=[]).select_related("firm"),
        "refusal": refusal,
        "has_errors": bool(refusal),
        "late": report.is_late(dates.today()),
    }
    return render(request, "reports/report_check.html", context, status=409 if refusal else 200)


def _where(report: ProgressReport, gap: guards.Gap) -> str:
    """The field in which what is missing is written."""
    if gap.activity_pk is None:
        page = reverse("report_edit", args=[report.pk])
    else:
        page = reverse("report_activity", args=[report.pk, gap.activity_pk])
    return f"{page}#id_{gap.field}"


def _changed(report: ProgressReport, *, by) -> list[Part] | None:
    """What the group changed since the report was returned; None when it was not."""
    returned = last_return(report)
    if returned is None:
        return None
    return differences(returned.snapshot, snapshot_of(report, by=by, now=dates.now()))


def open_cards(report: ProgressReport, opened: Opened) -> list[dict[str, Any]]:
    """What came of the period; a card without an address where it was not returned."""
    return [
        {**card, "url": card["url"] if opened.card_is_open(card["part"]) else ""} for card in cards(report)
    ]


def check_card(report: ProgressReport, row: Progress, opened: Opened) -> dict[str, Any]:
    """An activity's answers; without an address where it was not returned."""
    is_open = opened.activity_is_open(row) or opened.files_are_open(row.activity.pk)
    answers = [
        {"label": _("Planned by now"), "value": f"{row.planned} %"},
        {
            "label": _("Done so far"),
            "value": f"{row.row.done_percent} %" if row.is_answered and row.row else "",
        },
        {"label": _("What was done"), "value": row.row.what_was_done if row.row else ""},
    ]
    if row.needs_reason or row.slips or (row.row and row.row.reason):
        answers.append({"label": _("Why it is behind"), "value": row.row.reason if row.row else ""})
    if row.expected:
        answers.append({"label": _("Month in which it will be done"), "value": str(row.expected)})
    files = ", ".join(piece.document.filename for piece in row.evidence)
    answers.append({"label": _("Evidence"), "value": files or _("No file")})
    return {
        "title": row.activity.name,
        "url": reverse("report_activity", args=[report.pk, row.activity.pk]) if is_open else "",
        "rows": answers,
        "missing": not row.is_answered or row.lacks_reason or row.lacks_month,
    }


@require_safe
def report_receipt(request: HttpRequest, pk: int) -> HttpResponse:
    """It arrived: what it is called, and what comes next."""
    report = fetch(request.user, ProgressReport.objects.with_case(), Action.VIEW_REPORT, pk=pk)
    if report.submitted_at is None:
        return redirect("report_detail", pk=pk)
    return render(request, "reports/report_receipt.html", {"report": report})
