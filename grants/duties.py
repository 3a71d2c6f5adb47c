"""What is owed about projects before they run (PROGRAMME 7): opening one, signing, starting it, naming a coordinator.

Each source is one bounded query, after one for who the officers are. The officer of a project is the one in charge of its
case, else who opened it, while they are one; else all are. They hear too when the group is late.
"""

import datetime as dt
from collections.abc import Iterator
from functools import partial
from typing import Any

from django.db.models import (
    DateField,
    Exists,
    ExpressionWrapper,
    F,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
)
from django.db.models.functions import Coalesce, Greatest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from accounts import charge
from accounts.roles import Role
from applications.models import Decision, Line, Recommendation
from core import dates
from core.duties import Duty, Reading
from grants.models import Project
from groups.models import Appointment, GroupPerson

# How long an officer has to open the project of an approval; no call says it.
DAYS_TO_OPEN = 7
# Of a project: the officer of its case, else who opened it.
IN_CHARGE = ("application__officer", "opened_by")


def _with_representative(rows: QuerySet[Project]) -> QuerySet[Project]:
    """Each project with the person who represents its group."""
    return rows.annotate(representative_id=representative("application")).select_related("application")


def representative(application: str) -> Subquery:
    """Who represents the group of the application to which the name leads."""
    group = OuterRef(f"{application}__group_id")
    places = GroupPerson.objects.filter(group_id=group, role=Role.REPRESENTATIVE, until=None)
    return Subquery(places.values("user_id")[:1])


def between(rows: QuerySet, column: str, due_from: dt.date | None, due_to: dt.date | None) -> QuerySet:
    """Those whose day lies in what is asked about."""
    if due_from:
        rows = rows.filter(**{f"{column}__gte": due_from})
    return rows.filter(**{f"{column}__lte": due_to}) if due_to else rows


def between_days_after[Rows: QuerySet](
    rows: Rows, column: str, days: int, due_from: dt.date | None, due_to: dt.date | None
) -> Rows:
    """Those that are due so many days of the calendar after the moment in a column, in what is asked about."""
    after = dt.timedelta(days=days)
    if due_from:
        rows = rows.filter(**{f"{column}__gt": dates.end_of(due_from - after - dt.timedelta(days=1))})
    return rows.filter(**{f"{column}__lte": dates.end_of(due_to - after)}) if due_to else rows


def with_reporter(rows: QuerySet, project: str, today: dt.date) -> QuerySet:
    """Each row with who reports for the project to which `project` leads: `Project.reporter_on`, in SQL."""
    group = OuterRef(f"{project}__application__group_id")
    posts = Appointment.objects.in_office(today).filter(group_id=group)
    in_office = Subquery(posts.values("person_id")[:1])
    return rows.annotate(reporter_id=Coalesce(in_office, representative(f"{project}__application")))


def _of(rows: QuerySet, user, officers: charge.Holders, *columns: str) -> QuerySet:
    """With who is in charge; bounded to one person: what they owe, or watch."""
    rows = officers.bounded(rows, None, *columns)
    if user is None:
        return rows
    mine = officers.falls_to(user)
    if "opened_by" in columns:
        mine |= Q(representative_id=user.pk)
    return rows.filter(mine)


def projects_to_open(*, today, due_from=None, due_to=None, user=None) -> Reading:
    """Approved applications without a project: of the officer in charge, else of who recommended them."""
    rows = Decision.objects.filter(
        kind=Decision.Kind.APPROVE, application__status="approved", application__project=None
    )
    rows = between_days_after(rows, "decided_at", DAYS_TO_OPEN, due_from, due_to)
    by = Recommendation.objects.filter(application_id=OuterRef("application_id"))
    by = by.order_by("-recommended_at", "-pk")
    rows = rows.annotate(officer_id=Subquery(by.values("recommended_by_id")[:1]))
    officers = charge.officers(today, user)
    found = _of(rows, user, officers, "application__officer", "officer_id")
    return Reading(
        found.select_related("application"), partial(_projects_to_open, officers=officers, user=user)
    )


def _projects_to_open(rows, *, officers: charge.Holders, user) -> Iterator[Duty]:
    for decision in rows:
        for officer, covered in officers.whose(decision.in_charge_id, user):
            yield Duty(
                key=f"project_open.{decision.application_id}",
                user_id=officer,
                case_id=decision.application.case_id,
                title=partial(worded, TO_OPEN, title=decision.application.title),
                due_on=dates.day_of(decision.decided_at) + dt.timedelta(days=DAYS_TO_OPEN),
                url=reverse("project_open", args=[decision.application_id]),
                since=dates.day_of(decision.decided_at),
                covered_id=covered,
            )


def agreements_to_sign(*, today, due_from=None, due_to=None, user=None) -> Reading:
    """Of the representative; then, once the group has signed, of the officer."""
    rows = Project.objects.filter(status="awaiting_agreement").select_related("agreement")
    officers = charge.officers(today, user)
    found = _with_representative(between(rows, "sign_by", due_from, due_to))
    say = partial(_agreements_to_sign, officers=officers, user=user)
    return Reading(_of(found, user, officers, *IN_CHARGE), say)


