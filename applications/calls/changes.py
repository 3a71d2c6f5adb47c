"""What an edit changed, for the timeline: kept as names of columns and plain values, read in the reader's language."""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from applications.calls.pages import LABELS, PAGES
from applications.models import BudgetCategory, Call, PriceIndex, Question
from applications.parts import part_in_words
from applications.prices import month_text
from core import bilingual
from core.models import Event
from core.money import MoneyField, format_money, written
from core.templatetags.lsp import moment, percent
from groups.models import Sector
from groups.provinces import Province

# Of a long text the beginning is enough to see which one it was.
MOST_SHOWN = 300
ROWS = ("documents", "questions", "checks", "criteria", "tranches", "cuts")
ROW_FIELDS: dict[str, tuple[str, ...]] = {
    "documents": ("order", "name_en", "name_es", "help_en", "help_es", "required", "most_files"),
    "questions": (
        "order",
        "kind",
        "text_en",
        "text_es",
        "help_en",
        "help_es",
        "required",
        "options",
        "only_if_id",
        "only_if_answers",
    ),
    "checks": ("order", "name_en", "name_es", "help_en", "help_es"),
    "criteria": (
        "order",
        "name_en",
        "name_es",
        "help_en",
        "help_es",
        "weight",
        "max_score",
        "low_en",
        "low_es",
        "middle_en",
        "middle_es",
        "high_en",
        "high_es",
    ),
    "tranches": ("percent", "after_report", "proof_percent", "needs_surety"),
    "cuts": ("at",),
}


def rows_of(call: Call, kind: str) -> models.QuerySet:
    """The rows of a kind, in their order."""
    return getattr(call, "requirements" if kind == "documents" else kind).all()


def state_of(call: Call) -> dict[str, Any]:
    """Everything that the editor writes, as plain values: columns by their names, rows as `documents/<id>`."""
    state = {name: plain(getattr(call, name)) for page in PAGES for name in page.fields}
    state["sectors"] = list(call.sectors.order_by("order").values_list("code", flat=True))
    for kind in ROWS:
        for row in rows_of(call, kind):
            place = row.number if kind in ("tranches", "cuts") else row.pk
            state[f"{kind}/{place}"] = {name: plain(getattr(row, name)) for name in ROW_FIELDS[kind]}
    return state


def plain(value: Any) -> Any:
    """A value as the timeline keeps it."""
    if isinstance(value, str):
        return str(value)
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat()
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, models.Model):
        return value.pk
    if isinstance(value, list):
        return [plain(each) for each in value]
    return value


def between(before: dict[str, Any], after: dict[str, Any]) -> list[list[Any]]:
    """[what, before, after] for each difference; None where there was none, or is none any more."""
    names = [*before, *(name for name in after if name not in before)]
    return [
        [name, before.get(name), after.get(name)] for name in names if before.get(name) != after.get(name)
    ]


# --- In words --------------------------------------------------------------------------------------


def details(event: Event) -> list[tuple[str, str, str]]:
    """(what, before, after) of an edit, for people."""
    return told(event.data.get("changes", []))


def told(found: list[list[Any]]) -> list[tuple[str, str, str]]:
    """Differences in the reader's words. Of a row that was changed only what differs is said."""
    return [each for what, before, after in found for each in _told(what, before, after)]


def _told(what: str, before: Any, after: Any) -> Iterator[tuple[str, str, str]]:
    name, _slash, place = what.partition("/")
    if not place:
        yield str(LABELS.get(name, name)), words(name, before), words(name, after)
        return
    label = str(LABELS.get(name, name))
    if name in ("tranches", "cuts"):
        label = f"{label} {place}"
    if before is None or after is None:
        yield label, row_words(name, before), row_words(name, after)
        return
    for field in ROW_FIELDS[name]:
        if before.get(field) != after.get(field):
            named = {
                part: {**before, **after}[part]
                for part in ("name_en", "name_es", "text_en", "text_es")
                if part in before
            }
            of = f"{label} “{_by_language(named)}”" if named else label
            yield f"{of}: {_row_label(field)}", _row_value(field, before), _row_value(field, after)


