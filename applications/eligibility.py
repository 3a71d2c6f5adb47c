"""The rules of eligibility (PROGRAMME 4): a list of small functions, each of which answers pass, fail or warn, with the
figures that it used and a sentence that a firm's owner understands.

The same list runs live while the group writes, at submission (a fail blocks it), and on the staff's page.
"""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from applications.facts import Facts
from applications.models import Application, BudgetCategory, BudgetLine
from core.dates import add_months
from core.money import ZERO, cents, format_money
from groups.models import Sector
from groups.models.firm import clean_cuit
from groups.provinces import Province

PASS, FAIL, WARN = "pass", "fail", "warn"


@dataclass(frozen=True)
class Result:
    """What one rule says. `section` is the section where the group can mend it."""

    rule: str
    outcome: str
    sentence: str
    section: str
    figures: dict[str, Any] = field(default_factory=dict)

    @property
    def label(self) -> str:
        """The word on the badge."""
        return {PASS: _("Meets it"), FAIL: _("Does not meet it"), WARN: _("To be judged")}[self.outcome]


@dataclass(frozen=True)
class Rule:
    """A rule with its name and section; `judge(facts)` answers outcome, sentence and figures."""

    code: str
    section: str
    judge: Callable[[Facts], tuple[str, str, dict[str, Any]]]

    def result(self, facts: Facts) -> Result:
        outcome, sentence, figures = self.judge(facts)
        return Result(self.code, outcome, sentence, self.section, figures)


RULES: list[Rule] = []


def rule(section: str) -> Callable[[Callable[[Facts], tuple[str, str, dict[str, Any]]]], Callable]:
    """Add a function to the list, under its own name."""

    def add(judge: Callable[[Facts], tuple[str, str, dict[str, Any]]]) -> Callable:
        RULES.append(Rule(judge.__name__, section, judge))
        return judge

    return add


def check(application: Application, *, today: dt.date) -> list[Result]:
    """Every rule on an application as it stands, in the order of the list. A constant number of queries."""
    return check_facts(Facts(application, today=today))


def check_facts(facts: Facts) -> list[Result]:
    """The same, for who has gathered the facts already."""
    waived = set(facts.application.waived_rules)
    return [_waive(each.result(facts), waived) for each in RULES]


def failing(results: Iterable[Result]) -> list[Result]:
    """Those that fail."""
    return [result for result in results if result.outcome == FAIL]


def _waive(result: Result, waived: set[str]) -> Result:
    """A rule that was waived in reconsideration blocks no more: the officer sees what it says."""
    if result.outcome == FAIL and result.rule in waived:
        return replace(result, outcome=WARN, figures={**result.figures, "waived": True})
    return result


def names(rows: Iterable[Any], most: int = 6) -> str:
    """`A, B and 3 more`."""
    listed = [str(getattr(row, "name", row)) for row in rows]
    if len(listed) <= most:
        return ", ".join(listed)
    more = len(listed) - most
    return ngettext("%(names)s and %(more)s more", "%(names)s and %(more)s more", more) % {
        "names": ", ".join(listed[:most]),
        "more": more,
    }


def percent(share: Decimal) -> str:
    """`70 %`, `62,5 %`."""
    return f"{share.normalize():f}".replace(".", ",") + "\N{NO-BREAK SPACE}%"


# --- The project -------------------------------------------------------------------------------------


@rule("project")
def project_texts(facts: Facts) -> tuple[str, str, dict[str, Any]]:
    application = facts.application
    asked = ("title", "diagnosis", "objectives", "learning")
    empty = [
        str(application._meta.get_field(name).verbose_name)
        for name in asked
        if not getattr(application, name).strip()
    ]
    figures = {"filled": len(asked) - len(empty)}
    if empty:
        return (
            FAIL,
            _("Write what is missing of the project: %(fields)s.") % {"fields": ", ".join(empty)},
            figures,
        )
    return PASS, _("The project is described."), figures


@rule("project")
def prior_support(facts: Facts) -> tuple[str, str, dict[str, Any]]:
    stated, earlier = facts.application.prior_support.strip(), facts.earlier_support
    figures = {"stated": bool(stated), "earlier": earlier}
    if not facts.call.needs_prior_support:
        return PASS, _("This call does not ask for earlier support by the State."), figures
    if earlier:
        sentence = _("The programme approved for this group: %(earlier)s. An officer certifies the support.")
        return WARN, sentence % {"earlier": ", ".join(earlier)}, figures
    if stated:
        return WARN, _("The group says which support by the State it had. An officer certifies it."), figures
    return (
        FAIL,
        _("This call is for groups that the State already supported: say which support you had."),
        figures,
    )


# --- The group and its firms -------------------------------------------------------------------------


