"""What a table that went out with a group's firms, and came back, changes of those that are members already.

Three states of each cell are compared: as it was taken, as it is saved now, and as it came back. What a cell may say is
what the import says (groups/import_rows.py), which also knows what becomes of rows of other firms; writing is
`actions.edit_firm`. Of a firm that entered its sales itself none goes out and none comes in (PROGRAMME 4).
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.utils import translation

from accounts.models import User
from core import dates
from core.cells import same, text_of
from core.imports import Seen
from core.money import format_money
from groups import actions, held
from groups.forms.imports import MemberRowForm, Names
from groups.import_rows import ImportRow, Preview, State, sentences_of
from groups.imports import headings
from groups.legal_form import guess
from groups.models import Firm, Group, LegalForm, Membership
from groups.provinces import Province

SALES = "sales_"
PLACE = "place_in_chain"


# --- What goes out -----------------------------------------------------------------------------------


def codes_on(day: dt.date) -> list[str]:
    """The columns of the table, in their order."""
    return [code for code, _title in headings(day)]


def value_of(member: Membership, code: str) -> Any:
    """What is saved in one column: a text, a figure, a row; None for sales that the firm keeps to itself."""
    firm = member.firm
    if code.startswith(SALES):
        year = int(code.removeprefix(SALES))
        rows = [] if firm.sales_are_private else firm.years.all()
        return next((row.sales for row in rows if row.year == year), None)
    return member.place_in_chain if code == PLACE else getattr(firm, code)


def cell_of(member: Membership, code: str) -> Any:
    """The same as a spreadsheet takes it: words in the place of codes, in the reader's language."""
    if code == "cuit":
        return member.firm.formatted_cuit
    value = value_of(member, code)
    return _words(code, value) if code in ("activity", "sector", "province", "legal_form") else value


def _words(code: str, value: Any) -> str:
    """A value as people read it on the pages."""
    if value in (None, ""):
        return ""
    if code.startswith(SALES):
        return format_money(value)
    if code == "province":
        return str(Province(value).label)
    return str(LegalForm(value).label) if code == "legal_form" else str(value)


# --- What came back ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Taken:
    """What the table said when it went out, by CUIT and column, and its language."""

    rows: Mapping[str, Mapping[str, str]]
    language: str

    def says(self, cuit: str, texts: Mapping[str, str]) -> bool:
        """Whether a row says what it said."""
        was = self.rows.get(cuit, {})
        return all(same(text, was.get(code, "")) for code, text in texts.items() if code != "cuit")


@dataclass(frozen=True)
class Change:
    """One cell that says something else than what is saved. `stale`: others changed what is saved since the table was
    taken. `refused`: why it cannot be changed here."""

    cell: Seen
    before: str
    after: str
    value: Any = None
    stale: bool = False
    refused: str = ""


@dataclass
class MemberRow:
    """A member of which the table says something else."""

    number: int
    member: Membership
    changes: list[Change] = field(default_factory=list)
    bad: list[Seen] = field(default_factory=list)
    # Whether it was in the table when that was taken.
    was_member: bool = True


def typed_in(row: ImportRow) -> dict[str, str]:
    """The texts of a row by column, without what the group fills in."""
    return {cell.code: "" if cell.filled else cell.text for cell in row.cells}


def changed_members(
    preview: Preview, taken: Taken, *, group: Group, names: Names, now: datetime
) -> dict[int, MemberRow]:
    """What the rows of members change, by the number of the row: a constant number of queries."""
    places = group.memberships.current().select_related("firm__activity", "firm__sector")
    members = {member.firm.cuit: member for member in places.prefetch_related("firm__years")}
    found, typed = {}, dict(preview.source.rows)
    refusal = held.why(group, held.Part.MEMBERS, now)
    for row in preview.of(State.MEMBER):
        texts = typed_in(row)
        if taken.says(row.cuit, texts):
            continue
        compared = _Row(row, texts, members[row.cuit], taken, refusal)
        changed = compared.run(preview, typed[row.number], group=group, names=names, now=now)
        if changed.changes or changed.bad:
            found[row.number] = changed
    return found


class _Row:
    """One row of a member."""

    def __init__(
        self, row: ImportRow, texts: Mapping[str, str], member: Membership, taken: Taken, held_by: str
    ):
        self.row, self.texts, self.member = row, texts, member
        self.cells = {cell.code: cell for cell in row.cells}
        self.was = taken.rows.get(row.cuit, {})
        self.language = taken.language
        self.held_by = held_by
        self.touched = [
            code for code, text in texts.items() if code != "cuit" and not same(text, self.was.get(code, ""))
        ]

    def _refused(self, code: str) -> str:
        if code.startswith(SALES):
            return actions.why_not_figures(self.member.firm)
        return self.held_by if code == PLACE else ""

    def run(
        self, preview: Preview, typed: list[str], *, group: Group, names: Names, now: datetime
    ) -> MemberRow:
        """Compare its cells."""
        found = MemberRow(self.row.number, self.member, was_member=bool(self.was))
        today, firm = dates.day_of(now), self.member.firm
        written = [code for code in self.touched if not self._refused(code)]
        data = {code: text_of(cell_of(self.member, code)) for code in codes_on(today)}
        data |= {code: self.texts[code] for code in written}
        form = MemberRowForm(data, firm=firm, names=names, group=group, today=today)
        wrong = sentences_of(preview.source, typed, form, State.ADD, today)
        if any(code.startswith(SALES) for code in written):
            # A year that is missing, or one too many, is wrong because of another cell.
            written += [code for code in self.cells if code.startswith(SALES) and code in wrong]
        for code in self.cells:
            if code in written and code in wrong:
                found.bad.append(replace(self.cells[code], sentences=tuple(wrong[code])))
            elif code in self.touched:
                found.changes += self._change(code, form)
        return found

    def _change(self, code: str, form: MemberRowForm) -> list[Change]:
        """What changes in a cell; nothing when it says what is saved."""
        before, refused = value_of(self.member, code), self._refused(code)
        cell, was = self.cells[code], self.was.get(code, "")
        if refused:
            return [Change(cell, _words(code, before), self.texts[code], refused=refused)]
        value = form.cleaned_data[code]
        if code == "legal_form" and not value:
            value = guess(form.cleaned_data.get("cuit", ""), form.cleaned_data.get("name", ""))
        if value == before:
            return []
        with translation.override(self.language):
            stale = not same(text_of(cell_of(self.member, code)), was)
        return [Change(cell, _words(code, before), _words(code, value), value, stale)]


# --- Saving ------------------------------------------------------------------------------------------


def save_changes(row: MemberRow, codes: set[str], *, by: User, group: Group, now: datetime) -> Firm:
    """Write these columns of a row. Raises what `actions.edit_firm` raises; StaleObject when anybody was quicker."""
    values = {
        change.cell.code: change.value
        for change in row.changes
        if change.cell.code in codes and not change.refused
    }
    sales = {
        int(code.removeprefix(SALES)): values.pop(code) for code in list(values) if code.startswith(SALES)
    }
    return actions.edit_firm(
        by=by,
        group=group,
        firm=row.member.firm,
        version=row.member.firm.version,
        now=now,
        place_in_chain=values.pop(PLACE, None),
        sales=sales,
        **values,
    )
