"""Waking a worker: the queue may be away or silent, the request goes on."""

import socket
import time

import pytest
from celery import Celery
from django.db import transaction

from core import doorbell
from core.models import Message
from tests.clock import NOON


@pytest.fixture(autouse=True)
def _no_silence(monkeypatch):
    monkeypatch.setattr(doorbell, "_quiet_until", 0.0)


@pytest.fixture
def broker(monkeypatch):
    """Points the bell at a queue with another address."""

    def point(url: str) -> None:
        app = Celery("elsewhere", set_as_current=False)
        app.config_from_object("django.conf:settings", namespace="CELERY")
        app.conf.broker_url = url
        monkeypatch.setattr(doorbell, "current_app", app)

    return point


@pytest.fixture
def silent():
    """A server that takes the call and never says a word."""
    server = socket.create_server(("127.0.0.1", 0))
    yield server.getsockname()[1]
    server.close()


def test_the_bell_is_heard():
    assert doorbell.ring("core.tasks.send_messages")


def test_a_queue_that_refuses_is_told_at_once(broker):
    closed = socket.create_server(("127.0.0.1", 0))
    port = closed.getsockname()[1]
    closed.close()
    broker(f"redis://127.0.0.1:{port}/0")
    began = time.monotonic()
    assert not doorbell.ring("core.tasks.send_messages")
    assert time.monotonic() - began < 1


def test_a_queue_that_is_silent_holds_nobody_longer_than_a_second(broker, silent):
    broker(f"redis://127.0.0.1:{silent}/0")
    began = time.monotonic()
    assert not doorbell.ring("core.tasks.send_messages")
    assert doorbell.PATIENCE <= time.monotonic() - began < 1
    # The next requests do not even try, for a while.
    began = time.monotonic()
    for _request in range(50):
        assert not doorbell.ring("core.tasks.send_messages")
    assert time.monotonic() - began < 0.1


@pytest.mark.django_db(transaction=True)
def test_a_request_commits_whatever_the_queue_does(broker, silent):
    from core import outbox

    broker(f"redis://127.0.0.1:{silent}/0")
    began = time.monotonic()
    with transaction.atomic():
        for key in "abc":
            outbox.queue(key=key, template="invitation", now=NOON, address="a@lsp.example")
    assert doorbell.PATIENCE <= time.monotonic() - began < 1.2
    assert Message.objects.count() == 3


@pytest.mark.django_db(transaction=True)
def test_an_error_while_ringing_fails_nothing(monkeypatch):
    def broken(_task):
        raise RuntimeError

    monkeypatch.setattr(doorbell, "ring", broken)
    with transaction.atomic():
        doorbell.ring_on_commit("core.tasks.send_messages")


@pytest.mark.django_db
def test_what_is_rolled_back_rings_no_bell(django_capture_on_commit_callbacks, monkeypatch):
    rung = []
    monkeypatch.setattr(doorbell, "ring", rung.append)

    def ring_and_fail():
        with transaction.atomic():
            doorbell.ring_on_commit("core.tasks.send_messages")
            raise ZeroDivisionError

    with django_capture_on_commit_callbacks(execute=True):
        with pytest.raises(ZeroDivisionError):
            ring_and_fail()
        doorbell.ring_on_commit("core.tasks.run_waiting_jobs")
    assert rung == ["core.tasks.run_waiting_jobs"]
