"""How the timeline of refunds, sureties, bank lists, settlements and findings reads. Figures stand in the events' data."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext_lazy

from core import timeline
from core.models import Event
from grants.history import _day, _money


def said(words) -> Callable[[Event], str]:
    """A sentence with what the event says: number, amount, day."""

    def sentence(event: Event) -> str:
        return str(words) % {
            "number": event.data.get("number", "–"),
            "amount": _money(event, "amount"),
            "day": _day(event, "due_on") or _day(event, "expires_on"),
        }

    return sentence


SENTENCES: dict[str, Any] = {
    "refund.ask": said(gettext_lazy("Refund %(number)s was asked for: %(amount)s by %(day)s.")),
    "refund.settle": said(gettext_lazy("Refund %(number)s was settled: %(amount)s came back.")),
    "refund.cancel": said(gettext_lazy("Refund %(number)s was cancelled: %(amount)s.")),
    "refundreceipt.give": said(gettext_lazy("A receipt of refund %(number)s was written down: %(amount)s.")),
    "refundreceipt.confirm": said(gettext_lazy("Finance confirmed %(amount)s of refund %(number)s.")),
    "refundreceipt.refuse": said(gettext_lazy("Finance did not find %(amount)s of refund %(number)s.")),
    "banklist.make": said(gettext_lazy("List %(number)s for the bank was made: %(amount)s.")),
    "banklist.void": said(gettext_lazy("List %(number)s for the bank was voided: %(amount)s.")),
    "surety.take": said(gettext_lazy("A surety of %(amount)s was entered, in force until %(day)s.")),
    "surety.release": said(gettext_lazy("A surety of %(amount)s was released.")),
}


def register() -> None:
    """Put every event of the money into words (called in AppConfig.ready)."""
    for action, sentence in SENTENCES.items():
        timeline.register(action, sentence)
