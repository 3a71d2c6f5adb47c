"""What is told about refunds: one function per message, queued in the transaction of what it tells."""

from collections.abc import Callable

from django.urls import reverse

from accounts.models import User
from accounts.roles import Role
from core.dates import day_of
from core.money import format_money
from grants.emails import day_text, tell
from grants.models import Refund, RefundReceipt


def refund_asked(refund: Refund, *, now) -> None:
    """To the group: give back so much, by this day, to this account."""
    _tell_group(refund, "refund_asked", key="asked", now=now)


def refund_cancelled(refund: Refund, *, by, now, data) -> None:
    """To the group: nothing of it is owed any more."""
    _tell_group(refund, "refund_cancelled", key="cancelled", now=now, reason=data["reason"])


def receipt_given(receipt: RefundReceipt, *, now) -> None:
    """To finance: money to look for."""
    refund = receipt.refund
    people = [
        person for person in User.objects.with_role(Role.FINANCE, now) if person.pk != receipt.written_by_id
    ]
    tell(
        people,
        "refund_receipt_given",
        refund.project,
        key=f"receipt.{receipt.pk}.given",
        now=now,
        url=reverse("refund_detail", args=[refund.pk]),
        amount=format_money(receipt.amount),
        paid_on=day_text(receipt.paid_on),
        reference=receipt.reference,
    )


def receipt_moved(what: str) -> Callable[..., None]:
    """An effect that tells the group what became of a receipt."""

    def effect(receipt: RefundReceipt, *, by, now, data) -> None:
        _tell_group(
            receipt.refund,
            f"refund_receipt_{what}",
            key=f"receipt.{receipt.pk}.{what}",
            now=now,
            receipt=format_money(receipt.amount),
            reference=receipt.reference,
            reason=receipt.reason,
        )

    return effect


def _tell_group(refund: Refund, template: str, *, key: str, now, **context) -> None:
    project = refund.project
    tell(
        project.people_to_tell(day_of(now)),
        template,
        project,
        key=f"refund.{refund.pk}.{key}",
        now=now,
        url=reverse("refund_detail", args=[refund.pk]),
        amount=format_money(refund.amount),
        due_on=day_text(refund.due_on),
        account_name=refund.account_name,
        account=refund.formatted_cbu,
        **context,
    )
