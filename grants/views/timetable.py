"""A project's timetable, month by month; the page prints as it stands."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import fetch
from accounts.permissions import Action
from core import dates
from grants.models import Project
from grants.timetable import rows_of


@require_safe
def timetable(request: HttpRequest, pk: int) -> HttpResponse:
    """What ends, what is due and what is paid, in each month of the project."""
    project = fetch(request.user, Project.objects.with_case().with_roles(), Action.VIEW_PROJECT, pk=pk)
    rows = rows_of(project, request.user, dates.today()) if project.first_day else []
    return render(request, "grants/timetable.html", {"project": project, "rows": rows})
