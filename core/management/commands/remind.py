"""Writes the reminders of a day (PROGRAMME 7). The scheduler does it by itself; this is for another day, or by hand."""

import datetime as dt

from django.core.management.base import BaseCommand, CommandError

from core import dates, duties


class Command(BaseCommand):
    help = "Writes the reminders of today, or of the day given. Running it again writes nothing more."

    def add_arguments(self, parser):
        parser.add_argument("--on", metavar="YYYY-MM-DD", help="the day; today in Buenos Aires if left out")

    def handle(self, *, on: str | None = None, **options):
        try:
            today = dt.date.fromisoformat(on) if on else dates.today()
        except ValueError as error:
            raise CommandError(f"{on} is not a day. Write it as 2026-11-24.") from error
        written = duties.remind(today, dates.now())
        self.stdout.write(f"{today}: {written} people get a reminder.")
