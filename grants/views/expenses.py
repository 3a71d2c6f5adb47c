"""One expense: written by the group, judged by finance."""

import contextlib
import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import fetch
from accounts.permissions import Action
from applications.views.answers import came_too_late, posted, status_of, tried
from core import conflict, dates, uploads
from core.forms import Form, posted_version
from core.workflow import Refusal, TransitionRefused
from grants.expenses import actions, qr
from grants.expenses.books import Books
from grants.expenses.checks import counts_for, findings, left_of, paid_of
from grants.expenses.forms import InKindForm, VoucherForm
from grants.expenses.judging_forms import AnswerForm, GroundForm, RemarkForm
from grants.expenses.part_forms import CreditNoteForm, PaymentForm, QuoteForm
from grants.models import CreditNote, Expense, ExpensePayment, ExpenseQuote, Statement
from grants.saving import saved_once
from grants.trail import assets_of
from grants.views.few_quotes import about_quotes
from grants.workflow import EXPENSE

DONE = {
    "query": gettext_lazy("The group was asked."),
    "answer": gettext_lazy("The answer was handed in."),
    "verify": gettext_lazy("The expense is verified."),
    "reject": gettext_lazy("The expense was rejected. The group may correct it in its next statement."),
}
# By the word in the address: what it is, its form, the heading of its page.
PARTS = {
    "payments": (ExpensePayment, PaymentForm, gettext_lazy("Add a payment")),
    "credit-notes": (CreditNote, CreditNoteForm, gettext_lazy("Add a credit note")),
    "quotes": (ExpenseQuote, QuoteForm, gettext_lazy("Add a quote")),
}


# --- Written by the group ------------------------------------------------------------------------------


def refuse_in_time(request: HttpRequest, statement: Statement, expense: Expense | None) -> None:
    """Nobody fills in a form of which nothing can be saved. What was filled in already goes on, and comes back with its
    refusal. Raises TransitionRefused."""
    if request.method == "POST":
        return
    if said := actions.writing_refusal(statement, expense, by=request.user, now=dates.now()):
        raise TransitionRefused(said)


