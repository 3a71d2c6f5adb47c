"""The risk of one project, each point with its arithmetic."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import fetch
from accounts.permissions import Action
from core import dates
from grants.models import Project
from reports import flags, monday, project_risk


@require_safe
def project_risks(request: HttpRequest, pk: int) -> HttpResponse:
    """What presses on a project and what does not, as the Monday list counts it."""
    project = fetch(request.user, Project.objects.with_case().with_roles(), Action.SEE_RISKS, pk=pk)
    now = dates.now()
    today = dates.day_of(now)
    row = monday.row_of(request.user, project.application_id, now)
    signs = project_risk.signs_of([project], today).get(project.pk)
    context = {
        "project": project,
        "row": row,
        "flags": flags.flags_of(project, signs, row.reasons, today) if row and signs else [],
        "others": [each for each in row.reasons if each.flag not in flags.NAMED] if row else [],
    }
    return render(request, "reports/project_risks.html", context)
