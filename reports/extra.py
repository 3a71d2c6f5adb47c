"""A report that an officer asks for besides those of the timetable: of dates of its own, with its reason.

It stands outside the numbering, opens no payment unless the officer says which, and otherwise lives like every other report.
"""

import datetime as dt

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.access import require
from accounts.permissions import Action
from core import dates, timeline
from core.models import Case
from core.templatetags.lsp import day
from core.workflow import TransitionRefused
from grants.models import Project, Tranche
from reports import emails
from reports.models import EXTRA, ProgressReport
from reports.workflow import REPORT

# More than that nobody reads, and nobody writes.
MOST_OPEN = 3


def ask_refusal(project: Project) -> str:
    """Why no extra report can be asked for now; "" when one can."""
    if project.status == Project.Status.SUSPENDED:
        return _("The project is suspended: its duties pause until it goes on.")
    if not project.is_running:
        return _("Only a project that runs reports.")
    if project.reports.open().filter(is_extra=True).count() >= MOST_OPEN:
        return _("%(n)d extra reports are open already: wait for one of them.") % {"n": MOST_OPEN}
    return ""


def dates_refusal(
    project: Project, *, period_from: dt.date, period_to: dt.date, due_on: dt.date, today: dt.date
) -> dict[str, str]:
    """What is wrong with the dates of an extra report, by field; {} when nothing is."""
    found = {}
    first, last = project.first_day, project.last_day
    if first is None or last is None or period_from < first or period_from > last:
        found["period_from"] = _("This day is outside the project: %(first)s to %(last)s.") % {
            "first": day(first),
            "last": day(last),
        }
    elif period_to > last or period_to < period_from:
        found["period_to"] = _("Its last day is between %(first)s and %(last)s.") % {
            "first": day(period_from),
            "last": day(last),
        }
    if due_on <= today:
        found["due_on"] = _("Give a date to come.")
    elif due_on < period_to:
        found["due_on"] = _("It cannot be due before its period ends.")
    return found


def tranches_to_name(project: Project):
    """The payments that an extra report may open: their own report was skipped or cancelled, so that nothing else will."""
    gone = project.reports.filter(is_extra=False, status__in=["skipped", "cancelled"]).values("number")
    named = project.reports.open().filter(opens__isnull=False).values("opens")
    return project.tranches.filter(after_report__in=gone, opened_at=None, cancelled_on=None).exclude(
        pk__in=named
    )


@transaction.atomic
def ask(
    *,
    by,
    project: Project,
    period_from: dt.date,
    period_to: dt.date,
    due_on: dt.date,
    reason: str,
    opens: Tranche | None = None,
    now: dt.datetime,
) -> ProgressReport:
    """Ask for an extra report; it falls due at once when its period is over. Raises NotAllowed or TransitionRefused."""
    case = Case.objects.select_for_update().get(pk=project.case.pk)
    project = Project.objects.with_case().select_for_update(of=("self",)).get(pk=project.pk)
    require(by, Action.ASK_REPORT, project)
    wrong = dates_refusal(
        project, period_from=period_from, period_to=period_to, due_on=due_on, today=dates.day_of(now)
    )
    refusal = ask_refusal(project) or next(iter(wrong.values()), "")
    if not reason.strip():
        refusal = refusal or _("Say why.")
    if opens and not tranches_to_name(project).filter(pk=opens.pk).exists():
        refusal = refusal or _("This payment waits for a report of the timetable, or is open already.")
    if refusal:
        raise TransitionRefused(refusal)
    highest = project.reports.filter(is_extra=True).aggregate(highest=Max("number"))["highest"] or EXTRA
    report = ProgressReport.objects.create(
        project=project,
        number=highest + 1,
        is_extra=True,
        first_month=month_of(project, period_from),
        last_month=month_of(project, period_to),
        period_from=period_from,
        period_to=period_to,
        due_on=due_on,
        asked_why=reason.strip(),
        opens=opens,
    )
    timeline.record(
        case,
        "progressreport.ask",
        by=by,
        now=now,
        obj=report,
        to_state="planned",
        text=report.asked_why,
        number=report.number,
        due_on=due_on,
    )
    emails.asked(report, now=now)
    if period_to < dates.day_of(now):
        report = REPORT.apply(report, "fall_due", by=None, now=now)
    return report


def month_of(project: Project, on: dt.date) -> int:
    """Which month of the plan a day lies in. The timetable knows what suspensions moved; a day in a pause counts with the
    month before it."""
    rows = list(project.reports.filter(is_extra=False).order_by("number"))
    month = 1
    for row in rows:
        for number in range(row.first_month, row.last_month + 1):
            if dates.add_months(row.period_from, number - row.first_month) <= on:
                month = number
    return month
