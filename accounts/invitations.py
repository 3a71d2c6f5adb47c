"""What accepting an invitation means: each app registers the roles that it invites to (in AppConfig.ready)."""

import hashlib
from collections.abc import Callable
from datetime import datetime

from accounts.models import Invitation, User

# Called as handler(invitation, user, now), in the transaction of the acceptance. May raise core.workflow.Refusal, and may
# answer the address of the page where the person goes on.
Handler = Callable[[Invitation, User, datetime], str | None]

_handlers: dict[str, Handler] = {}


def register(role: str, handler: Handler) -> None:
    """Say what happens when somebody accepts an invitation to this role."""
    _handlers[role] = handler


def handler_of(role: str) -> Handler:
    """What was registered for a role; KeyError when nothing was."""
    return _handlers[role]


def digest(token: str) -> str:
    """What the database keeps of a token."""
    return hashlib.sha256(token.encode()).hexdigest()
