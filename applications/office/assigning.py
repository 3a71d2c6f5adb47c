"""Assigning the reviewers that are suggested for an application (applications.suggesting), as an officer does for many at
once."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import Action
from applications import judging
from applications.locking import locked_for
from applications.models import Application
from applications.reviewers import candidates, missing
from core.workflow import TransitionRefused


@transaction.atomic
def assign_suggested(*, by: User, application: Application, now: dt.datetime) -> str:
    """Assign as many as the application still needs; answers whom, in words.

    Raises NotAllowed, or TransitionRefused where it needs nobody or nobody who is free has room.
    """
    fresh = locked_for(application, by, Action.ASSIGN_REVIEWS)
    found = candidates(fresh, now)
    people = {person.pk: person for person, _why in found.free}
    for pk in found.suggested:
        judging.assign_reviewer(by=by, application=fresh, reviewer=people[pk], now=now)
    names = ", ".join(str(people[pk]) for pk in found.suggested)
    if not names:
        if not missing(fresh):
            raise TransitionRefused(_("It has the reviewers that it needs."))
        raise TransitionRefused(_("Nobody who is free for it has room: choose somebody on its own page."))
    if still := missing(fresh):
        return _("Assigned: %(names)s. Still missing: %(n)s.") % {"names": names, "n": still}
    return _("Assigned: %(names)s") % {"names": names}
