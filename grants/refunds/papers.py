"""The bank's paper of money that was given back: who reads it."""

from accounts.permissions import Action
from grants.models import Refund

RECEIPT_FILE = "refund_receipt"


def may_read(user, document) -> bool:
    """Whoever sees the payments of the project."""
    refund = (
        Refund.objects.filter(pk=document.owner_id, project__application__case=document.case_id)
        .select_related("project__application__group")
        .first()
    )
    return refund is not None and user.can(Action.VIEW_PAYMENTS, refund)
