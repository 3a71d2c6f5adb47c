"""What later apps show on the page of a project: each registers a part (AppConfig.ready), by its name.

A part is a function of the project and the reader: `part(project, *, plan, user, now)` answers the template to include and
its context, or None when it has nothing to say to this person. `plan` is that of today (grants.amendments.in_force.Plan).
"""

from collections.abc import Callable
from typing import Any

Part = Callable[..., tuple[str, dict[str, Any]] | None]

_parts: dict[str, Part] = {}


def register(name: str, part: Part) -> None:
    """Show a part on every project's page, in the order in which they come."""
    _parts[name] = part


def of(project: Any, *, plan: Any, user: Any, now: Any) -> list[dict[str, Any]]:
    """The parts of a project for a reader: `template` and `context`."""
    found = (part(project, plan=plan, user=user, now=now) for part in _parts.values())
    return [{"template": each[0], "context": each[1]} for each in found if each is not None]
