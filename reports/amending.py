"""What the timetable of reports makes of an amendment (PROGRAMME 5): effects and guards of its workflow, joined in AppConfig.

Dates that move take the reports to come along; more months bring reports of their own, and the final one comes after them.
"""

import datetime as dt

from django.db.models import F
from django.utils.translation import gettext as _

from core import dates
from grants.models import Amendment, Project
from reports import plan
from reports.actions import is_let_go
from reports.effects import open_one
from reports.models import ProgressReport

ONE_DAY = dt.timedelta(days=1)


def final_report_is_to_come(amendment: Amendment, *, by, now, data) -> str:
    """Once the final report was handed in, the plan gets no more months."""
    final = amendment.project.reports.filter(is_final=True).first()
    if amendment.kind != Amendment.Kind.EXTENSION or final is None:
        return ""
    if final.status in ("submitted", "accepted"):
        return _("The final report was handed in: the plan gets no more months.")
    return ""


def follow(amendment: Amendment, *, by, now: dt.datetime, data: dict) -> None:
    """The reports, and the money that waits for them, after an amendment was approved."""
    project, before = amendment.project, amendment.before
    assert before is not None  # it was submitted
    if amendment.kind == Amendment.Kind.DATES:
        last_day = project.last_day
        assert last_day is not None
        move(project, last_day - dt.date.fromisoformat(before["last_day"]), today=dates.day_of(now))
    elif amendment.kind == Amendment.Kind.EXTENSION:
        add_months(project, before, int(amendment.content["months"]))
    elif amendment.kind == Amendment.Kind.AMOUNT:
        open_what_waits_no_more(project, by=by, now=now)


def move(project: Project, by_days: dt.timedelta, *, today: dt.date) -> None:
    """The periods that are not over move; of the one that has begun, its end."""
    to_come = project.reports.filter(status="planned", period_to__gte=today)
    begun = list(to_come.filter(period_from__lte=today).values_list("pk", flat=True))
    moved = {
        "period_to": F("period_to") + by_days,
        "due_on": F("due_on") + by_days,
        "version": F("version") + 1,
    }
    to_come.exclude(pk__in=begun).update(period_from=F("period_from") + by_days, **moved)
    project.reports.filter(pk__in=begun).update(**moved)


def add_months(project: Project, before: dict, more: int) -> None:
    """Reports on the months that were added. What was the final one is a report as the others; the tranche that waited for
    it waits for the new one."""
    call, final = project.call, project.reports.get(is_final=True)
    final.is_final, final.version = False, final.version + 1
    if final.status == ProgressReport.Status.PLANNED:
        final.due_on = final.period_to + dt.timedelta(days=call.report_due_days)
    final.save(update_fields=["is_final", "due_on", "version"])
    last = project.reports.order_by("-number").values_list("number", flat=True).first() or 0
    rows = plan.periods(
        first_day=dt.date.fromisoformat(before["last_day"]) + ONE_DAY,
        months=more,
        every=call.report_every_months,
        due_days=call.report_due_days,
        final_due_days=call.final_report_due_days,
    )
    for row in rows:
        ProgressReport.objects.create(
            project=project,
            number=last + row.number,
            first_month=before["months"] + row.first_month,
            last_month=before["months"] + row.last_month,
            period_from=row.period_from,
            period_to=row.period_to,
            due_on=row.due_on,
            is_final=row.is_final,
        )
    waiting = project.tranches.filter(after_report=final.number, opened_at=None, cancelled_on=None)
    waiting.update(after_report=last + len(rows), version=F("version") + 1)


def open_what_waits_no_more(project: Project, *, by, now: dt.datetime) -> None:
    """A tranche that an amendment added may wait for a report that was accepted already."""
    for tranche in project.tranches.filter(opened_at=None, cancelled_on=None).order_by("number"):
        if is_let_go(project, tranche):
            open_one(project, tranche, now=now, by=by)
