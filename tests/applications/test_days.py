"""The days that a call gives: calendar or working days, in every date that comes of them and in the words."""

import datetime as dt

import pytest
from django.urls import reverse

from applications import days
from core.dates import day_of
from grants.actions import dates_to_keep
from tests.clock import NOON
from tests.factories_applications import OFFICE, application_at, make_call, return_for_changes

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]


@pytest.mark.parametrize(
    ("working", "checked", "answered"),
    [
        (False, dt.date(2026, 3, 20), dt.date(2026, 3, 20)),
        # 10 March 2026 is a Tuesday; 23 and 24 March are no working days.
        (True, dt.date(2026, 3, 26), dt.date(2026, 3, 26)),
    ],
)
def test_the_days_of_a_call_are_working_days_where_it_says_so(working, checked, answered):
    call = make_call(working_days=working)
    application = application_at("submitted", call=call)
    assert application.staff_due_on == checked
    rejected = application_at("rejected", call=make_call(working_days=working))
    assert day_of(rejected.reconsider_by) == answered


def test_signing_and_appointing_too():
    call = make_call("partnership", working_days=True, days_to_sign=10, days_to_appoint=5)
    kept = dates_to_keep(call, dt.date(2026, 3, 10))
    assert kept == {"sign_by": dt.date(2026, 3, 26), "appoint_by": dt.date(2026, 3, 17)}


def test_the_officers_page_says_which_days(client):
    application = application_at("submitted", call=make_call(working_days=True))
    client.force_login(OFFICE.officer)
    page = client.get(reverse("application_return", args=[application.pk])).text
    assert "The call gives 10 working days" in page
    assert 'value="2026-03-26"' in page
    # Who writes another day means that day.
    assert day_of(return_for_changes(application, now=NOON).answer_by) == dt.date(2026, 3, 20)


@pytest.mark.parametrize(
    ("count", "working", "words"),
    [(1, False, "1 day"), (2, False, "2 days"), (1, True, "1 working day"), (10, True, "10 working days")],
)
def test_days_in_words(count, working, words):
    assert days.in_words(count, working=working) == words
