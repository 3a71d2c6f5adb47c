"""What a page shows when somebody else saved while a form was open: both values, who and when; nothing is lost, and which
value stays is chosen field by field.

A form carries a digest of each value that it was opened with: what a person left as it was is told from what they changed.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.forms import BaseForm, BoundField
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from core.forms import MoneyField, NumberField, posted_version
from core.models import Event
from core.money import format_money, written
from core.templatetags.lsp import day

# Of a digest: enough that two texts of one field never share it by chance.
LENGTH = 16
# A form that carries more than that was not made by us.
MOST_FIELDS = 300


# --- What a form was opened with ---------------------------------------------------------------------


def plain(value: Any) -> str:
    """A value as forms send it and as we compare it: lines end alike, nothing is empty."""
    return "" if value is None else str(value).replace("\r\n", "\n").strip()


def digest(value: Any) -> str:
    """What a form carries of a value that it was opened with."""
    return hashlib.sha256(plain(value).encode()).hexdigest()[:LENGTH]


def carried(values: Mapping[str, Any]) -> list[str]:
    """What a form carries, for its hidden fields `was`."""
    return [f"{name}:{digest(value)}" for name, value in values.items()]


def opened(sent: Iterable[str]) -> dict[str, str]:
    """The digests that a form brought back, by field; what makes no sense is left out."""
    pairs = [text.partition(":") for text in list(sent)[:MOST_FIELDS]]
    return {name: mark for name, colon, mark in pairs if colon and len(mark) == LENGTH}


def values_of(form: BaseForm) -> dict[str, str]:
    """What the fields of a form hold as a browser sends it: of a fresh form what is saved, of a posted one what was typed."""
    return {
        field.name: ",".join(sorted(plain(text) for text in _sent(field) if text))
        for field in form
        if not isinstance(field.field, forms.FileField)
    }


def _sent(field: BoundField) -> list[str]:
    """What a browser sends of a field: one text, or all that are chosen; nothing of a box without its tick."""
    value = field.value()
    if isinstance(value, bool):
        return ["on"] if value else []
    if not isinstance(value, list | tuple):
        value = field.field.widget.format_value(value)
    several = value if isinstance(value, list | tuple) else [value]
    return [str(each) for each in several if each is not None]


# --- Two who saved -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Difference:
    """A field whose saved value is not what this person typed. `untouched`: they left it as the page was opened with, so that
    the other's change is what they would want."""

    label: str
    saved: str
    typed: str
    name: str
    untouched: bool


@dataclass(frozen=True)
class Conflict:
    """Who saved in the meantime, when, and what differs."""

    actor: str
    at: datetime | None
    differences: list[Difference]


def between(form: BaseForm, saved: BaseForm, obj: Any, was: Iterable[str] = ()) -> Conflict:
    """Compare a valid form that came too late with an unbound form of the fresh object. `was` is what the page carried."""
    last = (
        Event.objects.filter(object_kind=obj._meta.model_name, object_id=obj.pk)
        .select_related("actor")
        .order_by("-at", "-pk")
        .first()
    )
    marks, rows = opened(was), []
    theirs, mine = values_of(saved), values_of(form)
    for name, value in theirs.items():
        if name not in form.fields or value == mine[name]:
            continue
        before = _words(saved[name], saved.get_initial_for_field(saved.fields[name], name))
        typed = _words(form[name], form.cleaned_data.get(name))
        if before != typed:
            rows.append(
                Difference(_label(saved, name), before, typed, name, marks.get(name) == digest(mine[name]))
            )
    return Conflict(str(last.actor) if last and last.actor else "", last.at if last else None, rows)


def chosen(posted: QueryDict, saved: BaseForm) -> QueryDict:
    """What was typed, with what is saved where the person ticked that it stays (fields `theirs`)."""
    names = [name for name in posted.getlist("theirs") if name in saved.fields]
    if not names:
        return posted
    data = posted.copy()
    for name in names:
        data.setlist(saved[name].html_name, _sent(saved[name]))
    return data


def carries(request: HttpRequest, fresh: BaseForm, *, version: int, stale: bool = False) -> dict[str, Any]:
    """What the page of a form carries (components/opened_with.html): of a fresh page, and of one that shows a conflict, what is
    saved now; a page with a mistake goes on with what it was opened with."""
    if request.method == "POST" and not stale:
        return {"version": posted_version(request), "was": request.POST.getlist("was")[:MOST_FIELDS]}
    return {"version": version, "was": carried(values_of(fresh))}


def _label(form: BaseForm, name: str) -> str:
    """What a field is called; a form with rows says of which row."""
    label_of = getattr(form, "label_of", None)
    return str(label_of(name) if label_of else form[name].label)


def _words(field: BoundField, value: Any) -> str:
    """A value as people read it."""
    if value in (None, ""):
        return ""
    if isinstance(field.field, MoneyField):
        return format_money(value)
    if isinstance(field.field, NumberField):
        return written(value)
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if hasattr(value, "isoformat"):
        return day(value)
    choices = getattr(field.field, "choices", None)
    if choices is not None:
        several = value if isinstance(value, list | tuple) or hasattr(value, "all") else [value]
        words = {str(getattr(code, "value", code)): str(label) for code, label in choices}
        keys = [str(getattr(each, "pk", each)) for each in several]
        return ", ".join(words.get(key, key) for key in keys)
    return str(value)
