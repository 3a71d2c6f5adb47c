"""What a report says about each activity of the approved plan, and the frozen form of the whole.

One reading for the screens, the guards and the snapshot: what lives in the period, what is behind, what was answered.
"""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from core.models import Document
from core.pdf import content_hash
from grants.amendments import in_force
from grants.models import BaselineActivity
from reports import curve
from reports.ledgers.frozen import frozen
from reports.models import ProgressReport, ReportActivity, ReportEvidence
from reports.plan import planned_percent


@dataclass(frozen=True)
class Progress:
    """One activity as one report sees it."""

    activity: BaselineActivity
    planned: int
    # What earlier reports said of it: the last answer, or None.
    last: ReportActivity | None
    # What this report says, or None.
    row: ReportActivity | None
    evidence: list[ReportEvidence]
    points_behind: int
    first_month: int
    last_month: int
    # Of the project: nothing is done after it.
    project_months: int = 36

    @property
    def before(self) -> int:
        """How much was done when the period began."""
        return (self.last.done_percent or 0) if self.last else 0

    @property
    def done(self) -> int:
        """How much is done: what this report says, else as before."""
        return self.before if self.row is None or self.row.done_percent is None else self.row.done_percent

    @property
    def is_asked(self) -> bool:
        """It lives in the period, or should be finished and is not: the report has a page for it (PROGRAMME 12).
        The others are one list with “no change”."""
        lives = self.activity.first_month <= self.last_month and self.ends >= self.first_month
        behind = self.activity.last_month < self.first_month and self.before < 100
        return lives or behind

    @property
    def is_answered(self) -> bool:
        """How much, and what was done."""
        return (
            self.row is not None
            and self.row.done_percent is not None
            and self.row.what_was_done.strip() != ""
        )

    @property
    def is_begun(self) -> bool:
        """Something of it was written."""
        return self.row is not None

    @property
    def needs_reason(self) -> bool:
        """Whether what was answered wants to be explained: too far behind the plan, or less than last time."""
        if self.row is None or self.row.done_percent is None:
            return False
        return wants_reason(self.planned, self.row.done_percent, self.before, self.points_behind)

    @property
    def lacks_reason(self) -> bool:
        return (self.needs_reason or self.slips) and not (self.row and self.row.reason.strip())

    # What slips rolls forward: a new month to be done in, with its cause. The baseline stays.

    @property
    def rolled_to(self) -> int | None:
        """The month in which the last report said it would be done, if that was not the plan's."""
        return self.last.expected_last_month if self.last else None

    @property
    def ends(self) -> int:
        """The month in which it should be done, as far as was known when the period began."""
        return self.rolled_to or self.activity.last_month

    @property
    def expected(self) -> int | None:
        """The month in which it will be done, where that is not the plan's: of this report, else of the last one."""
        if self.row is None or self.row.done_percent is None:
            return self.rolled_to
        return self.row.expected_last_month

    @property
    def slips(self) -> bool:
        """It should be done by the end of the period, and is not."""
        return self.row is not None and self.would_slip(self.row.done_percent)

    def would_slip(self, done: int | None) -> bool:
        """Whether it rolls forward with that much done; at the end of the project there is nowhere to roll to."""
        can_roll = self.last_month < self.project_months
        return done is not None and done < 100 and self.ends <= self.last_month and can_roll

    @property
    def lacks_month(self) -> bool:
        """It slips, and nobody said to which month."""
        said = self.row.expected_last_month if self.row else None
        return self.slips and (said is None or said <= self.last_month)


def wants_reason(planned: int, done: int, before: int, points_behind: int) -> bool:
    """Behind the plan by more points than the call lets pass, or less done than the last report said."""
    return planned - done > points_behind or done < before


def planned_by(report: ProgressReport, activity: BaselineActivity) -> int:
    """How much of an activity, as it stands in the plan then, is done by the end of the period."""
    return planned_percent(
        first_month=activity.first_month, last_month=activity.last_month, by_month=report.last_month
    )


