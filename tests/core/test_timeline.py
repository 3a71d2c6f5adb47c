"""The timeline: one order, one chain, one query; nothing internal for those outside; a tampered row is found."""

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from django.utils.translation import gettext_lazy

from accounts.models import User
from core import timeline
from core.models import Case, Event, EventText
from tests.clock import NOON
from tests.factories import make_case

pytestmark = pytest.mark.django_db


def tell(case: Case, count: int, by=None) -> None:
    for number in range(count):
        timeline.record(case, "thing.done", by=by, now=NOON, obj=case, number=number)


def test_events_form_a_chain_from_the_first_to_the_head_of_the_case(admin):
    case = make_case()
    tell(case, 3, admin)
    first, second, third = Event.objects.filter(case=case)
    assert (first.previous_hash, second.previous_hash) == ("", first.hash)
    case.refresh_from_db()
    assert (case.length, case.head) == (3, third.hash)
    assert list(timeline.broken_links(case)) == []


def test_the_chain_needs_a_key_that_the_database_does_not_have(settings):
    case = make_case()
    tell(case, 1)
    settings.TIMELINE_KEY = "another key that somebody made up, long enough"
    assert list(timeline.broken_links(case)) == [f"case {case.pk}: event 1 was changed"]


def test_data_is_what_json_can_say_and_text_is_apart(admin):
    case = make_case()
    event = timeline.record(
        case, "thing.done", by=admin, now=NOON, obj=case, text="Because.", until=NOON, ids=[1]
    )
    event = Event.objects.get(pk=event.pk)
    assert event.data == {"until": str(NOON), "ids": [1]}
    assert event.text.text == "Because."
    assert event.text_digest == timeline.text_digest(event.text)
    assert "Because." not in str(event.data)


TAMPERED = [
    ("UPDATE core_event SET data = '{\"number\": 9}' WHERE sequence = 2", "event 2 was changed"),
    ("UPDATE core_event SET at = at + interval '1 second' WHERE sequence = 1", "event 1 was changed"),
    ("UPDATE core_event SET actor_id = NULL WHERE sequence = 1", "event 1 was changed"),
    ("DELETE FROM core_event WHERE sequence = 2", "an event is missing before 3"),
    ("DELETE FROM core_event WHERE sequence = 4", "events are missing at the end"),
    ("UPDATE core_eventtext SET text = 'Other words.'", "the text of event 4 was changed"),
    ("UPDATE core_event SET text_digest = 'x' WHERE sequence = 4", "event 4 was changed"),
]


@pytest.mark.parametrize("sql, sentence", TAMPERED)
def test_who_can_write_past_every_lock_is_still_found_out(owner_connection, admin, sql, sentence, capsys):
    case = make_case()
    tell(case, 3, admin)
    timeline.record(case, "thing.told", by=admin, now=NOON, obj=case, text="In somebody's words.")
    with owner_connection(), connection.cursor() as cursor:
        for table in ("core_event", "core_eventtext"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(sql)
        for table in ("core_event", "core_eventtext"):
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    case.refresh_from_db()
    assert f"case {case.pk}: {sentence}" in list(timeline.broken_links(case))
    with pytest.raises(CommandError, match="tampered"):
        call_command("verify")
    assert sentence in capsys.readouterr().out


def test_a_whole_timeline_is_said_to_be_whole(admin, capsys):
    tell(make_case(), 2, admin)
    call_command("verify")
    assert "Everything is whole." in capsys.readouterr().out


def test_there_is_one_case_of_the_system(db):
    assert timeline.system_case(NOON) == timeline.system_case(NOON)
    assert Case.objects.filter(kind=Case.Kind.SYSTEM).count() == 1


# --- Reading it ------------------------------------------------------------------------------------


@pytest.fixture
def reader(stranger, monkeypatch) -> User:
    """Somebody of the group: reads the case, but not what the programme notes for itself."""
    monkeypatch.setattr(User, "reads_internal", lambda _self, _case: False)
    return stranger


def test_rows_are_newest_first_with_who_and_the_registered_words(admin, reader):
    timeline.register("thing.done", lambda event: f"Did number {event.data['number']}.")
    case = make_case()
    tell(case, 2, admin)
    tell(case, 1)
    rows = timeline.rows(case, reader)
    assert [row.sentence for row in rows] == ["Did number 0.", "Did number 1.", "Did number 0."]
    assert [row.actor for row in rows] == ["", "Ada Admin", "Ada Admin"]
    assert rows[0].at == NOON


def test_words_are_in_the_language_of_the_moment(reader):
    timeline.register("thing.done", gettext_lazy("Monday"))
    case = make_case()
    tell(case, 1)
    with translation.override("en"):
        assert timeline.rows(case, reader)[0].sentence == "Monday"
    with translation.override("es"):
        assert timeline.rows(case, reader)[0].sentence == "lunes"


def test_internal_and_unworded_events_are_for_staff_alone(admin, reader, monkeypatch):
    timeline.register("thing.done", "Done.")
    timeline.register("thing.judged", "Judged.", internal=True)
    case = make_case()
    for action in ("thing.done", "thing.judged", "thing.unworded"):
        timeline.record(case, action, by=admin, now=NOON, obj=case)
    assert [row.sentence for row in timeline.rows(case, reader)] == ["Done."]
    monkeypatch.setattr(User, "reads_internal", lambda _self, _case: True)
    assert [row.sentence for row in timeline.rows(case, reader)] == ["thing.unworded", "Judged.", "Done."]


def test_reading_internal_follows_the_permission_table(admin, officer, stranger):
    system = timeline.system_case(NOON)
    assert admin.reads_internal(system)
    assert officer.reads_internal(system)
    assert not stranger.reads_internal(system)


def test_a_reason_and_differences_are_details_and_an_erased_text_says_so(admin, reader):
    timeline.register("thing.done", "Done.")
    case = make_case()
    timeline.record(case, "thing.done", by=admin, now=NOON, obj=case, text="Because.")
    timeline.record(case, "thing.done", by=admin, now=NOON, obj=case, changes=[["Amount", "1", "2"]])
    assert [row.details for row in timeline.rows(case, reader)] == [[("Amount", "1", "2")], "Because."]
    EventText.objects.update(text="")
    assert timeline.rows(case, reader)[1].details == "The text was erased."


def test_a_long_timeline_is_read_with_one_query(admin, reader):
    timeline.register("thing.done", "Done.")
    case = make_case()
    for count in (1, 29):
        tell(case, count, admin)
        with CaptureQueriesContext(connection) as queries:
            rows = timeline.rows(case, reader)
        assert len(queries) == 1
    assert len(rows) == 30
    assert len(timeline.rows(case, reader, most=10)) == 10
