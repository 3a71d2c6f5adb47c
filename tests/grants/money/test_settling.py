"""The final settlement: the arithmetic, what closing asks for, and that it is frozen."""

from decimal import Decimal

import pytest
from django.urls import reverse

from core import documents, jobs
from core.dates import at_noon
from core.workflow import TransitionRefused
from grants import actions, conditions, settlement_pdf, settling
from grants.models import FinalSettlement, Project
from grants.workflow import PROJECT
from tests.applications.staff_pages import browser, words
from tests.clock import NOON
from tests.factories_applications import OFFICE
from tests.factories_grants import accept_reports, finance, order, payment_at, project_at
from tests.grants.expenses.rows import expense_row, statement_row
from tests.grants.money.rows import DAY, confirm, match_account, proven, receipt, refund
from tests.grants.test_constraints import refused_by

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen", "approved_stands", "active_stands")]


@pytest.fixture
def project() -> Project:
    """1.200.000 of its 3.000.000 are paid, and it is closing, its reports all accepted."""
    project = payment_at("paid").project
    later = at_noon(project.last_day + DAY)
    accept_reports(project, now=later)
    return PROJECT.apply(project, "start_closing", by=OFFICE.officer, now=later)


def close(project: Project) -> Project:
    project.refresh_from_db()
    return PROJECT.apply(project, "close", by=OFFICE.officer, now=NOON)


def test_what_was_paid_is_proven_with_its_counterpart_or_given_back(project):
    with pytest.raises(
        TransitionRefused, match=r"1\.200\.000,00 of what was paid are neither due nor given back"
    ):
        close(project)
    lines = project.lines.all()
    share = sum(line.group_share for line in lines) / project.approved_amount
    proven(project, 700_000, 700_000 * share + 1)
    found = settling.worked_out(project)
    assert (found.due, found.to_return, found.to_pay) == (700_000, 500_000, 0)
    asked = refund(project, 500_000)
    with pytest.raises(TransitionRefused, match="neither due nor given back"):
        close(project)
    confirm(receipt(asked))
    interest = refund(project, 4_000, why="interest")
    with pytest.raises(TransitionRefused, match="Refund 2 is still to be given back"):
        close(project)
    confirm(receipt(interest))
    with pytest.raises(TransitionRefused, match="does not show the payment of tranche 1"):
        close(project)
    match_account(project)
    closed = close(project)
    assert closed.status == "closed"
    frozen = FinalSettlement.objects.get(project=project)
    assert (frozen.due, frozen.paid, frozen.returned, frozen.interest) == (700_000, 1_200_000, 500_000, 4_000)
    assert frozen.arithmetic.due == frozen.due
    # A worker makes its PDF, once.
    assert jobs.run_waiting(NOON) >= 1
    document = settlement_pdf.document_of(frozen)
    assert document is not None
    assert document.content_hash == settlement_pdf.content_hash_of(frozen)
    assert documents.may_read(project.group.representative, document)
    desk = browser(OFFICE.officer)
    assert document.filename in desk.get(reverse("project_settlement", args=[project.pk])).text


def test_a_counterpart_that_is_missing_lowers_it_in_proportion(project):
    promised = sum(line.group_share for line in project.lines.all())
    assert promised > 0
    proven(project, 1_000_000, 0)
    found = settling.worked_out(project)
    assert found.due == 0
    proven(project, 1, promised / 6)
    found = settling.worked_out(project)
    # A sixth of the promised counterpart carries a sixth of the grant, whatever was spent beside it.
    assert abs(found.due - project.approved_amount / 6) < Decimal("0.05")
    text = [line.label for line in settling.lines_of(found)]
    assert "Less, for the counterpart that is missing" in text


def test_an_expense_that_is_not_judged_keeps_it_open(project):
    Project.objects.filter(pk=project.pk).update(status="active")
    expense_row(statement_row(project))
    Project.objects.filter(pk=project.pk).update(status="closing")
    with pytest.raises(TransitionRefused, match="1 expense is not judged yet"):
        close(project)


def test_the_page_says_what_is_missing_and_then_what_was_frozen(project):
    desk = browser(OFFICE.officer)
    url = reverse("project_settlement", args=[project.pk])
    page = words(desk.get(url))
    assert "neither due nor given back" in page
    assert "Grant due" in page
    confirm(receipt(refund(project, 1_200_000)))
    match_account(project)
    assert "Nothing is missing any more" in words(desk.get(url))
    close(project)
    assert "Frozen at closing" in words(desk.get(url))


