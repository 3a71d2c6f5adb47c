"""A project's timetable: each date in its month, with its state."""

import datetime as dt

import pytest
from django.urls import reverse

from core.dates import at_noon
from grants.timetable import rows_of
from grants.workflow import PROJECT
from tests.applications.staff_pages import browser, words
from tests.factories_applications import OFFICE
from tests.factories_grants import open_project, payment_at, project_at

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen", "active_stands")]

TODAY = dt.date(2026, 3, 10)


def test_each_date_stands_in_its_month():
    project = project_at("active")
    payment_at("paid", project=project)
    rows = rows_of(project, project.group.representative, TODAY)
    labels = [row.label for row in rows]
    assert labels[0] == "Month 1"
    assert len([row for row in rows if row.first]) == 12
    assert [row.label for row in rows if row.is_now] == ["Month 1"]
    first = {entry.what.partition(",")[0]: entry for entry in rows[0].entries}
    assert first["First day of the project"].day == TODAY
    assert first["Tranche 1"].state == "paid"
    third, fourth = rows[2], rows[3]
    assert any(entry.what.startswith("Tranche 2") and entry.state == "planned" for entry in third.entries)
    assert [entry.what for entry in fourth.entries] == ["Report 1 is due"]
    # The final report is due after the last day.
    assert rows[-1].label == "After the last day"


def test_a_suspension_puts_off_the_months_to_come():
    project = project_at("active")
    flood = {"reason": "A flood."}
    project = PROJECT.apply(project, "suspend", by=OFFICE.officer, now=at_noon(TODAY), data=flood)
    resumed = at_noon(TODAY + dt.timedelta(days=10))
    said = [entry.what for row in rows_of(project, OFFICE.officer, TODAY) for entry in row.entries]
    assert "The project was suspended: its dates move when it resumes" in said
    project = PROJECT.apply(project, "resume", by=OFFICE.officer, now=resumed, data={"reason": "Dry."})
    rows = [row for row in rows_of(project, project.group.representative, TODAY) if row.first]
    pause = "The project was suspended from 10/03/2026 to 19/03/2026"
    assert pause in [entry.what for entry in rows[0].entries]
    assert rows[0].last == dt.date(2026, 4, 19)
    assert rows[-1].last == project.last_day


def test_the_page_is_read_by_who_reads_the_project_and_costs_the_same(django_assert_num_queries):
    project = project_at("active")
    client = browser(project.group.representative)
    url = reverse("project_timetable", args=[project.pk])
    page = words(client.get(url))
    assert "Report 1 is due" in page
    assert "When report 1 is accepted" in page
    with django_assert_num_queries(13):
        client.get(url)
    payment_at("paid", project=project)
    with django_assert_num_queries(13):
        client.get(url)
    waiting = open_project()
    url = reverse("project_timetable", args=[waiting.pk])
    assert "The months are known when the project starts" in words(browser(OFFICE.officer).get(url))
