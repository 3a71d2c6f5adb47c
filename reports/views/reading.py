"""Finding reports and reading one."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import fetch
from accounts.permissions import Action
from accounts.roles import Role
from core import dates, timeline
from core.lists import BoundedPaginator
from core.models import Job
from reports import effects, guards, pdf
from reports.content import progress_of
from reports.differences import differences
from reports.filters import ReportFilter
from reports.models import ProgressReport
from reports.querysets import ReportQuerySet
from reports.returning import Opened
from reports.workflow import REPORT

ON_A_PAGE = 25
# Acts with a page of their own kind; every other asks on report_act.
PAGES = {"write": "report_edit", "submit": "report_check"}


@require_safe
def report_list(request: HttpRequest) -> HttpResponse:
    """The reports that this person may see, the next date first."""
    today = dates.today()
    form = ReportFilter(request.GET)
    found = ProgressReport.objects.visible_to(request.user)
    if form.is_valid():
        found = asked_for(found, form.cleaned_data, today)
    rows = found.with_case().order_by("due_on", "pk")
    page = BoundedPaginator(rows, ON_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "rows": [(report, report.is_late(today)) for report in page],
        "chips": chips(request, form),
        "filtered": any(request.GET.get(name) for name in form.fields),
    }
    return render(request, "reports/report_list.html", context, status=200 if form.is_valid() else 422)


def asked_for(found: ReportQuerySet, asked: dict[str, Any], today: dt.date) -> ReportQuerySet:
    """What the filters leave."""
    found = found.matching(asked["q"])
    if asked["project"]:
        found = found.filter(project_id=asked["project"])
    if asked["waits"]:
        found = found.owed() if asked["waits"] == Role.COORDINATOR else found.awaiting_check()
    if asked["late"]:
        found = found.late(today)
    if not asked["status"]:
        return found if asked["project"] else found.open()
    return found if asked["status"] == ReportFilter.ALL else found.filter(status=asked["status"])


def chips(request: HttpRequest, form: ReportFilter) -> list[dict[str, str]]:
    """The filters that are on, each with the page without it."""
    if not form.is_valid():
        return []
    rows = []
    for name in form.changed_data:
        rest = request.GET.copy()
        rest.pop(name)
        rest.pop("page", None)
        label, value = str(form[name].label), form.cleaned_data[name]
        if name in ("status", "waits"):
            value = dict(form.fields[name].choices)[value]  # type: ignore[attr-defined]
        words = label if name == "late" else _("One project") if name == "project" else f"{label}: {value}"
        rows.append({"label": words, "url": f"?{rest.urlencode()}"})
    return rows


@require_safe
def report_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One report: how it stands, what it says, what may happen next."""
    report = fetch(request.user, ProgressReport.objects.with_case(), Action.VIEW_REPORT, pk=pk)
    now = dates.now()
    acts = [
        {
            "label": act.label,
            "reason": act.reason,
            "style": act.style,
            "url": reverse(PAGES[act.name], args=[pk])
            if act.name in PAGES
            else reverse("report_act", args=[pk, act.name]),
        }
        for act in REPORT.available(report, by=request.user, now=now)
    ]
    # Going on with what was begun is no change of state, and so no row of the table.
    going_on = (
        report.status in ("draft", "returned")
        and request.user.can(Action.EDIT_REPORT, report)
        and not guards.writes_it(report, by=request.user, now=now, data={})
    )
    returns = list(report.returns.select_related("asked_by"))
    context = {
        "report": report,
        "late": report.is_late(dates.day_of(now)),
        "acts": acts,
        "going_on": going_on,
        "content": pdf.content_of(report.snapshot) if report.snapshot else None,
        "answered": answered(report) if report.is_owed else None,
        "returns": [(row, Opened(row).told(report)) for row in returns],
        "changed": differences(returns[0].snapshot, report.snapshot)
        if returns and report.status == "submitted" and report.snapshot
        else None,
        "observations": report.observations.select_related("tranche", "done_by"),
        "may_judge": request.user.can(Action.DECIDE_REPORT, report),
        "writer": writer_of(report, dates.day_of(now)),
        "tranches": report.project.tranches.filter(
            Q(after_report=report.number) | Q(pk=report.opens_id), cancelled_on=None
        ),
        "job": Job.objects.filter(key=effects.pdf_key(report)).first()
        if report.status == "accepted" and not report.pdf_id
        else None,
        "timeline": timeline.rows(report.case, request.user, of=report),
    }
    return render(request, "reports/report_detail.html", context)


def writer_of(report: ProgressReport, today: dt.date) -> str:
    """Who sent it, where it stands still; else who has to write it now."""
    if report.status in ("submitted", "accepted") and report.snapshot:
        return report.snapshot["submitted"]["by"]
    return str(report.project.reporter_on(today) or "") if report.project.is_open else ""


def answered(report: ProgressReport) -> tuple[int, int]:
    """How many of the activities that it asks for have an answer, and how many it asks for."""
    asked = [row for row in progress_of(report) if row.is_asked or row.is_begun]
    return sum(row.is_answered for row in asked), len(asked)


@require_http_methods(["GET", "HEAD", "POST"])
def report_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """The document of an accepted report; a POST asks again for one that could not be made."""
    report = fetch(request.user, ProgressReport.objects.with_case(), Action.VIEW_REPORT, pk=pk)
    if report.pdf_id:
        return redirect("document", pk=report.pdf_id)
    if request.method == "POST" and report.status == ProgressReport.Status.ACCEPTED:
        effects.ask_for_pdf(report, by=request.user, now=dates.now(), data={})
    if report.status != ProgressReport.Status.ACCEPTED:
        messages.warning(request, _("A report has its PDF once it is accepted."))
    elif Job.objects.filter(key=effects.pdf_key(report)).exists():
        messages.info(request, _("The PDF is being made. It is here in a moment."))
    return redirect("report_detail", pk=pk)
