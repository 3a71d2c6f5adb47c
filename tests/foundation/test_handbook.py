"""The handbook calls the buttons as the screens do, in both languages, and its links lead somewhere."""

import re

import pytest
from django.conf import settings
from django.utils import translation

PAGES = sorted((settings.BASE_DIR / "docs" / "handbook").glob("*.md"))
# **English** (Spanish), over the end of a line too.
NAMED = re.compile(r"\*\*([^*]+)\*\*\s+\(([^)]+)\)")
LINK = re.compile(r"\]\(([^)#:]+)\)")


def one_line(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_names_are_those_of_the_screens(page):
    named = [(one_line(english), one_line(spanish)) for english, spanish in NAMED.findall(page.read_text())]
    with translation.override("es"):
        wrong = [
            (english, spanish)
            for english, spanish in named
            if english != "English" and translation.gettext(english) != spanish
        ]
    assert not wrong


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_links_lead_somewhere(page):
    assert all((page.parent / target).exists() for target in LINK.findall(page.read_text()))
