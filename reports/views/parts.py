"""The firms' parts of a report: who is asked, who answered, what of it goes into the report."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from applications.views.answers import posted, status_of, tried
from core import dates
from core.forms import posted_version
from core.templatetags.lsp import day
from core.workflow import NotAllowed, Refusal
from groups.models import Firm
from groups.views.codes import share_page
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
        newest = next((link for link in part.links.all() if not link.shared), None)
        opened = [link.opened_at for link in part.links.all() if link.opened_at]
        late = part.status == FirmPart.Status.ASKED and part.answer_by < dates.day_of(now)
        rows.append(
            {
                "part": part,
                "look": "overdue" if late else LOOKS[part.status],
                "label": _("No answer in time") if late else part.get_status_display(),
                "sent": newest.created_at if newest else None,
                "opened": max(opened, default=None),
                "why_not_remind": links.why_not_remind(part, now),
                "why_not_share": links.why_not_share(part, now),
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
        "shared": part.links.filter(used_at__isnull=False, shared=True).exists(),
    }
    return render(request, "reports/parts/part_detail.html", context, status=status_of(form))


@require_POST
def report_part_remind(request: HttpRequest, pk: int, row: int) -> HttpResponse:
    """Send the firm another link."""
    part = _fetch(request, pk, row)
    actions.remind(by=request.user, part=part, now=dates.now())
    messages.success(request, _("The firm was reminded."))
    return redirect("report_parts", pk=pk)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def report_part_share(request: HttpRequest, pk: int, row: int) -> HttpResponse:
    """A link to share by WhatsApp: what it is, then the link itself, once."""
    part = _fetch(request, pk, row)
    firm, now = part.firm, dates.now()
    url, trouble, status = "", links.why_not_share(part, now), 200
    if request.method == "POST":
        try:
            url = actions.share(by=request.user, part=part, now=now)
        except NotAllowed:
            raise
        except Refusal as refusal:
            trouble, status = refusal.sentence, refusal.status_code
    text = _("%(group)s asks %(firm)s for its part of the report on “%(project)s”: %(url)s") % {
        "group": part.report.group.name,
        "firm": firm.name,
        "project": part.report.project.title,
        "url": url,
    }
    lasts = _(
        "The link works until %(day)s, for one answer. A new one takes the place of the one before."
    ) % {"day": day(part.answer_by)}
    back = (reverse("report_parts", args=[pk]), _("The firms' parts"))
    about = {"name": firm.name, "address": firm.contact_email, "lasts": lasts}
    return share_page(request, back, url, text, trouble, status, **about)


@require_POST
def report_part_withdraw(request: HttpRequest, pk: int, row: int) -> HttpResponse:
    """Take the question back."""
    part = _fetch(request, pk, row)
    actions.withdraw(by=request.user, part=part, now=dates.now())
    messages.success(request, _("The question was taken back. The link does not work any more."))
    return redirect("report_parts", pk=pk)
