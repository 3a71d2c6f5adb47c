"""The states of projects and payments: the literal grids, the guards' sentences, and what each move does."""

import datetime as dt
from decimal import Decimal

import pytest

from accounts.roles import Role
from applications.models import EnvelopeEntry
from applications.workflow import APPLICATION
from core.dates import add_months, day_of
from core.money import ZERO, total
from core.workflow import NotAllowed, StaleObject, TransitionRefused
from grants import actions
from grants.models import Disbursement, Project
from grants.workflow import DISBURSEMENT, PROJECT
from groups.models import Appointment
from reports.actions import fall_due
from tests.clock import NOON
from tests.factories_applications import OFFICE, amounts_of, application_at, approval, make_call
from tests.factories_grants import (
    DAY,
    activate,
    appoint,
    finance,
    finance2,
    hear,
    open_project,
    order,
    payment_at,
    project_at,
    sign,
    treasury,
)
from tests.factories_groups import give_place
from tests.grants.test_constraints import refused_by

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("approved_stands", "active_stands")]

# PROGRAMME 5. Every pair that is not here is refused.
PROJECT_GRID = {
    "awaiting_agreement": {
        "activate": "active",
        "renounce": "terminated",
        "lapse": "terminated",
        "terminate": "terminated",
    },
    "active": {
        "start_closing": "closing",
        "suspend": "suspended",
        "renounce": "terminated",
        "terminate": "terminated",
    },
    "closing": {"close": "closed", "suspend": "suspended", "terminate": "terminated"},
    "suspended": {"resume": "active", "terminate": "terminated"},
    "closed": {},
    "terminated": {},
}
PAYMENT_GRID = {
    "ordered": {"confirm": "paid", "fail": "failed", "cancel": "cancelled"},
    "paid": {},
    "failed": {},
    "cancelled": {},
}
MOVES = ["activate", "start_closing", "close", "suspend", "resume", "renounce", "lapse", "terminate"]
REASON = {"reason": "Because of the flood."}
WHO = {
    "activate": lambda project: OFFICE.officer,
    "start_closing": lambda project: OFFICE.officer,
    "close": lambda project: OFFICE.officer,
    "suspend": lambda project: OFFICE.approver,
    "resume": lambda project: OFFICE.officer,
    "renounce": lambda project: project.group.representative,
    "lapse": lambda project: OFFICE.approver,
    "terminate": lambda project: OFFICE.approver,
}


def move(project: Project, name: str, *, now: dt.datetime = NOON, by=None, **data) -> Project:
    if name == "terminate" and by is None and project.first_day:
        hear(project, now=now)
    given = {**REASON, **data} if name not in ("activate", "close", "start_closing") else data
    return PROJECT.apply(project, name, by=by or WHO[name](project), now=now, data=given)


def test_the_tables_have_these_rows_and_no_others():
    assert set(PROJECT.by_name) == {"open_project", *MOVES}
    assert set(DISBURSEMENT.by_name) == {"order", "confirm", "fail", "cancel"}


@pytest.mark.parametrize("status", PROJECT_GRID)
def test_a_project_refuses_every_move_that_is_not_in_the_grid(status):
    project = project_at(status)
    assert project.status == status
    for name in {"open_project", *MOVES} - PROJECT_GRID[status].keys():
        row = PROJECT.by_name[name]
        assert status not in row.sources
        with pytest.raises(TransitionRefused, match="not possible any more"):
            PROJECT.apply(
                project, name, by=WHO.get(name, WHO["activate"])(project), now=NOON, data=dict(REASON)
            )
    project.refresh_from_db()
    assert project.status == status


@pytest.mark.parametrize(
    ("status", "name", "target"),
    [
        (status, name, target)
        for status, moves in PROJECT_GRID.items()
        for name, target in moves.items()
        if (status, name) not in {("awaiting_agreement", "activate"), ("closing", "close")}
    ],
)
def test_a_project_makes_the_moves_of_the_grid(status, name, target):
    project = project_at(status)
    later = NOON + 31 * DAY if status == "awaiting_agreement" else NOON
    if name == "start_closing":
        later = NOON + 366 * DAY
        fall_due(later)
    moved = move(project, name, now=later)
    assert moved.status == target
    event = project.case.events.filter(action=f"project.{name}").get()
    assert (event.from_state, event.to_state) == (status, target)
    assert event.actor == WHO[name](project)


