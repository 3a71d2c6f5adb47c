"""Another reviewer in the place of one who came to be tied to the case: the office owes it within three working days."""

import datetime as dt
from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, TruncDate
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts import charge
from accounts.roles import Role
from applications.duties import Day
from applications.models import DeclaredRelation, Review
from core import dates
from core.duties import Duty, Reading
from groups.duties import own_groups
from groups.models import Appointment, GroupPerson

DAYS_TO_REPLACE = 3
KINDS = {"review.tied": _("Reviewers who are tied to a case")}


def reviews(*, today: dt.date, due_from: Day = None, due_to: Day = None, user: Any = None) -> Iterable[Duty]:
    """A review, in hand or sent, whose reviewer declared a tie or came to have a place in the group: to the officer in
    charge and who covers them, else to who assigned it."""
    if user is not None and Role.OFFICER not in user.staff_roles(dates.moment_in(today)):
        return ()
    columns = (
        "pk",
        "application_id",
        "application__case_id",
        "application__group_id",
        "reviewer_id",
        "tied_on",
    )
    rows = _tied().values_list("application__officer_id", "assigned_by_id", *columns)
    asked = {"today": today, "due_from": due_from, "due_to": due_to, "user": user}
    return Reading(rows, partial(_reviews, **asked))


def _reviews(rows: Any, *, today: dt.date, due_from: Day, due_to: Day, user: Any) -> Iterator[Duty]:
    # Few at any time, mostly none: who the officers are is asked only then.
    if not rows:
        return
    officers = charge.officers(today, user)
    own = own_groups({row[5] for row in rows}, officers.people)
    for officer, assigned_by, pk, application, case, group, reviewer, tied_on in rows:
        in_charge = officers.first_of(officer, assigned_by)
        day = dates.add_days(tied_on, DAYS_TO_REPLACE, working=True)
        if (due_from and day < due_from) or (due_to and day > due_to):
            continue
        for person, covered in officers.whose(in_charge, user):
            # Nobody looks for somebody else in their own place.
            if person != reviewer and (group, person) not in own:
                yield Duty(
                    key=f"review.tied.{pk}",
                    user_id=person,
                    case_id=case,
                    title=_("A reviewer is tied to the case: give the review to somebody else"),
                    due_on=day,
                    url=reverse("reviews_assign", args=[application]),
                    since=tied_on,
                    covered_id=covered,
                )


def _tied() -> QuerySet[Review]:
    """Live reviews of applications under review whose reviewer is tied to them, with the day since when (`tied_on`)."""
    group = OuterRef("application__group")
    of_firm = Q(firm__memberships__group=group, firm__memberships__left_on=None)
    declared = DeclaredRelation.objects.filter(
        Q(group=group) | of_firm, ended_at=None, user=OuterRef("reviewer")
    )
    places = GroupPerson.objects.filter(until=None, group=group, user=OuterRef("reviewer"))
    posts = Appointment.objects.filter(
        status__in=["nominated", "accepted", "confirmed"], group=group, person=OuterRef("reviewer")
    )
    day = TruncDate("declared_at", tzinfo=dates.BUENOS_AIRES)
    tied_on = Coalesce(
        Subquery(declared.order_by("declared_at").values_list(day)[:1]),
        Subquery(places.values("since")[:1]),
        Subquery(posts.values("nominated_on")[:1]),
    )
    live = Review.objects.live().filter(application__status__in=["submitted", "in_review"])
    return live.annotate(tied_on=tied_on).filter(tied_on__isnull=False).order_by("pk")
