"""What is told about visits: one function per message, an effect of what it tells."""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse

from accounts.models import User
from core import outbox
from core.dates import day_of
from grants.emails import day_text
from grants.models import Project, Visit


def _group(visit: Visit, now) -> list[User]:
    """The representative; from the project on its coordinator first."""
    project = Project.objects.filter(application=visit.application_id).first()
    if project:
        return project.people_to_tell(day_of(now))
    representative = visit.application.group.representative
    return [representative] if representative else []


def _tell(people: Iterable[User], template: str, visit: Visit, *, now, **context: Any) -> None:
    shown = {
        "title": visit.application.title,
        "group": visit.application.group.name,
        "url": reverse("visit_detail", args=[visit.pk]),
        "day": day_text(visit.on),
        "visitor": str(visit.visitor),
        "purpose": visit.purpose,
        **context,
    }
    for person in people:
        outbox.queue(
            key=f"visit.{visit.pk}.{template}.{visit.version}.{person.pk}",
            to=person,
            template=template,
            now=now,
            case=visit.case,
            context=shown,
        )


def planned(visit: Visit, *, now) -> None:
    """To the group: when, who, and what for; and to the visitor, where somebody else planned it."""
    visitor = [visit.visitor] if visit.visitor_id != visit.planned_by_id else []
    _tell([*_group(visit, now), *visitor], "visit_planned", visit, now=now)


def moved(visit: Visit, *, by, now, data) -> None:
    """To the group: another day."""
    _tell(_group(visit, now), "visit_moved", visit, now=now, reason=data["reason"])


def cancelled(visit: Visit, *, by, now, data) -> None:
    """To the group: it does not take place."""
    _tell(_group(visit, now), "visit_cancelled", visit, now=now, reason=data["reason"])


def logged(visit: Visit, *, by, now, data) -> None:
    """To the group: what was seen and agreed is there to read."""
    agreements = [f"{row.text} ({day_text(row.due_on)})" for row in visit.agreements.all()]
    _tell(_group(visit, now), "visit_logged", visit, now=now, agreements=agreements)
