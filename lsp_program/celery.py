"""The queue and its timetable: ONE table of what runs when (Buenos Aires time)."""

import os

import django
from celery import Celery
from celery.schedules import crontab
from celery.signals import import_modules

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lsp_program.settings")


@import_modules.connect
def _check_database(**_kwargs) -> None:
    """Worker and scheduler begin with this. It stands before the app is made, since Celery's own first look at the
    models would answer a database that is not there with pages of text."""
    django.setup()
    from core.health import refuse_unsafe_database

    refuse_unsafe_database()


app = Celery("lsp_program")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

# Every line is a scan of rows that are due; running one twice, late or five times at once changes nothing.
app.conf.beat_schedule = {
    "messages that no worker heard of": {"task": "core.tasks.send_messages", "schedule": 20.0},
    "jobs that no worker heard of": {"task": "core.tasks.run_waiting_jobs", "schedule": 30.0},
    "files that wait for the virus scanner": {"task": "core.tasks.scan_files", "schedule": 60.0},
    "states that a date changes": {
        "task": "core.tasks.run_dated_changes",
        "schedule": crontab(minute="*/10"),
    },
    "reminders of the day": {"task": "core.tasks.remind", "schedule": crontab(hour="8-20", minute=5)},
}
