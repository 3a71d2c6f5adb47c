"""The same act for many cases, one by one: each in its own transaction, each with its own result."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from applications.models import Application
from core.workflow import Refusal

# What one request can do while somebody waits for the page.
MOST_AT_ONCE = 100


@dataclass(frozen=True)
class Result:
    """What became of one case: the sentence, and whether it was done."""

    application: Application
    sentence: str
    done: bool


def each(
    applications: Iterable[Application], act: Callable[[Application], Any], done: str = ""
) -> list[Result]:
    """Do `act` to each; what is refused says why, and stops none of the others. What `act` answers in words is the
    sentence of its row, else `done`."""
    results = []
    for application in applications:
        try:
            said = act(application)
        except Refusal as refusal:
            results.append(Result(application, refusal.sentence, done=False))
        else:
            words = said if isinstance(said, str) else done or _("Done")
            results.append(Result(application, words, done=True))
    return results
