"""The rules of eligibility and their figures in words, for the officer's page and the letter. The rules themselves keep
ids, codes and plain numbers."""

from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.eligibility import Result
from core import dates
from core.money import format_money, written

# Each rule of eligibility in a few words: the sentence with its figures is the officer's page's.
RULE_NAMES: dict[str, Promise] = {
    "project_texts": gettext_lazy("The project is described"),
    "prior_support": gettext_lazy("Earlier support by the State, where the call asks for it"),
    "enough_smes": gettext_lazy("Enough small and medium firms"),
    "others_admitted": gettext_lazy("Other firms only where the call admits them"),
    "valid_cuits": gettext_lazy("Every CUIT is valid and stands once"),
    "independent_firms": gettext_lazy("The firms do not belong together"),
    "linked_sales": gettext_lazy("Sales of linked firms count"),
    "firms_are_free": gettext_lazy("No firm is in two applications of the call"),
    "area_and_chain": gettext_lazy("The firms share an area and a value chain"),
    "province_admitted": gettext_lazy("The province is one of the call's"),
    "sector_admitted": gettext_lazy("The sector is one of the call's"),
    "group_age": gettext_lazy("The group is old enough"),
    "joint_work": gettext_lazy("Proof of joint work, where the call asks for it"),
    "firms_confirmed": gettext_lazy("The firms confirmed for themselves"),
    "plan_months": gettext_lazy("The plan lies within the months of the call"),
    "responsibles": gettext_lazy("Every activity has somebody responsible"),
    "costs": gettext_lazy("Every cost has its category and its activity"),
    "share_of_lines": gettext_lazy("The programme's share of each cost"),
    "share_of_whole": gettext_lazy("The programme's share of the whole"),
    "highest_amounts": gettext_lazy("The highest amount per project and per firm"),
    "salary": gettext_lazy("The coordinator's salary"),
    "others_at_no_cost": gettext_lazy("Nothing is paid for firms that are no SMEs"),
    "quotes_attached": gettext_lazy("Quotes, where the call asks for them"),
    "questions_answered": gettext_lazy("The questions of the call"),
    "documents_present": gettext_lazy("The documents that the call asks for"),
    "declarations_accepted": gettext_lazy("The declarations of the call"),
}

# What each figure is called; a figure that is not here (an id, a code) is not for reading.
LABELS = {
    "filled": gettext_lazy("Texts written"),
    "stated": gettext_lazy("The group says which support it had"),
    "earlier": gettext_lazy("Approved by the programme before"),
    "sessions": gettext_lazy("Sessions of technical support"),
    "members": gettext_lazy("Firms"),
    "smes": gettext_lazy("SMEs"),
    "least": gettext_lazy("At least"),
    "confirmed": gettext_lazy("Firms that confirmed"),
    "confirmations_needed": gettext_lazy("Have to confirm"),
    "others": gettext_lazy("Firms that are no SMEs"),
    "places": gettext_lazy("Where the firms are"),
    "kilometres": gettext_lazy("Kilometres from capital to capital"),
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
    "linked": gettext_lazy("Firms that belong together"),
    "per_firm": gettext_lazy("At most for a firm"),
    "largest": gettext_lazy("The most that one firm would get"),
    "quotes_from": gettext_lazy("Quotes are asked from"),
    "quotes_needed": gettext_lazy("Quotes needed"),
    "attached": gettext_lazy("Documents attached"),
    "needed": gettext_lazy("Documents needed"),
    "answered": gettext_lazy("Questions answered"),
    "accepted": gettext_lazy("Declarations accepted"),
    "all": gettext_lazy("In all"),
    "waived": gettext_lazy("Waived in reconsideration"),
}
MONEY = {"cost", "asked", "most", "per_firm", "largest", "quotes_from"}


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
        return written(Decimal(value))
    if name == "since":
        return dates.written(value)
    return str(value)
