"""A report besides those of the timetable: asked for by an officer, and it breaks nothing."""

import datetime as dt

import pytest
from django.urls import reverse

from core import timeline
from core.dates import at_noon
from core.models import Message
from core.workflow import NotAllowed, TransitionRefused
from grants.workflow import PROJECT
from reports import extra
from reports.content import progress_of
from reports.models import ProgressReport
from reports.workflow import REPORT
from tests.factories_groups import make_group
from tests.factories_reports import answer, make_project, make_report, report_at, the_officer
from tests.reports.test_database import refused, run

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
NOW = at_noon(dt.date(2026, 4, 20))
DATES = {
    "period_from": dt.date(2026, 3, 10),
    "period_to": dt.date(2026, 4, 9),
    "due_on": dt.date(2026, 5, 1),
}


@pytest.fixture
def project():
    """Its first report is accepted, the second not yet due."""
    project = make_project(tranches=((1, 40, 0), (2, 30, 1), (3, 30, 2)))
    report_at("accepted", project)
    return project


def ask(project, **changed):
    values = {"reason": "After the flood.", "opens": None, "now": NOW, **DATES}
    return extra.ask(by=the_officer(project), project=project, **values | changed)


def accept(report, now=NOW):
    by = report.group.representative
    report = answer(report, by=by, now=now)
    report = REPORT.apply(report, "submit", by=by, now=now)
    return REPORT.apply(report, "accept", by=the_officer(report.project), now=now, data={})


def test_it_stands_outside_the_numbering(project):
    first, second = ask(project), ask(project, period_to=dt.date(2026, 4, 30))
    assert (first.number, first.label, first.name) == (101, "E1", "Extra report 1")
    assert (second.number, second.status) == (102, "planned")
    assert (first.status, first.first_month, first.last_month) == ("due", 4, 4)
    assert second.last_month == 5
    numbers = list(project.reports.filter(is_extra=False).values_list("number", flat=True))
    assert numbers == [1, 2, 3, 4]
    letters = Message.objects.filter(template="report_asked")
    assert letters.count() == 2
    assert "After the flood." in letters.first().context["reason"]
    rows = timeline.rows(project.case, project.group.representative)
    assert any("Extra report 1 was asked for" in str(row) for row in map(vars_of, rows))


def vars_of(row):
    return row if isinstance(row, dict) else vars(row)


def test_it_opens_no_payment(project):
    before = set(project.tranches.filter(opened_at=None).values_list("number", flat=True))
    assert accept(ask(project)).status == "accepted"
    assert set(project.tranches.filter(opened_at=None).values_list("number", flat=True)) == before == {3}


def test_it_opens_the_payment_that_the_officer_named(project):
    """Only one whose own report was left out: else its condition stands."""
    waiting = project.tranches.get(number=3)
    with pytest.raises(TransitionRefused, match="waits for a report of the timetable"):
        ask(project, opens=waiting)
    officer = the_officer(project)
    second = make_report(project, 2)
    REPORT.apply(second, "skip", by=officer, now=NOW, data={"reason": "A flood."})
    report = ask(project, opens=waiting)
    with pytest.raises(TransitionRefused):
        ask(project, opens=waiting)  # one report opens it
    accept(report)
    waiting.refresh_from_db()
    assert waiting.opened_at is not None


def test_an_observation_holds_the_payment_that_it_opens(project):
    from reports import actions

    officer = the_officer(project)
    waiting = project.tranches.get(number=3)
    REPORT.apply(make_report(project, 2), "skip", by=officer, now=NOW, data={"reason": "A flood."})
    report = ask(project, opens=waiting)
    by = report.group.representative
    report = REPORT.apply(answer(report, by=by, now=NOW), "submit", by=by, now=NOW)
    row = {"text": "Send the list.", "due_on": dt.date(2026, 5, 20), "tranche": waiting.pk}
    report = REPORT.apply(report, "accept", by=officer, now=NOW, data={"observations": [row]})
    waiting.refresh_from_db()
    assert waiting.opened_at is None
    actions.meet_observation(by=officer, observation=report.observations.get(), now=NOW)
    waiting.refresh_from_db()
    assert waiting.opened_at is not None


def test_the_next_report_goes_on_from_it(project):
    report = accept(ask(project))
    by = {row.activity.name: row.done for row in progress_of(report)}
    second = report_at("due", project, number=2)
    assert {row.activity.name: row.before for row in progress_of(second)} == by
    # And it went on from the first, though its number is higher than all.
    first = project.reports.get(number=1)
    assert {row.activity.name: row.last for row in progress_of(first)} == dict.fromkeys(by)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"period_from": dt.date(2025, 12, 9)}, "period_from"),
        ({"period_from": dt.date(2027, 1, 1), "period_to": dt.date(2027, 1, 2)}, "period_from"),
        ({"period_to": dt.date(2026, 12, 10)}, "period_to"),
        ({"period_to": dt.date(2026, 3, 9)}, "period_to"),
        ({"due_on": dt.date(2026, 4, 20)}, "due_on"),
        ({"period_to": dt.date(2026, 5, 2)}, "due_on"),
        ({"due_on": ""}, "due_on"),
        ({"reason": " "}, "reason"),
        ({"opens": "999999"}, "opens"),
    ],
)
def test_dates_outside_the_project_are_refused_at_their_field(
    project, signed_in, time_machine, changed, field
):
    time_machine.move_to(NOW, tick=False)
    sent = {"reason": "After the flood.", **DATES, **changed}
    sent = {name: str(value) for name, value in sent.items()}
    response = signed_in(the_officer(project)).post(reverse("report_ask", args=[project.pk]), sent)
    assert response.status_code == 422
    assert f'href="#id_{field}"' in response.content.decode()
    assert not project.reports.filter(is_extra=True).exists()


