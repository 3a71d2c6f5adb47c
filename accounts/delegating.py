"""Delegation (PROGRAMME 3): an approver lends their power to somebody of the staff, from a moment to a moment. It is in
force once an admin other than both agreed, as for every approver, and ends with the role of whoever lent it.
"""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import require
from accounts.models import RoleGrant, User
from accounts.permissions import Action
from accounts.roles import Role
from core import outbox, timeline
from core.models import Event
from core.templatetags.lsp import moment
from core.workflow import NotAllowed, TransitionRefused

LONGEST = dt.timedelta(days=366)
# Who fills in the form at 10:03:20 and means “now” typed 10:03.
PATIENCE = dt.timedelta(minutes=30)


def refusal(*, by: User, person: User, starts: dt.datetime, ends: dt.datetime, now: dt.datetime) -> str:
    """Why an approver cannot lend their power to somebody in this time, in a sentence; "" when they can."""
    if by.pk == person.pk:
        return _("Nobody delegates to themselves. Choose a colleague.")
    if not RoleGrant.objects.live(now).filter(user=by, role=Role.APPROVER, delegated_by=None).exists():
        return _("Only who is an approver in their own right delegates: what was lent is not lent on.")
    if not person.staff_roles(now):
        return _("%(name)s holds no role of the programme's staff.") % {"name": person}
    own = person.role_grants.not_ended(now).filter(role=Role.APPROVER, delegated_by=None)
    if own.exists():
        return _("%(name)s is an approver already.") % {"name": person}
    if starts < now - PATIENCE:
        return _("A delegation begins now or later.")
    if ends <= max(starts, now):
        return _("It has to end after it begins.")
    if ends - starts > LONGEST:
        return _("A delegation lasts a year at most.")
    return _clash(by, person, starts, ends, now)


def _clash(by: User, person: User, starts: dt.datetime, ends: dt.datetime, now: dt.datetime) -> str:
    """One delegate at a time, who acts for one approver at a time: so it is always known in whose name they decide."""
    others = (
        RoleGrant.objects.not_ended(now)
        .filter(delegated_by__isnull=False, valid_from__lt=ends, valid_to__gt=starts)
        .select_related("user", "delegated_by")
    )
    for other in others.filter(delegated_by=by)[:1]:
        return _("You delegated to %(name)s already from %(from)s to %(to)s. End that first.") % _words(other)
    for other in others.filter(user=person)[:1]:
        return _("%(name)s decides for %(by)s already from %(from)s to %(to)s.") % _words(other)
    return ""


def _words(grant: RoleGrant) -> dict[str, Any]:
    return {
        "name": str(grant.user),
        "by": str(grant.delegated_by),
        "from": moment(grant.valid_from),
        "to": moment(grant.valid_to),
    }


@transaction.atomic
def delegate(
    *, by: User, person: User, starts: dt.datetime, ends: dt.datetime, grounds: str, now: dt.datetime
) -> RoleGrant:
    """Name a delegate. Admins are told: one of them has to agree. Raises NotAllowed or TransitionRefused."""
    require(by, Action.DELEGATE)
    # As all changes of roles, delegations queue up behind one another.
    system = timeline.locked_system_case(now)
    if sentence := refusal(by=by, person=person, starts=starts, ends=ends, now=now):
        raise TransitionRefused(sentence)
    if not grounds.strip():
        raise TransitionRefused(_("Say why."))
    grant = RoleGrant.objects.create(
        user=person,
        role=Role.APPROVER,
        granted_by=by,
        delegated_by=by,
        valid_from=max(starts, now),
        valid_to=ends,
    )
    timeline.record(
        system,
        "delegation.named",
        by=by,
        now=now,
        obj=grant,
        text=grounds.strip(),
        user=person.pk,
        starts=grant.valid_from,
        ends=ends,
    )
    admins = User.objects.with_role(Role.ADMIN, now).exclude(pk__in=[by.pk, person.pk])
    _tell(grant, "delegation_named", [*admins, person], now)
    return grant


@transaction.atomic
def end(*, by: User, grant: RoleGrant, now: dt.datetime) -> RoleGrant:
    """End a delegation early, or call it off: whoever lent the power, and whoever has it. Raises NotAllowed or
    TransitionRefused."""
    system = timeline.locked_system_case(now)
    grant = (
        RoleGrant.objects.select_for_update(of=("self",))
        .select_related("user", "delegated_by")
        .get(pk=grant.pk, delegated_by__isnull=False)
    )
    if by.pk not in (grant.user_id, grant.delegated_by_id):
        raise NotAllowed(_("Only the two whom a delegation joins end it here; admins, on the person's page."))
    if grant.has_ended(now):
        raise TransitionRefused(_("This delegation is over already."))
    grant.valid_to = max(now, grant.valid_from)
    grant.save(update_fields=["valid_to"])
    timeline.record(system, "delegation.ended", by=by, now=now, obj=grant, user=grant.user_id)
    by.forget_roles()
    _tell(grant, "delegation_ended", [grant.user, grant.delegated_by], now)
    return grant


def tell_in_force(grant: RoleGrant, now: dt.datetime) -> None:
    """An admin agreed: both hear of it."""
    _tell(grant, "delegation_agreed", [grant.user, grant.delegated_by], now)


def _tell(grant: RoleGrant, template: str, readers: Iterable[User | None], now: dt.datetime) -> None:
    for reader in readers:
        assert reader is not None
        outbox.queue(
            key=f"{template}.{grant.pk}.{reader.pk}",
            to=reader,
            template=template,
            now=now,
            context={**_words(grant), "url": reverse("delegation_list")},
        )


# --- Who acts for whom -------------------------------------------------------------------------------


def acted_for(acts: Iterable[tuple[int, dt.datetime]]) -> dict[tuple[int, dt.datetime], int]:
    """In whose name each of these people acted as an approver at each of these moments, where it was by delegation. One
    query; it reads what was in force then, whatever became of the roles since."""
    acts = set(acts)
    people = {person for person, _moment in acts}
    grants = list(RoleGrant.objects.filter(user_id__in=people, role=Role.APPROVER)) if people else []
    found = {}
    for person, when in acts:
        held = [grant for grant in grants if grant.user_id == person and grant.spans(when)]
        lenders = [grant.delegated_by_id for grant in held if grant.delegated_by_id is not None]
        if lenders and len(lenders) == len(held):
            found[person, when] = lenders[0]
    return found


def in_name_of(person: User, when: dt.datetime) -> User | None:
    """The approver in whose name somebody decided at a moment; None who decided in their own right."""
    lender = acted_for([(person.pk, when)]).get((person.pk, when))
    return User.objects.get(pk=lender) if lender else None


# --- On the timeline -----------------------------------------------------------------------------------


def _named(event: Event) -> str:
    person = User.objects.filter(pk=event.data.get("user")).first()
    words = {"name": person or "–", "from": _moment(event, "starts"), "to": _moment(event, "ends")}
    return _("An approver delegates to %(name)s from %(from)s to %(to)s") % words


def _moment(event: Event, key: str) -> str:
    text = event.data.get(key)
    return moment(dt.datetime.fromisoformat(str(text)) if text else None)


def register_sentences() -> None:
    """How delegations read on the timeline of the system."""
    timeline.register("delegation.named", _named, internal=True)
    timeline.register("delegation.ended", gettext_lazy("A delegation ended early"), internal=True)
