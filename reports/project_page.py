"""What the page of a project shows of its reports (grants.panels)."""

from typing import Any

from django.urls import reverse

from accounts.permissions import Action
from core.dates import day_of
from reports.curve import with_answers
from reports.extra import ask_refusal
from reports.progress import progress_of_project


def rows_of(project: Any) -> Any:
    """All its reports."""
    return with_answers(project.reports)


def reports(
    project: Any, *, plan: Any, user: Any, now: Any, rows: list[Any]
) -> tuple[str, dict[str, Any]] | None:
    """The timetable with the extra reports, the notebook and the way to ask for one more; and plan against done, from what
    was handed over. No query."""
    if project.first_day is None or not user.can(Action.VIEW_REPORT, project):
        return None
    today = day_of(now)
    may_ask = user.can(Action.ASK_REPORT, project)
    return "reports/_on_project.html", {
        "rows": [(report, report.is_late(today) and project.is_running) for report in rows],
        "notebook_url": reverse("notebook", args=[project.pk])
        if user.can(Action.VIEW_NOTEBOOK, project)
        else "",
        "ask_url": reverse("report_ask", args=[project.pk]) if may_ask else "",
        "ask_reason": ask_refusal(project) if may_ask and not project.is_running else "",
        "progress": progress_of_project(plan, rows),
    }
