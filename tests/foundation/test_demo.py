"""`make demo` starts everything, keeps its data, and ends everything that it started.

Without its world, which takes a while to make and has tests of its own.
"""

import os
import random
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import psycopg2
import pytest
from django.conf import settings
from django.contrib.auth.password_validation import validate_password

from lsp_program.local import demo as local_demo
from lsp_program.local.postgres import forget

ROOT = settings.BASE_DIR


def a_port() -> int:
    """Free, as the one after it, and of those that the system gives to no connection meanwhile."""
    ports = random.sample(range(20_000, 30_000, 2), 100)
    return next(port for port in ports if local_demo._is_free(port) and local_demo._is_free(port + 1))


class Demo:
    """One start of the demonstration, with its data in a folder of its own."""

    def __init__(self, var: Path, port: int):
        self.var, self.port = var, port
        keep = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "lsp_program.local.demo", "--port", str(port), "--empty"],
            cwd=ROOT,
            env={**keep, "LSP_VAR": str(var)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.lines: list[str] = []

    def wait_until_up(self) -> "Demo":
        for line in self.process.stdout:
            self.lines.append(line)
            if "Ctrl-C ends everything" in line:
                return self
        raise AssertionError("it did not come up:\n" + "".join(self.lines))

    def wait_until_ended(self) -> int:
        """Its exit status; what it said stands in `lines`."""
        try:
            self.lines += self.process.communicate(timeout=60)[0].splitlines(keepends=True)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise
        return self.process.returncode

    @property
    def said(self) -> str:
        return "".join(self.lines)

    def get(self, path: str, port: int = 0) -> str:
        with urllib.request.urlopen(f"http://localhost:{port or self.port}{path}", timeout=20) as answer:
            return answer.read().decode()

    def processes(self) -> dict[int, str]:
        """Everything that it started and that still runs: our own processes carry the folder in their environment,
        PostgreSQL in its command."""
        place = self.var / "demo" / "place"
        marks = [f"LSP_VAR={self.var}".encode(), str(self.var / "demo").encode()]
        if place.exists():
            marks.append(place.read_text().strip().encode())
        found = {}
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                command = (folder / "cmdline").read_bytes()
                about = command + (folder / "environ").read_bytes()
            except OSError:
                continue
            if command and any(mark in about for mark in marks):
                found[int(folder.name)] = command.replace(b"\0", b" ").decode(errors="replace")
        return found

    def database_url(self) -> str:
        for pid, command in self.processes().items():
            if "gunicorn" in command:
                for entry in Path(f"/proc/{pid}/environ").read_bytes().split(b"\0"):
                    if entry.startswith(b"DATABASE_URL="):
                        return entry.partition(b"=")[2].decode()
        raise AssertionError("no web process")

    def ask(self, sql: str) -> list[tuple]:
        connection = psycopg2.connect(self.database_url())
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(sql)
            rows = cursor.fetchall() if cursor.description else []
        connection.close()
        return rows


@pytest.fixture
def start(tmp_path):
    """Starts a demonstration: `start()` waits until it is up."""
    started: list[Demo] = []

    def begin(port: int = 0, wait: bool = True) -> Demo:
        demo = Demo(tmp_path / "var", port or a_port())
        started.append(demo)
        return demo.wait_until_up() if wait else demo

    yield begin
    for demo in started:
        if demo.process.poll() is None:
            demo.process.terminate()
            demo.process.wait(timeout=60)
        demo.process.stdout.close()
    forget(tmp_path / "var" / "demo")


def gone(demo: Demo) -> bool:
    give_up = time.monotonic() + 5
    while demo.processes() and time.monotonic() < give_up:
        time.sleep(0.05)
    return not demo.processes()


@pytest.mark.slow
def test_it_starts_keeps_its_data_and_ends_everything(start):
    demo = start()
    assert demo.get("/healthz") == "ok\n"
    assert '"redis": "ok"' in demo.get("/readyz")
    login = demo.get("/accounts/login/")
    assert "<form" in login
    style = login.partition('rel="stylesheet" href="')[2].partition('"')[0]
    assert demo.get(style)
    for role in ("representative", "officer", "finance2", "auditor"):
        assert f"{role}@demo.example" in demo.said
    page = demo.said.partition("Messages sent:")[2].split()[0]
    assert "Messages" in demo.get("/", port=int(page.rstrip("/").rpartition(":")[2]))
    commands = " ".join(demo.processes().values())
    for part in ("postgres", "gunicorn", "worker", "beat", "local.mail"):
        assert part in commands

    other = start(wait=False)
    assert other.wait_until_ended() == 1
    assert "running already" in other.said
    assert demo.get("/healthz") == "ok\n"

    demo.ask("INSERT INTO django_session VALUES ('kept', '', now())")
    demo.process.send_signal(signal.SIGTERM)
    assert demo.wait_until_ended() == 0
    assert gone(demo)

    again = start(port=demo.port)
    assert again.ask("SELECT count(*) FROM django_session WHERE session_key = 'kept'") == [(1,)]
    again.process.send_signal(signal.SIGINT)
    assert again.wait_until_ended() == 0
    assert gone(again)


@pytest.mark.slow
def test_when_one_part_dies_everything_ends(start):
    demo = start()
    scheduler = [pid for pid, command in demo.processes().items() if " beat " in command]
    os.kill(min(scheduler), signal.SIGKILL)
    assert demo.wait_until_ended() == 1
    assert "“scheduler” ended by itself, so everything else was ended too" in demo.said
    assert gone(demo)


@pytest.mark.slow
def test_killed_outright_it_leaves_nothing_behind(start):
    demo = start()
    assert demo.processes()
    demo.process.kill()
    demo.process.wait()
    assert gone(demo)


@pytest.mark.slow
def test_asked_to_end_while_it_starts_it_ends(start):
    demo = start(wait=False)
    time.sleep(1.5)
    demo.process.send_signal(signal.SIGINT)
    assert demo.wait_until_ended() == 0
    assert "Traceback" not in demo.said
    assert gone(demo)


def test_a_port_in_use_is_said_in_one_line(start):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        demo = start(port=port, wait=False)
        assert demo.wait_until_ended() == 1
    assert demo.said.startswith(
        f"make demo: Port {port} is in use: take another one, for example make demo PORT="
    )
    assert demo.said.count("\n") == 1


@pytest.mark.parametrize("port", ["0", "65536", "-1", "eighty", "80 80", ""])
def test_a_port_that_is_none_is_said_in_one_line(start, tmp_path, port):
    demo = Demo(tmp_path / "var", port)
    assert demo.wait_until_ended() != 0
    assert demo.said.strip().splitlines()[-1].startswith("make demo: ")
    assert "Traceback" not in demo.said


def test_the_world_is_made_after_the_database_is_ready(monkeypatch):
    done = []
    monkeypatch.setattr(local_demo, "manage", lambda _environment, *words: done.append(words[0]))
    local_demo.prepare({}, empty=False)
    assert done[-2:] == ["set_up_database", "demo"]


def test_everybody_of_the_world_can_be_read_in_the_terminal(capsys):
    local_demo.greet(8123, 8124)
    said = capsys.readouterr().out
    assert "http://localhost:8123/" in said
    assert "http://localhost:8124/" in said
    assert local_demo.PASSWORD in said
    validate_password(local_demo.PASSWORD)