def test_a_signed_project_is_activated_and_a_finished_one_closed():
    assert activate(sign(open_project())).status == "active"
    assert project_at("closed").ended_why == "close"


@pytest.mark.parametrize("status", PAYMENT_GRID)
def test_a_payment_refuses_every_move_that_is_not_in_the_grid(status):
    payment = payment_at(status)
    for name in {"order", "confirm", "fail", "cancel"} - PAYMENT_GRID[status].keys():
        with pytest.raises(TransitionRefused, match="not possible any more"):
            DISBURSEMENT.apply(payment, name, by=finance2(), now=NOON, data={**REASON, **treasury(payment)})
    payment.refresh_from_db()
    assert payment.status == status


@pytest.mark.parametrize(("name", "target"), PAYMENT_GRID["ordered"].items())
def test_a_payment_makes_the_moves_of_the_grid(name, target):
    payment = payment_at("ordered")
    moved = DISBURSEMENT.apply(payment, name, by=finance2(), now=NOON, data={**REASON, **treasury(payment)})
    assert moved.status == target
    event = payment.case.events.get(action=f"disbursement.{name}")
    assert (event.from_state, event.to_state) == ("ordered", target)
    assert event.data["amount"] == "1200000.00"
    assert event.data["tranche"] == 1


# --- Who -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "status", "others"),
    [
        ("activate", "awaiting_agreement", ["representative", "approver", "finance", "admin"]),
        ("renounce", "awaiting_agreement", ["officer", "approver", "member", "viewer", "finance"]),
        ("lapse", "awaiting_agreement", ["officer", "representative", "finance"]),
        ("start_closing", "active", ["representative", "approver", "finance", "coordinator"]),
        ("suspend", "active", ["representative", "finance", "admin", "coordinator"]),
        ("terminate", "active", ["officer", "representative", "finance", "admin", "coordinator"]),
        ("resume", "suspended", ["representative", "approver", "finance"]),
    ],
)
def test_only_these_roles_move_a_project(name, status, others, request):
    coordinator = request.getfixturevalue("coordinator")
    project = project_at(status, coordinator=coordinator)
    give_place(project.group, request.getfixturevalue("member"), Role.MEMBER)
    give_place(project.group, request.getfixturevalue("viewer"), Role.VIEWER)
    people = {
        "representative": project.group.representative,
        "officer": OFFICE.officer,
        "approver": OFFICE.approver,
        "finance": finance(),
        "admin": OFFICE.admin,
        "coordinator": coordinator,
        "member": request.getfixturevalue("member"),
        "viewer": request.getfixturevalue("viewer"),
    }
    for who in others:
        with pytest.raises(NotAllowed, match="It is for"):
            move(project, name, by=people[who])
    with pytest.raises(NotAllowed):
        PROJECT.apply(project, name, by=None, now=NOON, data=dict(REASON))


def test_staff_who_belong_to_the_group_have_no_staff_role_in_its_project():
    project = project_at("active")
    give_place(project.group, OFFICE.approver, Role.VIEWER)
    with pytest.raises(NotAllowed):
        move(project, "terminate")
    give_place(project.group, finance(), Role.MEMBER)
    with pytest.raises(NotAllowed):
        order(project.tranches.get(number=1))


@pytest.mark.parametrize("name", ["suspend", "renounce", "terminate"])
def test_these_acts_ask_for_a_reason(name):
    project = project_at("active")
    if name == "terminate":
        hear(project)
    for data in ({}, {"reason": ""}, {"reason": "  \n"}):
        with pytest.raises(TransitionRefused, match="Say why"):
            PROJECT.apply(project, name, by=WHO[name](project), now=NOON, data=data)


def test_a_stale_page_moves_nothing():
    project = project_at("active")
    seen = project.version
    move(project, "suspend")
    with pytest.raises(TransitionRefused):
        PROJECT.apply(project, "suspend", by=OFFICE.officer, now=NOON, version=seen, data=dict(REASON))
    with pytest.raises(StaleObject):
        PROJECT.apply(project, "resume", by=OFFICE.officer, now=NOON, version=seen, data=dict(REASON))


# --- Starting ------------------------------------------------------------------------------------


