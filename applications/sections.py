"""The sections of an application, as data: what the task list shows and what `actions.editing` opens.

SECTIONS are all there are, in their order; `sections_of` those that one application has: a call that asks no question
has no section of questions.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.eligibility import FAIL, Result, failing, worst_first
from applications.models import Application, Call
from applications.questions import has_declarations, has_questions

NOT_STARTED, INCOMPLETE, COMPLETE, OPTIONAL = "not_started", "incomplete", "complete", "optional"


@dataclass(frozen=True)
class Section:
    """One section. `begun` names the rule and the figure of it that is 0 as long as nothing was written; a section that
    no rule asks for has none. What is `of_group` is written on the pages of the group, for all its applications."""

    code: str
    label: Promise
    hint: Promise
    begun: tuple[str, str] | None
    of_group: bool = False
    # Whether a call has it.
    is_asked: Callable[[Call], bool] = lambda _call: True

    def results(self, results: Iterable[Result]) -> list[Result]:
        """What the rules say of this section: first what fails, then what somebody should look at."""
        return worst_first(result for result in results if result.section == self.code)

    def state(self, application: Application, results: Iterable[Result]) -> str:
        """Not started, incomplete, complete or optional; the states have their looks in core.looks."""
        if self.begun is None:
            return OPTIONAL
        mine = self.results(results)
        rule, figure = self.begun
        if any(result.rule == rule and not result.figures[figure] for result in mine):
            # An empty section that nothing asks for is in order.
            return NOT_STARTED if any(result.outcome == FAIL for result in mine) else COMPLETE
        return INCOMPLETE if any(result.outcome == FAIL for result in mine) else COMPLETE

    def missing(self, results: Iterable[Result]) -> str:
        """What is missing first, in a sentence; "" when nothing is."""
        return next((result.sentence for result in failing(self.results(results))), "")

    def is_open(self, application: Application, results: Iterable[Result]) -> bool:
        """Whether the group can write in it in the present state: of what was returned for changes the sections that the
        officer named, and any with a failing rule (PROGRAMME 5)."""
        if application.status == Application.Status.CHANGES_REQUESTED:
            return self.code in application.open_sections or bool(self.missing(results))
        return application.status == Application.Status.DRAFT


SECTIONS: tuple[Section, ...] = (
    Section(
        "members",
        gettext_lazy("The firms"),
        gettext_lazy("Who belongs, which of them are SMEs, and their place in the chain."),
        ("enough_smes", "members"),
        of_group=True,
    ),
    Section(
        "project",
        gettext_lazy("The project"),
        gettext_lazy("Where you are, what you want to achieve together, and what you will learn."),
        ("project_texts", "filled"),
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
        "institutions",
        gettext_lazy("The institutions"),
        gettext_lazy(
            "Universities, chambers, municipalities and others that act with you, if there are any."
        ),
        None,
        of_group=True,
    ),
    Section(
        "questions",
        gettext_lazy("The questions of the call"),
        gettext_lazy("What this call wants to know besides."),
        ("questions_answered", "answered"),
        is_asked=has_questions,
    ),
    Section(
        "documents",
        gettext_lazy("The documents"),
        gettext_lazy("What the call asks you to attach."),
        ("documents_present", "attached"),
    ),
    Section(
        "declarations",
        gettext_lazy("The declarations"),
        gettext_lazy("What this call asks you to declare."),
        ("declarations_accepted", "accepted"),
        is_asked=has_declarations,
    ),
)
BY_CODE: dict[str, Section] = {section.code: section for section in SECTIONS}


def sections_of(application: Application) -> list[Section]:
    """The sections that an application has, in their order. One query for each call that was read."""
    return [section for section in SECTIONS if section.is_asked(application.call)]


def after(application: Application, section: Section) -> Section | None:
    """The section that follows, or None after the last; of what was returned for changes the next that the officer
    named."""
    later = SECTIONS[SECTIONS.index(section) + 1 :]
    if application.status == Application.Status.CHANGES_REQUESTED:
        later = tuple(each for each in later if each.code in application.open_sections)
    return next((each for each in later if each.is_asked(application.call)), None)


def state_label(state: str) -> str:
    """The state of a section in words."""
    return {
        NOT_STARTED: _("Not started"),
        INCOMPLETE: _("Incomplete"),
        COMPLETE: _("Complete"),
        OPTIONAL: _("Optional"),
    }[state]


def done_count(application: Application, results: Iterable[Result]) -> int:
    """How many sections miss nothing."""
    results = list(results)
    done = (COMPLETE, OPTIONAL)
    return sum(section.state(application, results) in done for section in sections_of(application))


def first_missing(application: Application, results: Iterable[Result]) -> Section | None:
    """The first section in which something is missing and can be mended, or None."""
    results = list(results)
    return next(
        (
            section
            for section in sections_of(application)
            if section.is_open(application, results) and section.missing(results)
        ),
        None,
    )
