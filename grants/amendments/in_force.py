"""The plan that holds on a day: the baseline, with what the versions until then made of it. Read only.

The rows answered are those of the baseline, whose values are replaced: they are read, never saved. A day of None asks for
the newest version. One query each for the rows and for what changed them; the plan of today is one in all.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from core import together
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
    """The plan of today. One query."""
    return plan_from(project, together.read(**lists(project)))


def lists(project: Project) -> dict[str, QuerySet]:
    """What `plan_from` is made of, for a page that reads it with more (core.together)."""
    plans = project.plan_versions.all()
    return {
        "plan_versions": project.plan_versions.order_by("-number")[:1],
        "activities": project.activities.all(),
        "lines": project.lines.select_related("activity"),
        "activity_versions": _last(ActivityVersion.objects.filter(plan__in=plans), "activity_id"),
        "line_versions": _last(LineVersion.objects.filter(plan__in=plans), "line_id"),
    }


def plan_from(project: Project, read: Mapping[str, list[Any]]) -> Plan:
    """The plan of today from what was read of `lists`."""
    version = next(iter(read["plan_versions"]), None)
    return Plan(
        version,
        version.months if version else project.call.months,
        _kept(read["activities"], read["activity_versions"]),
        _valued(read["lines"], read["line_versions"]),
    )


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
    versions = _last(ActivityVersion.objects.filter(plan__in=plans), "activity_id")
    return _kept(_there(project.activities.all(), plans), versions)


def _lines(project: Project, plans: QuerySet[PlanVersion]) -> list[BaselineLine]:
    versions = _last(LineVersion.objects.filter(plan__in=plans), "line_id")
    return _valued(_there(project.lines.select_related("activity"), plans), versions)


def _kept(activities: Iterable[Any], versions: Iterable[Any]) -> list[BaselineActivity]:
    """Activities as their last versions say, without those that were dropped."""
    changed = {row.activity_id: row for row in versions}
    rows = [(row, changed.get(row.pk)) for row in activities]
    return [_replaced(row, last, OF_AN_ACTIVITY) for row, last in rows if last is None or not last.dropped]


def _valued(lines: Iterable[Any], versions: Iterable[Any]) -> list[BaselineLine]:
    """Lines with the money that their last versions give them."""
    changed = {row.line_id: row for row in versions}
    return [_replaced(row, changed.get(row.pk), OF_A_LINE) for row in lines]


def _there(rows: QuerySet, plans: QuerySet[PlanVersion]) -> QuerySet:
    """Those of the baseline, and those that one of the versions added."""
    return rows.filter(Q(added_by=None) | Q(added_by__in=plans)).order_by("order", "id")


def _last(versions: QuerySet, of: str) -> QuerySet:
    """The last one of each activity or line that was changed."""
    return versions.order_by(of, "-plan__number").distinct(of)


def _replaced(row: Any, version: Any, names: tuple[str, ...]) -> Any:
    """A row of the baseline with the values of a version of it, where there is one."""
    for name in names if version else ():
        setattr(row, name, getattr(version, name))
    return row
