"""What the office does around a case: notes with mentions, the log of contacts, messages with the group, the officer in
charge, snippets. Who may, what is refused, what bad input does, and that nothing typed becomes markup."""

import datetime as dt

import pytest
from django.urls import reverse

from accounts.roles import Role
from applications.models import Application, Snippet
from applications.office import charge, notes, snippets, thread
from applications.office import duties as office_duties
from core import dates
from core.models import Event, Message
from core.workflow import NotAllowed, TransitionRefused
from tests.applications.staff_pages import browser, get, post, problems, words
from tests.cast import give_audit, make_person
from tests.clock import NOON
from tests.factories_applications import DAY, OFFICE, application_at, staff_member
from tests.factories_groups import give_place

pytestmark = pytest.mark.django_db
HOSTILE = "<script>alert(1)</script>"


@pytest.fixture
def application() -> Application:
    return application_at("submitted")


@pytest.fixture
def group_lead(application):
    return application.group.representative


def send(user, address: str, /, *args, **data):
    """A form with a field `name`."""
    return browser(user).post(reverse(address, args=args), data)


def last_event(application: Application) -> Event:
    return Event.objects.filter(case_id=application.case_id).order_by("-sequence").first()


# --- Notes ------------------------------------------------------------------------------------------------


def test_a_note_calls_the_attention_of_a_colleague(application):
    approver = OFFICE.approver
    answer = post(
        OFFICE.officer, "note_add", application.pk, text="Is this the same firm?", mentions=[approver.pk]
    )
    assert answer.status_code == 302
    event = last_event(application)
    assert (event.action, event.data["mentions"]) == (notes.NOTED, [approver.pk])
    assert event.text.text == f"@{approver}: Is this the same firm?"
    told = Message.objects.get(template="mentioned")
    assert (told.recipient, told.case_id) == (approver, application.case_id)
    assert "Note of the office, for 1 colleague" in words(
        get(OFFICE.approver, "application_detail", application.pk)
    )


def test_a_note_is_text_and_the_group_never_reads_it(application, group_lead):
    notes.note(by=OFFICE.officer, application=application, text=HOSTILE, now=NOON)
    text = get(OFFICE.officer, "application_detail", application.pk).text
    assert HOSTILE not in text
    assert "&lt;script&gt;" in text
    assert "alert(1)" not in get(group_lead, "application_detail", application.pk).text


@pytest.mark.parametrize("role", [Role.OFFICER, Role.APPROVER, Role.FINANCE, Role.ADMIN])
def test_whoever_of_the_office_notes(application, role):
    by = OFFICE.admin if role is Role.ADMIN else staff_member(f"a_{role}", role)
    assert notes.note(by=by, application=application, text="Seen.", now=NOON).actor == by


def test_nobody_else_does(application, group_lead):
    auditor = make_person("auditor")
    give_audit(auditor, application.case, by=OFFICE.admin)
    adviser = staff_member("adviser", Role.ADVISER)
    application.group.advisers.add(adviser)
    for by in (group_lead, auditor, adviser, OFFICE.reviewers[0], make_person("stranger")):
        with pytest.raises(NotAllowed):
            notes.note(by=by, application=application, text="Seen.", now=NOON)
        with pytest.raises(NotAllowed):
            notes.contact(by=by, application=application, kind="call", on=NOON.date(), text="x", now=NOON)
    assert not Event.objects.filter(action__in=[notes.NOTED, notes.CONTACTED]).exists()


def test_an_officer_of_the_group_is_no_staff_here(application):
    officer = staff_member("insider", Role.OFFICER)
    give_place(application.group, officer, Role.VIEWER)
    assert get(officer, "note_add", application.pk).status_code == 403
    with pytest.raises(TransitionRefused):
        notes.note(by=OFFICE.officer, application=application, text="x", mentions=[officer], now=NOON)
    assert officer not in notes.can_be_mentioned(application, OFFICE.officer, dates.now())


def test_an_empty_and_an_endless_note_are_refused_and_nothing_is_lost(application):
    empty = post(OFFICE.officer, "note_add", application.pk, text="   ", mentions=[OFFICE.approver.pk])
    assert empty.status_code == 422
    assert "Write the note." in problems(empty)
    assert f'value="{OFFICE.approver.pk}" checked' in " ".join(empty.text.split()) or "checked" in empty.text
    long = post(OFFICE.officer, "note_add", application.pk, text="x" * (notes.LONGEST + 1))
    assert long.status_code == 422
    for text in ("", " ", "x" * (notes.LONGEST + 1)):
        with pytest.raises(TransitionRefused):
            notes.note(by=OFFICE.officer, application=application, text=text, now=NOON)


