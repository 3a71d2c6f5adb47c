"""What changed between two snapshots of an application, field by field (PROGRAMME 5, request_changes).

Pure: two values of `applications.snapshot` in, of any schema, differences in words out, in the language of the moment.
Rows are matched by their ids, and compared by what both snapshots hold: what an older one does not know is no change.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from stdnum.ar import cuit

from applications import kinds
from applications.models import Activity, Application, BudgetCategory, BudgetLine
from applications.sections import BY_CODE
from applications.snapshot_words import Row, day, in_language, place
from applications.word_changes import Piece, by_word
from core.money import format_money, written
from groups.confirmations import State
from groups.models import Institution, LegalForm, Size

ADDED, REMOVED, CHANGED = "added", "removed", "changed"
# Texts longer than that are compared word by word.
SHORT = 60


@dataclass(frozen=True)
class Field:
    """A field that is not what it was, in words."""

    label: str
    before: str
    after: str

    @property
    def pieces(self) -> list[Piece]:
        """Word by word, where both are texts of some length; else nothing."""
        if not self.before or not self.after or len(self.before) + len(self.after) <= SHORT:
            return []
        return by_word(self.before, self.after)


@dataclass(frozen=True)
class Item:
    """A row that came in, went out or changed. `fields` of one that came in are what it says."""

    kind: str
    name: str
    fields: list[Field] = field(default_factory=list)

    @property
    def label(self) -> str:
        return {ADDED: _("Added"), REMOVED: _("Taken out"), CHANGED: _("Changed")}[self.kind]


@dataclass(frozen=True)
class Part:
    """What changed in a section."""

    code: str
    fields: list[Field]
    items: list[Item]

    @property
    def label(self) -> str | Promise:
        return BY_CODE[self.code].label


@dataclass(frozen=True)
class Spec:
    """A field of a row: what it is called, which keys hold it, and how its value reads."""

    label: str | Promise
    keys: tuple[str, ...]
    words: Callable[[Row], str]


def differences(old: Row, new: Row, *, sectors: Mapping[str, str] | None = None) -> list[Part]:
    """What changed from one snapshot to another, by section, in their order; [] when nothing did. `sectors` are the names
    of sectors by code."""
    names = sectors or {}
    parts = [
        Part(
            "members",
            _fields(old["group"], new["group"], _of_group(names)),
            _rows(_with_voices(old), _with_voices(new), "members", "firm_id", _of_member(names), _name),
        ),
        Part("project", _fields(old["project"], new["project"], TEXTS), []),
        Part(
            "plan",
            _order(old, new, "activities"),
            _rows(old, new, "activities", "id", _of_activity(old, new), _name),
        ),
        Part(
            "budget",
            [*_fields(old["totals"], new["totals"], TOTALS), *_order(old, new, "lines")],
            _rows(old, new, "lines", "id", _of_line(old, new), lambda row: row["description"]),
        ),
        Part("institutions", [], _rows(old, new, "partners", "institution_id", _of_partner(), _name)),
        Part("questions", [], _rows(old, new, "answers", "question", _of_answer(), _question)),
        Part("documents", [], _rows(old, new, "documents", "id", _of_document(), _document)),
        Part("declarations", [], _rows(old, new, "declarations", "question", _of_answer(), _question)),
    ]
    return [part for part in parts if part.fields or part.items]


# --- Comparing ---------------------------------------------------------------------------------------


def _fields(old: Row, new: Row, specs: Iterable[Spec]) -> list[Field]:
    """The fields that both hold, and that differ."""
    return [
        Field(str(spec.label), spec.words(old), spec.words(new))
        for spec in specs
        if all(key in old and key in new for key in spec.keys)
        and any(_plain(old[key]) != _plain(new[key]) for key in spec.keys)
    ]


def _plain(value: Any) -> Any:
    """A value as JSON keeps it: what was frozen and what is taken now compare alike."""
    if isinstance(value, (list, tuple)):
        return [_plain(each) for each in value]
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in value.items()}
    return value


def _rows(
    old: Row, new: Row, part: str, key: str, specs: list[Spec], name: Callable[[Row], str]
) -> list[Item]:
    """The rows of a part: what changed and came in, in the order of the new ones; then what went out."""
    if part not in old or part not in new:
        return []
    before = {row[key]: row for row in old[part]}
    after = {row[key]: row for row in new[part]}
    found = []
    for pk, row in after.items():
        if pk not in before:
            found.append(Item(ADDED, name(row), _said(row, specs, came=True)))
        elif changed := _fields(before[pk], row, specs):
            found.append(Item(CHANGED, name(row), changed))
    gone = [row for pk, row in before.items() if pk not in after]
    return found + [Item(REMOVED, name(row), _said(row, specs, came=False)) for row in gone]


def _said(row: Row, specs: Iterable[Spec], *, came: bool) -> list[Field]:
    """What a row says that came in, or went out."""
    found = []
    for spec in specs:
        words = spec.words(row) if all(key in row for key in spec.keys) else ""
        if words:
            found.append(Field(str(spec.label), "", words) if came else Field(str(spec.label), words, ""))
    return found


def _order(old: Row, new: Row, part: str) -> list[Field]:
    """Whether the rows that stayed stand in another order."""
    names = {row["id"]: row.get("name") or row.get("description", "") for row in new[part]}
    before = [row["id"] for row in old[part] if row["id"] in names]
    staying = set(before)
    after = [row["id"] for row in new[part] if row["id"] in staying]
    if before == after:
        return []
    words = ["; ".join(names[pk] for pk in order) for order in (before, after)]
    return [Field(_("Order"), *words)]


# --- What stands in a snapshot, in words -----------------------------------------------------------


def _text(key: str) -> Callable[[Row], str]:
    return lambda row: "" if row[key] is None else str(row[key])


def _money(key: str) -> Callable[[Row], str]:
    return lambda row: format_money(Decimal(row[key]))


def _name(row: Row) -> str:
    return row["name"]


def _question(row: Row) -> str:
    return in_language(row, "text")


def _document(row: Row) -> str:
    return in_language(row, "name")


def _label(model: Any, name: str) -> Any:
    return model._meta.get_field(name).verbose_name


TEXTS = [Spec(_label(Application, name), (name,), _text(name)) for name in Application.TEXTS]
TOTALS = [
    Spec(gettext_lazy("Total cost"), ("cost",), _money("cost")),
    Spec(gettext_lazy("Paid by the programme, in the whole"), ("programme",), _money("programme")),
    Spec(gettext_lazy("Paid by the group, in the whole"), ("group",), _money("group")),
]


def _sector(names: Mapping[str, str]) -> Spec:
    return Spec(_("Sector"), ("sector",), lambda row: names.get(row["sector"], row["sector"]))


def _of_group(names: Mapping[str, str]) -> list[Spec]:
    return [
        Spec(_("Group"), ("name",), _text("name")),
        Spec(_("What it makes together"), ("value_chain",), _text("value_chain")),
        _sector(names),
        Spec(_("Place"), ("locality", "province"), place),
        Spec(_("Working together since"), ("working_since",), lambda row: day(row["working_since"])),
    ]


def _of_member(names: Mapping[str, str]) -> list[Spec]:
    return [
        Spec(pgettext_lazy("of a firm", "Name"), ("name",), _text("name")),
        Spec(_("CUIT"), ("cuit",), lambda row: cuit.format(row["cuit"])),
        Spec(_("Legal form"), ("legal_form",), lambda row: _of(LegalForm, row["legal_form"])),
        Spec(_("What it does"), ("activity",), lambda row: in_language(row, "activity")),
        _sector(names),
        Spec(_("People who work there"), ("people",), _text("people")),
        Spec(_("Where"), ("locality", "province"), place),
        Spec(_("Place in the chain"), ("place",), _text("place")),
        Spec(_("Size"), ("size", "is_sme"), _size),
        Spec(_("MiPyME certificate"), ("certificate",), _certificate),
        Spec(_("What it said for itself"), ("confirmed",), _confirmed),
    ]


def _with_voices(snapshot: Row) -> Row:
    """What a firm said for itself stands beside the members in a snapshot: here it is among what each of them says."""
    if "confirmations" not in snapshot:
        return snapshot
    said = {row["firm_id"]: row for row in snapshot["confirmations"]}
    members = [{**row, "confirmed": said.get(row["firm_id"])} for row in snapshot["members"]]
    return {**snapshot, "members": members}


def _of(words: Any, code: str) -> str:
    return str(words(code).label) if code else ""


def _size(row: Row) -> str:
    if not row["is_sme"]:
        return _("Not shown to be an SME")
    return _of(Size, row["size"]) or _("To be judged")


def _certificate(row: Row) -> str:
    held = row["certificate"]
    if not held:
        return ""
    return _("%(number)s, valid until %(day)s") % {
        "number": held["number"],
        "day": day(held["valid_until"]),
    }


def _confirmed(row: Row) -> str:
    said = row["confirmed"]
    if not said:
        return ""
    amount = said.get("contribution_amount")
    parts = [
        str(State(said["state"]).label),
        f"{said['person_name']}, {day(said['confirmed_at'])}",
        said.get("contribution") or "",
        format_money(Decimal(amount)) if amount else "",
    ]
    return " · ".join(part for part in parts if part)


def _months(row: Row) -> str:
    first, last = row["first_month"], row["last_month"]
    return str(first) if first == last else f"{first}–{last}"


def _of_activity(old: Row, new: Row) -> list[Spec]:
    # The words for a coordinator are in the language of whoever sent it: the ids tell, where both have them.
    whole = min(old.get("schema", 1), new.get("schema", 1)) > 1
    who = ("firm", "institution", "coordinator", "person") if whole else ("responsible",)
    return [
        Spec(_label(Activity, "name"), ("name",), _text("name")),
        Spec(_("Months"), ("first_month", "last_month"), _months),
        Spec(_("Responsible"), who, _responsible),
        Spec(_label(Activity, "deliverable"), ("deliverable",), _text("deliverable")),
        Spec(_label(Activity, "indicator"), ("indicator",), _text("indicator")),
    ]


def _responsible(row: Row) -> str:
    if row.get("coordinator"):
        # The words of that day are in the language of whoever sent it.
        person = row.get("person", "")
        return _("The coordinator") + (f" ({person})" if person else "")
    return row["responsible"]


def _of_line(old: Row, new: Row) -> list[Spec]:
    activities = {row["id"]: row["name"] for snapshot in (old, new) for row in snapshot["activities"]}

    def kind(row: Row) -> str:
        return kinds.label(row["category"], row["kind"], row["other_kind"])

    return [
        Spec(_label(BudgetLine, "description"), ("description",), _text("description")),
        Spec(_label(BudgetLine, "category"), ("category",), lambda row: _of(BudgetCategory, row["category"])),
        Spec(_label(BudgetLine, "kind"), ("kind", "other_kind"), kind),
        Spec(_label(BudgetLine, "activity"), ("activity",), lambda row: activities.get(row["activity"], "")),
        Spec(_label(BudgetLine, "firm"), ("firm",), lambda row: row.get("firm_name", "")),
        Spec(_label(BudgetLine, "quantity"), ("quantity",), lambda row: written(Decimal(row["quantity"]))),
        Spec(_label(BudgetLine, "unit_cost"), ("unit_cost",), _money("unit_cost")),
        Spec(_("Cost"), ("cost",), _money("cost")),
        Spec(_label(BudgetLine, "programme_share"), ("programme_share",), _money("programme_share")),
        Spec(_("Paid by the group"), ("group_share",), _money("group_share")),
        Spec(_("Quotes"), ("quotes",), lambda row: "; ".join(_quote(each) for each in row["quotes"])),
    ]


def _quote(row: Row) -> str:
    until = row.get("valid_until")
    words = f"{row['supplier']}: {format_money(Decimal(row['amount']))}"
    said = _("%(quote)s, valid until %(day)s") % {"quote": words, "day": day(until)} if until else words
    return f"{said} ({_file(row)})"


def _of_partner() -> list[Spec]:
    return [
        Spec(pgettext_lazy("of an institution", "Name"), ("name",), _text("name")),
        Spec(_("Kind"), ("kind",), lambda row: _of(Institution.Kind, row["kind"])),
        Spec(_("Where"), ("locality", "province"), place),
        Spec(_("What it puts in"), ("contribution",), _text("contribution")),
    ]


def _of_answer() -> list[Spec]:
    return [
        Spec(_("The answer"), ("value",), lambda row: in_language(row, "words") or row["value"]),
        Spec(_("File"), ("file",), lambda row: _file(row["file"]) if row["file"] else ""),
    ]


def _of_document() -> list[Spec]:
    return [Spec(_("File"), ("filename", "sha256"), _file)]


def _file(row: Row) -> str:
    """A file by its name and the beginning of its digest: another file may have the same name."""
    return f"{row['filename']} · {row['sha256'][:8]}"
