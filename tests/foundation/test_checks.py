"""What `make check` looks at must be able to fail."""

import json
import shutil
import subprocess

import pytest
from django.conf import settings

from lsp_program.local import checks

ROOT = settings.BASE_DIR


@pytest.fixture
def copy(tmp_path, monkeypatch):
    """The files of the locks, to be spoilt."""
    for name in ("requirements.txt", "requirements-dev.txt", "package-lock.json", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path / name)
    monkeypatch.setattr(checks, "ROOT", tmp_path)
    return tmp_path


def test_the_locks_are_in_order(copy):
    assert checks.locks() == (True, "")


@pytest.mark.parametrize(
    "name, old, new, said",
    [
        ("requirements.txt", "", "--index-url https://packages.example/simple\n", "names an address"),
        ("requirements.txt", "", "-f /opt/wheels\n", "names an address"),
        ("requirements.txt", "", "left-pad==1.0\n", "has no hash for left-pad"),
        ("requirements-dev.txt", "ruff==", "rough==", "lacks ruff: run make lock"),
        (
            "package-lock.json",
            '"integrity"',
            '"resolved": "https://packages.example/x", "integrity"',
            "an address for",
        ),
        ("package-lock.json", '"integrity"', '"was-integrity"', "has no hash for"),
        ("pyproject.toml", "dependencies = [\n", 'dependencies = [\n  "left-pad>=1",\n', "lacks left-pad"),
    ],
)
def test_a_spoilt_lock_is_found(copy, name, old, new, said):
    text = (copy / name).read_text()
    assert old in text
    (copy / name).write_text(text.replace(old, new, 1))
    passed, words = checks.locks()
    assert not passed
    assert said in words


def audit(monkeypatch, packages) -> tuple[bool, str]:
    def run(*command, **_more):
        if packages is not None:
            with open(command[command.index("--output") + 1], "w") as report:
                json.dump({"dependencies": packages}, report)
        return False, "first line\nConnectionError: no route"

    monkeypatch.setattr(checks, "run", run)
    return checks.known_holes()


def test_a_service_that_does_not_answer_fails_nothing_and_is_said(monkeypatch):
    assert audit(monkeypatch, None) == (
        True,
        "NOT CHECKED: the service that knows of holes was not reached (ConnectionError: no route)",
    )
    passed, said = audit(monkeypatch, [{"name": "a", "skip_reason": "not found"}])
    assert passed
    assert said.startswith("NOT CHECKED")


def test_a_known_hole_fails(monkeypatch):
    hole = {"id": "CVE-1", "fix_versions": ["2"]}
    passed, said = audit(
        monkeypatch,
        [
            {"name": "a", "version": "1", "vulns": [hole]},
            {"name": "b", "skip_reason": "?"},
            {"name": "c", "vulns": []},
        ],
    )
    assert not passed
    assert said == "a 1: CVE-1, mended in 2\nNOT CHECKED: b"


def test_no_hole_passes(monkeypatch):
    assert audit(monkeypatch, [{"name": "a", "version": "1", "vulns": []}]) == (True, "")


CATALOGUE = """msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

#, python-format
msgid "%(number)s firms of the group"
msgstr "{}"
"""


@pytest.mark.parametrize(
    "translation, passed, said",
    [
        ("%(number)s empresas del grupo", True, ""),
        ("", False, "es: 1 not translated: %(number)s firms of the group"),
        ("empresas del grupo", False, "fatal error"),
    ],
)
def test_the_catalogues_are_compared_with_the_code(tmp_path, monkeypatch, translation, passed, said):
    """On a project of one file, collected by the same tools."""
    locale = tmp_path / "lsp_program" / "locale" / "es" / "LC_MESSAGES"
    locale.mkdir(parents=True)
    (locale / "django.po").write_text(CATALOGUE.replace("{}", translation))
    (tmp_path / "words.py").write_text('_("%(number)s firms of the group") % {"number": 1}\n')
    shutil.copy(ROOT / "manage.py", tmp_path)
    (tmp_path / "lsp_program" / "__init__.py").write_text("")
    (tmp_path / "lsp_program" / "settings.py").write_text(
        "import pathlib\nLOCALE_PATHS = [pathlib.Path(__file__).parent / 'locale']\n"
    )
    subprocess.run(["git", "init", "--quiet", str(tmp_path)], check=True)
    monkeypatch.setattr(checks, "ROOT", tmp_path)
    monkeypatch.setattr(checks, "LOCALE", tmp_path / "lsp_program" / "locale")
    done, words = checks.catalogues()
    assert (done, said in words) == (passed, True), words


def test_make_lists_its_commands():
    said = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for command in ("demo", "test", "test-slow", "check", "fix", "lock", "bench", "docs"):
        assert f"make {command} " in said
