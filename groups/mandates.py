"""What the days of a mandate to stand in mean elsewhere. Groups know nothing of projects: the apps that do register here (in
AppConfig.ready) what is said to who nominates and to who confirms. It is a warning: an officer decides."""

from collections.abc import Callable
from datetime import date

from groups.models import Group

# Called as warning(group, first, last): "" or the sentence about these days.
Doubt = Callable[[Group, date, date], str]

_warnings: list[Doubt] = []


def register(warning: Doubt) -> None:
    """Add a warning."""
    _warnings.append(warning)


def warnings(group: Group, first: date | None, last: date | None) -> list[str]:
    """All that there is to say about the days of a mandate; nothing about an appointment without days."""
    if first is None or last is None:
        return []
    return [sentence for warning in _warnings if (sentence := warning(group, first, last))]
