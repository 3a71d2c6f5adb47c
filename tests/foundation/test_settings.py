"""A setting that is missing or unsafe stops the start with one line that says what to set."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from types import SimpleNamespace

import pytest
from django.conf import settings

from lsp_program.local.environment import for_tests

ROOT = settings.BASE_DIR
PRODUCTION = {
    **for_tests(),
    "SECRET_KEY": "c0ffee-" + "kXw8vNqLz3" * 5,
    "SITE_URL": "https://lsp.example.org",
    "ALLOWED_HOSTS": "lsp.example.org",
    "DEMO": "0",
    "STAFF_SECOND_FACTOR": "",
    "EMAIL_URL": "smtp+tls://user:secret@mail.example.org:587",
    "DEFAULT_FROM_EMAIL": "programme@lsp.example.org",
}
DEMO = for_tests()
KEPT = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}


@pytest.fixture(scope="module")
def read():
    """Reads settings.py as a process with this environment would: `read(environment, show=[names], argv=[…])`."""
    process = subprocess.Popen(
        [sys.executable, "tests/foundation/reader.py"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )

    def ask(environment: dict[str, str], *, show: Sequence[str] = (), argv: Sequence[str] = ("gunicorn",)):
        question = {"environment": {**KEPT, **environment}, "argv": list(argv), "show": list(show)}
        process.stdin.write(json.dumps(question) + "\n")
        process.stdin.flush()
        return SimpleNamespace(**json.loads(process.stdout.readline()))

    yield ask
    process.stdin.close()
    assert process.wait(timeout=10) == 0


@pytest.mark.parametrize("environment", [PRODUCTION, DEMO])
def test_what_is_complete_and_safe_starts(read, environment):
    answer = read(environment)
    assert (answer.status, answer.error) == (0, "")


@pytest.mark.parametrize(
    "name",
    [
        "SECRET_KEY",
        "TIMELINE_KEY",
        "SITE_URL",
        "ALLOWED_HOSTS",
        "DATABASE_URL",
        "REDIS_URL",
        "EMAIL_URL",
        "DEFAULT_FROM_EMAIL",
    ],
)
def test_each_needed_setting_is_asked_for(read, name):
    answer = read({**PRODUCTION, name: " "})
    assert answer.status == 1
    assert answer.error.startswith(f"LSP cannot start: {name} is not set")
    assert answer.error.count("\n") == 1


UNSAFE = [
    (PRODUCTION, "SECRET_KEY", "short", "SECRET_KEY is too easy to guess"),
    (PRODUCTION, "TIMELINE_KEY", "ab" * 40, "TIMELINE_KEY is too easy to guess"),
    (PRODUCTION, "TIMELINE_KEY", PRODUCTION["SECRET_KEY"], "TIMELINE_KEY must not be the SECRET_KEY"),
    (PRODUCTION, "SITE_URL", "http://lsp.example.org", "SITE_URL must begin with https://"),
    (PRODUCTION, "SITE_URL", "lsp.example.org", "SITE_URL must look like https://"),
    (PRODUCTION, "SITE_URL", "https://", "SITE_URL must look like https://"),
    (PRODUCTION, "SITE_URL", "https://lsp.example.org:0/", "SITE_URL must look like https://"),
    (PRODUCTION, "SITE_URL", "https://lsp.example.org:no/", "SITE_URL must look like https://"),
    (PRODUCTION, "SITE_URL", "https://lsp.example.org/lsp", "SITE_URL must be the host alone"),
    (PRODUCTION, "SITE_URL", "https://other.example.org", "ALLOWED_HOSTS does not hold the host"),
    (PRODUCTION, "ALLOWED_HOSTS", "*", "ALLOWED_HOSTS must name the site's hosts"),
    (PRODUCTION, "ALLOWED_HOSTS", " , ", "ALLOWED_HOSTS is not set"),
    (PRODUCTION, "DEMO", "1", "DEMO=1 opens the doors"),
    (PRODUCTION, "DEBUG", "1", "DEBUG=1 shows the inside"),
    (PRODUCTION, "DEBUG", "perhaps", "DEBUG must be 1 or 0"),
    (PRODUCTION, "STAFF_SECOND_FACTOR", "0", "STAFF_SECOND_FACTOR=0 is for DEMO=1 only"),
    (PRODUCTION, "STAFF_SECOND_FACTOR", "flase", "STAFF_SECOND_FACTOR must be 1 or 0"),
    (PRODUCTION, "DATABASE_URL", "mysql://user:secret@db/lsp", "DATABASE_URL must look like postgres://"),
    (PRODUCTION, "DATABASE_URL", "postgres://user:secret@db", "DATABASE_URL must look like postgres://"),
    (PRODUCTION, "DATABASE_URL", "postgres://db/lsp", "DATABASE_URL must look like postgres://"),
    (PRODUCTION, "DATABASE_URL", "postgres://user@db:no/lsp", "DATABASE_URL must look like postgres://"),
    (PRODUCTION, "REDIS_URL", "localhost:6379", "REDIS_URL must look like redis://"),
    (PRODUCTION, "REDIS_URL", "redis://", "REDIS_URL must look like redis://"),
    (PRODUCTION, "EMAIL_URL", "consolemail://", "EMAIL_URL must look like smtp+tls://"),
    (PRODUCTION, "EMAIL_URL", "smtp://mail:x1", "EMAIL_URL must look like smtp+tls://"),
    (PRODUCTION, "DEFAULT_FROM_EMAIL", "programme", "DEFAULT_FROM_EMAIL is not set"),
    (PRODUCTION, "CONN_MAX_AGE", "-1", "CONN_MAX_AGE must be a whole number from 0"),
    (PRODUCTION, "TASK_SECONDS", "1e9", "TASK_SECONDS must be a whole number from 10"),
    (PRODUCTION, "TRUSTED_PROXIES", "all", "TRUSTED_PROXIES must be a whole number from 0"),
    (PRODUCTION, "TRUST_REQUEST_START", "2", "TRUST_REQUEST_START must be 1 or 0"),
    (PRODUCTION, "CLAMD_URL", "clamav:3310", "CLAMD_URL must look like tcp://clamav:3310"),
    (PRODUCTION, "CLAMD_URL", "tcp://clamav:no", "CLAMD_URL must look like tcp://clamav:3310"),
    (PRODUCTION, "LOG_LEVEL", "loud", "LOG_LEVEL must be DEBUG, INFO"),
    (PRODUCTION, "SENTRY_DSN", "not an address", "SENTRY_DSN is not an address"),
    (DEMO, "SITE_URL", "https://localhost", "DEMO=1 opens the doors"),
    (DEMO, "DEMO", "0", "SITE_URL must begin with https://"),
]


@pytest.mark.parametrize("base, name, value, sentence", UNSAFE)
def test_an_unsafe_setting_is_refused_in_one_line(read, base, name, value, sentence):
    answer = read({**base, name: value})
    assert answer.status == 1
    assert answer.error.startswith(f"LSP cannot start: {sentence}")
    assert answer.error.count("\n") == 1


def test_no_refusal_shows_a_secret(read):
    answer = read({**PRODUCTION, "DATABASE_URL": "postgres://user:hush-hush@db:no/lsp"})
    assert answer.status == 1
    assert "hush-hush" not in answer.error


@pytest.mark.parametrize(
    "argv, user",
    [
        (("manage.py", "migrate"), "lsp_owner"),
        (("/srv/manage.py", "createcachetable"), "lsp_owner"),
        (("manage.py", "set_up_roles"), "lsp_owner"),
        (("manage.py", "remind"), "lsp_app"),
        (("manage.py",), "lsp_app"),
        (("gunicorn", "migrate"), "lsp_app"),
        (("celery", "worker"), "lsp_app"),
    ],
)
def test_only_the_commands_of_the_owner_connect_as_the_owner(read, argv, user):
    assert f"'USER': '{user}'" in read(PRODUCTION, show=["DATABASES"], argv=argv).out


def test_the_site_needs_no_word_of_the_owner(read):
    environment = {name: value for name, value in PRODUCTION.items() if name != "MIGRATION_DATABASE_URL"}
    assert read(environment).status == 0
    refused = read(environment, argv=("manage.py", "migrate"))
    assert refused.error.startswith("LSP cannot start: MIGRATION_DATABASE_URL is not set")


def test_a_real_site_has_safe_cookies_and_https(read):
    names = [
        "SESSION_COOKIE_NAME",
        "CSRF_COOKIE_NAME",
        "SESSION_COOKIE_SECURE",
        "SECURE_SSL_REDIRECT",
        "DEBUG",
    ]
    assert read(PRODUCTION, show=names).out == str(["__Host-session", "__Host-csrf", "True", "True", "False"])


@pytest.mark.slow
@pytest.mark.django_db
def test_djangos_own_check_for_deployment_is_content():
    answer = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=ROOT,
        env={**KEPT, **PRODUCTION, "DATABASE_URL": os.environ["DATABASE_URL"]},
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr


def test_the_file_is_read_and_the_environment_wins(read, tmp_path):
    file = tmp_path / "settings.env"
    file.write_text("SITE_NAME=From the file\nLOG_LEVEL=ERROR\n")
    environment = {**PRODUCTION, "ENV_FILE": str(file), "LOG_LEVEL": "INFO"}
    del environment["SITE_NAME"]
    assert read(environment, show=["SITE_NAME", "LOG_LEVEL"]).out == str(["From the file", "INFO"])


def variables(text: str) -> set[str]:
    return set(re.findall(r"^([A-Z_]+)=", text, re.MULTILINE))


def test_the_example_lists_every_setting_and_no_other():
    source = (ROOT / "lsp_program" / "settings.py").read_text("utf-8")
    read_names = set(
        re.findall(r"(?:env\.\w+|required|flag|number|secret|address|database)\(\s*\"([A-Z_]+)\"", source)
    )
    read_names |= set(re.findall(r"os\.environ\.get\(\"([A-Z_]+)\"", source)) | {
        "DATABASE_URL",
        "MIGRATION_DATABASE_URL",
    }
    compose = set(re.findall(r"\$\{([A-Z_]+)", (ROOT / "docker-compose.yml").read_text("utf-8")))
    assert variables((ROOT / ".env.example").read_text("utf-8")) == read_names | compose


def test_the_example_is_no_secret_and_does_not_start(read):
    answer = read({"ENV_FILE": str(ROOT / ".env.example")})
    assert answer.error.startswith("LSP cannot start: SECRET_KEY is not set")


def test_nothing_else_reads_the_environment():
    """But for the machinery of one machine, and what a library can be told in no other way."""
    allowed = {
        "lsp_program/settings.py",
        "core/pdf.py",  # the time that fonts are dated with
    }
    found = {
        path.relative_to(ROOT).as_posix()
        for app in ("accounts", "applications", "core", "grants", "groups", "lsp_program", "reports")
        for path in (ROOT / app).rglob("*.py")
        if "os.environ"
        in path.read_text("utf-8").replace('os.environ.setdefault("DJANGO_SETTINGS_MODULE"', "")
        and not path.is_relative_to(ROOT / "lsp_program" / "local")
    }
    assert found <= allowed
