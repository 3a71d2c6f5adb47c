"""What later apps show on the page of a project: each registers a part (AppConfig.ready), by its name.

A part is a function of the project and the reader: `part(project, *, plan, user, now, rows)` answers the template to include
and its context, or None when it has nothing to say to this person. `plan` is that of today (grants.amendments.in_force.Plan).
What it reads of the project it names with it, as a queryset: the page reads those of all parts in one query
(grants.project_reading), and hands each its own as `rows`.
"""

from collections.abc import Callable, Mapping
from typing import Any

from django.db.models import QuerySet

Part = Callable[..., tuple[str, dict[str, Any]] | None]
Reads = Callable[[Any], QuerySet]

_parts: dict[str, tuple[Part, Reads]] = {}


def register(name: str, part: Part, *, reads: Reads) -> None:
    """Show a part on every project's page, in the order in which they come. `reads` makes the queryset of a project's rows,
    whoever reads the page: the part itself shows them only to whom it may."""
    _parts[name] = part, reads


def lists(project: Any) -> dict[str, QuerySet]:
    """What the parts read, by their names."""
    return {name: reads(project) for name, (_part, reads) in _parts.items()}


def of(
    project: Any, *, plan: Any, user: Any, now: Any, read: Mapping[str, list[Any]]
) -> list[dict[str, Any]]:
    """The parts of a project for a reader: `template` and `context`. `read` is what was read of `lists`."""
    found = [
        part(project, plan=plan, user=user, now=now, rows=read[name])
        for name, (part, _reads) in _parts.items()
    ]
    return [{"template": each[0], "context": each[1]} for each in found if each is not None]
