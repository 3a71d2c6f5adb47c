"""Sureties: the list of all, entering one, letting one go."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import fetch, require_held
from accounts.permissions import Action, holds
from applications.views.answers import posted, status_of, tried
from core import dates
from core.forms import posted_version
from core.lists import BoundedPaginator
from core.money import format_money
from grants.forms import ConfirmForm, PaymentFilter
from grants.models import Project, Surety
from grants.sureties import actions, guards
from grants.sureties.forms import SuretyForm
from grants.sureties.workflow import SURETY

ON_A_PAGE = 25


@require_safe
def surety_list(request: HttpRequest) -> HttpResponse:
    """The sureties that are held, the first to expire first."""
    require_held(request.user, Action.VIEW_PAYMENTS)
    form = PaymentFilter(request.GET)
    rows = Surety.objects.visible_to(request.user).held().with_case()
    if form.is_valid():
        rows = rows.matching(form.cleaned_data["q"])
    context = {
        "form": form,
        "page": BoundedPaginator(rows.order_by("expires_on", "id"), ON_A_PAGE).get_page(
            request.GET.get("page")
        ),
        "today": dates.day_of(dates.now()),
        "may_release": holds(request.user, Action.KEEP_SURETY),
    }
    return render(request, "grants/surety_list.html", context, status=200 if form.is_valid() else 422)


@require_http_methods(["GET", "HEAD", "POST"])
def surety_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Enter a surety of a project."""
    project = fetch(request.user, Project.objects.with_case(), Action.KEEP_SURETY, pk=pk)
    files, today = request.FILES if request.method == "POST" else None, dates.day_of(dates.now())
    form = SuretyForm(posted(request), files, today=today)
    if request.method == "POST" and form.is_valid():
        data = dict(form.cleaned_data)
        upload = data.pop("paper")
        if tried(
            form,
            lambda: actions.take_surety(
                by=request.user, project=project, upload=upload, now=dates.now(), **data
            ),
        ):
            messages.success(request, _("The surety was entered."))
            return redirect("project_ledger", pk=pk)
    context = {
        "title": _("Enter a surety"),
        "back": (reverse("project_ledger", args=[pk]), project.case.name),
        "facts": [(_("Project"), project.case.name)],
        "form": form,
        "button": _("Save"),
        "refusal": guards.takes_sureties(project),
    }
    return render(request, "grants/money_form.html", context, status=status_of(form))


@require_http_methods(["GET", "HEAD", "POST"])
def surety_release(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a surety go: what it covers is proven."""
    surety = fetch(request.user, Surety.objects.with_case(), Action.KEEP_SURETY, pk=pk)
    row, form, now = SURETY.by_name["release"], ConfirmForm(posted(request)), dates.now()
    if request.method == "POST" and tried(
        form,
        lambda: SURETY.apply(surety, "release", by=request.user, now=now, version=posted_version(request)),
    ):
        messages.success(request, _("The surety was released. Give the policy back to the group."))
        return redirect("project_ledger", pk=surety.project_id)
    context = {
        "title": row.label,
        "back": (reverse("project_ledger", args=[surety.project_id]), surety.case.name),
        "facts": [
            (_("Project"), surety.case.name),
            (_("Insurer"), surety.insurer),
            (_("Number of the policy"), surety.policy),
            (_("Amount that it covers"), format_money(surety.amount)),
            (_("Until"), f"{surety.expires_on:%d/%m/%Y}"),
        ],
        "form": form,
        "button": row.label,
        "version": surety.version,
        "refusal": SURETY.refusal(surety, row, by=request.user, now=now, data={}),
    }
    return render(request, "grants/money_form.html", context, status=status_of(form))
