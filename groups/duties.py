"""What the programme's staff owe to groups by a date (PROGRAMME 7): signed papers to look at. One query, over an index of
what is still owed, and two or three for the officers."""

import datetime as dt
from collections.abc import Collection, Iterable, Iterator
from functools import partial
from typing import Any

from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from accounts import charge
from core import dates, together
from core.duties import Duty, Reading, asked_once
from groups.models import Appointment, FirmConfirmation, GroupPerson
from groups.querysets import LIVE

Day = dt.date | None

# Calendar days after it was sent in which somebody looks at a paper: a call may close on a group that waits for it.
DAYS_TO_CHECK = 5

# The headings of the inbox.
KINDS = {"firm.paper": _("Signed papers to look at")}


def papers(*, today: dt.date, due_from: Day = None, due_to: Day = None, user: Any = None) -> Iterable[Duty]:
    """Signed papers that wait: to every officer, since they share the queue, but for those of the group."""
    owed, days = FirmConfirmation.objects.papers_waiting(), dt.timedelta(days=DAYS_TO_CHECK)
    if due_from:
        owed = owed.filter(confirmed_at__gt=dates.end_of(due_from - days - dt.timedelta(days=1)))
    if due_to:
        owed = owed.filter(confirmed_at__lte=dates.end_of(due_to - days))
    rows = owed.values_list(
        "pk",
        "confirmed_at",
        "membership__group_id",
        "membership__group__case_id",
        "membership__firm__name",
    )
    return Reading(rows, partial(_papers, today=today, user=user))


def _papers(rows: Any, *, today: dt.date, user: Any) -> Iterator[Duty]:
    if not rows:
        return
    days = dt.timedelta(days=DAYS_TO_CHECK)
    officers = officers_of({row[2] for row in rows}, charge.officers(today, user).people, user)
    for pk, sent_at, group, case, name in rows:
        for person in officers[group]:
            yield Duty(
                key=f"firm.paper.{pk}",
                user_id=person,
                case_id=case,
                title=format_lazy(_("Look at the signed paper of {firm}"), firm=name),
                due_on=dates.day_of(sent_at) + days,
                url=reverse("paper_check", args=[group, pk]),
            )


def officers_of(groups: set[int], officers: Collection[int], user: Any) -> dict[int, list[int]]:
    """By group, the officers who may act for the programme: nobody does in their own group. `user` bounds it to one."""
    people = sorted(pk for pk in officers if user is None or pk == user.pk)
    own = own_groups(groups, people, posts=LIVE)
    return {group: [person for person in people if (group, person) not in own] for group in groups}


def own_groups(
    groups: Collection[int],
    people: Collection[int],
    *,
    posts: Collection[str] = (Appointment.Status.CONFIRMED,),
) -> set[tuple[int, int]]:
    """Which of these people hold a role in which of these groups. `posts`: the states of an appointment that count, since
    a nominee belongs to the group, and is nobody yet in its applications."""
    if not groups or not people:
        return set()
    held = _held(frozenset(people))
    return {(group, person) for group, person, post in held if group in groups and post in {PLACE, *posts}}


# Of who is in a group without being its coordinator.
PLACE = ""


@asked_once
def _held(people: frozenset[int]) -> list[tuple[int, int, str]]:
    """In which groups these people of the staff hold a role, and the state of their appointment. They are few: it is asked
    of all their groups, and so once for all sources. One query."""
    places = GroupPerson.objects.filter(user_id__in=people, until=None)
    posts = Appointment.objects.filter(person_id__in=people)
    read = together.read(
        places=places.values_list("group_id", "user_id"),
        posts=posts.values_list("group_id", "person_id", "status"),
    )
    return [*((group, person, PLACE) for group, person in read["places"]), *read["posts"]]
