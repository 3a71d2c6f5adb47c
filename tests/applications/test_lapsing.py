"""Drafts lapse when their call has closed. All drafts are looked at, so that no other may be there."""

import datetime as dt

import pytest

from applications import actions
from applications.models import Application
from applications.workflow import CALL
from core.models import Event
from tests.applications.acts import messages
from tests.clock import NOON
from tests.factories_applications import (
    OFFICE,
    draft,
    make_call,
)

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def test_drafts_lapse_a_while_after_the_call_closed_and_once():
    application = draft()
    closes = application.call.closes_at
    assert actions.lapse_drafts(closes + dt.timedelta(minutes=14)) == 0
    assert actions.lapse_drafts(closes + dt.timedelta(minutes=16)) == 1
    assert actions.lapse_drafts(closes + dt.timedelta(minutes=17)) == 0
    assert Application.objects.get(pk=application.pk).status == "lapsed"
    assert messages("application_lapsed") == [application.group.representative.email]
    assert Event.objects.filter(case=application.case).last().actor is None


def test_drafts_of_a_cancelled_call_lapse():
    application = draft()
    CALL.apply(application.call, "cancel", by=OFFICE.admin, now=NOON, data={"reason": "No budget."})
    assert actions.lapse_drafts(NOON) == 1


def test_a_call_without_closing_day_lets_nothing_lapse():
    draft(call=make_call(closes_at=None))
    assert actions.lapse_drafts(NOON + 3650 * DAY) == 0
