"""How reports read: on the timeline, and figures in words."""

import datetime as dt
from decimal import Decimal
from functools import partial

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from core import timeline
from core.models import Event
from core.templatetags.lsp import day
from reports.models import EXTRA

SENTENCES = {
    "progressreport.fall_due": (
        gettext_lazy("Report %(number)s fell due"),
        gettext_lazy("Extra report %(number)s fell due"),
    ),
    "progressreport.write": (
        gettext_lazy("Report %(number)s was begun"),
        gettext_lazy("Extra report %(number)s was begun"),
    ),
    "progressreport.submit": (
        gettext_lazy("Report %(number)s was submitted"),
        gettext_lazy("Extra report %(number)s was submitted"),
    ),
    "progressreport.return_report": (
        gettext_lazy("Report %(number)s was returned for changes"),
        gettext_lazy("Extra report %(number)s was returned for changes"),
    ),
    "progressreport.accept": (
        gettext_lazy("Report %(number)s was accepted"),
        gettext_lazy("Extra report %(number)s was accepted"),
    ),
    "progressreport.skip": (
        gettext_lazy("Report %(number)s was skipped: none is owed for its period"),
        gettext_lazy("Extra report %(number)s was skipped: none is owed for its period"),
    ),
    "progressreport.cancel": (
        gettext_lazy("Report %(number)s was cancelled"),
        gettext_lazy("Extra report %(number)s was cancelled"),
    ),
    "progressreport.void": (
        gettext_lazy("Report %(number)s is no longer owed: the project ended"),
        gettext_lazy("Extra report %(number)s is no longer owed: the project ended"),
    ),
    "progressreport.edited": (
        gettext_lazy("Report %(number)s was edited"),
        gettext_lazy("Extra report %(number)s was edited"),
    ),
    "progressreport.ask": (
        gettext_lazy("Report %(number)s was asked for"),
        gettext_lazy("Extra report %(number)s was asked for"),
    ),
    "progressreport.observation_met": (
        gettext_lazy("An observation on report %(number)s was met"),
        gettext_lazy("An observation on extra report %(number)s was met"),
    ),
}


MOVED = (
    gettext_lazy("Report %(number)s is due on %(after)s now, and no longer on %(before)s"),
    gettext_lazy("Extra report %(number)s is due on %(after)s now, and no longer on %(before)s"),
)


def register_sentences() -> None:
    """Tell the timeline how each event of a report reads."""
    for action, words in SENTENCES.items():
        timeline.register(action, partial(numbered, words))
    timeline.register("progressreport.move", _moved)


def numbered(words: tuple[Promise, Promise], event: Event, **more: str) -> str:
    """The sentence about a report, or the one about an extra report, which is counted by itself (reports.models.EXTRA)."""
    plain, extra = words
    number = event.data.get("number", "")
    if isinstance(number, int) and number > EXTRA:
        return str(extra) % {"number": number - EXTRA, **more}
    return str(plain) % {"number": number, **more}


def _moved(event: Event) -> str:
    before, after = event.data.get("was_due_on", ""), event.data.get("due_on", "")
    return numbered(MOVED, event, after=_day(after), before=_day(before))


def _day(text: str) -> str:
    try:
        return day(dt.date.fromisoformat(text))
    except ValueError:
        return text


def figure(value: Decimal | str | int) -> str:
    """`1.234,5`: a number as tables and charts write it, without needless zeros."""
    text = f"{Decimal(str(value)):,.2f}".rstrip("0").rstrip(".")
    return text.replace(",", "\0").replace(".", ",").replace("\0", ".")
