"""What the end of a refund and the check of a receipt do besides, in the same transaction, before the row is saved."""

from grants.models import Refund, RefundReceipt


def say_refund(refund: Refund, *, by, now, data) -> None:
    """Which refund, for the timeline."""
    data |= {"number": refund.number, "amount": refund.amount}


def checked(receipt: RefundReceipt, *, by, now, data) -> None:
    """Who looked for it, when, and why it was not found."""
    receipt.checked_by, receipt.checked_at = by, now
    receipt.reason = str(data.get("reason", "")).strip()
    data |= {"number": receipt.refund.number, "amount": receipt.amount}
