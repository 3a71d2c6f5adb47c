"""What the database itself refuses of the ledgers (PROGRAMME 6.10), whatever the code above it does."""

import datetime as dt
from contextlib import contextmanager

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError

from reports.models import Certification, Machine, MachineCheck, Outcome, Training
from tests.factories_groups import make_firm
from tests.factories_ledgers import (
    accepted_with,
    keep,
    make_certification,
    make_machine,
    make_part,
    make_training,
    with_ledgers,
)
from tests.factories_reports import make_project, report_at

pytestmark = pytest.mark.django_db


@contextmanager
def refused(words: str):
    """The statements are refused with these words; what they changed is undone."""
    with pytest.raises(DatabaseError, match=words), at_once():
        yield


@contextmanager
def at_once():
    """A transaction that asks what others ask at their end."""
    with transaction.atomic():
        yield
        run("SET CONSTRAINTS ALL IMMEDIATE")


def run(sql: str, *values) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


@pytest.fixture
def report():
    return report_at("draft")


@pytest.mark.parametrize("shares", [(60, 39), (60, 41), (99.99,), ()])
def test_the_shares_of_a_machine_are_the_whole_machine(report, shares):
    with refused("are not the whole machine"):
        make_machine(report, shares)


def test_shares_may_change_as_long_as_they_are_whole_in_the_end(report):
    machine = make_machine(report, (60, 40))
    run("SET CONSTRAINTS ALL IMMEDIATE")
    run("SET CONSTRAINTS ALL DEFERRED")
    with refused("are not the whole machine"):
        run("DELETE FROM reports_machineshare WHERE machine_id = %s AND percent = 40", machine.pk)
    run("UPDATE reports_machineshare SET percent = 50 WHERE machine_id = %s", machine.pk)
    run("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"women": -1}, "check"),
        ({"women": 0, "men": 0, "not_said": 0}, "training_of_somebody"),
        ({"hours": 0}, "training_hours"),
        ({"text": ""}, "training_has_evidence"),
    ],
)
def test_people_trained_are_somebody_and_shown(report, fields, words):
    with refused(words):
        make_training(report, **fields)


def test_an_entry_names_what_is_of_its_own_project(report):
    other = make_project(title="Another")
    with refused("something of another project"):
        make_training(report, activity=other.activities.first())
    with refused("something of another project"):
        make_machine(report, line=other.lines.first())


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"expires_on": dt.date(2025, 12, 1)}, "certificate_expires_after_issue"),
        ({"norm": "other"}, "other_norm_is_named"),
        ({"norm_other": "IRAM 1"}, "other_norm_is_named"),
        ({"number": ""}, "certificate_is_whole"),
        ({"let_go_on": dt.date(2026, 1, 1)}, "certificate_let_go_whole"),
    ],
)
def test_a_certificate_is_whole(report, fields, words):
    with refused(words):
        make_certification(report, **fields)


def test_a_firm_of_no_such_group_has_no_entry(report):
    stranger = make_firm()
    with refused("not of the group"):
        make_certification(report, firm=stranger)
    with refused("not of the group"):
        make_training(report).firms.set([stranger])
    outcome = Outcome.objects.create(report=report, kind="links", figure=1, on="2026-01-15", text="It")
    with refused("not of the group"):
        outcome.firms.set([stranger])


FROZEN = [
    "UPDATE reports_training SET women = 99",
    "DELETE FROM reports_training_firms",
    "UPDATE reports_certification SET expires_on = '2040-01-01'",
    "DELETE FROM reports_certification",
    "UPDATE reports_machine SET cost = 1",
    "UPDATE reports_machineshare SET percent = 50",
    "DELETE FROM reports_machineshare",
    "DELETE FROM reports_machinephoto",
    "DELETE FROM reports_outcome_firms",
]


@pytest.mark.parametrize("status", ["submitted", "accepted"])
@pytest.mark.parametrize("sql", FROZEN)
def test_what_a_report_handed_over_stays(report, status, sql):
    rows = with_ledgers(report)
    firm = report.group.firms.first()
    rows["training"].firms.set([firm])
    outcome = Outcome.objects.create(report=report, kind="links", figure=1, on="2026-01-15", text="It")
    outcome.firms.set([firm])
    report_at(status, report.project)
    with refused("stays"):
        run(sql)


def test_nothing_is_added_to_an_accepted_report(report):
    machine = make_machine(report)
    evidence = keep(report)
    accepted = report_at("accepted", report.project)
    for make in (make_training, make_certification):
        with refused("Nothing is added"):
            make(accepted)
    with refused("stays"):
        run(
            "INSERT INTO reports_machinephoto (machine_id, document_id) VALUES (%s, %s)",
            machine.pk,
            evidence.pk,
        )


