"""Money: always Decimal, two places, half up (PROGRAMME 10). ONE field, one way in, one way out."""

import re
from decimal import ROUND_HALF_UP, Decimal

from django.db import models
from django.db.models import Sum
from django.utils.translation import gettext as _

CENT = Decimal("0.01")
ZERO = Decimal("0.00")
# Larger than any budget; below it every sum still fits the column.
HIGHEST = Decimal("999999999999.99")


class MoneyField(models.DecimalField):
    """Pesos with cents."""

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("max_digits", 16)
        kwargs.setdefault("decimal_places", 2)
        super().__init__(*args, **kwargs)


def cents(amount: Decimal) -> Decimal:
    """Round to two places, half up."""
    return amount.quantize(CENT, ROUND_HALF_UP)


def total(queryset, column: str) -> Decimal:
    """The sum of a money column, in SQL; nothing is 0.00."""
    return queryset.aggregate(sum=Sum(column))["sum"] or ZERO


# The sign, and a space at which no line breaks.
PESOS = "$\N{NO-BREAK SPACE}"


def format_money(amount: Decimal | None) -> str:
    """`$ 1.234.567,50`, in both languages, never broken over two lines; nothing is a dash."""
    if amount is None:
        return "–"
    sign = "-" if amount < 0 else ""
    return f"{sign}{PESOS}{with_points(f'{abs(cents(amount)):,.2f}')}"


def with_points(figures: str) -> str:
    """`1.234,5` from `1,234.5`, as Python writes it."""
    return figures.translate(str.maketrans(",.", ".,"))


# --- Reading and writing numbers -----------------------------------------------------------------
#
# One way in and one way out for every number that a person types or a table brings. What a machine says (a QR code, JSON) is
# a Decimal first, and shown with `written`: `1250.0000` in a field would be read by other rules than those of its source.

_GROUPS = r"[1-9]\d{0,2}"
# `1,250`: a thousand and more in English, one and a quarter here.
_EITHER = re.compile(rf"^{_GROUPS},\d{{3}}$")


def _figures(text: str, places: int) -> str | None:
    """The digits with a point, whichever way they were written; None for what is no number of so many places."""
    decimals = rf"\d{{1,{places}}}"
    if not text.isascii():
        return None
    if re.match(rf"^{_GROUPS}(\.\d{{3}})+(,{decimals})?$|^\d+,{decimals}$", text):
        return text.replace(".", "").replace(",", ".")
    if re.match(rf"^{_GROUPS}(,\d{{3}})+\.{decimals}$|^{_GROUPS}(,\d{{3}}){{2,}}$", text):
        return text.replace(",", "")
    return text if re.match(rf"^\d+(\.{decimals})?$", text) else None


def _read(text: str, places: int, *, negative: str, none: str, large: str) -> Decimal:
    if text.startswith("-"):
        raise ValueError(negative)
    if _EITHER.match(text):
        raise ValueError(_two_ways(text))
    figures = _figures(text, places)
    if figures is None:
        raise ValueError(none)
    if len(figures) > 30 or Decimal(figures) > HIGHEST:
        raise ValueError(large)
    return Decimal(figures)


def _two_ways(text: str) -> str:
    whole, _comma, rest = text.partition(",")
    words = {"text": text, "thousands": f"{whole}.{rest}", "decimals": f"{whole},{rest[:2]}"}
    return (
        _("“%(text)s” can be read in two ways. Write %(thousands)s if it is thousands, or %(decimals)s.")
        % words
    )


def parse_money(text: str) -> Decimal:
    """Read an amount as people here write it: `1.234,56`, `1234,56`, `1234.56`, `$ 1.234`.

    A single point followed by three digits separates thousands, as it does in Argentina; a single comma before three digits
    may mean either and is asked back. Raises ValueError with the sentence for the person.
    """
    return _read(
        re.sub(r"[\s$]", "", text).removeprefix("ARS"),
        2,
        negative=_("The amount cannot be negative."),
        none=_("Write an amount in pesos, for example 1.234,56."),
        large=_("This amount is too large."),
    )


def parse_number(text: str, places: int = 2) -> Decimal:
    """Read a number of so many places at most, written like an amount: `62,5`, `62.5`, `1.234`.

    Raises ValueError with the sentence for the person.
    """
    none = (
        _("Write a number with two decimals at most, for example 62,5.")
        if places == 2
        else _("Write a number with %(n)d decimals at most, for example 1.250,50.") % {"n": places}
    )
    return _read(
        re.sub(r"\s", "", text),
        places,
        negative=_("The number cannot be negative."),
        none=none,
        large=_("This number is too large."),
    )


_WHOLE = re.compile(rf"-?(\d+|{_GROUPS}(\.\d{{3}})+)")


def parse_whole(text: str) -> int:
    """Read a whole number, with points between thousands or without: `1000`, `1.000`. Raises ValueError, with a sentence
    where it can be read in two ways."""
    cleaned = re.sub(r"\s", "", text)
    if _EITHER.match(cleaned):
        words = {"text": cleaned, "thousands": cleaned.replace(",", ".")}
        raise ValueError(_("“%(text)s” is no whole number. If it is thousands, write %(thousands)s.") % words)
    if not cleaned.isascii() or len(cleaned) > 30 or not _WHOLE.fullmatch(cleaned):
        raise ValueError
    return int(cleaned.replace(".", ""))


def written(value: Decimal) -> str:
    """A number as people write it into a field: `1234,5`. Three decimals get a fourth: with three, a comma may be taken for
    that of thousands."""
    whole, _point, decimals = f"{value:f}".partition(".")
    decimals = decimals.rstrip("0")
    decimals += "0" if len(decimals) == 3 else ""
    return f"{whole},{decimals}" if decimals else whole
