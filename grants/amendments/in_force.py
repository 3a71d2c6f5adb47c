"""The plan that holds on a day: the baseline, with what the versions until then made of it. Read only.

The rows answered are those of the baseline, whose values are replaced: they are read, never saved. A day of None asks for
the newest version. One query each for the rows and for what changed them.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

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
    return _activities(project, _until(project, day))


def activities_of(project: Project, number: int) -> list[BaselineActivity]:
    """The activities of one version, without those that were dropped by then; of the baseline for 0."""
    return _activities(project, project.plan_versions.filter(number__lte=number))


def activity_on(activity: BaselineActivity, day: dt.date | None = None) -> BaselineActivity:
    """One activity as it stands on a day, dropped or not."""
    plans = _until(activity.project, day)
    version = activity.versions.filter(plan__in=plans).order_by("-plan__number").first()
    return _replaced(activity, version, OF_AN_ACTIVITY)


def lines_on(project: Project, day: dt.date | None = None) -> list[BaselineLine]:
    """The budget lines on a day, in their order, with what each has then. A line without money stays: expenses may point
    to it."""
    return _lines(project, _until(project, day))


def lines_of(project: Project, number: int) -> list[BaselineLine]:
    """The budget lines of one version; of the baseline for 0."""
    return _lines(project, project.plan_versions.filter(number__lte=number))


def _until(project: Project, day: dt.date | None) -> QuerySet[PlanVersion]:
    """The versions that were in force by a day."""
    return project.plan_versions.filter(in_force_from__lte=day) if day else project.plan_versions.all()


def _activities(project: Project, plans: QuerySet[PlanVersion]) -> list[BaselineActivity]:
    changed = _last(ActivityVersion.objects.filter(plan__in=plans), "activity_id")
    rows = [(row, changed.get(row.pk)) for row in _there(project.activities.all(), plans)]
    return [_replaced(row, last, OF_AN_ACTIVITY) for row, last in rows if last is None or not last.dropped]


def _lines(project: Project, plans: QuerySet[PlanVersion]) -> list[BaselineLine]:
    changed = _last(LineVersion.objects.filter(plan__in=plans), "line_id")
    rows = _there(project.lines.select_related("activity"), plans)
    return [_replaced(row, changed.get(row.pk), OF_A_LINE) for row in rows]


def _there(rows: QuerySet, plans: QuerySet[PlanVersion]) -> QuerySet:
    """Those of the baseline, and those that one of the versions added."""
    return rows.filter(Q(added_by=None) | Q(added_by__in=plans)).order_by("order", "id")


def _last(versions: QuerySet, of: str) -> dict[int, Any]:
    """The last one of each activity or line that was changed."""
    return {getattr(row, of): row for row in versions.order_by(of, "-plan__number").distinct(of)}


def _replaced(row: Any, version: Any, names: tuple[str, ...]) -> Any:
    """A row of the baseline with the values of a version of it, where there is one."""
    for name in names if version else ():
        setattr(row, name, getattr(version, name))
    return row
