"""Sessions that ended do not pile up."""

import datetime as dt

import pytest
from django.contrib.sessions.models import Session

from accounts import sessions
from core import dated
from tests.clock import NOON

pytestmark = pytest.mark.django_db


def test_only_sessions_that_ended_go():
    for key, hours in (("over", -1), ("running", 1)):
        Session.objects.create(session_key=key, session_data="", expire_date=NOON + dt.timedelta(hours=hours))
    assert sessions.clear_expired(NOON) == 1
    assert list(Session.objects.values_list("session_key", flat=True)) == ["running"]


def test_the_worker_does_it():
    Session.objects.create(session_key="over", session_data="", expire_date=NOON - dt.timedelta(hours=1))
    assert dated.run_due(NOON) == []
    assert not Session.objects.exists()
