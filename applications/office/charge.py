"""The officer in charge of a case: whose list it stands on. Anybody of the office may still act (PROGRAMME 12)."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import Action
from accounts.roles import Role
from applications import emails
from applications.locking import locked_for
from applications.models import Application
from core import timeline
from core.workflow import TransitionRefused


@transaction.atomic
def put_in_charge(
    *, by: User, application: Application, officer: User | None, now: dt.datetime
) -> Application:
    """Put an officer in charge of a case, or nobody. The officer hears of it, unless they took it themselves.

    Raises NotAllowed, or TransitionRefused for who is no officer or holds a role in the group.
    """
    fresh = locked_for(application, by, Action.ASSIGN_OFFICER)
    if fresh.officer_id == (officer.pk if officer else None):
        name = officer or _("Nobody")
        raise TransitionRefused(_("%(name)s is in charge of it already.") % {"name": name})
    if officer is not None:
        if Role.OFFICER not in officer.staff_roles(now):
            raise TransitionRefused(_("%(name)s is not a programme officer.") % {"name": officer})
        if fresh.group.own_roles(officer):
            raise TransitionRefused(_("%(name)s holds a role in this group.") % {"name": officer})
    fresh.officer = officer
    fresh.save(update_fields=["officer"])
    timeline.record(
        fresh.case,
        "application.officer_assigned",
        by=by,
        now=now,
        obj=fresh,
        locked=True,
        officer=officer.pk if officer else None,
    )
    if officer is not None and officer.pk != by.pk:
        emails.put_in_charge(fresh, officer, now=now)
    return fresh
