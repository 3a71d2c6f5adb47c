"""The money of a call (PROGRAMME 6.4): approvals ± amendments − releases never pass the envelope, also when two approve
at the same second."""

import threading
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import translation

from accounts.roles import Role
from applications import guards
from applications.models import Application, Decision, EnvelopeEntry, FirmClaim
from applications.workflow import APPLICATION
from core.workflow import Refusal, TransitionRefused
from groups.models import Firm
from tests.clock import NOON
from tests.factories_applications import (
    OFFICE,
    Plan,
    amounts_of,
    application_at,
    approval,
    draft,
    fill,
    make_call,
    staff_member,
    submit,
)
from tests.factories_groups import add_to, make_group

FIVE_MILLION = Decimal("5000000.00")


def approve(application: Application, by=None, **more) -> Application:
    return APPLICATION.apply(
        application, "approve", by=by or OFFICE.approver, now=NOON, data=approval(application, **more)
    )


@pytest.mark.django_db
def test_an_approval_above_the_envelope_is_refused_with_what_is_left():
    call = make_call(envelope=FIVE_MILLION)
    approve(application_at("recommended", call=call))
    second = application_at("recommended", call=call)
    with pytest.raises(
        TransitionRefused, match=r"has \$\xa02.000.000,00 left; these amounts make \$\xa03.000.000,00"
    ):
        approve(second)
    assert Application.objects.get(pk=second.pk).status == "recommended"
    assert call.entries.committed() == Decimal("3000000.00")
    two_thirds = amounts_of(second, Decimal(2) / 3)
    two_thirds = {pk: amount.quantize(Decimal(1)) for pk, amount in two_thirds.items()}
    two_thirds[max(two_thirds)] = Decimal(2000000) - two_thirds[min(two_thirds)]
    approve(second, amounts=two_thirds)
    assert call.entries.committed() == FIVE_MILLION


@pytest.mark.django_db
def test_with_an_empty_envelope_the_button_says_so_and_the_reserve_is_open():
    call = make_call(envelope=Decimal("3000000.00"))
    approve(application_at("recommended", call=call))
    second = application_at("recommended", call=call)
    reasons = {row.name: row.reason for row in APPLICATION.available(second, by=OFFICE.approver, now=NOON)}
    assert reasons["approve"] == "No money is left in the envelope of the call."
    assert reasons["put_on_reserve"] == ""


@pytest.mark.django_db
@pytest.mark.parametrize("state", ["renounced", "annulled"])
def test_money_returns_as_an_entry_of_its_own_and_the_reserve_moves_up(state):
    call = make_call(envelope=Decimal("3000000.00"))
    waiting = application_at("recommended", call=call)
    waiting = APPLICATION.apply(
        waiting, "put_on_reserve", by=OFFICE.approver, now=NOON, data={"reason": "No money."}
    )
    gone = application_at(state, call=call)
    amounts = list(
        EnvelopeEntry.objects.filter(application=gone).order_by("pk").values_list("amount", flat=True)
    )
    assert amounts == [Decimal("3000000.00"), Decimal("-3000000.00")]
    assert call.entries.committed() == 0
    assert approve(waiting).status == "approved"


def raw_entry(call, application, amount, why="amend") -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO applications_envelopeentry (call_id, application_id, amount, why, at)"
            " VALUES (%s, %s, %s, %s, now())",
            [call.pk, application.pk, amount, why],
        )


@pytest.mark.django_db
def test_the_database_itself_refuses_what_passes_the_envelope():
    call = make_call(envelope=FIVE_MILLION)
    application = application_at("approved", call=call)
    raw_entry(call, application, "2000000.00")
    for amount, name in [
        ("0.01", "has 0.00 left, and 0.01 is asked"),
        ("-5000000.01", "No more comes back"),
        ("0.00", "entry_not_zero"),
    ]:
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            raw_entry(call, application, amount)
    with pytest.raises(IntegrityError, match="its own applications"), transaction.atomic():
        raw_entry(make_call(), application, "1.00")
    raw_entry(call, application, "-1.00")
    with pytest.raises(IntegrityError, match="entry_of_approval_once"), transaction.atomic():
        raw_entry(call, application, "1.00", "approve")
    with pytest.raises(IntegrityError, match="never change"), transaction.atomic():
        EnvelopeEntry.objects.update(amount=1)
    with pytest.raises(IntegrityError, match="never change"), transaction.atomic():
        EnvelopeEntry.objects.all().delete()
    with pytest.raises(IntegrityError, match="not less than what is committed"), transaction.atomic():
        type(call).objects.filter(pk=call.pk).update(envelope=Decimal("4999998.99"))


