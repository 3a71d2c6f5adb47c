"""What may happen next to a support: ONE table. It begins with `applications.supporting.actions`: a group asks, or an
officer offers help to one that did not."""

import datetime as dt

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.permissions import Action
from accounts.roles import Role
from applications.models import Review, Support
from applications.supporting import emails
from core import dates
from core.workflow import Transition, Workflow, needs_reason
from groups.models import Group

# Working days to assign an adviser, and for the adviser to answer.
DAYS_TO_ASSIGN = 5
DAYS_TO_ANSWER = 5


def due_in(now: dt.datetime, days: int) -> dt.date:
    """The last of so many working days after today."""
    return dates.add_days(dates.day_of(now), days, working=True)


def why_not_adviser(group: Group, person: User, now: dt.datetime) -> str:
    """Why somebody cannot help a group, in a sentence; "" when they can."""
    words = {"name": person}
    if Role.ADVISER not in person.staff_roles(now):
        return _("%(name)s is not an adviser.") % words
    if group.own_roles(person):
        return _("%(name)s holds a role in this group.") % words
    if person.pk in group.adviser_ids():
        return _("%(name)s helps this group already.") % words
    # Who judges it cannot help it (PROGRAMME 3, separation of duties).
    if Review.objects.live().filter(application__group=group, reviewer=person).exists():
        return _("%(name)s reviews an application of this group.") % words
    return ""


# --- Guards ------------------------------------------------------------------------------------------


def adviser_is_free(obj: Support, *, by, now, data) -> str:
    """Somebody is chosen, who is an adviser and has no part in the group."""
    person = data.get("adviser")
    if not data or person is None:
        return ""
    if obj.status == Support.Status.OFFERED and person.pk == obj.adviser_id:
        return _("%(name)s was asked already, and has not answered yet.") % {"name": person}
    return why_not_adviser(obj.group, person, now)


def adviser_is_still_free(obj: Support, *, by, now, data) -> str:
    """What was so when it was offered may not be any more."""
    return why_not_adviser(obj.group, obj.adviser, now) if obj.adviser else ""


# --- Effects -----------------------------------------------------------------------------------------


def offer(obj: Support, *, by, now, data) -> None:
    former, person = obj.adviser, data["adviser"]
    obj.adviser, obj.assigned_by = person, by
    obj.due_on = due_in(now, DAYS_TO_ANSWER)
    # The timeline holds ids.
    data["adviser"] = person.pk
    if former is not None:
        emails.not_needed(obj, former, now=now)
    emails.offered(obj, now=now)


def begin(obj: Support, *, by, now, data) -> None:
    """The adviser reads and writes from now on."""
    assert obj.adviser is not None
    obj.accepted_at, obj.due_on = now, None
    obj.group.advisers.add(obj.adviser)
    data["adviser"] = obj.adviser_id
    emails.accepted(obj, now=now)


def look_for_another(obj: Support, *, by, now, data) -> None:
    data["adviser"], obj.due_on = obj.adviser_id, due_in(now, DAYS_TO_ASSIGN)
    emails.declined(obj, now=now, reason=data["reason"])
    obj.adviser = None


def finish(obj: Support, *, by, now, data) -> None:
    assert obj.adviser is not None
    obj.ended_at = now
    obj.group.advisers.remove(obj.adviser)
    data["adviser"] = obj.adviser_id
    emails.ended(obj, by=by, now=now, reason=data["reason"])


def take_back(obj: Support, *, by, now, data) -> None:
    obj.due_on = None
    emails.withdrawn(obj, now=now)


SUPPORT = Workflow(
    Support,
    [
        Transition(
            "assign",
            gettext_lazy("Assign an adviser"),
            # From offered: somebody else is asked, for the first does not answer.
            ("asked", "offered"),
            "offered",
            Action.ASSIGN_ADVISER,
            guards=(adviser_is_free,),
            effects=(offer,),
            needs=("adviser",),
            notes=("adviser",),
        ),
        Transition(
            "accept",
            gettext_lazy("Accept to help"),
            ("offered",),
            "active",
            Action.ANSWER_SUPPORT,
            guards=(adviser_is_still_free,),
            effects=(begin,),
            notes=("adviser",),
        ),
        Transition(
            "decline",
            gettext_lazy("Decline to help"),
            ("offered",),
            "asked",
            Action.ANSWER_SUPPORT,
            guards=(needs_reason,),
            effects=(look_for_another,),
            needs=("reason",),
            notes=("adviser",),
            style="secondary",
        ),
        Transition(
            "end",
            gettext_lazy("End the support"),
            ("active",),
            "ended",
            Action.END_SUPPORT,
            guards=(needs_reason,),
            effects=(finish,),
            needs=("reason",),
            notes=("adviser",),
            style="danger",
        ),
        Transition(
            "withdraw",
            gettext_lazy("Take the request back"),
            ("asked", "offered"),
            "withdrawn",
            Action.ASK_SUPPORT,
            effects=(take_back,),
            style="danger",
        ),
    ],
)
