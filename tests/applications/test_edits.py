"""What people wrote in an application, as its timeline tells it."""

import re

import pytest
from django.urls import reverse

from accounts.roles import Role
from applications import actions, edits
from applications.models import Application
from core import timeline
from tests.applications.staff_pages import browser, get, words
from tests.clock import NOON
from tests.factories_applications import DAY, draft, fill, make_call, make_questions
from tests.factories_groups import give_place

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]


@pytest.fixture
def application() -> Application:
    return draft()


@pytest.fixture
def author(application):
    return application.group.representative


def write(by, application, *, now=NOON, **texts) -> None:
    actions.write_project(
        by=by, application=application, texts=texts, was={}, version=application.version, now=now
    )


def lines(application) -> list[str]:
    rows = timeline.rows(application.case, application.group.representative, join=edits.joined)
    return [row.sentence for row in rows]


def test_an_edit_names_its_fields_and_keeps_only_codes(application, author):
    write(author, application, title="A kiln", diagnosis="Wet wood")
    event = application.case.events.get(action=edits.EDITED)
    assert event.data == {"section": "project", "version": 1, "fields": ["title", "diagnosis"]}
    assert lines(application)[0] == "Changed: The project (Title of the project, Where you are now)"


def test_what_one_person_writes_in_one_section_in_a_row_is_one_line(application, author, person):
    write(author, application, title="A kiln")
    write(author, application, title="A big kiln", now=NOON + DAY)
    write(author, application, learning="To dry", now=NOON + 2 * DAY)
    assert len(lines(application)) == 2
    assert lines(application)[0] == (
        "Changed: The project (Title of the project, What the firms will learn together)"
    )
    rows = timeline.rows(application.case, author, join=edits.joined)
    assert rows[0].at == NOON + 2 * DAY
    other = person("other")
    give_place(application.group, other, Role.MEMBER)
    write(other, Application.objects.get(pk=application.pk), title="Theirs")
    assert len(lines(application)) == 3


def test_rows_are_counted_by_what_was_done_to_them(application, author):
    client = browser(author)
    url = reverse("application_section", args=[application.pk, "plan"])
    row = {"first_month": "1", "last_month": "4", "responsible": "A", "deliverable": "A kiln"}
    for name in ("Buy", "Install"):
        application.refresh_from_db()
        client.post(url, {**row, "name": name, "version": application.version})
    application.refresh_from_db()
    first = application.activities.first()
    client.post(
        reverse("activity_move", args=[application.pk, first.pk]),
        {"direction": "down", "version": application.version},
    )
    assert lines(application)[0] == "Changed: The work plan (2 added, 1 moved)"
    application.refresh_from_db()
    client.post(reverse("activity_delete", args=[application.pk, first.pk]), {"version": application.version})
    assert lines(application)[0] == "Changed: The work plan (2 added, 1 moved, 1 taken out)"


def test_answers_are_told_by_their_numbers():
    call = make_call()
    make_questions(call, "text", "number", "declaration")
    application = fill(draft(call=call))
    assert lines(application)[:2] == [
        "Changed: The declarations (number 1)",
        "Changed: The questions of the call (numbers 1, 2)",
    ]


def test_an_edit_of_which_nothing_more_is_known_is_told_plainly(application, author):
    timeline.record(application.case, edits.EDITED, by=author, now=NOON, obj=application, section="budget")
    assert lines(application)[0] == "Changed: The budget"


def test_each_section_says_who_changed_it_last(application, author):
    write(author, application, title="A kiln")
    text = words(get(author, "application_section", application.pk, "project"))
    assert "Last changed by Rosa Representante on 10/03/2026 12:00" in text
    assert "Last changed" not in get(author, "application_section", application.pk, "budget").text


def test_two_people_change_different_texts_at_once(application, author, person):
    other = person("other", "Sara Second")
    give_place(application.group, other, Role.MEMBER)
    page = get(author, "application_section", application.pk, "project").text
    form = {"version": application.version, "was": re.findall(r'name="was" value="([^"]+)"', page)}
    empty = {"diagnosis": "", "objectives": "", "learning": ""}
    url = reverse("application_section", args=[application.pk, "project"])
    browser(other).post(url, {**form, **empty, "title": "Theirs"})
    answer = browser(author).post(url, {**form, **empty, "title": "", "diagnosis": "Mine"}, follow=True)
    fresh = Application.objects.get(pk=application.pk)
    assert (fresh.title, fresh.diagnosis) == ("Theirs", "Mine")
    assert "it was kept: Title of the project." in words(answer)
