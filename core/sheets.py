"""Tables that people bring: CSV, XLSX, or cells pasted from a spreadsheet, read into rows of texts with their addresses.

Everything is bounded before it is read: the file, what it unpacks to, sheets, rows, columns, the length of a cell. Nothing
is run: of a formula only the result that the spreadsheet kept counts. What cannot be read is a `CannotRead` with the
sentence for the person. Writing is in core/workbook.py.
"""

import csv
import io
import json
import re
import warnings
import zipfile
from collections.abc import Container, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from core.cells import clean_text, in_words
from core.documents import MB, clean_name, in_megabytes
from core.filetypes import BROKEN, TYPES, WrongContent, unpacked

MOST_BYTES = 2 * MB
MOST_UNPACKED = 24 * MB
MOST_SHEETS = 20
MOST_ROWS = 1_000
MOST_COLUMNS = 60
# Nothing is looked for below it: a sheet may number its rows as it likes.
LAST_ROW = 50_000
# Longer than any text that a table asks for; what is longer is cut, and says so.
LONGEST_CELL = 4_000
# Elements of all its parts. Each becomes an object of its own, empty cells too, before a row is whole.
MOST_TAGS = 600_000
# All cells together, in letters: thousands of them may share one text, and take little room in the file.
MOST_TEXT = 4_000_000
# What a person writes above the names of the columns: a title, a date, an empty row.
HEADER_WITHIN = 10

ENDINGS = (".xlsx", ".csv", ".txt", ".tsv")
LIMITS = gettext_lazy("XLSX or CSV. At most %(most)s.")

# `#REF!`, `#¡VALOR!`, `#N/D`: what spreadsheets write instead of a result.
ERROR = re.compile(r"#[¡¿]?[A-Z0-9/]{3,8}[!?]?|#N/[AD]")


class CannotRead(ValidationError):
    """This is no table that we can read, with the sentence for the person."""


@dataclass(frozen=True)
class Cell:
    """One cell. A formula without a result in the file is the text `=`."""

    text: str
    row: int
    column: int

    @property
    def address(self) -> str:
        """`B4`, as a spreadsheet calls it."""
        return f"{get_column_letter(self.column)}{self.row}"

    @property
    def trouble(self) -> str:
        """Why its text is none that a person wrote, in a sentence; "" when it is."""
        return trouble(self.text)


def trouble(text: str) -> str:
    """Why a cell's text is none that a person wrote, in a sentence; "" when it is."""
    if text.startswith("="):
        return _("This is a formula without its result: write the value itself.")
    if ERROR.fullmatch(text):
        return _("This formula came to an error: write the value itself.")
    if len(text) > LONGEST_CELL:
        return _("This text is too long.")
    return ""


@dataclass(frozen=True)
class Row:
    """A row that has something in it, by its number in the sheet."""

    number: int
    cells: tuple[Cell, ...]

    def cell(self, column: int) -> Cell:
        """The cell of a column (from 1); an empty one where the row ends before it."""
        return self.cells[column - 1] if column <= len(self.cells) else Cell("", self.number, column)


@dataclass(frozen=True)
class Sheet:
    """One table: its rows that are not empty."""

    name: str
    rows: list[Row]
    hidden: bool = False


# --- Carried by a page -------------------------------------------------------------------------------


def carried(text: str) -> Any:
    """What the hidden field of a page brought back of a table: JSON of texts and whole numbers, and nothing that JSON
    can say and we could not write down again. Raises ValueError or RecursionError."""
    found = json.loads(text, parse_float=_no_number, parse_constant=_no_number)
    json.dumps(found, ensure_ascii=False).encode()  # half a sign that a \\ud800 stands for
    return found


def _no_number(text: str) -> Any:
    raise ValueError(text)


# --- Which file it is ------------------------------------------------------------------------------


def limits() -> str:
    """The hint of a field for a table."""
    return LIMITS % {"most": in_megabytes(MOST_BYTES)}


def read_upload(upload: UploadedFile, *, most_rows: int = MOST_ROWS) -> list[Sheet]:
    """The sheets of an uploaded file; a CSV file has one. Raises CannotRead."""
    ending = PurePosixPath(clean_name(upload.name or "")).suffix.lower()
    if not upload.size:
        raise CannotRead(_("This file is empty. Choose another one."))
    if upload.size > MOST_BYTES:
        raise CannotRead(
            _("This file is too large: %(size)s. The most is %(most)s.")
            % {"size": in_megabytes(upload.size), "most": in_megabytes(MOST_BYTES)}
        )
    if ending in (".xlsm", ".xlsb", ".xltm", ".xls", ".ods", ".numbers"):
        raise CannotRead(
            _("Save it as XLSX or as CSV first: files of the type %(type)s are not read.") % {"type": ending}
        )
    if ending not in ENDINGS:
        raise CannotRead(_("Choose an XLSX or a CSV file."))
    upload.seek(0)
    data = upload.read()
    return (
        read_xlsx(data, most_rows=most_rows) if ending == ".xlsx" else [read_csv(data, most_rows=most_rows)]
    )