def test_a_project_starts_only_when_both_have_signed():
    project = open_project()
    with pytest.raises(TransitionRefused, match="group has yet to sign"):
        activate(project)
    sign(project, state=False)
    with pytest.raises(TransitionRefused, match="for the State"):
        activate(project)


def test_a_partnership_waits_for_its_confirmed_coordinator():
    project = sign(open_project(call=make_call("partnership")))
    assert project.must_appoint
    with pytest.raises(TransitionRefused, match="no confirmed coordinator"):
        activate(project)
    appoint(project, status=Appointment.Status.ACCEPTED)
    with pytest.raises(TransitionRefused, match="no confirmed coordinator"):
        activate(project)
    project.group.appointments.all().delete()
    appoint(project, confirmed_from=day_of(NOON) + 5 * DAY)
    with pytest.raises(TransitionRefused, match="no confirmed coordinator"):
        activate(project)
    # In office on the first day is enough.
    assert activate(project, first_day=day_of(NOON) + 5 * DAY).status == "active"


def test_in_a_grant_the_representative_coordinates_unless_another_is_named(coordinator):
    project = activate(sign(open_project()))
    assert not project.must_appoint
    day = day_of(NOON)
    assert project.reporter_on(day) == project.group.representative
    assert project.people_to_tell(day) == [project.group.representative]
    appoint(project, coordinator)
    assert project.reporter_on(day) == coordinator
    assert project.people_to_tell(day) == [coordinator, project.group.representative]


@pytest.mark.parametrize(
    ("days", "sentence"),
    [(-1, "not before the agreement was signed"), (91, "at most 90 days away"), (None, "Give the first day")],
)
def test_the_first_day_is_given_and_near(days, sentence):
    project = sign(open_project())
    first_day = None if days is None else day_of(NOON) + dt.timedelta(days=days)
    with pytest.raises(TransitionRefused, match=sentence):
        PROJECT.apply(project, "activate", by=OFFICE.officer, now=NOON, data={"first_day": first_day})


def test_the_start_copies_the_baseline_and_plans_the_tranches_to_the_cent():
    project = project_at("active")
    assert project.first_day == day_of(NOON)
    assert project.last_day == add_months(project.first_day, 12) - DAY
    assert list(project.activities.values_list("name", "first_month", "last_month")) == [
        ("Buy and install the kiln", 1, 4),
        ("Certify the furniture", 3, 12),
    ]
    assert list(
        project.lines.values_list("description", "programme_share", "group_share", "activity__name")
    ) == [
        ("Drying kiln", Decimal("2500000.00"), Decimal("1500000.00"), "Buy and install the kiln"),
        ("Certification", Decimal("500000.00"), Decimal("500000.00"), "Certify the furniture"),
    ]
    assert list(project.tranches.values_list("number", "percent", "amount", "after_report")) == [
        (1, Decimal("40.00"), Decimal("1200000.00"), 0),
        (2, Decimal("60.00"), Decimal("1800000.00"), 1),
    ]
    first, second = project.tranches.all()
    assert first.opened_at == NOON
    assert second.opened_at is None
    assert (first.state, second.state) == ("open", "planned")


def test_a_plan_that_was_cut_is_the_baseline_as_it_was_approved():
    application = application_at("recommended")
    cut = amounts_of(application, Decimal("0.5"))
    APPLICATION.apply(
        application, "approve", by=OFFICE.approver, now=NOON, data=approval(application, amounts=cut)
    )
    application.refresh_from_db()
    project = project_at("active", application=application)
    assert project.approved_amount == Decimal("1500000.00")
    assert total(project.lines.all(), "programme_share") == Decimal("1500000.00")
    assert total(project.tranches.all(), "amount") == Decimal("1500000.00")


# --- Pausing -------------------------------------------------------------------------------------


def test_the_days_of_a_pause_are_given_back_and_told():
    project = project_at("active")
    last_day = project.last_day
    move(project, "suspend")
    project.refresh_from_db()
    assert (project.suspended_from, project.suspended_on) == ("active", day_of(NOON))
    move(project, "resume", now=NOON + 20 * DAY)
    project.refresh_from_db()
    assert project.status == "active"
    assert project.last_day == last_day + 20 * DAY
    assert (project.suspended_from, project.suspended_on) == ("", None)
    event = project.case.events.get(action="project.resume")
    assert event.data == {"days": 20, "last_day": project.last_day.isoformat()}


