"""The plan that holds on a day: the baseline, with what the versions until then made of it. Read only.

The rows answered are those of the baseline, whose values are replaced: they are read, never saved. A day of None asks for
the newest version. One query each for the rows and for what changed them.
"""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q

from grants.models import ActivityVersion, BaselineActivity, BaselineLine, LineVersion, PlanVersion, Project

OF_AN_ACTIVITY = ("first_month", "last_month", "responsible", "deliverable")
OF_A_LINE = ("programme_share", "group_share")


def version_on(project: Project, day: dt.date | None = None) -> PlanVersion | None:
    """The version in force; None for the baseline."""
    found = project.plan_versions.order_by("-number")
    return (found.filter(in_force_from__lte=day) if day else found).first()


@dataclass(frozen=True)
class Plan:
    """The plan of today: `version` None is the baseline. `months` is its length."""

    version: PlanVersion | None
    months: int
    activities: list[BaselineActivity]
    lines: list[BaselineLine]


def plan_of(project: Project) -> Plan:
    """The plan of today. Three queries; two more once there are versions."""
    version = version_on(project)
    if version is None:
        activities, lines = project.activities.all(), project.lines.select_related("activity")
        return Plan(None, project.call.months, list(activities), list(lines))
    return Plan(version, version.months, activities_on(project), lines_on(project))


def months_of(project: Project, day: dt.date | None = None) -> int:
    """How many months the plan has: the call's, or those of an extension."""
    version = version_on(project, day)
    return version.months if version else project.call.months


def activities_on(project: Project, day: dt.date | None = None) -> list[BaselineActivity]:
    """The activities of the plan on a day, in their order, without those that were dropped."""
    return _replaced(
        _there(project.activities.all(), day), _newest(ActivityVersion, "activity_id", project, day)
    )


def activity_on(activity: BaselineActivity, day: dt.date | None = None) -> BaselineActivity:
    """One activity as it stands on a day, dropped or not."""
    version = _newest(ActivityVersion, "activity_id", activity.project, day).filter(activity=activity).first()
    for name in OF_AN_ACTIVITY if version else ():
        setattr(activity, name, getattr(version, name))
    return activity


def lines_on(project: Project, day: dt.date | None = None) -> list[BaselineLine]:
    """The budget lines on a day, in their order, with what each has then. A line without money stays: expenses may point
    to it."""
    found = _there(project.lines.select_related("activity"), day).order_by("order", "id")
    changed = {row.line_id: row for row in _newest(LineVersion, "line_id", project, day)}
    rows = list(found)
    for line in rows:
        version = changed.get(line.pk)
        for name in OF_A_LINE if version else ():
            setattr(line, name, getattr(version, name))
    return rows


def activities_of(project: Project, number: int) -> list[BaselineActivity]:
    """The activities of one version, without those that were dropped by then; of the baseline for 0."""
    rows = project.activities.filter(Q(added_by=None) | Q(added_by__number__lte=number))
    until = ActivityVersion.objects.filter(plan__project=project, plan__number__lte=number)
    return _replaced(rows, until.order_by("activity_id", "-plan__number").distinct("activity_id"))


def _replaced(rows, versions) -> list[BaselineActivity]:
    changed = {row.activity_id: row for row in versions}
    found = []
    for activity in rows.order_by("order", "id"):
        version = changed.get(activity.pk)
        if version and version.dropped:
            continue
        for name in OF_AN_ACTIVITY if version else ():
            setattr(activity, name, getattr(version, name))
        found.append(activity)
    return found


def lines_of(project: Project, number: int) -> list[BaselineLine]:
    """The budget lines of one version; of the baseline for 0."""
    rows = list(project.lines.filter(Q(added_by=None) | Q(added_by__number__lte=number)))
    until = LineVersion.objects.filter(plan__project=project, plan__number__lte=number)
    changed = {row.line_id: row for row in until.order_by("line_id", "-plan__number").distinct("line_id")}
    for line in rows:
        version = changed.get(line.pk)
        for name in OF_A_LINE if version else ():
            setattr(line, name, getattr(version, name))
    return rows


def _there(rows, day: dt.date | None):
    """Those of the baseline, and those that a version had added by then."""
    return rows.filter(Q(added_by=None) | Q(added_by__in_force_from__lte=day)) if day else rows


def _newest(model, of: str, project: Project, day: dt.date | None):
    """Of each activity or line that a version changed by then, the last one."""
    rows = model.objects.filter(plan__project=project)
    if day:
        rows = rows.filter(plan__in_force_from__lte=day)
    return rows.order_by(of, "-plan__number").distinct(of)
