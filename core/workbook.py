"""Tables that people take with them: an XLSX file with its head, widths, drop-downs and a page of help.

A text stays a text, also one that begins like a formula: nothing that a person typed into a form is ever run on the
machine of the one who opens the file. Reading is in core/sheets.py.
"""

import datetime as dt
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill, Protection
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.worksheet.datavalidation import DataValidation

from core.cells import clean_text

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# The head and what is not to be written in, as on the screens.
HEAD = PatternFill("solid", fgColor="232D4F")
QUIET = PatternFill("solid", fgColor="F2F2F2")
MONEY = "#,##0.00"
# The rows below the last one that have drop-downs too.
SPARE_ROWS = 100
MOST_CHOICES = 1_000


@dataclass(frozen=True)
class Formula:
    """A formula of ours, with what it comes to: nothing else is written as one."""

    text: str


@dataclass(frozen=True)
class Choice:
    """A drop-down of fixed words, or of what stands in a column of another sheet (by its place among the sheets)."""

    words: Sequence[str] = ()
    sheet: int | None = None
    column: int = 1


@dataclass(frozen=True)
class Column:
    """A column: its title, its width in letters, what may be chosen. `quiet` columns are for reading."""

    title: str
    width: int = 20
    form: str = ""
    choice: Choice | None = None
    quiet: bool = False


@dataclass
class Table:
    """A sheet with a head and rows; or, without columns, a sheet of plain lines."""

    name: str
    columns: list[Column] = field(default_factory=list)
    rows: Sequence[Sequence[Any]] = field(default_factory=list)
    hidden: bool = False


def workbook(tables: Sequence[Table]) -> bytes:
    """The XLSX file of these sheets, in their order."""
    book = Workbook()
    book.remove(book.active)
    names = _names(tables)
    lists = Lists()
    for table, name in zip(tables, names, strict=True):
        sheet = book.create_sheet(name)
        sheet.sheet_state = "hidden" if table.hidden else "visible"
        if table.columns:
            _draw(sheet, table, names, lists)
        else:
            _lines(sheet, table)
    lists.draw(book)
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def _names(tables: Sequence[Table]) -> list[str]:
    """Names that a spreadsheet takes: short, without its own signs, each once."""
    names: list[str] = []
    for table in tables:
        name = re.sub(r"[\[\]:*?/\\']", " ", clean_text(table.name))[:28].strip() or "1"
        while name in names:
            name += "_"
        names.append(name)
    return names


def _draw(sheet: Any, table: Table, names: list[str], lists: "Lists") -> None:
    for number, column in enumerate(table.columns, start=1):
        letter = get_column_letter(number)
        head = _put(sheet, 1, number, column.title)
        head.font, head.fill = Font(bold=True, color="FFFFFF"), HEAD
        head.alignment = Alignment(wrap_text=True, vertical="center")
        sheet.column_dimensions[letter].width = column.width
        if column.choice:
            _offer(sheet, letter, column.choice, len(table.rows), names, lists)
    for row, values in enumerate(table.rows, start=2):
        for number, (column, value) in enumerate(zip(table.columns, values, strict=True), start=1):
            cell = _put(sheet, row, number, value)
            cell.alignment = Alignment(wrap_text=column.width >= 30, vertical="top")
            if column.form and not isinstance(value, str):
                cell.number_format = column.form
            if column.quiet:
                cell.fill = QUIET
            else:
                cell.protection = Protection(locked=False)
    sheet.freeze_panes = "A2"


def _lines(sheet: Any, table: Table) -> None:
    """Lines of help; one that is a list of two has its name in bold before it."""
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 36, 90
    for row, values in enumerate(table.rows, start=1):
        for number, value in enumerate(values, start=1):
            cell = _put(sheet, row, number, value)
            cell.alignment = Alignment(wrap_text=number > 1, vertical="top")
            if number == 1:
                cell.font = Font(bold=True)


def _put(sheet: Any, row: int, column: int, value: Any) -> Any:
    """Write one value: a figure as a figure, a day as a day, everything else as a text, whatever it begins with."""
    cell = sheet.cell(row=row, column=column)
    if isinstance(value, Formula):
        cell.value = value.text
    elif isinstance(value, int | Decimal | dt.date) or value is None:
        cell.value = value
        if isinstance(value, dt.date):
            cell.number_format = "dd/mm/yyyy"
    else:
        text = clean_text(str(value))
        cell.value = text or None
        if text:
            cell.data_type = "s"
        if text.startswith(("=", "+", "-", "@")):
            cell.quotePrefix = True
    return cell


def _offer(sheet: Any, letter: str, choice: Choice, filled: int, names: list[str], lists: "Lists") -> None:
    """A drop-down for the cells of a column, some empty rows too."""
    if choice.sheet is not None:
        other = get_column_letter(choice.column)
        source = f"{quote_sheetname(names[choice.sheet])}!${other}$2:${other}${SPARE_ROWS + 1}"
    elif choice.words:
        source = lists.add(choice.words)
    else:
        return
    rule = DataValidation(type="list", formula1=source, allow_blank=True, showErrorMessage=True)
    # Another word may be typed, and is looked at when the file comes back.
    rule.errorStyle = "warning"
    rule.error = _("Choose one of the list.")
    rule.add(f"{letter}2:{letter}{filled + SPARE_ROWS + 1}")
    sheet.add_data_validation(rule)


class Lists:
    """The words of the drop-downs, on a hidden sheet of their own: inside a rule a spreadsheet takes but 255 letters."""

    NAME = "lists"

    def __init__(self) -> None:
        self.columns: list[Sequence[str]] = []

    def add(self, words: Sequence[str]) -> str:
        """Where these words will stand."""
        words = list(words)[:MOST_CHOICES]
        if words not in self.columns:
            self.columns.append(words)
        letter = get_column_letter(self.columns.index(words) + 1)
        return f"{self.NAME}!${letter}$1:${letter}${len(words)}"

    def draw(self, book: Any) -> None:
        """Write the sheet, if there is a list."""
        if not self.columns:
            return
        sheet = book.create_sheet(self.NAME)
        sheet.sheet_state = "hidden"
        for number, words in enumerate(self.columns, start=1):
            for row, word in enumerate(words, start=1):
                _put(sheet, row, number, word)
