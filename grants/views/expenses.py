"""One expense: written by the group, judged by finance."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import fetch
from accounts.permissions import Action
from applications.views.answers import posted, status_of, tried
from core import dates
from core.forms import Form, posted_version
from grants.expenses import actions
from grants.expenses.checks import Books, counts_for, elsewhere, findings, left_of, paid_of
from grants.expenses.forms import (
    AnswerForm,
    CreditNoteForm,
    GroundForm,
    InKindForm,
    PaymentForm,
    RemarkForm,
    VoucherForm,
)
from grants.models import CreditNote, Expense, ExpensePayment, Statement
from grants.workflow import EXPENSE

DONE = {
    "query": gettext_lazy("The group was asked."),
    "answer": gettext_lazy("The answer was handed in."),
    "verify": gettext_lazy("The expense is verified."),
    "reject": gettext_lazy("The expense was rejected. The group may correct it in its next statement."),
}
PARTS = {"payments": (ExpensePayment, PaymentForm), "credit-notes": (CreditNote, CreditNoteForm)}


# --- Written by the group ------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def expense_add(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """A new expense of an open statement: `kind` is voucher or in-kind."""
    if kind not in ("voucher", "in-kind"):
        raise Http404
    statement = fetch(request.user, Statement.objects.with_case(), Action.EDIT_EXPENSE, pk=pk)
    return _write(request, statement, Expense(), in_kind=kind == "in-kind")


@require_http_methods(["GET", "HEAD", "POST"])
def expense_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change an expense that is a draft, or was asked about."""
    expense = fetch(request.user, Expense.objects.with_case(), Action.EDIT_EXPENSE, pk=pk)
    return _write(request, expense.statement, expense, in_kind=expense.is_in_kind)


def _write(request: HttpRequest, statement: Statement, expense: Expense, *, in_kind: bool) -> HttpResponse:
    now, shown = dates.now(), expense.version
    kind = InKindForm if in_kind else VoucherForm
    files = request.FILES if request.method == "POST" else None
    form = kind(posted(request), files, instance=expense, statement=statement, today=dates.day_of(now))
    if request.method == "POST" and form.is_valid():
        payment = form.payment() if isinstance(form, VoucherForm) and expense.pk is None else None
        if tried(
            form,
            lambda: actions.save_expense(
                by=request.user,
                statement=statement,
                expense=form.instance,
                now=now,
                version=posted_version(request) if expense.pk else None,
                payment=payment,
                upload=form.cleaned_data.get("voucher"),
            ),
        ):
            messages.success(request, _("Saved."))
            if "another" in request.POST:
                return redirect("expense_add", pk=statement.pk, kind="in-kind" if in_kind else "voucher")
            return redirect("expense_detail", pk=form.instance.pk)
    context = {
        "form": form,
        "statement": statement,
        "expense": expense,
        "shown": shown,
        "in_kind": in_kind,
        "document": expense.document if expense.document_id else None,
    }
    return render(request, "grants/expense_edit.html", context, status=status_of(form))


