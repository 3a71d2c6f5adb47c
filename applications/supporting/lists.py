"""Lists of technical support: the advisers' page with what each group lacks, the requests that wait, who could help."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import (
    Case,
    Count,
    DecimalField,
    F,
    IntegerField,
    Max,
    OuterRef,
    Q,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from accounts.models import User
from accounts.permissions import Action
from accounts.roles import Role
from applications import standing
from applications.models import Application, Review, Support, SupportSession
from applications.querysets import SupportQuerySet
from applications.supporting import suggestions
from applications.supporting.overview import results_of
from core import timeline
from core.money import ZERO
from groups.models import Group

SUPPORTS_ON_A_PAGE = 15
EVENTS_ON_A_CARD = 10
# What asks most for somebody to act stands first.
ORDER = {"asked": 0, "offered": 1, "active": 2}


def rows(supports: SupportQuerySet) -> SupportQuerySet:
    """With what each row shows: the sessions, their hours, the last one."""
    logged = SupportSession.objects.filter(support=OuterRef("pk")).order_by().values("support")

    def of(expression, output):
        return Subquery(logged.annotate(value=expression).values("value"), output_field=output)

    hours = DecimalField(max_digits=10, decimal_places=2)
    return supports.select_related("group__case", "group__sector", "adviser").annotate(
        sessions_held=Coalesce(of(Count("pk"), IntegerField()), 0),
        hours=Coalesce(of(Sum("hours"), hours), Value(ZERO), output_field=hours),
        last_session=Subquery(logged.annotate(value=Max("on")).values("value")),
    )


def in_order(supports: SupportQuerySet) -> SupportQuerySet:
    """Requests first, then offers, then the active; each by when it is due, then by age."""
    place = Case(
        *(When(status=status, then=Value(number)) for status, number in ORDER.items()),
        default=Value(len(ORDER)),
        output_field=IntegerField(),
    )
    return supports.order_by(place, F("due_on").asc(nulls_last=True), "-asked_at", "-pk")


def matching(supports: SupportQuerySet, status: str, words: str) -> SupportQuerySet:
    """Those that the filters ask for; without a state the open ones."""
    found = supports.filter(status=status) if status else supports.open()
    for word in words.split():
        found = found.filter(Q(group__name__icontains=word) | Q(adviser__full_name__icontains=word))
    return found


@dataclass(frozen=True)
class Work:
    """An application of a group, with what it lacks, how much time is left and how many suggestions wait."""

    application: Application
    lacks: str
    time_left: str
    suggestions: int


@dataclass
class SupportRow:
    """One support; while it is open with the group's applications that are being written or judged."""

    support: Support
    # None: the reader has no part in the group yet, and is only asked to help it.
    works: list[Work] | None = None


def with_work(supports: Iterable[Support], now: datetime, *, sees_all: bool) -> list[SupportRow]:
    """The rows of a page. `sees_all`: the reader sees the applications of every group, not only of those that they help.
    A constant number of queries, however many supports."""
    found = [SupportRow(support) for support in supports]
    read = [row for row in found if sees_all or row.support.status == Support.Status.ACTIVE]
    groups = {row.support.group_id for row in read if row.support.status in Support.OPEN}
    applications = list(
        Application.objects.live()
        .real()
        .filter(group__in=groups)
        .select_related("case", "call", "group__sector")
        .order_by("-created_at", "-pk")
    )
    results = results_of([row for row in applications if row.is_open], now)
    waiting = suggestions.waiting_of(applications)
    for row in read:
        row.works = [
            Work(
                application,
                standing.missing(application, results[application.pk]) if application.pk in results else "",
                standing.time_left(application, now),
                waiting[application.pk],
            )
            for application in applications
            if application.group_id == row.support.group_id
        ]
    return found


def candidates(group: Group, now: datetime, *, besides: int | None = None) -> list[tuple[User, int, int]]:
    """Who could help a group: (person, groups that they help, offers that wait), the least loaded first. `besides` is
    left out: they were asked already. Four queries."""
    barred = {*group.adviser_ids(), besides}
    barred |= {place.user_id for place in group.people.all() if place.until is None}
    live = ("nominated", "accepted", "confirmed")
    barred |= {post.person_id for post in group.appointments.all() if post.status in live}
    barred |= set(
        Review.objects.live().filter(application__group=group).values_list("reviewer_id", flat=True)
    )
    people = User.objects.with_role(Role.ADVISER, now).annotate(
        helps=Count("supports", filter=Q(supports__status="active")),
        offers=Count("supports", filter=Q(supports__status="offered")),
    )
    rows = people.exclude(pk__in=barred - {None}).order_by("helps", "offers", "full_name", "pk")
    return [(person, person.helps, person.offers) for person in rows]


@dataclass(frozen=True)
class Card:
    """The support of a group on the page of an application."""

    rows: list[Support]
    events: list[timeline.Row]
    may_ask: bool


def card(application: Application, user: User, supports: list[Support] | None = None) -> Card | None:
    """What the page of an application shows of its group's support; None for who sees none. `supports`: the open ones,
    where they were read already. With an open support two queries for its history."""
    group = application.group
    if not user.can(Action.VIEW_SUPPORT, group):
        return None
    if supports is None:
        supports = list(group.supports.open().select_related("adviser"))
    found = sorted(supports, key=lambda row: row.asked_at, reverse=True)
    events = timeline.rows(group.case, user, EVENTS_ON_A_CARD, of=found[0]) if found else []
    return Card(found, events, may_ask=not found and user.can(Action.ASK_SUPPORT, group))
