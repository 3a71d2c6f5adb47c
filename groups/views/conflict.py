"""What a page shows when somebody else saved while a form was open: both values, who and when; nothing is lost."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.forms import BaseForm, BoundField
from django.utils.translation import gettext as _

from core.forms import MoneyField
from core.models import Event
from core.money import format_money
from core.templatetags.lsp import day


@dataclass(frozen=True)
class Difference:
    """A field whose saved value is not what this person typed."""

    label: str
    saved: str
    typed: str


@dataclass(frozen=True)
class Conflict:
    """Who saved in the meantime, when, and what differs."""

    actor: str
    at: datetime | None
    differences: list[Difference]


def between(form: BaseForm, saved: BaseForm, obj: Any) -> Conflict:
    """Compare a valid form that came too late with an unbound form of the fresh object."""
    last = (
        Event.objects.filter(object_kind=obj._meta.model_name, object_id=obj.pk)
        .select_related("actor")
        .order_by("-at", "-pk")
        .first()
    )
    rows = []
    for field in saved:
        before, typed = _words(field, saved.get_initial_for_field(field.field, field.name)), ""
        typed = _words(form[field.name], form.cleaned_data.get(field.name))
        if before != typed:
            rows.append(Difference(str(field.label), before, typed))
    return Conflict(str(last.actor) if last and last.actor else "", last.at if last else None, rows)


def _words(field: BoundField, value: Any) -> str:
    """A value as people read it."""
    if value in (None, ""):
        return ""
    if isinstance(field.field, MoneyField):
        return format_money(value)
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if hasattr(value, "isoformat"):
        return day(value)
    choices = getattr(field.field, "choices", None)
    if choices is not None:
        key = str(getattr(value, "pk", value))
        return next((str(label) for code, label in choices if str(code) == key), key)
    return str(value)
