"""What somebody owes in a support by a date (PROGRAMME 7): the officers an adviser, the adviser an answer. One query, over
an index of what is still owed, and two for the officers."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Role
from applications.models import Support
from core import dates
from core.duties import Duty
from groups.models import Appointment, GroupPerson

Day = dt.date | None


def supports(*, today: dt.date, due_from: Day = None, due_to: Day = None, user: Any = None) -> Iterator[Duty]:
    """Requests that wait for an adviser: to every officer, but for those of the group. Offers: to the adviser; the officer
    who made it watches."""
    owed = Support.objects.filter(due_on__isnull=False, status__in=["asked", "offered"])
    if due_from:
        owed = owed.filter(due_on__gte=due_from)
    if due_to:
        owed = owed.filter(due_on__lte=due_to)
    rows = list(
        owed.values_list(
            "pk", "status", "due_on", "group_id", "group__case_id", "adviser_id", "assigned_by_id"
        )
    )
    officers = _officers({row[3] for row in rows if row[1] == Support.Status.ASKED}, today, user)
    for pk, status, due_on, group, case, adviser, officer in rows:
        assert due_on is not None
        url = reverse("support_detail", args=[pk])
        if status == Support.Status.ASKED:
            for person in officers.get(group, ()):
                yield Duty(
                    f"support.assign.{pk}", person, case, _("Assign an adviser to a group"), due_on, url
                )
            continue
        if user is None or adviser == user.pk:
            yield Duty(
                f"support.answer.{pk}", adviser, case, _("Say whether you help the group"), due_on, url
            )
        if officer not in (None, adviser) and (user is None or officer == user.pk):
            title = _("An adviser has not answered")
            yield Duty(f"support.answer.{pk}", officer, case, title, due_on, url, officer=True)


def _officers(groups: set[int], today: dt.date, user: Any) -> dict[int, list[int]]:
    """By group, the officers who may assign: nobody does it for their own group."""
    if not groups:
        return {}
    moment = dates.end_of(today)
    if user is not None:
        people = [user.pk] if Role.OFFICER in user.staff_roles(moment) else []
    else:
        people = list(User.objects.with_role(Role.OFFICER, moment).values_list("pk", flat=True))
    places = GroupPerson.objects.filter(group_id__in=groups, user_id__in=people, until=None)
    posts = Appointment.objects.filter(
        group_id__in=groups, person_id__in=people, status__in=["nominated", "accepted", "confirmed"]
    )
    own = set(places.values_list("group_id", "user_id")) | set(posts.values_list("group_id", "person_id"))
    return {group: [person for person in people if (group, person) not in own] for group in groups}
