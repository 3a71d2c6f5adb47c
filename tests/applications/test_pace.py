"""How long the steps take: days in this one, the usual time, the next date that is expected."""

import datetime as dt

import pytest

from applications import pace
from applications.workflow import APPLICATION
from tests.applications.staff_pages import get, words
from tests.clock import NOON
from tests.factories_applications import DAY, application_at, make_call
from tests.factories_groups import make_group

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]


def withdrawn_after(days: int, call, *, sent: dt.datetime = NOON) -> None:
    """An application that spent so many days as submitted."""
    application = application_at("submitted", group=make_group(name=f"G {days} {sent}"), call=call, now=sent)
    APPLICATION.apply(
        application,
        "withdraw",
        by=application.group.representative,
        now=sent + days * DAY,
        data={"reason": "No"},
    )


def test_below_five_cases_there_are_no_figures_and_then_the_median():
    call = make_call()
    for days in (2, 4, 6, 30):
        withdrawn_after(days, call)
    now = NOON + 40 * DAY
    assert pace.measured(now).get("submitted") is None
    withdrawn_after(5, call)
    assert pace.measured(now).get("submitted") == 5
    assert pace.measured(now).get("in_review") is None


def test_only_the_last_twelve_months_count():
    call = make_call()
    for days in (2, 4, 6, 8, 10):
        withdrawn_after(days, call)
    assert pace.measured(NOON + 300 * DAY).get("submitted") == 6
    assert pace.measured(NOON + 400 * DAY).get("submitted") is None


def test_an_application_that_waits_says_since_when_and_for_what(frozen):
    application = application_at("submitted")
    frozen.move_to(NOON + 3 * DAY)
    found = pace.of(application, NOON + 3 * DAY)
    assert found == pace.Pace(days=3, usual=None, expected=application.staff_due_on)
    text = words(get(application.group.representative, "application_detail", application.pk))
    assert "In this step 3 days" in text
    assert "Usual time in this step no figures yet" in text
    assert f"Next date expected {application.staff_due_on:%d/%m/%Y}" in text


def test_in_review_the_last_review_is_expected():
    application = application_at("in_review")
    last = max(application.reviews.values_list("due_on", flat=True))
    assert pace.of(application, NOON).expected == last


@pytest.mark.parametrize("status", ["draft", "changes_requested", "approved", "withdrawn"])
def test_while_the_programme_owes_nothing_there_is_no_pace(status):
    assert pace.of(application_at(status), NOON) is None


def test_the_pace_costs_two_queries(django_assert_num_queries):
    application = application_at("in_review")
    # What is usual is kept for an hour: the first page of an hour reads it.
    pace.of(application, NOON)
    with django_assert_num_queries(2):
        pace.of(application, NOON)
