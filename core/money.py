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
    whole = f"{abs(cents(amount)):,.2f}".replace(",", "\0").replace(".", ",").replace("\0", ".")
    return f"{sign}{PESOS}{whole}"


_ARGENTINE = re.compile(r"^\d{1,3}(\.\d{3})+(,\d{1,2})?$|^\d+,\d{1,2}$")
_PLAIN = re.compile(r"^\d+(\.\d{1,2})?$")
_ENGLISH = re.compile(r"^\d{1,3}(,\d{3})+(\.\d{1,2})?$")


def _figures(text: str) -> str | None:
    """The digits with a point, whichever way they were written; None for what is no number of two places."""
    if not text.isascii():
        return None
    if _ARGENTINE.match(text):
        return text.replace(".", "").replace(",", ".")
    if _ENGLISH.match(text):
        return text.replace(",", "")
    return text if _PLAIN.match(text) else None


def parse_money(text: str) -> Decimal:
    """Read an amount as people here write it: `1.234,56`, `1234,56`, `1234.56`, `$ 1.234`.

    A single point followed by three digits separates thousands, as it does in Argentina.
    Raises ValueError with the sentence for the person.
    """
    cleaned = re.sub(r"[\s$]", "", text).removeprefix("ARS")
    if cleaned.startswith("-"):
        raise ValueError(_("The amount cannot be negative."))
    figures = _figures(cleaned)
    if figures is None:
        raise ValueError(_("Write an amount in pesos, for example 1.234,56."))
    if len(figures) > 30 or Decimal(figures) > HIGHEST:
        raise ValueError(_("This amount is too large."))
    return Decimal(figures)


def parse_number(text: str) -> Decimal:
    """Read a number of two places at most, written like an amount: `62,5`, `62.5`, `1.234`.

    Raises ValueError with the sentence for the person.
    """
    cleaned = re.sub(r"\s", "", text)
    if cleaned.startswith("-"):
        raise ValueError(_("The number cannot be negative."))
    figures = _figures(cleaned)
    if figures is None:
        raise ValueError(_("Write a number with two decimals at most, for example 62,5."))
    if len(figures) > 30 or Decimal(figures) > HIGHEST:
        raise ValueError(_("This number is too large."))
    return Decimal(figures)
