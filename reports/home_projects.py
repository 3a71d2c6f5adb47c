"""What the people who run a project read at home after what is due: what came back to them, and how the money stands
(issue of running projects; PROGRAMME 12, the week of a coordinator). Each block takes a constant number of queries."""

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

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
from grants.models import Disbursement, Expense, Project, Tranche
from groups.models import Group
from reports.home_rows import Block, Row, link
from reports.models import ProgressReport, ReportReturn

MOST_ROWS = 10
RUN_BY = {Role.REPRESENTATIVE, Role.COORDINATOR}
Returned = tuple[dt.datetime, Row]


def blocks(user: User, groups: list[Group]) -> list[Block]:
    """The blocks of a person's projects; none where they run none."""
    run = [group.pk for group in groups if group.own_roles(user) & RUN_BY]
    projects = projects_of(run) if run else []
    if not projects:
        return []
    came_back = returned([project.pk for project in projects])
    found = [Block(_("What came back to you"), came_back)] if came_back else []
    return [*found, Block(_("Money"), [money_row(project) for project in projects])]


# --- What came back ----------------------------------------------------------------------------------


def returned(project_ids: list[int]) -> list[Row]:
    """What staff sent back or asked about and nobody has answered, the newest first. One query."""
    read = together.read(reports=returned_reports(project_ids), expenses=queried_expenses(project_ids))
    found = [*map(_report_row, read["reports"]), *map(_expense_row, read["expenses"])]
    found.sort(key=lambda each: each[0], reverse=True)
    return [row for _at, row in found[:MOST_ROWS]]


def _row(at: dt.datetime, what: str, case: str, said: str, url: str) -> Returned:
    hint = _("%(case)s · %(day)s: %(said)s") % {
        "case": case,
        "day": day(day_of(at)),
        "said": Truncator(said).chars(160),
    }
    return at, Row(label=what, url=url, hint=hint, state="returned", state_label=_("Came back"))


def returned_reports(project_ids: Iterable[int]) -> QuerySet[ProgressReport]:
    """Reports with something to change."""
    newest = ReportReturn.objects.filter(report=OuterRef("pk")).order_by("-asked_at", "-pk")
    return (
        ProgressReport.objects.filter(project__in=project_ids, status="returned")
        .defer("snapshot")
        .annotate(back_at=Subquery(newest.values("asked_at")[:1]), said=Subquery(newest.values("note")[:1]))
        .select_related("project__application__case")
        .order_by("-back_at")[:MOST_ROWS]
    )


def _report_row(report: Any) -> Returned:
    name = str(report.project)
    return _row(report.back_at, report.name, name, report.said, link("report_edit", report.pk))


def queried_expenses(project_ids: Iterable[int]) -> QuerySet[Expense]:
    """Expenses that somebody asked about."""
    return (
        Expense.objects.filter(statement__project__in=project_ids, status=Expense.Status.QUERIED)
        .select_related("statement__project__application__case")
        .order_by("-statement__submitted_at", "-pk")[:MOST_ROWS]
    )


def _expense_row(expense: Expense) -> Returned:
    statement = expense.statement
    assert statement.submitted_at is not None  # somebody read it, so it was handed in
    name = f"{statement.project} · {statement.name}"
    url = link("expense_detail", expense.pk)
    return _row(statement.submitted_at, expense.description, name, expense.remark, url)


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
        label=str(project), url=link("project_statements", project.pk), hint=f"{said} {_next(project)}"
    )


def _next(project: Project) -> str:
    """The next payment, in a sentence."""
    waiting = [row for row in project.planned if row.state not in ("paid", "cancelled")]  # type: ignore[attr-defined]
    if not waiting:
        return _("No payment is still to come.")
    words = {"amount": format_money(waiting[0].amount), "condition": waiting[0].condition}
    if waiting[0].state == "planned":
        return _("Next: %(amount)s. %(condition)s.") % words
    return _("Next: %(amount)s, with the programme's finance officers.") % words
