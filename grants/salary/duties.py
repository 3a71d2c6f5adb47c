"""What is owed about the salary (PROGRAMME 7): invoice and note to hand in, a month to accept.

Each source is one bounded query, and those for who the officers are. What belongs to a project that stands still or was closed
is owed by nobody; what was earned until one was terminated is handed in and judged after it.
"""

import datetime as dt
from collections.abc import Iterator
from functools import partial

from django.urls import reverse
from django.utils.translation import gettext_lazy

from accounts import charge
from core import dates
from core.duties import Duty, Reading
from grants.duties import IN_CHARGE, between_days_after, worded
from grants.models import SalaryMonth

# How long an officer has to look at a month; no call says it.
DAYS_TO_ACCEPT = 7
COLUMNS = [f"project__{column}" for column in IN_CHARGE]


def months_to_hand_in(*, today, due_from=None, due_to=None, user=None) -> Reading:
    """Of whoever earned it; nobody watches: it is their own money."""
    rows = SalaryMonth.objects.owed()
    if due_from:
        rows = rows.filter(due_on__gte=due_from)
    if due_to:
        rows = rows.filter(due_on__lte=due_to)
    if user is not None:
        rows = rows.filter(person=user)
    return Reading(rows.select_related("project__application"), _months_to_hand_in)


def _months_to_hand_in(rows) -> Iterator[Duty]:
    for month in rows:
        yield Duty(
            key=f"salary.{month.pk}",
            user_id=month.person_id,
            case_id=month.project.application.case_id,
            title=partial(worded, TO_HAND_IN, number=month.number, title=month.project.title),
            due_on=month.due_on,
            url=reverse("salary_month", args=[month.pk]),
            since=month.last_on + dt.timedelta(days=1),
        )


def months_to_accept(*, today, due_from=None, due_to=None, user=None) -> Reading:
    """Of the project's officer."""
    rows = between_days_after(
        SalaryMonth.objects.to_accept(), "submitted_at", DAYS_TO_ACCEPT, due_from, due_to
    )
    officers = charge.officers(today, user)
    rows = officers.bounded(rows, user, *COLUMNS)
    found = rows.select_related("project__application")
    return Reading(found, partial(_months_to_accept, officers=officers, user=user))


def _months_to_accept(rows, *, officers: charge.Holders, user) -> Iterator[Duty]:
    after = dt.timedelta(days=DAYS_TO_ACCEPT)
    for month in rows:
        for officer, covered in officers.whose(month.in_charge_id, user):
            yield Duty(
                key=f"salary_accept.{month.pk}",
                user_id=officer,
                case_id=month.project.application.case_id,
                title=partial(worded, TO_ACCEPT, number=month.number, title=month.project.title),
                due_on=dates.day_of(month.submitted_at) + after,  # type: ignore[arg-type]
                url=reverse("salary_month", args=[month.pk]),
                since=dates.day_of(month.submitted_at),  # type: ignore[arg-type]
                covered_id=covered,
            )


TO_HAND_IN = gettext_lazy("Hand in invoice and note of month %(number)s of “%(title)s”")
TO_ACCEPT = gettext_lazy("Look at month %(number)s of the salary of “%(title)s”")

SOURCES = {"salary_to_hand_in": months_to_hand_in, "salary_to_accept": months_to_accept}

# The headings of the inbox.
KINDS = {
    "salary": gettext_lazy("Invoices and notes to hand in"),
    "salary_accept": gettext_lazy("Months of a salary to accept"),
}
