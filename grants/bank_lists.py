"""Making a list of payments for the bank: chosen ordered payments in one file, made once (PROGRAMME 10).

The file is kept as it was made: whoever takes it again has the same bytes. It gives nobody a right to be paid: finance
still confirms each payment by the Treasury's order.
"""

import csv
import datetime as dt
import hashlib
import io
from collections.abc import Sequence

from django.db import IntegrityError, transaction
from django.db.models import Exists, Max, OuterRef, Q
from django.utils.translation import gettext as _

from accounts.access import require, require_held
from accounts.permissions import Action
from core import timeline
from core.cells import cell
from core.money import ZERO
from core.workflow import StaleObject, TransitionRefused
from grants.models import BankList, BankListItem, Disbursement, Project
from grants.querysets import PAYS_SALARY, DisbursementQuerySet

MOST_PAYMENTS = 500
# The bank reads the file by its titles: they are in one language.
TITLES = ("lista", "orden", "expediente", "beneficiario", "cuit", "cbu", "importe", "concepto")


# The project runs (a salary is also paid after the end), and nobody named another account since.
PAYABLE = Q(payee__current=True) & (
    Q(tranche__project__status__in=Project.RUNNING)
    | Q(tranche__kind="salary", tranche__project__status__in=PAYS_SALARY)
)


def listable(user) -> DisbursementQuerySet:
    """Ordered payments of projects that run (a salary also after the end), on no live list, that this person sees; the oldest first."""
    live = BankListItem.objects.filter(disbursement=OuterRef("pk"), live=True)
    rows = Disbursement.objects.visible_to(user).awaiting_confirmation().with_case()
    return rows.filter(PAYABLE, ~Exists(live)).order_by("ordered_at", "id")


def why_not_sent(bank_list: BankList) -> str:
    """Why the bank must not get a list, or not again, in a sentence; "" when it may. A payment on it may not be made any more:
    its project was suspended or ended since, or its payee replaced."""
    if bank_list.status != BankList.Status.LIVE:
        return ""
    live = bank_list.items.filter(disbursement__status=Disbursement.Status.ORDERED)
    payable = Disbursement.objects.filter(PAYABLE).values("pk")
    stopped = live.exclude(disbursement__in=payable).order_by("position").values_list("position", flat=True)
    if not stopped:
        return ""
    return _(
        "Not to be paid now: number %(numbers)s of the list. The project is suspended or has ended, or its payee was replaced. "
        "Void the list and make another one, or, if the bank had it, stop the payment there."
    ) % {"numbers": ", ".join(str(position) for position in stopped)}


def _text(number: int, payments: Sequence[Disbursement]) -> str:
    """The file: one row a payment, amounts with a point and two places. No cell begins like a formula."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(TITLES)
    for position, payment in enumerate(payments, 1):
        payee, project = payment.payee, payment.project
        tranche = payment.tranche
        what = f"salario mes {tranche.salary.number}" if tranche.is_salary else f"tramo {tranche.number}"
        concept = f"{project.reference or project.pk} {what}"
        amount = f"{payment.amount:.2f}"
        row = (number, position, project.reference or "", payee.name, payee.cuit, payee.cbu, amount, concept)
        writer.writerow([cell(each) for each in row])
    return out.getvalue()


def make(*, by, payments: Sequence[int], now: dt.datetime) -> BankList:
    """Make the list of these payments (their ids), in the order in which they were ordered.

    Raises NotAllowed or TransitionRefused, and then nothing was made.
    """
    require_held(by, Action.MAKE_BANK_LIST)
    if not payments:
        raise TransitionRefused(_("Choose at least one payment."))
    if len(payments) > MOST_PAYMENTS:
        raise TransitionRefused(_("A list has at most %(most)s payments.") % {"most": MOST_PAYMENTS})
    try:
        with transaction.atomic():
            return _make(by, payments, now)
    except IntegrityError as error:
        # Another list was made at the same second, or a payment moved: only the database sees both.
        if any(name in str(error) for name in ("one_live_bank_list", "bank_item_", "grants_banklist_number")):
            raise TransitionRefused(_gone()) from error
        raise


def _make(by, payments: Sequence[int], now: dt.datetime) -> BankList:
    # One list after the other: the numbers have no gaps.
    head = timeline.locked_system_case(now)
    chosen = list(listable(by).with_roles().filter(pk__in=payments))
    if len(chosen) != len(set(payments)):
        raise TransitionRefused(_gone())
    for payment in chosen:
        require(by, Action.MAKE_BANK_LIST, payment)
    number = (BankList.objects.aggregate(last=Max("number"))["last"] or 0) + 1
    content = _text(number, chosen)
    made = BankList.objects.create(
        number=number,
        made_by=by,
        made_at=now,
        count=len(chosen),
        total=sum((payment.amount for payment in chosen), ZERO),
        content=content,
        sha256=hashlib.sha256(content.encode()).hexdigest(),
    )
    BankListItem.objects.bulk_create(
        BankListItem(bank_list=made, position=position, disbursement=payment, amount=payment.amount)
        for position, payment in enumerate(chosen, 1)
    )
    timeline.record(
        head,
        "banklist.make",
        by=by,
        now=now,
        obj=made,
        to_state=made.status,
        number=made.number,
        amount=made.total,
        count=made.count,
        sha256=made.sha256,
    )
    return made


def _gone() -> str:
    return _(
        "Something moved since the page was shown: a payment is on another list, or is no longer ordered."
    )


def void(*, by, bank_list: BankList, reason: str, now: dt.datetime, version: int | None = None) -> BankList:
    """A list that the bank did not get: its payments may go on another. Raises NotAllowed, StaleObject or
    TransitionRefused."""
    require_held(by, Action.MAKE_BANK_LIST)
    with transaction.atomic():
        head = timeline.locked_system_case(now)
        bank_list = BankList.objects.select_for_update().get(pk=bank_list.pk)
        if version is not None and version != bank_list.version:
            raise StaleObject
        if refusal := void_refusal(bank_list):
            raise TransitionRefused(refusal)
        if not reason.strip():
            raise TransitionRefused(_("Say why."))
        bank_list.status, bank_list.reason = BankList.Status.VOIDED, reason.strip()
        bank_list.voided_by, bank_list.voided_at = by, now
        bank_list.version += 1
        bank_list.save()
        bank_list.items.update(live=False)
        timeline.record(
            head,
            "banklist.void",
            by=by,
            now=now,
            obj=bank_list,
            to_state=bank_list.status,
            text=bank_list.reason,
            number=bank_list.number,
            amount=bank_list.total,
        )
    return bank_list


def void_refusal(bank_list: BankList) -> str:
    """Why a list cannot be voided, in a sentence; "" when it can."""
    if bank_list.status != BankList.Status.LIVE:
        return _("This list was voided already.")
    paid = bank_list.items.filter(disbursement__status=Disbursement.Status.PAID)
    if paid.exists():
        return _("A payment of this list was made: the bank had it.")
    return ""
