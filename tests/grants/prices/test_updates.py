"""One resolution updates what is not paid yet of a call's projects: all of it, or nothing."""

from decimal import Decimal

import pytest
from django.db import connection

from accounts.roles import Role
from core import timeline
from core.models import Message
from core.workflow import NotAllowed, StaleObject, TransitionRefused
from grants import ledger
from grants.amendments import in_force
from grants.models import Amendment, PriceUpdateRow, Project
from grants.prices import actions
from grants.prices.workflow import PRICE_UPDATE
from grants.prices.working import work_out
from grants.workflow import PROJECT
from tests.cast import make_person
from tests.clock import NOON
from tests.factories_amendments import ask, within_tolerance
from tests.factories_applications import OFFICE, make_call, staff_member
from tests.factories_grants import DAY, open_project, payment_at, project_at
from tests.factories_groups import give_place
from tests.grants.expenses.rows import expense_row, judge_row, pay_row, statement_row
from tests.grants.prices.rows import (
    FEBRUARY,
    MARCH,
    clause,
    figure,
    issue,
    issued,
    make_index,
    prepared,
    said,
)
from tests.grants.test_constraints import refused_by

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]


def again(project: Project) -> Project:
    return Project.objects.get(pk=project.pk)


def amounts(project: Project) -> list[tuple[Decimal, Decimal]]:
    return [(row.programme_share, row.group_share) for row in in_force.lines_on(project)]


def test_all_that_is_unpaid_follows_the_index(project):
    free = project.call.envelope - project.call.entries.committed()
    update = issued(project.call)
    project = again(project)
    assert update.status == "issued"
    assert project.approved_amount == Decimal("3750000.00")
    assert amounts(project) == [
        (Decimal(3_125_000), Decimal(1_875_000)),
        (Decimal(625_000), Decimal(625_000)),
    ]
    assert [row.amount for row in project.tranches.order_by("number")] == [1_500_000, 2_250_000]
    assert project.call.envelope - project.call.entries.committed() == free - 750_000
    assert in_force.lines_of(project, 0)[0].programme_share == 2_500_000
    version = in_force.version_on(project)
    assert (version.number, version.ground, version.months) == (1, "RES-2026-90", 12)
    row = PriceUpdateRow.objects.get()
    assert (row.rest, row.more, row.group_more) == (3_000_000, 750_000, 500_000)


def test_the_ledger_and_both_timelines_say_so_and_lead_to_each_other(project):
    issued(project.call)
    entries = list(project.ledger.with_sources().filter(state__in=["update", "updated"]))
    assert [(each.kind, each.amount, each.at) for each in entries] == [
        ("committed", Decimal(750_000), NOON),
        ("approved", Decimal(750_000), NOON),
    ]
    for line in ledger.lines_of(project, entries):
        assert line.event.action == "priceupdaterow.issue"
        assert "prices of 02/2026, by resolution RES-2026-90" in line.sentence
        assert line.url.endswith(f"/projects/{project.pk}/plan/1/")
    event = project.call.case.events.get(action="priceupdate.issue")
    assert "Projects: 1; in all" in timeline.sentence_of(event)


def test_the_people_of_the_project_are_told_in_their_language(project):
    person = project.group.representative
    person.language = "es"
    person.save(update_fields=["language"])
    issued(project.call)
    message = Message.objects.get(template="price_update_raised", recipient=person)
    assert message.language == "es"
    assert message.context["more"] == "$\xa0750.000,00"
    assert Message.objects.filter(template="price_update_prepared", recipient=OFFICE.approver).exists()
    assert Message.objects.filter(template="price_update_issued", recipient=OFFICE.officer).exists()


def test_what_was_paid_stays_as_it_is(project):
    payment_at("paid", project=project)
    issued(project.call)
    project = again(project)
    assert project.approved_amount == Decimal("3450000.00")
    assert [row.amount for row in project.tranches.order_by("number")] == [1_200_000, 2_250_000]


def test_what_is_ordered_is_on_its_way_and_stays_too(project):
    payment_at("ordered", project=project)
    assert work_out(project.call, figure(project.call)).raised[0].rest == 1_800_000


def test_what_was_verified_stays_as_it_is(project):
    expense = expense_row(
        statement_row(project),
        net=Decimal(3_000_000),
        programme_share=Decimal(2_000_000),
        group_share=Decimal(0),
    )
    pay_row(expense)
    judge_row(expense, "verified", by=OFFICE.officer)
    row = work_out(project.call, figure(project.call)).raised[0]
    assert row.rest == 1_000_000
    # Half of what is open of both lines together belongs to each of them.
    first, second = project.lines.order_by("order")
    assert row.lines[first.pk][0] == 2_625_000
    assert row.lines[second.pk][0] == 625_000


def test_the_cap_holds_for_all_updates_together(project):
    issued(project.call)
    issued(project.call, MARCH)
    project = again(project)
    # 3.000.000 × 1.25, and then from 1.25 to 1.30 where the index says 1.50.
    assert project.approved_amount == Decimal("3900000.00")
    last = project.price_updates.get(month=MARCH)
    assert (last.level_before, last.level_after) == (Decimal("1.25"), Decimal("1.3"))
    with pytest.raises(TransitionRefused, match="No project of the call would get anything"):
        prepared(project.call, MARCH)


def test_above_the_envelope_nothing_is_issued_and_the_figures_are_said(project):
    call = project.call
    update = prepared(call)
    call.envelope = call.entries.committed() + 700_000
    call.save(update_fields=["envelope"])
    with pytest.raises(TransitionRefused) as refusal:
        issue(update)
    for amount in ("750.000,00", "700.000,00", "50.000,00"):
        assert f"$\xa0{amount}" in refusal.value.sentence
    assert again(project).approved_amount == 3_000_000
    assert not PriceUpdateRow.objects.exists()


