"""What follows a machine: its insurance, and the invoices that bought it."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import fetch
from accounts.permissions import Action
from applications.views.answers import posted, status_of, tried
from core import dates
from reports.machines import insurance, invoices
from reports.machines.forms import InsuranceForm, InvoicesForm
from reports.models import Machine


def _fetch(request: HttpRequest, pk: int) -> Any:
    rows = Machine.objects.counted().with_insurance().with_case()
    return fetch(request.user, rows, Action.KEEP_MACHINE, pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
def machine_insure(request: HttpRequest, pk: int) -> HttpResponse:
    """It is insured, or insured for longer."""
    machine, now = _fetch(request, pk), dates.now()
    files, today = request.FILES if request.method == "POST" else None, dates.day_of(now)
    form = InsuranceForm(posted(request), files, machine=machine, today=today)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        if tried(
            form,
            lambda: insurance.insure(by=request.user, machine=machine, now=now, today=today, **data),
        ):
            messages.success(request, _("The insurance was written down."))
            return redirect("machine_detail", pk=pk)
    return _page(request, machine, form, _("Write down the insurance"), empty="")


@require_http_methods(["GET", "HEAD", "POST"])
def machine_invoices(request: HttpRequest, pk: int) -> HttpResponse:
    """Which invoices bought it."""
    machine, now = _fetch(request, pk), dates.now()
    form = InvoicesForm(posted(request), machine=machine)
    if request.method == "POST" and form.is_valid():
        chosen = list(form.cleaned_data["expenses"])
        if tried(form, lambda: invoices.link(by=request.user, machine=machine, expenses=chosen, now=now)):
            messages.success(request, _("Written down. The trail of the money ends at this machine now."))
            return redirect("machine_detail", pk=pk)
    any_left = form.fields["expenses"].queryset.exists()  # type: ignore[attr-defined]
    empty = "" if any_left else _("No other expense of fixed investment of this project was handed in.")
    return _page(request, machine, form, _("Say which invoices bought it"), empty=empty)


def _page(request: HttpRequest, machine: Any, form: Any, label: str, *, empty: str) -> HttpResponse:
    context = {"machine": machine, "form": form, "label": label, "empty": empty}
    return render(request, "reports/ledgers/machine_keep.html", context, status=status_of(form))
