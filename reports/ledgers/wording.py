"""How the ledgers and the firms' parts read on the timeline."""

import datetime as dt
from functools import partial

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import timeline
from core.models import Event
from core.templatetags.lsp import day
from reports.ledgers.models import MachineCheck
from reports.wording import numbered

NUMBERED = {
    "firmpart.asked": (
        gettext_lazy("A firm was asked for its part of report %(number)s"),
        gettext_lazy("A firm was asked for its part of extra report %(number)s"),
    ),
    "firmpart.reminded": (
        gettext_lazy("A firm was reminded of its part of report %(number)s"),
        gettext_lazy("A firm was reminded of its part of extra report %(number)s"),
    ),
    "firmpart.shared": (
        gettext_lazy("A link was made to share with a firm, for its part of report %(number)s"),
        gettext_lazy("A link was made to share with a firm, for its part of extra report %(number)s"),
    ),
    "firmpart.withdrawn": (
        gettext_lazy("The question to a firm for report %(number)s was taken back"),
        gettext_lazy("The question to a firm for extra report %(number)s was taken back"),
    ),
    "firmpart.answered": (
        gettext_lazy("A firm handed in its part of report %(number)s"),
        gettext_lazy("A firm handed in its part of extra report %(number)s"),
    ),
}


def register_sentences() -> None:
    """Tell the timeline how each event reads."""
    for action, words in NUMBERED.items():
        timeline.register(action, partial(numbered, words))
    timeline.register("certification.renewed", _renewed)
    timeline.register("certification.let_go", _let_go)
    timeline.register("project.checks_planned", _planned)
    timeline.register("machine.checked", _checked)
    timeline.register("machine.insured", _insured)
    timeline.register("machine.invoices", _invoices)


def _renewed(event: Event) -> str:
    return _("The certificate %(norm)s of %(firm)s was renewed until %(day)s") % {
        "norm": event.data.get("norm", ""),
        "firm": event.data.get("firm", ""),
        "day": _day(event, "until"),
    }


def _let_go(event: Event) -> str:
    return _("The certificate %(norm)s of %(firm)s is not renewed") % {
        "norm": event.data.get("norm", ""),
        "firm": event.data.get("firm", ""),
    }


def _planned(event: Event) -> str:
    return _("Machines are checked every %(months)s months, for %(years)s years") % {
        "months": event.data.get("every", ""),
        "years": event.data.get("years", ""),
    }


def _checked(event: Event) -> str:
    found = str(event.data.get("found", ""))
    return _("The machine “%(name)s” was checked on %(day)s: %(found)s") % {
        "name": event.data.get("machine", ""),
        "day": _day(event, "on"),
        "found": dict(MachineCheck.Found.choices).get(found, found),
    }


def _insured(event: Event) -> str:
    return _("The machine “%(name)s” is insured until %(day)s") % {
        "name": event.data.get("machine", ""),
        "day": _day(event, "until"),
    }


def _invoices(event: Event) -> str:
    return _("Invoices of the machine “%(name)s” were named: %(number)s") % {
        "name": event.data.get("machine", ""),
        "number": event.data.get("number", ""),
    }


def _day(event: Event, key: str) -> str:
    text = str(event.data.get(key, ""))
    try:
        return day(dt.date.fromisoformat(text))
    except ValueError:
        return text
