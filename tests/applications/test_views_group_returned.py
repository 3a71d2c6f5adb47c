"""The pages of a group while it answers a return, and once nothing can be written any more."""

import pytest

from tests.applications.section_pages import ACTIVITY, COST, SECTIONS, TEXTS, address, send
from tests.applications.staff_pages import browser, words
from tests.clock import NOON
from tests.factories_applications import (
    application_at,
    fill,
    make_call,
    return_for_changes,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]

# --- Answering a return ------------------------------------------------------------------------------


def test_only_what_was_returned_can_be_changed(author, application):
    returned = application_at("changes_requested", group=application.group, call=make_call())
    page = browser(author).get(address(returned, "application_section", "budget"))
    assert "What the office asked to change" in page.text
    assert "Please say more." in page.text
    line = returned.lines.first()
    assert send(author, returned, "budget_line_edit", line.pk, **COST).status_code == 302
    assert "was not returned" in browser(author).get(address(returned, "application_section", "plan")).text
    answer = send(author, returned, "application_section", "plan", **ACTIVITY)
    assert answer.status_code == 409
    assert returned.activities.count() == 2


def test_the_main_button_leads_to_what_was_returned_until_it_is_changed(author, application):
    submitted = application_at("submitted", group=application.group, call=make_call())
    returned = return_for_changes(submitted, ("project",))
    case = address(returned, "application_detail")
    assert "Go on with: The project" in words(browser(author).get(case))
    send(author, returned, "application_section", "project", **{**TEXTS, "title": "A better kiln"})
    assert "Go on with" not in words(browser(author).get(case))


def test_saving_leads_to_the_next_section_that_was_returned(author, application):
    submitted = application_at("submitted", group=application.group, call=make_call())
    returned = return_for_changes(submitted, ("project", "budget"))
    answer = send(author, returned, "application_section", "project", **TEXTS)
    assert answer.headers["Location"] == address(returned, "application_section", "budget")
    answer = send(author, returned, "application_section", "budget", quantity="1", onward="1")
    assert answer.headers["Location"] == address(returned, "application_check")


def test_what_was_sent_before_stands_beside_what_was_changed(author, application):
    submitted = application_at("submitted", group=application.group, call=make_call())
    returned = return_for_changes(submitted, ("project",))
    send(author, returned, "application_section", "project", **{**TEXTS, "title": "A better kiln"})
    text = words(browser(author).get(address(returned, "application_section", "project")))
    assert "What you sent before, where you have changed it" in text
    assert "A shared drying kiln" in text
    # The page of everything says each change once, in its list of changes.
    check = words(browser(author).get(address(returned, "application_check")))
    assert "What you changed since you sent it" in check
    assert check.count("A shared drying kiln") == 1


def test_after_the_day_to_answer_nothing_can_be_written(author, application, frozen):
    returned = application_at("changes_requested", group=application.group, call=make_call())
    frozen.move_to(NOON.replace(month=4))
    answer = send(author, returned, "application_section", "budget", **COST)
    assert answer.status_code == 409
    assert returned.lines.count() == 2


def test_a_draft_of_a_closed_call_is_read_and_not_written(author, application, frozen):
    fill(application)
    frozen.move_to(NOON.replace(month=4))
    page = browser(author).get(address(application, "application_detail"))
    assert "The call is closed. This draft can be read, and not sent any more." in page.text
    assert send(author, application, "application_section", "project", **TEXTS).status_code == 409
    for section in SECTIONS:
        assert browser(author).get(address(application, "application_section", section)).status_code == 200


def test_a_lapsed_draft_stays_readable(author, application):
    lapsed = application_at("lapsed", group=application.group, call=make_call())
    for section in SECTIONS:
        assert browser(author).get(address(lapsed, "application_section", section)).status_code == 200
    assert (
        "It was not sent before the call closed."
        in browser(author).get(address(lapsed, "application_detail")).text
    )
