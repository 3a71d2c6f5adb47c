"""How events of technical support and of suggestions read on the timeline."""

import datetime as dt
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.models import SupportSession
from applications.sections import BY_CODE
from applications.supporting import actions, suggestions
from applications.supporting.history import hours_in_words
from core import timeline
from core.models import Event


def begun(event: Event) -> str:
    if event.data.get("asked"):
        return _("Technical support asked for")
    return _("Technical support offered, without being asked for")


def session(event: Event) -> str:
    modes = dict(SupportSession.Mode.choices)
    words = {
        "day": f"{dt.date.fromisoformat(event.data['on']):%d/%m/%Y}",
        "hours": hours_in_words(Decimal(event.data["hours"])),
        "mode": modes.get(event.data["mode"], "–"),
    }
    return _("Session of support on %(day)s: %(hours)s, %(mode)s") % words


def corrected(event: Event) -> str:
    return _("Session of support on %(day)s corrected") % {
        "day": f"{dt.date.fromisoformat(event.data['on']):%d/%m/%Y}"
    }


def _where(event: Event) -> str:
    section = BY_CODE.get(event.data.get("section", ""))
    label = str(section.label) if section else "–"
    text = suggestions.texts_of(event.data.get("section", "")).get(event.data.get("field", ""))
    return f"{label} ({text})" if text else label


def suggested(event: Event) -> str:
    return _("The adviser suggests something: %(where)s") % {"where": _where(event)}


def adopted(event: Event) -> str:
    return _("Suggestion of the adviser adopted: %(where)s") % {"where": _where(event)}


def dismissed(event: Event) -> str:
    return _("Suggestion of the adviser dismissed: %(where)s") % {"where": _where(event)}


def register() -> None:
    """Put every event into words. Why an adviser declined is the programme's own affair."""
    timeline.register(actions.ASKED, begun)
    timeline.register("support.assign", gettext_lazy("Adviser asked to help"))
    timeline.register("support.accept", gettext_lazy("The adviser accepted to help"))
    timeline.register("support.decline", gettext_lazy("The adviser declined to help"), internal=True)
    timeline.register("support.end", gettext_lazy("Technical support ended"))
    timeline.register("support.withdraw", gettext_lazy("Request for technical support taken back"))
    timeline.register(actions.SESSION, session)
    timeline.register(actions.CORRECTED, corrected)
    timeline.register(suggestions.SUGGESTED, suggested)
    timeline.register(suggestions.ADOPTED, adopted)
    timeline.register(suggestions.DISMISSED, dismissed)
