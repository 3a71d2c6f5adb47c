"""The rules on the budget: categories, shares, caps and quotes. What it takes to satisfy them: advice.py."""

from collections import Counter

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from applications import kinds
from applications.eligibility import caps
from applications.eligibility.engine import FAIL, PASS, WARN, Answer, names
from applications.facts import Facts
from applications.models import BudgetCategory, BudgetLine
from core.money import ZERO, format_money
from core.templatetags.lsp import percent


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
    if unsaid := [line for line in facts.lines if line.kind == kinds.OTHER and not line.other_kind.strip()]:
        sentence = _("Say which other kind of cost these are: %(names)s.")
        return FAIL, sentence % {"names": names(line.description for line in unsaid)}, figures
    members = {member.firm_id for member in facts.members}
    if gone := [line for line in facts.lines if line.firm_id not in members | {None}]:
        sentence = _("These costs are for firms that are no members of the group any more: %(names)s.")
        return FAIL, sentence % {"names": names(line.description for line in gone)}, figures
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
    most = caps.of_whole(facts)
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
    figures = {"asked": str(facts.asked), "most": str(call.max_per_project), "firms": firms}
    words = {"asked": format_money(facts.asked), "most": format_money(call.max_per_project)}
    if facts.asked > call.max_per_project:
        sentence = _("This call pays at most %(most)s per project. You ask for %(asked)s.")
        return FAIL, sentence % words, figures
    if call.max_per_firm is None:
        return PASS, _("The amount is within what this call pays."), figures
    amounts = caps.per_firm(facts)
    figures["per_firm"] = str(call.max_per_firm)
    figures["largest"] = str(max((amount for _name, amount in amounts), default=ZERO))
    if over := [(name, amount) for name, amount in amounts if amount > call.max_per_firm]:
        listed = [f"{name} ({format_money(amount)})" for name, amount in over]
        sentence = _(
            "This call pays at most %(most)s for each firm: its own costs, and its even part of the group's. Above it: "
            "%(names)s."
        )
        return FAIL, sentence % {"most": format_money(call.max_per_firm), "names": names(listed)}, figures
    return PASS, _("The amount is within what this call pays, for the project and for each firm."), figures


def salary(facts: Facts) -> Answer:
    most = caps.of_salary(facts.call)
    asked = sum((line.programme_share for line in facts.lines if _is_salary(line)), ZERO)
    figures = {"asked": str(asked), "most": None if most is None else str(most)}
    if most is not None and asked > most:
        sentence = _("The coordinator's salary is at most %(most)s in the whole. You ask for %(asked)s.")
        return FAIL, sentence % {"most": format_money(most), "asked": format_money(asked)}, figures
    return PASS, _("The coordinator's salary is within what this call pays."), figures


def others_at_no_cost(facts: Facts) -> Answer:
    paid = caps.for_others(facts)
    figures = {"lines": [line.pk for line in paid]}
    if paid:
        listed = [f"{line.description} ({line.firm})" for line in paid]
        sentence = _(
            "The programme pays nothing for firms that are not shown to be SMEs. Lower its share to nothing: %(names)s."
        )
        return FAIL, sentence % {"names": names(listed)}, figures
    return PASS, _("The programme is asked to pay for SMEs only."), figures


def quotes_attached(facts: Facts) -> Answer:
    call = facts.call
    if call.quotes_from is None or not call.quotes_needed:
        return PASS, _("This call asks for no quotes."), {"quotes_needed": 0}
    dear = [line for line in facts.lines if line.cost >= call.quotes_from and not _is_salary(line)]
    figures = {"quotes_needed": call.quotes_needed, "quotes_from": str(call.quotes_from)}
    if not dear:
        sentence = _("No cost reaches %(amount)s, from which this call asks for quotes.")
        return PASS, sentence % {"amount": format_money(call.quotes_from)}, figures
    valid = [row for row in facts.quotes if row.is_valid_on(facts.day)]
    suppliers = Counter(
        line_id for line_id, _supplier in {(row.line_id, _plain(row.supplier)) for row in valid}
    )
    short = [line for line in dear if suppliers[line.pk] < call.quotes_needed]
    figures["lines"] = [line.pk for line in short]
    if short:
        sentence = ngettext(
            "From %(amount)s on, a cost needs %(n)s valid quote. Still missing: %(names)s.",
            "From %(amount)s on, a cost needs %(n)s valid quotes of different suppliers. Still missing: %(names)s.",
            call.quotes_needed,
        )
        words = {"amount": format_money(call.quotes_from), "n": call.quotes_needed}
        return FAIL, sentence % {**words, "names": names(line.description for line in short)}, figures
    lowest = {row.line_id: row.amount for row in sorted(valid, key=lambda row: -row.amount)}
    if above := [line for line in dear if line.cost > lowest[line.pk]]:
        sentence = _(
            "These costs are above the lowest of their quotes, and an officer looks at them: %(names)s."
        )
        return WARN, sentence % {"names": names(line.description for line in above)}, figures
    return PASS, _("Every cost that needs quotes has them."), figures


def _plain(supplier: str) -> str:
    return " ".join(supplier.casefold().split())