# --- CSV and pasted cells --------------------------------------------------------------------------


def read_csv(data: bytes, *, most_rows: int = MOST_ROWS) -> Sheet:
    """A CSV file: comma, semicolon or tab; UTF-8, UTF-16 with its mark, or the letters of Windows. Raises CannotRead."""
    return read_text(_decoded(data), most_rows=most_rows)


def _decoded(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    elif b"\0" in data or data.startswith((b"PK\x03\x04", b"%PDF", b"\xd0\xcf\x11\xe0")):
        raise CannotRead(_("This is not a CSV file, whatever its name says."))
    else:
        encodings = ["utf-8-sig", "cp1252", "latin-1"]
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise CannotRead(_("This is not a CSV file, whatever its name says."))


def read_text(text: str, *, most_rows: int = MOST_ROWS) -> Sheet:
    """Cells as text: pasted from a spreadsheet (tabs), or the content of a CSV file. Raises CannotRead."""
    if len(text) > MOST_BYTES:
        raise CannotRead(_("This text is too long: paste fewer rows."))
    text = text.lstrip("\ufeff").replace("\0", "")
    records = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    rows: list[Row] = []
    try:
        for number, record in enumerate(records, start=1):
            if _take(rows, number, list(record), most_rows) and len(record) > MOST_COLUMNS:
                raise CannotRead(_too_wide())
    except csv.Error as error:
        raise CannotRead(
            _("The text cannot be read as a table: look for a quotation mark that is never closed.")
        ) from error
    return Sheet("", rows)


def _delimiter(text: str) -> str:
    """What stands between the cells: of the three, the one that the first row with any has most of."""
    for line in text.split("\n", HEADER_WITHIN)[:HEADER_WITHIN]:
        bare = re.sub(r'"[^"]*"', "", line)
        counts = {mark: bare.count(mark) for mark in ("\t", ";", ",")}
        if any(counts.values()):
            return max(counts, key=lambda mark: counts[mark])
    return "\t"


def _take(rows: list[Row], number: int, values: list[Any], most_rows: int) -> bool:
    """Add a row if it has something in it; answers whether it has."""
    cells = tuple(_cell(value, number, column) for column, value in enumerate(values, start=1))
    if not any(cell.text for cell in cells):
        return False
    if len(rows) >= most_rows:
        raise CannotRead(_too_long(most_rows))
    rows.append(Row(number, cells))
    return True


def _too_long(most_rows: int) -> str:
    return _("There are too many rows: at most %(most)s are read.") % {"most": most_rows}


def _too_wide() -> str:
    return _("There are too many columns: at most %(most)s are read.") % {"most": MOST_COLUMNS}


def _cell(value: Any, row: int, column: int) -> Cell:
    # Cut before it is cleaned: that takes time by the letter.
    text = clean_text(value[: 2 * LONGEST_CELL] if isinstance(value, str) else in_words(value))
    return Cell(text[: LONGEST_CELL + 1], row, column)


# --- XLSX --------------------------------------------------------------------------------------------


def read_xlsx(data: bytes, *, most_rows: int = MOST_ROWS) -> list[Sheet]:
    """The sheets of an XLSX file, hidden ones too. Raises CannotRead."""
    has_formulas = _inspect(data)
    with warnings.catch_warnings():
        # It warns of what it leaves out: pictures, drop-downs, colours. We read texts.
        warnings.simplefilter("ignore")
        try:
            values = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
            written = None
            if has_formulas:
                written = load_workbook(io.BytesIO(data), read_only=True, keep_links=False)
            return list(_sheets(values, written, most_rows))
        except CannotRead:
            raise
        except Exception as error:
            # Whatever a broken file makes the library do wrong: to the person it is one and the same.
            raise CannotRead(
                _("This XLSX file is damaged. Save it again and choose it once more.")
            ) from error


def _inspect(data: bytes) -> bool:
    """Look at the archive before anything of it is parsed; answers whether it has formulas. Raises CannotRead."""
    try:
        TYPES["xlsx"].check(io.BytesIO(data), len(data))
    except WrongContent as error:
        raise CannotRead(str(error)) from error
    found, tags = False, 0
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            if sum(entry.file_size for entry in entries) > MOST_UNPACKED:
                raise CannotRead(_("This file would unpack to something far too large."))
            for entry in entries:
                # Every one, whatever its name: the workbook says itself which of them are its parts.
                content = unpacked(archive, entry)
                tags += content.count(b"<")
                if tags > MOST_TAGS:
                    raise CannotRead(_("This file would unpack to something far too large."))
                _refuse_entities(content)
                name = entry.filename.lower()
                found = found or (
                    name.startswith("xl/worksheets/") and re.search(rb"<(\w+:)?f[\s>/]", content) is not None
                )
            if sum(e.filename.lower().startswith("xl/worksheets/") for e in entries) > 2 * MOST_SHEETS:
                raise CannotRead(
                    _("This file has too many sheets: at most %(most)s are read.") % {"most": MOST_SHEETS}
                )
    except BROKEN as error:
        raise CannotRead(_("This XLSX file is damaged. Save it again and choose it once more.")) from error
    return found


def _refuse_entities(content: bytes) -> None:
    """A part that declares a document type, or an odd encoding in which one could hide, is none of a spreadsheet's."""
    bare = content.replace(b"\0", b"").lower()
    encoding = re.match(rb"[^<]{0,4}<\?xml[^>]*encoding\s*=\s*[\"']([^\"']*)", bare)
    odd = encoding is not None and encoding[1] not in (b"utf-8", b"utf-16", b"us-ascii", b"ascii")
    if odd or b"<!doctype" in bare or b"<!entity" in bare:
        raise CannotRead(_("This file holds declarations that no spreadsheet has. Save it again as XLSX."))


def _sheets(values: Any, written: Any, most_rows: int) -> Iterator[Sheet]:
    if len(values.sheetnames) > MOST_SHEETS:
        raise CannotRead(
            _("This file has too many sheets: at most %(most)s are read.") % {"most": MOST_SHEETS}
        )
    room = _Room()
    for name in values.sheetnames:
        sheet = values[name]
        if not hasattr(sheet, "iter_rows"):  # a sheet with nothing but a chart
            continue
        formulas = _formulas(written[name], most_rows) if written else set()
        yield Sheet(clean_text(name), _rows(sheet, formulas, most_rows, room), sheet.sheet_state != "visible")


def _bounded(
    sheet: Any, most_rows: int, formulas: Container[tuple[int, int]] = ()
) -> Iterator[tuple[int, tuple[Any, ...]]]:
    """The rows by number, with a column more than we read: whatever size the file claims, and however far apart its rows
    stand."""
    sheet.reset_dimensions()
    before: tuple[Any, ...] = ()
    for number, cells in enumerate(sheet.iter_rows(max_col=MOST_COLUMNS + 1), start=1):
        if number > LAST_ROW:
            raise CannotRead(_too_long(most_rows))
        # Rows that are not in the file are one and the same empty row.
        if cells is not before and any(
            cell.value is not None or (number, column) in formulas
            for column, cell in enumerate(cells, start=1)
        ):
            yield number, cells
        before = cells


class _Room:
    """How many letters a file may still bring."""

    def __init__(self) -> None:
        self.left = MOST_TEXT

    def take(self, values: list[Any]) -> None:
        self.left -= sum(min(len(value), 2 * LONGEST_CELL) for value in values if isinstance(value, str))
        if self.left < 0:
            raise CannotRead(_("This file would unpack to something far too large."))


def _rows(sheet: Any, formulas: set[tuple[int, int]], most_rows: int, room: _Room) -> list[Row]:
    rows: list[Row] = []
    for number, cells in _bounded(sheet, most_rows, formulas):
        found: list[Any] = []
        for column, cell in enumerate(cells, start=1):
            value = "=" if cell.value is None and (number, column) in formulas else cell.value
            found.append("" if value is None else value)
        while found and found[-1] == "":
            found.pop()
        room.take(found)
        if _take(rows, number, found, most_rows) and len(found) > MOST_COLUMNS:
            raise CannotRead(_too_wide())
    return rows


def _formulas(sheet: Any, most_rows: int) -> set[tuple[int, int]]:
    """Where formulas stand, by row and column."""
    return {
        (number, column)
        for number, cells in _bounded(sheet, most_rows)
        for column, cell in enumerate(cells, start=1)
        if getattr(cell, "data_type", "") == "f"
    }
