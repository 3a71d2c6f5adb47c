"""The sheet of the group's firms in a working copy: what it says, what it would change, saving that.

Firms belong to the group and not to one application: whoever may change the group changes them here too, as on its pages
(groups/member_rows.py for those that are in it, groups/import_rows.py for new ones). A row that is missing removes nobody.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import Action
from applications.models import Application
from applications.sections import BY_CODE
from applications.working_copy.cells import Bad, CellChange
from applications.working_copy.order import MINE, THEIRS
from core import dates
from core.cells import plain, text_of
from core.imports import Seen
from core.workbook import MONEY, Choice, Column, Table
from core.workflow import NotAllowed
from groups import held, import_rows
from groups.forms.imports import Names
from groups.import_rows import ImportRow, Preview, State, look
from groups.imports import Source, headings
from groups.member_rows import (
    MemberRow,
    Taken,
    cell_of,
    changed_members,
    codes_on,
    save_changes,
    typed_in,
)
from groups.models import Group
from groups.size import members_on

MEMBERS = "members"
# What is written of a row by hand is wider than a figure.
WIDTHS = {"name": 36, "activity": 36, "place_in_chain": 30, "contact_email": 30}
PEOPLE = (Action.EDIT_GROUP, Action.EDIT_FIRM)


def label() -> str:
    """What the sheet is called."""
    return str(BY_CODE[MEMBERS].label)


# --- The sheet -----------------------------------------------------------------------------------------


def sheet_of(application: Application, now: datetime) -> tuple[Table, dict[str, Any]]:
    """The sheet with the group's firms, and what of it goes into the key."""
    today = dates.day_of(now)
    choices = Names.read().choices
    columns = [
        Column(
            title,
            WIDTHS.get(code, 18),
            MONEY if code.startswith("sales_") else "",
            Choice(choices[code]) if code in choices else None,
        )
        for code, title in headings(today)
    ]
    columns.append(Column(_("Size"), 26, quiet=True))
    codes, rows, said = codes_on(today), [], {}
    for each in members_on(application.group, today):
        cells = [cell_of(each.membership, code) for code in codes]
        rows.append([*cells, each.size.label])
        said[each.firm.cuit] = [text_of(cell) for cell in cells]
    return Table(label(), columns, rows), {"codes": codes, "rows": said}


# --- What it would change ------------------------------------------------------------------------------


@dataclass
class FirmChange:
    """One row of the sheet that says something new. It is a member (`member`), or a firm that is none (`new`); without
    either nothing of it can be saved, and `why` says so. The rest is as in a row of plan or budget."""

    title: str
    number: int
    words: str
    cells: list[CellChange] = field(default_factory=list)
    why: str = ""
    member: MemberRow | None = None
    new: ImportRow | None = None
    kind: str = ""
    choice: str = ""
    chosen: str = ""

    @property
    def codes(self) -> set[str]:
        """The columns of a member that are to be saved."""
        return {cell.name for cell in self.cells if not cell.refused and cell.chosen != THEIRS}

    @property
    def is_written(self) -> bool:
        """Whether anything of it is to be saved."""
        return bool(self.new or (self.member and self.codes))

    @property
    def may_be_written(self) -> bool:
        """The same, whatever is chosen."""
        return bool(self.new or (self.member and not all(cell.refused for cell in self.cells)))


@dataclass
class Firms:
    """All of the sheet. `left_out`: how many members have no row in it."""

    source: Source
    rows: list[FirmChange] = field(default_factory=list)
    bad: list[Bad] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    left_out: int = 0
    # Names that firms would have: no cell of plan or budget can name them before.
    names: set[str] = field(default_factory=set)

    @property
    def open_choices(self) -> list[str]:
        """Names of what nobody has chosen yet."""
        return [cell.choice for row in self.rows for cell in row.cells if cell.choice and not cell.chosen]

    @property
    def is_written(self) -> bool:
        """Whether anything would be saved."""
        return any(row.is_written for row in self.rows)

    @property
    def asks(self) -> int:
        """How many firms would be asked to join."""
        return sum(1 for row in self.rows if row.new and row.new.state is State.REGISTERED)


def compare(
    source: Source,
    key: Mapping[str, Any],
    chosen: Mapping[str, str],
    *,
    application: Application,
    by: User,
    now: datetime,
) -> Firms:
    """What the sheet would change in the group as it is saved now: a constant number of queries."""
    group, names = application.group, Names.read()
    said = key[MEMBERS]
    taken = Taken(
        {cuit: dict(zip(said["codes"], texts, strict=True)) for cuit, texts in said["rows"].items()},
        key["language"],
    )
    preview = look(source, group=group, by=by, today=dates.day_of(now), names=names)
    changed = changed_members(preview, taken, group=group, names=names, now=now)
    firms = Firms(source, unread=preview.unread)
    reader = _Reader(firms, taken, changed, chosen, _refusal(group, by), group, now)
    for row in preview.rows:
        reader.read(row)
    here = {row.cuit for row in preview.rows}
    firms.left_out = group.memberships.current().exclude(firm__cuit__in=here).count()
    return firms


