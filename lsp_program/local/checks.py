"""`make check`: everything that can be said of the code without running the site. No server is needed."""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Callable
from pathlib import Path

from lsp_program.local.environment import ROOT, for_tests

BIN = Path(sys.executable).parent
MOST_LINES = 40  # of what one check says
LOCALE = ROOT / "lsp_program" / "locale"
ENVIRONMENT = {**os.environ, **for_tests(), "PATH": f"{BIN}{os.pathsep}{os.environ.get('PATH', '')}"}


def run(*command: str, folder: Path | None = None, **more) -> tuple[bool, str]:
    done = subprocess.run(
        command,
        cwd=folder or ROOT,
        env={**ENVIRONMENT, **more},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.returncode == 0, done.stdout.strip()


def tracked(*patterns: str) -> list[str]:
    """The files of the project: known to git, or about to be."""
    found = run("git", "ls-files", "--cached", "--others", "--exclude-standard", "--", *patterns)[
        1
    ].splitlines()
    return [name for name in found if (ROOT / name).exists()]


def formatting() -> tuple[bool, str]:
    return run("ruff", "format", "--check", ".")


def lint() -> tuple[bool, str]:
    return run("ruff", "check", "--quiet", ".")


def templates() -> tuple[bool, str]:
    return run("djade", "--check", "--target-version", "6.0", *tracked("templates/*.html"))


def imports() -> tuple[bool, str]:
    return run("lint-imports", "--no-cache")


def types() -> tuple[bool, str]:
    return run(
        "mypy",
        "--no-error-summary",
        "accounts",
        "applications",
        "core",
        "grants",
        "groups",
        "lsp_program",
        "reports",
    )


def migrations() -> tuple[bool, str]:
    # There is no database to compare with, and none is needed: the models are compared with the files.
    return run(
        sys.executable, "-W", "ignore", "manage.py", "makemigrations", "--check", "--dry-run", "--skip-checks"
    )


def documents() -> tuple[bool, str]:
    """The pages of docs/ that the code tells say what it tells now."""
    return run(sys.executable, "-m", "lsp_program.local.manage", "write_docs", "--check")


def locks() -> tuple[bool, str]:
    """Names, versions and hashes only: an address would send everybody to one registry. And nothing forgotten."""
    wrong = []
    for name in ("requirements.txt", "requirements-dev.txt"):
        text = (ROOT / name).read_text("utf-8")
        if re.search(r"://|^\s*-(?:i|f|-index-url|-extra-index-url|-find-links)\b", text, re.MULTILINE):
            wrong.append(f"{name} names an address")
        # A requirement ends at the next line that is not indented.
        entries = re.split(r"^(?=[A-Za-z])", text, flags=re.MULTILINE)[1:]
        if unhashed := [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry]:
            wrong.append(f"{name} has no hash for {', '.join(unhashed)}")
    packages = json.loads((ROOT / "package-lock.json").read_text("utf-8"))["packages"]
    for path, package in packages.items():
        if "resolved" in package:
            wrong.append(f"package-lock.json names an address for {path}")
        if path and "integrity" not in package:
            wrong.append(f"package-lock.json has no hash for {path}")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    asked = {
        "requirements.txt": project["project"]["dependencies"],
        "requirements-dev.txt": sum(
            project["dependency-groups"].values(), project["project"]["dependencies"]
        ),
    }
    for name, dependencies in asked.items():
        locked = set(re.findall(r"^([\w.-]+)", (ROOT / name).read_text("utf-8"), re.MULTILINE))
        for dependency in dependencies:
            bare = re.split(r"[\[<>=~! ;]", dependency)[0].lower().replace("_", "-")
            if bare not in locked:
                wrong.append(f"{name} lacks {bare}: run make lock")
    return not wrong, "\n".join(wrong)


def catalogues() -> tuple[bool, str]:
    """Every sentence of the code stands in each catalogue, translated, with the same placeholders."""
    if not LOCALE.is_dir():
        return True, "no catalogues yet"
    wrong = []
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        for name in tracked("*.py", "*.html", "*.txt", "*.js", "*.po"):
            if not name.startswith(("tests/", "docs/")):
                (copy / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(ROOT / name, copy / name)
        done, said = run(sys.executable, "manage.py", "makemessages", "--all", "--no-obsolete", folder=copy)
        if not done:
            return False, said
        for catalogue in sorted(copy.rglob("*.po")):
            language = catalogue.parent.parent.name
            # English is what the sentences are written in: it needs a catalogue for plurals at most.
            flags = {"--untranslated": "not translated", "--only-fuzzy": "to be looked at again"}
            for flag, what in flags.items() if language != "en" else ():
                found = run("msgattrib", "--no-obsolete", flag, str(catalogue))[1]
                # The first entry is the header.
                sentences = re.findall(r'^msgid (?:""\n)?"(.+)"', found, re.MULTILINE)
                if sentences:
                    wrong.append(f"{language}: {len(sentences)} {what}: " + " · ".join(sentences[:5]))
            done, said = run("msgfmt", "--check", "--output-file", os.devnull, str(catalogue))
            if not done:
                wrong.append(said)
    return not wrong, "\n".join(wrong)


def known_holes() -> tuple[bool, str]:
    """Whether a locked version has a published hole. A service that cannot be reached fails nothing, but is said."""
    with tempfile.NamedTemporaryFile("r", suffix=".json") as report:
        command = ["pip-audit", "--requirement", "requirements.txt", "--disable-pip", "--require-hashes"]
        command += [
            "--timeout",
            "10",
            "--progress-spinner",
            "off",
            "--format",
            "json",
            "--output",
            report.name,
        ]
        said = run(*command)[1]
        found = report.read()
    packages = json.loads(found)["dependencies"] if found else []
    unknown = [package for package in packages if "skip_reason" in package]
    if not packages or len(unknown) == len(packages):
        last = unknown[0]["skip_reason"] if unknown else (said.splitlines() or ["no answer"])[-1]
        return True, f"NOT CHECKED: the service that knows of holes was not reached ({last[:160]})"
    holes = [
        f"{package['name']} {package['version']}: {hole['id']}, mended in {', '.join(hole['fix_versions']) or 'none'}"
        for package in packages
        for hole in package.get("vulns", ())
    ]
    not_checked = [f"NOT CHECKED: {package['name']}" for package in unknown]
    return not holes, "\n".join(holes + not_checked)


CHECKS: dict[str, Callable[[], tuple[bool, str]]] = {
    "format": formatting,
    "lint": lint,
    "templates": templates,
    "imports": imports,
    "types": types,
    "migrations": migrations,
    "documents": documents,
    "locks": locks,
    "catalogues": catalogues,
    "known holes": known_holes,
}


def main(chosen: list[str]) -> int:
    failed = []
    for name in chosen or CHECKS:
        begun = time.monotonic()
        passed, said = CHECKS[name]()
        print(f"{'ok    ' if passed else 'FAILED'} {name} ({time.monotonic() - begun:.1f} s)", flush=True)
        if said and (not passed or name in ("catalogues", "known holes")):
            lines = said.splitlines()
            cut = [f"… {len(lines) - MOST_LINES} lines more"] if len(lines) > MOST_LINES else []
            print("\n".join(f"       {line}" for line in [*lines[-MOST_LINES:], *cut]), flush=True)
        if not passed:
            failed.append(name)
    if failed:
        print(f"make check failed: {', '.join(failed)}. “make fix” mends format and lint.", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
