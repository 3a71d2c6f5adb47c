"""The rules of eligibility (PROGRAMME 4): a list of small functions, each of which answers pass, fail or warn, with the
figures that it used and a sentence that a firm's owner understands.

The same list runs live while the group writes, at submission (a fail blocks it), and on the staff's page.
"""

from applications.eligibility import budget, members, project  # noqa: F401  (each adds its rules to the list)
from applications.eligibility.engine import (
    FAIL,
    PASS,
    RULES,
    WARN,
    Result,
    Rule,
    check,
    check_facts,
    failing,
    names,
    percent,
)

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
    "percent",
]
