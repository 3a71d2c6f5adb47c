"""Everything that the owner does to a database before the application may use it."""

from django.core.management import call_command
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "As the owner: migrates, makes the cache's table, gives the application's user its rights. Repeats safely."

    def handle(self, *, verbosity: int = 1, **options):
        call_command("migrate", verbosity=verbosity, interactive=False)
        call_command("createcachetable", verbosity=verbosity)
        call_command("set_up_roles", verbosity=verbosity, stdout=self.stdout)
