"""Tables that leave the site as CSV: comma, LF, UTF-8, and no cell that a spreadsheet would run as a formula."""

import csv
import io
from collections.abc import Iterable
from typing import Any

from django.http import HttpResponse

from core.cells import cell


def csv_text(header: Iterable[str], rows: Iterable[Iterable[Any]]) -> str:
    """The whole table."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows([cell(value) for value in row] for row in rows)
    return out.getvalue()


def csv_response(filename: str, header: Iterable[str], rows: Iterable[Iterable[Any]]) -> HttpResponse:
    """The table as a download."""
    return HttpResponse(
        csv_text(header, rows),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{filename}"'},
    )
