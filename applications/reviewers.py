"""Who can review an application, who cannot and why, and how much each has to do."""

import datetime as dt

from django.db.models import Count, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from accounts.roles import Role
from applications import guards
from applications.models import Application


def candidates(
    application: Application, now: dt.datetime
) -> tuple[list[tuple[User, str]], list[tuple[User, str]]]:
    """Everybody who reviews for the programme: those who are free for this case, with what they have to do, and those
    who are not, with the reason."""
    waiting = Q(reviews__status__in=["assigned", "interest_declared", "draft"])
    people = (
        User.objects.with_role(Role.REVIEWER, now)
        .annotate(to_write=Count("reviews", filter=waiting))
        .order_by("to_write", "full_name", "pk")
    )
    bars = guards.barred_from_reviewing(application)
    free, barred = [], []
    for person in people:
        if reason := bars.get(person.pk):
            barred.append((person, reason))
        else:
            free.append((person, workload(person.to_write)))
    return free, barred


def workload(count: int) -> str:
    """How many reviews somebody has to write."""
    if not count:
        return _("no review to write")
    return ngettext("%(n)s review to write", "%(n)s reviews to write", count) % {"n": count}
