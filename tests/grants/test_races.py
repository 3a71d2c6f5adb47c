"""Two at the same instant, on real connections: one wins, the other reads why, and the money adds up."""

import threading
from collections.abc import Callable
from contextlib import closing
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import translation

from core.workflow import Refusal
from grants import actions
from grants.models import Disbursement, Project
from grants.workflow import DISBURSEMENT, PROJECT
from tests.clock import NOON
from tests.database import connect_as_owner
from tests.factories_applications import OFFICE, application_at
from tests.factories_grants import finance, finance2, hear, order, payment_at, project_at, treasury

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def at_once(*acts: Callable[[], object]) -> list[object]:
    """Run each in a thread with a connection of its own, all starting together; answers results and refusals."""
    together, results = threading.Barrier(len(acts)), [None] * len(acts)

    def run(place: int, act: Callable[[], object]) -> None:
        translation.activate("en")
        try:
            together.wait(timeout=20)
            results[place] = act()
        except (Refusal, DatabaseError) as refused:
            results[place] = refused
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert not any(thread.is_alive() for thread in threads)
    return results


def split(results: list[object]) -> tuple[list, list[str]]:
    """Those who won, and the sentences of those who did not."""
    return (
        [result for result in results if not isinstance(result, Exception)],
        [str(result) for result in results if isinstance(result, Exception)],
    )


def test_two_finance_officers_order_the_same_tranche_and_one_wins():
    project = project_at("active")
    tranche = project.tranches.get(number=1)
    first, second = finance(), finance2()
    won, lost = split(
        at_once(
            *(
                lambda by=by: actions.order_disbursement(by=by, tranche=tranche, now=NOON)
                for by in (first, second, first, second)
            )
        )
    )
    assert len(won) == 1
    assert lost == ["This tranche is ordered already."] * 3
    assert Disbursement.objects.count() == 1
    assert project.committed() == tranche.amount
    assert project.case.events.filter(action="disbursement.order").count() == 1


def test_two_finance_officers_end_the_same_payment_and_one_wins():
    payment = payment_at("ordered")
    first, second = finance(), finance2()
    won, lost = split(
        at_once(
            lambda: actions.confirm_disbursement(
                by=second, disbursement=payment, now=NOON, **treasury(payment)
            ),
            lambda: DISBURSEMENT.apply(payment, "cancel", by=first, now=NOON, data={"reason": "A mistake."}),
            lambda: DISBURSEMENT.apply(payment, "fail", by=second, now=NOON, data={"reason": "Refused."}),
        )
    )
    assert len(won) == 1
    assert len(lost) == 2
    assert all("not possible any more" in sentence for sentence in lost)
    payment.refresh_from_db()
    assert payment.status == won[0].status


def test_one_treasury_order_confirmed_for_two_projects_at_once_pays_one():
    first = payment_at("ordered")
    second = payment_at("ordered", project=project_at("active", call=first.project.call))
    by = finance2()
    won, lost = split(
        at_once(
            *(
                lambda payment=payment: actions.confirm_disbursement(
                    by=by, disbursement=payment, now=NOON, **treasury(payment, number="OP-9")
                )
                for payment in (first, second)
            )
        )
    )
    assert len(won) == 1
    assert lost == ["Another payment of 2026 was confirmed with this number."]


def test_past_the_code_the_database_lets_only_the_approved_amount_through():
    """Two tranches at once in SQL, without the case's lock that the code takes: together they pass the amount."""
    project = project_at("active")
    actions.open_tranches(project, report_number=1, now=NOON)
    with closing(connect_as_owner(connection.settings_dict["NAME"])) as owner, owner.cursor() as cursor:
        # Less than the plan in force, which only the owner of the tables can bring about.
        cursor.execute("ALTER TABLE grants_project DISABLE TRIGGER plan_adds_up")
        cursor.execute("UPDATE grants_project SET approved_amount = 2000000 WHERE id = %s", [project.pk])
        cursor.execute("ALTER TABLE grants_project ENABLE TRIGGER plan_adds_up")
    payee, by = project.payee, finance()
    held = threading.Barrier(2)

    def insert(tranche) -> None:
        with transaction.atomic():
            held.wait(timeout=20)
            Disbursement.objects.create(
                tranche=tranche, payee=payee, amount=tranche.amount, ordered_by=by, ordered_at=NOON
            )

    for _again in range(5):
        won, lost = split(at_once(*(lambda t=tranche: insert(t) for tranche in project.tranches.all())))
        assert len(won) == 1
        assert "above the approved amount" in lost[0]
        assert project.committed() <= Decimal("2000000.00")
        for payment in Disbursement.objects.filter(status="ordered"):
            DISBURSEMENT.apply(payment, "cancel", by=by, now=NOON, data={"reason": "Once more."})


def test_an_order_and_the_end_of_the_project_at_once_leave_no_money_under_way():
    project = project_at("active")
    tranche = project.tranches.get(number=1)
    money, approver = finance(), OFFICE.approver
    hear(project)
    won, lost = split(
        at_once(
            lambda: order(tranche, by=money),
            lambda: PROJECT.apply(project, "terminate", by=approver, now=NOON, data={"reason": "It ends."}),
        )
    )
    assert len(won) == len(lost) == 1
    project.refresh_from_db()
    live = Disbursement.objects.live().count()
    assert (project.status, live) in {("active", 1), ("terminated", 0)}


def test_two_officers_open_the_same_project_and_there_is_one():
    application = application_at("approved")
    officer = OFFICE.officer
    won, lost = split(
        at_once(*[lambda: actions.open_project(by=officer, application=application, now=NOON)] * 2)
    )
    assert len(won) == 1
    assert lost == ["This application has its project already."]
    assert Project.objects.count() == 1
    assert application.case.events.filter(action="project.open_project").count() == 1
