"""What an approved amendment makes of the plan, the money and the dates; the baseline stands."""

import datetime as dt
from decimal import Decimal

import pytest

from core.models import Message
from core.workflow import TransitionRefused
from grants import actions, ledger
from grants.amendments import in_force
from grants.amendments.checks import Case, findings, needs_approver
from grants.amendments.firms import firm_ids
from grants.amendments.workflow import AMENDMENT
from grants.models import Amendment, Payee, Project
from groups.actions import leave
from groups.models import Firm
from reports.content import progress_of
from tests.applications.staff_pages import get, post, words
from tests.clock import NOON
from tests.factories_amendments import (
    DAY,
    advise,
    amended,
    approve,
    ask,
    beyond_tolerance,
    draft,
    send,
    shares,
    within_tolerance,
    write,
)
from tests.factories_applications import OFFICE
from tests.factories_grants import finance, make_cbu, project_at

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen", "active_stands")]
TODAY = NOON.date()


@pytest.fixture
def project():
    return project_at("active")


def refused(amendment: Amendment, name: str, by, **data) -> str:
    with pytest.raises(TransitionRefused) as said:
        AMENDMENT.apply(amendment, name, by=by, now=NOON, data=data)
    return said.value.sentence


def baseline(project):
    return list(project.activities.filter(added_by=None).order_by("pk").values()), list(
        project.lines.filter(added_by=None).order_by("pk").values()
    )


def in_pesos(project, number=None):
    rows = in_force.lines_on(project) if number is None else in_force.lines_of(project, number)
    return [(row.description, row.programme_share, row.group_share) for row in rows]


# --- Activities -----------------------------------------------------------------------------------------


def test_activities_change_are_dropped_and_added_and_the_baseline_stands(project):
    before = baseline(project)
    kiln, certificate = project.activities.order_by("order")
    new = {"name": "Train", "first_month": 5, "last_month": 7, "responsible": "All", "deliverable": ""}
    amended(
        project,
        "activities",
        activities={str(kiln.pk): {"last_month": 6}, str(certificate.pk): {"dropped": True}},
        new=[{**new, "dropped": False}],
    )
    assert [(row.name, row.first_month, row.last_month) for row in in_force.activities_on(project)] == [
        ("Buy and install the kiln", 1, 6),
        ("Train", 5, 7),
    ]
    assert baseline(project) == before
    assert [row.name for row in in_force.activities_of(project, 0)] == [row["name"] for row in before[0]]


def test_a_report_is_measured_against_the_version_of_the_end_of_its_period(project):
    first, second = project.reports.order_by("number")[:2]
    later = dt.datetime.combine(second.period_from + 5 * DAY, NOON.timetz(), NOON.tzinfo)
    kiln = project.activities.order_by("order")[0]
    amended(project, "activities", now=later, activities={str(kiln.pk): {"last_month": 12}})
    planned = {report.number: progress_of(report)[0].planned for report in (first, second)}
    assert planned == {1: 75, 2: 50}


def test_an_activity_stays_within_the_months_and_has_somebody_responsible(project):
    kiln = project.activities.order_by("order")[0]
    row = write(draft(project, "activities"), activities={str(kiln.pk): {"last_month": 13}})
    assert "has 12 months" in refused(row, "submit", row.begun_by)
    row = write(row, activities={str(kiln.pk): {"responsible": ""}})
    assert "who is responsible" in refused(row, "submit", row.begun_by)
    everything = {str(each.pk): {"dropped": True} for each in project.activities.all()}
    assert "at least one activity" in refused(write(row, activities=everything), "submit", row.begun_by)


# --- Money ----------------------------------------------------------------------------------------------