def test_the_database_keeps_it(project):
    by = OFFICE.officer
    sql = (
        "INSERT INTO grants_finalsettlement (project_id, approved, proven_programme, proven_group, cap, group_due, paid,"
        " returned, interest, salary, due, frozen_by_id, frozen_at)"
        " VALUES (%s, 3000000, %s, 0, %s, 0, %s, 0, 0, 0, %s, %s, now())"
    )
    assert "due_is_the_lowest" in refused_by(sql, project.pk, 10, 10, 0, 11, by.pk)
    assert "balance_came_back" in refused_by(sql, project.pk, 10, 10, 1_200_000, 10, by.pk)
    confirm(receipt(refund(project, 1_200_000)))
    match_account(project)
    close(project)
    assert "is frozen" in refused_by("UPDATE grants_finalsettlement SET due = 1")
    assert "is frozen" in refused_by("DELETE FROM grants_finalsettlement")


def test_a_project_that_settled_falsely_does_not_close(project):
    """Past the code: a settlement that says another sum than the ledger."""
    by = OFFICE.officer
    confirm(receipt(refund(project, 1_200_000)))
    FinalSettlement.objects.create(
        project=project, approved=project.approved_amount, proven_programme=5, proven_group=0, cap=5, group_due=0, paid=0,
        returned=0, interest=0, due=5, frozen_by=by, frozen_at=NOON,
    )  # fmt: skip
    sql = "UPDATE grants_project SET status = 'closed', ended_on = '2026-03-10', ended_why = 'close' WHERE id = %s"
    assert "closes when its money is settled" in refused_by(sql, project.pk)


NOTHING_DUE = "by the settlement nothing is still to pay"


def test_once_all_is_judged_and_nothing_is_due_no_tranche_is_ordered(project):
    tranche = project.tranches.get(number=2)
    desk, home = browser(finance()), browser(project.group.representative)
    url = reverse("tranche_order", args=[tranche.pk])
    assert NOTHING_DUE in words(desk.get(url))
    with pytest.raises(TransitionRefused, match=NOTHING_DUE):
        order(tranche)
    # Nor does it stand as ready anywhere.
    assert NOTHING_DUE in words(desk.get(reverse("payment_list")))
    assert not any(row.is_ready for row in conditions.waiting_of(project, today=NOON.date()))
    assert "No payment is still to come" in words(home.get("/"))
    match_account(project)
    confirm(receipt(refund(project, 1_200_000)))
    assert close(project).status == "closed"
    tranche.refresh_from_db()
    assert tranche.state == "cancelled"


def test_at_the_end_no_more_is_ordered_than_the_settlement_leaves(project):
    share = sum(line.group_share for line in project.lines.all()) / project.approved_amount
    statement = proven(project, 1_500_000, 1_500_000 * share + 1).statement
    second = project.tranches.get(number=2)
    # While the group writes one more expense, what is due is not known yet: finance reads what it is today.
    draft = expense_row(statement)
    desk, url = browser(finance()), reverse("tranche_order", args=[second.pk])
    assert "By the settlement of today $ 300.000,00 are still to pay" in words(desk.get(url))
    draft.delete()
    assert "By the settlement of today" not in words(desk.get(url))
    assert [row.to_order for row in conditions.waiting_of(project, today=NOON.date())] == [0, 300_000]
    assert "Next: $ 300.000,00" in words(browser(project.group.representative).get("/"))
    assert order(second).amount == 300_000
    # What is under way is not ordered again.
    assert conditions.Money.of(project).left_to_order == 0


def test_what_was_not_paid_is_not_asked_back():
    project = project_at("closed")
    assert FinalSettlement.objects.get(project=project).due == 0
    assert project.case.events.filter(action="project.close").exists()


def test_nothing_is_ordered_of_a_project_that_closed():
    project = project_at("closed")
    tranche = project.tranches.first()
    with pytest.raises(TransitionRefused):
        order(tranche)
    with pytest.raises(TransitionRefused, match="Nothing is asked back"):
        refund(project, 1)
    assert actions.open_tranches(project, report_number=1, now=NOON) == []
