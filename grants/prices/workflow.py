"""The states of an update of prices, and what moves it (PROGRAMME 5 and 10). Nothing else writes its status; it is prepared by
grants.prices.actions."""

from django.utils.translation import gettext_lazy as _

from accounts.permissions import Action
from applications.models import Call
from core.workflow import Transition, Workflow, needs_reason
from grants.models import PriceUpdate
from grants.prices import effects, emails, guards

State = PriceUpdate.Status


def lock_envelope(update: PriceUpdate) -> None:
    """One row's lock for all projects of the call."""
    Call.objects.select_for_update(no_key=True).get(pk=update.call_id)


PRICE_UPDATE = Workflow(
    model=PriceUpdate,
    lock_first=lock_envelope,
    transitions=[
        Transition(
            name="prepare",
            label=_("Prepare an update of prices"),
            sources=("",),
            target=State.PREPARED,
            permission=Action.PREPARE_PRICE_UPDATE,
        ),
        Transition(
            name="issue",
            label=_("Issue it by resolution"),
            sources=(State.PREPARED,),
            target=State.ISSUED,
            permission=Action.ISSUE_PRICE_UPDATE,
            guards=(
                guards.clause_holds,
                guards.issued_by_another,
                guards.is_independent,
                guards.envelope_holds,
                guards.has_resolution,
            ),
            effects=(effects.say_which, effects.write_resolution, effects.raise_projects, emails.issued),
            needs=("resolution", "resolved_on", "grounds", "figures"),
            notes=("month", "projects", "amount", "resolution"),
            style="success",
        ),
        Transition(
            name="withdraw",
            label=_("Withdraw it"),
            sources=(State.PREPARED,),
            target=State.WITHDRAWN,
            permission=Action.PREPARE_PRICE_UPDATE,
            guards=(needs_reason,),
            effects=(effects.say_which,),
            needs=("reason",),
            notes=("month",),
            style="outline-danger",
        ),
        Transition(
            name="refuse",
            label=_("Refuse it"),
            sources=(State.PREPARED,),
            target=State.WITHDRAWN,
            permission=Action.ISSUE_PRICE_UPDATE,
            guards=(guards.issued_by_another, guards.is_independent, needs_reason),
            effects=(effects.say_which, emails.refused),
            needs=("reason",),
            notes=("month",),
            style="outline-danger",
        ),
    ],
)
