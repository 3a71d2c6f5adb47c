"""What follows elsewhere when a firm leaves its group. Groups know nothing of what runs on them: the apps that do register
here (in AppConfig.ready) what the page says beforehand, and what the action does besides."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from groups.models import Firm, Group


@dataclass(frozen=True)
class Follow:
    """What follows in one place: its name and page, and a sentence for each thing."""

    title: str
    url: str
    sentences: list[str]


# Called as says(group, firm, now) and as effect(group, firm, by=, now=), under the lock of the group's case.
Says = Callable[[Group, Firm, datetime], Iterable[Follow]]

_says: list[Says] = []
_effects: list[Callable[..., None]] = []


def register(says: Says, effect: Callable[..., None]) -> None:
    """Add what follows somewhere."""
    _says.append(says)
    _effects.append(effect)


def follows(group: Group, firm: Firm, now: datetime) -> list[Follow]:
    """All that follows, for who is about to say that the firm leaves."""
    return [follow for says in _says for follow in says(group, firm, now)]


def apply(group: Group, firm: Firm, *, by: Any, now: datetime) -> None:
    """Do what follows, in the transaction in which the firm leaves."""
    for effect in _effects:
        effect(group, firm, by=by, now=now)