def race(*tasks) -> list[str]:
    """Run these at the same moment, each on a connection of its own; answers what became of each."""
    outcomes, ready = [""] * len(tasks), threading.Barrier(len(tasks))

    def run(number: int, task) -> None:
        try:
            ready.wait(timeout=10)
            with translation.override("en"):
                outcomes[number] = task().status
        except Refusal as refusal:
            outcomes[number] = refusal.sentence
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(tasks)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return outcomes


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_of_two_who_approve_at_the_same_second_one_is_refused():
    call = make_call(envelope=FIVE_MILLION)
    first, second = (application_at("recommended", call=call) for _number in range(2))
    other = staff_member("approver2", Role.APPROVER)
    approver = OFFICE.approver
    outcomes = race(lambda: approve(first, approver), lambda: approve(second, other))
    refused = [outcome for outcome in outcomes if outcome != "approved"]
    assert len(refused) == 1
    assert "has $\xa02.000.000,00 left" in refused[0]
    assert call.entries.committed() == Decimal("3000000.00")
    assert Decision.objects.filter(kind="approve").count() == 1


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_of_two_acts_with_one_number_at_the_same_second_one_is_refused():
    first, second = application_at("recommended"), application_at("recommended")
    approver = OFFICE.approver
    outcomes = race(
        lambda: approve(first, approver, resolution="RES-1"),
        lambda: approve(second, approver, resolution="RES-1"),
    )
    assert sorted(outcomes) == ["The number RES-1 belongs to another resolution.", "approved"]


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_of_two_groups_that_submit_one_firm_at_the_same_second_one_is_refused():
    call = make_call()
    one, two = make_group(name="Uno"), make_group(name="Dos")
    shared = Firm.objects.filter(memberships__group=one).first()
    add_to(two, shared)
    drafts = [fill(draft(group=group, call=call)) for group in (one, two)]
    outcomes = race(*[lambda application=application: submit(application) for application in drafts])
    assert "submitted" in outcomes
    refused = next(outcome for outcome in outcomes if outcome != "submitted")
    assert shared.name in refused
    assert not {"Uno", "Dos"} & set(refused.split())
    assert FirmClaim.objects.filter(call=call, firm=shared).count() == 1


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_of_two_tabs_that_submit_at_the_same_second_one_is_refused():
    application = application_at("draft")
    by = application.group.representative

    def send():
        return APPLICATION.apply(
            application, "submit", by=by, now=NOON, version=application.version, data={"declared": True}
        )

    outcomes = race(send, send)
    assert sorted(outcomes, key=len)[0] == "submitted"
    assert "the state is now “Submitted”" in max(outcomes, key=len)
    assert application.submissions.count() == 1


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_many_who_submit_at_once_get_numbers_of_their_own():
    call = make_call()
    drafts = [fill(draft(group=make_group(name=f"G{number}"), call=call)) for number in range(6)]
    outcomes = race(*[lambda application=application: submit(application) for application in drafts])
    assert outcomes == ["submitted"] * 6
    references = set(Application.objects.values_list("case__reference", flat=True))
    assert len(references) == 6


@pytest.mark.django_db
def test_the_guard_counts_amendments_too():
    call = make_call(envelope=FIVE_MILLION)
    raw_entry(call, application_at("approved", call=call), "1999999.99")
    application = application_at(
        "recommended", call=call, plan=Plan(lines=[("innovation", "Design", "1.00", "0.02", 0)])
    )
    data = approval(application)
    assert "left" in guards.within_envelope(application, by=OFFICE.approver, now=NOON, data=data)
