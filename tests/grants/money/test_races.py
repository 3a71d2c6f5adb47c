"""Two at the same instant, on real connections, fifty rounds of each: one wins, the other reads why, and the ledger adds up."""

import pytest
from django.db import connection

from grants import actions, bank_lists
from grants.models import BankListItem, Disbursement, FinalSettlement, Project, RefundReceipt
from grants.refunds import actions as refunds
from grants.refunds.workflow import REFUND
from grants.workflow import DISBURSEMENT, PROJECT
from tests.clock import NOON
from tests.factories_applications import OFFICE
from tests.factories_grants import finance, finance2, order, payment_at, project_at, treasury
from tests.grants.money.rows import receipt, refund
from tests.grants.test_races import at_once, split

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

ROUNDS = 50


def fault(project: Project) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT grants_ledger_fault(%s)", [project.pk])
        return cursor.fetchone()[0]


def test_two_finance_officers_order_and_end_at_once():
    project = project_at("active")
    tranche, first, second = project.tranches.get(number=1), finance(), finance2()
    for _round in range(ROUNDS):
        won, lost = split(
            at_once(
                *(
                    lambda by=by: actions.order_disbursement(by=by, tranche=tranche, now=NOON)
                    for by in (first, second)
                )
            )
        )
        assert len(won) == len(lost) == 1
        payment, other = won[0], second if won[0].ordered_by == first else first
        won, lost = split(
            at_once(
                lambda payment=payment: DISBURSEMENT.apply(
                    payment, "cancel", by=first, now=NOON, data={"reason": "Once more."}
                ),
                lambda payment=payment, other=other: DISBURSEMENT.apply(
                    payment, "fail", by=other, now=NOON, data={"reason": "Refused."}
                ),
            )
        )
        assert len(won) == len(lost) == 1
        assert fault(project) == ""
    assert project.ledger.filter(kind="ordered").count() == 2 * ROUNDS
    payment = order(tranche)
    won, lost = split(
        at_once(
            *[
                lambda: actions.confirm_disbursement(
                    by=second, disbursement=payment, now=NOON, **treasury(payment)
                )
            ]
            * 2
        )
    )
    assert len(won) == len(lost) == 1
    assert project.ledger.filter(kind="paid").count() == 1


def test_a_refund_is_confirmed_once():
    project = payment_at("paid").project
    first, second = finance(), finance2()
    for number in range(1, ROUNDS + 1):
        given = receipt(refund(project, 10))
        won, lost = split(
            at_once(
                *(
                    lambda by=by, given=given: refunds.check_receipt(
                        by=by, receipt=given, name="confirm", now=NOON
                    )
                    for by in (first, second)
                )
            )
        )
        assert len(won) == len(lost) == 1
        assert project.ledger.filter(kind="returned").count() == number
        assert fault(project) == ""
    assert RefundReceipt.objects.filter(status="confirmed").count() == ROUNDS


def test_two_refunds_at_once_do_not_pass_what_was_paid():
    project = payment_at("paid").project
    first, second = finance(), finance2()
    for _round in range(ROUNDS):
        won, lost = split(at_once(*(lambda by=by: refund(project, 700_000, by=by) for by in (first, second))))
        assert len(won) == len(lost) == 1
        assert "can be asked back" in lost[0]
        REFUND.apply(won[0], "cancel", by=first, now=NOON, data={"reason": "Once more."})


def test_closing_against_ordering():
    """Either the payment is under way, and the project stays open; or it is closed, and nothing is ordered."""
    officer, money = OFFICE.officer, finance()
    project = project_at("active")
    tranche = project.tranches.get(number=1)
    # Past the reports: they are not what is raced for.
    guards = PROJECT.more_guards.pop("close", [])
    try:
        for _round in range(ROUNDS):
            Project.objects.filter(pk=project.pk, status="active").update(status="closing")
            won, lost = split(
                at_once(
                    lambda tranche=tranche: order(tranche, by=money),
                    lambda project=project: PROJECT.apply(project, "close", by=officer, now=NOON),
                )
            )
            assert len(won) == len(lost) == 1
            project.refresh_from_db()
            live = Disbursement.objects.live().count()
            assert (project.status, live) in {("closing", 1), ("closed", 0)}
            assert fault(project) == ""
            if project.status == "closed":
                assert FinalSettlement.objects.filter(project=project).exists()
                project = project_at("active", call=project.call)
                tranche = project.tranches.get(number=1)
            else:
                payment = Disbursement.objects.get(status="ordered")
                DISBURSEMENT.apply(payment, "cancel", by=money, now=NOON, data={"reason": "Once more."})
    finally:
        PROJECT.more_guards["close"] = guards


def test_a_payment_is_on_one_list_though_two_make_it_at_once():
    payment = payment_at("ordered")
    first, second = finance(), finance2()
    for number in range(1, ROUNDS + 1):
        won, lost = split(
            at_once(
                *(
                    lambda by=by: bank_lists.make(by=by, payments=[payment.pk], now=NOON)
                    for by in (first, second)
                )
            )
        )
        assert len(won) == len(lost) == 1
        assert BankListItem.objects.filter(live=True).count() == 1
        assert won[0].number == number
        bank_lists.void(by=first, bank_list=won[0], reason="Once more.", now=NOON)