def test_money_moves_within_the_tolerance_by_the_officer(project):
    before = baseline(project)
    row = ask(project, "budget", lines=within_tolerance(project))
    assert not row.for_approver
    assert "an officer decides" in refused(row, "resolve", OFFICE.approver, resolution="R-1")
    approve(row)
    assert in_pesos(project) == [
        ("Drying kiln", Decimal("2460000.00"), Decimal("1540000.00")),
        ("Certification", Decimal("540000.00"), Decimal("460000.00")),
    ]
    assert in_pesos(project, 0)[0] == ("Drying kiln", Decimal("2500000.00"), Decimal("1500000.00"))
    assert baseline(project) == before


def test_money_beyond_the_tolerance_is_the_approvers_after_an_officer_looked_at_it(project):
    row = ask(project, "budget", lines=beyond_tolerance(project))
    assert row.for_approver
    assert "moves by more than 10 %" in refused(row, "approve", OFFICE.officer)
    assert "An officer first looks" in refused(row, "resolve", OFFICE.approver, resolution="R-1")
    row = advise(row)
    assert "number of the resolution" in refused(row, "resolve", OFFICE.approver, resolution=" ")
    row = approve(row)
    assert (row.status, row.resolution) == ("approved", "RES-2026-77")
    assert in_pesos(project)[1] == ("Certification", Decimal("700000.00"), Decimal("300000.00"))


def test_small_steps_are_no_large_one(project):
    """The tolerance counts from what an authority gave last."""
    amended(project, "budget", lines=within_tolerance(project))
    more = shares(project, first=("2420000.00", "1580000.00"), second=("580000.00", "420000.00"))
    assert needs_approver(Case(write(draft(project, "budget"), lines=more), TODAY))


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ({"first": ("2600000.00", "1500000.00")}, "must add up to"),
        ({"first": ("2550000.00", "1400000.00"), "second": ("450000.00", "550000.00")}, "no less than"),
        ({"first": ("2200000.00", "1800000.00"), "second": ("800000.00", "200000.00")}, "at most"),
    ],
)
def test_what_moves_adds_up_and_keeps_the_shares_of_the_call(project, lines, said):
    row = write(draft(project, "budget"), lines=shares(project, **lines))
    assert said in refused(row, "submit", row.begun_by)


def test_no_money_goes_to_a_category_that_the_call_does_not_pay(project):
    row = write(
        draft(project, "budget"),
        lines=shares(project, first=("2400000.00", "1500000.00")),
        new=[
            {
                "category": "coordination",
                "description": "A salary",
                "programme": "100000.00",
                "group": "0.00",
            }
        ],
    )
    assert "pays nothing in its category" in refused(row, "submit", row.begun_by)


def test_a_new_line_is_the_approvers(project):
    new = {"category": "innovation", "description": "Design", "programme": "60000.00", "group": "40000.00"}
    first = shares(project, first=("2440000.00", "1560000.00"))
    row = ask(project, "budget", lines=first, new=[new])
    assert row.for_approver
    approve(row)
    assert in_pesos(project)[2] == ("Design", Decimal("60000.00"), Decimal("40000.00"))
    assert project.lines.get(description="Design").programme_share == 0


def test_less_money_goes_back_to_the_call_and_out_of_the_last_tranche(project):
    free = project.call.envelope - project.call.entries.committed()
    amended(project, "amount", lines=shares(project, first=("2000000.00", "1500000.00")))
    project = Project.objects.get(pk=project.pk)
    assert project.approved_amount == Decimal("2500000.00")
    assert [row.amount for row in project.tranches.order_by("number")] == [1_200_000, 1_300_000]
    assert project.call.envelope - project.call.entries.committed() == free + 500_000


def test_more_money_needs_room_in_the_envelope_and_goes_to_a_tranche_that_waits(project):
    more = shares(project, first=("2800000.00", "1500000.00"))
    amended(project, "amount", lines=more)
    project = Project.objects.get(pk=project.pk)
    assert project.approved_amount == Decimal("3300000.00")
    assert [row.amount for row in project.tranches.order_by("number")] == [1_200_000, 2_100_000]
    entry = project.call.entries.get(why="amend")
    assert entry.amount == Decimal("300000.00")


