"""What an officer does on the pages of a report, and who may not."""

import datetime as dt

import pytest
from django.urls import reverse

from accounts.roles import Role
from core.dates import at_noon
from reports.models import Observation, ProgressReport
from tests.factories_groups import give_place
from tests.factories_reports import make_project, report_at, the_officer

pytestmark = pytest.mark.django_db
AFTER = at_noon(dt.date(2026, 3, 10))


@pytest.fixture(autouse=True)
def _today(time_machine):
    time_machine.move_to(AFTER, tick=False)


def act(report, name: str) -> str:
    return reverse("report_act", args=[report.pk, name])


def post(client, report, name: str, **data):
    report.refresh_from_db()
    return client.post(act(report, name), {"version": report.version, **data})


NO_OBSERVATIONS = {"observations-TOTAL_FORMS": "3", "observations-INITIAL_FORMS": "0"}


def observation(number: int = 0, **fields) -> dict:
    values = {"text": "Send the invoice", "due_on": "2026-04-01", "tranche": "", **fields}
    return {f"observations-{number}-{name}": value for name, value in values.items()}


def test_return_and_accept(signed_in):
    report = report_at("submitted")
    office = signed_in(the_officer(report.project))
    assert office.get(act(report, "return_report")).status_code == 200
    assert post(office, report, "return_report", reason="Show the invoice.").status_code == 302
    report.refresh_from_db()
    assert (report.status, report.returns.get().note) == ("returned", "Show the invoice.")


def test_accept_without_observations(signed_in):
    report = report_at("submitted")
    office = signed_in(the_officer(report.project))
    assert office.get(act(report, "accept")).status_code == 200
    assert post(office, report, "accept", **NO_OBSERVATIONS).status_code == 302
    report.refresh_from_db()
    assert (report.status, report.observations.count()) == ("accepted", 0)
    text = office.get(reverse("report_detail", args=[report.pk])).content.decode()
    assert "The PDF is being made" in text


def test_accept_with_an_observation_that_holds_a_payment(signed_in):
    project = make_project(tranches=((1, 40, 0), (2, 60, 1)))
    report = report_at("submitted", project)
    held = project.tranches.get(number=2)
    office = signed_in(the_officer(project))
    response = post(office, report, "accept", **NO_OBSERVATIONS, **observation(tranche=str(held.pk)))
    assert response.status_code == 302
    row = Observation.objects.get()
    assert (row.text, row.due_on, row.tranche) == ("Send the invoice", dt.date(2026, 4, 1), held)
    text = office.get(reverse("report_detail", args=[report.pk])).content.decode()
    assert "Tranche 2 waits for it." in text
    met = reverse("report_observation_met", args=[report.pk, row.pk])
    assert office.post(met).status_code == 302
    held.refresh_from_db()
    assert held.opened_at is not None
    assert office.post(met).status_code == 409


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"text": ""}, "What is still to be done"),
        ({"due_on": ""}, "By when"),
        ({"due_on": "31/02/2026"}, "a day that exists"),
        ({"due_on": "2026-03-10"}, "Give each observation a date to come."),
        ({"tranche": "999999"}, ""),
    ],
)
def test_an_observation_that_does_not_hold_is_refused(signed_in, fields, sentence):
    report = report_at("submitted")
    office = signed_in(the_officer(report.project))
    response = post(office, report, "accept", **NO_OBSERVATIONS, **observation(**fields))
    assert response.status_code in (409, 422)
    assert sentence in response.content.decode()
    assert "There is a problem" in response.content.decode()
    report.refresh_from_db()
    assert (report.status, report.observations.count()) == ("submitted", 0)


def test_a_date_that_is_past_stands_at_its_own_row(signed_in):
    report = report_at("submitted")
    sent = NO_OBSERVATIONS | observation(due_on="2026-03-10")
    text = post(signed_in(the_officer(report.project)), report, "accept", **sent).content.decode()
    assert '<a href="#id_observations-0-due_on">Give each observation a date to come.</a>' in text


