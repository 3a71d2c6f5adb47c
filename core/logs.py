"""What must not stand in a log: the secrets in addresses that log people in, and what people search for."""

import re
from collections.abc import MutableMapping
from typing import Any

# The part after these is a key: who reads the log could use it.
KEYS = re.compile(
    r"(/(?:invitations|firm-links|report-parts|accounts/password/reset/key|accounts/confirm-email|calendar/\d+)/)[^/\s\"\\]+"
)
QUERY = re.compile(r"(/[^\s?\"\\]*)\?[^\s\"\\]*")


def without_keys(text: str) -> str:
    """An address, or a text with addresses, that lost its keys and keeps its query."""
    return KEYS.sub(r"\1…", text)


def without_secrets(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A processor of structlog: addresses lose their keys and their queries, in every text of an event."""
    for name, value in event.items():
        if isinstance(value, str) and "/" in value:
            event[name] = QUERY.sub(r"\1?…", without_keys(value))
    return event


def without_keys_in_reports(event: Any, _hint: Any) -> Any:
    """What Sentry is sent of a request that failed: its address without keys and without a query, and nothing that the
    page before was."""
    request = event.get("request")
    if isinstance(request, dict):
        request["url"] = without_keys(str(request.get("url", "")))
        request.pop("query_string", None)
        headers = request.get("headers")
        if isinstance(headers, dict):
            request["headers"] = {name: value for name, value in headers.items() if name.lower() != "referer"}
    return event
