"""Pages of technical support, and of what changed between two versions."""

import datetime as dt
from importlib import import_module

import pytest
from django.apps import apps
from django.urls import reverse

from accounts.roles import Role
from applications import actions
from applications.models import Application, Support
from core import timeline
from tests.applications.staff_pages import browser, get, post, problems, words
from tests.clock import NOON
from tests.factories_applications import (
    OFFICE,
    application_at,
    draft,
    fill,
    return_for_changes,
    staff_member,
    submit,
)
from tests.factories_groups import give_place, make_group
from tests.factories_support import log, support_at

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]
DAY = dt.timedelta(days=1)
SESSION = {"on": "2026-03-10", "mode": "visit", "hours": "1,5", "people": "Rosa", "done": "The plan."}


# --- From the question to the end --------------------------------------------------------------------


def test_a_group_without_any_application_asks_and_gets_its_adviser_on_the_pages(officer, adviser):
    group = make_group()
    representative = group.representative
    assert reverse("group_support", args=[group.pk]) in get(representative, "group_detail", group.pk).text
    page = get(representative, "group_support", group.pk)
    assert "had no technical support yet" in words(page)
    assert reverse("support_ask", args=[group.pk]) in page.text
    assert "Fill in" in problems(post(representative, "support_ask", group.pk, need=""))
    answer = post(representative, "support_ask", group.pk, need="To write our plan.")
    support = Support.objects.get()
    assert answer["Location"] == reverse("support_detail", args=[support.pk])
    assert "waits already" in words(get(representative, "support_ask", group.pk))
    page = get(officer, "support_act", support.pk, "assign")
    assert "Adviser · helps 0 groups" in words(page)
    assert post(officer, "support_act", support.pk, "assign", version=0, adviser="x").status_code == 422
    wrong = post(officer, "support_act", support.pk, "assign", version=0, adviser=representative.pk)
    assert wrong.status_code == 422
    stale = post(officer, "support_act", support.pk, "assign", version=7, adviser=adviser.pk)
    assert stale.status_code == 409
    assert (
        post(officer, "support_act", support.pk, "assign", version=0, adviser=adviser.pk).status_code == 302
    )
    assert "Accept to help" in get(adviser, "support_detail", support.pk).text
    assert get(adviser, "group_detail", group.pk).status_code == 404
    assert post(adviser, "support_act", support.pk, "accept", version=1).status_code == 302
    assert get(adviser, "group_detail", group.pk).status_code == 200
    page = post(officer, "support_act", support.pk, "end", version=2, reason="")
    assert page.status_code == 422
    assert post(officer, "support_act", support.pk, "end", version=2, reason="It is done.").status_code == 302
    assert "It is done." in get(representative, "support_detail", support.pk).text


def test_who_declines_goes_back_to_the_list(adviser):
    support = support_at("offered", adviser=adviser)
    answer = post(adviser, "support_act", support.pk, "decline", version=support.version, reason="No time.")
    assert answer["Location"] == reverse("support_list")
    assert get(adviser, "support_detail", support.pk).status_code == 404
    page = get(support.group.representative, "support_detail", support.pk)
    assert "No time." not in page.text
    assert "No time." in get(OFFICE.officer, "support_detail", support.pk).text


def test_a_step_that_the_state_does_not_allow_says_why(adviser):
    support = support_at("active", adviser=adviser)
    page = get(support.group.representative, "support_act", support.pk, "withdraw")
    assert page.status_code == 200
    assert "the state is now “Active”" in words(page)
    assert post(support.group.representative, "support_act", support.pk, "withdraw").status_code == 409
    assert get(OFFICE.officer, "support_act", support.pk, "no-such-act").status_code == 404


