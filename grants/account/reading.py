"""A bank statement as a table: which columns there are, and what each row says. Nothing is saved here.

The table goes along from the preview to the import, and is read again each time, as that of a group's firms does.
"""

import datetime as dt
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.cells import plain
from core.money import ZERO, parse_money
from core.sheets import CannotRead, Row, Sheet

MOST_LINES = 500
# By which titles the columns are known, in both languages.
TITLES = {
    "on": ("fecha", "date", "dia", "fecha valor", "fecha de movimiento"),
    "text": ("concepto", "descripcion", "detalle", "text", "description", "movimiento", "texto"),
    "reference": ("referencia", "reference", "comprobante", "numero", "nro", "ref"),
    "amount": ("importe", "monto", "amount"),
    "credit": ("credito", "creditos", "haber", "ingreso", "credit"),
    "debit": ("debito", "debitos", "debe", "egreso", "debit"),
}
LABELS = {
    "on": gettext_lazy("Date"),
    "text": gettext_lazy("Text"),
    "reference": gettext_lazy("Reference"),
    "amount": gettext_lazy("Amount"),
}
FORMATS = ("%d/%m/%Y", "%Y-%m-%d", "%d-%m-%Y", "%d.%m.%Y", "%d/%m/%y", "%Y-%m-%d %H:%M:%S")


@dataclass(frozen=True)
class Movement:
    """One row of the statement. `occurrence` counts rows that say the same on the same day."""

    on: dt.date
    text: str
    reference: str
    amount: Decimal
    occurrence: int = 1

    @property
    def key(self) -> tuple:
        return self.on, self.text, self.reference, self.amount, self.occurrence


@dataclass
class Reading:
    """What a table says: its movements, and each row that cannot be read, with why."""

    movements: list[Movement] = field(default_factory=list)
    troubles: list[tuple[int, str]] = field(default_factory=list)


def read(sheet: Sheet) -> Reading:
    """Read a statement. Raises CannotRead where it has no header that we know."""
    columns, header = _columns(sheet)
    found = Reading()
    seen: Counter[tuple[Any, ...]] = Counter()
    for row in sheet.rows:
        if row.number <= header:
            continue
        try:
            on, text, reference, amount = _movement(row, columns)
        except ValueError as error:
            found.troubles.append((row.number, str(error)))
            continue
        seen[(on, text, reference, amount)] += 1
        found.movements.append(Movement(on, text, reference, amount, seen[(on, text, reference, amount)]))
    if len(found.movements) > MOST_LINES:
        raise CannotRead(_("There are too many rows: at most %(most)s are read.") % {"most": MOST_LINES})
    return found


def _columns(sheet: Sheet) -> tuple[dict[str, int], int]:
    """The column of each name, and the number of the header's row."""
    for row in sheet.rows[:10]:
        found: dict[str, int] = {}
        for cell in row.cells:
            words = plain(cell.text)
            for name, titles in TITLES.items():
                if words in titles and name not in found:
                    found[name] = cell.column
        if {"on", "text"} <= found.keys() and ("amount" in found or {"credit", "debit"} & found.keys()):
            return found, row.number
    raise CannotRead(
        _("The first row has to name the columns: date, text, reference and amount (or credit and debit).")
    )


def _movement(row: Row, columns: dict[str, int]) -> tuple[dt.date, str, str, Decimal]:
    def text_of(name: str) -> str:
        return row.cell(columns[name]).text.strip() if name in columns else ""

    on, text = _day(text_of("on")), " ".join(text_of("text").split())
    if not text:
        raise ValueError(_("The text is missing."))
    if "amount" in columns:
        amount = _amount(text_of("amount"))
    else:
        amount = _amount(text_of("credit"), empty=True) - abs(_amount(text_of("debit"), empty=True))
    if amount == ZERO:
        raise ValueError(_("The amount is missing."))
    return on, text[:200], " ".join(text_of("reference").split())[:60], amount


def _day(text: str) -> dt.date:
    for form in FORMATS:
        try:
            return dt.datetime.strptime(text, form).date()  # noqa: DTZ007
        except ValueError:
            continue
    raise ValueError(_("“%(text)s” is no day.") % {"text": text[:40]})


def _amount(text: str, *, empty: bool = False) -> Decimal:
    """An amount with its sign, before or behind; in brackets it is negative."""
    if not text and empty:
        return ZERO
    bare = text.replace("$", "").replace("\N{NO-BREAK SPACE}", "").replace("\N{MINUS SIGN}", "-").strip()
    negative = bare.startswith("-") or bare.endswith("-") or (bare.startswith("(") and bare.endswith(")"))
    try:
        amount = parse_money(bare.strip("-()+ "))
    except ValueError as error:
        raise ValueError(_("“%(text)s” is no amount.") % {"text": text[:40]}) from error
    return -amount if negative else amount
