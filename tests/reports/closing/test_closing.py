"""The closing report: its draft with what is missing, and what is frozen when the project closes."""

from decimal import Decimal

import pytest
from django.urls import reverse

from applications import conditions
from core import documents, jobs
from core.dates import at_noon
from core.workflow import TransitionRefused
from grants import settling
from grants.models import Project
from grants.workflow import PROJECT
from reports.closing import freezing
from reports.models import ClosingReport
from tests.applications.staff_pages import browser, get, words
from tests.clock import NOON
from tests.factories_applications import OFFICE
from tests.factories_grants import accept_reports, finance, order, payment_at
from tests.grants.money.rows import DAY, match_account, proven
from tests.grants.test_constraints import refused_by

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen", "approved_stands", "active_stands")]


@pytest.fixture
def closing() -> Project:
    """1.200.000 of its 3.000.000 are paid, and it is closing, its reports all accepted."""
    project = payment_at("paid").project
    later = at_noon(project.last_day + DAY)
    accept_reports(project, now=later)
    return PROJECT.apply(project, "start_closing", by=OFFICE.officer, now=later)


def share_of(project: Project) -> Decimal:
    """What the group puts in for each peso."""
    return sum(line.group_share for line in project.lines.all()) / project.approved_amount


def close(project: Project) -> Project:
    project.refresh_from_db()
    return PROJECT.apply(project, "close", by=OFFICE.officer, now=NOON)


def test_the_draft_says_what_is_missing_each_with_its_page(closing):
    page = get(OFFICE.officer, "project_closing", closing.pk)
    text = words(page)
    assert "As it would read if the project closed today" in text
    assert "What was paid is proven or given back" in text
    assert "of what was paid are neither due nor given back" in text
    assert reverse("project_account", args=[closing.pk]) in page.text
    assert "Close the project" not in text
    proven(closing, 1_200_000, 1_200_000 * share_of(closing) + 1)
    match_account(closing)
    text = words(get(OFFICE.officer, "project_closing", closing.pk))
    assert "Close the project" in text
    assert "7 of 7 done" in text
    assert "Close the project" not in words(get(closing.group.representative, "project_closing", closing.pk))


def test_the_checklist_names_a_condition_that_was_never_met(closing):
    decision = closing.application.decisions.get()
    met, never = (
        decision.dated_conditions.create(order=order, text=text, due_on=NOON.date() - DAY)
        for order, text in ((1, "Hire an engineer"), (2, "Insure the kiln"))
    )
    conditions.meet(by=OFFICE.officer, condition=met, met_on=NOON.date(), proof="The contract.", now=NOON)
    page = get(OFFICE.officer, "project_closing", closing.pk)
    text = words(page)
    assert "Conditions of the approval that were not met" in text
    assert f"Until {never.due_on:%d/%m/%Y}. Nobody owes it any more once the project is closed." in text
    assert "Hire an engineer" not in text
    assert reverse("decision_detail", args=[decision.pk]) + "#conditions" in page.text
    # It says so, and closes all the same.
    proven(closing, 1_200_000, 1_200_000 * share_of(closing) + 1)
    match_account(closing)
    assert "Close the project" in words(get(OFFICE.officer, "project_closing", closing.pk))


def test_it_is_frozen_at_closing_and_a_worker_makes_its_pdf(closing):
    expense = proven(closing, 1_200_000, 1_200_000 * share_of(closing) + 1)
    match_account(closing)
    closed = close(closing)
    report = ClosingReport.objects.get(project=closed)
    said = report.content
    assert said["ended_on"] == "2026-03-10"
    assert (said["money"]["paid"], said["money"]["due"]) == ("1200000.00", "1200000.00")
    assert Decimal(said["money"]["released"]) == 1_800_000
    assert sum(Decimal(row["proven_programme"]) for row in said["lines"]) == expense.programme_share
    assert said["firms"][-1]["firm"] == ""
    assert said["payments"][0]["treasury_number"].startswith("OP-")
    assert said["activities"]
    assert closed.case.events.get(action="project.closing_report").data["sha256"] == report.sha256
    assert list(freezing.changed(closed.case)) == []
    assert jobs.run_waiting(NOON) >= 1
    report.refresh_from_db()
    document = report.document
    assert document is not None
    assert document.content_hash == report.sha256
    assert documents.may_read(closed.group.representative, document)
    assert [row.current for row in documents.genuine(report.sha256)] == [True]
    text = words(get(closed.group.representative, "project_closing", closed.pk))
    assert "Frozen at closing" in text
    assert "Closing report (PDF)" in text
    assert "Closing report" in words(get(OFFICE.officer, "project_detail", closed.pk))
    for sql in (
        "UPDATE reports_closingreport SET content = '{}' WHERE id = %s",
        "DELETE FROM reports_closingreport WHERE id = %s",
    ):
        assert "stays as it was frozen" in refused_by(sql, report.pk)


def test_what_the_programme_owes_is_paid_before_it_closes(closing):
    proven(closing, 1_500_000, 1_500_000 * share_of(closing) + 1)
    match_account(closing)
    assert settling.worked_out(closing).to_pay == 300_000
    with pytest.raises(
        TransitionRefused, match=r"300\.000,00 of the grant due are still to pay: finance first orders"
    ):
        close(closing)
    tranche = closing.tranches.get(number=2)
    shown = words(browser(finance()).get(reverse("tranche_order", args=[tranche.pk])))
    assert "$ 300.000,00 of $ 1.800.000,00 planned: what the settlement leaves to be paid" in shown
    # Not the whole tranche: what is due of it.
    assert order(tranche, now=NOON).amount == 300_000
    with pytest.raises(TransitionRefused, match="under way"):
        close(closing)


def test_a_project_that_ended_before_its_time_has_none(closing):
    url = reverse("project_closing", args=[closing.pk])
    desk = browser(OFFICE.officer)
    desk.get(url)
    PROJECT.apply(closing, "suspend", by=OFFICE.officer, now=NOON, data={"reason": "A flood."})
    assert "As it would read" in words(desk.get(url))
    assert not ClosingReport.objects.exists()
    early = (
        "INSERT INTO reports_closingreport (project_id, content, sha256, frozen_by_id, frozen_at) "
        "VALUES (%s, '{}', 'x', %s, now())"
    )
    assert "of a project that closed" in refused_by(early, closing.pk, OFFICE.officer.pk)
