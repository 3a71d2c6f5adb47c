"""What the database itself refuses about reports (PROGRAMME 6.10), tried in raw SQL."""

import contextlib

import pytest
from django.db import IntegrityError, connection, transaction

from reports.models import Outcome
from tests.factories_reports import make_report, report_at

pytestmark = pytest.mark.django_db


def run(sql: str, *values) -> int:
    """One statement in a transaction of its own; answers how many rows it touched."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.rowcount


@contextlib.contextmanager
def refused(words: str):
    with pytest.raises(IntegrityError, match=words), transaction.atomic():
        yield


REPORT_CHANGES = [
    "summary = 'Another story'",
    "status = 'submitted'",
    "status = 'draft'",
    "snapshot = '{}'",
    "sha256 = repeat('1', 64)",
    "accepted_at = now()",
    "due_on = due_on + 1",
    "version = version + 1",
]


@pytest.mark.parametrize("change", REPORT_CHANGES)
def test_an_accepted_report_never_changes(change):
    report = report_at("accepted")
    with refused("accepted report never changes"):
        run(f"UPDATE reports_progressreport SET {change} WHERE id = %s", report.pk)
    with refused("never deleted"):
        run("DELETE FROM reports_progressreport WHERE id = %s", report.pk)


def test_only_its_document_is_added_once():
    report = report_at("accepted")
    documents = [document(report) for _number in range(2)]
    assert run("UPDATE reports_progressreport SET pdf_id = %s WHERE id = %s", documents[0], report.pk) == 1
    with refused("accepted report never changes"):
        run("UPDATE reports_progressreport SET pdf_id = %s WHERE id = %s", documents[1], report.pk)
    with refused("accepted report never changes"):
        run("UPDATE reports_progressreport SET pdf_id = NULL WHERE id = %s", report.pk)


def document(report) -> int:
    from core import documents
    from tests.clock import NOON

    return documents.store_bytes(
        case=report.case,
        kind="progress_report",
        owner_id=report.pk,
        filename="report.pdf",
        content_type="application/pdf",
        data=b"%PDF",
        by=None,
        now=NOON,
    ).pk


@pytest.mark.parametrize(
    "change",
    [
        "summary = 'Another story'",
        "snapshot = snapshot || '{\"a\": 1}'",
        "sha256 = repeat('1', 64)",
        "submitted_at = now()",
        "due_on = due_on + 1",
        # Accepting adds to the frozen form, and takes nothing away.
        "status = 'accepted', accepted_at = now(), accepted_by_id = submitted_by_id + 1, snapshot = '{}'",
    ],
)
def test_a_submitted_report_stands_still(change):
    report = report_at("submitted")
    with refused("stands still"):
        run(f"UPDATE reports_progressreport SET {change} WHERE id = %s", report.pk)


@pytest.mark.parametrize("state", ["planned", "due", "draft", "returned", "skipped", "cancelled"])
def test_only_a_submitted_report_is_accepted(state):
    report = report_at(state)
    with refused("Only a submitted report is accepted"):
        run("UPDATE reports_progressreport SET status = 'accepted' WHERE id = %s", report.pk)


def test_what_was_returned_stays_until_the_next_submission():
    report = report_at("returned")
    with refused("by the next submission alone"):
        run("UPDATE reports_progressreport SET sha256 = repeat('1', 64) WHERE id = %s", report.pk)
    with refused("never deleted"):
        run("DELETE FROM reports_progressreport WHERE id = %s", report.pk)
    for sql in (
        "UPDATE reports_reportreturn SET note = 'Other' WHERE report_id = %s",
        "DELETE FROM reports_reportreturn WHERE report_id = %s",
    ):
        with refused("never change"):
            run(sql, report.pk)


@pytest.mark.parametrize("state", ["submitted", "accepted"])
@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE reports_reportactivity SET done_percent = 1 WHERE report_id = %s",
        "DELETE FROM reports_reportactivity WHERE report_id = %s",
        "UPDATE reports_outcome SET figure = 99 WHERE report_id = %s",
        "DELETE FROM reports_outcome WHERE report_id = %s",
        'INSERT INTO reports_outcome (report_id, kind, figure, "on", text)'
        " VALUES (%s, 'trained', 1, '2026-01-01', 'x')",
        "UPDATE reports_reportevidence SET activity_id = NULL WHERE report_id = %s",
        "DELETE FROM reports_reportevidence WHERE report_id = %s",
    ],
)
def test_its_parts_never_change_either(state, sql):
    report = full_report(state)
    with refused("report that is"):
        run(sql, report.pk)


def full_report(state: str):
    """A report in a state, with an outcome and a piece of evidence."""
    from reports.models import ReportEvidence
    from reports.workflow import REPORT
    from tests.factories_reports import the_officer

    report = report_at("draft")
    Outcome.objects.create(report=report, kind="trained", figure=12, on="2026-01-15", text="The list")
    ReportEvidence.objects.create(
        report=report, activity=report.activities.first().activity, document_id=document(report)
    )
    from tests.clock import NOON

    report = REPORT.apply(report, "submit", by=report.group.representative, now=NOON)
    if state == "accepted":
        report = REPORT.apply(report, "accept", by=the_officer(report.project), now=NOON)
    return report


def test_a_part_does_not_move_to_another_report():
    """From an open report into a frozen one."""
    frozen = report_at("submitted")
    other = make_report(frozen.project, 2)
    run("UPDATE reports_progressreport SET status = 'due' WHERE id = %s", other.pk)
    outcome = Outcome.objects.create(report=other, kind="trained", figure=1, on="2026-01-15", text="The list")
    with refused("Nothing is added"):
        run("UPDATE reports_outcome SET report_id = %s WHERE id = %s", frozen.pk, outcome.pk)


def test_observations_come_with_the_acceptance_and_are_met_once():
    import datetime as dt

    row = {"text": "Send the invoice", "due_on": dt.date(2026, 4, 1)}
    report = report_at("accepted", observations=(row,))
    with refused("come with the acceptance"):
        run(
            "INSERT INTO reports_observation (report_id, text, due_on) VALUES (%s, 'More', '2026-05-01')",
            report.pk,
        )
    for change in ("text = 'Other'", "due_on = due_on + 30", "tranche_id = NULL, text = ''"):
        with refused("otherwise stays"):
            run(f"UPDATE reports_observation SET {change} WHERE report_id = %s", report.pk)
    with refused("otherwise stays"):
        run("DELETE FROM reports_observation WHERE report_id = %s", report.pk)
    officer = report.accepted_by_id
    meet = "UPDATE reports_observation SET done_on = '2026-03-20', done_by_id = %s WHERE report_id = %s"
    assert run(meet, officer, report.pk) == 1
    with refused("otherwise stays"):
        run(
            "UPDATE reports_observation SET done_on = NULL, done_by_id = NULL WHERE report_id = %s", report.pk
        )


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ("done_percent = 101", "report_percent"),
        ("done_percent = -1", "check"),
        ("planned_percent = 101", "report_percent"),
    ],
)
def test_percentages_stay_between_0_and_100(change, constraint):
    report = report_at("draft")
    with refused(constraint):
        run(f"UPDATE reports_reportactivity SET {change} WHERE report_id = %s", report.pk)


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ("number = 2", "report_once"),
        ("is_final = true", "one_final_report"),
        ("due_on = period_to - 1", "report_period"),
        ("status = 'late'", "report_state"),
        ("status = 'submitted'", "submitted_report_is_frozen"),
    ],
)
def test_constraints_of_a_report(change, constraint):
    report = make_report()
    with refused(constraint):
        run(f"UPDATE reports_progressreport SET {change} WHERE id = %s", report.pk)


def test_nobody_accepts_what_they_submitted():
    report = report_at("submitted")
    with refused("report_accepted_by_another"):
        run(
            "UPDATE reports_progressreport SET status = 'accepted', accepted_at = now(),"
            " accepted_by_id = submitted_by_id WHERE id = %s",
            report.pk,
        )
