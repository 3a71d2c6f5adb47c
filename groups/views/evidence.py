"""What shows a firm's size besides its sales: its certificates, its linked firms."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.permissions import Action
from core import dates
from core.forms import Form, ModelForm
from core.workflow import NotAllowed
from groups import actions
from groups.forms import CertificateForm, LinkForm
from groups.models import Firm, Group
from groups.views.firms import fetch_group, fetch_member


@require_http_methods(["GET", "HEAD", "POST"])
def certificate_add(request: HttpRequest, pk: int, firm_pk: int) -> HttpResponse:
    """A MiPyME certificate, with its document."""
    group = fetch_group(request, pk, Action.EDIT_FIRM)
    firm = fetch_member(group, firm_pk).firm
    posted = request.method == "POST"
    form = CertificateForm(
        request.POST if posted else None, request.FILES if posted else None, today=dates.today()
    )

    def add() -> str:
        actions.add_certificate(by=request.user, group=group, firm=firm, now=dates.now(), **form.cleaned_data)
        return _("The certificate was added.")

    return _add(request, group, firm, form, "number", add, "groups/certificate_add.html")


@require_POST
def certificate_remove(request: HttpRequest, pk: int, firm_pk: int, certificate_pk: int) -> HttpResponse:
    """Take a certificate away."""
    group = fetch_group(request, pk, Action.EDIT_FIRM)
    firm = fetch_member(group, firm_pk).firm
    certificate = get_object_or_404(firm.certificates, pk=certificate_pk)
    actions.remove_certificate(
        by=request.user, group=group, firm=firm, certificate=certificate, now=dates.now()
    )
    messages.success(request, _("The certificate was taken away."))
    return redirect("firm_edit", pk=group.pk, firm_pk=firm.pk)


@require_http_methods(["GET", "HEAD", "POST"])
def linked_firm_add(request: HttpRequest, pk: int, firm_pk: int) -> HttpResponse:
    """A firm that belongs together with a member."""
    group = fetch_group(request, pk, Action.EDIT_FIRM)
    firm = fetch_member(group, firm_pk).firm
    if sentence := actions.why_not_figures(firm):
        raise NotAllowed(sentence)
    form = LinkForm(request.POST if request.method == "POST" else None)

    def add() -> str:
        actions.add_link(by=request.user, group=group, firm=firm, now=dates.now(), **form.cleaned_data)
        return _("The linked firm was added. Now write its sales beside those of the firm, year by year.")

    return _add(request, group, firm, form, "cuit", add, "groups/linked_firm_add.html")


@require_POST
def linked_firm_remove(request: HttpRequest, pk: int, firm_pk: int, link_pk: int) -> HttpResponse:
    """Take a linked firm away."""
    group = fetch_group(request, pk, Action.EDIT_FIRM)
    firm = fetch_member(group, firm_pk).firm
    row = get_object_or_404(firm.links, pk=link_pk)
    actions.remove_link(by=request.user, group=group, firm=firm, row=row, now=dates.now())
    messages.success(request, _("The linked firm was taken away."))
    return redirect("firm_edit", pk=group.pk, firm_pk=firm.pk)


def _add(
    request: HttpRequest,
    group: Group,
    firm: Firm,
    form: Form | ModelForm,
    at: str,
    add: Callable[[], str],
    template: str,
) -> HttpResponse:
    """Both pages that add: what the action refuses is told at the field `at`."""
    status = 422 if form.is_bound else 200
    if form.is_bound and form.is_valid():
        try:
            sentence = add()
        except actions.RowRefused as refusal:
            form.add_error(at, refusal.sentence)
            status = refusal.status_code
        else:
            messages.success(request, sentence)
            return redirect("firm_edit", pk=group.pk, firm_pk=firm.pk)
    return render(request, template, {"group": group, "firm": firm, "form": form}, status=status)
