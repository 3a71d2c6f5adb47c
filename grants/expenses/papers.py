"""The vouchers of expenses: who may read them (whoever may read the statement itself)."""

from accounts.permissions import Action
from core.models import Document
from grants.models import Statement

VOUCHER = "expense_voucher"


def may_read(user, document: Document) -> bool:
    """`owner_id` is the statement's."""
    statement = Statement.objects.with_case().filter(pk=document.owner_id).first()
    return statement is not None and user.can(Action.VIEW_STATEMENT, statement)
