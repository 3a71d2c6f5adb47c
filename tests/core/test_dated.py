"""States that a date changes: all are moved, and one that fails stops no other."""

import pytest

from core import dated, tasks
from tests.clock import NOON


@pytest.fixture(autouse=True)
def _none_yet(monkeypatch):
    monkeypatch.setattr(dated, "_changes", {})


def test_every_change_gets_the_moment():
    seen = []
    dated.register("one", lambda now: seen.append(("one", now)))
    dated.register("two", lambda now: seen.append(("two", now)))
    assert dated.run_due(NOON) == []
    assert seen == [("one", NOON), ("two", NOON)]


def test_one_that_fails_is_named_and_stops_no_other():
    seen = []

    def fail(_now):
        raise ZeroDivisionError

    dated.register("a failing one", fail)
    dated.register("b", lambda _now: seen.append("b"))
    assert dated.run_due(NOON) == ["a failing one"]
    assert seen == ["b"]


def test_a_name_registered_again_replaces_the_first():
    seen = []
    for answer in (1, 2):
        dated.register("one", lambda _now, answer=answer: seen.append(answer))
    dated.run_due(NOON)
    assert seen == [2]


def test_the_task_uses_the_clock(frozen):
    seen = []
    dated.register("one", seen.append)
    tasks.run_dated_changes()
    assert seen == [NOON]


def test_everything_on_the_timetable_is_a_task_that_exists():
    from lsp_program.celery import app

    assert tasks
    asked = {line["task"] for line in app.conf.beat_schedule.values()}
    assert asked <= set(app.tasks)
    assert asked >= {
        "core.tasks.send_messages",
        "core.tasks.run_waiting_jobs",
        "core.tasks.run_dated_changes",
        "core.tasks.remind",
    }
