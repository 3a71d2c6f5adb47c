"""The Spanish catalogue compiles, and has no entry that is empty or to be looked at again. (English is the language of
the source; that every sentence of the code stands in the catalogue is looked at by `make check`.)"""

import re
import subprocess
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext, pgettext

SPANISH = settings.LOCALE_PATHS[0] / "es" / "LC_MESSAGES" / "django.po"


def attributes(*flags: str) -> str:
    """The entries of the catalogue that have these attributes."""
    done = subprocess.run(
        ["msgattrib", "--no-obsolete", *flags, str(SPANISH)], capture_output=True, text=True, check=True
    )
    return done.stdout


def test_it_compiles(tmp_path: Path):
    target = str(tmp_path / "django.mo")
    said = subprocess.run(
        ["msgfmt", "--check", "--statistics", "-o", target, str(SPANISH)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert said.returncode == 0, said.stderr
    assert re.fullmatch(r"\d{4,} translated messages\.\n", said.stderr), said.stderr


@pytest.mark.parametrize("flag", ["--untranslated", "--only-fuzzy"])
def test_nothing_is_left_open(flag):
    entries = attributes(flag)
    # The header alone is no sentence.
    assert len(re.findall(r"^msgid ", entries, re.MULTILINE)) <= 1, entries[:2000]


def test_articles_are_contracted():
    """A sentence put together from parts would say "a el personal"."""
    source = SPANISH.read_text("utf-8").replace('"\n"', "")
    assert re.findall(r"^msgstr.*\b(?:a|de) el\b.*", source, re.MULTILINE | re.IGNORECASE) == []


def test_the_programmes_words_are_the_agreed_ones():
    source = SPANISH.read_text("utf-8")
    for english, spanish in (("Call", "Convocatoria"), ("Group", "Grupo"), ("Firm", "Empresa")):
        assert f'msgid "{english}"\nmsgstr "{spanish}"' in source


def test_states_agree_with_what_they_are_of():
    source = SPANISH.read_text("utf-8")
    assert 'msgctxt "application"\nmsgid "Submitted"\nmsgstr "Presentada"' in source
    assert 'msgctxt "report"\nmsgid "Submitted"\nmsgstr "Presentado"' in source
    with translation.override("en"):
        assert gettext("Call") == "Call"
        assert pgettext("report", "Submitted") == "Submitted"