def test_an_officer_offers_help_to_a_group_and_sees_who_is_loaded(officer, adviser, staff):
    support_at("active", adviser=adviser)
    support_at("offered", adviser=adviser, group=make_group(name="Quesos"))
    group = make_group(name="Vinos")
    judge = staff("judge", Role.ADVISER)
    give_place(group, judge)
    free = staff("free", Role.ADVISER)
    page = words(get(officer, "support_offer", group.pk))
    assert "Adviser · helps 1 group, has 1 offer to answer" in page
    assert "Free · helps 0 groups" in page
    assert "Judge" not in page
    answer = post(officer, "support_offer", group.pk, adviser=free.pk, need="They did not ask.")
    assert answer.status_code == 302
    assert group.supports.get().adviser == free
    assert "waits already" in words(get(officer, "support_offer", group.pk))
    nobody = make_group(name="Nadie")
    for person in (adviser, judge, free):
        give_place(nobody, person, Role.VIEWER)
    assert "an admin gives the role" in words(get(officer, "support_offer", nobody.pk))


def test_the_case_page_shows_the_support_of_its_group(adviser):
    application = draft()
    representative = application.group.representative
    page = words(get(representative, "application_detail", application.pk))
    assert "Nobody of the programme helps this group now. Ask for technical support" in page.replace(
        "  ", " "
    )
    support = support_at("offered", group=application.group, adviser=adviser)
    page = words(get(representative, "application_detail", application.pk))
    assert "Adviser was asked, and answers by 17/03/2026." in page
    assert "Adviser asked to help" in page, "the history of the support stands there too"
    assert "Ask for technical support" not in page
    assert (
        reverse("support_detail", args=[support.pk])
        in get(OFFICE.officer, "application_detail", application.pk).text
    )
    sent = application_at("in_review")
    assert "Technical support" in words(get(OFFICE.officer, "application_detail", sent.pk))
    reviewer = OFFICE.reviewers[0]
    assert get(reviewer, "group_support", sent.group_id).status_code == 404


# --- The log -----------------------------------------------------------------------------------------


def test_sessions_are_logged_corrected_and_added_up(adviser):
    support = support_at("active", adviser=adviser)
    assert "No session was logged yet" in words(get(adviser, "support_detail", support.pk))
    assert post(adviser, "session_add", support.pk, **SESSION).status_code == 302
    log(support, hours="2")
    session = support.sessions.get(people="Rosa")
    page = words(get(support.group.representative, "support_detail", support.pk))
    assert "2 sessions" in page
    assert "Total 3,5" in page or "Total 3.5" in page
    assert "Correct" not in page
    assert "Correct" in words(get(adviser, "support_detail", support.pk))
    page = get(adviser, "session_edit", support.pk, session.pk)
    assert 'value="2026-03-10"' in page.text
    changed = SESSION | {"hours": "2,25"}
    assert post(adviser, "session_edit", support.pk, session.pk, **changed).status_code == 302
    assert "Hours: 1,5 hours → 2,25 hours" in words(get(adviser, "support_detail", support.pk))


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"on": "2026-03-11"}, "cannot be in the future"),
        ({"on": "2026-03-01"}, "cannot be before 10/03/2026"),
        ({"on": "31/02/2026"}, "Write a day that exists"),
        ({"hours": "0"}, "at least 0,01"),
        ({"hours": "25"}, "at most 24"),
        ({"hours": "two"}, "number"),
        ({"mode": "dream"}, "Select a valid choice"),
        ({"people": ""}, "Fill in"),
        ({"people": "x" * 301}, "300"),
    ],
)
def test_the_log_says_what_is_wrong_at_the_field(adviser, fields, sentence):
    support = support_at("active", adviser=adviser)
    page = post(adviser, "session_add", support.pk, **{**SESSION, **fields})
    assert page.status_code == 422
    assert sentence in problems(page)
    assert not support.sessions.exists()


def test_a_session_is_corrected_by_who_logged_it_in_its_support_only(adviser, frozen):
    support = support_at("active", adviser=adviser)
    other = support_at("active", adviser=adviser, group=make_group(name="Quesos"))
    session = log(support)
    assert get(adviser, "session_edit", other.pk, session.pk).status_code == 404
    assert get(OFFICE.officer, "session_edit", support.pk, session.pk).status_code == 403
    frozen.move_to(NOON + 8 * DAY)
    assert "for 7 days" in words(get(adviser, "session_edit", support.pk, session.pk))
    assert post(adviser, "session_edit", support.pk, session.pk, **SESSION).status_code == 409


