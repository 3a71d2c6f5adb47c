"""The parts of a person's home page: blocks and their rows, and how a date reads there."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core import dates
from core.templatetags.lsp import day


@dataclass(frozen=True)
class Row:
    """One line of a block: `url` is what to do, `page` the page of the case, `button` makes `url` its main button;
    `number` stands beside it."""

    label: str
    url: str
    hint: str = ""
    state: str = ""
    state_label: str = ""
    number: int | None = None
    button: str = ""
    # Of a project that runs, for whoever writes into it.
    notebook: str = ""
    page: str = ""
    # Of a case: the day by which something is owed now; of a project that owes no report now, that of its next one.
    due_on: dt.date | None = None
    coming_on: dt.date | None = None


@dataclass(frozen=True)
class Block:
    """A part of the page, under its title; with no rows it says why, and what to do next."""

    title: str
    rows: list[Row] = field(default_factory=list)
    empty: str = ""
    url: str = ""
    label: str = ""


def link(name: str, *args: Any, query: str = "") -> str:
    """The address of a page by its name, or "" where it is not there."""
    try:
        return reverse(name, args=args) + query
    except NoReverseMatch:
        return ""


def when(due_on: dt.date, today: dt.date) -> str:
    """`24/11/2026, in 9 days`."""
    days = (due_on - today).days
    if days < 0:
        left = ngettext("%(n)d day late", "%(n)d days late", -days) % {"n": -days}
    elif days == 0:
        left = _("today")
    else:
        left = ngettext("in %(n)d day", "in %(n)d days", days) % {"n": days}
    return f"{day(due_on)}, {left}"


def time_left(until: dt.datetime | None, now: dt.datetime) -> str:
    """`9 days left`, in days of Buenos Aires."""
    if until is None:
        return ""
    days = (dates.day_of(until) - dates.day_of(now)).days
    if days < 0:
        return _("the time is over")
    if days == 0:
        return _("today is the last day")
    return ngettext("%(n)d day left", "%(n)d days left", days) % {"n": days}
