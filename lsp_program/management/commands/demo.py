"""`manage.py demo`: fill an empty system with the demonstration world."""

import datetime as dt
import time

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from core import dates


class Command(BaseCommand):
    """Deterministic: the same day gives the same world. Changes nothing where there are people already."""

    help = "Fill an empty system with the demonstration world."

    def add_arguments(self, parser) -> None:
        parser.add_argument("--on", metavar="YYYY-MM-DD", help="the day on which it is looked at (today)")

    def handle(self, *args, on: str | None = None, **options) -> None:
        if not settings.DEMO:
            raise CommandError("The demonstration needs DEMO=1; it must never run on a real system.")
        try:
            today = dt.date.fromisoformat(on) if on else dates.today()
        except ValueError:
            raise CommandError(f"--on takes a day like 2026-11-24, not “{on}”.") from None
        if User.objects.exists():
            self.stdout.write("The demonstration world is there already; nothing was changed.")
            return
        from lsp_program.demo.world import World

        began = time.monotonic()
        World(today).build()
        self.stdout.write(f"The demonstration world was made in {time.monotonic() - began:.0f} seconds.")
