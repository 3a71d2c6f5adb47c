"""What the tests of core share: the owner's own connection, a mail server that misbehaves, registries that come back."""

import pytest
from django.db import connections

from core import dated, documents, duties, jobs, outbox, timeline
from tests import database


@pytest.fixture(autouse=True)
def _registries_come_back(monkeypatch):
    """What a test registers is gone after it."""
    for module, name in (
        (dated, "_changes"),
        (documents, "_kinds"),
        (duties, "_sources"),
        (jobs, "_kinds"),
        (outbox, "_refresh"),
        (timeline, "_kinds"),
    ):
        monkeypatch.setattr(module, name, dict(getattr(module, name)))


@pytest.fixture
def owner_connection(transactional_db):
    """Django's connection as the owner of the tables, for as long as a with-block lasts."""
    owner = database.owner_settings()

    def change():
        return database.default_connection(USER=owner["USER"], PASSWORD=owner["PASSWORD"])

    return change


@pytest.fixture
def owner(django_db_setup, django_db_blocker):
    """Runs a statement as the owner, on an event that is rolled back; answers what the database said against it."""
    import psycopg2

    with django_db_blocker.unblock():
        own = database.connect_as_owner(connections["default"].settings_dict["NAME"])
    own.autocommit = False

    def run(sql: str) -> str:
        with own.cursor() as cursor:
            cursor.execute(
                "INSERT INTO core_case (kind, title, created_at, length, head) VALUES ('group', 'x', now(), 0, '')"
                " RETURNING id"
            )
            cursor.execute(
                "INSERT INTO core_event (case_id, sequence, at, action, object_kind, object_id, from_state, to_state,"
                " data, text_digest, previous_hash, hash)"
                " VALUES (%s, 1, now(), 'x', 'x', 1, '', '', '{}', '', '', 'x')",
                cursor.fetchone(),
            )
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            try:
                cursor.execute(sql)
            except psycopg2.Error as error:
                return str(error)
            finally:
                own.rollback()
        return ""

    yield run
    own.close()
