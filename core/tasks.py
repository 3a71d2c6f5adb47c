"""What the queue runs. Thin and idempotent: a task only looks at rows that are due, so that running it twice, late or
five times at once changes nothing. The timetable is in lsp_program/celery.py."""

from celery import shared_task

from core import dated, dates, duties, jobs, outbox, scanning


@shared_task
def send_messages() -> None:
    """Send the messages that are due."""
    outbox.send_due(dates.now())


@shared_task
def run_waiting_jobs() -> None:
    """Do the work that waits."""
    jobs.run_waiting(dates.now())


@shared_task
def run_dated_changes() -> None:
    """Move what a date moves."""
    dated.run_due(dates.now())


@shared_task
def remind() -> None:
    """Write the reminders of the day."""
    now = dates.now()
    duties.remind(dates.day_of(now), now)


@shared_task
def scan_files() -> None:
    """Have the virus scanner look at what waits for it."""
    scanning.run_waiting(dates.now())
