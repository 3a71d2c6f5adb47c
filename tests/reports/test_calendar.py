"""The calendar of what a person owes: its private address, its text as the standard wants it."""

import datetime as dt

import pytest
from django.urls import reverse

from core.duties import Duty
from reports import calendar
from tests.applications.staff_pages import browser, words
from tests.clock import NOON
from tests.factories_grants import open_project

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen", "approved_stands")]


def test_who_has_the_address_reads_what_is_owed(client):
    project = open_project()
    person = project.group.representative
    page = browser(person).get(reverse("calendar"))
    address = calendar.address_of(person)
    assert address in page.text
    answer = client.get(reverse("calendar_feed", args=[person.pk, calendar.code_of(person)]))
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert "no-store" in answer["Cache-Control"]
    text = answer.text.replace("\r\n ", "")
    assert f"DTSTART;VALUE=DATE:{project.sign_by:%Y%m%d}" in text
    assert f"SUMMARY:Sign the agreement of “{project.title}”" in text
    assert f"/projects/{project.pk}/agreement/" in text
    assert text.startswith("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n")
    assert text.endswith("END:VCALENDAR\r\n")


def test_any_other_address_is_none_and_another_password_makes_another(client):
    person = open_project().group.representative
    code = calendar.code_of(person)
    for pk, other in ((person.pk, "a" * 64), (person.pk + 999, code)):
        assert client.get(reverse("calendar_feed", args=[pk, other])).status_code == 404
    person.set_password("another long pass phrase")
    person.save()
    assert client.get(reverse("calendar_feed", args=[person.pk, code])).status_code == 404
    assert calendar.person_of(person.pk, calendar.code_of(person)) == person
    person.is_active = False
    person.save()
    assert calendar.person_of(person.pk, calendar.code_of(person)) is None


def test_lines_are_short_and_letters_whole():
    line = "SUMMARY:" + "ñandú, " * 40
    parts = list(calendar.folded(line))
    assert all(len(part.encode()) <= 75 for part in parts)
    assert parts[0] + "".join(part[1:] for part in parts[1:]) == line
    assert calendar.escaped("a\\b;c,d\r\ne\nf") == "a\\\\b\\;c\\,d\\ne\\nf"


def test_what_is_late_stands_on_its_day():
    duty = Duty("report.1", 7, None, "Send it", dt.date(2026, 3, 1), "/reports/1/")
    text = calendar.feed([duty], now=NOON)
    assert "UID:report.1.7@" in text
    assert "DTSTAMP:20260310T150000Z" in text
    assert "DTEND;VALUE=DATE:20260302" in text


def test_the_timetable_of_a_project_leads_to_it():
    project = open_project()
    page = browser(project.group.representative).get(reverse("project_timetable", args=[project.pk]))
    assert reverse("calendar") in page.text
    assert "Your dates in your own calendar" in words(page)


def test_the_last_day_of_all_still_stands_in_it():
    duty = Duty("report.1", 7, None, "Send it", dt.date.max, "/reports/1/")
    assert "DTSTART;VALUE=DATE:99991231" in calendar.feed([duty], now=NOON)
