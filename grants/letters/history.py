"""How the timeline of letters and notifications reads."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.models import DecisionNotice
from core import timeline
from core.models import Event


def proposed(event: Event) -> str:
    return _("Letter %(number)s proposed to terminate the project; the group may answer until %(day)s.") % {
        "number": event.data.get("number", "–"),
        "day": timeline.day_in(event, "answer_by"),
    }


def withdrawn(event: Event) -> str:
    return _("Letter %(number)s took back the proposal of letter %(proposal)s to terminate the project.") % {
        "number": event.data.get("number", "–"),
        "proposal": event.data.get("withdraws", "–"),
    }


def notified(words) -> Any:
    """A sentence with the number, the means, and the days."""
    means = dict(DecisionNotice.Means.choices)
    return lambda event: (
        str(words)
        % {
            "number": event.data.get("number", "–"),
            "day": timeline.day_in(event, "on"),
            "means": means.get(str(event.data.get("means")), "–"),
            "due_on": timeline.day_in(event, "due_on"),
        }
    )


def answered(event: Event) -> str:
    return _("The group answered letter %(number)s.") % {"number": event.data.get("number", "–")}


SENTENCES: dict[str, Any] = {
    "project.hearing": proposed,
    "project.hearing_withdrawn": withdrawn,
    "projectletter.answered": answered,
    "projectletter.notified": notified(
        gettext_lazy("The group was notified of letter %(number)s on %(day)s. How: %(means)s.")
    ),
    "refund.notified": notified(
        gettext_lazy(
            "The group was notified of refund %(number)s on %(day)s, and gives it back by %(due_on)s. How: %(means)s."
        )
    ),
}


def register() -> None:
    """Put every event into words (called in AppConfig.ready)."""
    for action, sentence in SENTENCES.items():
        timeline.register(action, sentence)
