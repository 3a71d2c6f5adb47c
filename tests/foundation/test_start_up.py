"""Web and worker start only on a database that protects the record, and without what a page does not need."""

import os
import subprocess
import sys

import pytest
from aiosmtpd.controller import Controller
from django.conf import settings
from django.core.mail import EmailMessage

from lsp_program.local.processes import free_port

pytestmark = pytest.mark.django_db

# Rendering, spreadsheets, test tools: seconds of import and much memory.
HEAVY = ["weasyprint", "fontTools", "openpyxl", "xlsxwriter", "pypdf", "pytest", "hypothesis"]


def start(*command: str, **environment: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, *command],
        cwd=settings.BASE_DIR,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_web_process_loads_nothing_heavy():
    code = f"import sys, lsp_program.wsgi; print([name for name in {HEAVY} if name in sys.modules])"
    answer = start("-c", code)
    assert (answer.returncode, answer.stdout.strip()) == (0, "[]"), answer.stderr


@pytest.mark.slow
@pytest.mark.parametrize(
    "command",
    [
        (
            "-m",
            "gunicorn",
            "--config",
            "docker/gunicorn.conf.py",
            "--bind",
            "127.0.0.1:0",
            "lsp_program.wsgi",
        ),
        ("-m", "celery", "--app", "lsp_program", "--quiet", "worker", "--pool", "solo"),
        ("-m", "celery", "--app", "lsp_program", "--quiet", "beat", "--schedule", "BEAT", "--pidfile", ""),
    ],
    ids=["web", "worker", "scheduler"],
)
@pytest.mark.parametrize(
    "environment, sentence",
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY is not set"),
        ({"DATABASE_URL": "OWNER"}, "owns tables"),
        ({"DATABASE_URL": "postgres://nobody:none@127.0.0.1:1/lsp"}, "does not answer"),
    ],
    ids=["setting", "owner", "no database"],
)
def test_an_unsafe_start_ends_with_one_line(command, environment, sentence, tmp_path):
    environment = {
        name: os.environ["MIGRATION_DATABASE_URL"] if value == "OWNER" else value
        for name, value in environment.items()
    }
    answer = start(*(word.replace("BEAT", str(tmp_path / "beat")) for word in command), **environment)
    assert answer.returncode == 1
    said = [line for line in answer.stderr.splitlines() if "LSP cannot start" in line]
    assert len(said) == 1
    assert sentence in said[0]
    assert "Traceback" not in answer.stderr


class Kept:
    def __init__(self) -> None:
        self.messages: list[bytes] = []

    async def handle_DATA(self, _server, _session, envelope) -> str:
        self.messages.append(envelope.original_content)
        return "250 OK"


def test_the_mail_settings_reach_a_real_server(settings):
    """Django's own test environment replaces them, so they are put back here."""
    from lsp_program.settings import MAILERS

    kept = Kept()
    server = Controller(kept, hostname="127.0.0.1", port=free_port())
    server.start()
    try:
        options = {**MAILERS["default"]["OPTIONS"], "host": "127.0.0.1", "port": server.port}
        settings.MAILERS = {"default": {**MAILERS["default"], "OPTIONS": options}}
        EmailMessage("A subject", "A body: ñandú", to=["somebody@lsp.example"]).send()
    finally:
        server.stop()
    [message] = kept.messages
    assert b"From: " + settings.DEFAULT_FROM_EMAIL.encode() in message
    assert b"Subject: A subject" in message
