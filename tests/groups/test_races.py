"""Two people at the same second, on real connections."""

import threading
import time

import pytest
from django.db import connection, transaction
from django.utils import translation

from groups import actions
from groups.models import Firm, Group
from tests.factories_groups import make_cuit, make_group
from tests.groups.test_actions import firm_fields

pytestmark = pytest.mark.django_db(transaction=True)


def wait_until_somebody_waits_for_a_lock() -> None:
    """Until another connection to this database stands before a lock. (pg_stat_activity would be frozen in here.)"""
    sql = """
        select 1 from pg_locks waiting join pg_locks held on held.pid = waiting.pid
        where not waiting.granted
            and held.database = (select oid from pg_database where datname = current_database())
    """
    until = time.monotonic() + 20
    while time.monotonic() < until:
        with connection.cursor() as cursor:
            cursor.execute(sql)
            if cursor.fetchone():
                return
    raise AssertionError("nobody waits")


def test_two_groups_register_one_firm_at_once(now):
    first, second = make_group(0), make_group(0)
    answer: list = []

    @translation.override("en")  # a thread begins in the site's own language
    def quick() -> None:
        try:
            group = Group.objects.get(pk=second.pk)
            answer.append(
                actions.add_firm(
                    by=group.representative, group=group, cuit=make_cuit(1), now=now, **firm_fields()
                )
            )
        except actions.CuitRefused as refusal:
            answer.append(refusal.sentence)
        finally:
            connection.close()

    other = threading.Thread(target=quick)
    with transaction.atomic():
        actions.add_firm(by=first.representative, group=first, cuit=make_cuit(1), now=now, **firm_fields())
        other.start()
        wait_until_somebody_waits_for_a_lock()
    other.join(timeout=20)
    assert answer == ["This firm was registered at this very moment by somebody else. Try again."]
    assert Firm.objects.count() == 1
    assert not second.memberships.exists()
    assert not second.case.events.exists()
