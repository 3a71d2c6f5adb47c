"""The timetable of a project, saving a report, and what a project's own changes do to its reports."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from core import timeline
from core.dates import at_noon
from core.models import Event
from core.workflow import NotAllowed, StaleObject, TransitionRefused
from grants.models import Project
from grants.workflow import PROJECT
from reports import actions
from reports.content import progress_of
from reports.models import ProgressReport
from reports.workflow import REPORT
from tests.factories_groups import make_group
from tests.factories_reports import (
    ACTIVITIES,
    FIRST_DAY,
    answer,
    make_project,
    make_report,
    plan_reports,
    report_at,
    the_officer,
)

pytestmark = pytest.mark.django_db
AFTER = at_noon(dt.date(2026, 3, 10))
PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
    b"\x00\x00\x00\rIDATx\x9cc\xf8\xcf\xc0\xf0\x1f\x00\x05\x00\x01\xff\x89\x99=\x1d\x00\x00\x00\x00IEND\xaeB`\x82"
)


def photo(name: str = "kiln.png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, PNG, content_type="image/png")


# --- The timetable -------------------------------------------------------------------------------------


def test_the_call_sets_the_timetable():
    """Every 3 months, due 10 days after, the final one 30; 12 months."""
    rows = plan_reports(make_project())
    assert [(row.period_from, row.period_to, row.due_on) for row in rows] == [
        (dt.date(2025, 12, 10), dt.date(2026, 3, 9), dt.date(2026, 3, 19)),
        (dt.date(2026, 3, 10), dt.date(2026, 6, 9), dt.date(2026, 6, 19)),
        (dt.date(2026, 6, 10), dt.date(2026, 9, 9), dt.date(2026, 9, 19)),
        (dt.date(2026, 9, 10), dt.date(2026, 12, 9), dt.date(2027, 1, 8)),
    ]
    assert [row.is_final for row in rows] == [False, False, False, True]
    assert {row.status for row in rows} == {"planned"}


def test_a_real_activation_plans_the_reports():
    from tests.factories_grants import project_at

    project = project_at("active")
    numbers = list(project.reports.order_by("number").values_list("number", "first_month", "last_month"))
    every, months = project.call.report_every_months, project.call.months
    assert numbers[0] == (1, 1, every)
    assert numbers[-1][2] == months


def test_reports_fall_due_by_the_calendar_and_only_once():
    project = make_project()
    plan_reports(project)
    actions.fall_due(at_noon(dt.date(2026, 3, 9)))
    assert not project.reports.exclude(status="planned").exists()
    for _again in range(3):
        actions.fall_due(at_noon(dt.date(2026, 6, 10)))
    assert list(project.reports.order_by("number").values_list("status", flat=True)) == [
        "due",
        "due",
        "planned",
        "planned",
    ]
    assert Event.objects.filter(action="progressreport.fall_due").count() == 2


def test_nothing_falls_due_while_the_project_is_suspended():
    project = make_project(status=Project.Status.SUSPENDED)
    plan_reports(project)
    actions.fall_due(at_noon(dt.date(2026, 6, 10)))
    assert not project.reports.exclude(status="planned").exists()


def test_a_pause_moves_the_dates_to_come_and_not_the_plan():
    project = make_project()
    report_at("accepted", project, number=1)
    officer = the_officer(project)
    # Suspended on 1 April, in the second period; resumed 30 days later.
    PROJECT.apply(
        project, "suspend", by=officer, now=at_noon(dt.date(2026, 4, 1)), data={"reason": "A flood."}
    )
    PROJECT.apply(
        project, "resume", by=officer, now=at_noon(dt.date(2026, 5, 1)), data={"reason": "It is dry."}
    )
    rows = list(project.reports.order_by("number"))
    assert [(row.period_from, row.period_to, row.due_on) for row in rows[:3]] == [
        (dt.date(2025, 12, 10), dt.date(2026, 3, 9), dt.date(2026, 3, 19)),
        (dt.date(2026, 3, 10), dt.date(2026, 7, 9), dt.date(2026, 7, 19)),
        (dt.date(2026, 7, 10), dt.date(2026, 10, 9), dt.date(2026, 10, 19)),
    ]
    assert [(row.first_month, row.last_month) for row in rows] == [(1, 3), (4, 6), (7, 9), (10, 12)]


def test_a_report_that_was_owed_before_the_pause_gets_its_days_back():
    project = make_project()
    report = report_at("draft", project)
    officer = the_officer(project)
    PROJECT.apply(project, "suspend", by=officer, now=AFTER, data={"reason": "A flood."})
    PROJECT.apply(
        project, "resume", by=officer, now=AFTER + dt.timedelta(days=20), data={"reason": "It is dry."}
    )
    report.refresh_from_db()
    assert (report.period_to, report.due_on) == (dt.date(2026, 3, 9), dt.date(2026, 4, 8))


def test_when_a_project_is_terminated_its_open_reports_are_void():
    project = make_project()
    accepted = report_at("accepted", project)
    from accounts.roles import Role
    from tests.factories_applications import staff_member
    from tests.factories_grants import hear

    approver = staff_member("approver", Role.APPROVER)
    hear(project, now=AFTER)
    PROJECT.apply(project, "terminate", by=approver, now=AFTER, data={"reason": "It stopped."})
    assert list(project.reports.order_by("number").values_list("status", flat=True)) == [
        "accepted",
        "cancelled",
        "cancelled",
        "cancelled",
    ]
    assert accepted.status == "accepted"
    assert not list(timeline.broken_links(project.case))


def test_a_project_begins_to_close_when_its_final_report_is_due_and_closes_when_it_is_accepted():
    project = make_project(tranches=((1, 100, 0),))
    plan_reports(project)
    officer = the_officer(project)
    with pytest.raises(TransitionRefused, match="final report is not due yet"):
        PROJECT.apply(project, "start_closing", by=officer, now=AFTER)
    later = at_noon(dt.date(2026, 12, 10))
    actions.fall_due(later)
    PROJECT.apply(project, "start_closing", by=officer, now=later)
    with pytest.raises(TransitionRefused, match="final report is not accepted yet"):
        PROJECT.apply(project, "close", by=officer, now=later)
    report_at("accepted", project, number=4, now=later)
    with pytest.raises(TransitionRefused, match="Report 1 is still open"):
        PROJECT.apply(project, "close", by=officer, now=later)
    for number in (1, 2, 3):
        report_at("accepted", project, number=number, now=later)
    assert PROJECT.apply(project, "close", by=officer, now=later).status == "closed"


# --- Saving --------------------------------------------------------------------------------------------


def save(report, by, **fields):
    values = {"done_percent": 90, "what_was_done": "Bought.", "reason": "", "uploads": (), **fields}
    activity = values.pop("activity", None) or report.project.activities.get(name="Buy the kiln")
    version = values.pop("version", report.version)
    return actions.save_activity(
        by=by, report=report, activity=activity, version=version, now=AFTER, **values
    )


def test_the_first_save_makes_a_due_report_a_draft():
    report = report_at("due")
    saved = save(report, report.group.representative)
    assert saved.status == "draft"
    assert list(Event.objects.order_by("id").values_list("action", flat=True))[-2:] == [
        "progressreport.write",
        "progressreport.edited",
    ]
    assert saved.version == report.version + 2


def test_a_returned_report_stays_returned_while_it_is_changed():
    report = report_at("returned")
    assert save(report, report.group.representative).status == "returned"


@pytest.mark.parametrize("state", ["planned", "submitted", "accepted", "skipped", "cancelled"])
def test_nothing_is_saved_in_another_state(state):
    report = report_at(state)
    before = list(report.activities.values())
    with pytest.raises(TransitionRefused, match="not possible any more"):
        save(report, report.group.representative)
    assert list(report.activities.values()) == before


def test_a_save_from_an_old_page_changes_nothing():
    report = report_at("draft")
    with pytest.raises(StaleObject):
        save(report, report.group.representative, version=report.version - 1, done_percent=1)
    assert report.activities.get(activity__name="Buy the kiln").done_percent == 100


def test_nobody_else_saves(person):
    report = report_at("draft")
    for by in (the_officer(report.project), person("stranger")):
        with pytest.raises(NotAllowed):
            save(report, by)


def test_an_activity_of_another_project_is_refused():
    report = report_at("draft")
    other = make_project(make_group(name="Other"))
    with pytest.raises(TransitionRefused, match="another project"):
        save(report, report.group.representative, activity=other.activities.first())


def test_evidence_is_kept_with_its_activity_and_bounded():
    report = report_at("draft")
    representative = report.group.representative
    saved = save(report, representative, uploads=[photo(), photo("plan.png")])
    row = next(row for row in progress_of(saved) if row.activity.name == "Buy the kiln")
    assert [piece.document.filename for piece in row.evidence] == ["kiln.png", "plan.png"]
    with pytest.raises(TransitionRefused, match="at most 12 files"):
        save(saved, representative, uploads=[photo()] * 11)
    saved.refresh_from_db()
    gone = actions.remove_evidence(
        by=representative, report=saved, evidence=row.evidence[0], version=saved.version, now=AFTER
    )
    assert gone.evidence.count() == 1


def test_a_refused_file_saves_nothing():
    from django.core.exceptions import ValidationError

    report = report_at("draft")
    with pytest.raises(ValidationError):
        save(
            report,
            report.group.representative,
            done_percent=1,
            uploads=[SimpleUploadedFile("kiln.png", b"no picture at all")],
        )
    assert report.activities.get(activity__name="Buy the kiln").done_percent == 100
    assert not report.evidence.exists()


# --- What a report asks for ------------------------------------------------------------------------------


def names(report, asked: bool) -> list[str]:
    return [row.activity.name for row in progress_of(report) if row.is_asked is asked]


@pytest.mark.parametrize("number", [1, 3])
def test_a_report_is_read_in_six_queries_however_long_the_plan_is(number, django_assert_num_queries):
    report = make_report(make_project(activities=ACTIVITIES[:number]))
    with django_assert_num_queries(6):
        assert len(progress_of(report)) == number


def test_only_activities_that_live_in_the_period_or_are_behind_are_asked():
    project = make_project()
    first = report_at("submitted", project)
    assert names(first, True) == ["Buy the kiln", "Train the operators"]
    assert names(first, False) == ["Open the showroom"]
    second = make_report(project, 2)
    # The kiln is done: it is asked no more.
    assert names(second, True) == ["Train the operators"]
    assert names(make_report(project, 3), True) == ["Train the operators", "Open the showroom"]


def test_what_is_not_finished_in_its_months_is_asked_again():
    project = make_project()
    report = report_at("due", project)
    representative = report.group.representative
    report = answer(report, by=representative, now=AFTER, done=40)
    REPORT.apply(report, "submit", by=representative, now=AFTER)
    assert names(make_report(project, 2), True) == ["Buy the kiln", "Train the operators"]


def test_the_last_answer_that_stands_is_shown():
    project = make_project()
    report_at("submitted", project)
    second = make_report(project, 2)
    row = next(row for row in progress_of(second) if row.activity.name == "Train the operators")
    assert (row.planned, row.before, row.done) == (100, 50, 50)
    assert row.last.what_was_done == "Bought and installed."


def test_what_a_skipped_report_said_does_not_count():
    project = make_project()
    report = report_at("draft", project)
    REPORT.apply(report, "skip", by=the_officer(project), now=AFTER, data={"reason": "A strike."})
    row = next(row for row in progress_of(make_report(project, 2)) if row.activity.name == "Buy the kiln")
    assert (row.last, row.before, row.is_asked) == (None, 0, True)


def test_the_frozen_form_says_everything():
    report = report_at("accepted")
    frozen = report.snapshot
    assert frozen["reference"] == report.case.reference
    assert [(row["name"], row["planned"], row["done"], row["asked"]) for row in frozen["activities"]] == [
        ("Buy the kiln", 100, 100, True),
        ("Train the operators", 50, 50, True),
        ("Open the showroom", 0, 0, False),
    ]
    assert frozen["report"]["period_to"] == "2026-03-09"
    assert (
        frozen["accepted"]["submitted_sha256"]
        == Event.objects.get(action="progressreport.submit").data["sha256"]
    )
    from core.pdf import content_hash

    assert report.sha256 == content_hash(frozen)
    assert ProgressReport.objects.get(pk=report.pk).sha256 == content_hash(
        ProgressReport.objects.get(pk=report.pk).snapshot
    )


def test_first_day_is_that_of_the_factories():
    assert make_project().first_day == FIRST_DAY
