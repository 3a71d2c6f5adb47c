"""Writing a version of the plan: in one transaction, under the project's lock, sealed at its end. The database refuses
anything else (see the migrations), and a version whose lines are not the approved amount.
"""

import datetime as dt
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

from core.dates import day_of
from grants.amendments import in_force
from grants.models import (
    ActivityVersion,
    Amendment,
    BaselineActivity,
    BaselineLine,
    LineVersion,
    PlanVersion,
    Project,
)


@contextmanager
def new_version(
    project: Project,
    *,
    now: dt.datetime,
    amendment: Amendment | None = None,
    ground: str = "",
    months: int | None = None,
) -> Iterator[PlanVersion]:
    """A version that is open while the block runs. The caller holds the case's lock; `ground` names the act where it is no
    amendment. It is in force from the day of `now`."""
    Project.objects.select_for_update(no_key=True).get(pk=project.pk)
    last = in_force.version_on(project)
    plan = PlanVersion.objects.create(
        project=project,
        number=last.number + 1 if last else 1,
        in_force_from=max(day_of(now), last.in_force_from) if last else day_of(now),
        months=months or in_force.months_of(project),
        amendment=amendment,
        ground=ground,
        made_at=now,
    )
    yield plan
    plan.sealed = True
    plan.save(update_fields=["sealed"])


def write_activities(plan: PlanVersion, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    """What changed of the activities, and the new ones with an identity of their own."""
    old = {row["id"]: row for row in before["activities"]}
    place = max((row.order for row in plan.project.activities.all()), default=0)
    for row in after["activities"]:
        if row == old.get(row["id"]):
            continue
        values = {name: row[name] for name in in_force.OF_AN_ACTIVITY}
        pk = row["id"]
        if pk is None:
            place += 1
            pk = BaselineActivity.objects.create(
                project=plan.project, added_by=plan, order=place, name=row["name"], **values
            ).pk
        ActivityVersion.objects.create(plan=plan, activity_id=pk, dropped=row["dropped"], **values)


def write_lines(plan: PlanVersion, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    """What changed of the lines, and the new ones with an identity of their own."""
    old = {row["id"]: row for row in before["lines"]}
    place = max((row.order for row in plan.project.lines.all()), default=0)
    for row in after["lines"]:
        if row == old.get(row["id"]):
            continue
        pk = row["id"]
        if pk is None:
            place += 1
            pk = BaselineLine.objects.create(
                project=plan.project,
                added_by=plan,
                order=place,
                category=row["category"],
                description=row["description"],
                programme_share=0,
                group_share=0,
            ).pk
        LineVersion.objects.create(
            plan=plan,
            line_id=pk,
            programme_share=Decimal(row["programme"]),
            group_share=Decimal(row["group"]),
        )
