"""What a cell of a table says: as we keep its text, as it is compared, and a value in the words that a person would type.
Reading tables is in core/sheets.py, writing them in core/workbook.py."""

import datetime as dt
import math
import re
import unicodedata
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from core import dates
from core.money import parse_number, written

# Marks that change the direction of a text or cannot be seen: they hide what a cell says. The last two are no letters at
# all: with one of them no program opens the XLSX any more.
INVISIBLE = re.compile("[\u200b\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]")
# A text that begins so is a formula for a spreadsheet.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def clean_text(text: str) -> str:
    """A cell's text as we keep it: composed letters, plain spaces, no control or direction marks."""
    text = INVISIBLE.sub("", unicodedata.normalize("NFC", text))
    kept = (
        c if c == "\n" else " " if c.isspace() else c for c in text.replace("\r\n", "\n").replace("\r", "\n")
    )
    return "".join(c for c in kept if c == "\n" or unicodedata.category(c) not in ("Cc", "Cs")).strip()


def plain(text: str) -> str:
    """A text without what people write differently: capitals, accents, points, spaces."""
    letters = unicodedata.normalize("NFKD", text).casefold()
    letters = "".join(c if c.isalnum() else " " for c in letters if not unicodedata.combining(c))
    return " ".join(letters.split())


def same(one: str, other: str) -> bool:
    """Whether two cells say the same: `1234,5` and `1.234,50` do."""
    if one == other:
        return True
    try:
        return parse_number(one) == parse_number(other)
    except ValueError:
        return False


def in_words(value: Any) -> str:
    """A value of a spreadsheet as a person would type it: `12`, `1234,5`, `24/11/2026`."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, dt.datetime | dt.date):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, float):
        if not math.isfinite(value):
            return "?"
        # A float carries about fifteen digits; the rest is noise of the binary form.
        value = Decimal(f"{value:.15g}")
    if isinstance(value, Decimal):
        return written(value)
    return str(value)


def text_of(value: Any) -> str:
    """A value that was written into a spreadsheet, as it comes back from it."""
    return "" if value is None else clean_text(value if isinstance(value, str) else in_words(value))


def cell(value: Any) -> str:
    """A value as CSV has it: figures with a point, days as 2026-03-10; a text that begins like a formula gets an
    apostrophe, so that it stays a text."""
    if value is None:
        return ""
    if isinstance(value, dt.datetime):
        return f"{value.astimezone(dates.BUENOS_AIRES):%Y-%m-%d %H:%M}"
    text = str(value)
    is_text = not isinstance(value, int | float | Decimal | dt.date)
    return f"'{text}" if is_text and text.startswith(FORMULA) else text
