"""What machines ask of the site, and the refusal to start on a database that does not protect the record."""

import os
import socket
import subprocess
import sys

import pytest
from django.conf import settings
from django.db import connection, connections

from core import health

STRANGE = {"HTTP_HOST": "somebody-else.example"}


def test_the_process_answers_without_asking_anything(client, django_assert_num_queries, db):
    with django_assert_num_queries(0):
        answer = client.get("/healthz", **STRANGE)
    assert (answer.status_code, answer.content) == (200, b"ok\n")
    assert "Set-Cookie" not in answer.headers


def test_ready_when_everything_is_there(client, db):
    answer = client.get("/readyz", **STRANGE)
    assert answer.status_code == 200
    assert answer.json() == {"database": "ok", "migrations": "ok", "redis": "ok"}


def test_health_is_answered_before_https_is_asked_for(client, db, settings):
    settings.SECURE_SSL_REDIRECT = True
    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").status_code == 200


def test_a_queue_that_is_away_is_said_and_is_no_reason_to_take_the_site_away(client, db, settings):
    closed = socket.create_server(("127.0.0.1", 0))
    settings.REDIS_URL = f"redis://127.0.0.1:{closed.getsockname()[1]}/0"
    for _state in ("silent", "closed"):
        answer = client.get("/readyz")
        assert answer.status_code == 200
        assert answer.json() == {"database": "ok", "migrations": "ok", "redis": "degraded"}
        closed.close()


def test_a_migration_that_has_not_run_means_not_ready(client, db, monkeypatch):
    more = health._ours() | {("core", "9999_to_come")}
    monkeypatch.setattr(health, "_ours", lambda: more)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["migrations"] == "missing: core.9999_to_come"


@pytest.mark.django_db(transaction=True)
def test_a_database_that_is_away_means_not_ready(client):
    closed = socket.create_server(("127.0.0.1", 0))
    port = closed.getsockname()[1]
    closed.close()
    own = connections["default"]
    before = own.settings_dict["PORT"]
    own.close()
    own.settings_dict["PORT"] = str(port)
    try:
        answer = client.get("/readyz")
    finally:
        own.close()
        own.settings_dict["PORT"] = before
    assert answer.status_code == 503
    assert answer.json()["database"] == "failing"
    assert client.get("/readyz").status_code == 200


def test_the_applications_user_is_accepted(db):
    health.refuse_unsafe_database()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "power, grant, revoke",
    [
        (
            "may change or empty the timeline",
            "GRANT UPDATE ON core_event TO {}",
            "REVOKE UPDATE ON core_event FROM {}",
        ),
        (
            "may change or empty the timeline",
            "GRANT UPDATE (data) ON core_event TO {}",
            "REVOKE UPDATE (data) ON core_event FROM {}",
        ),
        (
            "may change or empty the timeline",
            "GRANT DELETE ON core_event TO {}",
            "REVOKE DELETE ON core_event FROM {}",
        ),
        (
            "may change or empty the timeline",
            "GRANT TRUNCATE ON core_event TO PUBLIC",
            "REVOKE TRUNCATE ON core_event FROM PUBLIC",
        ),
    ],
)
def test_a_power_over_the_record_stops_the_start(owner_connection, power, grant, revoke):
    user = connections["default"].settings_dict["USER"]
    with owner_connection(), connection.cursor() as cursor:
        cursor.execute(grant.format(user))
    try:
        with pytest.raises(SystemExit) as stopped:
            health.refuse_unsafe_database()
    finally:
        with owner_connection(), connection.cursor() as cursor:
            cursor.execute(revoke.format(user))
    line = str(stopped.value)
    assert line.startswith("LSP cannot start: ")
    assert power in line
    assert "\n" not in line
    health.refuse_unsafe_database()


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_web_and_worker_refuse_to_start_as_the_owner_in_one_line():
    """The processes themselves, as a machine starts them."""
    environment = {**os.environ, "DATABASE_URL": os.environ["MIGRATION_DATABASE_URL"]}
    for start in (
        "import lsp_program.wsgi",
        "from celery.signals import worker_init; import lsp_program.celery; import django; django.setup();"
        " lsp_program.celery._check_database()",
    ):
        ended = subprocess.run(
            [sys.executable, "-c", start],
            cwd=settings.BASE_DIR,
            env={**environment, "DJANGO_SETTINGS_MODULE": "lsp_program.settings"},
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert ended.returncode == 1
        assert ended.stderr.strip().splitlines()[-1].startswith("LSP cannot start: the database user")
        assert "Traceback" not in ended.stderr


@pytest.mark.django_db(transaction=True)
def test_a_database_that_is_away_at_the_start_is_said_in_one_line():
    own = connections["default"]
    before = own.settings_dict["PORT"]
    own.close()
    own.settings_dict["PORT"] = "1"
    try:
        with pytest.raises(
            SystemExit, match=r"^LSP cannot start: the database of DATABASE_URL does not answer \(.+\)\.$"
        ):
            health.refuse_unsafe_database()
    finally:
        own.close()
        own.settings_dict["PORT"] = before


def test_commands_of_the_owner_are_not_refused(settings, monkeypatch):
    settings.AS_OWNER = True
    monkeypatch.setattr(health, "unsafe_powers", lambda: pytest.fail("asked"))
    health.refuse_unsafe_database()