def test_a_closing_project_resumes_as_closing():
    project = project_at("closing")
    later = NOON + 370 * DAY
    move(project, "suspend", now=later)
    assert move(project, "resume", now=later + DAY).status == "closing"


# --- Ending --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["renounce", "terminate"])
def test_an_early_end_cancels_what_was_not_paid_and_gives_the_money_back(name):
    project = project_at("active")
    payment_at("paid", project=project)
    project.refresh_from_db()
    move(project, name)
    project.refresh_from_db()
    assert (project.status, project.ended_why, project.ended_on) == ("terminated", name, day_of(NOON))
    assert [tranche.state for tranche in project.tranches.all()] == ["paid", "cancelled"]
    entries = EnvelopeEntry.objects.filter(application=project.application)
    assert list(entries.order_by("pk").values_list("amount", "why")) == [
        (Decimal("3000000.00"), "approve"),
        (Decimal("-1800000.00"), "release"),
    ]
    assert project.call.entries.committed() == project.paid() == Decimal("1200000.00")
    event = project.case.events.get(action=f"project.{name}")
    assert event.data == {"paid": "1200000.00", "released": "1800000.00"}
    assert event.text.text == REASON["reason"]


def test_a_closed_project_gives_back_what_was_not_paid():
    project = project_at("closed")
    assert project.paid() == ZERO
    assert project.call.entries.committed() == ZERO
    assert {tranche.state for tranche in project.tranches.all()} == {"cancelled"}


@pytest.mark.parametrize("name", ["renounce", "terminate"])
def test_nothing_ends_while_a_payment_is_under_way(name):
    project = project_at("active")
    payment = payment_at("ordered", project=project)
    with pytest.raises(TransitionRefused, match="under way"):
        move(project, name)
    DISBURSEMENT.apply(payment, "cancel", by=finance(), now=NOON, data=dict(REASON))
    assert move(project, name).status == "terminated"


def test_an_agreement_lapses_only_after_its_day_and_unsigned():
    project = open_project()
    with pytest.raises(TransitionRefused, match="can still be signed until"):
        move(project, "lapse", now=NOON + 30 * DAY)
    sign(project)
    with pytest.raises(TransitionRefused, match="Both have signed"):
        move(project, "lapse", now=NOON + 31 * DAY)


def test_an_application_with_a_project_is_not_given_back_behind_its_back():
    project = project_at("active")
    application = project.application
    representative = project.group.representative
    with pytest.raises(TransitionRefused, match="renounce the project"):
        APPLICATION.apply(application, "renounce", by=representative, now=NOON, data=dict(REASON))
    annul = {"reason": "An error.", "resolution": "ANN-1"}
    with pytest.raises(TransitionRefused, match="Terminate the project first"):
        APPLICATION.apply(application, "annul", by=OFFICE.approver, now=NOON, data=annul)
    move(project, "terminate")
    with pytest.raises(TransitionRefused, match="has ended"):
        APPLICATION.apply(application, "renounce", by=representative, now=NOON, data=dict(REASON))
    annulled = APPLICATION.apply(application, "annul", by=OFFICE.approver, now=NOON, data=annul)
    assert annulled.status == "annulled"
    assert project.call.entries.committed() == ZERO


def test_annulling_gives_back_nothing_that_was_paid_before_its_project_ended():
    project = project_at("active")
    payment_at("paid", project=project)
    move(project, "terminate")
    annul = {"reason": "An error.", "resolution": "ANN-1"}
    APPLICATION.apply(project.application, "annul", by=OFFICE.approver, now=NOON, data=annul)
    assert project.call.entries.committed() == Decimal("1200000.00")


# --- Payments ------------------------------------------------------------------------------------


