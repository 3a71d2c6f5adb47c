"""What is owed about groups by a date (PROGRAMME 7): signed papers to look at, nominations to answer and to confirm. Each
source is one query of what is still owed, and two or three for the officers."""

import datetime as dt
from collections.abc import Collection, Iterable, Iterator
from functools import partial
from typing import Any

from django.db.models import Max, OuterRef, Subquery
from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from accounts import charge
from core import dates, together
from core.duties import Duty, Reading, asked_once
from core.models import Event
from groups.models import Appointment, FirmConfirmation, GroupPerson
from groups.querysets import LIVE

Day = dt.date | None

# Calendar days after it was sent in which somebody looks at a paper: a call may close on a group that waits for it.
DAYS_TO_CHECK = 5

# Calendar days in which somebody who is nominated answers, and then an officer confirms; no call says it.
DAYS_TO_ANSWER = DAYS_TO_CONFIRM = 7

# The headings of the inbox.
KINDS = {
    "firm.paper": _("Signed papers to look at"),
    "appointment.answer": _("Nominations to answer"),
    "appointment.confirm": _("Coordinators to confirm"),
}


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


def nominations(*, today: dt.date, due_from: Day = None, due_to: Day = None, user: Any = None) -> Reading:
    """A nomination, as coordinator or to stand in: of the person, who says yes or no."""
    waits = Appointment.objects.filter(status=Appointment.Status.NOMINATED, person__isnull=False)
    if due_from:
        waits = waits.filter(nominated_on__gte=due_from - dt.timedelta(days=DAYS_TO_ANSWER))
    if due_to:
        waits = waits.filter(nominated_on__lte=due_to)
    if user is not None:
        waits = waits.filter(person_id=user.pk)
    return Reading(waits.select_related("group"), partial(_nominations, due_from=due_from, due_to=due_to))


def _nominations(rows: Any, *, due_from: Day, due_to: Day) -> Iterator[Duty]:
    for post in rows:
        due_on = _before_the_mandate(post, post.nominated_on, DAYS_TO_ANSWER)
        if (due_from and due_on < due_from) or (due_to and due_on > due_to):
            continue
        words = (
            _("Say whether you stand in for the coordinator of {group}")
            if post.is_stand_in
            else _("Say whether you will be the coordinator of {group}")
        )
        yield Duty(
            key=f"appointment.answer.{post.pk}",
            user_id=post.person_id,
            case_id=post.group.case_id,
            title=format_lazy(words, group=post.group.name),
            due_on=due_on,
            url=reverse("appointment_detail", args=[post.pk]),
            since=post.nominated_on,
        )


def confirmations(
    *, today: dt.date, due_from: Day = None, due_to: Day = None, user: Any = None
) -> Iterable[Duty]:
    """A nomination that its person accepted: to every officer, since they share the queue, but for those of the group."""
    officers = charge.officers(today, user).people
    if not officers:
        return ()
    accepted = Event.objects.filter(object_kind="appointment", object_id=OuterRef("pk"), to_state="accepted")
    last = accepted.order_by().values("object_id").annotate(last=Max("at")).values("last")
    waits = Appointment.objects.filter(status=Appointment.Status.ACCEPTED)
    waits = waits.annotate(accepted_at=Subquery(last)).select_related("group")
    asked = {"officers": officers, "due_from": due_from, "due_to": due_to, "user": user}
    return Reading(waits, partial(_confirmations, **asked))


def _confirmations(
    rows: Any, *, officers: Collection[int], due_from: Day, due_to: Day, user: Any
) -> Iterator[Duty]:
    if not rows:
        return
    by_group = officers_of({post.group_id for post in rows}, officers, user)
    for post in rows:
        since = dates.day_of(post.accepted_at) if post.accepted_at else post.nominated_on
        due_on = _before_the_mandate(post, since, DAYS_TO_CONFIRM)
        if (due_from and due_on < due_from) or (due_to and due_on > due_to):
            continue
        words = (
            _("Confirm {name}, who stands in for the coordinator of {group}")
            if post.is_stand_in
            else _("Confirm {name} as coordinator of {group}")
        )
        for person in by_group[post.group_id]:
            yield Duty(
                key=f"appointment.confirm.{post.pk}",
                user_id=person,
                case_id=post.group.case_id,
                title=format_lazy(words, name=post.full_name, group=post.group.name),
                due_on=due_on,
                url=reverse("appointment_act", args=[post.pk, "confirm"]),
                since=since,
            )


def _before_the_mandate(post: Appointment, since: dt.date, days: int) -> dt.date:
    """So many days later, or the first day of a mandate that begins before."""
    due_on = since + dt.timedelta(days=days)
    return due_on if post.stand_in_from is None else min(due_on, max(since, post.stand_in_from))


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
