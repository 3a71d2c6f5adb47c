"""What an approval asks of the group by a day: owed by its representative until an officer marks it as met (PROGRAMME 5).
An approval that was annulled or renounced asks for nothing any more, nor does a project that has ended."""

import datetime as dt

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.access import require
from accounts.models import User
from accounts.permissions import Action
from applications.models import Application, DecisionCondition
from core import dates, timeline
from core.models import Case
from core.workflow import TransitionRefused

PROJECT_OVER = ("closed", "terminated")


def owed() -> QuerySet[DecisionCondition]:
    """Conditions that still stand and are not met."""
    standing = DecisionCondition.objects.filter(
        met_on=None, decision__application__status=Application.Status.APPROVED
    )
    return standing.exclude(decision__application__project__status__in=PROJECT_OVER)


def why_not_met(condition: DecisionCondition) -> str:
    """Why a condition cannot be marked as met now; "" when it can."""
    if condition.met_on:
        return _("This condition was marked as met already.")
    if not owed().filter(pk=condition.pk).exists():
        return _("The approval does not stand any more: nothing is owed for it.")
    return ""


@transaction.atomic
def meet(
    *, by: User, condition: DecisionCondition, met_on: dt.date, proof: str, now: dt.datetime
) -> DecisionCondition:
    """Mark a condition as met, with what shows it. Raises NotAllowed or TransitionRefused."""
    application = condition.decision.application
    case = Case.objects.select_for_update().get(pk=application.case_id)
    fresh = (
        DecisionCondition.objects.select_for_update(of=("self",))
        .select_related("decision")
        .get(pk=condition.pk)
    )
    require(by, Action.MEET_CONDITION, application)
    if sentence := why_not_met(fresh):
        raise TransitionRefused(sentence)
    if not dates.day_of(fresh.decision.decided_at) <= met_on <= dates.day_of(now):
        raise TransitionRefused(_("It was met between the day of the decision and today."))
    if not proof.strip():
        raise TransitionRefused(_("Say what shows it."))
    fresh.met_on, fresh.met_by = met_on, by
    fresh.save(update_fields=["met_on", "met_by"])
    timeline.record(
        case,
        "application.condition_met",
        by=by,
        now=now,
        obj=application,
        locked=True,
        text=proof.strip(),
        condition=fresh.pk,
        order=fresh.order,
        met_on=met_on,
    )
    return fresh
