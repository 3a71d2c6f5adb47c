"""What holds a group as it is: who belongs to it cannot change while something that counts on it waits.

Groups know nothing of what they apply for. The apps that do register a reason here (in AppConfig.ready), and the actions
of this app ask before they change a member, an institution, or what the group says of itself. What a firm says of itself
is not held: it is known once in the whole system (PROGRAMME 2), and answers for itself.
"""

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum

from core.workflow import TransitionRefused
from groups.models import Group


class Part(StrEnum):
    """What can be held. The values are the codes of the sections of an application that show it."""

    MEMBERS = "members"
    INSTITUTIONS = "institutions"


# Called as reason(group, part, now): "" or the sentence that says why this part cannot change now.
Reason = Callable[[Group, Part, datetime], str]

_reasons: list[Reason] = []


def register(reason: Reason) -> None:
    """Add a reason."""
    _reasons.append(reason)


def why(group: Group, part: Part, now: datetime) -> str:
    """Why a part of a group cannot change now, in a sentence; "" when it can."""
    return next((sentence for reason in _reasons if (sentence := reason(group, part, now))), "")


def refuse(group: Group, part: Part, now: datetime) -> None:
    """For an action that holds the group's lock. Raises TransitionRefused."""
    if sentence := why(group, part, now):
        raise TransitionRefused(sentence)
