"""Each row of a table of expenses: what is wrong in which cell, and saving all that are right. The rules for a row are those of
the form of one voucher, with names in the place of choices."""

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import translation
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from core import sheets
from core.cells import plain
from core.imports import LANGUAGES, Seen, TableForm
from core.money import ZERO
from core.workflow import TransitionRefused
from grants.expenses import actions
from grants.expenses.books import Books
from grants.expenses.forms import VOUCHER_KINDS, VoucherForm
from grants.expenses.imports import BY_CODE, Source
from grants.models import Expense, ExpensePayment, Statement
from groups.forms.imports import NamedField
from groups.models import Firm

POINT_AND_NUMBER = re.compile(r"(\d{1,5})\s*-\s*(\d{1,8})")


class ImportForm(TableForm):
    """A table of expenses, pasted or as a file."""

    kind = Source


# --- One row -----------------------------------------------------------------------------------------


@dataclass
class Names:
    """What cells may name, by what people write: read once for all rows."""

    lines: dict[str, Any]
    firms: dict[str, Any]
    choices: dict[str, dict[str, Any]]

    @classmethod
    def read(cls, statement: Statement, books: Books) -> "Names":
        lines: dict[str, Any] = {}
        for number, line in enumerate(books.lines.values(), start=1):
            lines |= {plain(line.description): line, str(number): line}
        members = statement.project.group.memberships.values("firm")
        firms = {
            plain(name): firm
            for firm in Firm.objects.filter(pk__in=members)
            for name in (firm.name, firm.cuit, firm.formatted_cuit)
        }
        return cls(
            lines,
            firms,
            {
                "kind": words_of(VOUCHER_KINDS),
                "buyer_vat": words_of(Expense.BuyerVat.choices),
                "currency": words_of(Expense.Currency.choices),
                "means": words_of(ExpensePayment.Means.choices),
            },
        )


def words_of(choices: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """The values of choices by themselves and by their words in each language, what stands in brackets left out too."""
    found: dict[str, Any] = {}
    for language in LANGUAGES:
        with translation.override(language):
            for value, label in choices:
                for name in (value, str(label), re.sub(r"\(.+\)", "", str(label))):
                    found.setdefault(plain(name), value)
    return found


class RowForm(VoucherForm):
    """A voucher as its row says it."""

    judged_later = True

    def __init__(self, data: Mapping[str, str], *, names: Names, statement: Statement, books: Books):
        typed = dict(data)
        if not typed.get("point_of_sale") and (both := POINT_AND_NUMBER.fullmatch(typed.get("number", ""))):
            typed |= {"point_of_sale": both[1], "number": both[2]}
        typed["currency"] = typed.get("currency") or Expense.Currency.ARS
        super().__init__(typed, {}, instance=Expense(), statement=statement, today=books.today, books=books)
        del self.fields["voucher"], self.fields["as_typed"]
        self.fields["line"] = NamedField(names.lines, _("No line of the budget is called “%(text)s”."))
        self.fields["firm"] = NamedField(
            names.firms, _("No firm of the group is called “%(text)s”."), required=False
        )
        for name, words in names.choices.items():
            self.fields[name] = NamedField(
                words, _("“%(text)s” is none of the list."), required=name in ("kind", "currency")
            )

    def clean_firm(self) -> Firm | None:
        return self.cleaned_data["firm"] or None

    def _get_validation_exclusions(self) -> set[str]:
        """Line and firm were found among the group's own: nothing is asked again of the database, row by row."""
        return super()._get_validation_exclusions() | {"line", "firm"}  # type: ignore[misc]


# --- The table ---------------------------------------------------------------------------------------


@dataclass
class ImportRow:
    """A row with its cells; `left_out` where the person passes over it."""

    number: int
    cells: list[Seen]
    form: RowForm
    left_out: bool = False

    @property
    def bad_cells(self) -> list[Seen]:
        return [] if self.left_out else [cell for cell in self.cells if cell.sentences]

    @property
    def expense(self) -> Expense:
        return self.form.instance

    @property
    def title(self) -> str:
        """What the page calls it."""
        return Truncator(self.form.data.get("description", "")).chars(80)

    @property
    def badge(self) -> tuple[str, str]:
        """The state whose look its badge takes (core.looks), and its words."""
        if self.left_out:
            return "withdrawn", _("Left out")
        return ("fail", _("Not right yet")) if self.bad_cells else ("pass", _("Will be added"))


@dataclass
class Preview:
    """The whole table, looked at. Nothing is saved."""

    source: Source
    rows: list[ImportRow]

    @property
    def unread(self) -> list[str]:
        return self.source.unread

    @property
    def bad(self) -> list[ImportRow]:
        return [row for row in self.rows if row.bad_cells]

    @property
    def good(self) -> list[ImportRow]:
        return [row for row in self.rows if not row.left_out and not row.bad_cells]

    @property
    def programme(self) -> Any:
        return sum((row.expense.programme_share for row in self.good), ZERO)

    @property
    def group(self) -> Any:
        return sum((row.expense.group_share for row in self.good), ZERO)


def look(source: Source, *, statement: Statement, today: dt.date, left_out: Iterable[int] = ()) -> Preview:
    """What is wrong in which cell: a constant number of queries. Each row counts for those below it: what one charges, the next
    cannot charge again."""
    left_out, books = set(left_out), Books(statement.project, today)
    names = Names.read(statement, books)
    made = []
    for number, texts in source.rows:
        data = {code: text for (code, _column), text in zip(source.columns, texts, strict=True)}
        form = RowForm(data, names=names, statement=statement, books=books)
        form.full_clean()
        made.append((number, texts, form))
    books.look_up(form.instance for _number, _texts, form in made if form.is_valid())
    rows = []
    for number, texts, form in made:
        out = number in left_out
        if not out and form.is_valid():
            form.say_findings()
            if form.is_valid():
                books.note(form.instance)
        rows.append(ImportRow(number, _cells(source, number, texts, form), form, out))
    return Preview(source, rows)


def _cells(source: Source, number: int, texts: list[str], form: RowForm) -> list[Seen]:
    codes = [code for code, _column in source.columns]
    sentences: dict[str, list[str]] = {}
    for code, errors in form.errors.items():
        # What has no column of its own is said at the first.
        place = code if code in codes else codes[0]
        sentences.setdefault(place, []).extend(str(sentence) for sentence in errors)
    cells = []
    for (code, column), text in zip(source.columns, texts, strict=True):
        trouble = sheets.trouble(text)
        found = [trouble] if trouble else sentences.get(code, [])
        cells.append(Seen(code, str(BY_CODE[code].label), number, column, text, tuple(found)))
    return cells


def save(preview: Preview, *, by, statement: Statement, now: dt.datetime) -> int:
    """Add every row that is right, all or none; answers how many. Raises NotAllowed or TransitionRefused."""
    if preview.bad:
        rows = ", ".join(str(row.number) for row in preview.bad)
        raise TransitionRefused(
            _("These rows are not right yet: %(rows)s. Correct them, or leave them out.") % {"rows": rows}
        )
    if not preview.good:
        raise TransitionRefused(_("Every row is left out: there is nothing to add."))
    rows_of = [(row.expense, row.form.payment()) for row in preview.good]
    actions.add_expenses(by=by, statement=statement, rows=rows_of, now=now)
    return len(rows_of)
