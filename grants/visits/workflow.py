"""The states of a visit, and what moves it. Nothing else writes its status; one is planned by grants.visits.actions."""

from django.utils.translation import gettext_lazy as _

from accounts.permissions import Action
from core.workflow import Transition, Workflow, needs_reason
from grants.models import Visit
from grants.visits import effects, emails, guards

State = Visit.Status

VISIT = Workflow(
    model=Visit,
    transitions=[
        Transition(
            name="plan",
            label=_("Plan a visit"),
            sources=("",),
            target=State.PLANNED,
            permission=Action.LOG_VISIT,
        ),
        Transition(
            name="log",
            label=_("Log what was seen"),
            sources=(State.PLANNED,),
            target=State.DONE,
            permission=Action.LOG_VISIT,
            guards=(guards.took_place, guards.agreements_hold),
            effects=(effects.write_log, emails.logged),
            needs=("on", "met", "seen"),
            notes=("on", "mode", "agreed"),
        ),
        Transition(
            name="move",
            label=_("Move it to another day"),
            sources=(State.PLANNED,),
            target=State.PLANNED,
            permission=Action.LOG_VISIT,
            guards=(guards.has_a_new_day, needs_reason),
            effects=(effects.write_day, emails.moved),
            needs=("on", "reason"),
            notes=("on", "was_on"),
            style="secondary",
        ),
        Transition(
            name="cancel",
            label=_("Call it off"),
            sources=(State.PLANNED,),
            target=State.CANCELLED,
            permission=Action.LOG_VISIT,
            guards=(needs_reason,),
            effects=(effects.say_day, emails.cancelled),
            needs=("reason",),
            notes=("on",),
            style="outline-danger",
        ),
    ],
)
