"""What a rule of eligibility is, what it answers, and the words that rules share."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from applications.eligibility.advice import Advice, Shares, advise
from applications.facts import Facts

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
    # What it takes to satisfy it, where that can be said in pesos (advice.py).
    advice: Advice | None = None

    @property
    def label(self) -> str:
        """The word on the badge."""
        return {PASS: _("Meets it"), FAIL: _("Does not meet it"), WARN: _("To be judged")}[self.outcome]


@dataclass(frozen=True)
class Rule:
    """A rule and the section where a group mends it; `judge(facts)` answers outcome, sentence and figures. Its code is
    the name of that function."""

    section: str
    judge: Callable[[Facts], Answer]
    # Which shares to lower when it fails, for a rule on money.
    find: Callable[[Facts], Shares] | None = None

    @property
    def code(self) -> str:
        return self.judge.__name__

    def result(self, facts: Facts) -> Result:
        outcome, sentence, figures = self.judge(facts)
        advice = advise(facts, self.find) if self.find and outcome == FAIL else None
        return Result(self.code, outcome, sentence, self.section, figures, advice)


def failing(results: Iterable[Result]) -> list[Result]:
    """Those that fail."""
    return [result for result in results if result.outcome == FAIL]


def worst_first(results: Iterable[Result]) -> list[Result]:
    """What fails, then what somebody has to judge, then the rest: each in the order of the rules."""
    return sorted(results, key=lambda result: (FAIL, WARN, PASS).index(result.outcome))


def names(rows: Iterable[Any], most: int = 6, between: str = ", ") -> str:
    """`A, B and 3 more`; `between` is for names that have a comma of their own."""
    listed = [str(getattr(row, "name", row)) for row in rows]
    if len(listed) <= most:
        return between.join(listed)
    more = len(listed) - most
    return ngettext("%(names)s and %(more)s more", "%(names)s and %(more)s more", more) % {
        "names": between.join(listed[:most]),
        "more": more,
    }
