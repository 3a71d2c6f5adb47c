"""Bringing many firms into a group from a table: which columns there are, by which titles they are known, and the table
itself on its way from page to page.

Nothing is kept in between: the table goes along, and each time all of it is looked at again (groups/import_rows.py).
"""

import datetime as dt
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.cells import plain
from core.sheets import HEADER_WITHIN, MOST_COLUMNS, CannotRead, Sheet, carried
from groups.size import years_to_ask

MOST_FIRMS = 100
# No field takes more; what is longer stays too long.
LONGEST = 300
LANGUAGES = ("en", "es")


# --- The columns -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Column:
    """A column that we read: what it is called, also by other names; an example. `filled` columns take what the group
    says of itself where they are empty."""

    code: str
    label: Promise
    others: tuple[str, ...]
    hint: Promise
    example: str
    needed: bool = False
    filled: bool = False


COLUMNS: tuple[Column, ...] = (
    Column(
        "cuit",
        gettext_lazy("CUIT"),
        ("c u i t", "cuil", "cuit cuil", "tax number"),
        gettext_lazy("Eleven digits, for example 30-12345678-1."),
        "30-12345678-1",
        needed=True,
    ),
    Column(
        "name",
        gettext_lazy("Name of the firm"),
        ("name", "firm", "nombre", "empresa", "razon social", "denominacion"),
        gettext_lazy("As it stands in its papers."),
        "Carpintería Sol SRL",
        needed=True,
    ),
    Column(
        "activity",
        gettext_lazy("What it does"),
        ("activity", "actividad", "actividad economica", "rubro", "clae"),
        gettext_lazy("The letter or the name of the activity; the sheet has the list."),
        "C",
        needed=True,
    ),
    Column(
        "place_in_chain",
        gettext_lazy("Its place in the chain"),
        ("place in the chain", "place", "eslabon", "lugar en la cadena", "rol", "rol en la cadena"),
        gettext_lazy("For example: grows, packs, designs, sells."),
        "Seca y cepilla",
        needed=True,
    ),
    Column(
        "sector",
        gettext_lazy("Sector"),
        ("sector productivo",),
        gettext_lazy("Empty: the group's own."),
        "",
        filled=True,
    ),
    Column(
        "province",
        gettext_lazy("Province"),
        ("provincia",),
        gettext_lazy("Empty: the group's own."),
        "Misiones",
        filled=True,
    ),
    Column(
        "locality",
        gettext_lazy("Town or city"),
        ("town", "city", "localidad", "ciudad", "municipio"),
        gettext_lazy("Empty: the group's own."),
        "Oberá",
        filled=True,
    ),
    Column(
        "contact_email",
        gettext_lazy("E-mail of the firm"),
        ("e mail", "email", "mail", "correo", "correo electronico", "contacto"),
        gettext_lazy("May be empty. The firm is asked there to confirm that it belongs."),
        "sol@example.com",
    ),
    Column(
        "legal_form",
        gettext_lazy("Legal form"),
        ("forma juridica", "tipo societario"),
        gettext_lazy("May be empty."),
        "SRL",
    ),
    Column(
        "people",
        gettext_lazy("People employed"),
        ("people", "employees", "personas", "empleados", "personal", "personal ocupado"),
        gettext_lazy("May be empty."),
        "12",
    ),
)
SALES = re.compile(r"\b(?:sales|ventas|facturacion)\b.*?\b(\d{4})\b|^(\d{4})$")


def headings(today: dt.date) -> list[tuple[str, str]]:
    """(code, title) of every column that the empty sheet has, in the reader's language."""
    years = [(f"sales_{year}", _("Sales of %(year)s") % {"year": year}) for year in years_to_ask(today)]
    return [*((column.code, str(column.label)) for column in COLUMNS), *years]


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


def _code_of(title: str, known: Mapping[str, str]) -> str:
    """Which column a title names; "" for none of ours."""
    words = plain(title)
    if words in known:
        return known[words]
    year = SALES.search(words)
    return f"sales_{year[1] or year[2]}" if year else ""


# --- The table ---------------------------------------------------------------------------------------


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
    def from_text(cls, text: str, *, most: int = MOST_FIRMS) -> "Source":
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
            raise CannotRead(
                _("The table did not arrive whole. Paste it, or choose the file, once more.")
            ) from error
        if not source.is_whole(most):
            raise CannotRead(_("The table did not arrive whole. Paste it, or choose the file, once more."))
        return source

    def is_whole(self, most: int) -> bool:
        """Whether it is a table as `source_of` makes them."""
        codes = [code for code, _number in self.columns]
        known = {column.code for column in COLUMNS}
        return (
            {column.code for column in COLUMNS if column.needed} <= set(codes)
            and len(set(codes)) == len(codes)
            and all(code in known or re.fullmatch(r"sales_[0-9]{4}", code) for code in codes)
            and all(1 <= number <= MOST_COLUMNS for _code, number in self.columns)
            and len(self.rows) <= most
            and len({number for number, _cells in self.rows}) == len(self.rows)
            and all(0 < number < 10**7 and len(cells) == len(codes) for number, cells in self.rows)
        )


class NoFirms(CannotRead):
    """No sheet names a column of CUITs."""


def source_of(sheets: Iterable[Sheet], *, least: int = 1, most: int = MOST_FIRMS) -> Source:
    """The table of firms in what a person brought: the first sheet that names a column of CUITs. Raises CannotRead, also
    for fewer or more rows than are taken."""
    known = _known_titles()
    for sheet in sheets:
        for place, row in enumerate(sheet.rows[:HEADER_WITHIN]):
            codes = [_code_of(cell.text, known) for cell in row.cells]
            if "cuit" in codes:
                titles = [cell.text for cell in row.cells]
                return _checked(codes, titles, sheet.rows[place + 1 :], least, most)
    raise NoFirms(
        _(
            "The first row has to name the columns, and one of them has to be “CUIT”. Copy the head of the table too."
        )
    )


def _checked(codes: list[str], titles: list[str], rows: list[Any], least: int, most: int) -> Source:
    twice = [title for code, title in zip(codes, titles, strict=True) if code and codes.count(code) > 1]
    if twice:
        raise CannotRead(
            _("Two columns say the same: %(titles)s. Leave one out.") % {"titles": ", ".join(twice)}
        )
    missing = [str(column.label) for column in COLUMNS if column.needed and column.code not in codes]
    if missing:
        raise CannotRead(_("These columns are missing: %(titles)s.") % {"titles": ", ".join(missing)})
    columns = [(code, number) for number, code in enumerate(codes, start=1) if code]
    taken = []
    for row in rows:
        texts = [row.cell(number).text[: LONGEST + 1] for _code, number in columns]
        if any(texts):
            taken.append((row.number, texts))
    if len(taken) < least:
        raise CannotRead(_("Below the names of the columns there is no firm."))
    if len(taken) > most:
        raise CannotRead(
            _("There are %(rows)s rows. Bring at most %(most)s firms at a time.")
            % {"rows": len(taken), "most": most}
        )
    unread = [title for code, title in zip(codes, titles, strict=True) if title and not code]
    return Source(columns, taken, unread)
