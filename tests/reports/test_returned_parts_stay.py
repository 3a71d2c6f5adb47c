"""A report that was returned part by part, in raw SQL: only what the officer named changes (PROGRAMME 5, 6.10)."""

import datetime as dt

import pytest
from django.db import IntegrityError, connection, transaction

from core import timeline
from core.dates import at_noon
from core.workflow import TransitionRefused
from reports import actions
from reports.models import NotebookEntry, Outcome, ProgressReport
from reports.workflow import REPORT
from tests.factories_ledgers import firms_in, make_machine, make_part, make_training
from tests.factories_reports import answer, make_report, report_at, the_officer
from tests.reports.test_actions import photo
from tests.reports.test_database import document, refused, run

pytestmark = pytest.mark.django_db
AFTER = at_noon(dt.date(2026, 3, 10))
CLOSED = "was not returned"


@pytest.fixture(autouse=True)
def _today(time_machine):
    time_machine.move_to(AFTER, tick=False)


@pytest.fixture
def report() -> ProgressReport:
    """Submitted, with a file at its first activity and one of the whole, an outcome with its firm, people and a machine."""
    report = report_at("draft")
    by = report.group.representative
    held = {"by": by, "now": AFTER}
    report = actions.add_evidence(
        **held, report=report, activity=kiln(report), version=report.version, uploads=[photo()]
    )
    report = actions.save_summary(**held, report=report, version=report.version, uploads=[photo("b.png")])
    outcome = Outcome(kind="links", figure=1, on=dt.date(2026, 2, 1), text="A letter")
    report = actions.save_outcome(
        **held, report=report, version=report.version, outcome=outcome, firms=firms_in(report)[:1]
    )
    make_training(report)
    make_machine(report)
    report = answer(report, by=by, now=AFTER)
    return REPORT.apply(report, "submit", by=by, now=AFTER)


def kiln(report):
    return report.project.activities.get(name="Buy the kiln")


def training(report):
    return report.project.activities.get(name="Train the operators")


def returned(report: ProgressReport, *names: str) -> ProgressReport:
    data = {"notes": dict.fromkeys(names, "Again, please."), "reason": "" if names else "All of it."}
    REPORT.apply(report, "return_report", by=the_officer(report.project), now=AFTER, data=data)
    return ProgressReport.objects.with_case().get(pk=report.pk)


# What a hand at the database would do, by the part that it belongs to.
def changes(report: ProgressReport) -> dict[str, list[tuple]]:
    pk, activity = report.pk, kiln(report).pk
    outcome, machine = report.outcomes.get().pk, report.machines.get().pk
    of_kiln, of_whole = (report.evidence.get(activity=one).pk for one in (activity, None))
    insert_file = (
        "INSERT INTO reports_reportevidence (report_id, activity_id, document_id) VALUES (%s, %s, %s)"
    )
    return {
        "summary": [("UPDATE reports_progressreport SET summary = 'Forged' WHERE id = %s", pk)],
        "activity": [
            ("UPDATE reports_reportactivity SET what_was_done = 'Forged' WHERE activity_id = %s", activity),
            ("UPDATE reports_reportactivity SET done_percent = 99 WHERE activity_id = %s", activity),
            ("DELETE FROM reports_reportactivity WHERE activity_id = %s", activity),
        ],
        "file": [
            (insert_file, pk, activity, document(report)),
            ("DELETE FROM reports_reportevidence WHERE id = %s", of_kiln),
        ],
        "documents": [
            (insert_file, pk, None, document(report)),
            ("DELETE FROM reports_reportevidence WHERE id = %s", of_whole),
        ],
        "outcome": [
            ("UPDATE reports_outcome SET figure = 99 WHERE id = %s", outcome),
            ("DELETE FROM reports_outcome_firms WHERE outcome_id = %s", outcome),
            (
                'INSERT INTO reports_outcome (report_id, kind, figure, "on", text)'
                " VALUES (%s, 'links', 1, '2026-01-01', 'x')",
                pk,
            ),
            ("UPDATE reports_training SET women = 99 WHERE report_id = %s", pk),
            ("UPDATE reports_machine SET site = 'Elsewhere' WHERE report_id = %s", pk),
            ("UPDATE reports_machinephoto SET id = -id WHERE machine_id = %s", machine),
        ],
    }


