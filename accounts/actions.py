"""Giving and ending staff roles, and inviting people: on the timeline, with the rules of PROGRAMME 3."""

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts import delegating
from accounts.access import require
from accounts.invitations import digest, handler_of
from accounts.models import AuditorScope, Invitation, RoleGrant, User
from accounts.permissions import Action
from accounts.roles import STAFF, Role
from core import dates, outbox, timeline
from core.models import Case
from core.workflow import Refusal, TransitionRefused

INVITATION_LASTS = timedelta(days=14)
# One case never has more people waiting than a group could mean: who invites cannot use us to send letters.
MOST_WAITING_INVITATIONS = 50


class InvitationOver(Refusal):
    """The link was used, taken back or has expired."""

    status_code = 410


class WrongAddress(Refusal):
    """The link was sent to somebody else."""

    status_code = 403


def _lock_roles(now: datetime) -> Case:
    """Changes of roles queue up behind one another, so that none is judged by what another is changing."""
    return timeline.locked_system_case(now)


@transaction.atomic
def grant_role(
    *,
    by: User,
    user: User,
    role: str,
    now: datetime,
    valid_to: datetime | None = None,
    cases: Iterable[Case] = (),
) -> RoleGrant:
    """Give a person a staff role. Approver and finance then wait for a second admin.

    An auditor is given cases, and a moment at which it ends. Raises NotAllowed or TransitionRefused.
    """
    require(by, Action.MANAGE_ROLES)
    system, cases = _lock_roles(now), list(cases)
    if by.pk == user.pk:
        raise TransitionRefused(_("Nobody gives a role to themselves. Ask another admin."))
    return _grant(system, by=by, user=user, role=role, now=now, valid_to=valid_to, cases=cases)


@transaction.atomic
def grant_first_admin(*, user: User, now: datetime) -> RoleGrant:
    """Make the first admin of a new system: the one grant that nobody gives. Refused once there is an admin."""
    system = _lock_roles(now)
    if User.objects.with_role(Role.ADMIN, now).exists():
        raise TransitionRefused(_("There is an admin already, who can give this role."))
    return _grant(system, by=None, user=user, role=Role.ADMIN, now=now, valid_to=None, cases=[])


def _grant(
    system: Case,
    *,
    by: User | None,
    user: User,
    role: str,
    now: datetime,
    valid_to: datetime | None,
    cases: list[Case],
) -> RoleGrant:
    if role not in STAFF:
        raise TransitionRefused(_("This is not a role of the programme's staff."))
    if not user.is_active:
        raise TransitionRefused(_("This account is closed."))
    if valid_to is not None and valid_to <= now:
        raise TransitionRefused(_("The last day must not be in the past."))
    if role == Role.AUDITOR and (valid_to is None or not cases):
        raise TransitionRefused(_("Say which cases the auditor may read, and until when."))
    if role != Role.AUDITOR and user.role_grants.not_ended(now).filter(role=role, delegated_by=None).exists():
        raise TransitionRefused(_("This person has the role already."))
    grant = RoleGrant.objects.create(user=user, role=role, granted_by=by, valid_from=now, valid_to=valid_to)
    AuditorScope.objects.bulk_create(AuditorScope(grant=grant, case=case) for case in cases)
    timeline.record(
        system,
        "role.granted",
        by=by,
        now=now,
        obj=grant,
        user=user.pk,
        role=str(role),
        until=valid_to,
        cases=[case.pk for case in cases],
    )
    user.forget_roles()
    return grant


@transaction.atomic
def second_role(*, by: User, grant: RoleGrant, now: datetime) -> RoleGrant:
    """Agree, as a second admin, to a role that another admin gave; from now on it is in force."""
    require(by, Action.MANAGE_ROLES)
    system = _lock_roles(now)
    grant = RoleGrant.objects.select_for_update().get(pk=grant.pk)
    if not grant.waits_for_second or grant.has_ended(now):
        raise TransitionRefused(_("This role does not wait for a second admin."))
    if by.pk == grant.user_id:
        raise TransitionRefused(_("Nobody gives a role to themselves. Ask another admin."))
    if by.pk == grant.granted_by_id:
        raise TransitionRefused(_("You gave this role: the second admin must be somebody else."))
    grant.seconded_by = by
    grant.save(update_fields=["seconded_by"])
    timeline.record(system, "role.seconded", by=by, now=now, obj=grant, user=grant.user_id, role=grant.role)
    if grant.delegated_by_id:
        delegating.tell_in_force(grant, now)
    return grant


