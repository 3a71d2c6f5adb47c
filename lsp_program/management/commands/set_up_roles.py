"""Gives the application's database user its rights, and not one more (see docs/adr/two-database-users.md)."""

import environ
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connection, transaction

# Rows that are written once: the database refuses to change them, whatever the code says.
APPEND_ONLY = ("core_event",)
# Kept by `migrate` alone; the application only reads which migrations have run.
READ_ONLY = ("django_migrations",)


def give_rights(user: str) -> None:
    """Let `user` read and write rows in this database. Called by the owner, after the tables exist; repeats safely.

    Nobody but the owner may create, alter or empty (TRUNCATE) a table.
    """
    quote = connection.ops.quote_name
    tables = set(connection.introspection.table_names())
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
        cursor.execute(f"GRANT USAGE ON SCHEMA public TO {quote(user)}")
        for what, rights in (("TABLES", "SELECT, INSERT, UPDATE, DELETE"), ("SEQUENCES", "USAGE, SELECT")):
            cursor.execute(f"GRANT {rights} ON ALL {what} IN SCHEMA public TO {quote(user)}")
            cursor.execute(
                f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT {rights} ON {what} TO {quote(user)}"
            )
        for table in tables.intersection(APPEND_ONLY):
            cursor.execute(f"REVOKE UPDATE, DELETE ON {quote(table)} FROM {quote(user)}")
        for table in tables.intersection(READ_ONLY):
            cursor.execute(f"REVOKE INSERT, UPDATE, DELETE ON {quote(table)} FROM {quote(user)}")


class Command(BaseCommand):
    help = (
        "As the owner of the tables: gives the user of DATABASE_URL its rights. Run it after each `migrate`."
    )

    def handle(self, *, verbosity: int = 1, **options):
        user = environ.Env().db("DATABASE_URL")["USER"]
        if user == connection.settings_dict["USER"]:
            raise CommandError("DATABASE_URL and MIGRATION_DATABASE_URL must name two different users.")
        try:
            give_rights(user)
        except DatabaseError as error:
            raise CommandError(f"The database refused: {str(error).strip().splitlines()[0]}") from error
        if verbosity:
            self.stdout.write(f"{user} may read and write rows; the timeline only grows.")
