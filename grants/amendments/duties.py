"""What is owed about amendments (PROGRAMME 7): deciding on one, answering a returned one. Each source is one bounded query,
and one or two for who the people are."""

import datetime as dt
from collections.abc import Iterable, Iterator
from functools import partial

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import charge
from core import dates
from core.duties import Duty, Reading
from grants.duties import with_reporter
from grants.models import Amendment

# How long the office has to decide, and the group to answer; no call says it.
DAYS_TO_DECIDE = 15
DAYS_TO_ANSWER = 15
IN_CHARGE = ("project__application__officer", "project__opened_by")


def _between(rows: QuerySet, column: str, days: int, due_from: dt.date | None, due_to: dt.date | None):
    """Rows that are due `days` after the moment in a column."""
    after = dt.timedelta(days=days)
    if due_from:
        rows = rows.filter(**{f"{column}__gt": dates.end_of(due_from - after - dt.timedelta(days=1))})
    return rows.filter(**{f"{column}__lte": dates.end_of(due_to - after)}) if due_to else rows


def _owed(amendment: Amendment, at: dt.datetime, days: int, **more) -> Duty:
    since = dates.day_of(at)
    return Duty(
        case_id=amendment.project.application.case_id,
        due_on=since + dt.timedelta(days=days),
        url=reverse("amendment_detail", args=[amendment.pk]),
        since=since,
        **more,
    )


def amendments_to_decide(*, today, due_from=None, due_to=None, user=None) -> Reading:
    """Of the officer in charge: decide, or say what they think of it to the approver."""
    rows = Amendment.objects.awaiting_decision().filter(opinion_by=None)
    rows = _between(rows, "submitted_at", DAYS_TO_DECIDE, due_from, due_to)
    officers = charge.officers(today, user)
    found = officers.bounded(rows, user, *IN_CHARGE).select_related("project__application")
    return Reading(found, partial(_amendments_to_decide, officers=officers, user=user))


def _amendments_to_decide(rows, *, officers: charge.Holders, user) -> Iterator[Duty]:
    for amendment in rows:
        for officer, covered in officers.whose(amendment.in_charge_id, user):
            yield _owed(
                amendment,
                amendment.submitted_at,
                DAYS_TO_DECIDE,
                key=f"amendment_decide.{amendment.pk}",
                user_id=officer,
                title=partial(_title, _to_decide, amendment),
                covered_id=covered,
            )


def amendments_to_resolve(*, today, due_from=None, due_to=None, user=None) -> Iterable[Duty]:
    """Of the approvers, once an officer has looked at it: of all but that one."""
    rows = Amendment.objects.awaiting_decision().filter(for_approver=True, opinion_by__isnull=False)
    rows = _between(rows, "submitted_at", DAYS_TO_DECIDE, due_from, due_to)
    approvers = charge.approvers(today, user)
    if not approvers.people:
        return ()
    found = rows.select_related("project__application")
    return Reading(found, partial(_amendments_to_resolve, approvers=approvers, user=user))


def _amendments_to_resolve(rows, *, approvers: charge.Holders, user) -> Iterator[Duty]:
    for amendment in rows:
        for person, _covered in approvers.whose(None, user):
            if person != amendment.opinion_by_id:
                yield _owed(
                    amendment,
                    amendment.submitted_at,
                    DAYS_TO_DECIDE,
                    key=f"amendment_resolve.{amendment.pk}",
                    user_id=person,
                    title=partial(_title, _to_decide, amendment),
                )


def amendments_to_answer(*, today, due_from=None, due_to=None, user=None) -> Reading:
    """Returned ones: of whoever coordinates, else of the representative."""
    rows = _between(Amendment.objects.awaiting_answer(), "returned_at", DAYS_TO_ANSWER, due_from, due_to)
    rows = with_reporter(rows, "project", today)
    if user is not None:
        rows = rows.filter(reporter_id=user.pk)
    rows = rows.exclude(reporter_id=None).select_related("project__application")
    return Reading(rows, _amendments_to_answer)


def _amendments_to_answer(rows) -> Iterator[Duty]:
    for amendment in rows:
        yield _owed(
            amendment,
            amendment.returned_at,
            DAYS_TO_ANSWER,
            key=f"amendment_answer.{amendment.pk}",
            user_id=amendment.reporter_id,
            title=partial(_title, _to_answer, amendment),
        )


def _title(words, amendment: Amendment) -> str:
    """In the reader's language, of the moment at which it is asked."""
    return words() % {"number": amendment.number, "title": amendment.project.title}


def _to_decide() -> str:
    return _("Decide on amendment %(number)s of “%(title)s”")


def _to_answer() -> str:
    return _("Answer the return of amendment %(number)s of “%(title)s”")


SOURCES = {
    "amendments_to_decide": amendments_to_decide,
    "amendments_to_resolve": amendments_to_resolve,
    "amendments_to_answer": amendments_to_answer,
}
# The headings of the inbox.
KINDS = {
    "amendment_decide": gettext_lazy("Amendments to decide on"),
    "amendment_resolve": gettext_lazy("Amendments of money to decide on"),
    "amendment_answer": gettext_lazy("Amendments that were returned"),
}