# --- What changed ------------------------------------------------------------------------------------


def changed_and_sent_again() -> Application:
    """Sent, returned, changed in two sections, and sent again."""
    application = return_for_changes(submit(fill(draft())), ("project", "plan"))
    by = application.group.representative
    with actions.editing(application, by=by, section="project", version=None, now=NOON) as fresh:
        fresh.diagnosis = "We dry wood in a shed, and lose a tenth of it."
    with actions.editing(application, by=by, section="plan", version=None, now=NOON) as fresh:
        fresh.activities.filter(order=1).update(last_month=6)
    return Application.objects.get(pk=application.pk)


def test_the_group_sees_what_it_changed_before_it_sends_again():
    application = changed_and_sent_again()
    representative = application.group.representative
    page = words(get(representative, "application_check", application.pk))
    assert "What you changed since you sent it" in page
    assert "[taken out: the open" in page
    assert "Buy and install the kiln Months Before: 1–4 Now: 1–6" in page
    fresh = fill(draft(group=make_group(name="Quesos")))
    page = words(get(fresh.group.representative, "application_check", fresh.pk))
    assert "What you changed" not in page


def test_staff_see_what_changed_on_the_page_of_eligibility_and_may_choose_the_versions(officer):
    application = submit(changed_and_sent_again())
    page = words(get(officer, "eligibility", application.pk))
    assert "What changed from version 1 to version 2" in page
    assert "Months Before: 1–4 Now: 1–6" in page
    assert (
        reverse("application_changes", args=[application.pk])
        in get(officer, "application_detail", application.pk).text
    )
    page = words(get(officer, "application_changes", application.pk))
    assert "From version 1 to version 2" in page
    assert "Months Before: 1–4 Now: 1–6" in page
    page = words(get(officer, "application_changes", application.pk, before=2, after=1))
    assert "Months Before: 1–6 Now: 1–4" in page
    same = words(get(officer, "application_changes", application.pk, before=2, after=2))
    assert "Nothing was changed." in same
    for wrong in ({"before": 9}, {"after": "x"}, {"before": ""}):
        assert get(officer, "application_changes", application.pk, **wrong).status_code == 422


def test_one_version_has_nothing_to_compare(officer):
    application = submit(fill(draft()))
    page = words(get(officer, "application_changes", application.pk))
    assert "not sent twice yet" in page
    assert "Error" not in page
    assert "What changed" not in words(get(officer, "eligibility", application.pk))


def test_what_was_sent_is_data_and_not_markup(officer):
    application = return_for_changes(submit(fill(draft())), ("project",))
    by = application.group.representative
    with actions.editing(application, by=by, section="project", version=None, now=NOON) as fresh:
        fresh.diagnosis = "<script>alert(1)</script> " + fresh.diagnosis
    page = get(by, "application_check", application.pk)
    assert "<script>alert" not in page.text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page.text


# --- Those who advised before there were states ------------------------------------------------------


def test_who_advised_before_keeps_it_and_who_did_is_known(adviser):
    application = draft()
    gone, officer = staff_member("gone", Role.ADVISER), OFFICE.officer
    for person in (adviser, gone):
        timeline.record(
            application.case, "application.adviser_assigned", by=officer, now=NOON, obj=application,
            adviser=person.pk,
        )  # fmt: skip
    timeline.record(
        application.case, "application.adviser_left", by=officer, now=NOON + DAY, obj=application, adviser=gone.pk
    )  # fmt: skip
    application.group.advisers.add(adviser)
    import_module("applications.migrations.0007_support_has_states").give_supports(apps, None)
    rows = Support.objects.order_by("pk").values_list("adviser", "status", "accepted_at", "ended_at")
    assert set(rows) == {
        (adviser.pk, "active", NOON, None),
        (gone.pk, "ended", NOON, NOON + DAY),
    }
    assert browser(officer).get(reverse("support_list")).status_code == 200
