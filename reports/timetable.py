"""The reports of a project in its timetable, and what a late one means for the coordinator's salary."""

import datetime as dt
from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from core.templatetags.lsp import day
from grants.models import Project, SalaryMonth
from grants.timetable import Entry
from reports.models import ProgressReport


def entries(project: Project, user) -> Iterator[Entry]:
    """Each report on the day on which it is due."""
    for report in project.reports.all():
        yield Entry(
            report.due_on,
            _("%(report)s is due") % {"report": report.name},
            report.status,
            str(report.get_status_display()),
            reverse("report_detail", args=[report.pk]),
        )


def dates_to_come(project: Project) -> Iterator[dict[str, str]]:
    """Each report that is still to be sent, for the letters about a project."""
    for report in project.reports.filter(status__in=["planned", *ProgressReport.OWED]).order_by(
        "due_on", "number"
    ):
        yield {"report": report.label, "due_on": f"{report.due_on:%Y-%m-%d}"}


def late_report(month: SalaryMonth, today: dt.date) -> str:
    """Where the call says so, the salary waits while a report is late that its coordinator has not handed in. One that was
    handed in is the office's turn, and holds nothing (PROGRAMME 10)."""
    if not month.project.call.salary_waits_for_report:
        return ""
    report = month.project.reports.owed().filter(due_on__lt=today).order_by("due_on", "number").first()
    if report is None:
        return ""
    return _("The salary waits until the coordinator hands in %(report)s, which was due on %(day)s.") % {
        "report": report.name,
        "day": day(report.due_on),
    }