def test_who_is_no_colleague_cannot_be_mentioned(application, group_lead):
    for who in (group_lead.pk, 10**9, "x"):
        assert post(OFFICE.officer, "note_add", application.pk, text="Hi", mentions=[who]).status_code == 422
    many = [staff_member(f"colleague{number}", Role.OFFICER) for number in range(notes.MOST_MENTIONS + 1)]
    with pytest.raises(TransitionRefused):
        notes.note(by=OFFICE.officer, application=application, text="x", mentions=many, now=NOON)
    assert not Message.objects.filter(template="mentioned").exists()


# --- Contacts ---------------------------------------------------------------------------------------------


def test_a_visit_before_approval_is_logged_with_its_day(application):
    today = dates.today()
    answer = post(
        OFFICE.officer, "contact_add", application.pk, kind="visit", on=today.isoformat(), text="Two ovens."
    )
    assert answer.status_code == 302
    event = last_event(application)
    assert (event.action, event.data) == (notes.CONTACTED, {"kind": "visit", "on": today.isoformat()})
    assert f"Visit, on {today:%d/%m/%Y}" in words(get(OFFICE.officer, "application_detail", application.pk))


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"kind": "smoke"}, "not one of the available choices"),
        ({"kind": ""}, "Choose how you were in contact."),
        ({"text": ""}, "Say what was said or seen."),
        ({"on": "32/13/2026"}, "Write a day that exists"),
        ({"on": "2199-01-01"}, "The day is in the future."),
        ({"on": "2999-01-01"}, "Look at its year."),
        ({"on": "1999-01-01"}, "The day is more than 5 years ago."),
    ],
)
def test_a_contact_that_cannot_be_is_refused_in_place(application, fields, sentence):
    sent = {"kind": "call", "on": dates.today().isoformat(), "text": "They called.", **fields}
    answer = post(OFFICE.officer, "contact_add", application.pk, **sent)
    assert answer.status_code == 422
    assert sentence in problems(answer)
    if "text" not in fields:
        assert "They called." in answer.text


@pytest.mark.parametrize(
    ("kind", "on"),
    [
        ("smoke", NOON.date()),
        ("call", NOON.date() + 2 * DAY),
        ("call", dt.date(2001, 1, 1)),
    ],
)
def test_the_action_holds_it_too(application, kind, on):
    with pytest.raises(TransitionRefused):
        notes.contact(by=OFFICE.officer, application=application, kind=kind, on=on, text="x", now=NOON)


# --- Messages ---------------------------------------------------------------------------------------------


def test_a_thread_from_question_to_answer(application, group_lead):
    assert OFFICE.officer.is_active
    asked = post(group_lead, "application_messages", application.pk, act="write", text=f"When? {HOSTILE}")
    assert asked.status_code == 302
    mail = Message.objects.filter(template="message_of_group").first()
    assert mail.context["url"].endswith(f"/applications/{application.pk}/messages/")
    page = get(OFFICE.officer, "application_messages", application.pk)
    assert HOSTILE not in page.text
    assert "The group waits for an answer since" in words(page)
    post(OFFICE.officer, "application_messages", application.pk, act="write", text="On Monday.")
    text = words(get(group_lead, "application_messages", application.pk))
    assert text.index("When?") < text.index("On Monday.")
    assert "of the programme" in text
    assert "The programme wrote to you on" in words(get(group_lead, "application_detail", application.pk))
    assert 'class="layout-applicant' in get(group_lead, "application_messages", application.pk).text


def test_both_sides_see_how_many_wait(application, group_lead):
    for text in ("One", "Two"):
        thread.write(by=group_lead, application=application, text=text, now=NOON)
    fresh = Application.objects.get(pk=application.pk)
    assert thread.standing(fresh, thread.recent(fresh)).waiting == 2
    assert "2 messages wait for an answer of the programme" in words(
        get(group_lead, "application_detail", application.pk)
    )
    assert "2 messages of the group wait for an answer" in words(
        get(OFFICE.officer, "application_detail", application.pk)
    )


def test_a_message_that_needs_no_answer_is_dealt_with_once(application, group_lead):
    thread.write(by=group_lead, application=application, text="Thanks.", now=NOON)
    first = post(OFFICE.officer, "application_messages", application.pk, act="deal_with")
    assert first.status_code == 302
    assert post(OFFICE.officer, "application_messages", application.pk, act="deal_with").status_code == 409
    assert post(group_lead, "application_messages", application.pk, act="deal_with").status_code == 403


@pytest.mark.parametrize("text", ["", "   ", "x" * (thread.LONGEST + 1)])
def test_a_message_without_words_or_without_end(application, group_lead, text):
    answer = post(group_lead, "application_messages", application.pk, act="write", text=text)
    assert answer.status_code == 422
    assert not Event.objects.filter(action=thread.ACTION).exists()


