"""The rules of eligibility (PROGRAMME 4): a list of small functions, each of which answers pass, fail or warn, with the
figures that it used and a sentence that a firm's owner understands.

The same list runs live while the group writes, at submission (a fail blocks it), and on the staff's page.
"""

from applications.eligibility.engine import (
    FAIL,
    PASS,
    WARN,
    Result,
    Rule,
    failing,
    names,
    worst_first,
)
from applications.eligibility.rules import RULES, check, check_facts

__all__ = [
    "FAIL",
    "PASS",
    "RULES",
    "WARN",
    "Result",
    "Rule",
    "check",
    "check_facts",
    "failing",
    "names",
    "worst_first",
]
