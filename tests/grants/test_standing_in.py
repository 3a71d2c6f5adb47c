"""Who nominates or confirms somebody to stand in on days outside the project hears it."""

import datetime as dt

import pytest
from django.urls import reverse

from applications.models import Line
from groups import mandates
from groups.models import Appointment
from tests.applications.staff_pages import browser, get, words
from tests.clock import NOON
from tests.factories_applications import OFFICE, make_call
from tests.factories_grants import open_project, project_at

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]
DAY = dt.timedelta(days=1)


def test_days_after_the_project_are_said_to_the_group_and_to_the_officer():
    project = project_at("active", call=make_call(Line.PARTNERSHIP))
    group, first = project.group, project.last_day + 300 * DAY
    typed = {
        "why": "Surgery.",
        "stand_in_from": first,
        "stand_in_until": first + 29 * DAY,
        "full_name": "Nadia Paz",
        "email": "nadia@lsp.example",
        "background": "Knows the group.",
        "no_conflict": "on",
    }
    address = reverse("stand_in_nominate", args=[group.pk])
    done = browser(group.representative).post(address, typed, follow=True)
    assert "None of these days lies within the project" in words(done)
    post = Appointment.objects.get(stand_in_until__isnull=False)
    Appointment.objects.filter(pk=post.pk).update(status="accepted")
    page = words(get(OFFICE.officer, "appointment_act", post.pk, "confirm"))
    assert f"to {project.last_day:%d/%m/%Y}: look at the dates again" in page


def test_one_day_within_the_project_is_enough():
    project = project_at("active", call=make_call(Line.PARTNERSHIP))
    last = project.last_day
    assert mandates.warnings(project.group, last, last + 9 * DAY) == []
    assert mandates.warnings(project.group, last + DAY, last + 9 * DAY) != []
    assert mandates.warnings(project.group, None, None) == []


def test_a_project_that_has_not_begun_has_no_days():
    project = open_project()
    assert mandates.warnings(project.group, NOON.date(), NOON.date() + DAY) == []
