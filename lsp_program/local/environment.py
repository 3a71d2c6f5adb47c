"""The settings of a site that lives on one machine: the demonstration, the tests, the checks."""

import os
import secrets
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
# Where everything is kept that is made here.
VAR = Path(os.environ.get("LSP_VAR") or ROOT / "var")
NO_FILE = "/dev/null"
# The command that compiles the catalogues, and looks nowhere else for them.
COMPILE = (
    "compilemessages", "--verbosity=0", *(f"--ignore={name}" for name in (".venv", ".uv", "node_modules", "var")),
)  # fmt: skip


def for_tests(
    *, database_url: str = "", migration_database_url: str = "", redis_url: str = ""
) -> dict[str, str]:
    """Fixed settings, whatever the machine's environment and .env say. The checks need no servers."""
    return {
        "ENV_FILE": NO_FILE,
        "SECRET_KEY": "only-for-the-tests-" + "0123456789" * 4,
        "TIMELINE_KEY": "only-for-the-tests-of-the-timeline-" + "0123456789" * 2,
        "SITE_URL": "http://localhost:8000",
        "ALLOWED_HOSTS": "localhost,127.0.0.1,testserver",
        "DEMO": "1",
        "DEBUG": "0",
        "STAFF_SECOND_FACTOR": "0",
        "DATABASE_URL": database_url or "postgres://lsp_app:none@127.0.0.1:1/lsp",
        "MIGRATION_DATABASE_URL": migration_database_url or "postgres://lsp_owner:none@127.0.0.1:1/lsp",
        "REDIS_URL": redis_url or "redis://127.0.0.1:1/0",
        "EMAIL_URL": "smtp://127.0.0.1:1",
        "DEFAULT_FROM_EMAIL": "programme@lsp.example",
        "LOG_LEVEL": "WARNING",
        "SENTRY_DSN": "",
        "SITE_NAME": "",
        "SITE_LOGO": "",
        "MEDIA_ROOT": "",
        "STATIC_ROOT": "",
    }


def kept_secret(name: str) -> str:
    """A random key that is made once and kept under var/, so that a second start of the demonstration knows it."""
    path = VAR / "demo" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        path.write_text(secrets.token_urlsafe(48), "utf-8")
        path.chmod(0o600)
    return path.read_text("utf-8").strip()
