"""What the people who run a project read at home after what is due: what came back to them, and how the money stands
(issue of running projects; PROGRAMME 12, the week of a coordinator). Each block takes a constant number of queries."""

import datetime as dt
from collections.abc import Callable, Collection, Iterable
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import OuterRef, Prefetch, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import Role
from core import together
from core.dates import day_of
from core.money import ZERO, MoneyField, format_money
from core.templatetags.lsp import day
from grants import conditions
from grants.models import Amendment, Disbursement, Expense, Project, SalaryMonth, Tranche
from groups.models import Group
from reports.home_rows import Block, Row, link
from reports.models import ProgressReport, ReportReturn

MOST_ROWS = 10
RUN_BY = {Role.REPRESENTATIVE, Role.COORDINATOR}
Returned = tuple[dt.datetime, Row]


class Reader(NamedTuple):
    """Who reads, and the groups for which they report now: the reports of the others they only read."""

    user: User
    writes: Collection[int]


def blocks(user: User, groups: list[Group], today: dt.date) -> list[Block]:
    """The blocks of a person's projects; none where they run none."""
    run = [group.pk for group in groups if group.own_roles(user) & RUN_BY]
    projects = projects_of(run) if run else []
    if not projects:
        return []
    reader = Reader(user, {group.pk for group in groups if group.is_run_by(user, today)})
    came_back = returned([project.pk for project in projects], reader)
    found = [Block(_("What came back to you"), came_back)] if came_back else []
    return [*found, Block(_("Money"), [money_row(project) for project in projects])]


# --- What came back ----------------------------------------------------------------------------------


def returned(project_ids: list[int], reader: Reader) -> list[Row]:
    """What staff sent back or asked about and nobody has answered, the newest first. One query."""
    read = together.read(**{name: rows(project_ids, reader) for name, (rows, _row_of) in CAME_BACK.items()})
    found = [row_of(each, reader) for name, (_rows, row_of) in CAME_BACK.items() for each in read[name]]
    found.sort(key=lambda each: each[0], reverse=True)
    return [row for _at, row in found[:MOST_ROWS]]


def _row(at: dt.datetime, what: str, case: str, said: str, url: str) -> Returned:
    hint = _("%(case)s · %(day)s: %(said)s") % {
        "case": case,
        "day": day(day_of(at)),
        "said": Truncator(said).chars(160),
    }
    return at, Row(label=what, url=url, hint=hint, state="returned", state_label=_("Came back"))


def returned_reports(project_ids: Iterable[int], reader: Reader) -> QuerySet[ProgressReport]:
    """Reports with something to change."""
    newest = ReportReturn.objects.filter(report=OuterRef("pk")).order_by("-asked_at", "-pk")
    return (
        ProgressReport.objects.filter(project__in=project_ids, status="returned")
        .defer("snapshot")
        .annotate(
            back_at=Subquery(newest.values("asked_at")[:1]),
            said=Subquery(newest.values("note")[:1]),
            of_parts=Subquery(newest.values("notes")[:1]),
        )
        .select_related("project__application__case")
        .order_by("-back_at")[:MOST_ROWS]
    )


def _report_row(report: Any, reader: Reader) -> Returned:
    page = "report_edit" if report.project.application.group_id in reader.writes else "report_detail"
    said = report.said or next(iter(report.of_parts.values()), "")
    return _row(report.back_at, report.name, str(report.project), said, link(page, report.pk))


def queried_expenses(project_ids: Iterable[int], reader: Reader) -> QuerySet[Expense]:
    """Expenses that somebody asked about."""
    return (
        Expense.objects.filter(statement__project__in=project_ids, status=Expense.Status.QUERIED)
        .select_related("statement__project__application__case")
        .order_by("-statement__submitted_at", "-pk")[:MOST_ROWS]
    )


def _expense_row(expense: Expense, reader: Reader) -> Returned:
    statement = expense.statement
    assert statement.submitted_at is not None  # somebody read it, so it was handed in
    name = f"{statement.project} · {statement.name}"
    url = link("expense_detail", expense.pk)
    return _row(statement.submitted_at, expense.description, name, expense.remark, url)


