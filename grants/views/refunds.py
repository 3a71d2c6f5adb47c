"""What groups give back: the list of finance, a refund with its receipts, and what may happen to them."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import fetch, require_held
from accounts.fresh import fresh_login
from accounts.permissions import Action
from applications.views.answers import posted, status_of, tried
from core import dates
from core.forms import posted_version
from core.lists import BoundedPaginator
from core.money import format_money
from grants import same_account
from grants.forms import ConfirmForm, PaymentFilter, ShortReasonForm
from grants.ledger import figures_of
from grants.models import Project, Refund, RefundReceipt
from grants.refunds import actions, guards
from grants.refunds.forms import ReceiptForm, RefundForm
from grants.refunds.workflow import RECEIPT, REFUND
from grants.views.acts import acts_of

ON_A_PAGE = 25
QUEUES = {
    "asked": pgettext_lazy("refunds", "Asked"),
    "to_confirm": gettext_lazy("To confirm"),
    "late": gettext_lazy("Late"),
    "over": gettext_lazy("Given back or cancelled"),
}
WHY_EMPTY = {
    "asked": gettext_lazy("Nothing is asked back. A refund is asked for on the page of a project's money."),
    "to_confirm": gettext_lazy("No receipt waits to be confirmed."),
    "late": gettext_lazy("No refund is late."),
    "over": gettext_lazy("Nothing was given back yet."),
}


@require_safe
def refund_list(request: HttpRequest) -> HttpResponse:
    """What is asked back of all projects: one queue at a time, the first to fall due first."""
    require_held(request.user, Action.VIEW_PAYMENTS)
    queue = request.GET.get("queue") or "asked"
    if queue not in QUEUES:
        raise Http404
    form, today = PaymentFilter(request.GET), dates.day_of(dates.now())
    rows: Any = Refund.objects.visible_to(request.user).with_case().with_sums()
    match queue:
        case "asked":
            rows = rows.asked().order_by("due_on", "id")
        case "to_confirm":
            rows = rows.filter(waiting__gt=0).order_by("due_on", "id")
        case "late":
            rows = rows.asked().filter(due_on__lt=today).order_by("due_on", "id")
        case "over":
            rows = rows.exclude(status="asked").order_by("-asked_at", "-id")
    if form.is_valid():
        rows = rows.matching(form.cleaned_data["q"])
    context = {
        "form": form,
        "page": BoundedPaginator(rows, ON_A_PAGE).get_page(request.GET.get("page")),
        "queue": queue,
        "queues": QUEUES.items(),
        "title": QUEUES[queue],
        "why_empty": WHY_EMPTY[queue],
        "today": today,
    }
    return render(request, "grants/refund_list.html", context, status=200 if form.is_valid() else 422)


@require_http_methods(["GET", "HEAD", "POST"])
def refund_ask(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask a group to give money back."""
    project = fetch(request.user, Project.objects.with_case(), Action.ASK_REFUND, pk=pk)
    now, last = dates.now(), Refund.objects.order_by("-pk").first()
    initial = {"account_name": last.account_name, "account_cbu": last.account_cbu} if last else {}
    form = RefundForm(posted(request), project=project, today=dates.day_of(now), initial=initial)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        if tried(form, lambda: actions.ask_refund(by=request.user, project=project, now=now, **data)):
            messages.success(request, _("The refund was asked for, and the group was told."))
            return redirect("project_ledger", pk=project.pk)
    context = {
        "title": _("Ask for a refund"),
        "back": (reverse("project_ledger", args=[project.pk]), project.case.name),
        "facts": [
            (_("Project"), project.case.name),
            (_("Still to prove or give back"), format_money(figures_of(project).to_prove)),
            (_("At most, of an unspent advance"), format_money(max(guards.unspent_to_ask(project), 0))),
            (_("At most"), format_money(max(guards.most_to_ask(project), 0))),
        ],
        "form": form,
        "button": _("Ask for it"),
        "refusal": guards.gives_back(project),
    }
    return render(request, "grants/money_form.html", context, status=status_of(form))


@require_safe
def refund_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """A refund: what is asked, what came, and what may happen next."""
    rows = Refund.objects.with_case().with_roles().with_sums()
    refund = fetch(request.user, rows, Action.VIEW_PAYMENTS, pk=pk)
    user, now = request.user, dates.now()
    receipts = list(refund.receipts.select_related("document", "written_by", "checked_by"))
    gives = user.can(Action.GIVE_RECEIPT, refund)
    context = {
        "refund": refund,
        "project": refund.project,
        "left": refund.amount - refund.came,
        "late": refund.status == Refund.Status.ASKED and refund.due_on < dates.day_of(now),
        "notices": refund.notices.select_related("document"),
        "may_notify": user.can(Action.RECORD_NOTICE, refund),
        "receipts": [(each, acts_of(RECEIPT, each, "receipt_act", by=user, now=now)) for each in receipts],
        "available": [
            *_giving(refund, gives),
            *acts_of(REFUND, refund, "refund_act", by=user, now=now),
        ],
    }
    return render(request, "grants/refund_detail.html", context)


