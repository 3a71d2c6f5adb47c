"""Servers on this machine: found, or started from what a package brings, and ended without a trace."""

import subprocess
from pathlib import Path

import psycopg2
import pytest
import redis

from lsp_program.local import postgres as postgres_server
from lsp_program.local import processes, servers
from lsp_program.local.processes import CannotStart
from lsp_program.local.servers import running


def rows(url: str, sql: str) -> list[tuple]:
    connection = psycopg2.connect(url)
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchall() if cursor.description else []
    finally:
        connection.close()


def test_the_packages_alone_bring_both_servers(tmp_path):
    base = tmp_path / "servers"
    with running(base, kept=False, machine=False) as (addresses, ours):
        assert {
            name: "site-packages" in str(process.args[0]) or "lsp-" in str(process.args[0])
            for name, process in ours.items()
        } == {
            "postgres": True,
            "redis": True,
        }
        # What the constraints of the project use.
        rows(addresses.migration_database_url, "CREATE EXTENSION btree_gist")
        assert rows(addresses.database_url, "SELECT lower('ÑANDÚ')") == [("ñandú",)]
        with pytest.raises(psycopg2.Error, match="permission denied"):
            rows(addresses.database_url, "CREATE TABLE mine (id int)")
        assert redis.Redis.from_url(addresses.redis_url).ping()
        listening = rows(addresses.database_url, "SHOW listen_addresses")
        place = Path((base / "place").read_text()) if (base / "place").exists() else base / "postgres"
        assert place.is_dir()
    assert listening == [("127.0.0.1",)]
    assert all(process.poll() is not None for process in ours.values())
    assert not base.exists()
    assert not place.exists()


def test_kept_data_are_there_at_the_next_start_even_after_a_kill(tmp_path):
    base = tmp_path / "servers"
    try:
        with running(base, kept=True) as (addresses, ours):
            first = addresses.migration_database_url
            if "postgres" not in ours:
                # The environment named a server: then there is nothing of ours to keep.
                first = ""
        postgres = postgres_server.Postgres(
            postgres_server.machines_postgres() or postgres_server.packaged_postgres(),
            base,
            processes.server_user(),
            kept=True,
        )
        postgres.start()
        _application, owner = postgres_server.make_database(postgres, "lsp")
        assert owner != first
        rows(owner, "CREATE TABLE kept AS SELECT 7 AS number")
        again = postgres_server.Postgres(postgres.binaries, base, postgres.user, kept=True)
        again.start()  # ends the one that was left
        try:
            assert postgres.process.wait(timeout=10) is not None
            _application, owner = postgres_server.make_database(again, "lsp")
            assert rows(owner, "SELECT number FROM kept") == [(7,)]
        finally:
            again.stop()
    finally:
        postgres_server.forget(base)


def test_data_of_another_version_are_left_alone_in_one_line(tmp_path):
    base = tmp_path / "servers"
    try:
        postgres = postgres_server.Postgres(
            postgres_server.machines_postgres() or postgres_server.packaged_postgres(),
            base,
            processes.server_user(),
            kept=True,
        )
        (postgres.data / "PG_VERSION").write_text("9\n")
        with pytest.raises(CannotStart, match=r"were made by PostgreSQL 9 .* remove"):
            postgres.start()
    finally:
        postgres_server.forget(base)


def test_a_user_who_cannot_enter_gets_a_private_folder(tmp_path):
    base = tmp_path / "closed"
    (tmp_path / "closed").mkdir(mode=0o700)
    (tmp_path / "closed").chmod(0o000)
    try:
        user = processes.server_user()
        if user is None:
            (tmp_path / "closed").chmod(0o700)
            assert postgres_server.data_folder(base, None) == base / "postgres"
            return
        folder = postgres_server.data_folder(base, user)
        assert folder.parent == Path("/var/tmp")
        assert (folder.stat().st_mode & 0o777, folder.owner()) == (0o700, user)
        assert postgres_server.data_folder(base, user) == folder
    finally:
        (tmp_path / "closed").chmod(0o700)
        postgres_server.forget(base)
        assert not base.exists()


@pytest.mark.parametrize("missing", ["DATABASE_URL", "MIGRATION_DATABASE_URL"])
def test_the_two_addresses_go_together(monkeypatch, missing):
    monkeypatch.delenv(missing)
    with pytest.raises(CannotStart, match="set both, or none"):
        servers.named_database()


def test_a_named_server_that_is_not_there_is_said_in_one_line(monkeypatch):
    for name in ("DATABASE_URL", "MIGRATION_DATABASE_URL"):
        monkeypatch.setenv(name, "postgres://lsp:hush@127.0.0.1:1/lsp")
    with pytest.raises(CannotStart, match="does not answer") as database:
        servers.named_database()
    monkeypatch.setenv("REDIS_URL", "redis://127.0.0.1:1/0")
    with pytest.raises(CannotStart, match="does not answer") as queue:
        servers.named_redis()
    for refusal in (str(database.value), str(queue.value)):
        assert "\n" not in refusal
        assert "hush" not in refusal


def test_nothing_named_means_ours(monkeypatch):
    for name in ("DATABASE_URL", "MIGRATION_DATABASE_URL", "REDIS_URL"):
        monkeypatch.delenv(name)
    assert servers.named_database() is None
    assert servers.named_redis() is None


@pytest.mark.parametrize(
    "said, version", [("postgres (PostgreSQL) 15.14 (Debian 15.14-0)", 15), ("nothing", 0)]
)
def test_the_version_of_binaries(tmp_path, said, version):
    program = tmp_path / "postgres"
    program.write_text(f"#!/bin/sh\necho '{said}'\n")
    program.chmod(0o755)
    assert postgres_server.version_of(tmp_path) == version


def test_a_process_that_does_not_listen_is_ended_all_the_same():
    deaf = subprocess.Popen(
        ["/bin/sh", "-c", "trap '' TERM; echo ready; while :; do sleep 1; done"], stdout=subprocess.PIPE
    )
    deaf.stdout.readline()
    processes.stop(deaf, patience=0.3)
    assert deaf.poll() is not None
    deaf.stdout.close()
