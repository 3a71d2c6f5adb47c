"""Texts that people write in both languages, in fields named `<name>_en` and `<name>_es`."""

from typing import Any

from django.utils.translation import get_language


def language() -> str:
    """`en` for who reads English, `es` for everybody else."""
    return "en" if get_language() == "en" else "es"


def text(obj: Any, name: str) -> str:
    """A text in the reader's language."""
    return getattr(obj, f"{name}_{language()}")
