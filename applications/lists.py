"""The list of applications: which the filters ask for, in which order, what each row says."""

import datetime as dt
from collections import defaultdict
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, TextField, Value
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext_lazy as _

from accounts.models import RoleGrant
from accounts.permissions import Action, holds
from accounts.roles import Role
from applications import search
from applications.models import Application, Call, Review
from applications.querysets import ApplicationQuerySet
from core import bilingual, dates, seen
from core.lists import Order
from core.tables import Column
from groups.models import Sector
from groups.querysets import own_group_ids

APPLICATIONS_ON_A_PAGE = 50

# Each has an index of its own.
ORDERS = {
    "newest": Order(_("Newest first"), "created_at"),
    "waiting": Order(_("Longest in its state first"), "state_since", descending=False),
    "amount": Order(_("Largest amount first"), "asked"),
}
FLAGS = {
    "message": _("A message of the group waits"),
    "late": _("The office is late"),
    "changed": _("Changed since you looked"),
}


# For whom an application waits, by its state and whether a review of it is being written; None: for money. An approved one
# waits for an officer until it has a project.
WAITS_FOR = {
    ("draft", False): Role.REPRESENTATIVE,
    ("changes_requested", False): Role.REPRESENTATIVE,
    ("submitted", False): Role.OFFICER,
    ("in_review", True): Role.REVIEWER,
    ("in_review", False): Role.OFFICER,
    ("recommended", False): Role.APPROVER,
    ("reconsideration", False): Role.APPROVER,
    ("reserve", False): None,
    ("approved", False): Role.OFFICER,
}
WAITS = (Role.OFFICER, Role.REVIEWER, Role.APPROVER, Role.REPRESENTATIVE)
# Filters that tell something which not all staff read: only to whom may read it.
FILTERS_OF = {
    "officer": Action.VIEW_INTERNAL,
    "flag": Action.VIEW_INTERNAL,
    "waits": Action.VIEW_INTERNAL,
    "adviser": Action.VIEW_SUPPORT,
    "reviewer": Action.VIEW_REVIEWS,
}


def options(user: Any) -> dict[str, list[tuple[str, str]]]:
    """What can be chosen in the filters, in one query: calls by code; for staff also sectors by code, and by id those
    officers, advisers and reviewers of whom they may know."""
    language = bilingual.language()
    calls = Call.objects.visible_to(user)
    rows = calls.order_by().values_list(
        Value("call"), "code", Concat("code", Value(" · "), f"title_{language}")
    )
    if user.is_staff_member:
        sectors = Sector.objects.order_by().values_list(Value("sector"), "code", f"name_{language}")
        grants = RoleGrant.objects.live(dates.now()).filter(
            role__in=[
                role
                for role in (Role.OFFICER, Role.ADVISER, Role.REVIEWER)
                if holds(user, FILTERS_OF[role.value])
            ],
            user__is_active=True,
        )
        people = grants.order_by().values_list("role", Cast("user_id", TextField()), "user__full_name")
        rows = rows.union(sectors, people, all=True).order_by()
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for kind, value, label in rows:
        found[kind].append((value, label))
    return {
        kind: sorted(set(found[kind]), key=lambda pair: pair[1])
        for kind in ("call", "sector", "officer", "adviser", "reviewer")
    }


def matching(
    applications: ApplicationQuerySet, asked: dict[str, Any], *, user: Any, today: dt.date
) -> ApplicationQuerySet:
    """Those that the filters ask for (cleaned data of `ApplicationFilter` or `StaffFilter`)."""
    found = search.matching(applications, asked.get("q") or "")
    for name, lookup in PLAIN.items():
        if asked.get(name) not in (None, ""):
            found = found.filter(**{lookup: asked[name]})
    if asked.get("days"):
        begun_by = dates.end_of(today - dt.timedelta(days=asked["days"]))
        found = found.filter(state_since__lte=begun_by)
    if officer := asked.get("officer"):
        found = found.filter(officer={"me": user.pk, "none": None}.get(officer, officer))
    if asked.get("reviewer"):
        live = Review.objects.live().filter(reviewer=asked["reviewer"])
        # Who judges an application of one's own group is not for its people (PROGRAMME 3).
        found = found.filter(pk__in=live.values("application")).exclude(group__in=own_group_ids(user))
    if asked.get("waits"):
        found = waiting_for(found, asked["waits"])
    if flag := asked.get("flag"):
        found = flagged(found, flag, user=user, today=today)
    return found


# Filters that are one column each.
PLAIN = {
    "status": "status",
    "call": "call__code",
    "line": "call__line",
    "province": "group__province",
    "sector": "group__sector__code",
    "adviser": "group__advisers",
    "least": "asked__gte",
    "most": "asked__lte",
}


def flagged(
    applications: ApplicationQuerySet, flag: str, *, user: Any, today: dt.date
) -> ApplicationQuerySet:
    """Those that stand out in one way (FLAGS)."""
    if flag == "message":
        return applications.filter(message_waits_since__isnull=False)
    if flag == "late":
        return applications.filter(staff_due_on__lt=today)
    # The first narrows it to the few cases that something happened on.
    moved = applications.filter(case__seen_by__user=user, case__seen_by__sequence__lt=F("case__length"))
    return moved.filter(Exists(seen.by_others(user)))


def being_reviewed() -> Exists:
    """Whether a review of an application has still to be sent."""
    return Exists(Review.objects.unfinished().filter(application=OuterRef("pk")))


def waiting(applications: ApplicationQuerySet) -> ApplicationQuerySet:
    """Those that wait for somebody, or for money (WAITS_FOR)."""
    states = {status for status, _reviewing in WAITS_FOR}
    return applications.filter(status__in=states).exclude(status="approved", project__isnull=False)


def waiting_for(applications: ApplicationQuerySet, role: str) -> ApplicationQuerySet:
    """Those that wait for somebody of a role."""
    mine = [key for key, waits in WAITS_FOR.items() if waits == role]
    found = Q(status__in=[status for status, _reviewing in mine if status != "in_review"])
    for status, reviewing in mine:
        if status == "in_review":
            found |= Q(being_reviewed() if reviewing else ~being_reviewed(), status=status)
    return waiting(applications).filter(found)


def with_rows(applications: ApplicationQuerySet, user: Any) -> ApplicationQuerySet:
    """With what each row shows: the case, the officer, and what is new since this person looked (`core.seen.news`)."""
    return applications.with_case().select_related("officer").annotate(**seen.news(user))


def columns(today: dt.date, *, internal: bool) -> list[Column]:
    """What the table says of each application when it leaves the site; `internal`, to whom reads what is the office's."""
    found = [
        Column(_("Reference"), lambda row: row.reference),
        Column(_("Project"), lambda row: row.title),
        Column(_("Group"), lambda row: row.group.name),
        Column(_("Province"), lambda row: row.group.get_province_display()),
        Column(_("Sector"), lambda row: str(row.group.sector)),
        Column(_("Call"), lambda row: row.call.code),
        Column(_("State"), lambda row: str(row.get_status_display())),
        Column(_("Since"), lambda row: row.state_since),
        Column(_("Days in it"), lambda row: days_in_state(row, today)),
        Column(_("Asked for"), lambda row: row.asked if row.first_submitted_at else None),
        Column(_("Sent"), lambda row: row.first_submitted_at),
    ]
    if internal:
        officer = Column(_("Officer in charge"), lambda row: str(row.officer) if row.officer else None)
        found.insert(-1, officer)
    return found


def days_in_state(application: Application, today: dt.date) -> int:
    """For how many days it has been in its present state."""
    return (today - dates.day_of(application.state_since)).days