def test_the_ledger_leads_to_the_amendment_that_changed_the_amount(project):
    first = amended(project, "amount", lines=shares(project, first=("2800000.00", "1500000.00")))
    later = NOON + DAY
    second = amended(project, "amount", now=later, lines=shares(project, first=("2700000.00", "1500000.00")))
    entries = project.ledger.with_sources().filter(state__in=["amend", "amended"]).order_by("id")
    found = [(line.entry.at, line.url, line.event) for line in ledger.lines_of(project, list(entries))]
    assert [at for at, _url, _event in found] == [NOON, NOON, later, later]
    for (_at, url, event), row in zip(found, (first, first, second, second), strict=True):
        assert (event.action, event.object_id) == ("amendment.resolve", row.pk)
        assert url.endswith(f"/amendments/{row.pk}/")


def test_the_envelope_is_asked_again_when_it_is_decided(project):
    row = advise(ask(project, "amount", lines=shares(project, first=("2800000.00", "1500000.00"))))
    call = project.call
    call.envelope = call.entries.committed() + 100_000
    call.save(update_fields=["envelope"])
    assert "100.000,00 left" in refused(row, "resolve", OFFICE.approver, resolution="R-1")


def test_the_amount_stays_within_what_the_call_pays_for_one_project(project):
    most = shares(project, first=("9900000.00", "6000000.00"))
    row = write(draft(project, "amount"), lines=most)
    assert "at most" in refused(row, "submit", row.begun_by)


# --- Dates ----------------------------------------------------------------------------------------------


def test_the_dates_move_with_the_reports_to_come(project):
    was = list(project.reports.order_by("number").values_list("period_from", "period_to", "due_on"))
    amended(project, "dates", last_day=f"{project.last_day + 30 * DAY:%Y-%m-%d}")
    month = 30 * DAY
    now = list(project.reports.order_by("number").values_list("period_from", "period_to", "due_on"))
    assert now[0] == (was[0][0], was[0][1] + month, was[0][2] + month)
    assert now[1:] == [(a + month, b + month, c + month) for a, b, c in was[1:]]
    assert Project.objects.get(pk=project.pk).last_day == was[-1][1] + month


@pytest.mark.parametrize(("days", "said"), [(-5, "after the present one"), (400, "one year at most")])
def test_the_dates_move_later_and_not_far(project, days, said):
    row = write(draft(project, "dates"), last_day=f"{project.last_day + days * DAY:%Y-%m-%d}")
    assert said in refused(row, "submit", row.begun_by)


def test_more_months_bring_reports_and_the_final_one_comes_after_them(project):
    old = project.reports.get(is_final=True)
    project.tranches.filter(number=2)
    last_day = project.last_day
    amended(project, "extension", months=4)
    project = Project.objects.get(pk=project.pk)
    rows = project.reports.filter(number__gt=old.number).order_by("number")
    assert [(row.first_month, row.last_month, row.is_final) for row in rows] == [
        (13, 15, False),
        (16, 16, True),
    ]
    assert rows[0].period_from == last_day + DAY
    assert rows[1].period_to == project.last_day
    assert in_force.months_of(project) == 16
    assert not project.reports.get(pk=old.pk).is_final


def test_a_plan_has_thirty_six_months_at_most(project):
    row = write(draft(project, "extension"), months=25)
    assert "36 months" in refused(row, "submit", row.begun_by)


# --- Firms ----------------------------------------------------------------------------------------------


def test_a_firm_that_leaves_below_five_smes_is_the_approvers(project):
    firm = min(firm_ids(project))
    row = ask(project, "member", change="leaves", firm=firm)
    assert row.for_approver
    assert "Too few SMEs" in refused(row, "approve", OFFICE.officer)
    approve(row)
    assert firm not in firm_ids(project)
    assert not project.plan_versions.exists()


