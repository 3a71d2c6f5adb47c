"""Bringing many expenses into a statement from a table: which columns there are, by which titles they are known, and the table
itself on its way from page to page.

Nothing is kept in between: the table goes along, and each time all of it is looked at again (import_rows.py).
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.cells import plain
from core.sheets import HEADER_WITHIN, MOST_COLUMNS, CannotRead, Sheet, carried

MOST_ROWS = 100
# No field takes more; what is longer stays too long.
LONGEST = 300
LANGUAGES = ("en", "es")


@dataclass(frozen=True)
class Column:
    """A column that we read: the field of the form of an expense, what it is called, also by other names; an example."""

    code: str
    label: Promise
    others: tuple[str, ...]
    hint: Promise
    example: str
    needed: bool = False


MAY_BE_EMPTY = gettext_lazy("May be empty.")
IN_FIGURES = gettext_lazy("In the currency of the voucher.")
COLUMNS: tuple[Column, ...] = (
    Column(
        "line",
        gettext_lazy("Budget line"),
        ("line", "rubro", "linea", "linea del presupuesto"),
        gettext_lazy("Its name or its number; the sheet has the list."),
        "1",
        needed=True,
    ),
    Column(
        "description",
        gettext_lazy("What was bought or given"),
        ("description", "detalle", "concepto", "descripcion", "que se compro"),
        gettext_lazy("In a few words."),
        "Horno de secado",
        needed=True,
    ),
    Column(
        "kind",
        gettext_lazy("Kind of voucher"),
        ("kind", "type", "tipo", "tipo de comprobante", "comprobante"),
        gettext_lazy("A, B, C, M or E of an invoice; receipt; till receipt."),
        "A",
        needed=True,
    ),
    Column(
        "supplier_name",
        gettext_lazy("Supplier"),
        ("supplier", "proveedor", "razon social"),
        gettext_lazy("As it stands on the voucher."),
        "Hornos SA",
        needed=True,
    ),
    Column(
        "supplier_cuit",
        gettext_lazy("CUIT of the supplier"),
        ("cuit", "cuit proveedor", "cuit del proveedor", "c u i t"),
        gettext_lazy("Eleven digits, for example 30-12345678-1."),
        "30-12345678-1",
    ),
    Column(
        "supplier_abroad",
        gettext_lazy("Tax number of a supplier abroad"),
        ("tax number", "identificacion del exterior"),
        MAY_BE_EMPTY,
        "",
    ),
    Column(
        "point_of_sale",
        gettext_lazy("Point of sale"),
        ("punto de venta", "pto vta", "pv"),
        gettext_lazy("May be empty when it stands before the number: 0003-00001234."),
        "3",
    ),
    Column(
        "number",
        gettext_lazy("Number"),
        ("numero", "nro", "n", "numero de comprobante", "nro comprobante"),
        gettext_lazy("Of the voucher."),
        "1234",
        needed=True,
    ),
    Column(
        "issued_on",
        gettext_lazy("Date of the voucher"),
        ("date", "fecha", "fecha del comprobante", "fecha de emision"),
        gettext_lazy("For example 24/11/2026."),
        "10/03/2026",
        needed=True,
    ),
    Column("cae", gettext_lazy("CAE (authorisation code)"), ("cae", "cai"), MAY_BE_EMPTY, "70417054367476"),
    Column("buyer_cuit", gettext_lazy("CUIT of the buyer"), ("cuit comprador",), MAY_BE_EMPTY, ""),
    Column(
        "buyer_vat",
        gettext_lazy("VAT status of the buyer on that day"),
        ("condicion iva", "condicion frente al iva"),
        MAY_BE_EMPTY,
        "",
    ),
    Column(
        "currency",
        gettext_lazy("Currency"),
        ("moneda",),
        gettext_lazy("Empty: pesos."),
        "",
    ),
    Column("rate", gettext_lazy("Pesos for one unit"), ("cotizacion", "tipo de cambio"), MAY_BE_EMPTY, ""),
    Column("rate_source", gettext_lazy("Source of the rate"), ("fuente de la cotizacion",), MAY_BE_EMPTY, ""),
    Column("rate_on", gettext_lazy("Day of the rate"), ("fecha de la cotizacion",), MAY_BE_EMPTY, ""),
    Column(
        "net",
        gettext_lazy("Net amount"),
        ("net", "neto", "importe neto", "neto gravado"),
        IN_FIGURES,
        "1.000.000,00",
        needed=True,
    ),
    Column("tax", gettext_lazy("VAT"), ("iva", "impuestos"), IN_FIGURES, "210.000,00"),
    Column("perceptions", gettext_lazy("Perceptions"), ("percepciones",), IN_FIGURES, ""),
    Column(
        "programme_share",
        gettext_lazy("Charged to the programme"),
        ("programme", "programa", "a cargo del programa", "aporte del programa"),
        gettext_lazy("In pesos."),
        "600.000,00",
        needed=True,
    ),
    Column(
        "group_share",
        gettext_lazy("Charged to the group"),
        ("group", "grupo", "a cargo del grupo", "contraparte"),
        gettext_lazy("In pesos."),
        "400.000,00",
    ),
    Column(
        "firm",
        gettext_lazy("For which firm"),
        ("firm", "empresa"),
        gettext_lazy("Its name or its CUIT. Empty: for all of them."),
        "",
    ),
    Column(
        "paid_on",
        gettext_lazy("Paid on"),
        ("fecha de pago", "pagado el"),
        gettext_lazy("If it was paid whole, in one go."),
        "10/03/2026",
    ),
    Column(
        "means",
        gettext_lazy("How it was paid"),
        ("medio de pago", "forma de pago"),
        gettext_lazy("Bank transfer, card, cheque or cash."),
        "",
    ),
)
BY_CODE = {column.code: column for column in COLUMNS}


def _known_titles() -> dict[str, str]:
    """The code of a column by each of its titles, in every language."""
    found: dict[str, str] = {}
    for column in COLUMNS:
        titles = set(column.others)
        for language in LANGUAGES:
            with translation.override(language):
                titles.add(str(column.label))
        found |= {plain(title): column.code for title in titles}
    return found


@dataclass
class Source:
    """The part of a table that we read: codes of the columns with their letters, and texts by row number."""

    columns: list[tuple[str, int]]
    rows: list[tuple[int, list[str]]]
    # Titles of columns that are none of ours.
    unread: list[str] = field(default_factory=list)

    def as_text(self) -> str:
        """For the hidden field that carries it to the next page."""
        return json.dumps([self.columns, self.rows, self.unread], ensure_ascii=False)

    @classmethod
    def from_text(cls, text: str) -> "Source":
        """What a page carried. Whoever writes the field by hand may bring any texts, as in a table; and no more rows.

        Raises CannotRead.
        """
        try:
            columns, rows, unread = carried(text)
            source = cls(
                [(str(code), int(number)) for code, number in columns],
                [(int(number), [str(cell)[: LONGEST + 1] for cell in cells]) for number, cells in rows],
                [str(title)[:LONGEST] for title in unread],
            )
        except (ValueError, TypeError, RecursionError, AttributeError) as error:
            raise CannotRead(_not_whole()) from error
        if not source.is_whole():
            raise CannotRead(_not_whole())
        return source

    def is_whole(self) -> bool:
        """Whether it is a table as `source_of` makes them."""
        codes = [code for code, _number in self.columns]
        return (
            not _missing(codes)
            and len(set(codes)) == len(codes)
            and set(codes) <= BY_CODE.keys()
            and all(1 <= number <= MOST_COLUMNS for _code, number in self.columns)
            and 0 < len(self.rows) <= MOST_ROWS
            and len({number for number, _cells in self.rows}) == len(self.rows)
            and all(0 < number < 10**7 and len(cells) == len(codes) for number, cells in self.rows)
        )

    def corrected(self, posted: Mapping[str, str]) -> "Source":
        """The table with the cells that the person wrote anew: fields `cell-<row>-<column>`."""
        rows = [
            (
                number,
                [
                    posted.get(f"cell-{number}-{code}", text).strip()[: LONGEST + 1]
                    for (code, _column), text in zip(self.columns, texts, strict=True)
                ],
            )
            for number, texts in self.rows
        ]
        return Source(self.columns, rows, self.unread)


def _not_whole() -> str:
    return _("The table did not arrive whole. Paste it, or choose the file, once more.")


def _missing(codes: Iterable[str]) -> list[str]:
    return [str(column.label) for column in COLUMNS if column.needed and column.code not in set(codes)]


def source_of(sheets: Iterable[Sheet]) -> Source:
    """The table of expenses in what a person brought: the first sheet with a row that names a column of net amounts. Raises
    CannotRead."""
    known = _known_titles()
    for sheet in sheets:
        for place, row in enumerate(sheet.rows[:HEADER_WITHIN]):
            codes = [known.get(plain(cell.text), "") for cell in row.cells]
            if "net" in codes:
                return _checked(codes, [cell.text for cell in row.cells], sheet.rows[place + 1 :])
    raise CannotRead(
        _(
            "The first row has to name the columns, and one of them has to be “Net amount”. Copy the head of the table too."
        )
    )


def _checked(codes: list[str], titles: list[str], rows: list[Any]) -> Source:
    twice = [title for code, title in zip(codes, titles, strict=True) if code and codes.count(code) > 1]
    if twice:
        raise CannotRead(
            _("Two columns say the same: %(titles)s. Leave one out.") % {"titles": ", ".join(twice)}
        )
    if missing := _missing(codes):
        raise CannotRead(_("These columns are missing: %(titles)s.") % {"titles": ", ".join(missing)})
    columns = [(code, number) for number, code in enumerate(codes, start=1) if code]
    taken = []
    for row in rows:
        texts = [row.cell(number).text[: LONGEST + 1] for _code, number in columns]
        if any(texts):
            taken.append((row.number, texts))
    if not taken:
        raise CannotRead(_("Below the names of the columns there is no expense."))
    if len(taken) > MOST_ROWS:
        raise CannotRead(
            _("There are %(rows)s rows. Bring at most %(most)s expenses at a time.")
            % {"rows": len(taken), "most": MOST_ROWS}
        )
    unread = [title for code, title in zip(codes, titles, strict=True) if title and not code]
    return Source(columns, taken, unread)