def returned_amendments(project_ids: Iterable[int], reader: Reader) -> QuerySet[Amendment]:
    """Amendments with something to change."""
    rows = Amendment.objects.filter(project__in=project_ids, status=Amendment.Status.RETURNED)
    return rows.select_related("project__application__case").order_by("-returned_at", "-pk")[:MOST_ROWS]


def _amendment_row(amendment: Amendment, reader: Reader) -> Returned:
    assert amendment.returned_at is not None  # it was returned
    url = link("amendment_detail", amendment.pk)
    return _row(amendment.returned_at, amendment.name, str(amendment.project), amendment.note, url)


def returned_salaries(project_ids: Iterable[int], reader: Reader) -> QuerySet[SalaryMonth]:
    """Months of the reader's own salary whose papers are to be corrected."""
    rows = reader.user.salary_months.filter(project__in=project_ids, status=SalaryMonth.Status.RETURNED)
    return rows.select_related("project__application__case").order_by("-submitted_at", "-pk")[:MOST_ROWS]


def _salary_row(month: SalaryMonth, reader: Reader) -> Returned:
    assert month.submitted_at is not None  # somebody read it
    return _row(
        month.submitted_at, month.name, str(month.project), month.remark, link("salary_month", month.pk)
    )


CAME_BACK: dict[
    str, tuple[Callable[[Iterable[int], Reader], QuerySet], Callable[[Any, Reader], Returned]]
] = {
    "reports": (returned_reports, _report_row),
    "expenses": (queried_expenses, _expense_row),
    "amendments": (returned_amendments, _amendment_row),
    "salaries": (returned_salaries, _salary_row),
}


# --- Money -------------------------------------------------------------------------------------------


def _sum(rows, field: str, project: str) -> Coalesce:
    sums = rows.filter(**{project: OuterRef("pk")}).order_by().values(project).annotate(sum=Sum(field))
    return Coalesce(Subquery(sums.values("sum")), ZERO, output_field=MoneyField())


def projects_of(group_ids: list[int]) -> list[Project]:
    """The projects under way, with what was paid (`received`) and proven (`proven`), in pesos."""
    paid = Disbursement.objects.filter(status=Disbursement.Status.PAID)
    tranches = Prefetch(
        "tranches", Tranche.objects.order_by("number").prefetch_related("disbursements"), to_attr="planned"
    )
    return list(
        Project.objects.filter(
            application__group__in=group_ids, first_day__isnull=False, status__in=Project.OPEN
        )
        .annotate(
            received=_sum(paid, "amount", "tranche__project"),
            proven=_sum(Expense.objects.verified(), "programme_share", "statement__project"),
        )
        .select_related("application__case")
        .prefetch_related(tranches)
        .order_by("-first_day", "-pk")[:MOST_ROWS]
    )


def money_row(project: Project) -> Row:
    """Received of what was approved, proven of it, and what the next payment waits for."""
    received: Decimal = project.received  # type: ignore[attr-defined]
    said = _("Received %(received)s of %(approved)s; proven: %(proven)s.") % {
        "received": format_money(received),
        "approved": format_money(project.approved_amount),
        "proven": format_money(project.proven),  # type: ignore[attr-defined]
    }
    return Row(
        label=project.case.name, url=link("project_statements", project.pk), hint=f"{said} {_next(project)}"
    )


def _next(project: Project) -> str:
    """The next payment, in a sentence; at the end only what the settlement leaves of it."""
    waiting = [row for row in project.planned if row.state not in ("paid", "cancelled")]  # type: ignore[attr-defined]
    amounts = {row.pk: row.amount for row in waiting}
    if project.status == Project.Status.CLOSING and any(row.opened_at for row in waiting):
        money = conditions.Money.of(project)
        amounts = {row.pk: conditions.amount_to_order(row, money) for row in waiting}
        waiting = [row for row in waiting if amounts[row.pk]]
    if not waiting:
        return _("No payment is still to come.")
    words = {"amount": format_money(amounts[waiting[0].pk]), "condition": waiting[0].condition}
    if project.status == Project.Status.SUSPENDED:
        return _("Next: %(amount)s. The project is suspended: nothing is paid until it resumes.") % words
    if waiting[0].state == "planned":
        return _("Next: %(amount)s. %(condition)s.") % words
    return _("Next: %(amount)s, with the programme's finance officers.") % words
