"""A coordinator on a poor connection: a save that did not get through says so, is tried again by itself, and is made once;
nothing that was typed is lost, or seen by the next person at the same telephone (PROGRAMME 12)."""

import datetime as dt

import pytest
from django.contrib.sessions.models import Session
from django.db import transaction
from django.urls import reverse
from playwright.sync_api import expect

from core import dates
from reports.models import NotebookEntry, ProgressReport
from tests.factories_reports import make_project, report_at
from tests.journeys.people import Person

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

SAVE = "main form[data-retry] button[type=submit]"
LOST = "Not saved yet, no connection."


@pytest.fixture
def report() -> ProgressReport:
    """Due, of a project that runs now."""
    first_day = dates.today() - dt.timedelta(days=95)
    with transaction.atomic():
        return report_at("due", make_project(first_day=first_day))


@pytest.fixture
def coordinator(person, report) -> Person:
    one = person(report.group.representative.email, width=320)
    one.sign_in()
    return one


def activity_page(report: ProgressReport) -> str:
    return reverse("report_activity", args=[report.pk, report.project.activities.first().pk])


def write(one: Person) -> None:
    one.write(done_percent="100", what_was_done="We bought the kiln and lit it.")


def kept(one: Person) -> list[str]:
    return one.page.evaluate(
        "Object.keys(localStorage).filter((key) => key.startsWith('lsp:') && key.includes('/'))"
    )


def test_a_save_without_connection_is_made_once_it_is_back(coordinator, report):
    coordinator.open(activity_page(report))
    write(coordinator)
    coordinator.context.set_offline(True)
    coordinator.page.locator(SAVE).first.click()
    coordinator.sees(LOST, "What you typed is kept on this device.", "Trying again in")
    coordinator.look()
    assert report.activities.count() == 0
    coordinator.context.set_offline(False)
    coordinator.sees("Saved.")
    coordinator.look()
    answer = report.activities.get()
    assert (answer.done_percent, answer.what_was_done) == (100, "We bought the kiln and lit it.")
    assert kept(coordinator) == []


def test_a_save_whose_answer_got_lost_is_made_once(coordinator, report):
    """It arrived; the telephone does not know, and sends it again."""
    page = reverse("notebook_add", args=[report.project_id, "note"])
    coordinator.open(page)
    coordinator.write(text="The kiln arrived.")
    tries = []

    def lose_the_first(route):
        if route.request.method != "POST":
            return route.continue_()
        tries.append(route.request.headers["x-save-key"])
        if len(tries) > 1:
            return route.continue_()
        route.fetch()
        return route.abort()

    coordinator.page.route(f"**{page}", lose_the_first)
    coordinator.page.locator(SAVE).first.click()
    coordinator.sees(LOST)
    coordinator.page.get_by_role("button", name="Try now").click()
    coordinator.page.wait_for_url(f"**{reverse('notebook', args=[report.project_id])}")
    assert len(tries) == 2
    assert tries[0] == tries[1]
    assert NotebookEntry.objects.get().text == "The kiln arrived."


def test_the_server_that_is_away_is_waited_for_and_what_is_wrong_is_said_as_ever(coordinator, report):
    coordinator.open(activity_page(report))
    coordinator.write(done_percent="130", what_was_done="We bought the kiln.")
    answers = [503]
    coordinator.page.route(
        f"**{activity_page(report)}",
        lambda route: route.fulfill(status=answers.pop()) if answers else route.continue_(),
    )
    coordinator.page.locator(SAVE).first.click()
    coordinator.sees(LOST)
    coordinator.page.get_by_role("button", name="Try now").click()
    coordinator.page.locator("main .error-summary").wait_for()
    assert coordinator.page.locator("main [name=what_was_done]").input_value() == "We bought the kiln."
    assert report.activities.count() == 0


def test_signed_out_meanwhile_leads_to_the_log_in_and_back_with_the_text(coordinator, report):
    coordinator.open(activity_page(report))
    write(coordinator)
    coordinator.context.set_offline(True)
    coordinator.page.locator(SAVE).first.click()
    coordinator.sees(LOST)
    Session.objects.all().delete()
    coordinator.context.set_offline(False)
    coordinator.page.wait_for_url("**/accounts/login/**")
    coordinator.page.locator("input[name=login]").fill(coordinator.email)
    coordinator.page.locator("input[name=password]").fill(coordinator.password)
    coordinator.page.locator("main button[type=submit]").click()
    coordinator.page.wait_for_url(f"**{activity_page(report)}")
    coordinator.sees("What you typed here earlier")
    assert (
        coordinator.page.locator("main [name=what_was_done]").input_value()
        == "We bought the kiln and lit it."
    )
    coordinator.page.locator(SAVE).first.click()
    coordinator.sees("Saved.")
    assert report.activities.get().done_percent == 100


def test_what_was_kept_goes_with_the_log_out(coordinator, report, person):
    coordinator.open(activity_page(report))
    write(coordinator)
    assert len(kept(coordinator)) == 1
    coordinator.page.locator("form[data-forget] button").first.click()
    coordinator.page.wait_for_load_state("load")
    if coordinator.page.locator("main form[data-forget]").count():
        coordinator.page.locator("main form[data-forget] button").first.click()
    expect(coordinator.page.locator("header form[data-forget]")).to_have_count(0)
    assert kept(coordinator) == []
