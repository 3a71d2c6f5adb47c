"""The file of a working copy: making it, and reading what came back.

A hidden sheet carries, signed, which application it is of and what its rows said when it was taken: so that what a person
changed is told from what others changed meanwhile.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core import signing
from django.core.files.uploadedfile import UploadedFile
from django.utils import translation
from django.utils.translation import gettext as _

from applications.models import Application
from applications.rows import MOST_ROWS
from applications.working_copy import members
from applications.working_copy.members import MEMBERS
from applications.working_copy.tables import (
    BUDGET,
    LANGUAGES,
    NUMBER,
    PLAN,
    TABLES,
    CopyTable,
    Words,
    number_heading,
    saved_rows,
    texts_of,
    values_of,
    words_of,
)
from core import dates, sheets
from core.cells import plain
from core.imports import NoHead
from core.sheets import HEADER_WITHIN, CannotRead, Row, Sheet, carried
from core.workbook import MONEY, Choice, Column, Formula, Table, workbook
from groups.imports import MOST_FIRMS, Source

SALT = "working-copy"
KEY_SHEET = "key"
# Of the signed text in one cell.
PIECE = 3_000
LONGEST = 500
PLACE = {PLAN.code: 1, BUDGET.code: 2}


# --- Making it --------------------------------------------------------------------------------------


def make(application: Application, *, now: datetime) -> bytes:
    """The XLSX file, in the reader's language."""
    sheets_of, base = {}, {}
    for table in TABLES.values():
        rows = saved_rows(table, application)
        words = words_of(table, application, rows)
        values = {row.pk: values_of(table, row, application, words) for row in rows}
        base[table.code] = {str(pk): list(texts_of(row).values()) for pk, row in values.items()}
        sheets_of[table.code] = _sheet(table, values, words, application.call.months)
    firms, said = members.sheet_of(application, now)
    key = {
        "application": application.pk,
        "version": application.version,
        "taken": now.isoformat(),
        "language": translation.get_language(),
        "rows": base,
        MEMBERS: said,
    }
    token = signing.dumps(key, salt=SALT, compress=True)
    pieces = [(token[at : at + PIECE],) for at in range(0, len(token), PIECE)]
    return workbook(
        [
            Table(_("Read this first"), rows=_help(application, now)),
            sheets_of[PLAN.code],
            sheets_of[BUDGET.code],
            firms,
            Table(KEY_SHEET, rows=[("LSP",), *pieces], hidden=True),
        ]
    )


def _sheet(table: CopyTable, values: dict[int, dict[str, Any]], words: Words, months: int) -> Table:
    columns = [Column(number_heading(), 12, quiet=True)]
    for name in table.fields:
        choice = None
        if name == "activity":
            choice = Choice(sheet=PLACE[PLAN.code], column=2)
        elif name in words.of_code:
            choice = Choice([text for code, text in words.of_code[name].items() if code])
        elif name.endswith("_month"):
            choice = Choice([str(month) for month in range(1, months + 1)])
        money = MONEY if name in ("quantity", "unit_cost", "programme_share") else ""
        columns.append(Column(table.heading(name), table.widths[name], money, choice))
    rows: list[list[Any]] = [[pk, *row.values()] for pk, row in values.items()]
    if table is BUDGET:
        columns += [Column(_("Together"), 18, MONEY, quiet=True), Column(_("You pay"), 18, MONEY, quiet=True)]
        for number, row in enumerate(rows, start=2):
            row += [Formula(f"=ROUND(G{number}*H{number},2)"), Formula(f"=J{number}-I{number}")]
    return Table(table.label, columns, rows)


