"""When something may happen to a report: each guard answers "" or the sentence that the person reads."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core import dates, scanning
from core.templatetags.lsp import day
from grants.models import Project
from reports.content import Progress, progress_of
from reports.documents import not_passed
from reports.models import Observation
from reports.querysets import OPEN


def period_is_over(report, *, by, now, data) -> str:
    """A report falls due on the day after its period."""
    if report.period_to >= dates.day_of(now):
        return _("Its period ends on %(day)s.") % {"day": day(report.period_to)}
    return ""


def project_runs(report, *, by, now, data) -> str:
    """Nothing is written, sent or judged while the project stands still or has ended."""
    if report.project.status == Project.Status.SUSPENDED:
        return _("The project is suspended: its duties pause until it goes on.")
    return "" if report.project.is_running else _("The project has ended.")


def project_is_open(report, *, by, now, data) -> str:
    """The timetable can be changed until the project ends, also while it is suspended."""
    return "" if report.project.is_open else _("The project has ended.")


def writes_it(report, *, by, now, data) -> str:
    """The coordinator in office reports; while there is none, the representative does (PROGRAMME 5, 12)."""
    reporter = report.project.reporter_on(dates.day_of(now))
    if reporter is None or reporter.pk == by.pk:
        return ""
    return _("%(person)s coordinates this project, and writes its reports.") % {"person": reporter}


def is_complete(report, *, by, now, data) -> str:
    """Every activity that lives in the period or is behind is answered, and says why where it must."""
    rows = progress_of(report)
    if missing := [row for row in rows if (row.is_asked or row.is_begun) and not row.is_answered]:
        return _no_answer(len(missing), missing[0])
    return next((gap.sentence for gap in gaps(report, rows)), "")


@dataclass(frozen=True)
class Gap:
    """One thing that a report lacks before it can be sent: of an activity, or (None) of the whole; `field` is where it is
    written."""

    sentence: str
    field: str
    activity_pk: int | None = None


def gaps(report, rows: list[Progress]) -> list[Gap]:
    """All that is missing at once: a draft is saved with gaps, and asked for them when it is sent (EXPERIENCE)."""
    asked = [row for row in rows if row.is_asked or row.is_begun]
    found = [gap for row in asked for gap in gaps_of(row)]
    if not report.summary.strip():
        found.append(Gap(_("Say in a few words how the period went."), "summary"))
    return found


def gaps_of(row: Progress) -> list[Gap]:
    """What the answer about one activity lacks."""
    named, pk = {"name": row.activity.name}, row.activity.pk
    found = []
    if not row.is_answered:
        asks_how_much = row.row is None or row.row.done_percent is None
        found.append(Gap(_no_answer(1, row), "done_percent" if asks_how_much else "what_was_done", pk))
    if row.lacks_reason:
        found.append(Gap(_("Say why this activity is behind: %(name)s.") % named, "reason", pk))
    if row.lacks_month:
        sentence = _("Say in which month this activity will be done: %(name)s.") % named
        found.append(Gap(sentence, "expected_last_month", pk))
    return found


def _no_answer(n: int, first: Progress) -> str:
    return ngettext(
        "%(n)d activity has no answer yet: %(name)s.",
        "%(n)d activities have no answer yet, the first is: %(name)s.",
        n,
    ) % {"n": n, "name": first.activity.name}


def month_holds(report, month: int | None, done: int | None, reason: str, *, months: int) -> str:
    """The month to which an activity slips is one to come, in the plan of so many months, and has its cause."""
    if month is None or done == 100:
        return ""
    if month <= report.last_month:
        return _("Month %(month)d is in this period or before it: name one to come.") % {"month": month}
    if month > months:
        return _("The project ends in month %(month)d. To go on longer, ask for an amendment.") % {
            "month": months
        }
    return "" if reason.strip() else _("Say why it slipped.")


def files_are_scanned(report, *, by, now, data) -> str:
    """Nothing is frozen that the virus scanner, where there is one, has not passed."""
    return scanning.why_not_sent(not_passed(report))


def says_what_to_change(report, *, by, now, data) -> str:
    """A return without a note helps nobody: one of the whole, or one of a part."""
    if not data or str(data.get("reason", "")).strip() or data.get("notes"):
        return ""
    return _("Say what to change.")


def is_another_person(report, *, by, now, data) -> str:
    """Nobody accepts or returns what they submitted."""
    if by is not None and report.submitted_by_id == by.pk:
        return _("You submitted this report yourself: another officer must look at it.")
    return ""


def is_not_final(report, *, by, now, data) -> str:
    """A project cannot close without its final report."""
    return _("The final report cannot be left out.") if report.is_final else ""


def has_a_new_date(report, *, by, now, data) -> str:
    """A date to come, not before the end of the period, and another than the present one."""
    if not data:
        return ""
    due_on = data.get("due_on")
    if not isinstance(due_on, dt.date):
        return _("Say on which day it will be due.")
    if due_on < dates.day_of(now):
        return _("The new date is in the past.")
    if due_on < report.period_to:
        return _("The new date is before the end of its period, %(day)s.") % {"day": day(report.period_to)}
    return _("It is due on that day already.") if due_on == report.due_on else ""


def observations_hold(report, *, by, now, data) -> str:
    """Each observation says what, and by when; the payment that it names has not been let go yet."""
    waiting = None
    for row in data.get("observations", ()):
        if not str(row.get("text", "")).strip():
            return _("Say what is still to be done.")
        if sentence := observation_is_to_come(row.get("due_on"), dates.day_of(now)):
            return sentence
        if row.get("tranche") is not None:
            if waiting is None:
                waiting = {tranche.pk for tranche in tranches_to_come(report)}
            if row["tranche"] not in waiting:
                return _("This payment is open already, or is not of this project.")
    return ""


def observation_is_to_come(due_on, today: dt.date) -> str:
    """What is still to be done has its date after today."""
    if isinstance(due_on, dt.date) and due_on > today:
        return ""
    return _("Give each observation a date to come.")


def tranches_to_come(report):
    """The project's tranches that can still be made to wait."""
    return report.project.tranches.filter(opened_at=None, cancelled_on=None)


# --- Of the project (grants asks them: AppConfig.ready) --------------------------------------------


def final_report_is_due(project, *, by, now, data) -> str:
    """A project begins to close once its final report is due (PROGRAMME 5)."""
    final = project.reports.filter(is_final=True).first()
    if final is None or final.status != "planned":
        return ""
    return _("The final report is not due yet: its period ends on %(day)s.") % {"day": day(final.period_to)}


def final_report_is_accepted(project, *, by, now, data) -> str:
    """A project closes with its final report accepted, and nothing left to do about any of them."""
    unmet = Exists(Observation.objects.filter(report=OuterRef("pk"), done_on=None))
    reports = list(project.reports.defer("snapshot").annotate(is_unmet=unmet).order_by("number"))
    if any(report.is_final and report.status != "accepted" for report in reports):
        return _("The final report is not accepted yet.")
    owed = next((report for report in reports if report.status in OPEN), None)
    if owed is not None:
        return _("%(report)s is still open.") % {"report": owed.name}
    if any(report.is_unmet for report in reports):
        return _("An observation on a report is not met yet.")
    return ""
