"""The rules on the budget: categories, shares and caps."""

from decimal import Decimal

from django.utils.translation import gettext as _

from applications.eligibility.engine import FAIL, PASS, Answer, names, percent
from applications.facts import Facts
from applications.models import BudgetCategory, BudgetLine, Call
from core.money import ZERO, cents, format_money


def costs(facts: Facts) -> Answer:
    figures = {"lines": len(facts.lines), "cost": str(facts.cost), "asked": str(facts.asked)}
    if not facts.lines:
        return FAIL, _("The budget has no cost yet."), figures
    if facts.asked <= ZERO:
        return FAIL, _("The budget asks the programme for nothing."), figures
    loose = [line.description for line in facts.lines if line.activity_id is None and not _is_salary(line)]
    if loose:
        return (
            FAIL,
            _("Say which activity these costs are for: %(names)s.") % {"names": names(loose)},
            figures,
        )
    foreign = [line.description for line in facts.lines if line.category not in facts.call.categories]
    if foreign:
        sentence = _("This call does not pay for the category of: %(names)s.")
        return FAIL, sentence % {"names": names(foreign)}, figures
    return PASS, _("Every cost has its category and its activity."), figures


def _is_salary(line: BudgetLine) -> bool:
    return line.category == BudgetCategory.COORDINATION


def share_of_lines(facts: Facts) -> Answer:
    over = [
        line
        for line in facts.lines
        if line.programme_share > facts.call.highest_share(line.category, line.cost)
    ]
    figures = {"lines": [line.pk for line in over]}
    if over:
        listed = [
            _("%(line)s (at most %(share)s, that is %(most)s)")
            % {
                "line": line.description,
                "share": percent(facts.call.share_of(line.category)),
                "most": format_money(facts.call.highest_share(line.category, line.cost)),
            }
            for line in over
        ]
        return FAIL, _("The programme pays less of: %(names)s.") % {"names": names(listed)}, figures
    return PASS, _("No cost asks for more than the programme pays of its category."), figures


def share_of_whole(facts: Facts) -> Answer:
    most = cents(facts.cost * facts.call.max_share / 100)
    figures = {"asked": str(facts.asked), "most": str(most), "percent": str(facts.call.max_share)}
    words = {
        "asked": format_money(facts.asked),
        "share": percent(facts.call.max_share),
        "most": format_money(most),
        "over": format_money(facts.asked - most),
    }
    if facts.asked > most:
        sentence = _(
            "The programme pays at most %(share)s of the whole, that is %(most)s. You ask for %(asked)s: %(over)s too "
            "much."
        )
        return FAIL, sentence % words, figures
    return (
        PASS,
        _("You ask for %(asked)s; the programme pays at most %(most)s of this budget.") % words,
        figures,
    )


def highest_amounts(facts: Facts) -> Answer:
    call, firms = facts.call, len(facts.smes)
    limits: list[tuple[str, Decimal]] = [
        (_("This call pays at most %(most)s per project. You ask for %(asked)s."), call.max_per_project)
    ]
    if call.max_per_firm is not None:
        sentence = _("This call pays at most %(most)s for so many firms. You ask for %(asked)s.")
        limits.append((sentence, call.max_per_firm * firms))
    figures = {
        "asked": str(facts.asked),
        "most": str(min(most for _sentence, most in limits)),
        "firms": firms,
    }
    for sentence, most in limits:
        if facts.asked > most:
            words = {"most": format_money(most), "asked": format_money(facts.asked)}
            return FAIL, sentence % words, figures
    return PASS, _("The amount is within what this call pays."), figures


def salary(facts: Facts) -> Answer:
    call = facts.call
    asked = sum((line.programme_share for line in facts.lines if _is_salary(line)), ZERO)
    caps = [cap for cap in (call.salary_cap, _whole_salary(call)) if cap is not None]
    figures = {"asked": str(asked), "most": str(min(caps)) if caps else None}
    if asked and caps and asked > min(caps):
        sentence = _("The coordinator's salary is at most %(most)s in the whole. You ask for %(asked)s.")
        return FAIL, sentence % {"most": format_money(min(caps)), "asked": format_money(asked)}, figures
    return PASS, _("The coordinator's salary is within what this call pays."), figures


def _whole_salary(call: Call) -> Decimal | None:
    return None if call.salary_per_month is None else call.salary_per_month * call.months
