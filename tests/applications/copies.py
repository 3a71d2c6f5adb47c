"""Working copies as people fill them in: a spreadsheet in memory, written in by the titles of its columns."""

import io
from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook, load_workbook

from applications.sections import BY_CODE
from applications.working_copy import Brought, make, read
from applications.working_copy.tables import TABLES
from tests.clock import NOON


@dataclass
class Copy:
    """A working copy that somebody has open."""

    book: Workbook
    names: dict[str, str]

    @classmethod
    def of(cls, application) -> "Copy":
        """Download it."""
        book = load_workbook(io.BytesIO(make(application, now=NOON)))
        return cls(book, {code: str(BY_CODE[code].label) for code in (*TABLES, "members")})

    def sheet(self, table: str) -> Any:
        return self.book[self.names[table]]

    def cell(self, table: str, row: int, title: str) -> Any:
        """The cell of a row under a title."""
        column = next(cell.column for cell in self.sheet(table)[1] if cell.value == title)
        return self.sheet(table).cell(row=row, column=column)

    def address(self, table: str, row: int, title: str) -> str:
        return self.cell(table, row, title).coordinate

    def write(self, table: str, row: int, values: dict[str, Any]) -> None:
        """Write cells of a row."""
        for title, value in values.items():
            self.cell(table, row, title).value = value

    def upload(self, name: str = "copy.xlsx") -> SimpleUploadedFile:
        """Save it, and choose it in the browser."""
        made = io.BytesIO()
        self.book.save(made)
        return SimpleUploadedFile(name, made.getvalue())


def bring(copy: Copy, application) -> Brought:
    """Bring it back."""
    return read(copy.upload(), application=application)
