"""Writing a report and planning them: what happens across models, on the timeline.

Every save goes through `editing`, which holds the lock, the version and the rules in one place.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from accounts.access import require
from accounts.permissions import Action
from core import dates, documents, timeline
from core.models import Case, Document
from core.workflow import StaleObject, TransitionRefused
from grants.amendments import in_force
from grants.models import BaselineActivity, Project, Tranche
from reports import emails, guards, plan
from reports.content import planned_by, progress_of
from reports.effects import open_one
from reports.models import Observation, Outcome, ProgressReport, ReportActivity, ReportEvidence
from reports.returning import OUTCOMES, SUMMARY, Opened, why_closed
from reports.workflow import REPORT

# Enough to show an activity, and bounded.
MOST_EVIDENCE = 12
MOST_OUTCOMES = 30
# Of the summary, and of what was done in an activity.
LONGEST_TEXT = 4000


# --- The timetable ---------------------------------------------------------------------------------


def plan_timetable(project: Project, *, by, now: dt.datetime, data: dict) -> None:
    """The reports of a project that starts, from its call (an effect of the project's activation)."""
    call = project.call
    assert project.first_day is not None
    rows = plan.periods(
        first_day=project.first_day,
        months=call.months,
        every=call.report_every_months,
        due_days=call.report_due_days,
        final_due_days=call.final_report_due_days,
    )
    ProgressReport.objects.bulk_create(
        ProgressReport(
            project=project,
            number=row.number,
            first_month=row.first_month,
            last_month=row.last_month,
            period_from=row.period_from,
            period_to=row.period_to,
            due_on=row.due_on,
            is_final=row.is_final,
        )
        for row in rows
    )


def shift_timetable(project: Project, *, by, now: dt.datetime, data: dict) -> None:
    """After a suspension the dates to come move by the days that it lasted (an effect of the project's resumption).

    The months of the plan stay: what should be done by the end of a report's period does not change.
    """
    # The project's own row still holds the day: it is saved after its effects.
    since = Project.objects.values_list("suspended_on", flat=True).get(pk=project.pk)
    days = (dates.day_of(now) - since).days if since else 0
    if days <= 0:
        return
    pause = dt.timedelta(days=days)
    owed = project.reports.filter(status__in=["planned", *ProgressReport.OWED])
    moved = {"due_on": F("due_on") + pause, "version": F("version") + 1}
    to_come = owed.filter(period_from__gte=since)
    # Which rows they are is asked before the first of them moves.
    begun = list(owed.filter(period_from__lt=since, period_to__gte=since).values_list("pk", flat=True))
    over = list(owed.filter(period_to__lt=since).values_list("pk", flat=True))
    to_come.update(period_from=F("period_from") + pause, period_to=F("period_to") + pause, **moved)
    project.reports.filter(pk__in=begun).update(period_to=F("period_to") + pause, **moved)
    project.reports.filter(pk__in=over).update(**moved)


def void_reports(project: Project, *, by, now: dt.datetime, data: dict) -> None:
    """What a project still owed is void when it ends before its time (an effect of its termination)."""
    for report in project.reports.open().order_by("number"):
        REPORT.apply(report, "void", by=None, now=now)


def fall_due(now: dt.datetime) -> None:
    """Every report whose period has ended becomes due (core.dated)."""
    for report in ProgressReport.objects.period_over(dates.day_of(now)).order_by("pk"):
        try:
            REPORT.apply(report, "fall_due", by=None, now=now)
        except TransitionRefused:
            # Somebody was faster: another run, or an officer.
            continue


# --- Writing ---------------------------------------------------------------------------------------


@contextmanager
def editing(
    report: ProgressReport,
    *,
    by,
    version: int,
    now: dt.datetime,
    part: str,
    is_open: Callable[[Opened, ProgressReport], bool] | None = None,
) -> Iterator[ProgressReport]:
    """Hold a report for one save: yields the fresh row, saves it, and writes the event.

    The first save makes a due report a draft. `is_open` says of a report that was returned whether what is saved is among
    what was; without it all that came of the period is one part (reports.returning). Raises NotAllowed, StaleObject or
    TransitionRefused, and then nothing has changed.
    """
    with transaction.atomic():
        case = Case.objects.select_for_update().get(pk=report.case.pk)
        fresh = ProgressReport.objects.with_case().select_for_update(of=("self",)).get(pk=report.pk)
        require(by, Action.EDIT_REPORT, fresh)
        if version != fresh.version:
            raise StaleObject(
                _(
                    "Somebody changed this report since you opened the page. Look at it again before you go on."
                )
            )
        if fresh.status == ProgressReport.Status.DUE:
            fresh = REPORT.apply(fresh, "write", by=by, now=now)
        elif fresh.status not in (ProgressReport.Status.DRAFT, ProgressReport.Status.RETURNED):
            raise TransitionRefused(
                _("This is not possible any more: the state is now “%(state)s”.")
                % {"state": fresh.get_status_display()}
            )
        for guard in (guards.project_runs, guards.writes_it):
            if sentence := guard(fresh, by=by, now=now, data={}):
                raise TransitionRefused(sentence)
        opened = Opened.of(fresh)
        may = is_open(opened, fresh) if is_open else opened.is_open(OUTCOMES)
        if sentence := why_closed(opened, may):
            raise TransitionRefused(sentence)
        yield fresh
        fresh.version += 1
        fresh.save()
        timeline.record(
            case, "progressreport.edited", by=by, now=now, obj=fresh, part=part, number=fresh.number
        )


def always(opened: Opened, fresh: ProgressReport) -> bool:
    """For `editing`: a save that asks for no part of the report, or asks by itself."""
    return True


def save_summary(
    *,
    by,
    report: ProgressReport,
    version: int,
    now: dt.datetime,
    summary: str | None = None,
    uploads: Iterable[Any] = (),
) -> ProgressReport:
    """How the period went, in the coordinator's words (None leaves it), and files of the report as a whole."""
    uploads = list(uploads)

    def is_open(opened: Opened, fresh: ProgressReport) -> bool:
        said = summary is None or summary.strip() == fresh.summary or opened.is_open(SUMMARY)
        return said and (not uploads or opened.files_are_open(None))

    with editing(report, by=by, version=version, now=now, part="summary", is_open=is_open) as fresh:
        if summary is not None:
            fresh.summary = summary.strip()
        _add_evidence(fresh, None, uploads, by=by, now=now)
    return fresh


def confirm_unchanged(*, by, report: ProgressReport, version: int, now: dt.datetime) -> ProgressReport:
    """Nothing changed in the activities that the report does not ask about: one answer for all of them."""
    # It changes nothing that was returned.
    with editing(report, by=by, version=version, now=now, part="unchanged", is_open=always) as fresh:
        fresh.unchanged_confirmed = True
    return fresh


def save_activity(
    *,
    by,
    report: ProgressReport,
    activity: BaselineActivity,
    version: int,
    now: dt.datetime,
    done_percent: int | None,
    what_was_done: str,
    reason: str,
    expected_last_month: int | None = None,
    uploads: Iterable[Any] = (),
) -> ProgressReport:
    """How far an activity of the plan is, with its evidence; `expected_last_month` is the month of the project to which
    one that slipped rolls forward. An answer that is not whole yet is saved as it is."""
    if activity.project_id != report.project_id:
        raise TransitionRefused(_("This activity belongs to another project."))
    amended = in_force.version_on(report.project)
    months = amended.months if amended else report.project.call.months
    if sentence := guards.month_holds(report, expected_last_month, done_percent, reason, months=months):
        raise TransitionRefused(sentence)

    def is_open(opened: Opened, fresh: ProgressReport) -> bool:
        if opened.is_open(f"activity{activity.pk}"):
            return True
        return any(row.activity == activity and opened.activity_is_open(row) for row in progress_of(fresh))

    # What the plan promised by the end of the period (PROGRAMME 5).
    if amended:
        activity = in_force.activity_on(activity, report.period_to)
    with editing(report, by=by, version=version, now=now, part="activity", is_open=is_open) as fresh:
        row = ReportActivity(
            report=fresh,
            activity=activity,
            planned_percent=planned_by(fresh, activity),
            done_percent=done_percent,
            what_was_done=what_was_done.strip(),
            reason=reason.strip(),
            expected_last_month=None if done_percent == 100 else expected_last_month,
        )
        ReportActivity.objects.bulk_create(
            [row],
            update_conflicts=True,
            unique_fields=["report", "activity"],
            update_fields=[
                "planned_percent",
                "done_percent",
                "what_was_done",
                "reason",
                "expected_last_month",
            ],
        )
        _add_evidence(fresh, activity, uploads, by=by, now=now)
    return fresh


def answer_of(report: ProgressReport, activity: BaselineActivity) -> ReportActivity:
    """What the report says of an activity so far. A new answer is not saved yet, and is measured by what the plan promised
    by the end of the period (PROGRAMME 5)."""
    if row := report.activities.filter(activity=activity).first():
        return row
    planned = planned_by(report, in_force.activity_on(activity, report.period_to))
    return ReportActivity(report=report, activity=activity, planned_percent=planned)


def add_evidence(
    *,
    by,
    report: ProgressReport,
    activity: BaselineActivity,
    version: int,
    now: dt.datetime,
    uploads: Iterable[Any],
) -> ProgressReport:
    """More files for an activity, and nothing else of it: what a return leaves open where it names files alone."""
    if activity.project_id != report.project_id:
        raise TransitionRefused(_("This activity belongs to another project."))
    with editing(
        report,
        by=by,
        version=version,
        now=now,
        part="evidence",
        is_open=lambda opened, _fresh: opened.files_are_open(activity.pk),
    ) as fresh:
        _add_evidence(fresh, activity, uploads, by=by, now=now)
    return fresh


def _add_evidence(report: ProgressReport, activity, uploads: Iterable[Any], *, by, now: dt.datetime) -> None:
    uploads = list(uploads)
    if not uploads:
        return
    check_room(report, activity, len(uploads))
    for upload in uploads:
        document = store_file(report, upload, by=by, now=now)
        ReportEvidence.objects.create(report=report, activity=activity, document=document)


def check_room(report: ProgressReport, activity: BaselineActivity | None, more: int) -> None:
    """Raises TransitionRefused if so many more files of an activity, or (None) of the whole report, are too many."""
    if report.evidence.filter(activity=activity).count() + more > MOST_EVIDENCE:
        raise TransitionRefused(
            _("There can be at most %(n)d files of evidence for one activity.") % {"n": MOST_EVIDENCE}
        )


def store_file(report: ProgressReport, upload, *, by, now: dt.datetime) -> Document:
    """A file of the report: whoever reads that reads this too. It is of nobody (None) where a firm handed it in."""
    return documents.store(
        case=report.case, kind="report_evidence", owner_id=report.pk, upload=upload, by=by, now=now
    )


def remove_evidence(
    *, by, report: ProgressReport, evidence: ReportEvidence, version: int, now: dt.datetime
) -> ProgressReport:
    """Take a piece of evidence out of the report. The file itself stays with the case."""
    with editing(
        report,
        by=by,
        version=version,
        now=now,
        part="evidence",
        is_open=lambda opened, _fresh: opened.piece_is_open(evidence),
    ) as fresh:
        fresh.evidence.filter(pk=evidence.pk).delete()
    return fresh


def save_outcome(
    *,
    by,
    report: ProgressReport,
    version: int,
    now: dt.datetime,
    outcome: Outcome,
    upload: Any = None,
    firms: Iterable[Any] | None = None,
) -> ProgressReport:
    """Add or change an outcome; `outcome` carries the new values and is of this report."""
    pk = outcome.pk
    with editing(
        report,
        by=by,
        version=version,
        now=now,
        part="outcomes",
        is_open=lambda o, _f: _outcome_is_open(o, pk),
    ) as fresh:
        if outcome.pk is None and fresh.outcomes.count() >= MOST_OUTCOMES:
            raise TransitionRefused(
                _("There can be at most %(n)d outcomes in one report.") % {"n": MOST_OUTCOMES}
            )
        outcome.report = fresh
        if upload:
            outcome.document = store_file(fresh, upload, by=by, now=now)
        outcome.save()
        if firms is not None:
            outcome.firms.set(firms)
    return fresh


def remove_outcome(
    *, by, report: ProgressReport, outcome: Outcome, version: int, now: dt.datetime
) -> ProgressReport:
    """Take an outcome out of the report."""
    pk = outcome.pk
    with editing(
        report,
        by=by,
        version=version,
        now=now,
        part="outcomes",
        is_open=lambda o, _f: _outcome_is_open(o, pk),
    ) as fresh:
        fresh.outcomes.filter(pk=outcome.pk).delete()
    return fresh


def _outcome_is_open(opened: Opened, pk: int | None) -> bool:
    """Of one outcome; a new one (None) belongs to the part as a whole."""
    return opened.is_open(OUTCOMES) if pk is None else opened.card_is_open(f"outcome{pk}")


# --- After the acceptance --------------------------------------------------------------------------


@transaction.atomic
def meet_observation(*, by, observation: Observation, now: dt.datetime) -> Observation:
    """An officer says that what an observation asked for is there. The payment that waited for it opens, if its
    report is accepted and no other observation holds it."""
    Case.objects.select_for_update().get(pk=observation.case.pk)
    observation = Observation.objects.select_for_update().get(pk=observation.pk)
    require(by, Action.DECIDE_REPORT, observation)
    if observation.done_on:
        raise TransitionRefused(_("Somebody said so already."))
    report = observation.report
    if sentence := guards.project_runs(report, by=by, now=now, data={}):
        raise TransitionRefused(sentence)
    observation.done_on, observation.done_by = dates.day_of(now), by
    observation.save(update_fields=["done_on", "done_by"])
    timeline.record(
        observation.case,
        "progressreport.observation_met",
        by=by,
        now=now,
        obj=report,
        number=report.number,
        observation=observation.pk,
    )
    tranche = observation.tranche
    if tranche and is_let_go(report.project, tranche):
        open_one(report.project, tranche, now=now, by=by)
    emails.observation_met(observation, now=now)
    return observation


def is_let_go(project: Project, tranche: Tranche) -> bool:
    """Whether what a tranche waits for has happened: its report was accepted, or the extra one that stands for it."""
    waits = Q(number=tranche.after_report) | Q(opens=tranche)
    return tranche.after_report == 0 or project.reports.filter(waits, status="accepted").exists()
