"""A database for each process of the tests: made by the owner, used by the application's own user.

Migrating takes seconds, so it is done once for one set of migrations, in a template; each run copies that.
Transactional tests are cleaned up by the owner, who takes the triggers off inside the transaction that does it: no
other connection ever sees them off, and the application's user could not take them off.
"""

import hashlib
import io
import os
from collections.abc import Iterator
from contextlib import contextmanager

import django
import environ
import psycopg2
from django.conf import settings
from django.core.management import call_command
from django.db import connections

from lsp_program.management.commands.set_up_roles import give_rights

APPS = ("accounts", "applications", "core", "grants", "groups", "reports")
TEMPLATE, RUN = "lsp_template_", "lsp_run_"
LOCK = 7_206_106  # any number, but one for all runs on a server


def owner_settings() -> dict:
    return environ.Env.db_url_config(os.environ["MIGRATION_DATABASE_URL"])


def connect_as_owner(name: str = ""):
    """A connection of the owner's own, outside Django; to its home database when none is named."""
    owner = owner_settings()
    connection = psycopg2.connect(
        host=owner["HOST"],
        port=owner["PORT"] or 5432,
        user=owner["USER"],
        password=owner["PASSWORD"],
        dbname=name or owner["NAME"],
    )
    connection.autocommit = True
    return connection


def migrations_digest() -> str:
    """Changes whenever a fresh database would come out differently."""
    files = [path for app in APPS for path in sorted((settings.BASE_DIR / app / "migrations").glob("*.py"))]
    files.append(settings.BASE_DIR / "lsp_program" / "management" / "commands" / "set_up_roles.py")
    found = hashlib.sha256(django.__version__.encode())
    for path in files:
        found.update(str(path.relative_to(settings.BASE_DIR)).encode() + path.read_bytes())
    return found.hexdigest()[:12]


@contextmanager
def default_connection(**changes) -> Iterator[None]:
    """Django's own connection under other settings, for as long as this lasts."""
    connection = connections["default"]
    before = dict(connection.settings_dict)
    connection.close()
    connection.settings_dict.update(changes)
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict.update(before)


def create_run_database() -> str:
    """A fresh database for this process; answers its name. The caller drops it."""
    template, name = TEMPLATE + migrations_digest(), f"{RUN}{os.getpid()}"
    home = connect_as_owner()
    try:
        with home.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
            cursor.execute("SELECT datname FROM pg_database WHERE datname ~ '^lsp_(template|run)_'")
            found = {row[0] for row in cursor.fetchall()}
            for left in found:
                if left == name or (left.startswith(RUN) and not alive(left.removeprefix(RUN))):
                    _drop(cursor, left)
            if template not in found:
                for old in found:
                    if old.startswith(TEMPLATE):
                        _drop(cursor, old)
                _make_template(cursor, template)
            cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    finally:
        home.close()
    return name


def _make_template(cursor, template: str) -> None:
    half = f"{template}_half"
    cursor.execute(f'DROP DATABASE IF EXISTS "{half}"')
    cursor.execute(f'CREATE DATABASE "{half}"')
    user, owner = connections["default"].settings_dict["USER"], owner_settings()
    with default_connection(NAME=half, USER=owner["USER"], PASSWORD=owner["PASSWORD"]):
        call_command("migrate", verbosity=0, interactive=False)
        call_command("createcachetable")
        give_rights(user)
    cursor.execute(f'ALTER DATABASE "{half}" RENAME TO "{template}"')


def drop_run_database(name: str) -> None:
    home = connect_as_owner()
    try:
        with home.cursor() as cursor:
            _drop(cursor, name)
    finally:
        home.close()


def _drop(cursor, name: str) -> None:
    """Drop a database, ending what the application's user left connected (only that user may)."""
    user = environ.Env.db_url_config(os.environ["DATABASE_URL"])
    mine = psycopg2.connect(
        host=user["HOST"],
        port=user["PORT"] or 5432,
        user=user["USER"],
        password=user["PASSWORD"],
        dbname=owner_settings()["NAME"],
    )
    try:
        with mine.cursor() as ending:
            ending.execute(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s AND usename = current_user",
                [name],
            )
    finally:
        mine.close()
    # Not by force: that would need a right over the server's own vacuum, which a plain DROP sends away by itself.
    cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')


def alive(pid: str) -> bool:
    try:
        os.kill(int(pid), 0)
    except (ValueError, ProcessLookupError):
        return False
    except PermissionError:
        pass
    return True


class Cleaner:
    """Brings the run's database back to what the migrations left, after a test that committed."""

    def __init__(self, name: str):
        self.connection = connect_as_owner(name)
        with self.connection.cursor() as cursor:
            cursor.execute(
                "SELECT c.relname, EXISTS(SELECT FROM pg_trigger t WHERE t.tgrelid = c.oid AND NOT t.tgisinternal)"
                " FROM pg_class c WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace"
                " AND c.relname <> 'django_migrations'"
            )
            rows = cursor.fetchall()
            self.tables = [table for table, _guarded in rows]
            self.guarded = [table for table, guarded in rows if guarded]
            self.initial = {table: self._copy_out(cursor, table) for table in self.tables}

    @staticmethod
    def _copy_out(cursor, table: str) -> str:
        out = io.StringIO()
        cursor.copy_expert(f'COPY "{table}" TO STDOUT', out)
        return out.getvalue()

    def clean(self) -> None:
        """Delete every row and put the migrations' own rows back, in one transaction."""
        with self.connection.cursor() as cursor:
            cursor.execute("BEGIN; SET LOCAL lock_timeout = '10s'")
            for table in self.guarded:
                cursor.execute(f'ALTER TABLE "{table}" DISABLE TRIGGER USER')
            cursor.execute(";".join(f'DELETE FROM "{table}"' for table in self.tables))
            for table, rows in self.initial.items():
                if rows:
                    cursor.copy_expert(f'COPY "{table}" FROM STDIN', io.StringIO(rows))
            # References are checked at the end; only then may triggers come back.
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            for table in self.guarded:
                cursor.execute(f'ALTER TABLE "{table}" ENABLE TRIGGER USER')
            cursor.execute("COMMIT")

    def close(self) -> None:
        self.connection.close()
