"""A bank statement as a table: which columns there are, what each row says, and what is wrong in which cell. Nothing is saved
here; the table goes along from page to page (core.imports).
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import imports, sheets
from core.imports import Column, Seen, TableForm
from core.money import ZERO, format_money, parse_money
from core.sheets import Row

IN_PESOS = gettext_lazy("In pesos.")
COLUMNS: tuple[Column, ...] = (
    Column(
        "on",
        gettext_lazy("Date"),
        ("fecha", "date", "dia", "fecha de movimiento", "fecha valor"),
        gettext_lazy("For example 24/11/2026."),
        "10/03/2026",
        needed=True,
    ),
    Column(
        "text",
        gettext_lazy("Text"),
        ("concepto", "descripcion", "detalle", "text", "texto", "description", "movimiento"),
        gettext_lazy("As the bank writes it."),
        "Transferencia recibida",
        needed=True,
    ),
    Column(
        "reference",
        gettext_lazy("Reference"),
        ("referencia", "reference", "comprobante", "numero", "nro", "ref"),
        gettext_lazy("May be empty."),
        "",
    ),
    Column(
        "amount",
        gettext_lazy("Amount"),
        ("importe", "monto", "amount"),
        gettext_lazy("What goes out with a minus or in brackets. Or credit and debit, each in its column."),
        "-200.000,00",
    ),
    Column("credit", gettext_lazy("Credit"), ("credito", "creditos", "haber", "ingreso"), IN_PESOS, ""),
    Column("debit", gettext_lazy("Debit"), ("debito", "debitos", "debe", "egreso"), IN_PESOS, ""),
)
BY_CODE = {column.code: column for column in COLUMNS}
FORMATS = ("%d/%m/%Y", "%Y-%m-%d", "%d-%m-%Y", "%d.%m.%Y", "%d/%m/%y", "%Y-%m-%d %H:%M:%S")


class Source(imports.Source):
    """A bank statement: of the first sheet that names a column of texts. The amount is one column, or two."""

    WANTED = COLUMNS
    FOUND_BY = "text"
    MOST = 200
    NO_HEAD = gettext_lazy(
        "A row has to name the columns: date, text, reference and amount (or credit and debit). Copy the head of the table too."
    )
    NO_ROWS = gettext_lazy("Below the names of the columns there is nothing.")
    TOO_MANY = gettext_lazy("There are %(rows)s rows. Bring at most %(most)s at a time.")

    @classmethod
    def _missing(cls, codes: Iterable[str]) -> list[Column]:
        there = set(codes)
        missing = super()._missing(there)
        return missing if {"amount", "credit", "debit"} & there else [*missing, BY_CODE["amount"]]

    @classmethod
    def _checked(
        cls, codes: list[str], titles: list[str], rows: list[Row], least: int, most: int
    ) -> "Source":
        """Banks write two dates and two numbers: the first of each is read, and the page names the other."""
        first = [code if code not in codes[:place] else "" for place, code in enumerate(codes)]
        return super()._checked(first, titles, rows, least, most)


class ImportForm(TableForm):
    """A bank statement, pasted or as a file."""

    kind = Source


# --- One row -----------------------------------------------------------------------------------------


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
class StatementRow:
    """A row with its cells; `movement` is None where it cannot be read. `is_settled`: the account has it already."""

    number: int
    cells: list[Seen]
    movement: Movement | None
    left_out: bool = False
    is_settled: bool = False

    @property
    def bad_cells(self) -> list[Seen]:
        return [] if self.left_out else [cell for cell in self.cells if cell.sentences]

    @property
    def title(self) -> str:
        """What the page calls it."""
        if self.movement is None:
            return Truncator(" ".join(cell.text for cell in self.cells if cell.code == "text")).chars(80)
        return f"{self.movement.on:%d/%m/%Y} · {self.movement.text} · {format_money(self.movement.amount)}"

    @property
    def badge(self) -> tuple[str, str]:
        """The state whose look its badge takes (core.looks), and its words."""
        if self.left_out:
            return "withdrawn", _("Left out")
        if self.is_settled:
            return "complete", _("Is there already")
        return ("fail", _("Not right yet")) if self.bad_cells else ("pass", _("Will be added"))


@dataclass
class Preview:
    """The whole statement, looked at. Nothing is saved."""

    source: Source
    rows: list[StatementRow]

    @property
    def unread(self) -> list[str]:
        return self.source.unread

    @property
    def bad(self) -> list[StatementRow]:
        return [row for row in self.rows if row.bad_cells]

    @property
    def movements(self) -> list[Movement]:
        """What can be read, but for what is left out."""
        return [row.movement for row in self.rows if row.movement is not None and not row.left_out]

    @property
    def known(self) -> int:
        """How many of them the account has already."""
        return sum(row.is_settled for row in self.rows)

    @property
    def fresh(self) -> int:
        """How many would be added."""
        return len(self.movements) - self.known


def look(source: Source, *, there: Iterable[tuple] = (), left_out: Iterable[int] = ()) -> Preview:
    """What each row says, and what is wrong in which cell. `there` are the keys of what the account has."""
    left_out, there, seen = set(left_out), set(there), Counter[Any]()
    rows = []
    for number, texts in source.rows:
        data = {code: text for (code, _column), text in zip(source.columns, texts, strict=True)}
        found, wrong = _read(data)
        out, movement = number in left_out, None
        if found and not wrong and not out:
            seen[found] += 1
            movement = Movement(*found, occurrence=seen[found])
        cells = [
            Seen(code, str(BY_CODE[code].label), number, column, text, wrong.get(code, ()))
            for (code, column), text in zip(source.columns, texts, strict=True)
        ]
        rows.append(
            StatementRow(number, cells, movement, out, movement is not None and movement.key in there)
        )
    return Preview(source, rows)


def _read(
    data: dict[str, str],
) -> tuple[tuple[dt.date, str, str, Decimal] | None, dict[str, tuple[str, ...]]]:
    """What a row says, and what is wrong by its column."""
    wrong: dict[str, tuple[str, ...]] = {
        code: (said,) for code, text in data.items() if (said := sheets.trouble(text))
    }
    amount = ZERO
    if "amount" in data:
        amount = _amount(data, "amount", wrong)
    else:
        amount = _amount(data, "credit", wrong) - abs(_amount(data, "debit", wrong))
    place = next(code for code in ("amount", "credit", "debit") if code in data)
    # What cannot be read in one column is not missing in the other.
    if amount == ZERO and not wrong.keys() & {"amount", "credit", "debit"}:
        wrong.setdefault(place, (_("The amount is missing."),))
    on, text = _day(data["on"]), " ".join(data["text"].split())
    if on is None:
        wrong.setdefault("on", (_("Write a day that exists, for example 24/11/2026."),))
    if not text:
        wrong.setdefault("text", (_("The text is missing."),))
    if wrong or on is None:
        return None, wrong
    return (on, text[:200], " ".join(data.get("reference", "").split())[:60], amount), wrong


def _day(text: str) -> dt.date | None:
    for form in FORMATS:
        try:
            found = dt.datetime.strptime(text.strip(), form).date()  # noqa: DTZ007
        except ValueError:
            continue
        return found if 1990 <= found.year < 2100 else None
    return None


def _amount(data: dict[str, str], code: str, wrong: dict[str, tuple[str, ...]]) -> Decimal:
    """An amount with its sign, before or behind; in brackets it is negative. Empty is none; what is wrong is noted."""
    text = data.get(code, "").strip()
    if not text or code in wrong:
        return ZERO
    bare = text.replace("$", "").replace("\N{NO-BREAK SPACE}", "").replace("\N{MINUS SIGN}", "-").strip()
    negative = bare.startswith("-") or bare.endswith("-") or (bare.startswith("(") and bare.endswith(")"))
    try:
        amount = parse_money(bare.strip("-()+ "))
    except ValueError as error:
        wrong[code] = (str(error),)
        return ZERO
    return -amount if negative else amount
