"""What templates need everywhere. These tags are builtins: no {% load %}.

Amounts and dates are written alike in both languages: `$ 1.234.567,50`, `24/11/2026`, `24/11/2026 14:32`, `62,5 %`.
"""

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django import template
from django.conf import settings
from django.forms import BaseForm, BaseFormSet, Field
from django.forms.boundfield import BoundField
from django.utils.functional import Promise
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from core import dates, looks, money

register = template.Library()

# --- Icons and badges --------------------------------------------------------------------------

ICON_NAME = re.compile(r"^[a-z0-9-]+$")


@register.simple_tag
@lru_cache(maxsize=256)
def icon(name: str) -> SafeString:
    """The SVG of a Bootstrap icon. It is decoration: the word stands beside it."""
    path = settings.ICONS_DIR / f"{name}.svg"
    if not ICON_NAME.match(name) or not path.is_file():
        return SafeString("")
    body = re.sub(r"^<svg[^>]*>|</svg>\s*$|\n\s*", "", path.read_text("utf-8").strip())
    return mark_safe(  # noqa: S308  (a file of ours)
        '<svg class="icon" viewBox="0 0 16 16" width="16" height="16" fill="currentColor" aria-hidden="true"'
        f' focusable="false">{body}</svg>'
    )


@register.inclusion_tag("components/status_badge.html")
def status_badge(state: str, label: Any) -> dict[str, Any]:
    """A state as icon, word and border."""
    look, sign = looks.look_of(state)
    return {"look": look, "sign": sign, "label": label}


# --- Amounts and dates -------------------------------------------------------------------------


@register.filter(name="money")
def money_filter(amount: Decimal | int | None) -> str:
    """`$ 1.234.567,50`; no amount is a dash."""
    return "–" if amount in (None, "") else money.format_money(Decimal(amount))


@register.filter
def figure(value: Decimal | None) -> str:
    """`1250,5` from 1250.5000; nothing is a dash."""
    return "–" if value is None else money.written(value)


@register.filter
def percent(share: Decimal | int | None) -> str:
    """`62,5 %` from 62.5: at most two places, no needless zeros; nothing is a dash."""
    if share in (None, ""):
        return "–"
    return f"{money.written(round(Decimal(str(share)), 2))}\N{NO-BREAK SPACE}%"


@register.filter
def day(value: dt.date | dt.datetime | None) -> str:
    """`24/11/2026`, the day in Buenos Aires; nothing is a dash."""
    if not value:
        return "–"
    return f"{dates.day_of(value) if isinstance(value, dt.datetime) else value:%d/%m/%Y}"


@register.filter
def moment(value: dt.datetime | None) -> str:
    """`24/11/2026 14:32`, the time in Buenos Aires; nothing is a dash."""
    return f"{value.astimezone(dates.BUENOS_AIRES):%d/%m/%Y %H:%M}" if value else "–"


@register.filter
def deadline(value: dt.datetime | None) -> str:
    """`24/11/2026 14:32 (Buenos Aires)`: a moment on which something depends."""
    return f"{moment(value)} (Buenos Aires)" if value else "–"


# --- The site, also where no request is at hand (mail, PDF) --------------------------------------


@register.simple_tag
def site_name() -> str:
    """The name of the site, from the settings."""
    return settings.SITE_NAME


# --- Errors of forms ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Problem:
    """One line of the error summary: the sentence and the field that it belongs to ("" for none), with its label where
    the sentence does not say it."""

    sentence: str
    target: str
    label: str = ""


@register.simple_tag
def field_errors(field: BoundField) -> list[str]:
    """The sentences at a field: the summary and the field say the same words.

    "This field is required" does not say which one, read alone in the summary; so it gets the label.
    """
    plain = str(Field.default_error_messages["required"])
    return [
        _("Fill in “%(label)s”.") % {"label": field.label} if str(sentence) == plain else str(sentence)
        for sentence in field.errors
    ]


def _forms_in(sources: Iterable[Any], seen: set[int] | None = None) -> Iterator[BaseForm | BaseFormSet]:
    """Each bound form or formset among forms, formsets and lists of them, once."""
    seen = set() if seen is None else seen
    for source in sources:
        if isinstance(source, list | tuple):
            yield from _forms_in(source, seen)
        elif isinstance(source, BaseForm | BaseFormSet) and source.is_bound and id(source) not in seen:
            seen.add(id(source))
            yield source


def _problems_of_form(form: BaseForm) -> Iterator[Problem]:
    for sentence in form.non_field_errors():
        yield Problem(str(sentence), "")
    for field in form:
        # A group of radio buttons has no id of its own: the link goes to its first button.
        target = field.id_for_label or f"{field.auto_id}_0"
        if field.is_hidden:
            target = ""
        for sentence in field_errors(field):
            label = str(field.label)
            yield Problem(sentence, target, label="" if label in sentence else label)


@register.simple_tag
def problems(*sources: Any) -> list[Problem]:
    """All errors of forms, formsets and lists of them, in the order of the page."""
    found: list[Problem] = []
    for source in _forms_in(sources):
        if isinstance(source, BaseFormSet):
            found += [Problem(str(sentence), "") for sentence in source.non_form_errors()]
            for form in source.forms:
                found += _problems_of_form(form)
        else:
            found += _problems_of_form(source)
    return found


@register.simple_tag(takes_context=True)
def title_prefix(context: template.Context) -> str:
    """`Error: ` when a form on the page came back with errors, so that a screen reader says it first."""
    wrong = bool(context.get("has_errors")) or any(
        bool(problems(form)) for form in _forms_in(context.flatten().values())
    )
    return _("Error:") + " " if wrong else ""


# --- Parts of pages ----------------------------------------------------------------------------


@register.filter
def elided(page: Any) -> list[Any]:
    """The numbers of a page list, bounded however many pages there are: 1 … 4 5 6 … 90."""
    return list(page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1))


@register.inclusion_tag("components/meter.html")
def meter(
    value: int | Decimal, most: int | Decimal, text: str, name: str, live: bool = False
) -> dict[str, Any]:
    """A `<progress>` with its text: `{% meter 4 5 "4 of 5 SMEs, 1 missing" "smes" live=True %}`."""
    top = max(Decimal(most), Decimal(0)) or Decimal(1)
    now = min(max(Decimal(value), Decimal(0)), top)
    # As texts with a point: attributes of HTML know no decimal comma.
    return {
        "value": f"{now:f}",
        "most": f"{top:f}",
        "full": now == top,
        "text": text,
        "name": name,
        "live": live,
    }


@register.filter
def is_text(details: Any) -> bool:
    """Whether the details of an event are a text, rather than a list of differences."""
    return isinstance(details, str | Promise)


@register.filter
def beside(columns: Iterable[Any], cells: Iterable[Any]) -> list[tuple[Any, Any]]:
    """Each column of a table with its cell."""
    return list(zip(columns, cells, strict=False))
