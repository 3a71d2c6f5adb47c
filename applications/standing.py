"""Where an application stands, in words: the next step, the steps, what happens next. It decides nothing.

The words are for its group (`to_group`), or about the group for everybody else who reads the case.
"""

import datetime as dt
from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from applications.eligibility import Result
from applications.models import Application
from applications.sections import done_count, sections_of
from core import dates
from core.templatetags.lsp import day, deadline

# The steps that a group goes through; the state says on which it is.
STEP_OF = {
    "draft": 1,
    "changes_requested": 1,
    "submitted": 2,
    "in_review": 3,
    "recommended": 4,
    "reserve": 4,
    "reconsideration": 4,
    "approved": 5,
}


# What happens with an approved one once its project is there, by the state of the project.
OF_PROJECT = {
    "awaiting_agreement": gettext_lazy("The project is open, and its agreement waits for signatures."),
    "active": gettext_lazy("The project runs: its own page says what comes next."),
    "closing": gettext_lazy("The project is being closed: its own page says what is missing."),
    "suspended": gettext_lazy("The project is suspended."),
    "closed": gettext_lazy("The project has ended."),
    "terminated": gettext_lazy("The project has ended."),
}


def steps(*, to_group: bool = True) -> list[str]:
    """The steps in words."""
    first = _("You write it") if to_group else _("The group writes it")
    return [first, _("Eligibility"), _("Review"), _("Decision"), _("Agreement")]


def step_of(application: Application) -> int | None:
    """The present step, from 1; None for an application that has ended."""
    return STEP_OF.get(application.status)


def last_day(application: Application) -> dt.datetime | None:
    """Until when the group has to send it, while it is the group's turn; None without a date."""
    if application.status == Application.Status.CHANGES_REQUESTED:
        return application.answer_by
    return application.call.closes_at if application.status == Application.Status.DRAFT else None


def days_left(application: Application, now: dt.datetime) -> int | None:
    """Days until then, 0 on the day itself and below 0 after it; None without a date."""
    until = last_day(application)
    return (dates.day_of(until) - dates.day_of(now)).days if until else None


def time_left(application: Application, now: dt.datetime) -> str:
    """`9 days left`, `today is the last day`; "" without a date."""
    until, days = last_day(application), days_left(application, now)
    if until is None or days is None:
        return ""
    if until < now:
        return _("the time is over")
    if days == 0:
        return _("today is the last day")
    return ngettext("%(n)s day left", "%(n)s days left", days) % {"n": days}


def missing(application: Application, results: Iterable[Result]) -> str:
    """`3 sections missing`, or that all is there."""
    count = len(sections_of(application)) - done_count(application, results)
    if not count:
        return _("Everything is there")
    return ngettext("%(n)s section missing", "%(n)s sections missing", count) % {"n": count}


def next_step(
    application: Application, results: Iterable[Result], now: dt.datetime, *, to_group: bool = True
) -> str:
    """What comes next, in one sentence: of the group while it is its turn, else of the programme."""
    if application.is_open:
        first = missing(application, results)
        if application.status == Application.Status.CHANGES_REQUESTED:
            first = _("Change what the office asked") if to_group else _("The group changes what was asked")
        return ", ".join(part for part in (first, time_left(application, now)) if part)
    return waiting(application, now, to_group=to_group)


def waiting(application: Application, now: dt.datetime, *, to_group: bool = True) -> str:
    """What happens now with an application that was sent, or how it ended."""
    status, project = application.status, getattr(application, "project", None)
    if status == "submitted":
        return _eligibility(application)
    if status == "recommended" and application.staff_due_on:
        return _("The reviews are done. The authority decides, by %(day)s.") % {
            "day": day(application.staff_due_on)
        }
    if status in ("rejected", "ineligible"):
        return _appeal(application, now, to_group)
    if status == "approved" and project:
        return str(OF_PROJECT[project.status])
    if status == "withdrawn" and not to_group:
        return _("It was withdrawn. The group may start a new application while the call is open.")
    return {
        "in_review": _("Reviewers read it and score it."),
        "recommended": _("The reviews are done. The authority decides."),
        "reserve": _("It passed, and waits until the call has money again."),
        "reconsideration": _("The authority looks at it again."),
        "approved": _("An officer opens the project and prepares the agreement."),
        "withdrawn": _("It was withdrawn. You may start a new application while the call is open."),
        "lapsed": _("It was not sent before the call closed. It can still be read."),
        "renounced": _("The group renounced the grant."),
        "annulled": _("The approval was annulled."),
    }.get(status, "")


def _eligibility(application: Application) -> str:
    until = application.staff_due_on
    if until is None:
        return _("An officer checks that it meets the rules of the call.")
    return _("An officer checks that it meets the rules of the call, by %(day)s.") % {"day": day(until)}


def _appeal(application: Application, now: dt.datetime, to_group: bool) -> str:
    until = application.reconsider_by
    if application.reconsidered_from or until is None or until < now:
        return _("This is the end of the application.")
    words = {"when": deadline(until)}
    if not to_group:
        return _("The group may ask for reconsideration until %(when)s.") % words
    return _("You may ask for reconsideration until %(when)s.") % words


def after_sending(application: Application) -> list[str]:
    """What happens after it was sent, step by step, for the page that confirms it."""
    return [
        _eligibility(application),
        _("If something has to change, you get a message that says what and until when."),
        _("Reviewers score it, and the authority decides. You get a message of the decision."),
    ]