def _help(application: Application, now: datetime) -> list[tuple[str, ...]]:
    call = application.call
    taken = now.astimezone(dates.BUENOS_AIRES)
    return [
        (_("Working copy of"), str(application)),
        (_("Call"), call.title),
        (_("Taken on"), f"{taken:%d/%m/%Y %H:%M}"),
        (_("Months of the plan"), str(call.months)),
        ("",),
        ("1", _("Fill in the sheets of the work plan and of the budget. Each row is an activity or a cost.")),
        (
            "2",
            _(
                "A new row has no number. To take a row out, delete the whole row. The order of the rows is kept."
            ),
        ),
        ("3", _("Grey cells are for reading.")),
        (
            "4",
            _("Leave “%(column)s” empty for the most that this call pays.")
            % {"column": BUDGET.heading("programme_share")},
        ),
        (
            "5",
            _(
                "A new row in the sheet of the firms adds a firm; one that is registered already is asked to join. A row that is "
                "missing there removes nobody. Sales that a firm entered itself are not in it."
            ),
        ),
        (
            "6",
            _("Bring this file back as XLSX. You see what would change before anything is saved."),
        ),
    ]


# --- Reading what came back --------------------------------------------------------------------------


@dataclass
class Brought:
    """What a file says: its key as it was signed, the letter of each column, and the texts of the rows by number."""

    token: str
    columns: dict[str, dict[str, int]]
    rows: dict[str, list[tuple[int, dict[str, str]]]]
    firms: Source
    unread: list[str] = field(default_factory=list)

    @property
    def key(self) -> dict[str, Any]:
        """What the file was when it was taken. Raises CannotRead."""
        try:
            return signing.loads(self.token, salt=SALT)
        except signing.BadSignature as error:
            raise CannotRead(_no_key()) from error

    @property
    def most_firms(self) -> int:
        """How many rows the sheet of the firms may have: those that it had, and as many new ones as an import takes."""
        return MOST_FIRMS + len(self.key.get(MEMBERS, {}).get("rows", ()))

    def as_text(self) -> str:
        """For the hidden field that carries it to the confirmation."""
        parts = [self.token, self.columns, self.rows, self.firms.as_text(), self.unread]
        return json.dumps(parts, ensure_ascii=False)

    @classmethod
    def from_text(cls, text: str) -> "Brought":
        """What a page carried; it is looked at again like a file. Raises CannotRead."""
        try:
            token, columns, rows, firms, unread = carried(text)
            brought = cls(
                str(token),
                {code: {str(k): int(v) for k, v in columns[code].items()} for code in TABLES},
                {
                    code: [
                        (int(number), {str(k): str(v) for k, v in cells.items()})
                        for number, cells in rows[code]
                    ]
                    for code in TABLES
                },
                Source.from_text(str(firms), least=0, most=sheets.MOST_ROWS),
                [str(each) for each in unread],
            )
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            raise CannotRead(_("The file did not arrive whole. Choose it once more.")) from error
        if not brought.is_whole():
            raise CannotRead(_("The file did not arrive whole. Choose it once more."))
        return brought

    def is_whole(self) -> bool:
        """Whether it is as `read` makes it."""
        for code, table in TABLES.items():
            names = {NUMBER, *table.fields}
            columns, rows = self.columns[code], self.rows[code]
            if set(columns) != names or not all(
                1 <= each <= sheets.MOST_COLUMNS for each in columns.values()
            ):
                return False
            if len(rows) > MOST_ROWS or len({number for number, _cells in rows}) != len(rows):
                return False
            if not all(set(cells) == names and 0 < number < 10**7 for number, cells in rows):
                return False
        return len(self.firms.rows) <= self.most_firms


def _no_key() -> str:
    return _(
        "This is not a working copy that was downloaded here, or its hidden sheet was lost. Download a new one, and copy "
        "your rows into it."
    )


def read(upload: UploadedFile, *, application: Application) -> Brought:
    """The rows of a working copy that came back, whatever the order of its sheets and columns. Raises CannotRead."""
    if not (upload.name or "").lower().endswith(".xlsx"):
        raise CannotRead(_("Choose the XLSX file of the working copy."))
    found = sheets.read_upload(upload)
    key_sheet = next((sheet for sheet in found if sheet.name == KEY_SHEET), None)
    token = "".join(row.cell(1).text for row in key_sheet.rows[1:]) if key_sheet else ""
    brought = Brought(token, {}, {}, Source([], []))
    check_key(brought, application)
    shown = [sheet for sheet in found if not sheet.hidden]
    for table in TABLES.values():
        sheet, head, columns = _find(table, shown)
        brought.columns[table.code] = columns
        brought.rows[table.code] = _rows(table, sheet, head, columns)
        known = set(columns.values())
        quiet = {plain(title) for title in _quiet_titles()}
        brought.unread += [
            f"{sheet.name}: {cell.text}"
            for cell in head.cells
            if cell.text and cell.column not in known and plain(cell.text) not in quiet
        ]
    brought.firms = _firms(shown, brought.most_firms)
    return brought


