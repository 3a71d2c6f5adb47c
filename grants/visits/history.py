"""How the timeline of visits reads."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from core import timeline
from core.models import Event


def planned(event: Event) -> str:
    return _("A visit was planned for %(day)s.") % {"day": timeline.day_in(event, "on")}


def moved(event: Event) -> str:
    return _("The visit of %(was)s was moved to %(day)s.") % {
        "was": timeline.day_in(event, "was_on"),
        "day": timeline.day_in(event, "on"),
    }


def cancelled(event: Event) -> str:
    return _("The visit of %(day)s was called off.") % {"day": timeline.day_in(event, "on")}


def logged(event: Event) -> str:
    agreed = event.data.get("agreed") or 0
    if not agreed:
        return _("The visit of %(day)s was logged.") % {"day": timeline.day_in(event, "on")}
    return ngettext(
        "The visit of %(day)s was logged, with %(n)s agreement.",
        "The visit of %(day)s was logged, with %(n)s agreements.",
        agreed,
    ) % {"day": timeline.day_in(event, "on"), "n": agreed}


SENTENCES: dict[str, Any] = {
    "visit.plan": planned,
    "visit.move": moved,
    "visit.cancel": cancelled,
    "visit.log": logged,
    "visit.agreement_met": gettext_lazy("What was agreed at a visit is done."),
}


def register() -> None:
    """Put every event into words (called in AppConfig.ready)."""
    for action, sentence in SENTENCES.items():
        timeline.register(action, sentence)
