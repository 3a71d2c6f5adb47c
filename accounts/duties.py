"""What admins owe: to agree to a role that moves public money, or to the delegation of one, which is in force only then
(PROGRAMME 3). It is due on the day on which it is to begin."""

import datetime as dt
from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import RoleGrant, User
from accounts.roles import NEED_SECOND_ADMIN, Role
from core import dates
from core.duties import Duty, Reading

KINDS = {
    "delegation.agree": _("Delegations to agree to"),
    "role.agree": _("Roles to agree to"),
}


def seconds(
    *, today: dt.date, due_from: dt.date | None = None, due_to: dt.date | None = None, user: Any = None
) -> Iterable[Duty]:
    """Roles and delegations that nobody agreed to yet: to every admin other than both concerned."""
    moment = dates.moment_in(today)
    if user is not None and Role.ADMIN not in user.staff_roles(moment):
        return ()
    waiting = RoleGrant.objects.not_ended(moment).filter(seconded_by=None, role__in=NEED_SECOND_ADMIN)
    if due_from:
        waiting = waiting.filter(valid_from__gt=dates.end_of(due_from - dt.timedelta(days=1)))
    if due_to:
        waiting = waiting.filter(valid_from__lte=dates.end_of(due_to))
    return Reading(waiting.order_by("pk"), partial(_seconds, moment=moment, user=user))


def _seconds(grants: Any, *, moment: dt.datetime, user: Any) -> Iterator[Duty]:
    if not grants:
        return
    admins = [user.pk] if user is not None else _admins(moment)
    for grant in grants:
        for person in admins:
            if person not in (grant.user_id, grant.granted_by_id, grant.delegated_by_id):
                yield _to_agree(grant, person)


def _admins(moment: dt.datetime) -> list[int]:
    return sorted(User.objects.with_role(Role.ADMIN, moment).values_list("pk", flat=True))


def _to_agree(grant: RoleGrant, person: int) -> Duty:
    due_on = dates.day_of(grant.valid_from)
    if grant.delegated_by_id:
        title, url = _("Agree to a delegation"), reverse("delegation_list")
        return Duty(f"delegation.agree.{grant.pk}", person, None, title, due_on, url)
    title, url = _("Agree to a role, as a second admin"), reverse("person_detail", args=[grant.user_id])
    # A role is given for now: it has waited since it was.
    return Duty(f"role.agree.{grant.pk}", person, None, title, due_on, url, since=due_on)
