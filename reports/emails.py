"""What people hear about a report, each in their own language. The coordinator first, with copy to the representative
(PROGRAMME 12). A due date is told by the reminders, not here."""

import datetime as dt

from django.urls import reverse
from django.utils.functional import lazy

from core import dates, outbox
from core.templatetags.lsp import day
from reports.models import Observation, ProgressReport
from reports.returning import Note


def submitted(report: ProgressReport, *, now: dt.datetime) -> None:
    """To the group: the receipt."""
    _tell_group(report, "report_submitted", now)


def returned(report: ProgressReport, *, note: str, notes: list[Note], now: dt.datetime) -> None:
    """To the group, at once: what to change, in the whole and part by part."""
    rows = [{"label": each.label, "text": each.text} for each in notes]
    _tell_group(report, "report_returned", now, note=note, notes=rows)


def asked(report: ProgressReport, *, now: dt.datetime) -> None:
    """To the group: an officer asks for a report besides those of the timetable."""
    _tell_group(report, "report_asked", now, reason=report.asked_why)


def accepted(report: ProgressReport, *, observations: list[Observation], now: dt.datetime) -> None:
    """To the group: it is done, and what is still owed."""
    rows = [{"text": row.text, "due_on": day(row.due_on)} for row in observations]
    _tell_group(report, "report_accepted", now, observations=rows)


def moved(report: ProgressReport, *, reason: str, now: dt.datetime) -> None:
    """To the group: the new date."""
    _tell_group(report, "report_moved", now, reason=reason)


def left_out(report: ProgressReport, *, reason: str, now: dt.datetime) -> None:
    """To the group: nothing is owed for this period."""
    _tell_group(report, "report_left_out", now, reason=reason)


def observation_met(observation: Observation, *, now: dt.datetime) -> None:
    """To the group: one thing less."""
    _tell_group(
        observation.report, "report_observation_met", now, text=observation.text, about=observation.pk
    )


def _tell_group(
    report: ProgressReport, template: str, now: dt.datetime, *, about: int | None = None, **context
) -> None:
    """One message to each; the version makes it once for each time that it happens."""
    for person in report.project.people_to_tell(dates.day_of(now)):
        outbox.queue(
            key=f"{template}.{report.pk}.{about or report.version}.{person.pk}",
            to=person,
            template=template,
            now=now,
            case=report.case,
            context={
                # Put into words in the reader's language, when the message is written.
                "report": lazy(lambda: report.name, str)(),
                "period_from": day(report.period_from),
                "period_to": day(report.period_to),
                "due_on": day(report.due_on),
                "url": reverse("report_detail", args=[report.pk]),
                **context,
            },
        )