@rule("members")
def enough_smes(facts: Facts) -> tuple[str, str, dict[str, Any]]:
    smes, least = len(facts.smes), facts.call.min_firms
    unsure = [member for member in facts.smes if member.outcome == WARN]
    figures = {"members": len(facts.members), "smes": smes, "least": least}
    if smes < least:
        return FAIL, _too_few(facts, smes, least), figures
    if unsure:
        sentence = _(
            "No ceiling is on file for the day: an officer decides whether these are SMEs: %(names)s."
        )
        return WARN, sentence % {"names": names(unsure)}, figures
    return PASS, _("Your group has %(smes)s SMEs; this call asks for at least %(least)s.") % figures, figures


def _too_few(facts: Facts, smes: int, least: int) -> str:
    missing = least - smes
    sentence = ngettext(
        "Your group has %(smes)s SMEs and this call asks for %(least)s: %(missing)s is missing.",
        "Your group has %(smes)s SMEs and this call asks for %(least)s: %(missing)s are missing.",
        missing,
    ) % {"smes": smes, "least": least, "missing": missing}
    unshown = [member for member in facts.members if not member.is_sme and member.outcome != FAIL]
    big = [member for member in facts.members if not member.is_sme and member.outcome == FAIL]
    if unshown:
        sentence += " " + _("Without sales figures that count, and so not counted: %(names)s.") % {
            "names": names(unshown)
        }
    if big:
        sentence += " " + _("Too big to be an SME: %(names)s.") % {"names": names(big)}
    return sentence


@rule("members")
def others_admitted(facts: Facts) -> tuple[str, str, dict[str, Any]]:
    others = [member for member in facts.members if not member.is_sme]
    figures = {"others": len(others)}
    if not others:
        return PASS, _("All firms of the group are SMEs."), figures
    if facts.call.others_admitted:
        sentence = _(
            "Belong without cost to the programme, because they are not shown to be SMEs: %(names)s."
        )
        return PASS, sentence % {"names": names(others)}, figures
    sentence = _("This call admits SMEs only. Not shown to be SMEs: %(names)s.")
    return FAIL, sentence % {"names": names(others)}, figures


@rule("members")
def valid_cuits(facts: Facts) -> tuple[str, str, dict[str, Any]]:
    wrong = [member for member in facts.members if not _is_cuit(member.cuit)]
    counted = Counter(member.cuit for member in facts.members)
    twice = [member for member in facts.members if counted[member.cuit] > 1]
    figures = {"wrong": [member.cuit for member in wrong], "twice": sorted({member.cuit for member in twice})}
    if wrong:
        return FAIL, _("The CUIT of these firms is not valid: %(names)s.") % {"names": names(wrong)}, figures
    if twice:
        return FAIL, _("These firms have the same CUIT: %(names)s.") % {"names": names(twice)}, figures
    return PASS, _("Every CUIT is valid, and none is there twice."), figures


def _is_cuit(text: str) -> bool:
    try:
        return clean_cuit(text) == text
    except ValidationError:
        return False


@rule("members")
def firms_are_free(facts: Facts) -> tuple[str, str, dict[str, Any]]:
    # Which other group it is stays between the firm and that group.
    taken = [member for member in facts.members if member.firm_id in facts.claimed_elsewhere]
    figures = {"firms": [member.firm_id for member in taken]}
    if taken:
        sentence = _(
            "A firm takes part in one application of a call. These have to say themselves in which they do: %(names)s."
        )
        return FAIL, sentence % {"names": names(taken)}, figures
    return PASS, _("No firm of the group stands in another application of this call."), figures


@rule("members")
def area_and_chain(facts: Facts) -> tuple[str, str, dict[str, Any]]:
    places = Counter(f"{member.locality}, {Province(member.province).label}" for member in facts.members)
    provinces = {member.province for member in facts.members}
    sectors = Counter(member.sector for member in facts.members)
    silent = [member for member in facts.members if not member.place.strip()]
    figures = {"places": dict(places), "sectors": dict(sectors)}
    said = []
    if len(provinces) > 1:
        said.append(_("The firms are in different provinces: %(places)s.") % {"places": names(places)})
    if len(sectors) > 1:
        said.append(
            _("They are of different sectors: %(sectors)s.") % {"sectors": names(sector_names(sectors))}
        )
    if silent:
        said.append(_("These do not say their place in the chain: %(names)s.") % {"names": names(silent)})
    if said:
        return WARN, " ".join([*said, _("An officer judges whether they are one system.")]), figures
    return (
        PASS,
        _("The firms share their area and their sector, and each has its place in the chain."),
        figures,
    )


def sector_names(codes: Iterable[str]) -> list[str]:
    """The names of sectors by their codes."""
    return [str(sector) for sector in Sector.objects.filter(code__in=list(codes))]


