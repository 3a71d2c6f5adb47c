"""How the timeline of updates of prices reads, on the call's case and on each project's."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext_lazy

from core import timeline
from core.models import Event
from grants.history import money_in


def said(words) -> Callable[[Event], str]:
    """A sentence with month, money, resolution and version."""

    def sentence(event: Event) -> str:
        month = event.data.get("month")
        return str(words) % {
            "month": f"{dt.date.fromisoformat(month):%m/%Y}" if month else "–",
            "amount": money_in(event, "amount"),
            "approved": money_in(event, "approved"),
            "projects": event.data.get("projects", "–"),
            "resolution": event.data.get("resolution", "–"),
            "plan": event.data.get("plan", "–"),
        }

    return sentence


SENTENCES: dict[str, Any] = {
    "priceupdaterow.issue": said(
        gettext_lazy(
            "What was not paid yet was updated to the prices of %(month)s, by resolution %(resolution)s: %(amount)s more, "
            "%(approved)s in all. Version %(plan)s of the plan is in force."
        )
    ),
}
INTERNAL: dict[str, Any] = {
    "priceupdate.prepare": said(gettext_lazy("An update to the prices of %(month)s was prepared.")),
    "priceupdate.issue": said(
        gettext_lazy(
            "The update to the prices of %(month)s was issued by resolution %(resolution)s. Projects: %(projects)s; in all "
            "%(amount)s more."
        )
    ),
    "priceupdate.withdraw": said(gettext_lazy("The update to the prices of %(month)s was withdrawn.")),
    "priceupdate.refuse": said(gettext_lazy("The update to the prices of %(month)s was refused.")),
}


def register() -> None:
    """Put every event into words (called in AppConfig.ready)."""
    for action, sentence in SENTENCES.items():
        timeline.register(action, sentence)
    for action, sentence in INTERNAL.items():
        timeline.register(action, sentence, internal=True)
