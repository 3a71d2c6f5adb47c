"""The people of a group: places by invitation, the representation handed over, the coordinator nominated.

As in members.py: permission, lock, timeline, letters, in one transaction each.
"""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import actions as accounts_actions
from accounts.access import require
from accounts.models import Invitation, User
from accounts.permissions import Action
from accounts.roles import Role
from core import documents, timeline
from core.dates import add_months, day_of
from core.models import Case
from core.workflow import NotAllowed, TransitionRefused
from groups import emails
from groups.actions.members import lock
from groups.models import Appointment, Group, GroupPerson

# The places that a representative invites to; their own is handed over instead.
INVITED_TO = (Role.MEMBER, Role.VIEWER)
CV = "coordinator_cv"
# The longest absence for which somebody stands in.
MONTHS_TO_STAND_IN = 3


# --- Places ------------------------------------------------------------------------------------------


@transaction.atomic
def invite_person(*, by: User, group: Group, email: str, role: str, now: datetime) -> Invitation:
    """Invite an address to write with the representative (member) or only to read (viewer). It takes the place of an
    earlier invitation that waits: nobody has two links that mean different things.

    Raises NotAllowed or TransitionRefused.
    """
    require(by, Action.MANAGE_GROUP_PEOPLE, group)
    lock(group)
    if role not in INVITED_TO:
        raise TransitionRefused(_("Choose what the person may do."))
    email = email.strip().lower()
    if group.people.filter(until=None, user__email=email).exists():
        raise TransitionRefused(_("This person has a place in the group already."))
    for earlier in Invitation.objects.waiting().filter(case=group.case_id, email=email, role__in=INVITED_TO):
        accounts_actions.revoke(by=by, invitation=earlier, now=now)
    return accounts_actions.invite(by=by, case=group.case, email=email, role=role, now=now)


@transaction.atomic
def revoke_invitation(*, by: User, group: Group, invitation: Invitation, now: datetime) -> Invitation:
    """Take an invitation back, before it is accepted."""
    require(by, Action.MANAGE_GROUP_PEOPLE, group)
    if invitation.case_id != group.case_id or invitation.role not in INVITED_TO:
        raise TransitionRefused(_("This is not an invitation of the group."))
    return accounts_actions.revoke(by=by, invitation=invitation, now=now)


def take_place(invitation: Invitation, user: User, now: datetime) -> str:
    """What accepting an invitation to a group means; answers where to go on."""
    group = Group.objects.get(case_id=invitation.case_id)
    case = lock(group)
    if group.people.filter(until=None, user=user).exists():
        raise TransitionRefused(_("You have a place in this group already."))
    place = GroupPerson.objects.create(group=group, user=user, role=invitation.role, since=day_of(now))
    timeline.record(case, "person.joined", by=user, now=now, obj=place, role=invitation.role)
    return reverse("group_detail", args=[group.pk])


@transaction.atomic
def end_place(*, by: User, group: Group, place: GroupPerson, now: datetime) -> GroupPerson:
    """End a person's place: by the representative, or by the person. The row stays."""
    if by.pk != place.user_id:
        require(by, Action.MANAGE_GROUP_PEOPLE, group)
    case = lock(group)
    place = _active_place(group, place)
    if place.role == Role.REPRESENTATIVE:
        raise TransitionRefused(
            _("A group always has a representative: hand the representation over to another member first.")
        )
    place.until = day_of(now)
    place.save(update_fields=["until"])
    words = str(place.user) if by.pk != place.user_id else ""
    timeline.record(case, "person.left", by=by, now=now, obj=place, role=place.role, text=words)
    return place


@transaction.atomic
def hand_over(*, by: User, group: Group, to: GroupPerson, now: datetime) -> GroupPerson:
    """Hand the representation over to another person of the group; who had it stays as a member."""
    require(by, Action.MANAGE_GROUP_PEOPLE, group)
    case = lock(group)
    mine = group.people.filter(until=None, user=by, role=Role.REPRESENTATIVE).first()
    if mine is None:
        raise NotAllowed.naming(Action.MANAGE_GROUP_PEOPLE)
    theirs = _active_place(group, to)
    if theirs.pk == mine.pk:
        raise TransitionRefused(_("You represent the group already."))
    if not theirs.user.is_active:
        raise TransitionRefused(_("This account is closed."))
    today = day_of(now)
    group.people.filter(pk__in=[mine.pk, theirs.pk]).update(until=today)
    GroupPerson.objects.create(group=group, user=by, role=Role.MEMBER, since=today)
    place = GroupPerson.objects.create(group=group, user=theirs.user, role=Role.REPRESENTATIVE, since=today)
    event = timeline.record(
        case,
        "representation.handed_over",
        by=by,
        now=now,
        obj=place,
        before=by.pk,
        after=theirs.user_id,
        text=str(theirs.user),
    )
    emails.representation(group, old=by, new=theirs.user, event=event.pk, now=now)
    return place


def _active_place(group: Group, place: GroupPerson) -> GroupPerson:
    """The row as it is now, under the group's lock."""
    found = group.people.filter(pk=place.pk, until=None).select_related("user").first()
    if found is None:
        raise TransitionRefused(_("This person has no place in the group any more."))
    return found


# --- The coordinator ---------------------------------------------------------------------------------


