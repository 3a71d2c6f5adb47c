"""The case page of staff: what is new since they looked, the history by kinds, related cases, and how many questions the
page asks the database, whatever there is to read."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.roles import Role
from applications import standing
from applications.models import Application
from applications.office import charge, notes, thread
from applications.workflow import REVIEW
from core import dates
from core.models import CaseSeen
from grants.models import Project
from groups.models import Firm, Membership
from tests.applications.staff_pages import browser, get, words
from tests.cast import give_audit, make_person
from tests.clock import NOON
from tests.factories_applications import (
    DAY,
    OFFICE,
    application_at,
    make_call,
    send_review,
    staff_member,
)
from tests.factories_groups import make_group
from tests.factories_reports import make_project

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("submitted_stands", "in_review_stands")]

# Log-in, person, roles and bell, with one to spare; and twelve for the case.
MOST_QUERIES = 5 + 12


def page(application: Application, user=None, **query):
    """The case page as an officer sees it, or somebody else."""
    return get(user or OFFICE.officer, "application_detail", application.pk, **query)


# --- What is new ----------------------------------------------------------------------------------------


def test_the_first_visit_says_nothing_of_changes():
    application = application_at("submitted")
    assert "since you looked" not in words(page(application))
    assert CaseSeen.objects.get(user=OFFICE.officer).sequence == application.case.events.count()


def test_what_others_did_since_one_looked_comes_first_and_is_marked():
    application = application_at("submitted")
    page(application)
    colleague = staff_member("colleague", Role.OFFICER)
    notes.note(by=colleague, application=application, text="Look at the budget.", now=dates.now())
    notes.note(by=OFFICE.officer, application=application, text="I did.", now=dates.now())
    text = words(page(application))
    assert "1 change since you looked on" in text
    assert text.count("New Note of the office") == 1
    # Once seen, it is not new any more; a colleague has an eye of their own.
    assert "since you looked" not in words(page(application))


def test_no_more_than_ten_changes_are_told_at_once():
    application = application_at("submitted")
    page(application)
    colleague = staff_member("colleague", Role.OFFICER)
    for number in range(12):
        notes.note(by=colleague, application=application, text=f"Number {number}", now=dates.now())
    answer = page(application)
    assert "12 changes since you looked on" in words(answer)
    assert len(answer.context["news"]) == 10
    assert "The others stand in the history" in words(answer)


def test_to_look_at_a_part_is_not_to_have_read_it_all_and_the_marks_stay():
    application = application_at("submitted")
    page(application)
    before = CaseSeen.objects.get().sequence
    thread.write(by=application.group.representative, application=application, text="When?", now=dates.now())
    assert "New Message of the group" not in words(page(application, show="messages"))
    assert CaseSeen.objects.get().sequence == before
    assert "New Message of the group" in words(page(application, show="messages", since=before))


@pytest.mark.parametrize("since", ["x", "-1", "9" * 40, "٣", ""])
def test_a_since_that_makes_no_sense_is_none(since):
    assert page(application_at("submitted"), since=since).status_code == 200


def test_a_group_leaves_no_trace_of_its_reading():
    application = application_at("submitted")
    text = words(page(application, application.group.representative))
    assert not CaseSeen.objects.exists()
    assert "since you looked" not in text


# --- The history by kinds ---------------------------------------------------------------------------------


def test_the_history_shows_one_kind_at_a_time():
    application = application_at("in_review")
    notes.note(by=OFFICE.officer, application=application, text="Ask the chamber.", now=NOON)
    thread.write(by=OFFICE.officer, application=application, text="Hello.", now=NOON)
    shown = {
        kind: [row.sentence for row in page(application, show=kind).context["timeline"]]
        for kind in ("steps", "messages", "notes", "edits", "nonsense")
    }
    assert shown["notes"] == ["Note of the office"]
    assert shown["messages"] == ["Message of the programme"]
    assert "Review begun" in shown["steps"]
    assert "Note of the office" not in shown["steps"]
    assert all(sentence.startswith(("Changed", "Marked", "Copied")) for sentence in shown["edits"])
    assert {"Note of the office", "Message of the programme", "Review begun"} <= set(shown["nonsense"])


def test_a_group_has_no_kind_for_notes_and_reads_none():
    application = application_at("submitted")
    notes.note(by=OFFICE.officer, application=application, text="Between us.", now=NOON)
    answer = page(application, application.group.representative, show="notes")
    assert "Between us" not in answer.text
    assert "Notes and contacts" not in answer.text


def test_a_reviewer_does_not_read_the_messages():
    application = application_at("in_review")
    thread.write(by=application.group.representative, application=application, text="Be kind.", now=NOON)
    review = application.reviews.first()
    reviewer = review.reviewer
    REVIEW.apply(review, "declare_interest", by=reviewer, now=NOON, data={"no_interest": True})
    answer = page(application, reviewer)
    assert answer.status_code == 200
    assert "Be kind." not in answer.text
    assert get(reviewer, "application_messages", application.pk).status_code == 403


# --- The panel ----------------------------------------------------------------------------------------------


def test_the_panel_says_who_is_in_charge_and_what_stands_out():
    application = application_at("submitted")
    charge.put_in_charge(by=OFFICE.officer, application=application, officer=OFFICE.officer, now=NOON)
    thread.write(by=application.group.representative, application=application, text="When?", now=NOON)
    Application.objects.filter(pk=application.pk).update(staff_due_on=NOON.date() - DAY)
    text = words(page(application))
    assert f"Officer in charge {OFFICE.officer} Change" in text
    assert "Late" in text
    assert "A message waits" in text
    assert "1 message of the group waits for an answer" in text


def test_who_notes_and_who_only_reads():
    application = application_at("submitted")
    assert "Add a note" in words(page(application, staff_member("finance", Role.FINANCE)))
    auditor = make_person("auditor")
    give_audit(auditor, application.case, by=OFFICE.admin)
    text = words(page(application, auditor))
    assert "For the office" in text
    assert "Add a note" not in text
    assert get(auditor, "application_officer", application.pk).status_code == 403


@pytest.mark.parametrize(
    ("status", "to_the_group", "to_staff"),
    [
        (
            "changes_requested",
            "Change what the office asked, 10 days",
            "The group changes what was asked, 10 days",
        ),
        ("rejected", "You may ask for reconsideration until", "The group may ask for reconsideration until"),
        ("withdrawn", "You may start a new application", "The group may start a new application"),
        ("draft", "You write it", "The group writes it"),
    ],
)
@pytest.mark.usefixtures("frozen")
def test_staff_read_about_the_group_and_not_to_it(status, to_the_group, to_staff):
    application = application_at(status)
    for user, read, other in (
        (application.group.representative, to_the_group, to_staff),
        (OFFICE.officer, to_staff, to_the_group),
    ):
        text = words(page(application, user))
        assert read in text
        assert other not in text


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        ("awaiting_agreement", "The project is open, and its agreement waits for signatures."),
        ("active", "The project runs: its own page says what comes next."),
        ("closed", "The project has ended."),
    ],
)
def test_the_next_step_of_an_approved_one_is_its_projects(status, sentence):
    before = application_at("approved")
    assert "An officer opens the project" in words(page(before))
    project = make_project(call=make_call(code="N-2"), officer=OFFICE.officer, status=status)
    for user in (OFFICE.officer, project.group.representative):
        text = words(page(project.application, user))
        assert sentence in text
        assert "An officer opens the project" not in text


def test_every_state_of_a_project_has_its_sentence():
    assert set(standing.OF_PROJECT) == set(Project.Status.values)


def test_who_cannot_write_to_the_group_is_not_offered_to():
    application = application_at("submitted")
    auditor = make_person("auditor")
    give_audit(auditor, application.case, by=OFFICE.admin)
    text = words(page(application, auditor))
    assert "See the messages" in text
    assert "Write to the group" not in text
    assert "Write to the group" in words(page(application))


# --- Related cases ------------------------------------------------------------------------------------------


def rows_of(application: Application, user=None):
    return page(application, user).context["related"]


def test_two_live_applications_of_one_firm_are_flagged():
    first, second = application_at("submitted"), application_at("submitted")
    firm = first.group.memberships.first().firm
    Membership.objects.create(group=second.group, firm=firm, joined_on=NOON.date(), place_in_chain="Sells")
    (row,) = rows_of(first)
    assert row.application == second
    assert row.warns
    assert row.reasons == [f"The same firms: {firm.name}"]
    assert "Same firms, both under way" in words(page(first))
    # Seen from the other side the firm was sent, too: to say it once is enough.
    (back,) = rows_of(second)
    assert back.reasons == row.reasons


def test_an_ended_one_is_told_without_a_warning():
    first, second = application_at("submitted"), application_at("rejected")
    firm = first.group.memberships.first().firm
    Membership.objects.create(group=second.group, firm=firm, joined_on=NOON.date(), place_in_chain="Sells")
    (row,) = rows_of(first)
    assert not row.warns


def test_a_firm_that_left_is_known_by_what_was_sent():
    first, second = application_at("submitted"), application_at("submitted")
    firm = second.group.memberships.first().firm
    Membership.objects.filter(group=second.group, firm=firm).update(left_on=NOON.date())
    Membership.objects.create(group=first.group, firm=firm, joined_on=NOON.date(), place_in_chain="Sells")
    (row,) = rows_of(first)
    assert row.reasons == [f"The same firms when it was sent: {firm.name}"]


def test_a_shared_contact_is_told_in_words():
    first, second = application_at("submitted"), application_at("submitted")
    ours, theirs = first.group.memberships.first().firm, second.group.memberships.first().firm
    Firm.objects.filter(pk__in=[ours.pk, theirs.pk]).update(
        contact_email="both@firm.example", contact_phone="0341 400 0000"
    )
    (row,) = rows_of(first)
    assert row.reasons == [
        f"The same e-mail: {ours.name} and {theirs.name}",
        f"The same telephone: {ours.name} and {theirs.name}",
    ]
    assert not row.warns


def test_firms_without_a_contact_have_nothing_in_common():
    first, _second = application_at("submitted"), application_at("submitted")
    Firm.objects.update(contact_email="", contact_phone="")
    assert rows_of(first) == []


def test_nothing_of_it_is_the_groups_affair_nor_another_case_an_auditors():
    first, second = application_at("submitted"), application_at("submitted")
    firm = first.group.memberships.first().firm
    Membership.objects.create(group=second.group, firm=firm, joined_on=NOON.date(), place_in_chain="Sells")
    assert rows_of(first, first.group.representative) == []
    assert "Related cases" not in page(first, first.group.representative).text


# --- How much it asks ---------------------------------------------------------------------------------------

STATES = (
    "draft",
    "submitted",
    "changes_requested",
    "in_review",
    "recommended",
    "reserve",
    "approved",
    "rejected",
)


def counted(user, application: Application) -> int:
    """How many questions the second visit of a day asks, when something is new."""
    client, url = browser(user), reverse("application_detail", args=[application.pk])
    client.get(url)
    notes.note(by=OFFICE.admin, application=application, text="New.", now=dates.now())
    with CaptureQueriesContext(connection) as asked:
        assert client.get(url).status_code == 200
    return len(asked)


@pytest.mark.parametrize("status", STATES)
@pytest.mark.parametrize("who", ["officer", "approver"])
def test_the_page_asks_no_more_than_it_may_in_any_state(status, who):
    assert counted(getattr(OFFICE, who), application_at(status)) <= MOST_QUERIES


def test_nor_when_all_reviews_are_in_and_it_can_be_recommended():
    application = application_at("in_review")
    for review in application.reviews.all():
        send_review(review)
    assert counted(OFFICE.officer, application) <= MOST_QUERIES


@pytest.mark.parametrize("status", ["submitted", "in_review"])
def test_it_asks_no_more_when_there_is_much_to_read(status):
    application = application_at(status)
    alone = counted(OFFICE.officer, application)
    for number in range(30):
        notes.note(by=OFFICE.admin, application=application, text=f"Note {number}", now=NOON)
        thread.write(by=application.group.representative, application=application, text="?", now=NOON)
        group = make_group(representative=make_person(f"other{number}"), name=f"Group {number}")
        firm = application.group.memberships.first().firm
        Membership.objects.create(group=group, firm=firm, joined_on=NOON.date(), place_in_chain="Sells")
        review = application.reviews.first()
        if review is not None:
            review.pk, review.status = None, "declined"
            review.reviewer = staff_member(f"reviewer{number + 3}", Role.REVIEWER)
            review.save(force_insert=True)
    assert counted(OFFICE.officer, application) <= alone
    assert alone <= MOST_QUERIES