@require_POST
def expense_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a draft out of its statement."""
    expense = fetch(request.user, Expense.objects.with_case(), Action.EDIT_EXPENSE, pk=pk)
    actions.remove_expense(by=request.user, expense=expense, now=dates.now(), version=posted_version(request))
    messages.success(request, _("“%(name)s” was taken out.") % {"name": expense.description})
    return redirect("statement_detail", pk=expense.statement_id)


@require_http_methods(["GET", "HEAD", "POST"])
def expense_part_add(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """A payment or a credit note of an expense."""
    _model, form_class = _part(kind)
    expense = fetch(request.user, Expense.objects.with_case(), Action.EDIT_EXPENSE, pk=pk)
    form = form_class(posted(request))
    if request.method == "POST" and form.is_valid():
        version, now = posted_version(request), dates.now()
        if tried(
            form,
            lambda: actions.add_part(
                by=request.user, expense=expense, part=form.instance, now=now, version=version
            ),
        ):
            messages.success(request, _("Saved."))
            return redirect("expense_detail", pk=pk)
    context = {"form": form, "expense": expense, "kind": kind}
    return render(request, "grants/expense_part.html", context, status=status_of(form))


@require_POST
def expense_part_remove(request: HttpRequest, pk: int, kind: str, part_pk: int) -> HttpResponse:
    """Take one out again."""
    model, _form = _part(kind)
    expense = fetch(request.user, Expense.objects.with_case(), Action.EDIT_EXPENSE, pk=pk)
    part = get_object_or_404(model, pk=part_pk, expense=expense)
    actions.remove_part(
        by=request.user, expense=expense, part=part, now=dates.now(), version=posted_version(request)
    )
    messages.success(request, _("It was taken out."))
    return redirect("expense_detail", pk=pk)


def _part(kind: str) -> tuple[Any, Any]:
    if kind not in PARTS:
        raise Http404
    return PARTS[kind]


# --- Read, and judged ------------------------------------------------------------------------------------


@require_safe
def expense_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """An expense with all that is said of it, and what may happen next."""
    expense = fetch(request.user, Expense.objects.with_case(), Action.VIEW_STATEMENT, pk=pk)
    user, now = request.user, dates.now()
    project = expense.project
    books = Books(project, dates.day_of(now))
    judges = user.can(Action.VERIFY_EXPENSE, expense)
    found = findings(expense, books) if expense.is_to_judge else []
    context = {
        "expense": expense,
        "statement": expense.statement,
        "project": project,
        "staff": user.is_staff_member,
        "follows": user.can(Action.FOLLOW_MONEY, expense),
        "findings": found,
        "counts_for": counts_for(expense),
        "left": left_of(expense),
        "paid": paid_of(expense, project.call),
        "available": EXPENSE.available(expense, by=user, now=now),
        "may_write": user.can(Action.EDIT_EXPENSE, expense) and expense.status in ("draft", "queried"),
        "needs_ground": user.can(Action.GROUND_SUPPLIER, expense)
        and any(each.rule == "supplier_is_another" for each in found),
        # Only staff see where else a voucher stands (PROGRAMME 10).
        "elsewhere": [row for row in elsewhere(expense) if row.pk != expense.pk]
        if judges and not expense.is_in_kind
        else [],
    }
    return render(request, "grants/expense_detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def expense_act(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """Verify, ask, reject; and the group's answer."""
    if name not in DONE:
        raise Http404
    row = EXPENSE.by_name[name]
    expense = fetch(request.user, Expense.objects.with_case(), row.permission, pk=pk)
    form, now = _form_of(name)(posted(request)), dates.now()
    if request.method == "POST" and form.is_valid():
        data, version = dict(form.cleaned_data), posted_version(request)
        if tried(
            form,
            lambda: actions.judge(
                by=request.user, expense=expense, name=name, now=now, version=version, data=data
            ),
        ):
            messages.success(request, str(DONE[name]))
            waiting = (
                expense.statement.expenses.filter(status="submitted")
                .exclude(pk=pk)
                .order_by("issued_on", "id")
            )
            following = waiting.first() if name != "answer" else None
            if following:
                return redirect("expense_detail", pk=following.pk)
            return redirect("statement_detail", pk=expense.statement_id)
    context = {
        "form": form,
        "expense": expense,
        "row": row,
        "refusal": EXPENSE.refusal(expense, row, by=request.user, now=now, data={}),
    }
    return render(request, "grants/expense_act.html", context, status=status_of(form))


def _form_of(name: str) -> type[Form]:
    if name in ("query", "reject"):
        return RemarkForm
    return AnswerForm if name == "answer" else Form


@require_http_methods(["GET", "HEAD", "POST"])
def expense_ground(request: HttpRequest, pk: int) -> HttpResponse:
    """An officer says why a supplier of the group's own stands."""
    expense = fetch(request.user, Expense.objects.with_case(), Action.GROUND_SUPPLIER, pk=pk)
    form = GroundForm(posted(request))
    if request.method == "POST" and form.is_valid():
        ground, version, now = form.cleaned_data["ground"], posted_version(request), dates.now()
        if tried(
            form,
            lambda: actions.give_ground(
                by=request.user, expense=expense, ground=ground, now=now, version=version
            ),
        ):
            messages.success(request, _("Your ground stands beside the expense."))
            return redirect("expense_detail", pk=pk)
    return render(
        request, "grants/expense_ground.html", {"form": form, "expense": expense}, status=status_of(form)
    )
