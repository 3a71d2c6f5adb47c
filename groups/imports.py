"""Bringing many firms into a group from a table: which columns there are, and by which titles they are known."""

import datetime as dt
import re

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import imports
from core.imports import Column
from groups.size import years_to_ask

MOST_FIRMS = 100

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
    ),
    Column(
        "province",
        gettext_lazy("Province"),
        ("provincia",),
        gettext_lazy("Empty: the group's own."),
        "Misiones",
    ),
    Column(
        "locality",
        gettext_lazy("Town or city"),
        ("town", "city", "localidad", "ciudad", "municipio"),
        gettext_lazy("Empty: the group's own."),
        "Oberá",
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


class Source(imports.Source):
    """A table of firms: of the first sheet that names a column of CUITs."""

    WANTED = COLUMNS
    FOUND_BY = "cuit"
    MOST = MOST_FIRMS
    NO_HEAD = gettext_lazy(
        "The first row has to name the columns, and one of them has to be “CUIT”. Copy the head of the table too."
    )
    NO_ROWS = gettext_lazy("Below the names of the columns there is no firm.")
    TOO_MANY = gettext_lazy("There are %(rows)s rows. Bring at most %(most)s firms at a time.")

    @classmethod
    def other_code(cls, words: str) -> str:
        """The sales of a year."""
        year = SALES.search(words)
        return f"sales_{year[1] or year[2]}" if year else ""
