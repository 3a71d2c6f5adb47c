"""Who decides on a reconsideration (PROGRAMME 5): the authority that the call names, or the one that decided.

The same authority is the approver who decided or in whose name it was decided, and whoever they delegate to now. Where
another one decides, nobody does who signed the first decision: not for whoever lent them the power either.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from accounts import delegating
from accounts.models import RoleGrant, User
from accounts.roles import Role
from applications.models import Application, Decision
from core.models import Event

# What may be reconsidered, the last of them.
AGAINST = (Decision.Kind.REJECT, Decision.Kind.INELIGIBLE, Decision.Kind.RESERVE)


@dataclass(frozen=True)
class Approvers:
    """Who holds the role at a moment: in their own right, and by delegation of whom."""

    own: frozenset[int] = frozenset()
    lent: dict[int, int] = field(default_factory=dict)

    @property
    def all(self) -> frozenset[int]:
        return self.own | frozenset(self.lent)

    def acting_for(self, person: int) -> frozenset[int]:
        """An approver and their delegate, while they hold the role."""
        mine = {person} & self.own
        return frozenset(mine | {delegate for delegate, lender in self.lent.items() if lender == person})


@dataclass(frozen=True)
class First:
    """The decision in question: who signed it, in whose name, and whether the authority took it (an officer says that
    an application is not eligible)."""

    signed_by: int
    name_of: int
    by_authority: bool


def approvers_at(moment: dt.datetime) -> Approvers:
    """In one query."""
    grants = RoleGrant.objects.live(moment).filter(role=Role.APPROVER, user__is_active=True)
    rows = list(grants.values_list("user_id", "delegated_by_id"))
    own = frozenset(person for person, lender in rows if lender is None)
    return Approvers(own, {person: lender for person, lender in rows if lender and person not in own})


def deciders(approvers: Approvers, *, named: int | None, first: First | None) -> frozenset[int]:
    """Those who may decide on a reconsideration. Pure."""
    if named is not None:
        same = first is not None and named == first.name_of
        found = approvers.acting_for(named)
        return found if same or first is None else found - {first.signed_by}
    if first is None:
        return approvers.all
    if first.by_authority and first.name_of in approvers.own:
        return approvers.acting_for(first.name_of)
    return approvers.all - {first.signed_by}


def firsts(applications: Iterable[int]) -> dict[int, First]:
    """The decision in question of each application. Two queries."""
    rows = Decision.objects.filter(application_id__in=list(applications), kind__in=AGAINST)
    last: dict[int, Decision] = {}
    for decision in rows.order_by("decided_at", "pk"):
        last[decision.application_id] = decision
    names = delegating.acted_for((row.decided_by_id, row.decided_at) for row in last.values())
    return {
        pk: First(
            row.decided_by_id,
            names.get((row.decided_by_id, row.decided_at), row.decided_by_id),
            row.kind != Decision.Kind.INELIGIBLE,
        )
        for pk, row in last.items()
    }


def of(application: Application, moment: dt.datetime) -> frozenset[int]:
    """The ids of those who may decide on the reconsideration of an application at a moment."""
    first = firsts([application.pk]).get(application.pk)
    return deciders(approvers_at(moment), named=application.call.reconsidered_by_id, first=first)


def in_question(application: Application) -> Decision | None:
    """The decision that the group asks to be reconsidered; None where it lapsed without one."""
    rows = application.decisions.filter(kind__in=AGAINST).select_related("decided_by")
    return rows.order_by("decided_at", "pk").last()


def asked(application: Application) -> Event | None:
    """The group's last asking for reconsideration, with its grounds."""
    events = Event.objects.filter(case_id=application.case_id, action="application.ask_reconsideration")
    return events.select_related("actor", "text").order_by("sequence").last()


def why_not(application: Application, *, by: User, now: dt.datetime) -> str:
    """Why an approver may not decide on a reconsideration, in a sentence; "" when they may."""
    first, approvers = firsts([application.pk]).get(application.pk), approvers_at(now)
    named = application.call.reconsidered_by_id
    if by.pk in deciders(approvers, named=named, first=first):
        return ""
    if first and by.pk == first.signed_by:
        return _("You signed the decision that is reconsidered: another authority looks at it.")
    if named is not None and not approvers.acting_for(named):
        return _(
            "The call names %(name)s, who is no approver any more: an admin names another in the call editor."
        ) % {"name": application.call.reconsidered_by}
    whose = application.call.reconsidered_by if named is not None else None
    if whose is None and first is not None:
        whose = User.objects.get(pk=first.name_of)
    return _("%(name)s decides on this reconsideration, or their delegate.") % {"name": whose}
