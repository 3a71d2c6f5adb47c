"""Advisers: staff who help a group to write its plan (PROGRAMME 3). Kept with the group, told on the case's timeline.

Who advised stays there after they leave: nobody decides on, or reviews, an application that they advised.
"""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.access import require
from accounts.models import User
from accounts.permissions import Action
from accounts.roles import Role
from applications.models import Application
from core import timeline
from core.models import Case, Event
from core.workflow import TransitionRefused
from groups.models import Group

ASSIGNED, LEFT = "application.adviser_assigned", "application.adviser_left"


def advised_ids(application: Application) -> set[int]:
    """Everybody who advises the group now, or was named to advise it on this case before."""
    named = Event.objects.filter(case_id=application.case_id, action=ASSIGNED)
    ids = named.values_list("data__adviser", flat=True)
    return application.group.adviser_ids() | {int(pk) for pk in ids if pk is not None}


def assign(*, by: User, application: Application, adviser: User, now: datetime) -> None:
    """Let an adviser help the group. Raises TransitionRefused when this person cannot."""
    with transaction.atomic():
        application = _locked(application, by)
        if Role.ADVISER not in adviser.staff_roles(now):
            raise TransitionRefused(_("%(name)s is not an adviser.") % {"name": adviser})
        if application.group.own_roles(adviser):
            raise TransitionRefused(_("%(name)s holds a role in this group.") % {"name": adviser})
        if adviser.pk in application.group.adviser_ids():
            raise TransitionRefused(_("%(name)s helps this group already.") % {"name": adviser})
        application.group.advisers.add(adviser)
        timeline.record(application.case, ASSIGNED, by=by, now=now, obj=application, adviser=adviser.pk)


def end(*, by: User, application: Application, adviser: User, now: datetime) -> None:
    """End an adviser's help to the group. Raises TransitionRefused when they do not help it."""
    with transaction.atomic():
        application = _locked(application, by)
        if adviser.pk not in application.group.adviser_ids():
            raise TransitionRefused(_("%(name)s does not help this group.") % {"name": adviser})
        application.group.advisers.remove(adviser)
        timeline.record(application.case, LEFT, by=by, now=now, obj=application, adviser=adviser.pk)


def _locked(application: Application, by: User) -> Application:
    """The application afresh, with its case and its group locked, for somebody who may assign advisers."""
    Case.objects.select_for_update().get(pk=application.case_id)
    Group.objects.select_for_update().get(pk=application.group_id)
    fresh = Application.objects.select_related("case", "group").get(pk=application.pk)
    require(by, Action.ASSIGN_ADVISER, fresh)
    return fresh
