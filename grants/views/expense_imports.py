"""Many expenses at once: paste or choose a table, look at every row, correct or leave out, add."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import fetch
from accounts.permissions import Action
from core import dates, imports, sheets
from core.workbook import CONTENT_TYPE, Choice, Column, Table, workbook
from core.workflow import NotAllowed, Refusal
from grants.expenses.forms import VOUCHER_KINDS
from grants.expenses.import_rows import ImportForm, look, save
from grants.expenses.imports import COLUMNS, Source
from grants.models import Expense, ExpensePayment, Statement
from grants.views.expenses import refuse_in_time


@require_http_methods(["GET", "HEAD", "POST"])
def expense_import(request: HttpRequest, pk: int) -> HttpResponse:
    """The table, then what is wrong in which cell, then the statement. Only the last saves."""
    statement = fetch(request.user, Statement.objects.with_case(), Action.EDIT_EXPENSE, pk=pk)
    refuse_in_time(request, statement, None)
    if request.method != "POST":
        return _first_page(request, statement, ImportForm())
    if "table" in request.POST:
        try:
            source = Source.from_text(request.POST["table"]).corrected(request.POST)
        except ValidationError as error:
            return _first_page(request, statement, ImportForm.refusing(error), status=422)
        return _second_page(request, statement, source)
    form = ImportForm(request.POST, request.FILES)
    if not form.is_valid() or form.source is None:
        return _first_page(request, statement, form, status=422)
    return _second_page(request, statement, form.source)


def _first_page(
    request: HttpRequest, statement: Statement, form: ImportForm, *, status: int = 200
) -> HttpResponse:
    context = {"statement": statement, "form": form, "columns": COLUMNS, "most": Source.MOST}
    return render(request, "grants/expense_import.html", context, status=status)


def _second_page(request: HttpRequest, statement: Statement, source: Source) -> HttpResponse:
    """What is wrong in which cell; or, when it was confirmed and nothing is, the statement with the new expenses."""
    now = dates.now()
    left_out = imports.left_out_of(request.POST)
    preview = look(source, statement=statement, today=dates.day_of(now), left_out=left_out)
    refused, status = "", 422 if preview.bad else 200
    if "confirm" in request.POST:
        try:
            done = save(preview, by=request.user, statement=statement, now=now)
        except NotAllowed:
            raise
        except Refusal as refusal:
            refused = "" if preview.bad else refusal.sentence
            status = 422 if preview.bad else refusal.status_code
        else:
            words = ngettext("%(n)s expense was added.", "%(n)s expenses were added.", done) % {"n": done}
            messages.success(request, words + " " + _("Attach the voucher of each before you hand it in."))
            return redirect("statement_detail", pk=statement.pk)
    context = {"statement": statement, **imports.shown(preview, request.POST, refused=refused)}
    return render(request, "grants/expense_import_preview.html", context, status=status)


@require_safe
def expense_import_sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """An empty sheet with the right columns, with its drop-downs, and a page that explains them with an example."""
    statement = fetch(request.user, Statement.objects.with_case(), Action.EDIT_EXPENSE, pk=pk)
    lines = list(statement.project.lines.all())
    choices = {
        "line": [line.description for line in lines],
        "kind": [str(label) for _value, label in VOUCHER_KINDS],
        "buyer_vat": [str(label) for label in Expense.BuyerVat.labels],
        "currency": [str(label) for label in Expense.Currency.labels],
        "means": [str(label) for label in ExpensePayment.Means.labels],
    }
    columns = [
        Column(str(each.label), width=24, choice=Choice(choices[each.code]) if each.code in choices else None)
        for each in COLUMNS
    ]
    help_ = [
        ("", _("One row for each voucher, on the first sheet. At most %(most)s.") % {"most": Source.MOST}),
        ("", _("Columns may stand in any order, and those that you do not need may be deleted.")),
        ("", sheets.limits()),
        ("",),
        (_("Column"), _("What to write"), _("Example")),
        *((str(each.label), str(each.hint), each.example) for each in COLUMNS),
        ("",),
        (_("Number"), _("Budget line")),
        *((str(number), line.description) for number, line in enumerate(lines, start=1)),
    ]
    data = workbook([Table(_("Expenses"), columns), Table(_("How to fill it in"), rows=help_)])
    response = HttpResponse(data, content_type=CONTENT_TYPE)
    response.headers["Content-Disposition"] = f'attachment; filename="{_("expenses")}.xlsx"'
    return response
