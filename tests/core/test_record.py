"""What the database itself refuses, whatever the code says: tried in SQL, as the application's own user."""

import pytest
from django.db import DatabaseError, connection, transaction

from core import documents, health, timeline
from core.models import Case, Document, Event, EventText
from tests.clock import NOON
from tests.factories import make_case

pytestmark = pytest.mark.django_db


@pytest.fixture
def told(admin) -> Case:
    """A case with three events, the last with a text."""
    case = make_case()
    for number in range(2):
        timeline.record(case, "thing.done", by=admin, now=NOON, obj=case, number=number)
    timeline.record(case, "thing.told", by=admin, now=NOON, obj=case, text="In somebody's words.")
    return Case.objects.get(pk=case.pk)


def refused(sql: str, *values) -> str:
    """Run a statement that must fail; answers what the database said."""
    with pytest.raises(DatabaseError) as error, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)
    return str(error.value)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE core_event SET at = now()",
        "UPDATE core_event SET data = data WHERE sequence = 1",
        "DELETE FROM core_event",
        "TRUNCATE core_event",
        "TRUNCATE core_event CASCADE",
        "ALTER TABLE core_event DISABLE TRIGGER USER",
        "ALTER TABLE core_event DISABLE TRIGGER ALL",
        "DROP TRIGGER event_stays ON core_event",
        "DROP TABLE core_event",
        "SET session_replication_role = replica",
        "TRUNCATE core_eventtext CASCADE",
        "DROP FUNCTION core_event_stays() CASCADE",
        "CREATE TABLE public.mine (id int)",
    ],
)
def test_the_timeline_only_grows(told, sql):
    assert "permission denied" in refused(sql) or "must be owner" in refused(sql)
    assert Event.objects.filter(case=told).count() == 3


@pytest.mark.parametrize(
    "sql", ["UPDATE core_event SET at = now()", "DELETE FROM core_event", "TRUNCATE core_event CASCADE"]
)
def test_not_even_its_owner_changes_an_event(owner, sql):
    """The rights are one lock, the triggers another."""
    assert "The timeline only grows" in owner(sql)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE core_eventtext SET text = 'Other words.'",
        "UPDATE core_eventtext SET salt = gen_random_uuid()",
        "UPDATE core_eventtext SET text = '', salt = gen_random_uuid()",
        "DELETE FROM core_eventtext",
    ],
)
def test_the_text_of_an_event_is_not_changed(told, sql):
    refused(sql)
    assert EventText.objects.get().text == "In somebody's words."


def test_the_text_of_an_event_can_be_erased_and_the_chain_still_holds(told):
    EventText.objects.update(text="")
    assert list(timeline.broken_links(told)) == []


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE core_case SET length = length - 1",
        "UPDATE core_case SET length = length + 1",
        "UPDATE core_case SET length = length + 2",
        "UPDATE core_case SET head = ''",
        "UPDATE core_case SET head = 'x', length = length + 1",
        "UPDATE core_case SET kind = 'call'",
        "INSERT INTO core_case (kind, title, created_at, length, head) VALUES ('group', 'x', now(), 3, 'x')",
        "DELETE FROM core_case; SET CONSTRAINTS ALL IMMEDIATE",
    ],
)
def test_the_head_of_a_case_follows_its_events(told, sql):
    assert "case" in refused(sql)
    told.refresh_from_db()
    assert told.length == 3


@pytest.mark.parametrize("sequence, previous", [(3, None), (5, None), (4, "x"), (4, "")])
def test_an_event_follows_the_last_one_of_its_case(told, sequence, previous):
    said = refused(
        "INSERT INTO core_event (case_id, sequence, at, action, object_kind, object_id, from_state, to_state, data,"
        " text_digest, previous_hash, hash) VALUES (%s, %s, now(), 'x', 'x', 1, '', '', '{}', '', %s, 'x')",
        told.pk,
        sequence,
        told.head if previous is None else previous,
    )
    assert "An event follows the last one of its case" in said


@pytest.mark.parametrize(
    "column, value",
    [
        ("sha256", "'0'"),
        ("size", "size + 1"),
        ("file", "'other'"),
        ("case_id", "case_id + 1"),
        ("content_type", "'text/html'"),
        ("content_hash", "'x'"),
        ("kind", "'other'"),
        ("created_at", "now()"),
    ],
)
def test_a_stored_file_stays_what_it_was(admin, column, value):
    document = documents.store_bytes(
        case=make_case(),
        kind="test",
        owner_id=1,
        filename="a.pdf",
        content_type="application/pdf",
        data=b"%PDF-1.7 %%EOF",
        by=admin,
        now=NOON,
    )
    assert "stays what it was" in refused(
        f"UPDATE core_document SET {column} = {value} WHERE id = %s", document.pk
    )
    Document.objects.filter(pk=document.pk).update(owner_id=2)  # where it belongs may become clear later


def test_an_empty_file_is_no_document(admin):
    case = make_case()
    assert "document_not_empty" in refused(
        "INSERT INTO core_document (case_id, kind, owner_id, filename, file, content_type, size, sha256, content_hash,"
        " created_at, scan) VALUES (%s, 'x', 1, 'x', 'x', 'x', 0, 'x', '', now(), '')",
        case.pk,
    )


def test_the_application_is_safe_with_its_own_user(db):
    assert health.unsafe_powers() == []


def test_the_owner_would_be_refused_at_the_start(owner_connection):
    with owner_connection():
        powers = health.unsafe_powers()
        assert len(powers) == 2
        with pytest.raises(
            SystemExit, match=r"LSP cannot start: the database user “\w+” of DATABASE_URL owns tables"
        ):
            health.refuse_unsafe_database()
