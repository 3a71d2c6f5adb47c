"""Applying from the first page to the last, checking, sending, and the receipt."""

import datetime as dt
import re

import pytest
from django.urls import reverse

from accounts.models import User
from accounts.roles import Role
from applications.models import Application
from tests.applications.case_pages import address, see, send
from tests.applications.staff_pages import browser, problems, words
from tests.clock import NOON
from tests.factories_applications import (
    DAY,
    a_pdf,
    application_at,
    draft,
    fill,
    make_call,
    staff_member,
    submit,
)
from tests.factories_groups import add_to, make_firm, make_group

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen", "filled_stands")]


# --- The whole way -----------------------------------------------------------------------------------


class Walk:
    """A representative with a browser, who counts the pages that they see and the fields that they fill in."""

    def __init__(self, user: User):
        self.client, self.pages, self.entries = browser(user), set(), 0

    def see(self, url: str):
        page = self.client.get(url)
        assert page.status_code == 200, url
        self.pages.add(url.partition("#")[0].partition("?")[0])
        return page

    def fill(self, url: str, action: str = "", **fields):
        """Fill the fields in and send them; answers where it led."""
        found = re.search(r'name="version" value="(\d+)"', self.see(url).text)
        self.entries += len(fields)
        answer = self.client.post(action or url, {**fields, **({"version": found[1]} if found else {})})
        assert answer.status_code == 302, answer.text
        return answer.headers["Location"].partition("#")[0]


def test_five_firms_apply_in_at_most_60_entries_and_14_pages():
    group, call = make_group(5), make_call()
    walk = Walk(group.representative)
    walk.see(reverse("call_detail", args=[call.code]))
    case = walk.fill(reverse("application_start", args=[call.code]), group=group.pk)
    walk.see(case)
    application = Application.objects.get(group=group)
    project = address(application, "application_section", "project")
    members = walk.fill(
        project, title="A kiln", diagnosis="Wet wood", objectives="Dry wood", learning="To measure"
    )
    walk.see(members)
    plan = address(application, "application_section", "plan")
    assert plan in walk.see(members).text, "the page of the firms leads on"
    for number in range(4):
        walk.fill(
            plan,
            name=f"Part {number}",
            first_month="1",
            last_month="9",
            responsible="All",
            deliverable="Wood",
        )
    budget = address(application, "application_section", "budget")
    for activity in application.activities.all():
        # The programme pays what it can: its share may be left empty.
        cost = {
            "category": "innovation",
            "activity": activity.pk,
            "description": "A",
            "unit_cost": "1.000.000",
        }
        walk.fill(budget, **cost, quantity="1")
    requirement = call.requirements.first()
    walk.fill(
        address(application, "application_section", "documents"),
        address(application, "document_attach", requirement.pk),
        file=a_pdf(),
    )
    check = address(application, "application_check")
    receipt = walk.fill(check, address(application, "application_submit"), declared="on")
    walk.see(receipt)
    application.refresh_from_db()
    assert application.status == "submitted"
    assert len(walk.pages) <= 14
    assert walk.entries <= 60


# --- Checking and sending ----------------------------------------------------------------------------


def test_the_check_shows_everything_with_where_to_change_it():
    application = application_at("draft")
    page = see(application.group.representative, application, "application_check")
    text = words(page)
    for part in (
        "A shared drying kiln",
        "We dry wood in the open",
        "Buy and install the kiln",
        "Carpintería 1 SRL",
        "Drying kiln",
        "minutes.pdf",
        "The programme pays 60 % of the whole; at most 70 %",
    ):
        assert part in text
    assert page.text.count("?back=check") == 6
    assert "Send the application" in text


def test_the_check_says_what_is_in_the_way_and_where_to_mend_it():
    application = draft(group=make_group(4))
    page = see(application.group.representative, application, "application_check")
    text = words(page)
    assert "5 things are in the way" in text
    assert "Your group has 4 SMEs and this call asks for 5: 1 is missing." in text
    assert address(application, "application_section", "members") + "?back=check" in page.text
    assert 'aria-disabled="true"' in page.text
    assert "declared" not in page.text


def test_the_check_says_what_waits_for_an_answer_and_what_the_office_will_judge():
    application = application_at("draft")
    person = application.group.representative
    assert "What the office will judge" not in words(see(person, application, "application_check"))
    adviser = staff_member("adviser", Role.ADVISER)
    for section in ("plan", "plan", "budget"):
        application.suggestions.create(section=section, comment="Say who.", made_by=adviser, made_at=NOON)
    application.group.memberships.update(place_in_chain="")
    text = words(see(person, application, "application_check"))
    assert "Your adviser suggested something in 2 sections" in text
    assert "What the office will judge" in text


def test_sending_gives_a_number_and_a_receipt():
    application = application_at("draft")
    user = application.group.representative
    answer = send(user, application, "application_submit", declared="on")
    assert answer.headers["Location"] == address(application, "application_receipt")
    application.refresh_from_db()
    assert (application.status, application.first_submitted_at) == ("submitted", NOON)
    text = words(browser(user).get(answer.headers["Location"]))
    reference = Application.objects.select_related("case").get(pk=application.pk).case.reference
    assert f"Reference number {reference}" in text
    assert "What happens next" in text
    assert "10/03/2026 12:00 (Buenos Aires)" in text
    assert application.submissions.get().sha256 in text


