"""What changed between two frozen forms of a report, field by field: what the officer reads when a report that was returned
comes back.

Pure: two values of `reports.content.snapshot_of` in, differences in words out. What an older form does not hold is no
change.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from applications.differences import ADDED, CHANGED, REMOVED, Field, Item
from core import dates
from core.money import format_money
from core.templatetags.lsp import percent
from reports.models import Outcome
from reports.returning import LABELS, OUTCOMES, SUMMARY
from reports.wording import figure

Row = dict[str, Any]


@dataclass(frozen=True)
class Part:
    """What changed in a part of the report (templates/applications/_differences.html)."""

    code: str
    label: str | Promise
    fields: list[Field]
    items: list[Item]


@dataclass(frozen=True)
class Spec:
    """A field: what it is called, which key holds it, and how its value reads."""

    label: str
    key: str
    words: Callable[[Any], str] = lambda value: "" if value is None else str(value)


def differences(old: Row, new: Row) -> list[Part]:
    """What changed from one frozen form to another, part by part; [] when nothing did."""
    summary = [Spec(_("How the period went"), "summary")]
    parts = [
        Part(SUMMARY, LABELS[SUMMARY], _fields(old["report"], new["report"], summary), []),
        Part(
            "activities",
            _("Activities"),
            [],
            _rows(old, new, "activities", _of_activity(), lambda row: row["name"]),
        ),
        Part(OUTCOMES, _("What came of it"), [], _outcomes(old, new)),
        Part(
            "evidence",
            _("Files of the report as a whole"),
            [],
            _rows(old, new, "evidence", [], lambda row: row["name"]),
        ),
    ]
    return [part for part in parts if part.fields or part.items]


def _of_activity() -> list[Spec]:
    return [
        Spec(_("Done so far"), "done", percent),
        Spec(_("What was done"), "what_was_done"),
        Spec(_("Why it is behind"), "reason"),
        Spec(_("Month in which it will be done"), "expected"),
        Spec(_("Evidence"), "evidence", _files),
    ]


def _of_outcome() -> list[Spec]:
    return [
        Spec(_("Outcome"), "kind", _kind),
        Spec(_("How many"), "figure", figure),
        Spec(_("Day"), "on", dates.written),
        Spec(_("Of which firms"), "firms", lambda value: ", ".join(value)),
        Spec(_("What shows it"), "text"),
        Spec(_("Document"), "document", _file),
    ]


def _outcomes(old: Row, new: Row) -> list[Item]:
    """Outcomes, then the entries of each ledger."""
    before, after = old.get("ledgers") or {}, new.get("ledgers") or {}
    return [
        *_rows(old, new, "outcomes", _of_outcome(), _outcome),
        *_rows(before, after, "trainings", _of_training(), lambda row: row["course"]),
        *_rows(
            before, after, "certifications", _of_certificate(), lambda row: f"{row['number']}, {row['firm']}"
        ),
        *_rows(before, after, "machines", _of_machine(), lambda row: row["name"]),
    ]


def _of_training() -> list[Spec]:
    return [
        Spec(_("On which day it ended"), "on", dates.written),
        Spec(_("Hours"), "hours", figure),
        Spec(_("Women"), "women"),
        Spec(_("Men"), "men"),
        Spec(_("Of another gender"), "other"),
        Spec(_("Gender not said"), "not_said"),
        Spec(_("Of which firms"), "firms", lambda value: ", ".join(value)),
        Spec(_("What shows it"), "text"),
        Spec(_("Document"), "document", _file),
    ]


def _of_certificate() -> list[Spec]:
    return [
        Spec(_("What it covers"), "scope"),
        Spec(_("Who certified it"), "certifier"),
        Spec(_("Number of the certificate"), "number"),
        Spec(_("Issued on"), "issued_on", dates.written),
        Spec(_("Expires on"), "expires_on", dates.written),
        Spec(_("Document"), "document", _file),
    ]


def _of_machine() -> list[Spec]:
    return [
        Spec(_("Serial number"), "serial_number"),
        Spec(_("In use since"), "on", dates.written),
        Spec(_("What it cost"), "cost", lambda value: format_money(Decimal(value))),
        Spec(_("Shares"), "shares", _shares),
        Spec(_("Who keeps it"), "custodian"),
        Spec(_("Place of the machine"), "site"),
        Spec(_("Insurance"), "policy"),
        Spec(_("Photographs"), "photos", _files),
    ]


def _file(value: Row | None) -> str:
    return _files([value]) if value else ""


def _shares(value: list[Row]) -> str:
    return ", ".join(f"{share['firm']} {percent(share['percent'])}" for share in value)


def _kind(value: str) -> str:
    return str(Outcome.Kind(value).label) if value in Outcome.Kind.values else str(value)


def _outcome(row: Row) -> str:
    return _kind(row.get("kind", ""))


def _files(pieces: list[Row]) -> str:
    """Files by name and the beginning of their digest: another file may have the same name."""
    return "\n".join(f"{piece['name']} · {piece['sha256'][:8]}" for piece in pieces)


def _fields(old: Row, new: Row, specs: list[Spec]) -> list[Field]:
    """The fields that both hold, and that differ."""
    return [
        Field(spec.label, spec.words(old[spec.key]), spec.words(new[spec.key]))
        for spec in specs
        if spec.key in old and spec.key in new and old[spec.key] != new[spec.key]
    ]


def _rows(old: Row, new: Row, part: str, specs: list[Spec], name: Callable[[Row], str]) -> list[Item]:
    """The rows of a part, by their ids: what changed and came in, in the order of the new ones; then what went out."""
    rows = [*old.get(part, []), *new.get(part, [])]
    if any("id" not in row for row in rows):
        return []
    before, after = ({row["id"]: row for row in each.get(part, [])} for each in (old, new))
    found = []
    for pk, row in after.items():
        if pk not in before:
            found.append(Item(ADDED, name(row), _said(row, specs, came=True)))
        elif changed := _fields(before[pk], row, specs):
            found.append(Item(CHANGED, name(row), changed))
    return found + [
        Item(REMOVED, name(row), _said(row, specs, came=False))
        for pk, row in before.items()
        if pk not in after
    ]


def _said(row: Row, specs: list[Spec], *, came: bool) -> list[Field]:
    """What a row says that came in, or went out."""
    said = [(spec.label, spec.words(row[spec.key])) for spec in specs if row.get(spec.key)]
    return [Field(label, "", words) if came else Field(label, words, "") for label, words in said]