def _agreements_to_sign(rows, *, officers: charge.Holders, user) -> Iterator[Duty]:
    for project in rows:
        owe = partial(
            Duty,
            case_id=project.application.case_id,
            due_on=project.sign_by,
            url=reverse("agreement", args=[project.pk]),
        )
        if project.agreement.group_signed_at is not None:
            key = f"project_start.{project.pk}"
            say = partial(worded, TO_START, title=project.title)
            since = dates.day_of(project.agreement.group_signed_at)
            for officer, covered in officers.whose(project.in_charge_id, user):
                yield owe(key=key, user_id=officer, title=say, since=since, covered_id=covered)
            continue
        key, say = f"agreement.{project.pk}", partial(worded, TO_SIGN, title=project.title)
        if project.representative_id:
            yield owe(key=key, user_id=project.representative_id, title=say, since=project.opened_on)
        for officer, covered in officers.whose(project.in_charge_id, user):
            yield owe(
                key=key,
                user_id=officer,
                title=say,
                officer=True,
                since=project.opened_on,
                covered_id=covered,
            )


def coordinators_to_appoint(*, today, due_from=None, due_to=None, user=None) -> Reading:
    """Projects whose line asks for a coordinator, without one in office or in sight: of the representative.

    When a coordinator leaves, the call's days count from their last day.
    """
    posts = Appointment.objects.coordinators().filter(group_id=OuterRef("application__group_id"))
    in_sight = posts.filter(
        Q(status__in=["nominated", "accepted"])
        | Q(status="confirmed", ended_on=None)
        | Q(status__in=["confirmed", "ended"], ended_on__gte=today)
    )
    left = posts.filter(status="ended").values("group_id").annotate(day=Max("ended_on")).values("day")
    again_by = ExpressionWrapper(
        F("left_on") + F("application__call__days_to_appoint"), output_field=DateField()
    )
    rows = (
        Project.objects.filter(
            ~Exists(in_sight),
            application__call__line=Line.PARTNERSHIP,
            status__in=["awaiting_agreement", "active", "closing"],
        )
        .annotate(
            left_on=Subquery(left, output_field=DateField()),
            working=F("application__call__working_days"),
            days=F("application__call__days_to_appoint"),
        )
        .annotate(due_on=Greatest("appoint_by", again_by))
    )
    if due_from:
        # Working days end later than those of the calendar: which day it is, is worked out below.
        rows = rows.filter(Q(due_on__gte=due_from) | Q(working=True, left_on__isnull=False))
    if due_to:
        # Never due before `appoint_by`: the index bounds the reading.
        rows = rows.filter(appoint_by__lte=due_to)
    officers = charge.officers(today, user)
    found = _with_representative(between(rows, "due_on", None, due_to))
    asked = {"officers": officers, "due_from": due_from, "due_to": due_to, "user": user}
    return Reading(_of(found, user, officers, *IN_CHARGE), partial(_coordinators_to_appoint, **asked))


def _coordinators_to_appoint(rows, *, officers: charge.Holders, due_from, due_to, user) -> Iterator[Duty]:
    for project in rows:
        due_on = project.due_on
        if project.working and project.left_on:
            due_on = max(project.appoint_by, dates.add_days(project.left_on, project.days, working=True))
            if (due_from and due_on < due_from) or (due_to and due_on > due_to):
                continue
        owe = partial(
            Duty,
            key=f"coordinator.{project.pk}",
            case_id=project.application.case_id,
            title=partial(worded, TO_APPOINT, title=project.title),
            due_on=due_on,
            url=reverse("coordinator_nominate", args=[project.application.group_id]),
            since=project.left_on or project.opened_on,
        )
        if project.representative_id:
            yield owe(user_id=project.representative_id)
        page = reverse("project_detail", args=[project.pk])
        for officer, covered in officers.whose(project.in_charge_id, user):
            yield owe(user_id=officer, url=page, officer=True, covered_id=covered)


def worded(words: Promise, **said: Any) -> str:
    """In the reader's language, of the moment at which it is asked."""
    return str(words) % said


TO_OPEN = gettext_lazy("Open the project “%(title)s”")
TO_SIGN = gettext_lazy("Sign the agreement of “%(title)s”")
TO_START = gettext_lazy("Sign for the State and start the project “%(title)s”")
TO_APPOINT = gettext_lazy("Nominate a coordinator for “%(title)s”")

SOURCES = {
    "projects_to_open": projects_to_open,
    "agreements_to_sign": agreements_to_sign,
    "coordinators_to_appoint": coordinators_to_appoint,
}

# The headings of the inbox.
KINDS = {
    "project_open": gettext_lazy("Projects to open"),
    "agreement": gettext_lazy("Agreements to sign"),
    "agreement:late": gettext_lazy("Agreements that a group signs late"),
    "project_start": gettext_lazy("Projects to start"),
    "coordinator": gettext_lazy("Coordinators to nominate"),
    "coordinator:late": gettext_lazy("Coordinators nominated late"),
}
