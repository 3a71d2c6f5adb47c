"""Texts in both languages: English for who reads it, Spanish for everybody else."""

from types import SimpleNamespace

import pytest
from django.utils.translation import override

from core import bilingual


@pytest.mark.parametrize(("language", "words"), [("en", "Wood"), ("es", "Madera"), (None, "Madera")])
def test_a_text_is_in_the_readers_language(language, words):
    with override(language):
        assert bilingual.text(SimpleNamespace(name_en="Wood", name_es="Madera"), "name") == words
