"""What is owed about reports (PROGRAMME 7): writing one, looking at one, meeting an observation.

Each source is one bounded query (and one for who the officers are). The officer of a project is the one in charge of its
case, else who opened it; once they are no officer any more, all of them hear. What belongs to a project that stands still
or has ended is owed by nobody.
"""

import datetime as dt
from collections.abc import Iterator
from functools import partial

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from accounts import charge
from core import dates
from core.duties import OFFICER_FROM, Duty, Reading
from grants.duties import IN_CHARGE, between, between_days_after, with_reporter, worded
from reports.models import Observation, ProgressReport

# How long an officer has to look at a report; no call says it.
DAYS_TO_CHECK = 10


def reports_due(*, today, due_from=None, due_to=None, user=None) -> Reading:
    """Reports to write: of whoever reports for the project; its officer watches."""
    rows = between(ProgressReport.objects.owed(), "due_on", due_from, due_to)
    officers = charge.officers(today, user)
    rows = of_reporter(rows, "project", today, user, officers).select_related("project__application")
    return Reading(rows, partial(_reports_due, officers=officers, user=user))


def _reports_due(rows, *, officers: charge.Holders, user) -> Iterator[Duty]:
    for report in rows:
        owe = partial(
            Duty,
            key=f"report.{report.pk}",
            case_id=report.project.application.case_id,
            title=partial(_title, TO_WRITE, report),
            due_on=report.due_on,
            # It falls due on the day after its period.
            since=report.period_to + dt.timedelta(days=1),
        )
        if report.reporter_id:
            yield owe(user_id=report.reporter_id, url=reverse("report_edit", args=[report.pk]))
        for officer, covered in officers.whose(report.in_charge_id, user):
            yield owe(
                user_id=officer,
                title=partial(_title, LATE_REPORT, report),
                url=reverse("report_detail", args=[report.pk]),
                officer=True,
                covered_id=covered,
            )


def reports_to_check(*, today, due_from=None, due_to=None, user=None) -> Reading:
    """Submitted reports: of the project's officer."""
    rows = ProgressReport.objects.awaiting_check()
    rows = between_days_after(rows, "submitted_at", DAYS_TO_CHECK, due_from, due_to)
    officers = charge.officers(today, user)
    rows = officers.bounded(rows, user, *in_charge("project"))
    found = rows.select_related("project__application")
    return Reading(found, partial(_reports_to_check, officers=officers, user=user))


def _reports_to_check(rows, *, officers: charge.Holders, user) -> Iterator[Duty]:
    after = dt.timedelta(days=DAYS_TO_CHECK)
    for report in rows:
        for officer, covered in officers.whose(report.in_charge_id, user):
            yield Duty(
                key=f"report_check.{report.pk}",
                user_id=officer,
                case_id=report.project.application.case_id,
                title=partial(_title, TO_CHECK, report),
                due_on=dates.day_of(report.submitted_at) + after,  # type: ignore[arg-type]
                url=reverse("report_detail", args=[report.pk]),
                since=dates.day_of(report.submitted_at),  # type: ignore[arg-type]
                covered_id=covered,
            )


def observations_due(*, today, due_from=None, due_to=None, user=None) -> Reading:
    """Observations to meet: of whoever reports; the project's officer watches."""
    rows = between(Observation.objects.open(), "due_on", due_from, due_to)
    officers = charge.officers(today, user)
    rows = of_reporter(rows, "report__project", today, user, officers)
    found = rows.select_related("report__project__application")
    return Reading(found, partial(_observations_due, officers=officers, user=user))


def _observations_due(rows, *, officers: charge.Holders, user) -> Iterator[Duty]:
    for observation in rows:
        report = observation.report
        owe = partial(
            Duty,
            key=f"observation.{observation.pk}",
            case_id=report.project.application.case_id,
            title=partial(_title, TO_MEET, report),
            due_on=observation.due_on,
            url=reverse("report_detail", args=[report.pk]),
            since=dates.day_of(report.accepted_at) if report.accepted_at else None,
        )
        if observation.reporter_id:
            yield owe(user_id=observation.reporter_id)
        say = partial(_title, LATE_OBSERVATION, report)
        for officer, covered in officers.whose(observation.in_charge_id, user):
            yield owe(user_id=officer, title=say, officer=True, covered_id=covered)


def _title(words: Promise, report: ProgressReport) -> str:
    # The name of a report is words too.
    return worded(words, report=report.name)


TO_WRITE = gettext_lazy("Send %(report)s")
LATE_REPORT = gettext_lazy("%(report)s is late")
LATE_OBSERVATION = gettext_lazy("An observation on %(report)s is late")
TO_CHECK = gettext_lazy("Look at, and accept or return: %(report)s")
TO_MEET = gettext_lazy("Meet an observation on %(report)s")


# --- Who ---------------------------------------------------------------------------------------------


def of_reporter(rows: QuerySet, project: str, today: dt.date, user, officers: charge.Holders) -> QuerySet:
    """Each row with who reports for its project and who is in charge of it, bounded to what a person owes or watches."""
    rows = officers.bounded(with_reporter(rows, project, today), None, *in_charge(project))
    if user is None:
        return rows
    # Who only watches hears of what is long late: the rest need not be read.
    long_late = Q(due_on__lte=today - dt.timedelta(days=OFFICER_FROM))
    return rows.filter(Q(reporter_id=user.pk) | (officers.falls_to(user) & long_late))


def in_charge(project: str) -> list[str]:
    """The columns of who is in charge of a project, to which `project` leads."""
    return [f"{project}__{column}" for column in IN_CHARGE]


# The headings of the inbox.
KINDS = {
    "report": gettext_lazy("Reports to write"),
    "report:late": gettext_lazy("Reports that are late"),
    "report_check": gettext_lazy("Reports to look at"),
    "observation": gettext_lazy("Observations to meet"),
    "observation:late": gettext_lazy("Observations that are late"),
}
