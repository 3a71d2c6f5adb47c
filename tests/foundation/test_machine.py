"""What the machine lacks is installed as root, and said in one line otherwise."""

import os
import subprocess
import sys

import pytest
from django.conf import settings

from lsp_program.local import machine

LACKING = machine.Need("Pango", lambda: False, ("libpango-1.0-0",))


@pytest.fixture
def lacking(monkeypatch):
    monkeypatch.setitem(machine.NEEDS, "demo", (LACKING, machine.DEMO[-1]))


def test_this_machine_has_what_it_needs_once_make_has_run():
    assert machine.main("test") == 0


def test_plain_python_is_enough():
    script = settings.BASE_DIR / "lsp_program" / "local" / "machine.py"
    done = subprocess.run([sys.executable, "-I", "-S", script, "demo"], check=False)
    assert done.returncode == 0


def test_who_is_not_root_is_told_in_one_line(lacking, monkeypatch, capsys):
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert machine.main("demo") == 1
    said = capsys.readouterr().err
    assert said.startswith("make demo needs Pango: install")
    assert "libpango-1.0-0" in said
    assert "gettext" not in said
    assert said.count("\n") == 1


@pytest.mark.parametrize("answer, status", [(0, 0), (100, 1)])
def test_root_installs_what_is_missing(lacking, monkeypatch, tmp_path, answer, status):
    told = tmp_path / "told"
    fake = tmp_path / "apt-get"
    fake.write_text(f'#!/bin/sh\necho "$@" >> {told}\n[ "$2" = install ] && exit {answer}\nexit 0\n')
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert machine.main("demo") == status
    assert told.read_text().splitlines() == [
        "-qq update",
        "-qq install --yes --no-install-recommends libpango-1.0-0",
    ]


def test_a_library_that_is_not_there_is_missed():
    assert not machine.library("libno-such-thing.so.0")()
    assert not machine.program("no-such-program")()
    assert machine.program("sh")()
