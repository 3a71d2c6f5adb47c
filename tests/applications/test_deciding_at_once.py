"""Deciding while others decide, while machines fail, while rights are taken away: one decision, or none, and a sentence."""

import datetime as dt
import socket
from decimal import Decimal
from functools import partial

import pytest
from celery import Celery
from django.db import connection
from django.urls import reverse

from accounts import actions as accounts_actions
from accounts import delegating
from accounts.roles import Role
from applications.models import Application, Decision, EnvelopeEntry
from applications.workflow import APPLICATION
from core import doorbell
from core.models import Event, Message
from tests import database
from tests.applications.staff_pages import browser, words
from tests.applications.test_envelope import FIVE_MILLION, approve, race
from tests.clock import NOON
from tests.factories_applications import OFFICE, application_at, make_call, staff_member

pytestmark = [pytest.mark.usefixtures("frozen")]
RACES = 200


def typed(application: Application, **more) -> dict:
    lines = {f"amount_{line.pk}": str(line.programme_share) for line in application.lines.all()}
    return {
        "decision": "approve",
        "resolution": "RES-1",
        "reason": "It fits.",
        "version": application.version,
        "step": "sign",
        **lines,
        **more,
    }


def undecide() -> None:
    """Take every decision back, as only the owner of the tables can, past every lock: for the next race."""
    owner = database.owner_settings()
    tables = ("applications_decisionline", "applications_decision", "applications_envelopeentry")
    with (
        database.default_connection(USER=owner["USER"], PASSWORD=owner["PASSWORD"]),
        connection.cursor() as cursor,
    ):
        for table in (*tables, "applications_application"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        for table in tables:
            cursor.execute(f"DELETE FROM {table}")
        cursor.execute("UPDATE applications_application SET status = 'recommended'")
        for table in (*tables, "applications_application"):
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_of_two_hundred_races_for_the_last_pesos_each_has_one_winner_and_one_who_reads_why():
    call = make_call(envelope=FIVE_MILLION)
    first, second = (application_at("recommended", call=call) for _number in range(2))
    approver, other = OFFICE.approver, staff_member("approver2", Role.APPROVER)
    for number in range(RACES):
        outcomes = race(
            lambda: approve(first, approver, resolution=f"RES-{number}-1"),  # noqa: B023  (run before the next)
            lambda: approve(second, other, resolution=f"RES-{number}-2"),  # noqa: B023
        )
        refused = [outcome for outcome in outcomes if outcome != "approved"]
        assert len(refused) == 1, f"race {number}: {outcomes}"
        assert "has $\xa02.000.000,00 left; these amounts make $\xa03.000.000,00" in refused[0]
        assert [row.amount for row in EnvelopeEntry.objects.all()] == [3_000_000]
        assert Decision.objects.count() == 1
        undecide()


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_of_two_approvers_on_one_case_one_decides_and_the_other_reads_what_was_decided():
    application = application_at("recommended")
    approver, other = OFFICE.approver, staff_member("approver2", Role.APPROVER)
    version = application.version
    outcomes = race(
        lambda: approve(application, approver),
        lambda: APPLICATION.apply(
            application,
            "reject",
            by=other,
            now=NOON,
            version=version,
            data={"reason": "Too little is learnt.", "resolution": "REJ-9"},
        ),
    )
    won = {"approved", "rejected"} & set(outcomes)
    assert len(won) == 1
    assert any("the state is now" in outcome for outcome in outcomes)
    assert Decision.objects.count() == 1


@pytest.mark.django_db
def test_the_same_decision_sent_twice_is_taken_once():
    application = application_at("recommended")
    client, page = browser(OFFICE.approver), reverse("decide", args=[application.pk])
    sent = typed(application)
    assert client.post(page, sent).status_code == 302
    again = client.post(page, sent)
    assert again.status_code in (409, 422)
    assert "There is nothing to decide: the state is “Approved”." in words(again)
    assert Decision.objects.count() == 1
    assert Event.objects.filter(action="application.approve").count() == 1
    assert EnvelopeEntry.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_while_the_queue_is_down_it_is_decided_and_the_message_goes_later(monkeypatch, worker):
    closed = socket.create_server(("127.0.0.1", 0))
    port = closed.getsockname()[1]
    closed.close()
    app = Celery("elsewhere", set_as_current=False)
    app.config_from_object("django.conf:settings", namespace="CELERY")
    app.conf.broker_url = f"redis://127.0.0.1:{port}/0"
    monkeypatch.setattr(doorbell, "current_app", app)
    application = application_at("recommended")
    client = browser(OFFICE.approver)
    answer = client.post(reverse("decide", args=[application.pk]), typed(application))
    assert answer.status_code == 302
    assert Application.objects.get(pk=application.pk).status == "approved"
    told = Message.objects.filter(template="decision_approved")
    assert told.exists()
    assert not told.exclude(sent_at=None).exists()
    worker()
    assert not told.filter(sent_at=None).exists()


@pytest.mark.django_db
def test_a_role_taken_away_between_opening_and_sending_decides_nothing():
    application, approver = application_at("recommended"), OFFICE.approver
    client, page = browser(approver), reverse("decide", args=[application.pk])
    assert client.get(page).status_code == 200
    accounts_actions.end_role(by=OFFICE.admin, grant=approver.role_grants.get(), now=NOON, reason="Left.")
    refused = client.post(page, typed(application))
    # Who holds no role any more does not even see that it is there.
    assert refused.status_code == 404
    assert not Decision.objects.exists()


@pytest.mark.django_db
def test_a_delegation_that_ended_between_opening_and_sending_decides_nothing():
    application, finance = application_at("recommended"), staff_member("dora", Role.FINANCE)
    grant = delegating.delegate(
        by=OFFICE.approver,
        person=finance,
        starts=NOON,
        ends=NOON + dt.timedelta(days=1),
        grounds="Leave.",
        now=NOON,
    )
    accounts_actions.second_role(by=OFFICE.admin, grant=grant, now=NOON)
    client, page = browser(finance), reverse("decide", args=[application.pk])
    assert client.get(page).status_code == 200
    delegating.end(by=OFFICE.approver, grant=grant, now=NOON)
    refused = client.post(page, typed(application))
    assert refused.status_code == 403
    assert "You may not do this. It is for: Approver." in words(refused)
    assert not Decision.objects.exists()


def renounce(application: Application) -> Application:
    return APPLICATION.apply(
        application, "renounce", by=application.group.representative, now=NOON, data={"reason": "No."}
    )


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_of_two_that_renounce_at_the_same_second_the_reserve_is_called_once():
    call = make_call(envelope=Decimal("6000000.00"))
    holders = [application_at("approved", call=call) for _number in range(2)]
    first = application_at("reserve", call=call)
    outcomes = race(*[partial(renounce, holder) for holder in holders])
    assert outcomes == ["renounced", "renounced"]
    assert Application.objects.get(pk=first.pk).staff_due_on is not None
    assert Message.objects.filter(template="reserve_called").count() == 1
    assert call.entries.committed() == 0
