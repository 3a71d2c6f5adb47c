"""Lists that leave the site: the rows and columns of the screen as CSV or XLSX.

A cell that begins like a formula stays a text in both: nobody's spreadsheet runs what somebody else typed.
"""

import csv
import datetime as dt
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice
from typing import Any

from django.http import HttpResponse, StreamingHttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from core import dates
from core.cells import cell, clean_text
from core.workbook import CONTENT_TYPE, MONEY
from core.workflow import TransitionRefused

# What a spreadsheet is given at once. CSV has no such end.
MOST_ROWS = 10_000
WIDTH = 24


@dataclass(frozen=True)
class Column:
    """One column: its title, and what it says of a row (a text, a number, an amount, a day, a moment, or None)."""

    title: str | Promise
    value: Callable[[Any], Any]


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, value: str) -> str:
        return value


def _lines(columns: Sequence[Column], rows: Iterable[Any]) -> Iterator[str]:
    writer = csv.writer(_Echo(), lineterminator="\n")
    yield writer.writerow([cell(str(column.title)) for column in columns])
    for row in rows:
        yield writer.writerow([cell(column.value(row)) for column in columns])


def csv_response(filename: str, columns: Sequence[Column], rows: Iterable[Any]) -> StreamingHttpResponse:
    """The table row by row, however long it is: UTF-8, commas."""
    return StreamingHttpResponse(
        _lines(columns, rows),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{filename}"'},
    )


def xlsx_response(filename: str, columns: Sequence[Column], rows: Iterable[Any]) -> HttpResponse:
    """The table as a spreadsheet, with amounts as numbers and days as days.

    Raises TransitionRefused, with the sentence, when there are more rows than MOST_ROWS.
    """
    found = list(islice(rows, MOST_ROWS + 1))
    if len(found) > MOST_ROWS:
        sentence = _("These are more than %(most)s rows: filter the list, or take it as CSV.")
        raise TransitionRefused(sentence % {"most": MOST_ROWS})
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("List"))
    for number in range(1, len(columns) + 1):
        sheet.column_dimensions[get_column_letter(number)].width = WIDTH
    head = [WriteOnlyCell(sheet, value=str(column.title)) for column in columns]
    for each in head:
        each.font = Font(bold=True)
    sheet.freeze_panes = "A2"
    sheet.append(head)
    for row in found:
        sheet.append([_typed(sheet, column.value(row)) for column in columns])
    out = io.BytesIO()
    book.save(out)
    return HttpResponse(
        out.getvalue(),
        content_type=CONTENT_TYPE,
        headers={"Content-Disposition": f'attachment; filename="{filename}"'},
    )


def _typed(sheet: Any, value: Any) -> Any:
    """A cell with the type of its value. A text is never a formula, whatever it begins with."""
    if isinstance(value, dt.datetime):
        value = value.astimezone(dates.BUENOS_AIRES).replace(tzinfo=None)
    if isinstance(value, Decimal):
        made = WriteOnlyCell(sheet, value=value)
        made.number_format = MONEY
        return made
    if value is None or isinstance(value, int | float | dt.date):
        return value
    made = WriteOnlyCell(sheet, value=clean_text(str(value)))
    made.data_type = "s"
    return made