@transaction.atomic
def end_role(*, by: User, grant: RoleGrant, now: datetime, reason: str) -> RoleGrant:
    """End a role from this moment. The row stays: who could do what, and when, can always be read."""
    require(by, Action.MANAGE_ROLES)
    system = _lock_roles(now)
    grant = RoleGrant.objects.select_for_update().get(pk=grant.pk)
    if grant.has_ended(now):
        raise TransitionRefused(_("This role has ended already."))
    if not reason.strip():
        raise TransitionRefused(_("Say why."))
    admins = User.objects.with_role(Role.ADMIN, now).exclude(pk=grant.user_id)
    if grant.role == Role.ADMIN and not admins.exists():
        raise TransitionRefused(_("This is the last admin. Give the role to somebody else first."))
    grant.valid_to = max(now, grant.valid_from)
    grant.save(update_fields=["valid_to"])
    timeline.record(
        system,
        "role.ended",
        by=by,
        now=now,
        obj=grant,
        text=reason,
        user=grant.user_id,
        role=grant.role,
    )
    return grant


@transaction.atomic
def invite(*, by: User, case: Case, email: str, role: str, now: datetime) -> Invitation:
    """Invite an address to a role in a case, by a link that works once. A second invitation replaces the first.

    The caller has checked that `by` may. Nothing tells `by` whether the address has an account.
    """
    handler_of(role)
    email = email.strip().lower()
    case = Case.objects.select_for_update().get(pk=case.pk)
    for earlier in Invitation.objects.waiting().filter(case=case, email=email, role=role):
        revoke(by=by, invitation=earlier, now=now)
    if Invitation.objects.open(now).filter(case=case).count() >= MOST_WAITING_INVITATIONS:
        raise TransitionRefused(_("Too many invitations wait for an answer. Take some back first."))
    token = secrets.token_urlsafe(32)
    invitation = Invitation.objects.create(
        case=case,
        email=email,
        role=role,
        invited_by=by,
        token_digest=digest(token),
        created_at=now,
        expires_at=now + INVITATION_LASTS,
    )
    timeline.record(case, "invitation.sent", by=by, now=now, obj=invitation, role=role)
    _send_invitation(invitation, token, now)
    return invitation


def _send_invitation(invitation: Invitation, token: str, now: datetime) -> None:
    """Queue the letter with the link: in the language of the person, if they have an account, else of who invites."""
    person = User.objects.filter(email=invitation.email, is_active=True).first()
    language = (person or invitation.invited_by).language
    with translation.override(language):
        context = {
            "case": invitation.case.name,
            "role": invitation.role_label,
            "invited_by": str(invitation.invited_by),
            "expires_on": date_format(dates.day_of(invitation.expires_at), "SHORT_DATE_FORMAT"),
            "url": settings.SITE_URL + reverse("invitation", args=[token]),
        }
    outbox.queue(
        key=f"invitation.{invitation.pk}",
        to=person,
        address=invitation.email,
        template="invitation",
        now=now,
        case=invitation.case,
        language=language,
        context=context,
        confidential=True,
    )


@transaction.atomic
def revoke(*, by: User, invitation: Invitation, now: datetime) -> Invitation:
    """Take an invitation back. The caller has checked that `by` may."""
    invitation = Invitation.objects.select_for_update().get(pk=invitation.pk)
    if invitation.accepted_at or invitation.revoked_at:
        raise TransitionRefused(_("This invitation was answered or taken back already."))
    invitation.revoked_at = now
    invitation.save(update_fields=["revoked_at"])
    timeline.record(
        invitation.case, "invitation.revoked", by=by, now=now, obj=invitation, role=invitation.role
    )
    return invitation


def find_invitation(token: str) -> Invitation | None:
    """The invitation that a link belongs to, whatever its state."""
    found = Invitation.objects.filter(token_digest=digest(token))
    return found.select_related("case", "invited_by").first()


def over(invitation: Invitation, now: datetime) -> str:
    """Why an invitation cannot be accepted any more, in a sentence; "" when it can."""
    if invitation.accepted_at:
        return _("This invitation was used already.")
    if invitation.revoked_at:
        return _("This invitation was taken back. Ask who invited you for a new one.")
    if invitation.expires_at <= now:
        return _("This invitation has expired. Ask who invited you for a new one.")
    return ""


@transaction.atomic
def accept(*, token: str, user: User, now: datetime) -> Invitation:
    """Accept an invitation, once, as the person to whom it was sent; the app that owns the role then gives it.

    Raises Invitation.DoesNotExist, InvitationOver, WrongAddress, or what the role's handler refuses.
    """
    invitation = Invitation.objects.select_for_update().get(token_digest=digest(token))
    if sentence := over(invitation, now):
        raise InvitationOver(sentence)
    if user.email != invitation.email:
        raise WrongAddress(
            _("This invitation was sent to another address. Log in with the account of that address.")
        )
    invitation.accepted_at, invitation.accepted_by = now, user
    invitation.save(update_fields=["accepted_at", "accepted_by"])
    timeline.record(
        invitation.case, "invitation.accepted", by=user, now=now, obj=invitation, role=invitation.role
    )
    invitation.next_url = handler_of(invitation.role)(invitation, user, now) or ""
    return invitation
