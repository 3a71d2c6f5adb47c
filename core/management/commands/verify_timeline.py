"""Reads the whole timeline and says where its chain does not hold (PROGRAMME 6.9)."""

from django.core.management.base import BaseCommand, CommandError

from core import timeline
from core.models import Case


class Command(BaseCommand):
    help = "Verifies the chain of every case. Lists each broken link, and then ends with 1."

    def handle(self, **options):
        cases = broken = 0
        for case in Case.objects.order_by("pk").iterator():
            cases += 1
            for sentence in timeline.broken_links(case):
                broken += 1
                self.stdout.write(sentence)
        if broken:
            raise CommandError(f"The timeline was tampered with: {broken} broken links in {cases} cases.")
        self.stdout.write(f"The timeline is whole: {cases} cases.")