def _refusal(group: Group, by: User) -> str:
    """Why this person changes none of the firms, in a sentence; "" when they may."""
    return next((NotAllowed.naming(each).sentence for each in PEOPLE if not by.can(each, group)), "")


class _Reader:
    """Puts what each row would do into words."""

    def __init__(
        self,
        firms: Firms,
        taken: Taken,
        changed: Mapping[int, MemberRow],
        chosen: Mapping[str, str],
        refusal: str,
        group: Group,
        now: datetime,
    ):
        self.firms, self.taken, self.changed, self.chosen = firms, taken, changed, chosen
        self.refusal = refusal
        self.held = held.why(group, held.Part.MEMBERS, now)

    def read(self, row: ImportRow) -> None:
        """Add what one row would do, if it would do anything."""
        if row.state is State.MEMBER:
            if row.number in self.changed:
                self._member(row, self.changed[row.number])
        elif row.cuit in self.taken.rows and row.state is not State.BAD:
            if not self.taken.says(row.cuit, typed_in(row)):
                self._refuse(row, _("This firm is not in the group any more."))
        elif self.refusal:
            self._refuse(row, self.refusal)
        elif row.state is State.BAD:
            self._bad(row.bad_cells)
        elif row.state is State.ASKED:
            self._refuse(row, row.state.words)
        elif row.state is not State.REGISTERED and self.held:
            self._refuse(row, self.held)
        else:
            self._new(row)

    def _refuse(self, row: ImportRow, why: str) -> None:
        cells = [_cell(cell, "", cell.text) for cell in row.cells if cell.text and not cell.filled]
        self.firms.rows.append(FirmChange(row.name or row.cuit, row.number, _not_here(), cells, why))

    def _bad(self, cells: list[Seen]) -> None:
        for cell in cells:
            text = "" if cell.filled else cell.text
            self.firms.bad.append(Bad(label(), cell.address, cell.title, text, cell.sentences[0]))

    def _new(self, row: ImportRow) -> None:
        """A firm that is none of the group's: of one that is registered only its place is taken."""
        whole = row.state is State.ADD
        cells = [
            _cell(cell, "", cell.text)
            for cell in row.cells
            if cell.text and (whole or cell.code == "place_in_chain")
        ]
        self.firms.names.add(plain(row.name))
        self.firms.rows.append(
            FirmChange(row.name or row.cuit, row.number, row.state.words, cells, new=row, kind="added")
        )

    def _member(self, row: ImportRow, changed: MemberRow) -> None:
        change = FirmChange(changed.member.firm.name, row.number, _("Changed"), member=changed)
        for each in changed.changes:
            name = f"choose-{MEMBERS}-{row.cuit}-{each.cell.code}" if each.stale else ""
            answer = self.chosen.get(name, "") if name else ""
            change.cells.append(
                _cell(
                    each.cell,
                    each.before,
                    each.after,
                    choice="" if self.refusal else name,
                    chosen=answer if answer in (MINE, THEIRS) else "",
                    refused=each.refused,
                )
            )
            if each.cell.code == "name":
                self.firms.names.add(plain(each.after))
        if self.refusal:
            change.cells += [_cell(cell, "", cell.text) for cell in changed.bad]
            change.why, change.member = self.refusal, None
        else:
            self._bad(changed.bad)
            if not changed.was_member:
                change.why = _("This firm joined the group since the copy was taken.")
            elif any(each.stale for each in changed.changes):
                change.why = _("Somebody changed this firm since the copy was taken.")
        if not change.may_be_written:
            change.words = _not_here()
        if change.cells:
            self.firms.rows.append(change)


def _not_here() -> str:
    return _("Cannot be changed here")


def _cell(cell: Seen, before: str, after: str, **more: Any) -> CellChange:
    return CellChange(cell.code, cell.title, cell.address, before, after, **more)


# --- Saving ------------------------------------------------------------------------------------------------


def save(firms: Firms, *, by: User, group: Group, now: datetime) -> None:
    """Write what the rows say, for whoever holds a transaction. Raises what the actions of groups raise."""
    members = [row for row in firms.rows if row.member and row.is_written]
    # Two groups may have the same firms: locks are taken in one order.
    for row in sorted(members, key=lambda each: each.member.member.firm_id):  # type: ignore[union-attr]
        assert row.member is not None
        save_changes(row.member, row.codes, by=by, group=group, now=now)
    if new := [row.new for row in firms.rows if row.new]:
        import_rows.save(Preview(firms.source, new), by=by, group=group, now=now)