def words(name: str, value: Any) -> str:
    """The value of a column as people read it."""
    if name == "update_index":
        return str(PriceIndex.objects.filter(pk=value).first() or "–")
    if name == "update_base_month":
        return month_text(dt.date.fromisoformat(value)) if value else "–"
    if name == "reconsidered_by":
        person = User.objects.filter(pk=value).first() if value else None
        return str(person) if person else _("whoever decided")
    if value is None or value == "" or value == [] or value == {}:
        return "–"
    if name == "working_days":
        return _("working days") if value else _("days of the calendar")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if name == "sectors":
        return ", ".join(str(sector) for sector in Sector.objects.filter(code__in=value))
    if name == "provinces":
        return ", ".join(str(Province(code).label) for code in value)
    if name == "share_by_category":
        return ", ".join(
            f"{BudgetCategory(code).label}: {percent(Decimal(share))}" for code, share in value.items()
        )
    field: Any = Call._meta.get_field(name)
    if isinstance(value, list):
        choices = dict(field.base_field.flatchoices)
        return ", ".join(str(choices.get(each, each)) for each in value)
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    if isinstance(field, MoneyField):
        return format_money(Decimal(value))
    if isinstance(field, models.DecimalField):
        return written(Decimal(value))
    if isinstance(field, models.DateTimeField):
        return moment(dt.datetime.fromisoformat(value))
    text = str(value)
    return text if len(text) <= MOST_SHOWN else text[:MOST_SHOWN] + "…"


def _by_language(row: dict[str, Any]) -> str:
    language = bilingual.language()
    return str(row.get(f"name_{language}") or row.get(f"text_{language}") or "")


def row_words(kind: str, row: dict[str, Any] | None) -> str:
    """A row in a line."""
    if row is None:
        return "–"
    if kind == "cuts":
        return moment(dt.datetime.fromisoformat(row["at"]))
    if kind == "tranches":
        # What was written before calls asked for it has neither proof nor surety.
        return part_in_words(
            Decimal(row["percent"]),
            after_report=row["after_report"],
            proof_percent=Decimal(row.get("proof_percent") or 0),
            needs_surety=row.get("needs_surety", False),
        )
    name = _by_language(row)
    if kind == "criteria":
        return _("%(name)s (weight %(weight)s)") % {"name": name, "weight": row["weight"]}
    if kind == "checks":
        return name
    if kind == "questions":
        return f"{name} ({Question.Kind(row['kind']).label})"
    files = ngettext("%(n)s file", "%(n)s files", row["most_files"]) % {"n": row["most_files"]}
    return f"{name} ({files})"


def _row_label(field: str) -> str:
    return {
        "order": _("place"),
        "name_en": _("name in English"),
        "name_es": _("name in Spanish"),
        "text_en": _("text in English"),
        "text_es": _("text in Spanish"),
        "help_en": _("help in English"),
        "help_es": _("help in Spanish"),
        "required": _("required"),
        "most_files": _("most files"),
        "weight": _("weight"),
        "max_score": _("highest score"),
        "low_en": _("no point at all, in English"),
        "low_es": _("no point at all, in Spanish"),
        "middle_en": _("half of the points, in English"),
        "middle_es": _("half of the points, in Spanish"),
        "high_en": _("the highest score in words, in English"),
        "high_es": _("the highest score in words, in Spanish"),
        "kind": _("kind of answer"),
        "options": _("options"),
        "only_if_id": _("depends on a question"),
        "only_if_answers": _("asked only with these answers"),
        "percent": _("per cent"),
        "after_report": _("after report"),
        "proof_percent": _("proven first"),
        "needs_surety": _("surety"),
        "at": _("day"),
    }[field]


def _row_value(field: str, row: dict[str, Any]) -> str:
    value = row.get(field)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if field == "only_if_id":
        return _("yes") if value else _("no")
    if value in (None, "", []):
        return "–"
    if field == "kind":
        return str(Question.Kind(value).label)
    if field == "options":
        return ", ".join(f"{option['en']} | {option['es']}" for option in value)
    if field == "only_if_answers":
        return ", ".join(value)
    if field == "at":
        return moment(dt.datetime.fromisoformat(value))
    if field in ("percent", "proof_percent"):
        return percent(Decimal(value))
    return str(value)
