"""What a rule of eligibility is, and running them all."""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from applications.facts import Facts
from applications.models import Application

PASS, FAIL, WARN = "pass", "fail", "warn"
Answer = tuple[str, str, dict[str, Any]]  # outcome, sentence, figures


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
    judge: Callable[[Facts], Answer]

    def result(self, facts: Facts) -> Result:
        outcome, sentence, figures = self.judge(facts)
        return Result(self.code, outcome, sentence, self.section, figures)


RULES: list[Rule] = []
# The order in which people read the rules: that of the sections.
ORDER = ("project", "members", "plan", "budget", "documents")


def rule(section: str) -> Callable[[Callable[[Facts], Answer]], Callable]:
    """Add a function to the list, under its own name."""

    def add(judge: Callable[[Facts], Answer]) -> Callable:
        RULES.append(Rule(judge.__name__, section, judge))
        RULES.sort(key=lambda each: ORDER.index(each.section))
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
