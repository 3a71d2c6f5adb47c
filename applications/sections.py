"""The sections of an application, as data: what the task list shows and what `actions.editing` opens."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.eligibility import FAIL, Result
from applications.models import Application

NOT_STARTED, INCOMPLETE, COMPLETE = "not_started", "incomplete", "complete"


@dataclass(frozen=True)
class Section:
    """One section. `begun` names the rule and the figure of it that is 0 as long as nothing was written."""

    code: str
    label: Promise
    hint: Promise
    begun: tuple[str, str]

    def results(self, results: Iterable[Result]) -> list[Result]:
        """What the rules say of this section."""
        return [result for result in results if result.section == self.code]

    def state(self, application: Application, results: Iterable[Result]) -> str:
        """Not started, incomplete or complete; the states have their looks in core.looks."""
        mine = self.results(results)
        rule, figure = self.begun
        if any(result.rule == rule and not result.figures[figure] for result in mine):
            # An empty section that nothing asks for is in order.
            return NOT_STARTED if any(result.outcome == FAIL for result in mine) else COMPLETE
        return INCOMPLETE if any(result.outcome == FAIL for result in mine) else COMPLETE

    def is_open(self, application: Application) -> bool:
        """Whether the group can write in it in the present state."""
        if application.status == Application.Status.CHANGES_REQUESTED:
            return self.code in application.open_sections
        return application.status == Application.Status.DRAFT


SECTIONS: tuple[Section, ...] = (
    Section(
        "project",
        gettext_lazy("The project"),
        gettext_lazy("What you want to achieve together, and what you will learn."),
        ("project_texts", "filled"),
    ),
    Section(
        "members",
        gettext_lazy("The firms"),
        gettext_lazy("Who belongs, which of them are SMEs, and their place in the chain."),
        ("enough_smes", "members"),
    ),
    Section(
        "plan",
        gettext_lazy("The work plan"),
        gettext_lazy("Who does what, in which months, and what it leaves."),
        ("plan_months", "activities"),
    ),
    Section(
        "budget",
        gettext_lazy("The budget"),
        gettext_lazy("What it costs, what the programme pays and what you pay."),
        ("costs", "lines"),
    ),
    Section(
        "documents",
        gettext_lazy("The documents"),
        gettext_lazy("What the call asks you to attach."),
        ("documents_present", "attached"),
    ),
)
BY_CODE: dict[str, Section] = {section.code: section for section in SECTIONS}


def state_label(state: str) -> str:
    """The state of a section in words."""
    return {NOT_STARTED: _("Not started"), INCOMPLETE: _("Incomplete"), COMPLETE: _("Complete")}[state]


def done_count(application: Application, results: Iterable[Result]) -> int:
    """How many sections are complete."""
    results = list(results)
    return sum(section.state(application, results) == COMPLETE for section in SECTIONS)