@pytest.mark.parametrize("broken", [{}, {"observations-TOTAL_FORMS": "x", "observations-INITIAL_FORMS": "0"}])
def test_a_broken_formset_accepts_nothing(signed_in, broken):
    report = report_at("submitted")
    office = signed_in(the_officer(report.project))
    assert post(office, report, "accept", **broken).status_code == 422
    report.refresh_from_db()
    assert report.status == "submitted"


@pytest.mark.parametrize("name", ["skip", "cancel"])
def test_leaving_out_needs_a_reason(signed_in, name):
    report = report_at("due")
    office = signed_in(the_officer(report.project))
    assert post(office, report, name, reason=" ").status_code == 422
    assert post(office, report, name, reason="A strike.").status_code == 302
    report.refresh_from_db()
    assert report.status == {"skip": "skipped", "cancel": "cancelled"}[name]


def test_another_date(signed_in):
    report = report_at("due")
    office = signed_in(the_officer(report.project))
    assert post(office, report, "move", reason="Floods.", due_on="").status_code == 422
    response = post(office, report, "move", reason="Floods.", due_on="2026-03-01")
    assert response.status_code == 422
    assert response.context["form"].errors["due_on"] == ["The new date is in the past."]
    assert post(office, report, "move", reason="Floods.", due_on="01/05/2026").status_code == 302
    report.refresh_from_db()
    assert (report.status, report.due_on) == ("due", dt.date(2026, 5, 1))


def test_a_stale_page_decides_nothing(signed_in):
    report = report_at("submitted")
    office = signed_in(the_officer(report.project))
    response = office.post(act(report, "accept"), {"version": report.version - 1, **NO_OBSERVATIONS})
    assert response.status_code == 409
    assert "Somebody changed this" in response.content.decode()
    report.refresh_from_db()
    assert report.status == "submitted"


@pytest.mark.parametrize("name", ["submit", "fall_due", "void", "nothing"])
def test_other_acts_have_no_such_page(signed_in, name):
    report = report_at("submitted")
    assert signed_in(the_officer(report.project)).get(act(report, name)).status_code == 404


@pytest.mark.parametrize("name", ["return_report", "accept", "move", "skip", "cancel"])
def test_only_officers_act(signed_in, person, staff, name):
    report = report_at("submitted" if name in ("return_report", "accept") else "due")
    member = person("member")
    give_place(report.group, member, Role.MEMBER)
    for by in (report.group.representative, member, staff("approver", Role.APPROVER)):
        response = post(signed_in(by), report, name, reason="Because.", **NO_OBSERVATIONS)
        assert response.status_code == 403
        assert "Programme officer" in response.content.decode()
    for by in (person("stranger"), staff("reviewer", Role.REVIEWER)):
        assert post(signed_in(by), report, name, reason="Because.").status_code == 404


def test_an_officer_of_the_group_itself_is_no_officer_here(signed_in, staff):
    report = report_at("submitted")
    officer = staff("officer2", Role.OFFICER)
    give_place(report.group, officer, Role.MEMBER)
    assert post(signed_in(officer), report, "accept", **NO_OBSERVATIONS).status_code == 403
    report.refresh_from_db()
    assert report.status == "submitted"


def test_an_observation_of_another_report_is_not_there(signed_in):
    row = {"text": "Send the invoice", "due_on": dt.date(2026, 4, 1)}
    one = report_at("accepted", observations=(row,))
    two = report_at("due", one.project, number=2, now=at_noon(dt.date(2026, 6, 10)))
    office = signed_in(the_officer(one.project))
    url = reverse("report_observation_met", args=[two.pk, one.observations.get().pk])
    assert office.post(url).status_code == 404
    assert ProgressReport.objects.get(pk=one.pk).observations.get().done_on is None