def _giving(refund: Refund, gives: bool) -> list[dict[str, Any]]:
    if not gives or refund.status != Refund.Status.ASKED:
        return []
    url = reverse("receipt_add", args=[refund.pk])
    return [{"label": _("Write down a receipt"), "url": url, "reason": guards.receipt_refusal(refund)}]


@require_http_methods(["GET", "HEAD", "POST"])
def receipt_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Write down that money was given back, with the bank's receipt."""
    refund = fetch(request.user, Refund.objects.with_case(), Action.GIVE_RECEIPT, pk=pk)
    now, files = dates.now(), request.FILES if request.method == "POST" else None
    form = ReceiptForm(posted(request), files, refund=refund, today=dates.day_of(now))
    if request.method == "POST" and form.is_valid():
        data = dict(form.cleaned_data)
        upload = data.pop("paper")
        version = posted_version(request)
        if tried(
            form,
            lambda: actions.give_receipt(
                by=request.user, refund=refund, upload=upload, now=now, version=version, **data
            ),
        ):
            messages.success(request, _("Written down. Finance looks for it and confirms."))
            return redirect("refund_detail", pk=pk)
    context = {
        "title": _("Write down a receipt"),
        "back": (reverse("refund_detail", args=[pk]), _("Refund %(number)s") % {"number": refund.number}),
        "facts": [
            (_("Project"), refund.case.name),
            (_("Asked"), format_money(refund.amount)),
            (_("To the account"), f"{refund.account_name}, {refund.formatted_cbu}"),
        ],
        "form": form,
        "button": _("Write it down"),
        "version": refund.version,
        "refusal": guards.receipt_refusal(refund),
        "applicant": not request.user.is_staff_member,
    }
    return render(request, "grants/money_form.html", context, status=status_of(form))


@require_http_methods(["GET", "HEAD", "POST"])
def refund_act(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """Cancel a refund, and why."""
    if name != "cancel":
        raise Http404
    refund = fetch(request.user, Refund.objects.with_case(), Action.ASK_REFUND, pk=pk)
    row, form, now = REFUND.by_name[name], ShortReasonForm(posted(request)), dates.now()
    if request.method == "POST" and form.is_valid():
        data, version = dict(form.cleaned_data), posted_version(request)
        if tried(
            form, lambda: REFUND.apply(refund, name, by=request.user, now=now, version=version, data=data)
        ):
            messages.success(request, _("The refund was cancelled."))
            return redirect("refund_detail", pk=pk)
    context = {
        "title": row.label,
        "back": (reverse("refund_detail", args=[pk]), _("Refund %(number)s") % {"number": refund.number}),
        "facts": [(_("Project"), refund.case.name), (_("Amount"), format_money(refund.amount))],
        "form": form,
        "button": row.label,
        "style": row.style,
        "version": refund.version,
        "refusal": REFUND.refusal(refund, row, by=request.user, now=now, data={}),
    }
    return render(request, "grants/money_form.html", context, status=status_of(form))


@fresh_login
@require_http_methods(["GET", "HEAD", "POST"])
def receipt_act(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """Confirm a receipt, or say that the money was not found."""
    if name not in ("confirm", "refuse"):
        raise Http404
    receipt = fetch(request.user, RefundReceipt.objects.with_case(), Action.CONFIRM_REFUND, pk=pk)
    row, now = RECEIPT.by_name[name], dates.now()
    form = (ShortReasonForm if "reason" in row.needs else ConfirmForm)(posted(request))
    if request.method == "POST" and form.is_valid():
        data, version = dict(form.cleaned_data), posted_version(request)
        if tried(
            form,
            lambda: actions.check_receipt(
                by=request.user, receipt=receipt, name=name, now=now, version=version, data=data
            ),
        ):
            messages.success(request, _("Written down."))
            return redirect("refund_detail", pk=receipt.refund_id)
    back = _("Refund %(number)s") % {"number": receipt.refund.number}
    context = {
        "title": row.label,
        "back": (reverse("refund_detail", args=[receipt.refund_id]), back),
        "facts": [
            (_("Project"), receipt.case.name),
            (_("Amount"), format_money(receipt.amount)),
            (_("Date of the transfer"), f"{receipt.paid_on:%d/%m/%Y}"),
            (_("Reference of the bank"), receipt.reference),
            (_("Written down by"), str(receipt.written_by)),
        ],
        "warnings": same_account.same_transfer(receipt) if name == "confirm" else [],
        "form": form,
        "button": row.label,
        "style": row.style,
        "version": receipt.version,
        "refusal": RECEIPT.refusal(receipt, row, by=request.user, now=now, data={}),
    }
    return render(request, "grants/money_form.html", context, status=status_of(form))
