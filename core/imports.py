"""Bringing many rows in from a table: which columns there are, by which titles they are known, the table itself on its way from
page to page, and what the page shows of its cells.

Nothing is kept in between: the table goes along, and each time all of it is looked at again. What a row means, and saving it,
is with what it becomes: groups/import_rows.py, grants/expenses/import_rows.py.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Self

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from openpyxl.utils import get_column_letter

from core import sheets
from core.cells import plain
from core.forms import Form
from core.sheets import HEADER_WITHIN, MOST_COLUMNS, CannotRead, Row, Sheet, carried

# No field takes more; what is longer stays too long.
LONGEST = 300
LANGUAGES = ("en", "es")
# More bad cells than this are corrected in the spreadsheet itself.
MOST_FIELDS = 300


@dataclass(frozen=True)
class Column:
    """A column that we read: the field that it fills, what it is called, also by other names; an example."""

    code: str
    label: Promise
    others: tuple[str, ...]
    hint: Promise
    example: str
    needed: bool = False


class NoHead(CannotRead):
    """No sheet names the column by which the table is found."""


@dataclass
class Source:
    """The part of a table that we read: codes of the columns with their letters, and texts by row number. Each kind of table
    is a class of its own, which says what it has to bring."""

    columns: list[tuple[str, int]]
    rows: list[tuple[int, list[str]]]
    # Titles of columns that are none of ours.
    unread: list[str] = field(default_factory=list)

    WANTED: ClassVar[tuple[Column, ...]]
    # The column by which the head of the table is found.
    FOUND_BY: ClassVar[str]
    MOST: ClassVar[int]
    NO_HEAD: ClassVar[Promise]
    NO_ROWS: ClassVar[Promise]
    TOO_MANY: ClassVar[Promise]

    @classmethod
    def other_code(cls, words: str) -> str:
        """The code of a column that is none of `WANTED`, by the words of its title; "" for none of ours."""
        return ""

    # --- From a table ------------------------------------------------------------------------------------

    @classmethod
    def of(cls, found: Iterable[Sheet], *, least: int = 1, most: int | None = None) -> Self:
        """The table in what a person brought: of the first sheet that names the column by which it is found. Raises CannotRead,
        also for fewer or more rows than are taken."""
        known = cls._known_titles()
        for sheet in found:
            for place, row in enumerate(sheet.rows[:HEADER_WITHIN]):
                titles = [cell.text for cell in row.cells]
                codes = [known.get(words) or cls.other_code(words) for words in map(plain, titles)]
                if cls.FOUND_BY in codes:
                    return cls._checked(codes, titles, sheet.rows[place + 1 :], least, most or cls.MOST)
        raise NoHead(str(cls.NO_HEAD))

    @classmethod
    def _known_titles(cls) -> dict[str, str]:
        """The code of a column by each of its titles, in every language."""
        found: dict[str, str] = {}
        for column in cls.WANTED:
            titles = set(column.others)
            for language in LANGUAGES:
                with translation.override(language):
                    titles.add(str(column.label))
            found |= {plain(title): column.code for title in titles}
        return found

    @classmethod
    def _checked(cls, codes: list[str], titles: list[str], rows: list[Row], least: int, most: int) -> Self:
        twice = [title for code, title in zip(codes, titles, strict=True) if code and codes.count(code) > 1]
        if twice:
            raise CannotRead(
                _("Two columns say the same: %(titles)s. Leave one out.") % {"titles": ", ".join(twice)}
            )
        if missing := [str(column.label) for column in cls._missing(codes)]:
            raise CannotRead(_("These columns are missing: %(titles)s.") % {"titles": ", ".join(missing)})
        columns = [(code, number) for number, code in enumerate(codes, start=1) if code]
        taken = []
        for row in rows:
            texts = [row.cell(number).text[: LONGEST + 1] for _code, number in columns]
            if any(texts):
                taken.append((row.number, texts))
        if len(taken) < least:
            raise CannotRead(str(cls.NO_ROWS))
        if len(taken) > most:
            raise CannotRead(cls.TOO_MANY % {"rows": len(taken), "most": most})
        unread = [title for code, title in zip(codes, titles, strict=True) if title and not code]
        return cls(columns, taken, unread)

    @classmethod
    def _missing(cls, codes: Iterable[str]) -> list[Column]:
        there = set(codes)
        return [column for column in cls.WANTED if column.needed and column.code not in there]

    # --- On its way --------------------------------------------------------------------------------------

    def as_text(self) -> str:
        """For the hidden field that carries it to the next page."""
        return json.dumps([self.columns, self.rows, self.unread], ensure_ascii=False)

    @classmethod
    def from_text(cls, text: str, *, least: int = 1, most: int | None = None) -> Self:
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
        if not source._is_whole(least, most or cls.MOST):
            raise CannotRead(_not_whole())
        return source

    def _is_whole(self, least: int, most: int) -> bool:
        """Whether it is a table as `of` makes them."""
        codes = [code for code, _number in self.columns]
        known = {column.code for column in self.WANTED}
        return (
            not self._missing(codes)
            and len(set(codes)) == len(codes)
            and all(code in known or code == self.other_code(plain(code)) for code in codes)
            and all(1 <= number <= MOST_COLUMNS for _code, number in self.columns)
            and least <= len(self.rows) <= most
            and len({number for number, _cells in self.rows}) == len(self.rows)
            and all(0 < number < 10**7 and len(cells) == len(codes) for number, cells in self.rows)
        )

    def corrected(self, posted: Mapping[str, str]) -> Self:
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
        return type(self)(self.columns, rows, self.unread)


def _not_whole() -> str:
    return _("The table did not arrive whole. Paste it, or choose the file, once more.")


# --- The pages -----------------------------------------------------------------------------------------


class TableForm(Form):
    """A table, pasted or as a file: what it says is `source`, of the class of its kind."""

    hides_optional = True
    kind: ClassVar[type[Source]]

    pasted = forms.CharField(
        label=gettext_lazy("Paste the cells here"),
        help_text=gettext_lazy("Copy them in your spreadsheet, with the row that names the columns."),
        required=False,
        max_length=500_000,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}),
    )
    file = forms.FileField(
        label=gettext_lazy("Or choose a file"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ",".join(sheets.ENDINGS)}),
    )

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["file"].help_text = sheets.limits()
        self.source: Source | None = None

    @classmethod
    def refusing(cls, error: ValidationError) -> Self:
        """An empty one that says why the table that a page carried is not taken."""
        form = cls({}, {})
        form.errors.clear()
        form.add_error(None, error)
        return form

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        pasted, file = data.get("pasted", ""), data.get("file")
        if self.errors:
            return data
        if not pasted.strip() and not file:
            self.add_error("pasted", _("Paste the cells, or choose a file."))
            return data
        # More rows than are taken, so that they are counted and not cut.
        most = 5 * self.kind.MOST
        try:
            self.source = self.kind.of(
                sheets.read_upload(file, most_rows=most)
                if file
                else [sheets.read_text(pasted, most_rows=most)]
            )
        except ValidationError as error:
            self.add_error("file" if file else "pasted", error)
        return data


@dataclass(frozen=True)
class Seen:
    """One cell as the page shows it: where it stands, what it says, what is wrong with it."""

    code: str
    title: str
    row: int
    column: int
    text: str
    sentences: tuple[str, ...] = ()
    # Taken from elsewhere, because the cell was empty.
    filled: bool = False
    # What it may say, where that is a list.
    choices: tuple[str, ...] = ()

    @property
    def address(self) -> str:
        """`B4`, as a spreadsheet calls it."""
        return f"{get_column_letter(self.column)}{self.row}"

    @property
    def name(self) -> str:
        """The name of its field, when it is to be corrected."""
        return f"cell-{self.row}-{self.code}"


def left_out_of(posted: QueryDict) -> frozenset[int]:
    """The numbers of the rows that the person passes over."""
    texts = posted.getlist("left_out")
    return frozenset(int(text) for text in texts if text.isascii() and text.isdecimal() and len(text) < 8)


def shown(preview: Any, posted: QueryDict, *, refused: str) -> dict[str, Any]:
    """What components/import_problems.html and components/import_rows.html show of a table that was looked at: its `source`,
    its `rows` and those that are `bad`, and what was not read. `refused` is why it was not saved, "" for nothing."""
    return {
        "preview": preview,
        "table": preview.source.as_text(),
        "left_out": left_out_of(posted),
        "correctable": sum(len(row.bad_cells) for row in preview.rows) <= MOST_FIELDS,
        # What was corrected once can be corrected again, also when it is right now.
        "typed": {name for name in posted if name.startswith("cell-")},
        "refused": refused,
        "has_errors": bool(preview.bad or refused),
    }
