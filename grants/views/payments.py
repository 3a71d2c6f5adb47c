"""The desk of finance: what can be ordered, what waits for another's confirmation, what was paid or failed."""

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts import fresh
from accounts.access import fetch, require, require_held
from accounts.fresh import fresh_login
from accounts.permissions import Action, holds
from applications.views.answers import posted, status_of, tried
from core import dates
from core.forms import posted_version
from core.lists import BoundedPaginator
from core.money import format_money
from grants import actions, conditions
from grants.forms import ConfirmForm, PaymentFilter, ShortReasonForm, TreasuryForm
from grants.models import Disbursement, Project, Tranche
from grants.settling import worked_out
from grants.workflow import DISBURSEMENT, order_refusal

ON_A_PAGE = 25

# The queues, in the order of the work.
QUEUES: dict[str, Promise] = {
    "to_order": gettext_lazy("To order"),
    "ordered": gettext_lazy("To confirm"),
    "failed": gettext_lazy("Failed or cancelled"),
    "paid": gettext_lazy("Paid"),
}
WHY_EMPTY = {
    "to_order": gettext_lazy(
        "No tranche is ready to order. One opens when a project starts or a report is accepted."
    ),
    "ordered": gettext_lazy("No ordered payment waits for confirmation."),
    "failed": gettext_lazy("No payment has failed or was cancelled."),
    "paid": gettext_lazy("Nothing was paid yet."),
}


@require_safe
def payment_list(request: HttpRequest) -> HttpResponse:
    """One queue at a time; the first one is what can be ordered now."""
    require_held(request.user, Action.VIEW_PAYMENTS)
    queue = request.GET.get("queue") or "to_order"
    if queue not in QUEUES:
        raise Http404
    form = PaymentFilter(request.GET)
    rows = _queue(queue, request.user)
    if form.is_valid():
        rows = rows.matching(form.cleaned_data["q"])
    page = BoundedPaginator(rows, ON_A_PAGE).get_page(request.GET.get("page"))
    if queue == "to_order":
        _say_what_is_missing(page)
    context = {
        "form": form,
        "page": page,
        "queue": queue,
        "queues": QUEUES.items(),
        "title": QUEUES[queue],
        "why_empty": WHY_EMPTY[queue],
        "may_order": holds(request.user, Action.ORDER_PAYMENT),
    }
    return render(request, "grants/payment_list.html", context, status=200 if form.is_valid() else 422)


def _say_what_is_missing(page: Any) -> None:
    """Each tranche of a page with `waits`: what it still waits for."""
    today = dates.day_of(dates.now())
    moneys = conditions.moneys_of({tranche.project_id: tranche.project for tranche in page}.values())
    for tranche in page:
        tranche.waits = conditions.waits_for(tranche, moneys[tranche.project_id], today=today)


def _queue(queue: str, user: Any) -> Any:
    """The rows of a queue: the oldest work first; what is over, the newest first."""
    if queue == "to_order":
        return (
            Tranche.objects.visible_to(user)
            .to_order()
            .with_case()
            .with_checked_payee()
            .order_by("opened_at", "id")
        )
    payments = Disbursement.objects.visible_to(user).with_case()
    if queue == "ordered":
        return payments.awaiting_confirmation().order_by("ordered_at", "id")
    states = ["paid"] if queue == "paid" else ["failed", "cancelled"]
    return payments.filter(status__in=states).order_by("-ordered_at", "-id")


