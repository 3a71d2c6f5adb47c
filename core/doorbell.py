"""Waking a worker after a commit. The rows are the truth and a sweeper reads them: a bell that nobody hears costs
seconds, so ringing never holds a request for long and never fails it.
"""

import logging
import threading
import time
from collections.abc import Callable

from celery import current_app
from django.db import transaction

log = logging.getLogger(__name__)

PATIENCE = 0.7  # seconds that a request waits for the queue, at most
SILENCE = 15.0  # seconds without ringing after the queue did not answer

_quiet_until = 0.0
_ringers: dict[str, Callable[[], None]] = {}


def ring_on_commit(task: str) -> None:
    """Wake a worker for a task (its name, without arguments) once this transaction is in the database: one bell for
    however many rows."""
    ringer = _ringers.setdefault(task, _ringer(task))
    waiting = transaction.get_connection().run_on_commit
    if not any(entry[1] is ringer for entry in waiting):
        transaction.on_commit(ringer, robust=True)


def _ringer(task: str) -> Callable[[], None]:
    def ringer() -> None:
        ring(task)

    return ringer


def ring(task: str) -> bool:
    """Send a task to the queue, waiting `PATIENCE` at most. Answers whether the queue took it."""
    global _quiet_until
    if time.monotonic() < _quiet_until:
        return False
    heard = threading.Event()

    def send() -> None:
        try:
            current_app.send_task(task, ignore_result=True)
            heard.set()
        except Exception as error:
            log.warning("queue not reached", extra={"task": task, "reason": type(error).__name__})

    # In a thread, because no set of time-outs bounds all that a client does before it gives up.
    ringer = threading.Thread(target=send, daemon=True, name="doorbell")
    ringer.start()
    ringer.join(PATIENCE)
    if not heard.is_set():
        _quiet_until = time.monotonic() + SILENCE
    return heard.is_set()