def paid_firm(project) -> tuple[Firm, Payee]:
    """A firm of the project as the one that is paid, on a checked account."""
    firm = Firm.objects.get(pk=min(firm_ids(project)))
    Payee.objects.filter(project=project).update(current=False)
    payee = actions.enter_payee(
        by=project.group.representative,
        project=project,
        name=firm.name,
        cuit=firm.cuit,
        cbu=make_cbu(5),
        now=NOON,
    )
    return firm, actions.check_payee(by=OFFICE.officer, payee=payee, now=NOON)


def test_nothing_is_paid_to_a_firm_that_left(project):
    firm, payee = paid_firm(project)
    row = ask(project, "member", change="leaves", firm=firm.pk)
    assert "payee_stays" in {each.rule for each in findings(Case(row, TODAY))}
    assert not payee.open_stop
    approve(row)
    payee = Payee.objects.get(pk=payee.pk)
    assert payee.open_stop.text == "The firm left the project: amendment 1."
    tranche = project.tranches.get(number=1)
    with pytest.raises(TransitionRefused, match="stopped"):
        actions.order_disbursement(by=finance(), tranche=tranche, now=NOON)


def test_another_firm_that_leaves_stops_no_payment(project):
    amended(project, "member", change="leaves", firm=min(firm_ids(project)))
    assert not project.payee.open_stop


def test_nothing_is_paid_to_a_firm_that_left_the_group(project):
    firm, payee = paid_firm(project)
    group = project.group
    page = words(get(group.representative, "firm_leave", group.pk, firm.pk))
    assert "What follows for its project" in page
    assert "until an amendment says that it left" in page
    assert "Without it: 4 of 5 SMEs, 1 missing." in page
    assert "Payments to its account stop now" in page
    assert (
        post(group.representative, "firm_leave", group.pk, firm.pk, on=TODAY, reason="Sold.").status_code
        == 302
    )
    payee = Payee.objects.get(pk=payee.pk)
    assert payee.open_stop.text == "The firm left the group."
    assert Message.objects.filter(template="payment_payee_stopped", recipient=OFFICE.officer).exists()
    # It belongs to the project until an amendment, which finds the account stopped.
    assert firm.pk in firm_ids(project)
    amended(project, "member", change="leaves", firm=firm.pk)
    assert payee.stops.count() == 1


def test_another_firm_that_leaves_the_group_stops_no_payment(project):
    firm, group = Firm.objects.get(pk=max(firm_ids(project))), project.group
    page = words(get(group.representative, "firm_leave", group.pk, firm.pk))
    assert "until an amendment says that it left" in page
    assert "Payments to its account" not in page
    leave(by=group.representative, group=group, firm=firm, on=TODAY, now=NOON)
    assert not project.payee.open_stop


# --- Set anew -------------------------------------------------------------------------------------------


def test_what_waits_on_what_changed_is_set_anew_on_the_plan_of_the_day(project):
    amount = ask(project, "amount", lines=shares(project, first=("2600000.00", "1500000.00")))
    activity = project.activities.order_by("order")[0]
    other = ask(project, "activities", activities={str(activity.pk): {"last_month": 5}})
    amended(project, "budget", lines=within_tolerance(project))
    amount.refresh_from_db()
    other.refresh_from_db()
    assert (amount.status, other.status) == ("returned", "submitted")
    assert "changed the plan meanwhile" in amount.note
    again = send(amount)
    assert again.before["lines"][0]["programme"] == "2460000.00"


def test_nothing_is_decided_on_a_plan_that_moved(project):
    row = ask(project, "dates", last_day=f"{project.last_day + 30 * DAY:%Y-%m-%d}")
    Project.objects.filter(pk=project.pk).update(last_day=project.last_day + DAY)
    assert "The plan has moved" in refused(row, "approve", OFFICE.officer)