# The part that is named → what opens with it.
@pytest.mark.parametrize(
    ("named", "opens"),
    [
        ("summary", {"summary"}),
        ("activity", {"activity", "file"}),
        ("file", {"file"}),
        ("documents", {"documents"}),
        ("outcome", {"outcome"}),
        ("outcomes", {"outcome"}),
        ("", {"summary", "activity", "file", "documents", "outcome"}),
    ],
)
def test_only_what_was_named_changes(report, named, opens):
    names = {
        "activity": f"activity{kiln(report).pk}",
        "file": f"file{report.evidence.get(activity=kiln(report)).document_id}",
        "outcome": f"outcome{report.outcomes.get().pk}",
    }
    report = returned(report, *filter(None, [names.get(named, named)]))
    for part, statements in changes(report).items():
        for sql, *values in statements:
            with transaction.atomic():
                assert tried(sql, *values) == ("" if part in opens else CLOSED), sql
                transaction.set_rollback(True)


def tried(sql: str, *values) -> str:
    """ "" when it changed one row, else what the database says."""
    try:
        assert run(sql, *values) == 1
    except IntegrityError as error:
        return CLOSED if CLOSED in str(error) else str(error)
    return ""


def test_what_was_added_since_may_go_again(report):
    report = returned(report, f"outcome{report.outcomes.get().pk}", f"activity{kiln(report).pk}")
    held = {"by": report.group.representative, "now": AFTER}
    new = Outcome(kind="links", figure=2, on=dt.date(2026, 2, 2), text="Another letter")
    report = actions.save_outcome(**held, report=report, version=report.version, outcome=new, firms=[])
    report = actions.remove_outcome(**held, report=report, version=report.version, outcome=new)
    assert report.outcomes.count() == 1


def test_an_answer_that_is_not_whole_opens_only_once_something_has_moved(report):
    """Another report of the project, or its plan: the group could never answer otherwise."""
    report = returned(report, "summary")
    forge = (
        "UPDATE reports_reportactivity SET what_was_done = 'More' WHERE report_id = %s AND activity_id = %s"
    )
    assert report.activities.get(activity=training(report)).done_percent < 100
    with refused(CLOSED):
        run(forge, report.pk, training(report).pk)
    other = make_report(report.project, 2)
    timeline.record(report.case, "progressreport.moved", by=None, now=AFTER, obj=other, number=2)
    assert run(forge, report.pk, training(report).pk) == 1
    with refused(CLOSED):
        run(forge, report.pk, kiln(report).pk)


def test_an_entry_of_the_notebook_goes_into_an_open_part_alone(report):
    report = returned(report, f"activity{kiln(report).pk}")
    entries = [
        NotebookEntry.objects.create(
            project=report.project, activity=activity, kind="note", on=dt.date(2026, 2, 1), text="It came.",
            author=report.group.representative, created_at=AFTER,
        )
        for activity in (kiln(report), training(report), None)
    ]  # fmt: skip
    take_in = "UPDATE reports_notebookentry SET report_id = %s WHERE id = %s"
    assert run(take_in, report.pk, entries[0].pk) == 1
    for entry in entries[1:]:
        with refused(CLOSED):
            run(take_in, report.pk, entry.pk)


def test_what_a_firm_said_goes_into_an_open_part_alone(report):
    from reports.parts import actions as parts

    report = returned(report, "outcomes")
    part, _token = make_part(report, now=AFTER)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE reports_firmpart SET status = 'answered', answered_at = now(), person_name = 'Delia',"
            " figures = 'From 40 to 55.' WHERE id = %s",
            [part.pk],
        )
    with pytest.raises(TransitionRefused, match="not returned"):
        parts.adopt(
            by=report.group.representative, report=report, part=part, codes=["figures"],
            version=report.version, now=AFTER,
        )  # fmt: skip


def test_once_it_was_sent_again_nothing_is_open_and_another_return_names_anew(report):
    report = returned(report, "summary")
    by = report.group.representative
    report = actions.save_summary(by=by, report=report, version=report.version, now=AFTER, summary="Longer.")
    report = REPORT.apply(report, "submit", by=by, now=AFTER)
    report = returned(report, "documents")
    with refused(CLOSED):
        run("UPDATE reports_progressreport SET summary = 'Forged' WHERE id = %s", report.pk)
