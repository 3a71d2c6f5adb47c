"""What the database itself refuses of amendments and of the plan in force, tried past the code, in SQL, as the
application's own user."""

from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from core.workflow import TransitionRefused
from grants.amendments import actions, plans
from grants.amendments.workflow import AMENDMENT
from grants.models import Project
from tests.clock import NOON
from tests.factories_amendments import (
    advise,
    amended,
    ask,
    beyond_tolerance,
    draft,
    shares,
    within_tolerance,
    write,
)
from tests.factories_applications import OFFICE, a_pdf
from tests.factories_grants import project_at
from tests.grants.expenses.rows import expense_row, statement_row
from tests.grants.test_constraints import allowed, refused_by

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen", "active_stands")]


@pytest.fixture
def project():
    return project_at("active")


def by_hand(project, *lines: tuple[Any, Any]) -> str:
    """Write a version with these shares of the first lines, past the rules; answers what the database says."""
    with pytest.raises(DatabaseError) as refusal:
        written(project, lines)
    return str(refusal.value)


@transaction.atomic
def written(project, lines) -> None:
    with plans.new_version(project, now=NOON, ground="By hand") as plan:
        for line, (programme, group) in zip(project.lines.order_by("order"), lines, strict=False):
            plan.lines.create(line=line, programme_share=programme, group_share=group)
    connection.check_constraints()


VERSION = """
INSERT INTO grants_planversion (project_id, number, in_force_from, months, ground, made_at, sealed)
VALUES (%s, %s, '2026-03-10', 12, 'By hand', now(), false)
"""


def test_what_was_sent_stands_still_and_what_was_decided_never_changes(project):
    row = ask(project, "budget", lines=within_tolerance(project))
    for column, value in (("reason", "Another"), ("content", "{}"), ("before", "{}"), ("sha256", "x")):
        said = refused_by(f"UPDATE grants_amendment SET {column} = %s WHERE id = %s", value, row.pk)
        assert "stands still" in said
    AMENDMENT.apply(row, "approve", by=OFFICE.officer, now=NOON, data={"reason": ""})
    said = refused_by("UPDATE grants_amendment SET grounds = 'No' WHERE id = %s", row.pk)
    assert "never changes" in said
    assert "never deleted" in refused_by("DELETE FROM grants_amendment WHERE id = %s", row.pk)


def test_nobody_decides_on_what_they_wrote_and_only_what_was_sent_is_decided(project):
    row = ask(project, "budget", lines=within_tolerance(project))
    decide = """UPDATE grants_amendment SET status = 'rejected', grounds = 'No', decided_at = now(), decided_by_id = %s
        WHERE id = %s"""
    assert "amendment_decided_by_another" in refused_by(decide, row.submitted_by_id, row.pk)
    other = draft(project, "dates")
    assert "Only an amendment that was sent" in refused_by(decide, OFFICE.officer.pk, other.pk)


def test_an_amendment_begins_as_a_draft_of_a_running_project_and_one_of_a_kind(project):
    insert = """INSERT INTO grants_amendment (project_id, number, kind, status, version, reason, content, sha256, begun_by_id,
        begun_at, note, opinion, for_approver, grounds, resolution)
        VALUES (%s, 9, 'dates', %s, 0, '', '{}', '', %s, now(), '', '', false, '', '')"""
    by = project.group.representative.pk
    assert "begins as a draft" in refused_by(insert, project.pk, "withdrawn", by)
    draft(project, "dates")
    assert "one_open_amendment_of_a_kind" in refused_by(insert, project.pk, "draft", by)
    waiting = project_at("awaiting_agreement", call=project.call)
    assert "begins as a draft" in refused_by(insert, waiting.pk, "draft", by)


def test_the_papers_of_what_was_sent_stay(project):
    row = draft(project, "budget")
    row = actions.save(
        by=row.begun_by,
        amendment=row,
        version=row.version,
        now=NOON,
        content={"lines": within_tolerance(project)},
        reason="Why",
        uploads=[a_pdf()],
    )
    AMENDMENT.apply(row, "submit", by=row.begun_by, now=NOON)
    said = refused_by("DELETE FROM grants_amendmentfile WHERE amendment_id = %s", row.pk)
    assert "papers of an amendment" in said


