"""The final settlement of a project: the arithmetic line by line, and what is missing before it closes."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import fetch
from accounts.permissions import Action
from core import dates
from grants import settlement_pdf, settling
from grants.models import FinalSettlement, Project
from grants.workflow import PROJECT


@require_safe
def project_settlement(request: HttpRequest, pk: int) -> HttpResponse:
    """As it stands, or as it was frozen at closing."""
    project = fetch(request.user, Project.objects.with_case().with_roles(), Action.VIEW_PAYMENTS, pk=pk)
    user, now = request.user, dates.now()
    row = PROJECT.by_name["close"]
    guards = (*row.guards, *PROJECT.more_guards.get("close", ()))
    frozen = FinalSettlement.objects.filter(project=project).select_related("frozen_by").first()
    found = frozen.arithmetic if frozen else settling.worked_out(project)
    context = {
        "project": project,
        "staff": user.is_staff_member,
        "found": found,
        "lines": settling.lines_of(found),
        "frozen": frozen,
        "document": settlement_pdf.document_of(frozen) if frozen else None,
        "missing": settling.missing_of(project, guards, by=user, now=now) if project.is_running else [],
        "may_close": user.can(Action.MANAGE_PROJECT, project),
        "may_ask": user.can(Action.ASK_REFUND, project),
    }
    return render(request, "grants/project_settlement.html", context)
