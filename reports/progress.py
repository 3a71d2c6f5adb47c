"""How far a project is, as its own page shows it: the curve, the bars, the tables beside them, and what slipped. Read from
what reports handed over, and from the plan where none was yet."""

from typing import Any

from django.utils.translation import gettext as _

from grants.amendments.in_force import Plan
from reports import curve, drawing


def progress_of_project(plan: Plan, reports: list[Any]) -> dict[str, Any]:
    """For templates/reports/_progress.html: the plan of today, and all reports of the project (curve.with_answers). No query."""
    said = curve.history(reports)
    last = {row["id"]: row for row in said[-1]["activities"]} if said else {}
    rows = [_row(activity, last.get(activity.pk, {})) for activity in plan.activities]
    points = curve.points(curve.spans_of(plan.activities), plan.months, curve.done_by_month(said))
    return {**shown(points, rows, plan.months), "slips": _slips(said)}


def progress_of_snapshot(snapshot: dict[str, Any]) -> dict[str, Any]:
    """The same from the frozen form of one report; {} of one from before there was a curve."""
    if "curve" not in snapshot:
        return {}
    rows = [{**row, "first": row["first_month"], "last": row["last_month"]} for row in snapshot["activities"]]
    return shown(snapshot["curve"], rows, snapshot["months"])


def shown(points: list[dict[str, Any]], rows: list[dict[str, Any]], months: int) -> dict[str, Any]:
    """The drawings with their tables."""
    bars = [
        drawing.Bar(row["name"], row["first"], row["last"], row["done"], row.get("expected")) for row in rows
    ]
    return {
        "points": points,
        "curve": drawing.s_curve(points, _("Planned and done by month, in per cent")),
        "rows": rows,
        "bars": drawing.bars(bars, months, _("The months of each activity, and how far it is")),
    }


def _row(activity: Any, said: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": activity.name,
        "first": activity.first_month,
        "last": activity.last_month,
        "done": said.get("done", 0),
        "planned": said.get("planned"),
        "expected": said.get("expected"),
        "reason": said.get("reason", ""),
    }


def _slips(said: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each time that an activity rolled forward, with its cause, the newest first."""
    found = []
    for report in said:
        for row in report["activities"]:
            if row.get("expected") and row["expected"] != row.get("rolled_from"):
                found.append(
                    {
                        "name": row["name"],
                        "number": report["number"],
                        "planned": row["last_month"],
                        "before": row.get("rolled_from") or row["last_month"],
                        "expected": row["expected"],
                        "reason": row["reason"],
                    }
                )
    return found[::-1][:20]
