"""Money: always Decimal, two places, half up (PROGRAMME 10). ONE field, one way in, one way out."""

import re
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

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


def format_money(amount: Decimal | None) -> str:
    """`$ 1.234.567,50`, in both languages; nothing is a dash."""
    if amount is None:
        return "–"
    sign = "-" if amount < 0 else ""
    whole = f"{abs(cents(amount)):,.2f}".replace(",", "\0").replace(".", ",").replace("\0", ".")
    return f"{sign}$ {whole}"


_ARGENTINE = re.compile(r"^\d{1,3}(\.\d{3})+(,\d{1,2})?$|^\d+,\d{1,2}$")
_PLAIN = re.compile(r"^\d+(\.\d{1,2})?$")
_ENGLISH = re.compile(r"^\d{1,3}(,\d{3})+(\.\d{1,2})?$")


def parse_money(text: str) -> Decimal:
    """Read an amount as people here write it: `1.234,56`, `1234,56`, `1234.56`, `$ 1.234`.

    A single point followed by three digits separates thousands, as it does in Argentina.
    Raises ValueError with the sentence for the person.
    """
    cleaned = re.sub(r"[\s$]", "", text).removeprefix("ARS")
    if cleaned.startswith("-"):
        raise ValueError(_("The amount cannot be negative."))
    if _ARGENTINE.match(cleaned):
        cleaned = cleaned.replace(".", "").replace(",", ".")
    elif _ENGLISH.match(cleaned):
        cleaned = cleaned.replace(",", "")
    elif not _PLAIN.match(cleaned):
        raise ValueError(_("Write an amount in pesos, for example 1.234,56."))
    try:
        amount = Decimal(cleaned)
    except InvalidOperation as error:
        raise ValueError(_("Write an amount in pesos, for example 1.234,56.")) from error
    if amount > HIGHEST:
        raise ValueError(_("This amount is too large."))
    return amount