def progress_of(report: ProgressReport) -> list[Progress]:
    """Every activity of the plan in force at the end of the period, in its order. Six queries, however many there are."""
    activities = in_force.activities_on(report.project, report.period_to)
    months = in_force.months_of(report.project)
    rows = {row.activity_id: row for row in report.activities.all()}
    last = {row.activity_id: row for row in last_answers(report)}
    evidence: dict[int | None, list[ReportEvidence]] = defaultdict(list)
    for piece in report.evidence.select_related("document"):
        evidence[piece.activity_id].append(piece)
    return [
        Progress(
            activity=activity,
            planned=planned_by(report, activity),
            last=last.get(activity.pk),
            row=rows.get(activity.pk),
            evidence=evidence[activity.pk],
            points_behind=report.project.call.points_behind,
            first_month=report.first_month,
            last_month=report.last_month,
            project_months=months,
        )
        for activity in activities
    ]


def last_answers(report: ProgressReport):
    """For each activity the newest answer of an earlier report that stands: of one whose period ended before, or on the
    same day with a lower number (an extra report lies between those of the timetable)."""
    earlier = Q(report__period_to__lt=report.period_to) | Q(
        report__period_to=report.period_to, report__number__lt=report.number
    )
    return (
        ReportActivity.objects.filter(
            earlier, report__project_id=report.project_id, done_percent__isnull=False
        )
        .exclude(report__status__in=["skipped", "cancelled"])
        .order_by("activity_id", "-report__period_to", "-report__number")
        .distinct("activity_id")
    )


# --- The frozen form -------------------------------------------------------------------------------


def snapshot_of(report: ProgressReport, *, by, now: dt.datetime) -> dict[str, Any]:
    """All that a report says, as data in no language: what is submitted, and what its PDF is made from."""
    project, rows = report.project, progress_of(report)
    return {
        "reference": project.reference,
        "title": project.title,
        "group": str(project.group),
        "call": project.call.code,
        "report": {
            "number": report.number,
            "final": report.is_final,
            "extra": report.is_extra,
            "asked_why": report.asked_why,
            "period_from": f"{report.period_from:%Y-%m-%d}",
            "period_to": f"{report.period_to:%Y-%m-%d}",
            "due_on": f"{report.due_on:%Y-%m-%d}",
            "first_month": report.first_month,
            "last_month": report.last_month,
            "summary": report.summary,
            # Whoever sends it says so of all that it was not asked about.
            "unchanged_confirmed": True,
        },
        "months": in_force.months_of(project),
        "activities": [_activity(row) for row in rows],
        "curve": curve.of_report(report, rows),
        "evidence": [
            _document(piece.document)
            for piece in report.evidence.filter(activity=None).select_related("document")
        ],
        "outcomes": [
            {
                "id": outcome.pk,
                "kind": outcome.kind,
                "figure": str(outcome.figure),
                "on": f"{outcome.on:%Y-%m-%d}",
                "text": outcome.text,
                "firms": [str(firm) for firm in outcome.firms.all()],
                "document": _document(outcome.document) if outcome.document else None,
            }
            for outcome in report.outcomes.select_related("document").prefetch_related("firms")
        ],
        "ledgers": frozen(report),
        "submitted": {"by": str(by), "by_id": by.pk, "at": now.isoformat()},
    }


def _activity(row: Progress) -> dict[str, Any]:
    return {
        "id": row.activity.pk,
        "name": row.activity.name,
        "responsible": row.activity.responsible,
        "deliverable": row.activity.deliverable,
        "first_month": row.activity.first_month,
        "last_month": row.activity.last_month,
        "asked": row.is_asked or row.is_begun,
        "planned": row.planned,
        "before": row.before,
        "done": row.done,
        "what_was_done": row.row.what_was_done if row.row else "",
        "reason": row.row.reason if row.row else "",
        "expected": row.expected,
        "rolled_from": row.ends,
        "evidence": [_document(piece.document) for piece in row.evidence],
    }


def _document(document: Document) -> dict[str, Any]:
    return {"id": document.pk, "name": document.filename, "sha256": document.sha256}


def accepted(snapshot: dict[str, Any], observations, *, by, now: dt.datetime) -> dict[str, Any]:
    """The same with what the officer added; the digest of what was submitted stays inside."""
    return {
        **snapshot,
        "accepted": {
            "by": str(by),
            "by_id": by.pk,
            "at": now.isoformat(),
            "submitted_sha256": content_hash(snapshot),
            "observations": [
                {
                    "text": row.text,
                    "due_on": f"{row.due_on:%Y-%m-%d}",
                    "tranche": row.tranche.number if row.tranche else None,
                }
                for row in observations
            ],
        },
    }
