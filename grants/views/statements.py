"""Expense statements: those of a project, those that wait for finance, and the page of one."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import fetch, require_held
from accounts.permissions import Action
from applications.views.answers import posted, status_of, tried
from core import dates, tables
from core.forms import posted_version
from core.lists import BoundedPaginator
from core.models import Job
from grants.expenses import actions, pdf
from grants.expenses.books import Books
from grants.expenses.checks import findings
from grants.expenses.exports import COLUMNS, rows_of
from grants.expenses.standing import lines_of, pace_of
from grants.forms import ConfirmForm, PaymentFilter
from grants.models import Expense, Project, Statement
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
    books = Books(project, dates.day_of(now))
    context = {
        "project": project,
        "staff": user.is_staff_member,
        "statements": project.statements.with_sums().order_by("-number"),
        "lines": lines_of(books),
        "pace": pace_of(books),
        "may_write": may_write,
        "refusal": actions.begin_refusal(project, by=user, now=now) if may_write else "",
        "open": project.statements.filter(status=Statement.Status.OPEN).first(),
    }
    return render(request, "grants/project_statements.html", context)


@require_POST
def statement_begin(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin a statement, or go on with the one that is open."""
    project = fetch(request.user, Project.objects.with_case(), Action.EDIT_EXPENSE, pk=pk)
    statement = actions.open_statement(by=request.user, project=project, now=dates.now())
    return redirect("statement_detail", pk=statement.pk)


@require_http_methods(["GET", "HEAD", "POST"])
def statement_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One statement: its expenses with what is said of each; handing it in."""
    shown = Statement.objects.with_case().with_roles()
    statement = fetch(request.user, shown, Action.VIEW_STATEMENT, pk=pk)
    user, now = request.user, dates.now()
    form = ConfirmForm(posted(request))
    if request.method == "POST" and tried(
        form,
        lambda: STATEMENT.apply(statement, "submit", by=user, now=now, version=posted_version(request)),
    ):
        messages.success(request, _("The statement was handed in. Finance verifies each expense."))
        return redirect("statement_detail", pk=pk)
    found = statement.expenses.select_related("line", "firm", "document")
    found = found.prefetch_related("credit_notes", "payments", "quotes")
    page = BoundedPaginator(found.order_by("issued_on", "id"), EXPENSES_ON_A_PAGE).get_page(
        request.GET.get("page")
    )
    books = Books(statement.project, dates.day_of(now))
    books.look_up(page)
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
        "judges": statement.status == Statement.Status.SUBMITTED
        and user.can(Action.VERIFY_EXPENSE, statement),
        "lines": lines_of(books),
        "pace": pace_of(books),
        "job": Job.objects.filter(key=pdf.key_of(statement)).select_related("result").first()
        if not statement.pdf_id
        else None,
    }
    return render(request, "grants/statement_detail.html", context, status=status_of(form))


# --- Papers and tables -----------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def statement_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """The document of a statement: that of a settled one, else a draft of what it is now. A POST asks for it to be made."""
    statement = fetch(request.user, Statement.objects.with_case(), Action.VIEW_STATEMENT, pk=pk)
    if statement.pdf_id:
        return redirect("document", pk=statement.pdf_id)
    if request.method == "POST":
        pdf.ask(statement, by=request.user, now=dates.now())
        messages.success(request, _("The PDF is being made. Load the page again in a moment."))
        return redirect("statement_detail", pk=pk)
    job = Job.objects.filter(key=pdf.key_of(statement)).first()
    if job and job.result_id:
        return redirect("document", pk=job.result_id)
    messages.info(request, _("The PDF of this statement was not made yet."))
    return redirect("statement_detail", pk=pk)


@require_safe
def expense_table(request: HttpRequest, pk: int, kind: str) -> HttpResponseBase:
    """The expenses of a project as CSV or XLSX; `?statement=2` those of one statement."""
    write = {"csv": tables.csv_response, "xlsx": tables.xlsx_response}.get(kind)
    if write is None:
        raise Http404
    project = fetch(request.user, Project.objects.with_case().with_roles(), Action.VIEW_STATEMENT, pk=pk)
    rows = Expense.objects.of_project(project)
    number = request.GET.get("statement", "")
    if number:
        found = number.isascii() and number.isdecimal() and len(number) < 5
        rows = rows.filter(statement__number=int(number)) if found else rows.none()
    name = f"expenses-{project.reference or project.pk}{'-' + number if number.isalnum() else ''}.{kind}"
    return write(name, COLUMNS, rows_of(rows))
