"""The risk of one project, each point with its arithmetic."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import fetch
from accounts.permissions import Action
from core import dates
from grants.models import Project
from reports import flags, monday


@require_safe
def project_risks(request: HttpRequest, pk: int) -> HttpResponse:
    """What presses on a project and what does not, as the Monday list counts it."""
    project = fetch(request.user, Project.objects.with_case().with_roles(), Action.SEE_RISKS, pk=pk)
    now = dates.now()
    row = monday.row_of(request.user, project.application_id, now)
    signs = row.signs if row else None
    context = {
        "project": project,
        "row": row,
        "flags": flags.flags_of(project, signs, row.reasons, dates.day_of(now)) if row and signs else [],
        "others": [each for each in row.reasons if each.flag not in flags.NAMED] if row else [],
    }
    return render(request, "reports/project_risks.html", context)
