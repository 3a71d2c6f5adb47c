"""Finance judges a whole statement on one screen: each expense verified, asked about or rejected, many at a time. What can be
recorded is; the rest says why at its place."""

import re
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accounts.access import fetch
from accounts.permissions import Action
from applications.views.answers import posted, status_of, tried
from core import dates
from core.lists import BoundedPaginator
from grants.expenses import actions, guards, suppliers
from grants.expenses.books import Books
from grants.expenses.checks import Finding, counts_for, findings, paid_of
from grants.expenses.judging_forms import JudgeForm
from grants.expenses.standing import lines_of, pace_of
from grants.models import Expense, FewQuotes, Statement

ON_A_PAGE = 25


@dataclass
class ToJudge:
    """One expense as the screen shows it; `form` is None while the group's answer is awaited."""

    expense: Expense
    found: list[Finding]
    counts: Any
    paid: Any
    elsewhere: list[Expense]
    # Other names with which the supplier's CUIT stands on other vouchers.
    names: list[str]
    form: JudgeForm | None
    few_quotes: FewQuotes | None


@require_http_methods(["GET", "HEAD", "POST"])
def statement_judge(request: HttpRequest, pk: int) -> HttpResponse:
    """What of a statement waits to be judged, a page at a time."""
    readable = Statement.objects.with_case().with_roles()
    statement = fetch(request.user, readable, Action.VERIFY_EXPENSE, pk=pk)
    now, user = dates.now(), request.user
    rows = statement.expenses.filter(status__in=["submitted", "queried"]).order_by("issued_on", "id")
    rows = rows.select_related("line", "firm", "document").annotate(names=suppliers.names_of_its_cuit())
    rows = rows.prefetch_related("credit_notes", "payments", "quotes")
    page = BoundedPaginator(rows, ON_A_PAGE).get_page(request.GET.get("page"))
    books = Books(statement.project, dates.day_of(now))
    books.look_up(page)
    stands = guards.project_runs(statement, by=user, now=now, data={})
    shown = [_row(each, books, posted(request), stands) for each in page]
    asked = [row for row in shown if row.form is not None and row.form.is_chosen()]
    if request.method == "POST":
        recorded = {row.expense.pk for row in asked if _record(row, user, now)}
        done = len(recorded)
        # What was recorded does not stand once more beside what has to be corrected.
        shown = [row for row in shown if row.expense.pk not in recorded]
        wrong = [row.form for row in asked if row.form is not None and row.form.errors]
        if done:
            words = ngettext("%(n)s expense was recorded.", "%(n)s expenses were recorded.", done)
            messages.success(request, words % {"n": done})
        overtaken = _overtaken(request, statement, asked)
        for words in overtaken:
            messages.warning(request, words)
        if not asked and not overtaken:
            messages.info(request, _("Nothing was chosen: every expense waits as it did."))
        if not wrong:
            left = statement.expenses.filter(status="submitted").exists()
            return redirect("statement_judge" if left else "statement_detail", pk=pk)
    context = {
        "statement": statement,
        "project": statement.project,
        "page": page,
        "rows": shown,
        "forms": [row.form for row in shown if row.form is not None],
        "lines": lines_of(books),
        "pace": pace_of(books),
        "stands": stands,
    }
    status = status_of(*(row.form for row in asked)) if request.method == "POST" else 200
    return render(request, "grants/statement_judge.html", context, status=status)


CHOICE = re.compile(r"e(\d{1,18})-decision")


def _overtaken(request: HttpRequest, statement: Statement, asked: list[ToJudge]) -> list[str]:
    """What was chosen for expenses that do not wait here any more, since somebody else was faster: said, with the words
    that were written."""
    chosen = {
        int(found[1]) for name, value in request.POST.items() if value and (found := CHOICE.fullmatch(name))
    }
    late = chosen - {row.expense.pk for row in asked}
    said = []
    for expense in statement.expenses.filter(pk__in=late) if late else ():
        words = {"expense": expense.description, "state": expense.get_status_display()}
        sentence = _("“%(expense)s” is now “%(state)s”: what you chose for it was not recorded.") % words
        if remark := request.POST.get(f"e{expense.pk}-remark", "").strip():
            sentence += " " + _("You had written: %(text)s") % {"text": Truncator(remark).chars(1000)}
        said.append(sentence)
    return said


def _row(expense: Expense, books: Books, data: Any, stands: str) -> ToJudge:
    found, form = findings(expense, books), None
    if expense.status == Expense.Status.SUBMITTED and not stands:
        form = JudgeForm(data, expense=expense, why_not=guards.why_not_verified(found))
    return ToJudge(
        expense,
        found,
        counts_for(expense),
        paid_of(expense, books.call),
        books.elsewhere(expense),
        suppliers.other_names(expense.supplier_name, expense.names),  # type: ignore[attr-defined]
        form,
        books.few_quotes.get(expense.pk) if books.call.quotes_needed else None,
    )


def _record(row: ToJudge, by: Any, now: Any) -> bool:
    """Judge one; what refuses it stands at its own form."""
    form = row.form
    assert form is not None
    if not form.is_valid():
        return False
    chosen = form.cleaned_data
    return tried(
        form,
        lambda: actions.judge(
            by=by,
            expense=row.expense,
            name=chosen["decision"],
            now=now,
            version=chosen["version"],
            data={"remark": chosen["remark"]},
        ),
        field="decision",
    )
