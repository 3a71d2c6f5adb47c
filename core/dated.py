"""States that a date changes: a call that closes, an answer that did not come. Apps register how, in
AppConfig.ready(); a worker runs them all every few minutes."""

import logging
from collections.abc import Callable
from datetime import datetime

log = logging.getLogger(__name__)

# Called as change(now): moves what is due through its workflow, as the system, each in its own transaction. Running it
# twice, late or at once with another changes nothing more.
Change = Callable[[datetime], object]

_changes: dict[str, Change] = {}


def register(name: str, change: Change) -> None:
    """Add a change. The same name again replaces it."""
    _changes[name] = change


def run_due(now: datetime) -> list[str]:
    """Run every change; answers the names of those that failed. One that fails does not stop the others."""
    failed = []
    for name, change in sorted(_changes.items()):
        try:
            change(now)
        except Exception:
            log.exception("dated change failed", extra={"change": name})
            failed.append(name)
    return failed