@fresh_login
@require_http_methods(["GET", "HEAD", "POST"])
def tranche_order(request: HttpRequest, pk: int) -> HttpResponse:
    """Look once more, and order the payment of a tranche."""
    tranche = fetch(request.user, Tranche.objects.with_case(), Action.ORDER_PAYMENT, pk=pk)
    form, now = ConfirmForm(posted(request)), dates.now()
    if request.method == "POST" and tried(
        form,
        lambda: actions.order_disbursement(
            by=request.user, tranche=tranche, now=now, version=posted_version(request)
        ),
    ):
        messages.success(request, _("The payment was ordered. Another finance officer confirms it."))
        return redirect("project_detail", pk=tranche.project_id)
    amount = conditions.amount_to_order(tranche, conditions.Money.of(tranche.project))
    context = {
        "form": form,
        "tranche": tranche,
        "project": tranche.project,
        "payee": tranche.payee,
        "committed": tranche.project.committed(),
        "amount": amount,
        "beyond": _beyond_the_settlement(tranche, amount),
        "refusal": order_refusal(tranche, by=request.user, now=now),
    }
    return render(request, "grants/tranche_order.html", context, status=status_of(form))


def _beyond_the_settlement(tranche: Tranche, amount: Decimal) -> str:
    """What the settlement says of a tranche that is ordered while its project closes and not all is judged yet, where it is
    more than is due."""
    if tranche.is_salary or tranche.project.status != Project.Status.CLOSING:
        return ""
    due = worked_out(tranche.project).to_pay
    if amount <= due:
        return ""
    return _(
        "By the settlement of today %(due)s are still to pay: what is paid beyond that has to be given back."
    ) % {"due": format_money(due)}


@fresh_login(reads=True)
@require_http_methods(["GET", "HEAD", "POST"])
def disbursement_confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """A payment; and, while it is ordered, the form with which another finance officer confirms it."""
    disbursement = fetch(request.user, Disbursement.objects.with_case(), Action.VIEW_PAYMENTS, pk=pk)
    user, now = request.user, dates.now()
    form = TreasuryForm(posted(request), disbursement=disbursement, by=user, now=now)
    if request.method == "POST":
        require(user, Action.CONFIRM_PAYMENT, disbursement)
        if form.is_valid() and tried(
            form,
            lambda: actions.confirm_disbursement(
                by=user,
                disbursement=disbursement,
                now=now,
                version=posted_version(request),
                **form.cleaned_data,
            ),
        ):
            messages.success(request, _("The payment is confirmed."))
            return redirect("disbursement_confirm", pk=disbursement.pk)
    confirm = DISBURSEMENT.by_name["confirm"]
    context = {
        "form": form,
        "disbursement": disbursement,
        "project": disbursement.project,
        "follows": user.can(Action.FOLLOW_MONEY, disbursement),
        "may_confirm": user.can(Action.CONFIRM_PAYMENT, disbursement),
        "ask_first": fresh.url_to_ask(request),
        "refusal": DISBURSEMENT.refusal(disbursement, confirm, by=user, now=now, data={}),
        "payee_replaced": not disbursement.payee.current,
        "suspended_on": disbursement.project.suspended_on,
    }
    return render(request, "grants/disbursement_detail.html", context, status=status_of(form))


@fresh_login
@require_http_methods(["GET", "HEAD", "POST"])
def disbursement_act(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """Say that a payment failed, or cancel its order, and why; the tranche may then be ordered again."""
    if name not in ("fail", "cancel"):
        raise Http404
    row = DISBURSEMENT.by_name[name]
    disbursement = fetch(request.user, Disbursement.objects.with_case(), row.permission, pk=pk)
    form, now = ShortReasonForm(posted(request)), dates.now()
    if request.method == "POST" and form.is_valid():
        data, version = dict(form.cleaned_data), posted_version(request)
        if tried(
            form,
            lambda: DISBURSEMENT.apply(
                disbursement, name, by=request.user, now=now, version=version, data=data
            ),
        ):
            messages.success(request, _("Written down. The tranche can be ordered again."))
            return redirect("disbursement_confirm", pk=disbursement.pk)
    context = {
        "form": form,
        "disbursement": disbursement,
        "row": row,
        "refusal": DISBURSEMENT.refusal(disbursement, row, by=request.user, now=now, data={}),
    }
    return render(request, "grants/disbursement_act.html", context, status=status_of(form))
