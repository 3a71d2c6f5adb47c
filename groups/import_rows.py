"""Each row of a table of firms: what is wrong in which cell, what will happen to it, and saving all that are right.

The rules for one firm are those of its form; what happens to it is what `actions.add_firm` does, and
`actions.ask_to_join` for a firm that others registered.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.access import require
from accounts.models import User
from accounts.permissions import Action
from core.dates import day_of
from core.imports import Seen
from core.sheets import trouble
from core.workflow import Refusal, TransitionRefused
from groups import actions
from groups.forms.imports import Names, RowForm
from groups.imports import Source, headings
from groups.models import Firm, Group, Membership
from groups.size import sizes_of, years_to_ask

OLDEST_YEAR = 1990


class ImportRefused(Refusal):
    """The firms could not be added, and none was."""


# --- What will happen to each row --------------------------------------------------------------------


class State(Enum):
    """What will happen to a row. The value is the state whose look its badge takes (core.looks)."""

    ADD = "pass"
    KNOWN = "accepted"
    MEMBER = "closed"
    REGISTERED = "warn"
    ASKED = "waiting"
    BAD = "fail"
    LEFT_OUT = "withdrawn"

    @property
    def words(self) -> str:
        """For the person."""
        return {
            State.ADD: _("Will be added"),
            State.KNOWN: _("Will be added, with the data that it has already"),
            State.MEMBER: _("In the group already"),
            State.REGISTERED: _("Registered already: it will be asked to join"),
            State.ASKED: _("Asked already, and has not answered yet"),
            State.BAD: _("Not right yet"),
            State.LEFT_OUT: _("Left out"),
        }[self]


@dataclass
class ImportRow:
    """A row with its cells and what will happen to it."""

    number: int
    cuit: str
    name: str
    state: State
    cells: list[Seen]
    form: RowForm

    @property
    def bad_cells(self) -> list[Seen]:
        return [cell for cell in self.cells if cell.sentences]

    @property
    def title(self) -> str:
        """What the page calls it."""
        return self.name or self.cuit

    @property
    def badge(self) -> tuple[str, str]:
        """The state whose look its badge takes (core.looks), and its words."""
        return self.state.value, self.state.words

    @property
    def is_settled(self) -> bool:
        """Nothing happens to it, whatever is chosen."""
        return self.state is State.MEMBER


@dataclass
class Preview:
    """The whole table, looked at. Nothing is saved."""

    source: Source
    rows: list[ImportRow]
    # Titles of what was not read.
    unread: list[str] = field(default_factory=list)

    def of(self, *states: State) -> list[ImportRow]:
        """The rows in these states."""
        return [row for row in self.rows if row.state in states]

    @property
    def bad(self) -> list[ImportRow]:
        return self.of(State.BAD)

    @property
    def to_add(self) -> list[ImportRow]:
        return self.of(State.ADD, State.KNOWN)

    @property
    def to_ask(self) -> list[ImportRow]:
        return self.of(State.REGISTERED)


def look(
    source: Source,
    *,
    group: Group,
    by: User,
    today: dt.date,
    left_out: Iterable[int] = (),
    names: Names | None = None,
) -> Preview:
    """What would happen to each row: a constant number of queries. `left_out` are the numbers of rows to pass over;
    `names` what cells may name, where that was read already."""
    names, left_out = names or Names.read(), set(left_out)
    titles = _titles(source, today)
    old = {code for code, _number in source.columns if code.startswith("sales_") and _is_old(code, today)}
    forms_ = [
        _form_of(source, texts, names=names, group=group, today=today) for _number, texts in source.rows
    ]
    places = _places([form.digits for form in forms_], group=group, by=by)
    rows: list[ImportRow] = []
    first: dict[str, int] = {}
    for (number, texts), form in zip(source.rows, forms_, strict=True):
        state = State.LEFT_OUT if number in left_out else places.get(form.digits, State.ADD)
        sentences = sentences_of(source, texts, form, state, today)
        if state is not State.LEFT_OUT and form.digits:
            if form.digits in first:
                again = _("Row %(row)s has this CUIT too. Leave one of them out.") % {
                    "row": first[form.digits]
                }
                sentences.setdefault("cuit", []).append(again)
            first.setdefault(form.digits, number)
        if state is State.LEFT_OUT:
            sentences = {}
        elif sentences:
            state = State.BAD
        cells = [
            Seen(
                code,
                titles[code],
                number,
                column,
                text or (str(form.fallback.get(code, ("", ""))[1]) if code in form.fallback else ""),
                tuple(sentences.get(code, ())),
                not text and code in form.fallback,
                tuple(names.choices.get(code, ())),
            )
            for (code, column), text in zip(source.columns, texts, strict=True)
            if code not in old
        ]
        rows.append(ImportRow(number, form.digits, form.shown_name, state, cells, form))
    return Preview(source, rows, [*source.unread, *(titles[code] for code in sorted(old))])


def _titles(source: Source, today: dt.date) -> dict[str, str]:
    known = dict(headings(today))
    return {
        code: known.get(code) or _("Sales of %(year)s") % {"year": code.removeprefix("sales_")}
        for code, _number in source.columns
    }


def _is_old(code: str, today: dt.date) -> bool:
    """A closed year that does not count any more: we do not read it."""
    return OLDEST_YEAR <= int(code.removeprefix("sales_")) < min(years_to_ask(today))


def _form_of(source: Source, texts: list[str], *, names: Names, group: Group, today: dt.date) -> RowForm:
    data = {code: text for (code, _number), text in zip(source.columns, texts, strict=True)}
    return RowForm(data, names=names, group=group, today=today)


def _places(cuits: list[str], *, group: Group, by: User) -> dict[str, State]:
    """How the firms of these numbers stand to the group, as `actions.why_not` says it of one."""
    here = set(group.memberships.current().filter(firm__cuit__in=cuits).values_list("firm__cuit", flat=True))
    ours = set(Firm.objects.managed_by(by).filter(cuit__in=cuits).values_list("cuit", flat=True))
    registered = set(Firm.objects.filter(cuit__in=cuits).values_list("cuit", flat=True))
    asked = group.join_requests.filter(ended_at=None, firm__cuit__in=cuits)
    return (
        dict.fromkeys(registered, State.REGISTERED)
        | dict.fromkeys(ours, State.KNOWN)
        | dict.fromkeys(asked.values_list("firm__cuit", flat=True), State.ASKED)
        | dict.fromkeys(here, State.MEMBER)
    )


def sentences_of(
    source: Source, texts: list[str], form: RowForm, state: State, today: dt.date
) -> dict[str, list[str]]:
    """What is wrong, by column. Of a firm that is registered only its number and its place count: it has its data."""
    asked = set(years_to_ask(today))
    found: dict[str, list[str]] = {}
    for (code, _number), text in zip(source.columns, texts, strict=True):
        year = int(code.removeprefix("sales_")) if code.startswith("sales_") else None
        if sentence := trouble(text):
            found[code] = [sentence]
        elif year is not None and text and year not in asked and not _is_old(code, today):
            years = ", ".join(str(each) for each in sorted(asked))
            found[code] = [_("Only closed years count: write the sales of %(years)s.") % {"years": years}]
        elif code in form.errors:
            found[code] = [str(sentence) for sentence in form.errors[code]]
    # A year that has to be there, and has no column: its sentence stands at the newest year that has one.
    for code, sentences in form.errors.items():
        if code.startswith("sales_") and code not in dict(source.columns):
            near = max((each for each, _n in source.columns if each.startswith("sales_")), default="cuit")
            found.setdefault(near, []).extend(str(sentence) for sentence in sentences)
    if state in (State.MEMBER, State.ASKED):
        return {}
    if state in (State.KNOWN, State.REGISTERED):
        return {code: sentences for code, sentences in found.items() if code in ("cuit", "place_in_chain")}
    return found


# --- Saving ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Done:
    """What became of a row, in words; `state` is that of its badge."""

    number: int
    name: str
    cuit: str
    state: str
    words: str


@transaction.atomic
def save(preview: Preview, *, by: User, group: Group, now: datetime) -> list[Done]:
    """Add every row that is right, all or none. Raises NotAllowed, or ImportRefused naming the row."""
    require(by, Action.EDIT_GROUP, group)
    if preview.bad:
        raise ImportRefused(
            _("These rows are not right yet: %(rows)s. Correct them, or leave them out.")
            % {"rows": ", ".join(str(row.number) for row in preview.bad)}
        )
    members = {}
    for row in [*preview.to_add, *preview.to_ask]:
        try:
            if row.state is State.REGISTERED:
                _ask(row, by=by, group=group, now=now)
            else:
                members[row.number] = _add(row, by=by, group=group, now=now)
        except (actions.CuitRefused, TransitionRefused, ValidationError) as refusal:
            sentence = getattr(refusal, "sentence", "") or " ".join(getattr(refusal, "messages", []))
            raise ImportRefused(
                _("Row %(row)s: %(sentence)s None was added.") % {"row": row.number, "sentence": sentence}
            ) from refusal
    firms = Firm.objects.filter(pk__in=[member.firm_id for member in members.values()])
    sizes = sizes_of(firms.select_related("activity").prefetch_related("years"), day_of(now))
    return [_done(row, members.get(row.number), sizes) for row in preview.rows]


def _add(row: ImportRow, *, by: User, group: Group, now: datetime) -> Membership:
    data = {"place_in_chain": row.form.cleaned_data["place_in_chain"]}
    if row.state is State.ADD:
        data = row.form.data_of_row | {"sales": row.form.sales}
    return actions.add_firm(by=by, group=group, cuit=row.cuit, now=now, **data)


def _ask(row: ImportRow, *, by: User, group: Group, now: datetime) -> None:
    place = row.form.cleaned_data["place_in_chain"]
    actions.ask_to_join(by=by, group=group, cuit=row.cuit, place_in_chain=place, now=now)


def _done(row: ImportRow, member: Any, sizes: Mapping[int, Any]) -> Done:
    if row.state is State.REGISTERED:
        return Done(row.number, row.name, row.cuit, row.state.value, _("Asked: it joins if it agrees"))
    if member is None:
        return Done(row.number, row.name, row.cuit, row.state.value, row.state.words)
    words = _("Added. Size: %(size)s.") % {"size": sizes[member.firm_id].label}
    return Done(row.number, member.firm.name, row.cuit, State.ADD.value, words)
