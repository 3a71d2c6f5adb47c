"""The money of a project on one page: its ledger, what each tranche waits for, what was asked back."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from accounts.access import fetch
from accounts.permissions import Action
from core import dates, tables
from core.lists import BoundedPaginator
from core.tables import Column
from grants import conditions, ledger
from grants.models import Project
from grants.refunds.guards import gives_back

ON_A_PAGE = 50
# The ledger as it leaves the site.
COLUMNS: tuple[Column, ...] = (
    Column(gettext_lazy("Entry"), lambda line: line.entry.pk),
    Column(gettext_lazy("When"), lambda line: line.entry.at),
    Column(gettext_lazy("Kind"), lambda line: str(line.entry.get_kind_display())),
    Column(gettext_lazy("Amount"), lambda line: line.entry.amount),
    Column(gettext_lazy("About"), lambda line: line.about),
    Column(gettext_lazy("Event of the case"), lambda line: line.event.sequence if line.event else None),
    Column(gettext_lazy("What happened"), lambda line: line.sentence),
    Column(gettext_lazy("By"), lambda line: str(line.event.actor) if line.event and line.event.actor else ""),
)


@require_safe
def project_ledger(request: HttpRequest, pk: int) -> HttpResponse:
    """Sums, tranches, refunds, and every entry, the newest first."""
    project = fetch(request.user, Project.objects.with_case().with_roles(), Action.VIEW_PAYMENTS, pk=pk)
    user, today = request.user, dates.day_of(dates.now())
    entries = project.ledger.with_sources().order_by("-id")
    page = BoundedPaginator(entries, ON_A_PAGE).get_page(request.GET.get("page"))
    context: dict[str, Any] = {
        "project": project,
        "staff": user.is_staff_member,
        "today": today,
        "figures": ledger.figures_of(project),
        "tranches": conditions.waiting_of(project, today=today),
        "page": page,
        "lines": ledger.lines_of(project, list(page)),
        "refunds": project.refunds.with_sums().order_by("-number"),
        "sureties": project.sureties.select_related("document"),
        "may_keep": user.can(Action.KEEP_SURETY, project),
        "links": _links(project, user),
        "may_ask": user.can(Action.ASK_REFUND, project) and not gives_back(project),
        "may_order": user.can(Action.ORDER_PAYMENT, project),
    }
    return render(request, "grants/project_ledger.html", context)


def _links(project: Project, user: Any) -> list[tuple[str, str]]:
    """Where the rest of the project's money stands: (address, words)."""
    found = [(reverse("payee", args=[project.pk]), _("Who is paid"))]
    if project.first_day:
        found.append((reverse("project_settlement", args=[project.pk]), _("Final settlement")))
    if user.can(Action.VIEW_STATEMENT, project):
        found.append((reverse("project_statements", args=[project.pk]), _("Expense statements")))
    if user.can(Action.MATCH_ACCOUNT, project) or user.can(Action.FOLLOW_MONEY, project):
        found.append((reverse("project_account", args=[project.pk]), _("Bank statement of the account")))
    if user.can(Action.WRITE_FINDING, project):
        found.append((reverse("finding_add", args=[project.pk]), _("Write a finding")))
    return found


@require_safe
def ledger_export(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """The whole ledger of a project as CSV or XLSX, from its first entry."""
    project = fetch(request.user, Project.objects.with_case(), Action.VIEW_PAYMENTS, pk=pk)
    if kind not in ("csv", "xlsx"):
        raise Http404
    lines = ledger.lines_of(project, list(project.ledger.with_sources().order_by("id")))
    name = f"{project.reference or project.pk}-ledger.{kind}"
    answer: Any = tables.csv_response if kind == "csv" else tables.xlsx_response
    return answer(name, COLUMNS, lines)