def test_an_officer_asks_on_a_page_and_nobody_else(project, signed_in, time_machine):
    time_machine.move_to(NOW, tick=False)
    url = reverse("report_ask", args=[project.pk])
    assert signed_in(project.group.representative).get(url).status_code == 403
    with pytest.raises(NotAllowed):
        extra.ask(by=project.group.representative, project=project, reason="Mine.", now=NOW, **DATES)
    office = signed_in(the_officer(project))
    assert office.get(url).status_code == 200
    sent = {name: str(value) for name, value in DATES.items()}
    response = office.post(url, {"reason": "After the flood.", **sent})
    report = project.reports.get(is_extra=True)
    assert response.url == reverse("report_detail", args=[report.pk])
    page = office.get(response.url).content.decode()
    assert "Extra report 1" in page
    assert "After the flood." in page
    assert "Extra report 1" in office.get(reverse("project_detail", args=[project.pk])).content.decode()


def test_no_more_than_three_are_open_at_once(project):
    for _number in range(3):
        ask(project)
    with pytest.raises(TransitionRefused, match="3 extra reports are open already"):
        ask(project)


@pytest.mark.parametrize("status", ["suspended", "closed", "terminated"])
def test_only_of_a_project_that_runs(signed_in, status):
    project = make_project(status=status)
    with pytest.raises(TransitionRefused):
        ask(project)
    page = signed_in(the_officer(project)).get(reverse("report_ask", args=[project.pk]))
    assert page.context["reason"]


def test_a_termination_voids_it(project, person):
    report = ask(project)
    from reports.actions import void_reports

    void_reports(project, by=None, now=NOW, data={})
    report.refresh_from_db()
    assert report.status == "cancelled"


def test_it_is_moved_skipped_and_cancelled_like_every_other(project):
    officer = the_officer(project)
    moved = REPORT.apply(
        ask(project), "move", by=officer, now=NOW, data={"reason": "So.", "due_on": dt.date(2026, 6, 1)}
    )
    assert moved.due_on == dt.date(2026, 6, 1)
    assert REPORT.apply(moved, "cancel", by=officer, now=NOW, data={"reason": "So."}).status == "cancelled"


def test_its_document_names_it(project, worker):
    import io

    from pypdf import PdfReader

    report = accept(ask(project))
    worker()
    report.refresh_from_db()
    assert report.pdf.filename.endswith("-report-E1.pdf")
    with report.pdf.file.open("rb") as file:
        text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(file.read())).pages)
    assert "Extra progress report 1" in " ".join(text.split())
    assert "After the flood." in text


@pytest.mark.parametrize(
    "change",
    [
        "asked_why = 'Another reason'",
        "is_extra = false, number = 9, asked_why = ''",
        "opens_id = (SELECT id FROM grants_tranche WHERE project_id = {project} AND number = 3)",
    ],
)
def test_what_was_asked_for_stays(project, change):
    report = ask(project)
    with refused("was asked for stays"):
        run(f"UPDATE reports_progressreport SET {change.format(project=project.pk)} WHERE id = %s", report.pk)


@pytest.mark.parametrize("number", [5, 100])
def test_its_number_is_in_no_timetable(project, number):
    report = ask(project)
    with refused("extra_report_outside_the_timetable"):
        run("UPDATE reports_progressreport SET number = %s WHERE id = %s", number, report.pk)
    with refused("extra_report_outside_the_timetable"):
        run("UPDATE reports_progressreport SET number = 101 WHERE project_id = %s AND number = 4", project.pk)


def test_it_opens_no_payment_of_another_project(project):
    other = make_project(make_group(name="Other"))
    with refused("another project"):
        run(
            "INSERT INTO reports_progressreport (project_id, number, first_month, last_month, period_from, period_to,"
            " due_on, is_final, is_extra, asked_why, opens_id, unchanged_confirmed, status, version, summary, sha256)"
            " VALUES (%s, 101, 4, 4, '2026-03-10', '2026-04-09', '2026-05-01', false, true, 'Why', %s, false, 'due',"
            " 0, '', '')",
            project.pk,
            other.tranches.first().pk,
        )


def test_the_project_closes_only_without_one_that_is_open(project):
    report = ask(project)
    sentence = PROJECT.refusal(project, PROJECT.by_name["close"], by=the_officer(project), now=NOW, data={})
    assert sentence
    assert ProgressReport.objects.open().filter(pk=report.pk).exists()
