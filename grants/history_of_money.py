"""How the timeline of refunds, sureties, bank lists, settlements and findings reads. Figures stand in the events' data."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext_lazy

from core import timeline
from core.models import Event
from grants.history import money_in


def said(words) -> Callable[[Event], str]:
    """A sentence with what the event says: number, amount, day."""

    def sentence(event: Event) -> str:
        return str(words) % {
            "number": event.data.get("number", "–"),
            "amount": money_in(event, "amount"),
            "day": timeline.day_in(event, "due_on") or timeline.day_in(event, "expires_on"),
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
    "accountline.bring": said(gettext_lazy("%(number)s lines of the account's bank statement were brought.")),
    "accountline.match": said(gettext_lazy("A line of the account was matched: %(amount)s.")),
    "accountline.let_go": said(
        gettext_lazy("The match of a line of the account was taken back: %(amount)s.")
    ),
    "surety.take": said(gettext_lazy("A surety of %(amount)s was entered, in force until %(day)s.")),
    "surety.release": said(gettext_lazy("A surety of %(amount)s was released.")),
}


# Between the auditor and the office.
INTERNAL: dict[str, Any] = {
    "finding.write": said(gettext_lazy("Audit finding %(number)s was written, to be answered by %(day)s.")),
    "finding.answer": said(gettext_lazy("Audit finding %(number)s was answered.")),
    "finding.ask_again": said(gettext_lazy("Audit finding %(number)s was asked about again, by %(day)s.")),
    "finding.close": said(gettext_lazy("Audit finding %(number)s was closed.")),
}


def register() -> None:
    """Put every event of the money into words (called in AppConfig.ready)."""
    for action, sentence in INTERNAL.items():
        timeline.register(action, sentence, internal=True)
    for action, sentence in SENTENCES.items():
        timeline.register(action, sentence)