def test_only_that_it_is_not_renewed_is_added_to_a_certificate_once(report):
    make_certification(report)
    accepted = report_at("accepted", report.project)
    say = "UPDATE reports_certification SET let_go_on = '2026-04-01', let_go_by_id = %s, let_go_why = 'Sold'"
    run(say, accepted.submitted_by_id)
    with refused("stays"):
        run("UPDATE reports_certification SET let_go_on = NULL, let_go_by_id = NULL, let_go_why = ''")


def test_a_renewal_makes_a_certificate_valid_for_longer():
    accepted = accepted_with(make_certification)
    row = Certification.objects.get()
    add = (
        "INSERT INTO reports_certificaterenewal (certification_id, number, issued_on, expires_on, recorded_by_id,"
        " recorded_at) VALUES (%s, 'R', '2026-03-01', %s, %s, now())"
    )
    with refused("valid for longer"):
        run(add, row.pk, row.expires_on, accepted.submitted_by_id)
    run(add, row.pk, "2028-01-01", accepted.submitted_by_id)
    with refused("valid for longer"):
        run(add, row.pk, "2027-12-31", accepted.submitted_by_id)
    for sql in (
        "UPDATE reports_certificaterenewal SET expires_on = '2040-01-01'",
        "DELETE FROM reports_certificaterenewal",
    ):
        with refused("never change"):
            run(sql)


def test_what_a_check_found_stays(report):
    machine = make_machine(report)
    with refused("once its report is accepted"):
        MachineCheck.objects.create(machine=machine, due_on="2026-09-01")
    accepted = report_at("accepted", report.project)
    check = MachineCheck.objects.create(machine=machine, due_on="2026-09-01")
    with refused("stays"):
        run("UPDATE reports_machinecheck SET due_on = '2026-10-01'")
    with refused("machine_check_explained"):
        run(
            "UPDATE reports_machinecheck SET done_on = now(), done_by_id = %s, found = 'missing'",
            accepted.accepted_by_id,
        )
    with refused("machine_check_whole"):
        run(
            "UPDATE reports_machinecheck SET done_on = now(), done_by_id = %s, found = 'in_place'",
            accepted.accepted_by_id,
        )
    run(
        "UPDATE reports_machinecheck SET done_on = now(), done_by_id = %s, found = 'in_place', condition = 'good'",
        accepted.accepted_by_id,
    )
    for sql in ("UPDATE reports_machinecheck SET note = 'x'", "DELETE FROM reports_machinecheck"):
        with refused("stays"):
            run(sql)
    assert Machine.objects.get().checks.get() == check


# --- What a firm said ----------------------------------------------------------------------------------


def test_what_a_firm_said_stays(report):
    part, _token = make_part(report)
    with refused("part_course_is_whole"):
        run("UPDATE reports_firmpart SET women = 3")
    with refused("check"):
        run("UPDATE reports_firmpart SET women = -3, course = 'x', course_on = now(), hours = 1")
    run("INSERT INTO reports_firmparttext (part_id, text) VALUES (%s, 'We worked')", part.pk)
    run("UPDATE reports_firmpart SET status = 'answered', answered_at = now(), person_name = 'Delia'")
    with refused("answers once"):
        run("INSERT INTO reports_firmparttext (part_id, text) VALUES (%s, 'More')", part.pk)
    for sql in (
        "UPDATE reports_firmpart SET figures = 'x'",
        "UPDATE reports_firmpart SET status = 'asked', answered_at = NULL",
        "UPDATE reports_firmpart SET adopted = '{a}'; UPDATE reports_firmpart SET adopted = '{}'",
    ):
        with refused("stays"):
            run(sql)
    with refused("never change"):
        run("UPDATE reports_firmparttext SET text = 'x'")
    with refused("never deleted"):
        run("DELETE FROM reports_firmpart")


def test_a_link_is_used_or_ended_once(report):
    make_part(report)
    run("UPDATE reports_firmpartlink SET revoked_at = now()")
    for sql in (
        "UPDATE reports_firmpartlink SET revoked_at = NULL",
        "UPDATE reports_firmpartlink SET expires_at = expires_at + interval '1 day'",
        "DELETE FROM reports_firmpartlink",
    ):
        with refused("used or ended once"):
            run(sql)


def test_a_firm_is_asked_while_the_report_is_written(report):
    part, _token = make_part(report)
    report_at("submitted", report.project)
    with refused("while the report is written"):
        run(
            "INSERT INTO reports_firmpart (report_id, firm_id, status, asks, message, answer_by, asked_by_id, asked_at,"
            " person_name, person_position, figures, course, women, men, other, not_said, adopted) SELECT report_id, %s,"
            " status, asks, message, answer_by, asked_by_id, asked_at, '', '', '', '', 0, 0, 0, 0, '{}'"
            " FROM reports_firmpart WHERE id = %s",
            report.group.firms.last().pk,
            part.pk,
        )
    assert Training.objects.count() == 0
