"""Lists of payments for the bank: choosing what goes on one, the list, its file, voiding it."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import require_held
from accounts.fresh import fresh_login
from accounts.permissions import Action, holds
from applications.views.answers import posted, status_of, tried
from core import dates
from core.forms import Form, posted_version
from core.lists import BoundedPaginator
from core.money import format_money
from core.workflow import TransitionRefused
from grants import bank_lists
from grants.forms import ShortReasonForm
from grants.models import BankList, Disbursement

ON_A_PAGE = 25
# To choose from at once: the oldest; the rest comes with the next list.
OFFERED = 200


class ChooseForm(Form):
    """Which ordered payments go on a list."""

    payments = forms.ModelMultipleChoiceField(
        Disbursement.objects.none(),
        label=gettext_lazy("Ordered payments"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose at least one payment.")},
    )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        field = self.fields["payments"]
        assert isinstance(field, forms.ModelMultipleChoiceField)
        field.queryset = bank_lists.listable(user)
        self.offered = list(field.queryset[:OFFERED])
        field.choices = [(payment.pk, self._words(payment)) for payment in self.offered]
        if not self.is_bound:
            self.initial["payments"] = [payment.pk for payment in self.offered]

    @staticmethod
    def _words(payment: Disbursement) -> str:
        return _("%(project)s, %(what)s: %(amount)s to %(payee)s, ordered on %(day)s") % {
            "project": payment.case.name,
            "what": payment.tranche.name,
            "amount": format_money(payment.amount),
            "payee": payment.payee.name,
            "day": f"{dates.day_of(payment.ordered_at):%d/%m/%Y}",
        }


@require_safe
def bank_list_list(request: HttpRequest) -> HttpResponse:
    """The lists that were made, the newest first."""
    require_held(request.user, Action.VIEW_PAYMENTS)
    rows = BankList.objects.select_related("made_by").defer("content").order_by("-number")
    context = {
        "page": BoundedPaginator(rows, ON_A_PAGE).get_page(request.GET.get("page")),
        "may_make": holds(request.user, Action.MAKE_BANK_LIST),
    }
    return render(request, "grants/bank_list_list.html", context)


@fresh_login
@require_http_methods(["GET", "HEAD", "POST"])
def bank_list_make(request: HttpRequest) -> HttpResponse:
    """Choose ordered payments, and make their list."""
    require_held(request.user, Action.MAKE_BANK_LIST)
    form = ChooseForm(posted(request), user=request.user)
    if request.method == "POST" and form.is_valid():
        chosen, made = [payment.pk for payment in form.cleaned_data["payments"]], []
        if tried(
            form,
            lambda: made.append(bank_lists.make(by=request.user, payments=chosen, now=dates.now())),
        ):
            messages.success(request, _("The list was made. It stays as it is."))
            return redirect("bank_list_detail", pk=made[0].pk)
    return render(request, "grants/bank_list_make.html", {"form": form}, status=status_of(form))


@require_safe
def bank_list_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """A list with its total and hash, and of its payments those that this person may see (an auditor: what they were
    given)."""
    require_held(request.user, Action.VIEW_PAYMENTS)
    rows = BankList.objects.select_related("made_by", "voided_by").defer("content")
    bank_list = get_object_or_404(rows, pk=pk)
    context = {
        "bank_list": bank_list,
        "items": bank_list.items.filter(
            disbursement__in=Disbursement.objects.visible_to(request.user)
        ).select_related(
            "disbursement__payee",
            "disbursement__tranche__project__application__case",
            "disbursement__tranche__salary__person",
        ),
        "may_make": holds(request.user, Action.MAKE_BANK_LIST),
        "refusal": bank_lists.void_refusal(bank_list),
        "stopped": bank_lists.why_not_sent(bank_list),
    }
    return render(request, "grants/bank_list_detail.html", context)


@require_safe
def bank_list_file(request: HttpRequest, pk: int) -> HttpResponse:
    """The file itself: the same bytes every time. Not while something on it may not be paid."""
    require_held(request.user, Action.MAKE_BANK_LIST)
    bank_list = get_object_or_404(BankList, pk=pk)
    if sentence := bank_lists.why_not_sent(bank_list):
        raise TransitionRefused(sentence)
    return HttpResponse(
        bank_list.content.encode(),
        content_type="text/csv; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="{bank_list.filename}"',
            "Cache-Control": "private, no-store",
        },
    )


@fresh_login
@require_http_methods(["GET", "HEAD", "POST"])
def bank_list_void(request: HttpRequest, pk: int) -> HttpResponse:
    """Void a list that the bank did not get."""
    require_held(request.user, Action.MAKE_BANK_LIST)
    bank_list = get_object_or_404(BankList.objects.defer("content"), pk=pk)
    form = ShortReasonForm(posted(request))
    if request.method == "POST" and form.is_valid():
        reason, version = form.cleaned_data["reason"], posted_version(request)
        if tried(
            form,
            lambda: bank_lists.void(
                by=request.user, bank_list=bank_list, reason=reason, now=dates.now(), version=version
            ),
        ):
            messages.success(request, _("The list was voided. Its payments can go on another."))
            return redirect("bank_list_detail", pk=pk)
    name = _("List %(number)s") % {"number": bank_list.number}
    context = {
        "title": _("Void the list"),
        "lead": _("Only a list that the bank did not get is voided: its payments can then go on another."),
        "back": (reverse("bank_list_detail", args=[pk]), name),
        "facts": [(_("List"), bank_list.number), (_("Total"), format_money(bank_list.total))],
        "form": form,
        "button": _("Void the list"),
        "style": "outline-danger",
        "version": bank_list.version,
        "refusal": bank_lists.void_refusal(bank_list),
    }
    return render(request, "grants/money_form.html", context, status=status_of(form))
