"""Reads what must never change, and names what was changed all the same (PROGRAMME 6.9, 6.10)."""

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core import verifying
from core.models import Case


class Command(BaseCommand):
    help = (
        "Verifies the chains of all cases, the snapshots of submissions, decided amounts, envelopes and stored files. "
        "Names each thing that was tampered with, and then ends with 1."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--case", help="The reference or the number of one case: only that one.")

    def handle(self, **options):
        case = self._case(options["case"])
        broken = 0
        for name, check in verifying.all_checks():
            found = 0
            for sentence in check(case):
                found += 1
                self.stdout.write(sentence)
            broken += found
            self.stdout.write(f"{name}: {'whole' if not found else f'{found} broken'}")
        if broken:
            raise CommandError(f"Something was tampered with: {broken} in all.")
        self.stdout.write("Everything is whole.")

    @staticmethod
    def _case(given: str | None) -> Case | None:
        if not given:
            return None
        found = Case.objects.filter(reference=given).first()
        if found is None and given.isdecimal():
            found = Case.objects.filter(pk=int(given)).first()
        if found is None:
            raise CommandError(f"There is no case {given}.")
        return found