def test_many_projects_get_one_row_each_and_those_that_stand_still_wait(project):
    second = project_at("active", call=project.call)
    stands_still = PROJECT.apply(
        project_at("active", call=project.call),
        "suspend",
        by=OFFICE.officer,
        now=NOON,
        data={"reason": "A flood."},
    )
    not_begun = open_project(call=project.call)
    connection.check_constraints()
    work = work_out(project.call, figure(project.call))
    left_out = {row.project.pk: row.left_out for row in work.rows if row.left_out}
    assert "suspended" in left_out[stands_still.pk]
    assert "not started" in left_out[not_begun.pk]
    issued(project.call)
    assert {row.project_id: row.more for row in PriceUpdateRow.objects.all()} == {
        project.pk: 750_000,
        second.pk: 750_000,
    }
    # Once it goes on, another act brings it to the same month; the others have it already.
    PROJECT.apply(stands_still, "resume", by=OFFICE.officer, now=NOON, data={"reason": "Dry."})
    issue(prepared(project.call), resolution="RES-2026-91")
    assert again(stands_still).approved_amount == Decimal("3750000.00")
    assert again(second).approved_amount == Decimal("3750000.00")


def test_a_resolution_is_of_its_own_day_and_number(project):
    issued(project.call)
    later = NOON + 40 * DAY
    update = prepared(project.call, MARCH, later)
    for changes, sentence in (
        (
            {"resolved_on": NOON.date()},
            "The update was prepared on 19/04/2026: the resolution is not before it",
        ),
        ({"resolved_on": later.date() + DAY}, "not to come"),
        ({"resolved_on": None}, "Give the date of the resolution"),
        ({"resolution": "res-2026-90"}, "This number issued another update of that year: Prices of 02/2026"),
    ):
        with pytest.raises(TransitionRefused, match=sentence):
            issue(update, now=later, **changes)
    sql = (
        "UPDATE grants_priceupdate SET status = 'issued', issued_at = prepared_at, resolution = %s, resolved_on = %s,"
        " grounds = 'x', issued_by_id = %s WHERE id = %s"
    )
    by = OFFICE.approver.pk
    assert "resolved after it was prepared" in refused_by(sql, "R-1", NOON.date(), by, update.pk)
    assert "issues one update" in refused_by(sql, "RES-2026-90", later.date(), by, update.pk)
    assert issue(update, now=later).status == "issued"


def test_who_prepared_it_does_not_issue_it(project):
    update = prepared(project.call)
    officer = staff_member("officer", Role.APPROVER)
    officer.forget_roles()
    with pytest.raises(TransitionRefused, match="an approver who did not issues it"):
        issue(update, by=officer)
    with pytest.raises(NotAllowed):
        issue(update, by=staff_member("finance", Role.FINANCE))


def test_nobody_of_a_group_of_the_call_decides(project):
    update = prepared(project.call)
    give_place(project.group, OFFICE.approver, Role.MEMBER)
    with pytest.raises(TransitionRefused, match="You hold a role in a group of this call"):
        issue(update)


def test_who_signs_signs_what_the_page_showed(project):
    update = prepared(project.call)
    shown = said(update)
    payment_at("ordered", project=project)
    with pytest.raises(StaleObject, match="figures have moved"):
        issue(update, figures=shown["figures"])
    issue(update)
    assert again(project).approved_amount == Decimal("3450000.00")


def test_what_was_asked_on_the_plan_as_it_was_is_set_anew(project):
    row = ask(project, "budget", lines=within_tolerance(project))
    issued(project.call)
    row = Amendment.objects.get(pk=row.pk)
    assert row.status == "returned"
    assert "Prices were updated meanwhile" in row.note


def test_it_is_withdrawn_or_refused_with_a_reason_and_one_waits_at_a_time(project):
    update = prepared(project.call)
    with pytest.raises(TransitionRefused, match="waits for the approver"):
        prepared(project.call)
    with pytest.raises(TransitionRefused, match="Say why"):
        PRICE_UPDATE.apply(update, "withdraw", by=OFFICE.officer, now=NOON, data={"reason": " "})
    PRICE_UPDATE.apply(update, "withdraw", by=OFFICE.officer, now=NOON, data={"reason": "Wrong month."})
    second = prepared(project.call)
    PRICE_UPDATE.apply(second, "refuse", by=OFFICE.approver, now=NOON, data={"reason": "Not now."})
    assert Message.objects.filter(template="price_update_refused", recipient=OFFICE.officer).exists()
    assert again(project).approved_amount == 3_000_000


def test_without_a_clause_or_its_figures_nothing_is_prepared():
    plain = project_at("active").call
    with pytest.raises(TransitionRefused, match="no update clause"):
        actions.prepare(by=OFFICE.officer, call=plain, figure=None, opinion="x", now=NOON)
    call = make_call(**clause(make_index("OTHER")))
    base = figure(call, FEBRUARY)
    with pytest.raises(TransitionRefused, match="No project of the call would get anything"):
        actions.prepare(by=OFFICE.officer, call=call, figure=base, opinion="x", now=NOON)
    with pytest.raises(NotAllowed):
        actions.prepare(by=make_person("stranger"), call=call, figure=base, opinion="x", now=NOON)


def test_a_report_is_held_against_the_plan_of_its_period(project):
    issued(project.call, now=NOON + DAY)
    assert in_force.lines_on(project, NOON.date())[0].programme_share == 2_500_000
    assert in_force.lines_on(project, (NOON + DAY).date())[0].programme_share == 3_125_000