@require_http_methods(["GET", "HEAD", "POST"])
@saved_once
def expense_add(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """A new expense of an open statement: `kind` is voucher or in-kind."""
    if kind not in ("voucher", "in-kind"):
        raise Http404
    statement = fetch(request.user, Statement.objects.with_case(), Action.EDIT_EXPENSE, pk=pk)
    refuse_in_time(request, statement, None)
    return _write(request, statement, Expense(), in_kind=kind == "in-kind")


@require_http_methods(["GET", "HEAD", "POST"])
@saved_once
def expense_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change an expense that is a draft, or was asked about."""
    expense = fetch(request.user, Expense.objects.with_case(), Action.EDIT_EXPENSE, pk=pk)
    refuse_in_time(request, expense.statement, expense)
    return _write(request, expense.statement, expense, in_kind=expense.is_in_kind)


def _write(request: HttpRequest, statement: Statement, expense: Expense, *, in_kind: bool) -> HttpResponse:
    now, data, said, notice = dates.now(), posted(request), None, ""
    about: dict[str, Any] = {"statement": statement, "today": dates.day_of(now)}
    fresh = _fresh_form(expense, in_kind, about)
    if data is not None:
        data = conflict.chosen(data, fresh)
    if data is not None and not in_kind and (file := request.FILES.get("voucher")):
        try:
            said = qr.read(file)
            data = qr.filled(data, said)
        except qr.NoCode as none:
            notice = none.sentence
    files = request.FILES if data is not None else None
    about["instance"] = expense
    form: InKindForm | VoucherForm = (
        InKindForm(data, files, **about) if in_kind else VoucherForm(data, files, said=said, **about)
    )
    if isinstance(form, VoucherForm) and "read" in request.POST:
        return _read_only(request, form, fresh, notice)
    if data is not None and form.is_valid() and tried(form, lambda: _save(request, form, statement, now)):
        messages.success(request, _("Saved."))
        if notice:
            messages.info(request, notice)
        if "another" in request.POST:
            return redirect("expense_add", pk=statement.pk, kind="in-kind" if in_kind else "voucher")
        return redirect("expense_detail", pk=form.instance.pk)
    return _form_page(request, form, fresh, notice)


def _fresh_form(expense: Expense, in_kind: bool, about: dict[str, Any]) -> InKindForm | VoucherForm:
    """What is saved, in a form of its own: the one that is filled in writes into its expense."""
    instance = Expense.objects.get(pk=expense.pk) if expense.pk else Expense()
    return (InKindForm if in_kind else VoucherForm)(instance=instance, **about)


def _save(
    request: HttpRequest, form: InKindForm | VoucherForm, statement: Statement, now: dt.datetime
) -> None:
    expense = form.instance
    actions.save_expense(
        by=request.user,
        statement=statement,
        expense=expense,
        now=now,
        version=posted_version(request) if expense.pk else None,
        payment=form.payment() if isinstance(form, VoucherForm) and expense.pk is None else None,
        upload=form.cleaned_data.get("voucher"),
    )


def _read_only(
    request: HttpRequest, form: VoucherForm, fresh: InKindForm | VoucherForm, notice: str
) -> HttpResponse:
    """Nothing is saved yet: the form comes back with what the QR code of its file says."""
    form.full_clean()
    wrong_file = form.errors.get("voucher")
    form.errors.clear()
    if wrong_file:
        form.add_error("voucher", wrong_file)
    elif "voucher" not in form.files:
        form.add_error("voucher", _("Choose a file first."))
    elif form.said and not form.say_contradictions():
        notice = _("What was empty is filled in from the QR code. Look at each field before you save.")
    return _form_page(request, form, fresh, notice)


def _form_page(
    request: HttpRequest, form: InKindForm | VoucherForm, fresh: InKindForm | VoucherForm, notice: str
) -> HttpResponse:
    expense, statement, stale = form.instance, form.statement, came_too_late(form)
    file = form.files.get("voucher") if form.is_bound else None
    if file and "voucher" not in form.errors and not hasattr(file, "key"):
        # The browser forgets which file was chosen: it stays here for the next try.
        with contextlib.suppress(Refusal):
            form.files["voucher"] = uploads.keep(by=request.user, file=file, now=dates.now())
    context = {
        "form": form,
        "statement": statement,
        "expense": expense,
        "carries": conflict.carries(request, fresh, version=fresh.instance.version, stale=stale),
        "conflict": conflict.between(form, fresh, statement, request.POST.getlist("was")) if stale else None,
        "in_kind": isinstance(form, InKindForm),
        "document": expense.document if expense.document_id else None,
        "notice": notice,
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
@saved_once
def expense_part_add(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """A payment or a credit note of an expense."""
    _model, form_class, label = _part(kind)
    expense = fetch(request.user, Expense.objects.with_case(), Action.EDIT_EXPENSE, pk=pk)
    refuse_in_time(request, expense.statement, expense)
    form = form_class(posted(request), request.FILES if request.method == "POST" else None)
    form.instance.expense = expense
    if request.method == "POST" and form.is_valid():
        version, now = posted_version(request), dates.now()
        if tried(
            form,
            lambda: actions.add_part(
                by=request.user,
                expense=expense,
                part=form.instance,
                now=now,
                version=version,
                upload=form.cleaned_data.get("file"),
            ),
        ):
            messages.success(request, _("Saved."))
            return redirect("expense_detail", pk=pk)
    context = {"form": form, "expense": expense, "kind": kind, "label": label}
    return render(request, "grants/expense_part.html", context, status=status_of(form))


@require_POST
def expense_part_remove(request: HttpRequest, pk: int, kind: str, part_pk: int) -> HttpResponse:
    """Take one out again."""
    model, _form, _label = _part(kind)
    expense = fetch(request.user, Expense.objects.with_case(), Action.EDIT_EXPENSE, pk=pk)
    part = get_object_or_404(model, pk=part_pk, expense=expense)
    actions.remove_part(
        by=request.user, expense=expense, part=part, now=dates.now(), version=posted_version(request)
    )
    messages.success(request, _("It was taken out."))
    return redirect("expense_detail", pk=pk)


def _part(kind: str) -> tuple[Any, Any, Any]:
    if kind not in PARTS:
        raise Http404
    return PARTS[kind]


@require_POST
def expense_correct(request: HttpRequest, pk: int) -> HttpResponse:
    """Take over what was rejected into the open statement, and correct it there."""
    expense = fetch(request.user, Expense.objects.with_case(), Action.EDIT_EXPENSE, pk=pk)
    copy = actions.correct(by=request.user, expense=expense, now=dates.now())
    messages.success(request, _("It stands in the next statement now. Correct it, and hand it in with that."))
    return redirect("expense_edit", pk=copy.pk)


# --- Read, and judged ------------------------------------------------------------------------------------


@require_safe
def expense_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """An expense with all that is said of it, and what may happen next."""
    shown = Expense.objects.with_case().prefetch_related("credit_notes", "payments", "quotes")
    expense = fetch(request.user, shown, Action.VIEW_STATEMENT, pk=pk)
    user, now = request.user, dates.now()
    project = expense.project
    books = Books(project, dates.day_of(now))
    judges, writes = user.can(Action.VERIFY_EXPENSE, expense), user.can(Action.EDIT_EXPENSE, expense)
    found = findings(expense, books) if expense.is_to_judge else []
    rejected = expense.status == Expense.Status.REJECTED
    context = {
        "expense": expense,
        "statement": expense.statement,
        "project": project,
        "staff": user.is_staff_member,
        "follows": user.can(Action.FOLLOW_MONEY, expense),
        "assets": assets_of([expense.pk])[expense.pk] if not expense.is_in_kind else [],
        "findings": found,
        "counts_for": counts_for(expense),
        "left": left_of(expense),
        "paid": paid_of(expense, project.call),
        "quotes": books.quotes_of(expense),
        "from_qr": [str(Expense._meta.get_field(name).verbose_name) for name in expense.from_qr],  # type: ignore[union-attr]
        "asks_quotes": project.call.quotes_from is not None and not expense.is_in_kind,
        **about_quotes(expense, books, user),
        "available": EXPENSE.available(expense, by=user, now=now),
        "may_write": writes and expense.may_be_written,
        "correction": Expense.objects.filter(corrects=expense).first() if rejected else None,
        "may_correct": rejected and writes,
        "no_correction": actions.begin_refusal(project, by=user, now=now) if rejected and writes else "",
        "needs_ground": user.can(Action.GROUND_SUPPLIER, expense)
        and any(each.rule == "supplier_is_another" for each in found),
        # Only staff see where else a voucher stands (PROGRAMME 10).
        "elsewhere": books.elsewhere(expense) if judges else [],
    }
    return render(request, "grants/expense_detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@saved_once
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
            waits = name != "answer" and expense.statement.expenses.filter(status="submitted").exists()
            return redirect("statement_judge" if waits else "statement_detail", pk=expense.statement_id)
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