@rule("members")
def province_admitted(facts: Facts) -> tuple[str, str, dict[str, Any]]:
    province, admitted = facts.group.province, facts.call.provinces
    figures = {"province": province, "admitted": list(admitted)}
    words = {
        "province": Province(province).label,
        "admitted": ", ".join(Province(code).label for code in admitted),
    }
    if admitted and province not in admitted:
        return FAIL, _("This call is for %(admitted)s; your group is in %(province)s.") % words, figures
    return PASS, _("Groups of %(province)s may apply.") % words, figures


@rule("members")
def sector_admitted(facts: Facts) -> tuple[str, str, dict[str, Any]]:
    admitted = facts.admitted_sectors
    codes = [sector.code for sector in admitted]
    figures = {"sector": facts.group.sector, "admitted": codes}
    if admitted and facts.group.sector not in codes:
        listed = ", ".join(str(sector) for sector in admitted)
        return FAIL, _("This call is for these sectors: %(sectors)s.") % {"sectors": listed}, figures
    return PASS, _("Groups of your sector may apply."), figures


@rule("members")
def group_age(facts: Facts) -> tuple[str, str, dict[str, Any]]:
    least, since = facts.call.min_group_months, facts.group.since
    figures = {"since": since.isoformat(), "least": least}
    words = {"since": f"{since:%d/%m/%Y}", "least": least, "day": f"{add_months(since, least):%d/%m/%Y}"}
    if add_months(since, least) > facts.day:
        sentence = _(
            "This call asks for %(least)s months of work together. You have worked together since %(since)s: it will "
            "be enough on %(day)s."
        )
        return FAIL, sentence % words, figures
    if not least:
        return PASS, _("This call asks for no minimum age of the group."), figures
    sentence = _("You have worked together since %(since)s; this call asks for %(least)s months.")
    return PASS, sentence % words, figures


# --- The plan ----------------------------------------------------------------------------------------


@rule("plan")
def plan_months(facts: Facts) -> tuple[str, str, dict[str, Any]]:
    months = facts.call.months
    late = [activity for activity in facts.activities if activity.last_month > months]
    figures = {"activities": len(facts.activities), "months": months}
    if not facts.activities:
        return FAIL, _("The work plan has no activity yet."), figures
    if late:
        sentence = _("The plan takes %(months)s months. These go beyond it: %(names)s.")
        return FAIL, sentence % {"months": months, "names": names(late)}, figures
    return PASS, _("Every activity lies within the %(months)s months.") % {"months": months}, figures


@rule("plan")
def responsibles(facts: Facts) -> tuple[str, str, dict[str, Any]]:
    nobody = [activity for activity in facts.activities if not activity.responsible.strip()]
    nothing = [activity for activity in facts.activities if not activity.deliverable.strip()]
    figures = {"without_person": len(nobody), "without_deliverable": len(nothing)}
    if nobody:
        return FAIL, _("Say who is responsible for: %(names)s.") % {"names": names(nobody)}, figures
    if nothing:
        return FAIL, _("Say what these activities leave: %(names)s.") % {"names": names(nothing)}, figures
    return PASS, _("Every activity has somebody responsible, and leaves something."), figures


# --- The budget --------------------------------------------------------------------------------------


@rule("budget")
def costs(facts: Facts) -> tuple[str, str, dict[str, Any]]:
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


@rule("budget")
def share_of_lines(facts: Facts) -> tuple[str, str, dict[str, Any]]:
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


@rule("budget")
def share_of_whole(facts: Facts) -> tuple[str, str, dict[str, Any]]:
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


@rule("budget")
def highest_amounts(facts: Facts) -> tuple[str, str, dict[str, Any]]:
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


@rule("budget")
def salary(facts: Facts) -> tuple[str, str, dict[str, Any]]:
    call = facts.call
    asked = sum((line.programme_share for line in facts.lines if _is_salary(line)), ZERO)
    caps = [cap for cap in (call.salary_cap, _whole_salary(call)) if cap is not None]
    figures = {"asked": str(asked), "most": str(min(caps)) if caps else None}
    if asked and caps and asked > min(caps):
        sentence = _("The coordinator's salary is at most %(most)s in the whole. You ask for %(asked)s.")
        return FAIL, sentence % {"most": format_money(min(caps)), "asked": format_money(asked)}, figures
    return PASS, _("The coordinator's salary is within what this call pays."), figures


def _whole_salary(call) -> Decimal | None:
    return None if call.salary_per_month is None else call.salary_per_month * call.months


# --- The documents -----------------------------------------------------------------------------------


@rule("documents")
def documents_present(facts: Facts) -> tuple[str, str, dict[str, Any]]:
    there = {row.requirement_id for row in facts.documents}
    needed = [requirement for requirement in facts.requirements if requirement.required]
    missing = [requirement for requirement in needed if requirement.pk not in there]
    figures = {"attached": len(there), "needed": len(needed), "missing": [row.code for row in missing]}
    if missing:
        return FAIL, _("Attach: %(names)s.") % {"names": names(missing)}, figures
    return PASS, _("Every document that this call asks for is attached."), figures
