"""What must not stand in a log: the secrets in addresses that log people in, and what people search for."""

import re
from collections.abc import MutableMapping
from typing import Any

# The part after these is a key: who reads the log could use it.
KEYS = re.compile(
    r"(/(?:invitations|firm-links|accounts/password/reset/key|accounts/confirm-email)/)[^/\s\"\\]+"
)
QUERY = re.compile(r"(/[^\s?\"\\]*)\?[^\s\"\\]*")


def without_secrets(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A processor of structlog: addresses lose their keys and their queries, in every text of an event."""
    for name, value in event.items():
        if isinstance(value, str) and "/" in value:
            event[name] = QUERY.sub(r"\1?…", KEYS.sub(r"\1…", value))
    return event
