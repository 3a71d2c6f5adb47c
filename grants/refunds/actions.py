"""What happens to refunds across rows: asked, receipts written down and confirmed. Each is one transaction, on the
timeline."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.access import require
from accounts.permissions import Action
from core import documents, timeline
from core.dates import day_of
from core.models import Case
from core.workflow import StaleObject, TransitionRefused
from grants.models import Expense, Project, Refund, RefundReceipt
from grants.refunds import emails, guards
from grants.refunds.papers import RECEIPT_FILE
from grants.refunds.workflow import RECEIPT, REFUND
from grants.tranches import tell_of_ready


def ask_refund(
    *,
    by,
    project: Project,
    why: str,
    amount: Decimal,
    due_on: dt.date,
    account_name: str,
    account_cbu: str,
    explanation: str,
    now: dt.datetime,
    expense: Expense | None = None,
) -> Refund:
    """Ask a group to give back so much (pesos) by a day, to an account of the State.

    Raises NotAllowed or TransitionRefused; the database holds the same.
    """
    with transaction.atomic():
        case = Case.objects.select_for_update().get(pk=project.case.pk)
        project = Project.objects.select_for_update(no_key=True).get(pk=project.pk)
        require(by, Action.ASK_REFUND, project)
        if due_on < day_of(now):
            raise TransitionRefused(_("The day by which it is given back is over already."))
        refusal = (
            guards.gives_back(project)
            or guards.names_its_expense(why=why, expense=expense)
            or guards.within_what_was_paid(project, why=why, amount=amount)
        )
        if refusal:
            raise TransitionRefused(refusal)
        last = project.refunds.order_by("-number").values_list("number", flat=True).first() or 0
        refund = Refund.objects.create(
            project=project,
            number=last + 1,
            why=why,
            expense=expense,
            amount=amount,
            due_on=due_on,
            account_name=account_name,
            account_cbu=account_cbu,
            explanation=explanation.strip(),
            asked_by=by,
            asked_at=now,
        )
        timeline.record(
            case,
            REFUND.action("ask"),
            by=by,
            now=now,
            obj=refund,
            to_state=refund.status,
            text=refund.explanation,
            number=refund.number,
            amount=amount,
            due_on=due_on,
        )
        emails.refund_asked(refund, now=now)
    return refund


def give_receipt(
    *,
    by,
    refund: Refund,
    amount: Decimal,
    paid_on: dt.date,
    reference: str,
    upload: Any,
    now: dt.datetime,
    version: int | None = None,
) -> RefundReceipt:
    """Write down that money was given back, with the bank's paper. `version` is the refund's.

    Raises NotAllowed, StaleObject or TransitionRefused.
    """
    with transaction.atomic():
        case = Case.objects.select_for_update().get(pk=refund.case.pk)
        refund = Refund.objects.select_for_update(no_key=True).get(pk=refund.pk)
        require(by, Action.GIVE_RECEIPT, refund)
        if version is not None and version != refund.version:
            raise StaleObject
        if refusal := guards.receipt_refusal(refund, amount=amount):
            raise TransitionRefused(refusal)
        if paid_on > day_of(now):
            raise TransitionRefused(_("This day is still to come."))
        document = documents.store(
            case=case, kind=RECEIPT_FILE, owner_id=refund.pk, upload=upload, by=by, now=now
        )
        receipt = RefundReceipt.objects.create(
            refund=refund,
            amount=amount,
            paid_on=paid_on,
            reference=reference,
            document=document,
            written_by=by,
            written_at=now,
        )
        refund.version += 1
        refund.save(update_fields=["version"])
        timeline.record(
            case,
            RECEIPT.action("give"),
            by=by,
            now=now,
            obj=receipt,
            to_state=receipt.status,
            number=refund.number,
            amount=amount,
        )
        emails.receipt_given(receipt, now=now)
    return receipt


def check_receipt(
    *,
    by,
    receipt: RefundReceipt,
    name: str,
    now: dt.datetime,
    version: int | None = None,
    data: dict[str, Any] | None = None,
) -> RefundReceipt:
    """Confirm a receipt or say that it was not found (`name` is the transition's); with the last one its refund is settled.

    Raises NotAllowed, StaleObject or TransitionRefused.
    """
    with transaction.atomic():
        receipt = RECEIPT.apply(receipt, name, by=by, now=now, version=version, data=data)
        refund = Refund.objects.get(pk=receipt.refund_id)
        if not REFUND.refusal(refund, REFUND.by_name["settle"], by=None, now=now, data={}):
            REFUND.apply(refund, "settle", by=None, now=now)
        tell_of_ready(refund.project, now=now)
    return receipt
