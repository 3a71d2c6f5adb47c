"""The letters about a report: to the coordinator with copy to the representative, each in their language."""

import datetime as dt

import pytest

from core import outbox
from core.dates import at_noon
from core.models import Message
from reports.actions import meet_observation
from reports.workflow import REPORT
from tests.factories_groups import make_appointment
from tests.factories_reports import make_project, report_at, the_officer

pytestmark = pytest.mark.django_db
AFTER = at_noon(dt.date(2026, 3, 10))


def letters(template: str) -> dict[str, tuple[str, str, str]]:
    """Address → subject, text, HTML."""
    found = {}
    for message in Message.objects.filter(template=template):
        letter = outbox.letter_of(message)
        found[letter.to[0]] = (letter.subject, letter.body, letter.alternatives[0][0])
    return found


@pytest.fixture
def project(person):
    project = make_project()
    coordinator = person("coordinator")
    make_appointment(project.group, coordinator, confirmed_from=dt.date(2025, 12, 1))
    return project


@pytest.mark.parametrize(
    ("state", "template", "words"),
    [
        ("submitted", "report_submitted", ["Report 1", "An officer of the programme looks at it"]),
        ("returned", "report_returned", ["Report 1", "Show the invoice.", "19/03/2026"]),
        ("accepted", "report_accepted", ["Report 1", "Send the <b>invoice</b>", "01/04/2026"]),
        ("skipped", "report_left_out", ["Report 1", "Show the invoice.", "10/12/2025", "09/03/2026"]),
        ("cancelled", "report_left_out", ["Report 1", "Show the invoice."]),
    ],
)
def test_both_people_of_the_group_hear(project, state, template, words):
    row = {"text": "Send the <b>invoice</b>", "due_on": dt.date(2026, 4, 1)}
    coordinator = project.coordinator_on(dt.date(2026, 3, 10))
    report = report_at(state, project, by=coordinator, observations=(row,))
    found = letters(template)
    assert set(found) == {"coordinator@lsp.example", project.group.representative.email}
    for subject, text, html in found.values():
        assert subject.startswith(f"{report.case.reference}: Report 1")
        for word in words:
            assert word in text
            assert word.replace("<b>", "&lt;b&gt;").replace("</b>", "&lt;/b&gt;") in html
        assert f"/reports/{report.pk}/" in text
        assert "You receive this because you represent or coordinate" in text


def test_a_move_and_an_observation_that_is_met(project):
    officer, coordinator = the_officer(project), project.coordinator_on(dt.date(2026, 3, 10))
    row = {"text": "Send the invoice", "due_on": dt.date(2026, 4, 1)}
    report = report_at("accepted", project, by=coordinator, observations=(row,))
    meet_observation(by=officer, observation=report.observations.get(), now=AFTER)
    assert "Send the invoice" in letters("report_observation_met")["coordinator@lsp.example"][1]
    second = report_at("due", project, number=2)
    data = {"due_on": dt.date(2026, 8, 1), "reason": "Floods."}
    REPORT.apply(second, "move", by=officer, now=AFTER, data=data)
    subject, text, _html = letters("report_moved")["coordinator@lsp.example"]
    assert "01/08/2026" in subject
    assert "Floods." in text


def test_each_reads_it_in_their_language(project):
    coordinator = project.coordinator_on(dt.date(2026, 3, 10))
    coordinator.language = "es"
    coordinator.save()
    report_at("submitted", project, by=coordinator)
    languages = dict(
        Message.objects.filter(template="report_submitted").values_list("recipient__email", "language")
    )
    assert languages == {"coordinator@lsp.example": "es", project.group.representative.email: "en"}


def test_a_second_return_is_told_again(project):
    officer, coordinator = the_officer(project), project.coordinator_on(dt.date(2026, 3, 10))
    report = report_at("returned", project, by=coordinator)
    report = REPORT.apply(report, "submit", by=coordinator, now=AFTER)
    REPORT.apply(report, "return_report", by=officer, now=AFTER, data={"reason": "Once more."})
    assert Message.objects.filter(template="report_returned", recipient=coordinator).count() == 2