def test_who_only_reads_writes_nothing(application):
    for by in (OFFICE.approver, staff_member("finance", Role.FINANCE)):
        page = get(by, "application_messages", application.pk)
        assert page.status_code == 200
        assert "Send to the group" not in page.text
        answer = post(by, "application_messages", application.pk, act="write", text="Hi")
        assert answer.status_code == 403
    assert get(make_person("stranger"), "application_messages", application.pk).status_code == 404


def test_the_answer_is_a_duty_of_three_working_days(application, group_lead):
    thread.write(by=group_lead, application=application, text="When?", now=NOON)
    due = dates.add_days(dates.day_of(NOON), 3, working=True)
    (duty,) = office_duties.messages(today=dates.day_of(NOON), user=OFFICE.officer)
    assert (duty.key, duty.due_on) == (f"application.message.{application.pk}", due)
    assert duty.url == f"/applications/{application.pk}/messages/"
    bounded = {
        "in": (due, due),
        "before": (None, due - DAY),
        "after": (due + DAY, None),
    }
    found = {
        name: len(list(office_duties.messages(today=due, due_from=first, due_to=last)))
        for name, (first, last) in bounded.items()
    }
    assert found == {"in": 1, "before": 0, "after": 0}
    charge.put_in_charge(by=OFFICE.officer, application=application, officer=OFFICE.officer, now=NOON)
    other = staff_member("other_officer", Role.OFFICER)
    assert not list(office_duties.messages(today=due, user=other))
    assert not list(office_duties.messages(today=due, user=OFFICE.approver))
    thread.write(by=OFFICE.officer, application=application, text="Soon.", now=NOON)
    assert not list(office_duties.messages(today=due))


# --- Who is in charge -------------------------------------------------------------------------------------


def test_an_officer_is_put_in_charge_and_taken_out(application):
    officer = OFFICE.officer
    assert post(officer, "application_officer", application.pk, officer=officer.pk).status_code == 302
    again = post(officer, "application_officer", application.pk, officer=officer.pk)
    assert again.status_code == 409
    assert "is in charge of it already" in problems(again)
    assert post(officer, "application_officer", application.pk, officer="").status_code == 302
    application.refresh_from_db()
    assert application.officer is None
    for nobody in ("x", OFFICE.approver.pk):
        assert post(officer, "application_officer", application.pk, officer=nobody).status_code == 422


# --- Snippets ---------------------------------------------------------------------------------------------


def test_a_text_is_kept_shared_changed_and_taken_out(application):
    officer, colleague = OFFICE.officer, staff_member("colleague", Role.FINANCE)
    added = send(officer, "snippet_add", name="Greeting", text=f"Good day {HOSTILE}", shared="on")
    assert added.status_code == 302
    row = Snippet.objects.get()
    assert "Shared by" in words(get(colleague, "snippet_list"))
    assert HOSTILE not in get(colleague, "note_add", application.pk).text
    assert "Good day" in get(colleague, "note_add", application.pk).text
    assert send(colleague, "snippet_edit", row.pk, name="Mine", text="x").status_code == 404
    assert post(colleague, "snippet_delete", row.pk).status_code == 404
    assert send(officer, "snippet_edit", row.pk, name="Greeting", text="Good evening").status_code == 302
    row.refresh_from_db()
    assert (row.text, row.shared) == ("Good evening", False)
    assert "Good evening" not in get(colleague, "note_add", application.pk).text
    assert post(officer, "snippet_delete", row.pk).status_code == 302
    assert not Snippet.objects.exists()


def test_a_name_is_used_once(application):
    officer = OFFICE.officer
    snippets.keep(by=officer, snippet=Snippet(owner=officer, name="Greeting", text="a"))
    answer = send(officer, "snippet_add", name="Greeting", text="b")
    assert answer.status_code == 422
    assert "You have a text of this name already." in problems(answer)
    assert send(officer, "snippet_add", name="", text="").status_code == 422
    assert send(OFFICE.admin, "snippet_add", name="Greeting", text="b").status_code == 302


def test_texts_are_the_offices(application, group_lead):
    assert get(group_lead, "snippet_list").status_code == 403
    assert send(OFFICE.reviewers[0], "snippet_add", name="a", text="b").status_code == 403
    with pytest.raises(NotAllowed):
        snippets.keep(by=group_lead, snippet=Snippet(owner=group_lead, name="a", text="b"))
    snippets.keep(
        by=OFFICE.officer, snippet=Snippet(owner=OFFICE.officer, name="a", text="secret", shared=True)
    )
    assert "secret" not in get(group_lead, "application_messages", application.pk).text


@pytest.mark.parametrize("name", ["note_add", "contact_add", "application_messages", "application_return"])
def test_they_stand_under_the_boxes_of_the_office(application, name):
    snippets.keep(by=OFFICE.officer, snippet=Snippet(owner=OFFICE.officer, name="Hours", text="9 to 17"))
    assert "9 to 17" in get(OFFICE.officer, name, application.pk).text