def test_the_baseline_grows_only_with_a_version_that_is_being_written(project):
    amended(project, "budget", lines=within_tolerance(project))
    version = project.plan_versions.get()
    line = """INSERT INTO grants_baselineline (project_id, added_by_id, "order", category, description, programme_share,
        group_share) VALUES (%s, %s, 9, 'innovation', 'New', 0, 0)"""
    assert "that is being written" in refused_by(line, project.pk, version.pk)
    assert "keeps its baseline" in refused_by(line, project.pk, None)
    said = refused_by("UPDATE grants_baselineline SET programme_share = 1 WHERE project_id = %s", project.pk)
    assert "baseline never changes" in said


def test_a_version_never_changes_and_follows_the_one_before(project):
    amended(project, "budget", lines=within_tolerance(project))
    version = project.plan_versions.get()
    said = refused_by("UPDATE grants_planversion SET sealed = false WHERE id = %s", version.pk)
    assert "never changes" in said
    said = refused_by("UPDATE grants_lineversion SET programme_share = 1 WHERE plan_id = %s", version.pk)
    assert "never changes" in said
    assert "never changes" in refused_by("DELETE FROM grants_planversion WHERE id = %s", version.pk)
    assert "One version of a plan follows" in refused_by(VERSION, project.pk, 1)
    line = project.lines.first()
    more = "INSERT INTO grants_lineversion (plan_id, line_id, programme_share, group_share) VALUES (%s, %s, 1, 1)"
    assert "never changes" in refused_by(more, version.pk, line.pk)


def test_a_version_is_sealed_when_the_transaction_ends(project):
    assert "is sealed when it is written" in refused_by(VERSION, project.pk, 1)


def test_the_lines_in_force_and_the_tranches_are_the_approved_amount(project):
    amount = project.approved_amount + 1
    said = refused_by("UPDATE grants_project SET approved_amount = %s WHERE id = %s", amount, project.pk)
    assert "lines in force are the approved amount" in said
    said = refused_by("UPDATE grants_tranche SET amount = amount + 1 WHERE project_id = %s", project.pk)
    assert "nothing else of it changes" in said


def test_a_version_cannot_give_more_than_was_approved(project):
    assert "lines in force" in by_hand(project, (2_500_001, 1_500_000))


def test_what_is_charged_is_bounded_by_the_line_in_force(project):
    """2.300.000 and a tenth: 2.530.000 after the change, where the baseline would let 2.750.000 pass."""
    amended(project, "budget", lines=beyond_tolerance(project))
    statement = statement_row(Project.objects.get(pk=project.pk))
    expense = expense_row(statement, net=9_000_000, programme_share=2_530_000, group_share=0)
    said = refused_by("UPDATE grants_expense SET programme_share = 2530001 WHERE id = %s", expense.pk)
    assert "More is charged to a line" in said
    allowed("UPDATE grants_expense SET programme_share = 2529999 WHERE id = %s", expense.pk)


def test_a_line_is_not_cut_below_what_is_charged_to_it(project):
    statement = statement_row(project)
    expense_row(statement, net=9_000_000, programme_share=2_600_000, group_share=400_000)
    less = shares(project, first=("2300000.00", "1700000.00"), second=("700000.00", "300000.00"))
    row = write(draft(project, "budget"), lines=less)
    with pytest.raises(TransitionRefused, match="charged to it already"):
        AMENDMENT.apply(row, "submit", by=row.begun_by, now=NOON)
    said = by_hand(project, (2_300_000, 1_700_000), (700_000, 300_000))
    assert "More is charged to a line" in said


def test_the_plan_of_a_project_that_stands_still_does_not_move(project):
    suspended = project_at("suspended", call=project.call)
    assert "stands still" in refused_by(VERSION, suspended.pk, 1)


def test_an_approval_of_money_has_its_resolution(project):
    row = advise(ask(project, "budget", lines=beyond_tolerance(project)))
    decide = """UPDATE grants_amendment SET status = 'approved', decided_at = now(), decided_by_id = %s, resolution = %s
        WHERE id = %s"""
    assert "amendment_of_money_has_resolution" in refused_by(decide, OFFICE.approver.pk, "", row.pk)
    assert "who_advised" in refused_by(decide, OFFICE.officer.pk, "R-1", row.pk)
