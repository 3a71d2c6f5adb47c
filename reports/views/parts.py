"""The firms' parts of a report: who is asked, who answered, what of it goes into the report."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from applications.views.answers import posted, status_of, tried
from core import dates
from core.forms import posted_version
from groups.models import Firm
from reports.content import progress_of
from reports.models import FirmPart, ProgressReport
from reports.parts import actions, links
from reports.parts.forms import AdoptForm, AskForm
from reports.views.writing import writable

LOOKS = {"asked": "asked", "answered": "done", "withdrawn": "withdrawn"}


@require_http_methods(["GET", "HEAD", "POST"])
def report_parts(request: HttpRequest, pk: int) -> HttpResponse:
    """Who was asked and who answered; and asking."""
    report = writable(request, pk)
    now = dates.now()
    form = _ask_form(request, report, dates.day_of(now))
    if request.method == "POST" and form.is_valid():
        found: Any = ([], [])

        def ask() -> None:
            nonlocal found
            found = actions.ask(by=request.user, report=report, now=now, **form.cleaned_data)

        if tried(form, ask):
            _say(request, *found)
            return redirect("report_parts", pk=pk)
    context = {"report": report, "form": form, "rows": _rows(report, now)}
    return render(request, "reports/parts/part_list.html", context, status=status_of(form))


def _ask_form(request: HttpRequest, report: ProgressReport, today: dt.date) -> AskForm:
    progress = progress_of(report)
    asked = [row.activity.pk for row in progress if row.is_asked]
    members = report.group.memberships.current().values("firm_id")
    return AskForm(
        posted(request),
        report=report,
        firms=Firm.objects.filter(pk__in=members),
        activities=report.project.activities.filter(pk__in=asked),
        today=today,
    )


def _say(request: HttpRequest, asked: list[FirmPart], not_asked: list[tuple[Firm, str]]) -> None:
    if asked:
        words = ngettext("%(n)d firm was asked.", "%(n)d firms were asked.", len(asked))
        messages.success(request, words % {"n": len(asked)})
    for firm, sentence in not_asked:
        messages.warning(request, f"{firm.name}: {sentence}")


def _rows(report: ProgressReport, now: dt.datetime) -> list[dict[str, Any]]:
    """Each part with its look, what is known of its link, and what can be done with it."""
    rows = []
    found = report.parts.exclude(status=FirmPart.Status.WITHDRAWN)
    for part in found.select_related("firm").prefetch_related("links"):
        newest = next(iter(part.links.all()), None)
        late = part.status == FirmPart.Status.ASKED and part.answer_by < dates.day_of(now)
        rows.append(
            {
                "part": part,
                "look": "overdue" if late else LOOKS[part.status],
                "label": _("No answer in time") if late else part.get_status_display(),
                "sent": newest.created_at if newest else None,
                "opened": newest.opened_at if newest else None,
                "why_not_remind": links.why_not_remind(part, now),
            }
        )
    return rows


def _fetch(request: HttpRequest, pk: int, row: int) -> FirmPart:
    report = writable(request, pk)
    part = get_object_or_404(report.parts.select_related("firm", "asked_by"), pk=row)
    part.report = report
    return part


@require_http_methods(["GET", "HEAD", "POST"])
def report_part(request: HttpRequest, pk: int, row: int) -> HttpResponse:
    """What one firm said, and taking it into the report."""
    part = _fetch(request, pk, row)
    all_of_it = actions.pieces(part)
    left = [piece for piece in all_of_it if piece.code not in part.adopted]
    form = AdoptForm(posted(request), left=left, activities=part.report.project.activities.all())
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        if tried(
            form,
            lambda: actions.adopt(
                by=request.user,
                report=part.report,
                part=part,
                codes=data["pieces"],
                files_to=data.get("files_to"),
                version=posted_version(request),
                now=dates.now(),
            ),
        ):
            messages.success(
                request, _("It is part of the report now. Look at it there, and change what you like.")
            )
            return redirect("report_part", pk=pk, row=row)
    context = {
        "report": part.report,
        "part": part,
        "pieces": [(piece, piece.code in part.adopted) for piece in all_of_it],
        "left": left,
        "form": form,
        "look": LOOKS[part.status],
    }
    return render(request, "reports/parts/part_detail.html", context, status=status_of(form))


@require_POST
def report_part_remind(request: HttpRequest, pk: int, row: int) -> HttpResponse:
    """Send the firm another link."""
    part = _fetch(request, pk, row)
    actions.remind(by=request.user, part=part, now=dates.now())
    messages.success(request, _("The firm was reminded."))
    return redirect("report_parts", pk=pk)


@require_POST
def report_part_withdraw(request: HttpRequest, pk: int, row: int) -> HttpResponse:
    """Take the question back."""
    part = _fetch(request, pk, row)
    actions.withdraw(by=request.user, part=part, now=dates.now())
    messages.success(request, _("The question was taken back. The link does not work any more."))
    return redirect("report_parts", pk=pk)
