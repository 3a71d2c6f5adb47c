"""Expense statements: those of a project, those that wait for finance, and the page of one."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import fetch, require_held
from accounts.permissions import Action, holds
from applications.views.answers import posted, status_of, tried
from core import dates
from core.forms import posted_version
from core.lists import BoundedPaginator
from core.money import ZERO
from grants.expenses import actions
from grants.expenses.checks import Books, findings
from grants.expenses.counting import most_of_line
from grants.forms import ConfirmForm, PaymentFilter
from grants.models import Project, Statement
from grants.workflow import STATEMENT

ON_A_PAGE = 25
# Of one statement: more is read page by page.
EXPENSES_ON_A_PAGE = 50


@require_safe
def statement_list(request: HttpRequest) -> HttpResponse:
    """What was handed in and waits for finance, the oldest first."""
    require_held(request.user, Action.VERIFY_EXPENSE)
    form = PaymentFilter(request.GET)
    rows = Statement.objects.visible_to(request.user).to_check().with_case().with_sums()
    if form.is_valid():
        rows = rows.matching(form.cleaned_data["q"])
    page = BoundedPaginator(rows.order_by("submitted_at", "id"), ON_A_PAGE).get_page(request.GET.get("page"))
    context = {"form": form, "page": page}
    return render(request, "grants/statement_list.html", context, status=200 if form.is_valid() else 422)


@require_safe
def project_statements(request: HttpRequest, pk: int) -> HttpResponse:
    """The statements of a project, and how much of each line was charged so far."""
    project = fetch(request.user, Project.objects.with_case().with_roles(), Action.VIEW_STATEMENT, pk=pk)
    now, user = dates.now(), request.user
    may_write = user.can(Action.EDIT_EXPENSE, project)
    context = {
        "project": project,
        "staff": user.is_staff_member,
        "statements": project.statements.with_sums().order_by("-number"),
        "lines": charged_lines(project, Books(project, dates.day_of(now))),
        "may_write": may_write,
        "refusal": actions.begin_refusal(project, by=user, now=now) if may_write else "",
        "open": project.statements.filter(status=Statement.Status.OPEN).first(),
    }
    return render(request, "grants/project_statements.html", context)


def charged_lines(project: Project, books: Books) -> list[dict[str, Any]]:
    """Each line of the baseline with what is charged to it, and the room that is left, in pesos."""
    rows = []
    for line in books.lines.values():
        programme, both = books.charged.get(line.pk, (ZERO, ZERO))
        room = most_of_line(line.programme_share, books.call.tolerance) - programme
        rows.append(
            {"line": line, "programme": programme, "group": both - programme, "room": max(room, ZERO)}
        )
    return rows


@require_POST
def statement_begin(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin a statement, or go on with the one that is open."""
    project = fetch(request.user, Project.objects.with_case(), Action.EDIT_EXPENSE, pk=pk)
    statement = actions.open_statement(by=request.user, project=project, now=dates.now())
    return redirect("statement_detail", pk=statement.pk)


@require_http_methods(["GET", "HEAD", "POST"])
def statement_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One statement: its expenses with what is said of each; handing it in."""
    statement = fetch(request.user, Statement.objects.with_case(), Action.VIEW_STATEMENT, pk=pk)
    user, now = request.user, dates.now()
    form = ConfirmForm(posted(request))
    if request.method == "POST" and tried(
        form,
        lambda: STATEMENT.apply(statement, "submit", by=user, now=now, version=posted_version(request)),
    ):
        messages.success(request, _("The statement was handed in. Finance verifies each expense."))
        return redirect("statement_detail", pk=pk)
    statement.refresh_from_db(fields=["status", "version"])
    found = statement.expenses.select_related("line", "firm", "document", "checked_by", "corrected_by")
    found = found.prefetch_related("credit_notes", "payments")
    page = BoundedPaginator(found.order_by("issued_on", "id"), EXPENSES_ON_A_PAGE).get_page(
        request.GET.get("page")
    )
    books = Books(statement.project, dates.day_of(now))
    may_write = user.can(Action.EDIT_EXPENSE, statement)
    submit = STATEMENT.by_name["submit"]
    is_open = statement.status == Statement.Status.OPEN
    context = {
        "statement": statement,
        "project": statement.project,
        "staff": user.is_staff_member,
        "form": form,
        "page": page,
        "rows": [(expense, findings(expense, books) if expense.is_to_judge else []) for expense in page],
        "sums": Statement.objects.with_sums().get(pk=pk),
        "may_write": may_write and is_open,
        "may_submit": is_open and user.can(Action.SUBMIT_STATEMENT, statement),
        "refusal": STATEMENT.refusal(statement, submit, by=user, now=now, data={})
        if is_open and may_write
        else "",
        "takes_in_kind": "in_kind" in statement.project.call.counterpart_kinds,
        "sees_queue": holds(user, Action.VERIFY_EXPENSE),
    }
    return render(request, "grants/statement_detail.html", context, status=status_of(form))
