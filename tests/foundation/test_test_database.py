"""The tests' own ground: the application's user owns nothing, and every test starts from a clean database."""

import os

import psycopg2
import pytest
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from accounts.models import User
from core import timeline
from core.models import Case, Event
from tests.clock import LONG_BEFORE
from tests.factories import make_case


def refused(sql: str) -> bool:
    """Whether the database refuses the application's user."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
    except DatabaseError:
        return True
    return False


@pytest.mark.django_db
@pytest.mark.parametrize(
    "sql",
    [
        "TRUNCATE core_case CASCADE",
        "TRUNCATE django_session",
        "UPDATE core_event SET action = 'other'",
        "DELETE FROM core_event",
        "ALTER TABLE core_event DISABLE TRIGGER ALL",
        "SET session_replication_role = replica",
        "DROP TABLE django_session",
        "CREATE TABLE mine (id int)",
        "DELETE FROM django_migrations",
        "CREATE ROLE other",
    ],
)
def test_the_application_may_not(sql):
    make_case()
    assert refused(sql)


@pytest.mark.django_db
def test_the_application_owns_nothing():
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_class WHERE pg_get_userbyid(relowner) = current_user")
        assert cursor.fetchone() == (0,)
        cursor.execute(
            "SELECT rolsuper, rolcreaterole, rolcreatedb, rolbypassrls FROM pg_roles WHERE rolname = current_user"
        )
        assert cursor.fetchone() == (False, False, False, False)


@pytest.mark.django_db
def test_the_application_may_read_and_write_its_rows():
    Session.objects.create(session_key="key", session_data="one", expire_date=LONG_BEFORE)
    assert Session.objects.filter(session_key="key").update(session_data="two") == 1
    assert Session.objects.filter(session_data="two").delete()[0] == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("time", [1, 2])
def test_what_a_test_committed_is_gone_in_the_next(time, admin):
    assert User.objects.count() == 1
    assert not Case.objects.exclude(kind=Case.Kind.SYSTEM).exists()
    case = make_case()
    timeline.record(case, "test.happened", by=admin, now=LONG_BEFORE, obj=case, text="words")
    assert Event.objects.filter(case=case).count() == 1
    # The guards stand again after the cleaning of the test before this one.
    assert refused("DELETE FROM accounts_rolegrant")


@pytest.mark.django_db
def test_the_cast_has_its_roles(approver, finance2, reviewer1, auditor, officer, representative):
    assert [
        role for person in (approver, finance2, reviewer1, auditor, officer) for role in person.staff_roles()
    ] == [
        "approver",
        "finance",
        "reviewer",
        "auditor",
        "officer",
    ]
    assert not representative.staff_roles()


@pytest.mark.django_db
def test_the_owner_is_not_given_the_applications_rights(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", f"postgres://{connection.settings_dict['USER']}:x@127.0.0.1/lsp")
    with pytest.raises(CommandError, match="two different users"):
        call_command("set_up_roles")


@pytest.mark.django_db(transaction=True)
def test_a_process_of_its_own_works_on_the_same_database(admin):
    with psycopg2.connect(os.environ["DATABASE_URL"]) as other, other.cursor() as cursor:
        cursor.execute("SELECT email FROM accounts_user")
        assert cursor.fetchall() == [(admin.email,)]
    other.close()
