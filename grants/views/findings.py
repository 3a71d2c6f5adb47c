"""Findings of auditors: the list, writing one, its page, and what may happen to it."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import fetch, require_held
from accounts.permissions import Action
from applications.views.answers import posted, status_of, tried
from core import dates, timeline
from core.forms import posted_version
from core.lists import BoundedPaginator
from grants.findings import actions
from grants.findings.forms import AskAgainForm, FindingAnswerForm, FindingForm
from grants.findings.workflow import FINDING
from grants.forms import ConfirmForm, PaymentFilter
from grants.models import Disbursement, Expense, Finding, Project
from grants.views.acts import acts_of

ON_A_PAGE = 25
QUEUES = {
    "open": gettext_lazy("To answer"),
    "answered": gettext_lazy("Answered"),
    "closed": gettext_lazy("Closed"),
}


@require_safe
def finding_list(request: HttpRequest) -> HttpResponse:
    """The findings that this person may see: one queue at a time, the first to fall due first."""
    require_held(request.user, Action.FOLLOW_MONEY)
    queue = request.GET.get("queue") or "open"
    if queue not in QUEUES:
        raise Http404
    form = PaymentFilter(request.GET)
    rows = Finding.objects.visible_to(request.user).filter(status=queue).with_case()
    if form.is_valid():
        rows = rows.matching(form.cleaned_data["q"])
    context = {
        "form": form,
        "page": BoundedPaginator(rows.order_by("due_on", "id"), ON_A_PAGE).get_page(request.GET.get("page")),
        "queue": queue,
        "queues": QUEUES.items(),
        "title": QUEUES[queue],
        "today": dates.day_of(dates.now()),
    }
    return render(request, "grants/finding_list.html", context, status=200 if form.is_valid() else 422)


@require_http_methods(["GET", "HEAD", "POST"])
def finding_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Write a finding on a project; `?expense=` or `?payment=` say on what of it."""
    project = fetch(request.user, Project.objects.with_case(), Action.WRITE_FINDING, pk=pk)
    now, about = dates.now(), _about(request, project)
    form = FindingForm(posted(request), today=dates.day_of(now))
    if request.method == "POST" and form.is_valid():
        data, made = form.cleaned_data, []
        if tried(
            form,
            lambda: made.append(
                actions.write_finding(by=request.user, project=project, now=now, **data, **about)
            ),
        ):
            messages.success(request, _("The finding was written. The office answers it by the day."))
            return redirect("finding_detail", pk=made[0].pk)
    context = {
        "title": _("Write a finding"),
        "back": (reverse("project_ledger", args=[pk]), project.case.name),
        "facts": [(_("Project"), project.case.name), *[(_("About"), str(each)) for each in about.values()]],
        "form": form,
        "button": _("Write it"),
    }
    return render(request, "grants/money_form.html", context, status=status_of(form))


def _about(request: HttpRequest, project: Project) -> dict[str, Any]:
    """The expense or the payment that the address names."""
    for name, key, rows in (
        ("expense", "expense", Expense.objects.of_project(project)),
        ("payment", "disbursement", Disbursement.objects.filter(tranche__project=project)),
    ):
        text = request.GET.get(name, "")
        if text:
            if not (text.isascii() and text.isdecimal() and len(text) < 19):
                raise Http404
            return {key: get_object_or_404(rows, pk=int(text))}
    return {}


@require_safe
def finding_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """A finding with its answer, and what may happen next."""
    finding = fetch(request.user, Finding.objects.with_case(), Action.FOLLOW_MONEY, pk=pk)
    user, now = request.user, dates.now()
    context = {
        "finding": finding,
        "project": finding.project,
        "late": finding.status == Finding.Status.OPEN and finding.due_on < dates.day_of(now),
        "available": acts_of(FINDING, finding, "finding_act", by=user, now=now),
        "timeline": timeline.rows(finding.case, user, of=finding),
    }
    return render(request, "grants/finding_detail.html", context)


DONE = {
    "answer": gettext_lazy("The answer was given."),
    "ask_again": gettext_lazy("The office was asked again."),
    "close": gettext_lazy("The finding is closed."),
}


@require_http_methods(["GET", "HEAD", "POST"])
def finding_act(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """Answer a finding, ask again, close it."""
    if name not in DONE:
        raise Http404
    row, now = FINDING.by_name[name], dates.now()
    finding = fetch(request.user, Finding.objects.with_case(), row.permission, pk=pk)
    form = _form_of(name, posted(request), dates.day_of(now))
    if request.method == "POST" and form.is_valid():
        data, version = dict(form.cleaned_data), posted_version(request)
        if tried(
            form, lambda: FINDING.apply(finding, name, by=request.user, now=now, version=version, data=data)
        ):
            messages.success(request, str(DONE[name]))
            return redirect("finding_detail", pk=pk)
    context = {
        "title": row.label,
        "lead": finding.text,
        "back": (reverse("finding_detail", args=[pk]), _("Finding %(number)s") % {"number": finding.number}),
        "facts": [(_("Project"), finding.case.name), (_("The answer"), finding.answer)]
        if finding.answer
        else [],
        "form": form,
        "button": row.label,
        "style": row.style,
        "version": finding.version,
        "refusal": FINDING.refusal(finding, row, by=request.user, now=now, data={}),
    }
    return render(request, "grants/money_form.html", context, status=status_of(form))


def _form_of(name: str, data: Any, today: Any) -> Any:
    if name == "answer":
        return FindingAnswerForm(data)
    return AskAgainForm(data, today=today) if name == "ask_again" else ConfirmForm(data)
