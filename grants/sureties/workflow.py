"""The states of a surety. `take` makes the row: grants.sureties.actions does that."""

from django.utils.translation import gettext_lazy as _

from accounts.permissions import Action
from core.workflow import Transition, Workflow
from grants.models import Surety
from grants.sureties import guards


def let_go(surety: Surety, *, by, now, data) -> None:
    """Who let it go, and when; for the timeline, which."""
    surety.released_by, surety.released_at = by, now
    data |= {"surety": surety.pk, "amount": surety.amount}


SURETY = Workflow(
    model=Surety,
    transitions=[
        Transition(
            name="take",
            label=_("Enter a surety"),
            sources=("",),
            target=Surety.Status.HELD,
            permission=Action.KEEP_SURETY,
        ),
        Transition(
            name="release",
            label=_("Release the surety"),
            sources=(Surety.Status.HELD,),
            target=Surety.Status.RELEASED,
            permission=Action.KEEP_SURETY,
            guards=(guards.is_proven,),
            effects=(let_go,),
            notes=("surety", "amount"),
        ),
    ],
)