def _firms(shown: list[Sheet], most: int) -> Source:
    """The sheet of the firms: first of all the one that is still called so. Raises CannotRead."""
    ours = {plain(name) for name in _in_each_language(members.label)}
    try:
        found = Source.of(sorted(shown, key=lambda sheet: plain(sheet.name) not in ours), least=0, most=most)
    except NoHead as error:
        raise CannotRead(_("The sheet “%(sheet)s” is missing.") % {"sheet": members.label()}) from error
    except CannotRead as error:
        sentence = " ".join(error.messages)
        raise CannotRead(f"{members.label()}: {sentence}") from error
    quiet = {plain(title) for title in _quiet_titles()}
    read = [f"{members.label()}: {title}" for title in found.unread if plain(title) not in quiet]
    return Source(found.columns, found.rows, read)


def check_key(brought: Brought, application: Application) -> None:
    """Whether it is this application's. Raises CannotRead."""
    if brought.key.get("application") != application.pk:
        raise CannotRead(_("This is the working copy of another application. Choose the one of this."))
    rows = brought.key["rows"]
    if MEMBERS not in brought.key or not all(
        len(texts) == len(TABLES[code].fields) for code in TABLES for texts in rows[code].values()
    ):
        raise CannotRead(_("The forms have changed since this copy was taken. Download a new one."))


def _quiet_titles() -> list[str]:
    titles = (lambda: _("Together"), lambda: _("You pay"), lambda: _("Size"))
    return [each for title in titles for each in _in_each_language(title)]


def _in_each_language(words: Callable[[], str]) -> list[str]:
    found = []
    for language in LANGUAGES:
        with translation.override(language):
            found.append(words())
    return found


def _find(table: CopyTable, shown: list[Sheet]) -> tuple[Sheet, Row, dict[str, int]]:
    """The sheet of a table, its head, and where each column stands: by the titles, whatever the sheet is called."""
    titles = table.titles()
    best: tuple[Sheet, Row, dict[str, int]] | None = None
    for sheet in shown:
        for row in sheet.rows[:HEADER_WITHIN]:
            columns: dict[str, int] = {}
            for cell in row.cells:
                name = titles.get(plain(cell.text))
                if name:
                    columns.setdefault(name, cell.column)
            if best is None or len(columns) > len(best[2]):
                best = (sheet, row, columns)
    missing = [name for name in (NUMBER, *table.fields) if best is None or name not in best[2]]
    if best is None or len(missing) > len(table.fields) - 2:
        raise CannotRead(_("The sheet “%(sheet)s” is missing.") % {"sheet": table.label})
    if missing:
        labels = [number_heading() if name == NUMBER else table.heading(name) for name in missing]
        raise CannotRead(
            _("In “%(sheet)s” these columns are missing: %(titles)s.")
            % {"sheet": best[0].name, "titles": ", ".join(labels)}
        )
    return best


def _rows(
    table: CopyTable, sheet: Sheet, head: Row, columns: dict[str, int]
) -> list[tuple[int, dict[str, str]]]:
    found = []
    for row in sheet.rows:
        if row.number <= head.number:
            continue
        cells = {name: row.cell(number).text[: LONGEST + 1] for name, number in columns.items()}
        if any(text for name, text in cells.items() if name != NUMBER):
            found.append((row.number, cells))
    if len(found) > MOST_ROWS:
        raise CannotRead(
            _("There are too many rows in “%(sheet)s”: at most %(most)s are read.")
            % {"sheet": sheet.name, "most": MOST_ROWS}
        )
    return found
