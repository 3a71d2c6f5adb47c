"""The figures of a rule of eligibility in words, for the officer's page. The rules keep ids, codes and plain numbers."""

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.eligibility import Result
from core.money import format_money

# What each figure is called; a figure that is not here (an id, a code) is not for reading.
LABELS = {
    "filled": gettext_lazy("Texts written"),
    "stated": gettext_lazy("The group says which support it had"),
    "earlier": gettext_lazy("Approved by the programme before"),
    "members": gettext_lazy("Firms"),
    "smes": gettext_lazy("SMEs"),
    "least": gettext_lazy("At least"),
    "others": gettext_lazy("Firms that are no SMEs"),
    "places": gettext_lazy("Where the firms are"),
    "since": gettext_lazy("Working together since"),
    "activities": gettext_lazy("Activities"),
    "months": gettext_lazy("Months"),
    "without_person": gettext_lazy("Activities without a person"),
    "without_deliverable": gettext_lazy("Activities that leave nothing"),
    "cost": gettext_lazy("Cost"),
    "asked": gettext_lazy("Asked"),
    "most": gettext_lazy("At most"),
    "percent": gettext_lazy("Highest share, %"),
    "firms": gettext_lazy("Firms"),
    "attached": gettext_lazy("Documents attached"),
    "needed": gettext_lazy("Documents needed"),
    "waived": gettext_lazy("Waived in reconsideration"),
}
MONEY = {"cost", "asked", "most"}


def rows(result: Result) -> list[tuple[str, str]]:
    """(what, how much) of each figure that people read."""
    return [
        (str(LABELS[name]), words(name, value))
        for name, value in result.figures.items()
        if name in LABELS and value not in (None, [], {}) and not _are_ids(value)
    ]


def _are_ids(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(each, int) for each in value)


def words(name: str, value: Any) -> str:
    """One figure as people write it."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, dict):
        return ", ".join(f"{key} ({count})" for key, count in value.items())
    if isinstance(value, list):
        return ", ".join(str(each) for each in value)
    if name in MONEY:
        return format_money(Decimal(str(value)))
    if name == "percent":
        return str(Decimal(value).normalize()).replace(".", ",")
    if name == "since":
        return "/".join(reversed(str(value).split("-")))
    return str(value)
