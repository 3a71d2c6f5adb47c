"""What is owed about amendments (PROGRAMME 7): deciding on one, answering a returned one. Each source is one bounded query,
and one or two for who the people are."""

import datetime as dt
from collections.abc import Iterable, Iterator
from functools import partial

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from accounts import charge
from core import dates
from core.duties import Duty, Reading
from grants.duties import between_days_after, with_reporter, worded
from grants.models import Amendment

# How long the office has to decide, and the group to answer; no call says it.
DAYS_TO_DECIDE = 15
DAYS_TO_ANSWER = 15
IN_CHARGE = ("project__application__officer", "project__opened_by")


def _owed(amendment: Amendment, at: dt.datetime, days: int, words: Promise, **more) -> Duty:
    since = dates.day_of(at)
    return Duty(
        case_id=amendment.project.application.case_id,
        title=partial(worded, words, number=amendment.number, title=amendment.project.title),
        due_on=since + dt.timedelta(days=days),
        url=reverse("amendment_detail", args=[amendment.pk]),
        since=since,
        **more,
    )


def amendments_to_decide(*, today, due_from=None, due_to=None, user=None) -> Reading:
    """Of the officer in charge: decide, or say what they think of it to the approver."""
    rows = Amendment.objects.awaiting_decision().filter(opinion_by=None)
    rows = between_days_after(rows, "submitted_at", DAYS_TO_DECIDE, due_from, due_to)
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
                words=TO_DECIDE,
                covered_id=covered,
            )


def amendments_to_resolve(*, today, due_from=None, due_to=None, user=None) -> Iterable[Duty]:
    """Of the approvers, once an officer has looked at it: of all but that one."""
    rows = Amendment.objects.awaiting_decision().filter(for_approver=True, opinion_by__isnull=False)
    rows = between_days_after(rows, "submitted_at", DAYS_TO_DECIDE, due_from, due_to)
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
                    words=TO_DECIDE,
                )


def amendments_to_answer(*, today, due_from=None, due_to=None, user=None) -> Reading:
    """Returned ones: of whoever coordinates, else of the representative."""
    returned = Amendment.objects.awaiting_answer()
    returned = between_days_after(returned, "returned_at", DAYS_TO_ANSWER, due_from, due_to)
    rows = with_reporter(returned, "project", today)
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
            words=TO_ANSWER,
        )


TO_DECIDE = gettext_lazy("Decide on amendment %(number)s of “%(title)s”")
TO_ANSWER = gettext_lazy("Answer the return of amendment %(number)s of “%(title)s”")

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
