"""Who can review an application, who cannot and why, and how much each has to do."""

import datetime as dt
from collections.abc import Iterable

from django.db.models import Count, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from accounts.roles import Role
from applications import advising
from applications.guards import WRITING
from applications.models import Application, Review
from core.models import Event


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
    bars = barred_from(application)
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


def barred_from(application: Application) -> dict[int, str]:
    """{person: why they cannot review it} (PROGRAMME 3, separation of duties). A constant number of queries; the same
    rules refuse the assignment itself."""
    bars: dict[int, str] = {}

    def bar(ids: Iterable[int | None], reason: str) -> None:
        for pk in ids:
            if pk is not None:
                bars.setdefault(pk, reason)

    reviews = list(application.reviews.all())
    latest = application.latest_submission
    bar(
        (row.reviewer_id for row in reviews if row.is_live and latest and row.counts_for(latest)),
        _("reviews it already"),
    )
    bar((row.reviewer_id for row in reviews if row.no_interest is False), _("declared an interest"))
    bar((row.reviewer_id for row in reviews if row.status == Review.Status.DECLINED), _("declined it"))
    bar(people_of(application), _("holds a role in the group"))
    writers = Event.objects.filter(case_id=application.case_id, action__in=WRITING)
    bar(writers.values_list("actor_id", flat=True), _("wrote in it"))
    bar(advising.advised_ids(application), _("advised the group"))
    return bars


def people_of(application: Application) -> set[int | None]:
    """Who holds a role in the group, or is nominated for one."""
    group = application.group
    posts = group.appointments.filter(status__in=["nominated", "accepted", "confirmed"])
    return {
        *group.people.filter(until=None).values_list("user_id", flat=True),
        *posts.values_list("person_id", flat=True),
    }
