"""What a working copy that came back would change: three states of each cell are compared, as it was taken, as it is saved
now, and as it came back. Nothing is saved here."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from openpyxl.utils import get_column_letter

from accounts.models import User
from applications.models import Application
from applications.working_copy import members
from applications.working_copy.cells import Bad, CellChange
from applications.working_copy.file import Brought
from applications.working_copy.members import MEMBERS, Firms
from applications.working_copy.order import MINE, THEIRS, NewRow, Order, order_of
from applications.working_copy.tables import (
    BUDGET,
    NUMBER,
    PLAN,
    TABLES,
    CopyTable,
    Words,
    saved_rows,
    texts_of,
    values_of,
    words_of,
)
from core.cells import in_words, plain, same
from core.money import format_money, parse_number
from core.sheets import trouble
from core.templatetags.lsp import field_errors

ADDED, CHANGED, REMOVED = "added", "changed", "removed"
# Fields whose value is one of what belongs to the application.
FOUND = ("who", "activity", "firm")
AMOUNTS = ("unit_cost", "programme_share")


@dataclass
class RowChange:
    """One row that would be added, changed or removed. `columns` is what is written into it."""

    table: CopyTable
    kind: str
    title: str
    # The row of the sheet; 0 for one that is not there any more.
    number: int
    pk: int | None = None
    cells: list[CellChange] = field(default_factory=list)
    columns: dict[str, Any] = field(default_factory=dict)
    # A conflict about the row as a whole, as in a cell.
    choice: str = ""
    chosen: str = ""
    why: str = ""

    @property
    def open_choices(self) -> list[str]:
        """Names of what nobody has chosen yet."""
        pairs = [(self.choice, self.chosen), *((cell.choice, cell.chosen) for cell in self.cells)]
        return [name for name, chosen in pairs if name and not chosen]

    @property
    def is_written(self) -> bool:
        """Whether anything of it is to be saved."""
        if self.choice:
            return self.chosen == MINE
        return self.kind != CHANGED or any(cell.chosen != THEIRS for cell in self.cells)


@dataclass
class Changes:
    """All of it, in the order of the tables."""

    firms: Firms
    rows: list[RowChange] = field(default_factory=list)
    bad: list[Bad] = field(default_factory=list)
    orders: dict[str, Order] = field(default_factory=dict)

    def of(self, table: CopyTable, *kinds: str) -> list[RowChange]:
        """The rows of a table that are to be saved."""
        return [
            row
            for row in self.rows
            if row.table is table and row.is_written and (not kinds or row.kind in kinds)
        ]

    @property
    def sections(self) -> list[str]:
        """The sections in which something would be saved."""
        found = [code for code, table in TABLES.items() if self.of(table) or self.orders[code].is_written]
        return found + [MEMBERS] * self.firms.is_written

    @property
    def open_choices(self) -> list[str]:
        orders = [order.choice for order in self.orders.values() if order.choice and not order.chosen]
        return [name for row in self.rows for name in row.open_choices] + orders + self.firms.open_choices

    @property
    def may_be_saved(self) -> bool:
        """Whether there is anything that could be saved, whatever is chosen."""
        moved = any(order.moves for order in self.orders.values())
        return bool(self.rows or moved or any(row.may_be_written for row in self.firms.rows))


def compare(
    application: Application, brought: Brought, chosen: Mapping[str, str], *, by: User, now: datetime
) -> Changes:
    """What a working copy would change in an application and its group as they are saved now. `chosen` answers the
    conflicts: by the name of each, `mine` or `theirs`. Raises CannotRead when its key is not whole."""
    key = brought.key
    firms = members.compare(brought.firms, key, chosen, application=application, by=by, now=now)
    changes, base = Changes(firms), key["rows"]
    plan = _Comparison(PLAN, application, brought, base, chosen, changes)
    plan.run()
    budget = _Comparison(BUDGET, application, brought, base, chosen, changes)
    budget.names = _Names(plan)
    budget.run()
    changes.bad += firms.bad
    return changes


class _Names:
    """The activities by their names: those that will be there after all changes, then by the names that they had."""

    def __init__(self, plan: "_Comparison"):
        gone = {row.pk for row in plan.changes.of(PLAN, REMOVED)}
        self.by_pk = {pk: row for pk, row in plan.saved.items() if pk not in gone}
        called = {pk: texts["name"] for pk, texts in plan.now.items()}
        called |= {pk: cells["name"] for _number, cells, pk in plan.lines if pk}
        self.found: dict[str, list[Any]] = {}
        for pk, row in self.by_pk.items():
            self.found.setdefault(plain(called[pk]), []).append(row)
        for new in plan.changes.rows:
            if new.kind == ADDED and new.chosen != THEIRS:
                self.found.setdefault(plain(new.title), []).append(NewRow(new.number))
        self.former = {
            plain(texts["name"]): self.by_pk[pk] for pk, texts in plan.base.items() if pk in self.by_pk
        }

    def get(self, text: str) -> list[Any]:
        """The activities that a name may mean."""
        words = plain(text)
        return self.found.get(words) or ([self.former[words]] if words in self.former else [])


class _Comparison:
    """One table."""

    def __init__(
        self,
        table: CopyTable,
        application: Application,
        brought: Brought,
        base: Mapping[str, Mapping[str, list[str]]],
        chosen: Mapping[str, str],
        changes: Changes,
    ):
        self.table, self.application, self.chosen, self.changes = table, application, chosen, changes
        self.brought = brought
        rows = saved_rows(table, application)
        self.words: Words = words_of(table, application, rows)
        self.saved = {row.pk: row for row in rows}
        self.now = {row.pk: texts_of(values_of(table, row, application, self.words)) for row in rows}
        self.base = {
            int(pk): dict(zip(table.fields, texts, strict=True)) for pk, texts in base[table.code].items()
        }
        self.lines = list(self._numbered())
        self.names: _Names | None = None
        self.tied = self._tied()

    def _tied(self) -> set[int]:
        """The activities that have costs; the costs that have quotes."""
        if self.table is PLAN:
            return {pk for pk in self.application.lines.values_list("activity_id", flat=True) if pk}
        return set(self.application.quotes.values_list("line_id", flat=True))

    def _numbered(self) -> Any:
        """(row of the sheet, cells, saved row) of each line: a number that stands there for the second time was copied
        along with its row, and is a new row."""
        seen: set[int] = set()
        for number, cells in self.brought.rows[self.table.code]:
            text = cells[NUMBER].strip()
            pk = int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0
            if text and (pk not in self.base):
                sentence = _("This is no number of this working copy: leave it empty for a new row.")
                self._bad(number, NUMBER, text, sentence)
                continue
            yield number, cells, pk if pk and pk not in seen else None
            seen.add(pk)

    def run(self) -> None:
        """Compare every row."""
        for number, cells, pk in self.lines:
            if pk is None:
                self._added(number, cells)
            else:
                self._kept(number, cells, pk)
        numbered = {
            text for _number, cells in self.brought.rows[self.table.code] if (text := cells[NUMBER].strip())
        }
        for pk, was in self.base.items():
            if str(pk) not in numbered and pk in self.now:
                self._removed(pk, was)
        added = {row.number for row in self.changes.of(self.table, ADDED)}
        gone = {row.pk for row in self.changes.of(self.table, REMOVED)}
        now = {pk: texts for pk, texts in self.now.items() if pk not in gone}
        self.changes.orders[self.table.code] = order_of(
            self.table, self.base, now, self.lines, added=added, answer=self._answer
        )

    # --- One row --------------------------------------------------------------------------------------

    def _added(self, number: int, cells: Mapping[str, str]) -> None:
        texts = {name: cells[name] for name in self.table.fields}
        row = RowChange(self.table, ADDED, texts[self.table.title], number)
        row.cells = [self._cell(number, name, "", text) for name, text in texts.items() if text]
        row.columns = self._columns(number, texts, None, {})
        self._say_share(row, texts)
        self.changes.rows.append(row)

    def _say_share(self, row: RowChange, texts: Mapping[str, str]) -> None:
        """What an empty share of the programme comes to."""
        if "programme_share" in row.columns and not texts["programme_share"]:
            row.cells = [cell for cell in row.cells if cell.name != "programme_share"]
            after = in_words(row.columns["programme_share"])
            before = self.now[row.pk]["programme_share"] if row.pk else ""
            if not same(before, after):
                row.cells.append(self._cell(row.number, "programme_share", before, after))

    def _kept(self, number: int, cells: Mapping[str, str], pk: int) -> None:
        was, now = self.base[pk], self.now.get(pk)
        mine = {
            name: cells[name] for name in self.table.fields if not self._same(name, cells[name], was[name])
        }
        if not mine:
            return
        if now is None:
            self._lost(number, cells, pk)
            return
        row = RowChange(self.table, CHANGED, now[self.table.title], number, pk)
        texts = dict(now)
        for name, text in mine.items():
            if self._same(name, text, now[name]):
                continue
            stale = not self._same(name, now[name], was[name])
            cell = self._cell(number, name, now[name], text, conflict=stale, pk=pk)
            row.cells.append(cell)
            if cell.chosen != THEIRS:
                texts[name] = text
        if row.cells:
            typed = {cell.name for cell in row.cells if cell.chosen != THEIRS}
            row.columns = self._columns(number, texts, pk, typed)
            self._say_share(row, texts)
        if row.cells:
            self.changes.rows.append(row)

    def _lost(self, number: int, cells: Mapping[str, str], pk: int) -> None:
        """Somebody took the row out meanwhile, and this person changed it: it may be added anew."""
        texts = {name: cells[name] for name in self.table.fields}
        row = RowChange(self.table, ADDED, texts[self.table.title], number)
        row.choice = f"choose-{self.table.code}-{pk}"
        row.chosen = self._answer(row.choice)
        row.why = _("Somebody took this row out since the copy was taken.")
        row.cells = [self._cell(number, name, "", text) for name, text in texts.items() if text]
        if row.chosen != THEIRS:
            row.columns = self._columns(number, texts, None, {})
        self.changes.rows.append(row)

    def _removed(self, pk: int, was: Mapping[str, str]) -> None:
        now = self.now[pk]
        row = RowChange(self.table, REMOVED, now[self.table.title], 0, pk)
        if any(not self._same(name, now[name], was[name]) for name in self.table.fields):
            row.choice = f"choose-{self.table.code}-{pk}"
            row.chosen = self._answer(row.choice)
            row.why = _("Somebody changed this row since the copy was taken.")
        if pk in self.tied:
            goes = (
                _("Its costs stay, and have to say for which activity they are.")
                if self.table is PLAN
                else _("Its quotes go too.")
            )
            row.why = f"{row.why} {goes}".strip()
        self.changes.rows.append(row)

    # --- Cells ----------------------------------------------------------------------------------------

    def _same(self, name: str, one: str, other: str) -> bool:
        """Whether two cells of a column say the same, be it in two languages."""
        if same(one, other):
            return True
        if name not in self.words.codes:
            return False
        code = self.words.code_of(name, one)
        return code is not None and code == self.words.code_of(name, other)

    def _answer(self, name: str) -> str:
        answer = self.chosen.get(name, "")
        return answer if answer in (MINE, THEIRS) else ""

    def _cell(
        self,
        number: int,
        name: str,
        before: str,
        after: str,
        *,
        conflict: bool = False,
        pk: int | None = None,
    ) -> CellChange:
        choice = f"choose-{self.table.code}-{pk}-{name}" if conflict else ""
        chosen = self._answer(choice) if conflict else ""
        before, after = _as_money(name, before), _as_money(name, after)
        return CellChange(
            name, self.table.heading(name), self._address(number, name), before, after, choice, chosen
        )

    def _address(self, number: int, name: str) -> str:
        return f"{get_column_letter(self.brought.columns[self.table.code][name])}{number}"

    def _bad(self, number: int, name: str, text: str, sentence: str) -> None:
        label = self.table.heading(name) if name in self.table.fields else _("Number (leave as it is)")
        self.changes.bad.append(Bad(self.table.label, self._address(number, name), label, text, sentence))

    def _columns(self, number: int, texts: Mapping[str, str], pk: int | None, typed: Any) -> dict[str, Any]:
        """What is written into the row, checked by its own form; what is wrong goes to `changes.bad`. For a saved row
        only the cells of `typed` came from the sheet."""
        row = self.saved.get(pk) if pk else None
        data: dict[str, Any] = {}
        wrong = set()
        for name, text in texts.items():
            ours = pk is None or name in typed
            try:
                data[name] = self._value(name, text, row, ours=ours)
            except ValidationError as error:
                wrong.add(name)
                self._bad(number, name, text, error.messages[0])
        new = data.get("activity")
        if isinstance(new, NewRow):
            # It has no id yet: it gets one when the plan is saved.
            data["activity"] = ""
        form = self.table.form(data, instance=row, application=self.application)
        # The row itself is written later, under the lock; lengths and lists stand in the fields.
        form._post_clean = lambda: None  # type: ignore[attr-defined]
        # Whom the cells name was looked up here already, once for all rows.
        form.initial.update({name: data.get(name, "") for name in FOUND if name in form.fields})
        for name, errors in form.errors.items():
            place = name if name in texts else self.table.title
            if place not in wrong:
                sentences = field_errors(form[name]) if name in form.fields else errors
                self._bad(number, place, texts[place], str(sentences[0]))
                wrong.add(place)
        if wrong:
            return {}
        columns = form.columns()
        if isinstance(new, NewRow):
            del columns["activity_id"]
            columns["activity"] = new
        return columns

    def _value(self, name: str, text: str, row: Any, *, ours: bool) -> Any:
        """What a cell's text is to the form: the text itself, a code, a new activity. ValidationError with the sentence."""
        if ours and (sentence := trouble(text)):
            raise ValidationError(sentence)
        if name == "activity":
            return self._activity(text, row, ours=ours)
        if name not in self.words.of_code:
            return text
        code = self.words.code_of(name, text)
        if code is None and name in FOUND and plain(text) in self.changes.firms.names:
            raise ValidationError(_("This firm can be named here once the sheet of the firms is saved."))
        if code is None:
            raise ValidationError(_("“%(text)s” is not one of the list.") % {"text": text[:80]})
        return code

    def _activity(self, text: str, row: Any, *, ours: bool) -> Any:
        assert self.names is not None
        if not ours:
            return str(row.activity_id) if row.activity_id in self.names.by_pk else ""
        if not text:
            return ""
        found = self.names.get(text)
        if len(found) != 1:
            sentence = (
                _("Two activities are called “%(name)s”: give them different names.")
                if found
                else _("No activity of the work plan is called “%(name)s”.")
            )
            raise ValidationError(sentence % {"name": text[:80]})
        return found[0] if isinstance(found[0], NewRow) else str(found[0].pk)


def _as_money(name: str, text: str) -> str:
    """An amount as it stands on every page; anything else as it stands in the cell."""
    if name not in AMOUNTS:
        return text
    try:
        return format_money(parse_number(text))
    except ValueError:
        return text
