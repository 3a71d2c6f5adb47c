"""The self-check of a call: what a visitor's few answers say against the call's rules, before any log-in.

It promises nothing: the rules proper are in eligibility.py, and work on what a group really writes.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from applications.models import Call
from core.money import cents, format_money
from core.templatetags.lsp import percent
from groups.provinces import Province


@dataclass(frozen=True)
class Answer:
    """One rule of the call: "pass", "fail" or "warn", with a sentence."""

    outcome: str
    sentence: str

    @property
    def label(self) -> str:
        """The word on the badge."""
        words = {"pass": _("Meets it"), "fail": _("Does not meet it"), "warn": _("To be shown")}
        return words[self.outcome]


def answers(call: Call, given: dict[str, Any]) -> list[Answer]:
    """What each rule of the call says of the answers that were given (cleaned data of `SelfCheckForm`)."""
    return list(_answers(call, given))


def _answers(call: Call, given: dict[str, Any]) -> Iterator[Answer]:
    yield _smes(call, given["smes"])
    if given.get("others"):
        yield Answer("fail", _("This call admits only groups whose firms are all SMEs."))
    if "months" in given:
        yield _age(call, given["months"])
    if "province" in given:
        yield _province(call, given["province"])
    if "sector" in given:
        yield _sector(call, given["sector"])
    if "prior" in given:
        yield _prior(given["prior"])
    if given.get("amount"):
        yield from _money(call, given["cost"], given["amount"], given["smes"] + (given.get("others") or 0))


def _smes(call: Call, count: int) -> Answer:
    have = ngettext("You are %(count)d SME", "You are %(count)d SMEs", count) % {"count": count}
    need = _("this call asks for at least %(least)d") % {"least": call.min_firms}
    if count >= call.min_firms:
        return Answer("pass", f"{have}; {need}.")
    missing = call.min_firms - count
    lack = ngettext("%(count)d is missing", "%(count)d are missing", missing) % {"count": missing}
    return Answer("fail", f"{have}; {need}: {lack}.")


def _age(call: Call, months: int) -> Answer:
    words = {"months": months, "least": call.min_group_months}
    if months >= call.min_group_months:
        return Answer(
            "pass", _("You have worked together for %(months)d months, of at least %(least)d.") % words
        )
    return Answer(
        "fail", _("You have worked together for %(months)d months, and the call asks for %(least)d.") % words
    )


def _province(call: Call, code: str) -> Answer:
    name = Province(code).label
    if code in call.provinces:
        return Answer("pass", _("The call is for groups of %(province)s.") % {"province": name})
    admitted = ", ".join(Province(each).label for each in call.provinces)
    return Answer(
        "fail",
        _("The call is not for groups of %(province)s. It is for: %(admitted)s.")
        % {"province": name, "admitted": admitted},
    )


def _sector(call: Call, sector) -> Answer:
    admitted = list(call.sectors.all())
    if sector in admitted:
        return Answer("pass", _("The call is for the sector “%(sector)s”.") % {"sector": sector})
    return Answer(
        "fail",
        _("The call is not for the sector “%(sector)s”. It is for: %(admitted)s.")
        % {"sector": sector, "admitted": ", ".join(str(each) for each in admitted)},
    )


def _money(call: Call, cost: Decimal, amount: Decimal, firms: int) -> Iterator[Answer]:
    """What is asked against the highest amounts and the highest share."""
    words = {
        "amount": format_money(amount),
        "most": format_money(call.max_per_project),
        "share": percent(call.max_share),
        "asked": percent(cents(amount * 100 / cost)),
        "firm": format_money(call.max_per_firm),
    }
    if amount > call.max_per_project:
        yield Answer("fail", _("You ask for %(amount)s, and a project gets at most %(most)s.") % words)
    else:
        yield Answer("pass", _("You ask for %(amount)s, of at most %(most)s for a project.") % words)
    if call.max_per_firm is not None and firms and amount > call.max_per_firm * firms:
        yield Answer(
            "fail",
            _("Each firm gets at most %(firm)s: with your firms that is less than %(amount)s.") % words,
        )
    most = cents(cost * call.max_share / 100)
    words |= {"possible": format_money(most)}
    if amount <= most:
        yield Answer(
            "pass", _("That is %(asked)s of the cost; the programme pays at most %(share)s.") % words
        )
    else:
        sentence = _(
            "That is %(asked)s of the cost; the programme pays at most %(share)s of it, that is %(possible)s. Your firms "
            "pay the rest."
        )
        yield Answer("fail", sentence % words)


def _prior(had: bool) -> Answer:
    if had:
        return Answer(
            "warn",
            _("The call asks for earlier support by the State: say which, and an officer certifies it."),
        )
    return Answer("fail", _("The call is for groups that the State already gave technical support."))
