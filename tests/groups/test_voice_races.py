"""Two answers at the same second, on real connections."""

import threading

import pytest
from django.db import connection, transaction
from django.utils import translation

from core.workflow import Refusal, StaleObject
from groups import actions
from groups.actions import asking, voice
from groups.links import CodeRefused, LinkOver, find
from groups.models import FirmConfirmation, FirmLink, Membership
from tests.factories_groups import make_firm, make_firm_link, make_group, make_question
from tests.groups.test_races import wait_until_somebody_waits_for_a_lock

pytestmark = pytest.mark.django_db(transaction=True)


def beside(first, second):
    """Do `second` while `first` is not committed yet; answers what `second` came to, or its refusal."""
    came: list = []

    @translation.override("en")  # a thread begins in the site's own language
    def other() -> None:
        try:
            came.append(second())
        except Refusal as refusal:
            came.append(type(refusal))
        finally:
            connection.close()

    thread = threading.Thread(target=other)
    with transaction.atomic():
        first()
        thread.start()
        wait_until_somebody_waits_for_a_lock()
    thread.join(timeout=20)
    assert came
    return came[0]


def test_one_link_is_answered_once(now):
    group = make_group(1)
    link, _token = make_firm_link(group.memberships.get())
    answer = voice.Answer("Delia", "Owner")
    assert (
        beside(
            lambda: voice.confirm(link=link, version=0, answer=answer, now=now),
            lambda: voice.refuse(link=link, person_name="B", person_position="C", now=now),
        )
        is LinkOver
    )
    assert FirmConfirmation.objects.get().belongs


def test_two_links_of_one_question_make_one_member(now):
    question = make_question(make_group(0), make_firm())
    mailed, _token = make_firm_link(question)
    shared, _token = make_firm_link(question, shared=True)
    who = {"person_name": "Delia", "person_position": "Owner", "now": now}
    came = beside(
        lambda: voice.agree_to_join(link=mailed, **who), lambda: voice.agree_to_join(link=shared, **who)
    )
    assert came is LinkOver
    assert Membership.objects.count() == 1


def test_agreeing_and_taking_back_at_once(now):
    group = make_group(0)
    question = make_question(group, make_firm())
    link, _token = make_firm_link(question)
    came = beside(
        lambda: asking.withdraw_request(by=group.representative, group=group, request=question, now=now),
        lambda: voice.agree_to_join(link=link, person_name="A", person_position="B", now=now),
    )
    assert came is LinkOver
    assert not Membership.objects.exists()


def test_the_firm_confirms_while_the_group_changes_its_data(now):
    group = make_group(1)
    link, _token = make_firm_link(group.memberships.get())
    firm = link.firm
    by = group.representative
    came = beside(
        lambda: actions.edit_firm(by=by, group=group, firm=firm, version=0, now=now, locality="Posadas"),
        lambda: voice.confirm(link=link, version=0, answer=voice.Answer("A", "B"), now=now),
    )
    assert came is StaleObject
    assert not FirmConfirmation.objects.exists()


def test_two_people_of_a_group_ask_at_once(now):
    group = make_group(1)
    firm = group.firms.get()
    firm.contact_email = "own@firm.example"
    firm.save()
    about = {"by": group.representative, "group": group, "firm": firm, "now": now}
    came = beside(lambda: asking.send_link(**about), lambda: asking.send_link(**about))
    assert issubclass(came, Refusal)
    assert FirmLink.objects.count() == 1


def test_tries_of_a_code_are_counted_one_by_one(now):
    link, token = make_firm_link(make_group(1).memberships.get(), shared=True)
    voice.send_code(link=link, now=now)
    FirmLink.objects.update(code_tries=4)

    def wrong():
        return voice.check_code(link=find(token), code="000000x", now=now)

    def last():
        with pytest.raises(CodeRefused, match="not the code"):
            wrong()

    assert beside(last, wrong) is CodeRefused
    assert FirmLink.objects.get().code_tries == 5