def test_nobody_confirms_what_they_ordered():
    payment = payment_at("ordered")
    with pytest.raises(TransitionRefused, match="You ordered this payment"):
        actions.confirm_disbursement(by=finance(), disbursement=payment, now=NOON, **treasury(payment))
    paid = actions.confirm_disbursement(by=finance2(), disbursement=payment, now=NOON, **treasury(payment))
    assert (paid.confirmed_by, paid.ordered_by) == (finance2(), finance())
    assert (paid.gross, paid.withheld, paid.net) == (paid.amount, ZERO, paid.amount)


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"treasury_number": " "}, "Give the number and date|needs was filled in"),
        ({"treasury_date": None}, "Give the number and date"),
        ({"treasury_date": day_of(NOON) + DAY}, "in the future"),
        ({"treasury_date": day_of(NOON) - DAY}, "before the payment was ordered"),
        ({"gross": Decimal("1199999.99")}, "must be what was ordered"),
        ({"withheld": Decimal("1200000.01"), "net": Decimal("-0.01")}, "more than the gross"),
        ({"withheld": Decimal("0.01")}, "less what was withheld"),
        ({"net": None}, "Give the number and date"),
    ],
)
def test_what_the_treasury_says_must_fit(changed, sentence):
    payment = payment_at("ordered")
    with pytest.raises(TransitionRefused, match=sentence):
        actions.confirm_disbursement(
            by=finance2(), disbursement=payment, now=NOON, **{**treasury(payment), **changed}
        )
    payment.refresh_from_db()
    assert (payment.status, payment.treasury_number, payment.gross) == ("ordered", "", None)


def test_one_treasury_order_pays_one_tranche():
    payment_at("paid", project=(first := project_at("active")))
    used = Disbursement.objects.get(tranche__project=first)
    other = payment_at("ordered", project=project_at("active", call=first.call))
    with pytest.raises(TransitionRefused, match="Another payment"):
        actions.confirm_disbursement(
            by=finance2(), disbursement=other, now=NOON, **treasury(other, number=used.treasury_number)
        )
    # On another day of the year too; past the code the database says so.
    later = NOON + DAY
    again = treasury(other, number=used.treasury_number, now=later)
    with pytest.raises(TransitionRefused, match="Another payment of 2026 was confirmed with this number"):
        actions.confirm_disbursement(by=finance2(), disbursement=other, now=later, **again)
    sql = (
        "UPDATE grants_disbursement SET status = 'paid', treasury_number = %s, treasury_date = '2026-03-11', gross = amount,"
        " withheld = 0, net = amount, confirmed_by_id = %s, confirmed_at = '2026-03-12 12:00+00' WHERE id = %s"
    )
    assert "pays once in a year" in refused_by(sql, used.treasury_number, finance2().pk, other.pk)


def test_a_failed_payment_can_be_ordered_again():
    project = project_at("active")
    failed = payment_at("failed", project=project)
    assert failed.reason == "The bank refused it."
    tranche = project.tranches.get(number=1)
    assert tranche.state == "failed"
    again = order(tranche)
    assert tranche.disbursements.count() == 2
    assert again.status == "ordered"
    assert project.committed() == tranche.amount


def test_while_suspended_nothing_is_paid_but_what_the_treasury_paid_before_is_written_down():
    project = project_at("active")
    payment = payment_at("ordered", project=project)
    move(project, "suspend", now=NOON + 2 * DAY)
    later = NOON + 5 * DAY
    with pytest.raises(TransitionRefused, match="is suspended since 12/03/2026"):
        actions.confirm_disbursement(
            by=finance2(), disbursement=payment, now=later, **treasury(payment, now=NOON + 3 * DAY)
        )
    paid = actions.confirm_disbursement(
        by=finance2(), disbursement=payment, now=later, **treasury(payment, now=NOON + 2 * DAY)
    )
    assert paid.status == "paid"


def test_nor_is_it_afterwards_for_a_day_of_the_pause():
    project = project_at("active")
    payment = payment_at("ordered", project=project)
    move(project, "suspend", now=NOON + 2 * DAY)
    move(project, "resume", now=NOON + 6 * DAY)
    later = NOON + 7 * DAY
    with pytest.raises(TransitionRefused, match="From 12/03/2026 to 15/03/2026 the project was suspended"):
        actions.confirm_disbursement(
            by=finance2(), disbursement=payment, now=later, **treasury(payment, now=NOON + 5 * DAY)
        )
    past = (
        "UPDATE grants_disbursement SET status = 'paid', treasury_number = 'OP-9', treasury_date = '2026-03-15', gross = amount, "
        "withheld = 0, net = amount, confirmed_at = %s, confirmed_by_id = %s WHERE id = %s"
    )
    assert "Nothing is paid on the days of a pause" in refused_by(past, later, finance2().pk, payment.pk)
    paid = actions.confirm_disbursement(
        by=finance2(), disbursement=payment, now=later, **treasury(payment, now=NOON + 6 * DAY)
    )
    assert paid.status == "paid"