@transaction.atomic
def nominate(
    *,
    by: User,
    group: Group,
    email: str,
    full_name: str,
    background: str,
    now: datetime,
    no_conflict: bool = False,
    cv: UploadedFile | None = None,
    why: str = "",
    stand_in_from: date | None = None,
    stand_in_until: date | None = None,
) -> Appointment:
    """Nominate a coordinator, who then answers (groups.workflow.APPOINTMENT); with days, somebody who stands in on them.

    `why` says why the coordinator in office is replaced or away.

    Who has an account gets a letter, any other address an invitation that leads to one: nothing tells `by` which.
    Raises NotAllowed, TransitionRefused, or ValidationError for the file.
    """
    require(by, Action.NOMINATE_COORDINATOR, group)
    case = lock(group)
    email = email.strip().lower()
    days = None if stand_in_until is None else (stand_in_from, stand_in_until)
    if refusal := nomination_refusal(group, email=email, why=why, days=days, today=day_of(now)):
        raise TransitionRefused(refusal)
    person = User.objects.filter(email=email, is_active=True).first()
    appointment = Appointment.objects.create(
        group=group,
        person=person,
        email=email,
        full_name=full_name,
        background=background,
        no_conflict=no_conflict,
        nominated_on=day_of(now),
        why=why.strip(),
        stand_in_from=stand_in_from,
        stand_in_until=stand_in_until,
    )
    if cv:
        appointment.cv = documents.store(
            case=case, kind=CV, owner_id=appointment.pk, upload=cv, by=by, now=now
        )
        appointment.save(update_fields=["cv"])
    on_days: dict[str, Any] = {"from": stand_in_from, "until": stand_in_until} if days else {}
    timeline.record(
        case,
        "appointment.nominated",
        by=by,
        now=now,
        obj=appointment,
        no_conflict=no_conflict,
        text=full_name,
        **on_days,
    )
    if person:
        emails.nominated(appointment, by=by, now=now)
    else:
        accounts_actions.invite(by=by, case=case, email=email, role=Role.NOMINEE, now=now)
    return appointment


def nomination_refusal(
    group: Group, *, email: str, why: str, days: tuple[date | None, date | None] | None, today: date
) -> str:
    """Why a nomination does not stand, in a sentence; "" when it does. With `days`, of somebody who stands in on them."""
    if days is None:
        sentence = why_not_nominate(group)
    else:
        sentence = why_not_stand_in(group) or days_refusal(group, email, *days, today)
    if not sentence and not why.strip() and (days or replaced(group)):
        return _("Say why.")
    return sentence


def why_not_nominate(group: Group) -> str:
    """Why a group cannot nominate somebody now, in a sentence; "" when it can. A successor may be nominated while the
    coordinator is still in office."""
    if open_one := group.appointments.waiting().coordinators().first():
        return _("%(name)s is nominated already. Take that nomination back first.") % {
            "name": open_one.full_name
        }
    return ""


def why_not_stand_in(group: Group) -> str:
    """Why nobody can be nominated to stand in now, in a sentence; "" when somebody can."""
    if open_one := group.appointments.waiting().stand_ins().first():
        return _("%(name)s is nominated to stand in already. Take that nomination back first.") % {
            "name": open_one.full_name
        }
    if not group.appointments.coordinators().filter(status=Appointment.Status.CONFIRMED).exists():
        return _(
            "There is no coordinator in office for whom somebody could stand in: nominate a coordinator."
        )
    return ""


def replaced(group: Group) -> Appointment | None:
    """The coordinator in office, without a last day, whom a new one would replace."""
    return (
        group.appointments.coordinators().filter(status=Appointment.Status.CONFIRMED, ended_on=None).first()
    )


def days_refusal(group: Group, email: str, first: date | None, last: date | None, today: date) -> str:
    """What is wrong with the days or the person of a mandate to stand in, in a sentence; "" when nothing is."""
    if first is None or last is None:
        return _("The last day is before the first.")
    return next((sentence for _name, sentence in stand_in_faults(group, email, first, last, today)), "")


def stand_in_faults(
    group: Group, email: str, first: date | None, last: date | None, today: date
) -> Iterator[tuple[str, str]]:
    """All that is wrong with the days or the person of a mandate to stand in: the field, and the sentence about it."""
    if first is not None and first < today:
        yield (
            "stand_in_from",
            _("A mandate begins today at the earliest: it is accepted and confirmed first."),
        )
    if first is not None and last is not None:
        if last < first:
            yield "stand_in_until", _("The last day is before the first.")
        elif last > add_months(first, MONTHS_TO_STAND_IN):
            yield (
                "stand_in_until",
                _("Nobody stands in for more than %(months)s months: nominate a new coordinator.")
                % {"months": MONTHS_TO_STAND_IN},
            )
    posts = group.appointments.coordinators().filter(status=Appointment.Status.CONFIRMED)
    if email and posts.filter(email=email.strip().lower()).exists():
        yield "email", _("This is the coordinator: somebody else stands in.")


def take_nomination(invitation: Invitation, user: User, now: datetime) -> str:
    """The invited address has an account now: the nomination is theirs to answer. Answers where to go on."""
    case = Case.objects.select_for_update().get(pk=invitation.case_id)
    waiting = Appointment.objects.waiting().filter(group__case=case, email=invitation.email, person=None)
    found = list(waiting)
    if not found:
        raise TransitionRefused(_("This nomination was taken back."))
    # Of one and the same person, both as coordinator and to stand in.
    waiting.update(person=user)
    return emails.address_of(found[0])


def may_read_cv(user: User, document) -> bool:
    """Who may read a curriculum: who may see the appointment that it belongs to."""
    appointment = Appointment.objects.filter(cv=document).select_related("group").first()
    return appointment is not None and user.can(Action.VIEW_APPOINTMENT, appointment)
