"""The states of what is given back: a refund, and each receipt of it. Nothing else writes them.

`ask` and `give` make the rows: grants.refunds.actions does that.
"""

from django.utils.translation import gettext_lazy as _

from accounts.permissions import Action
from core.workflow import Transition, Workflow, needs_reason
from grants.models import Refund, RefundReceipt
from grants.refunds import effects, emails, guards

Asked = Refund.Status
Receipt = RefundReceipt.Status

REFUND = Workflow(
    model=Refund,
    transitions=[
        Transition(
            name="ask",
            label=_("Ask for a refund"),
            sources=("",),
            target=Asked.ASKED,
            permission=Action.ASK_REFUND,
        ),
        Transition(
            name="settle",
            label=_("All of it came back"),
            sources=(Asked.ASKED,),
            target=Asked.SETTLED,
            guards=(guards.all_of_it_came,),
            effects=(effects.say_refund,),
            notes=("number", "amount"),
        ),
        Transition(
            name="cancel",
            label=_("Cancel the refund"),
            sources=(Asked.ASKED,),
            target=Asked.CANCELLED,
            permission=Action.ASK_REFUND,
            guards=(guards.nothing_came, needs_reason),
            effects=(effects.say_refund, emails.refund_cancelled),
            needs=("reason",),
            notes=("number", "amount"),
            style="outline-danger",
        ),
    ],
)

RECEIPT = Workflow(
    model=RefundReceipt,
    transitions=[
        Transition(
            name="give",
            label=_("Write down a receipt"),
            sources=("",),
            target=Receipt.GIVEN,
            permission=Action.GIVE_RECEIPT,
        ),
        Transition(
            name="confirm",
            label=_("Confirm that it came"),
            sources=(Receipt.GIVEN,),
            target=Receipt.CONFIRMED,
            permission=Action.CONFIRM_REFUND,
            guards=(guards.checked_by_another,),
            effects=(effects.checked, emails.receipt_moved("confirmed")),
            notes=("number", "amount"),
            style="success",
        ),
        Transition(
            name="refuse",
            label=_("It was not found"),
            sources=(Receipt.GIVEN,),
            target=Receipt.REFUSED,
            permission=Action.CONFIRM_REFUND,
            guards=(guards.checked_by_another, needs_reason),
            effects=(effects.checked, emails.receipt_moved("refused")),
            needs=("reason",),
            notes=("number", "amount"),
            style="outline-danger",
        ),
    ],
)
