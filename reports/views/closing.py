"""The closing report of a project: its draft with what is missing, and what was frozen when the project closed."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import fetch
from accounts.permissions import Action
from core import dates
from grants.models import Project
from grants.steps import count_in_words
from reports.closing import checklist, content, words
from reports.models import ClosingReport


@require_safe
def project_closing(request: HttpRequest, pk: int) -> HttpResponse:
    """As it stands, with the checklist; or as it was frozen, with its document."""
    project = fetch(request.user, Project.objects.with_case().with_roles(), Action.VIEW_PAYMENTS, pk=pk)
    user, now = request.user, dates.now()
    frozen = ClosingReport.objects.filter(project=project).select_related("document", "frozen_by").first()
    shown = project.first_day is not None and (frozen is not None or project.is_open)
    said = (frozen.content if frozen else content.of(project, now=now)) if shown else None
    steps = checklist.steps_of(project, by=user, now=now) if project.is_running else []
    context = {
        "project": project,
        "staff": user.is_staff_member,
        "frozen": frozen,
        "closing": words.shown(said) if said else None,
        "steps": steps,
        "steps_done": count_in_words(steps),
        "never_met": checklist.conditions_of(project, by=user) if steps else [],
        "may_close": user.can(Action.MANAGE_PROJECT, project)
        and project.status == Project.Status.CLOSING
        and all(step.state == "done" for step in steps),
    }
    return render(request, "reports/closing/project_closing.html", context)