def test_without_the_declaration_nothing_is_sent():
    application = application_at("draft")
    page = send(application.group.representative, application, "application_submit")
    assert page.status_code == 422
    assert "Accept the declaration before you send." in problems(page)
    application.refresh_from_db()
    assert application.status == "draft"


def test_with_a_failing_rule_nothing_is_sent():
    application = draft()
    page = send(application.group.representative, application, "application_submit", declared="on")
    assert page.status_code == 409
    assert "things are in the way" in problems(page)
    assert not application.submissions.exists()


def test_after_the_deadline_nothing_is_sent(frozen):
    application = application_at("draft", call=make_call(closes_at=NOON + DAY))
    frozen.move_to(NOON + DAY + dt.timedelta(seconds=1))
    page = send(application.group.representative, application, "application_submit", declared="on")
    assert page.status_code == 409
    assert "This call closed on 11/03/2026, 12:00." in problems(page)
    assert not application.submissions.exists()


def test_what_arrived_in_time_is_in_time_where_a_proxy_says_so(frozen, settings):
    settings.TRUST_REQUEST_START = True
    application = application_at("draft", call=make_call(closes_at=NOON + DAY))
    frozen.move_to(NOON + DAY + dt.timedelta(seconds=30))
    client = browser(application.group.representative)
    in_time = (NOON + DAY - dt.timedelta(seconds=1)).timestamp()
    data = {"declared": "on", "version": application.version}
    answer = client.post(
        address(application, "application_submit"), data, headers={"X-Request-Start": f"t={in_time:.3f}"}
    )
    assert answer.status_code == 302
    assert application.submissions.get().submitted_at == NOON + DAY - dt.timedelta(seconds=1)


@pytest.mark.parametrize("header", ["t=1", "x", "", "t=99999999999999999999", "t=1773154800.000", "t=-5"])
@pytest.mark.parametrize("trusted", [True, False])
def test_a_forged_or_foolish_time_of_arrival_changes_nothing(frozen, settings, header, trusted):
    settings.TRUST_REQUEST_START = trusted
    application = application_at("draft", call=make_call(closes_at=NOON + DAY))
    frozen.move_to(NOON + 2 * DAY)
    client = browser(application.group.representative)
    data = {"declared": "on", "version": application.version}
    answer = client.post(
        address(application, "application_submit"), data, headers={"X-Request-Start": header}
    )
    assert answer.status_code == 409
    assert not application.submissions.exists()


def test_without_a_trusted_proxy_the_header_is_a_strangers_word(frozen):
    application = application_at("draft", call=make_call(closes_at=NOON + DAY))
    frozen.move_to(NOON + DAY + dt.timedelta(seconds=30))
    client = browser(application.group.representative)
    in_time = (NOON + DAY - dt.timedelta(seconds=1)).timestamp()
    data = {"declared": "on", "version": application.version}
    answer = client.post(
        address(application, "application_submit"), data, headers={"X-Request-Start": f"t={in_time}"}
    )
    assert answer.status_code == 409


def test_sending_twice_is_sending_once():
    application = application_at("draft")
    user, shown = application.group.representative, application.version
    assert send(user, application, "application_submit", version=shown, declared="on").status_code == 302
    again = send(user, application, "application_submit", version=shown, declared="on")
    assert again.status_code == 409
    assert application.submissions.count() == 1


def test_sending_from_a_stale_tab_is_refused_and_shows_what_is_there_now():
    application = application_at("draft")
    user, shown = application.group.representative, application.version
    line = application.lines.first()
    send(user, application, "budget_line_delete", line.pk)
    page = send(user, application, "application_submit", version=shown, declared="on")
    assert page.status_code == 409
    assert "Somebody changed this" in problems(page)
    assert "Drying kiln" not in page.text
    assert not application.submissions.exists()


def test_more_fields_than_the_form_has_change_nothing():
    application = application_at("draft")
    user = application.group.representative
    send(
        user,
        application,
        "application_submit",
        declared="on",
        arrived_at="2020-01-01",
        status="approved",
        amount="1",
    )
    application.refresh_from_db()
    assert (application.status, application.first_submitted_at) == ("submitted", NOON)


def test_a_firm_that_another_group_sent_is_said_and_nothing_is_sent():
    shared, call = make_firm(), make_call()
    first, second = make_group(4, name="One"), make_group(4, name="Two")
    add_to(first, shared)
    add_to(second, shared)
    submit(fill(draft(group=first, call=call)))
    late = fill(draft(group=second, call=call))
    page = send(second.representative, late, "application_submit", declared="on")
    assert page.status_code == 409
    assert shared.name in problems(page)
    assert "One" not in problems(page), "which group it is stays between the firm and that group"
    assert not late.submissions.exists()


def test_an_answer_to_a_return_is_sent_as_a_second_version():
    application = application_at("changes_requested")
    user = application.group.representative
    answer = send(user, application, "application_submit", declared="on")
    assert answer.status_code == 302
    assert application.submissions.count() == 2
    assert "2" in words(browser(user).get(answer.headers["Location"]))


def test_there_is_no_receipt_before_anything_was_sent():
    application = application_at("draft")
    assert see(application.group.representative, application, "application_receipt").status_code == 404
    assert (
        send(
            application.group.representative, application, "application_paper", "application_dossier"
        ).status_code
        == 404
    )


def test_sending_is_asked_by_post_only():
    application = application_at("draft")
    answer = see(application.group.representative, application, "application_submit")
    assert answer.url == reverse("application_detail", args=[application.pk])
