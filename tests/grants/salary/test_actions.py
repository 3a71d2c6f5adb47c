"""The salary from the start of a project to the Treasury: counted, handed in, accepted, ordered, paid; and what stands in
the way."""

import datetime as dt
from decimal import Decimal

import pytest

from applications.calls import scales
from applications.models import SalaryScale
from core.dates import at_noon
from core.models import Message
from core.workflow import NotAllowed, StaleObject, TransitionRefused
from grants import actions as project_actions
from grants.models import Project, SalaryLine, SalaryMonth, Tranche
from grants.salary import actions, counting
from grants.workflow import DISBURSEMENT, PROJECT, SALARY, order_refusal
from groups.models import Appointment
from groups.workflow import APPOINTMENT
from reports.actions import fall_due
from reports.workflow import REPORT
from tests.cast import make_person
from tests.clock import NOON
from tests.factories_applications import OFFICE, Plan
from tests.factories_grants import (
    DAY,
    accept_reports,
    enter_payee,
    finance,
    finance2,
    order,
    project_at,
    treasury,
)
from tests.factories_groups import make_appointment
from tests.grants.salary.rows import (
    AFTER_MONTH_1,
    counted,
    month_at,
    own_account,
    paid_project,
    said,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("paid_stands")]

PAY = Decimal("300000.00")


def at(month: int, day: int, year: int = 2026) -> dt.datetime:
    return at_noon(dt.date(year, month, day))


def sums(project) -> list[tuple[int, int, Decimal, str]]:
    """(month, days, amount, state) of what was counted."""
    rows = project.salary_months.order_by("number", "person_id")
    return [(row.number, row.days, row.amount, row.status) for row in rows]


# --- The line ------------------------------------------------------------------------------------------


def test_the_salary_is_a_line_of_its_own_and_the_tranches_are_the_rest():
    project = paid_project()
    assert project.approved_amount == Decimal("4100000.00")
    assert project.salary_line.amount == project.salary_line.most == Decimal("3600000.00")
    assert [tranche.amount for tranche in project.tranches.all()] == [Decimal(200000), Decimal(300000)]
    assert project.agreement.terms["salary"] == "3600000.00"


def test_the_cap_of_the_call_is_what_may_be_earned_at_most():
    project = paid_project(salary_cap=Decimal("3600000.00"))
    assert project.salary_line.most == Decimal("3600000.00")
    line = SalaryLine(project=project, amount=Decimal(100), most=Decimal(100))
    project.call.salary_cap = Decimal(90)
    assert counting.most_of(line.project, Decimal(100)) == 90


def test_a_project_without_a_salary_has_no_line():
    assert not SalaryLine.objects.filter(project=project_at("active")).exists()


# --- Counting ------------------------------------------------------------------------------------------


def test_a_month_is_counted_on_the_day_after_it_ends_and_once():
    project = paid_project()
    actions.count_months(at(4, 9))
    assert sums(project) == []
    month = counted(project)
    assert sums(project) == [(1, 31, PAY, "accrued")]
    assert (month.first_on, month.last_on, month.due_on) == (
        dt.date(2026, 3, 10),
        dt.date(2026, 4, 9),
        dt.date(2026, 4, 19),
    )
    assert Message.objects.filter(template="salary_to_hand_in", recipient=month.person).count() == 1
    for now in (AFTER_MONTH_1, AFTER_MONTH_1 + DAY):
        actions.count_months(now)
    assert len(sums(project)) == 1
    assert project.case.events.filter(action="salarymonth.count").count() == 1
    project.salary_line.refresh_from_db()
    assert (project.salary_line.next_month, project.salary_line.next_on) == (2, dt.date(2026, 5, 9))


def test_after_weeks_without_a_scheduler_all_months_are_there():
    project = paid_project()
    actions.count_months(at(6, 20))
    assert [row[0] for row in sums(project)] == [1, 2, 3]
    # They have their days to hand in from when they were told.
    assert project.salary_months.get(number=1).due_on == dt.date(2026, 6, 29)


def test_a_year_is_the_whole_line_and_the_count_ends():
    project = paid_project()
    actions.count_months(at(3, 10, 2027))
    assert sum(row[2] for row in sums(project)) == Decimal("3600000.00")
    project.salary_line.refresh_from_db()
    assert project.salary_line.next_month is None


def test_nobody_earns_days_without_an_appointment():
    project = paid_project()
    post = project.group.appointments.get()
    APPOINTMENT.apply(
        post,
        "end",
        by=OFFICE.officer,
        now=at(3, 25),
        data={"ended_on": dt.date(2026, 3, 24), "reason": "Left."},
    )
    counted(project)
    assert sums(project) == [(1, 15, Decimal("145161.29"), "accrued")]
    actions.count_months(at(5, 10))
    assert len(sums(project)) == 1


def test_a_day_that_is_taken_back_later_changes_what_was_not_handed_in():
    project = paid_project()
    counted(project)
    post = project.group.appointments.get()
    APPOINTMENT.apply(
        post,
        "end",
        by=OFFICE.officer,
        now=at(4, 12),
        data={"ended_on": dt.date(2026, 3, 24), "reason": "Left."},
    )
    actions.count_months(at(4, 12))
    assert sums(project) == [(1, 15, Decimal("145161.29"), "accrued")]


def test_who_comes_after_shares_the_month_and_a_voided_one_may_come_back():
    project = paid_project()
    first = project.reporter_on(NOON.date())
    post = project.group.appointments.get()
    APPOINTMENT.apply(
        post,
        "end",
        by=OFFICE.officer,
        now=at(3, 25),
        data={"ended_on": dt.date(2026, 3, 24), "reason": "Left."},
    )
    second = make_person("second")
    make_appointment(project.group, second, confirmed_from=dt.date(2026, 4, 1))
    counted(project)
    assert {row.person: row.days for row in project.salary_months.all()} == {first: 15, second: 9}
    # It turns out that the second was never in office.
    Appointment.objects.filter(person=second).update(status="withdrawn")
    SalaryLine.objects.update(next_month=1, next_on=dt.date(2026, 4, 9))
    actions.count_months(at(4, 12))
    assert project.salary_months.get(person=second).status == "void"
    Appointment.objects.filter(person=second).update(status="confirmed")
    SalaryLine.objects.update(next_month=1, next_on=dt.date(2026, 4, 9))
    actions.count_months(at(4, 13))
    assert project.salary_months.get(person=second).status == "accrued"


def test_whoever_stands_in_earns_the_days_of_the_mandate():
    project = paid_project()
    stand_in = make_person("standin")
    make_appointment(
        project.group,
        stand_in,
        confirmed_from=dt.date(2026, 3, 20),
        ended_on=dt.date(2026, 3, 29),
        stand_in_from=dt.date(2026, 3, 20),
        stand_in_until=dt.date(2026, 3, 29),
        why="Illness.",
    )
    assert project.reporter_on(dt.date(2026, 3, 25)) == stand_in
    counted(project)
    assert sorted(row[1] for row in sums(project)) == [10, 21]
    assert sum(row[2] for row in sums(project)) == PAY


def test_a_scale_of_the_call_moves_it_from_its_day():
    project = paid_project()
    scales.set_scale(
        by=OFFICE.admin,
        call=project.call,
        valid_from=dt.date(2026, 4, 10),
        per_month=Decimal("400000.00"),
        resolution="RES-7",
        now=NOON,
    )
    actions.count_months(at(5, 10))
    assert [row[2] for row in sums(project)] == [PAY, Decimal("400000.00")]
    # What the line has left is the end of it: 300,000 and eight times 400,000, then 100,000.
    actions.count_months(at(3, 10, 2027))
    assert sum(row[2] for row in sums(project)) == Decimal("3600000.00")
    assert len(sums(project)) == 10


def test_where_less_was_approved_the_scale_counts_in_proportion():
    half = ("coordination", "Salary", "1800000.00", "1800000.00", None)
    project = paid_project(
        plan=Plan(lines=[half, ("soft_technology", "Other", "1000000.00", "500000.00", 1)])
    )
    SalaryScale.objects.create(
        call=project.call,
        valid_from=dt.date(2026, 4, 10),
        per_month=Decimal(400000),
        resolution="R",
        entered_on=NOON.date(),
        entered_by=OFFICE.admin,
    )
    actions.count_months(at(5, 10))
    assert [row[2] for row in sums(project)] == [Decimal("150000.00"), Decimal("200000.00")]


def test_a_scale_is_for_days_to_come():
    call = paid_project().call
    for day in (NOON.date(), NOON.date() - DAY):
        with pytest.raises(TransitionRefused, match="a day to come"):
            scales.set_scale(
                by=OFFICE.admin, call=call, valid_from=day, per_month=PAY, resolution="R", now=NOON
            )
    with pytest.raises(NotAllowed):
        scales.set_scale(
            by=OFFICE.approver,
            call=call,
            valid_from=NOON.date() + DAY,
            per_month=PAY,
            resolution="R",
            now=NOON,
        )


def test_days_of_a_suspension_belong_to_no_month():
    project = paid_project()
    PROJECT.apply(project, "suspend", by=OFFICE.officer, now=at(3, 20), data={"reason": "A flood."})
    actions.count_months(at(4, 15))
    assert sums(project) == []
    PROJECT.apply(project, "resume", by=OFFICE.officer, now=at(4, 19), data={"reason": "Dry."})
    assert [(row.first_day, row.days) for row in project.pauses.all()] == [(dt.date(2026, 3, 20), 30)]
    actions.count_months(at(4, 30))
    assert sums(project) == []
    actions.count_months(at(5, 10))
    month = project.salary_months.get()
    assert (month.last_on, month.days, month.amount) == (dt.date(2026, 5, 9), 31, PAY)


# --- Handing in, accepting ------------------------------------------------------------------------------


def test_from_the_invoice_to_the_treasury():
    project = paid_project()
    own_account(project)
    month = month_at("accepted", project)
    tranche = month.tranche
    assert (tranche.kind, tranche.amount, tranche.state) == ("salary", PAY, "open")
    assert tranche in Tranche.objects.to_order()
    payment = order(tranche, now=AFTER_MONTH_1)
    assert payment.payee.person == month.person
    with pytest.raises(TransitionRefused, match="You ordered this payment"):
        project_actions.confirm_disbursement(
            by=finance(), disbursement=payment, now=AFTER_MONTH_1, **treasury(payment, now=AFTER_MONTH_1)
        )
    paid = project_actions.confirm_disbursement(
        by=finance2(),
        disbursement=payment,
        now=AFTER_MONTH_1,
        **treasury(payment, now=AFTER_MONTH_1, withheld=Decimal(30000), net=Decimal(270000)),
    )
    assert paid.status == "paid"
    assert project.paid() == PAY
    assert Message.objects.filter(template="payment_paid", recipient=month.person, context__salary=1).exists()


def test_a_returned_month_keeps_its_file_and_comes_again():
    month = month_at("returned")
    assert month.remark
    assert month.is_owed
    again = actions.hand_in(
        by=month.person, month=month, now=AFTER_MONTH_1, version=month.version, **said(month, invoice=None)
    )
    assert (again.status, again.remark, again.invoice_id) == ("submitted", "", month.invoice_id)


@pytest.mark.parametrize(
    "changes, sentence",
    [
        ({"invoice_amount": PAY - 1}, "must be for what you earned"),
        ({"invoice_on": dt.date(2026, 4, 11)}, "not of a day to come"),
        ({"invoice_on": dt.date(2026, 3, 9)}, "not of a day to come"),
        ({"invoice": None}, "Attach the invoice"),
        ({"note": "  "}, "Not all that this needs"),
        ({"invoice_number": ""}, "Not all that this needs"),
    ],
)
def test_what_is_not_whole_is_not_handed_in(changes, sentence):
    month = month_at("accrued")
    with pytest.raises(TransitionRefused, match=sentence):
        actions.hand_in(by=month.person, month=month, now=AFTER_MONTH_1, **said(month, **changes))
    assert SalaryMonth.objects.get().status == "accrued"


def test_nobody_else_hands_it_in_and_an_old_page_is_refused():
    month = month_at("accrued")
    for by in (month.project.group.representative, OFFICE.officer, make_person("stranger")):
        with pytest.raises(NotAllowed):
            actions.hand_in(by=by, month=month, now=AFTER_MONTH_1, **said(month))
    with pytest.raises(StaleObject):
        actions.hand_in(by=month.person, month=month, now=AFTER_MONTH_1, version=9, **said(month))
    successor = make_person("successor")
    Appointment.objects.update(ended_on=dt.date(2026, 4, 9), status="ended")
    make_appointment(month.project.group, successor, confirmed_from=dt.date(2026, 4, 10))
    with pytest.raises(TransitionRefused, match="Only"):
        actions.hand_in(by=successor, month=month, now=AFTER_MONTH_1, **said(month))
    # Whoever earned it hands it in, also when the office has ended.
    assert (
        actions.hand_in(by=month.person, month=month, now=AFTER_MONTH_1, **said(month)).status == "submitted"
    )


def test_days_that_are_gone_are_not_accepted():
    month = month_at("submitted")
    Appointment.objects.update(ended_on=dt.date(2026, 3, 24), status="ended")
    with pytest.raises(TransitionRefused, match="have changed since"):
        SALARY.apply(month, "accept", by=OFFICE.officer, now=AFTER_MONTH_1)
    SALARY.apply(month, "return", by=OFFICE.officer, now=AFTER_MONTH_1, data={"remark": "Count again."})
    SalaryLine.objects.update(next_month=1, next_on=dt.date(2026, 4, 9))
    actions.count_months(AFTER_MONTH_1)
    month.refresh_from_db()
    assert (month.status, month.days) == ("returned", 15)


def test_a_return_says_what_and_only_an_officer_judges():
    month = month_at("submitted")
    with pytest.raises(TransitionRefused, match="Say what to change"):
        SALARY.apply(month, "return", by=OFFICE.officer, now=AFTER_MONTH_1, data={"remark": " "})
    for by in (month.person, finance(), OFFICE.approver):
        for name in ("accept", "return"):
            with pytest.raises(NotAllowed):
                SALARY.apply(month, name, by=by, now=AFTER_MONTH_1, data={"remark": "x"})


# --- Paying ---------------------------------------------------------------------------------------------


def test_nothing_is_paid_without_the_coordinators_own_checked_account():
    project = paid_project()
    month = month_at("accepted", project)
    refusal = order_refusal(month.tranche, by=finance(), now=AFTER_MONTH_1)
    assert "has not said yet on which account" in refusal
    own_account(project, checked=False)
    tranche = Tranche.objects.get(pk=month.tranche_id)
    assert "has yet to check" in order_refusal(tranche, by=finance(), now=AFTER_MONTH_1)
    assert not Tranche.objects.to_order().with_checked_payee().get(kind="salary").payee_is_checked


def test_another_account_stops_payment_until_it_is_checked():
    project = paid_project()
    own_account(project)
    month = month_at("accepted", project)
    own_account(project, number=51, checked=False)
    assert "has yet to check" in order_refusal(month.tranche, by=finance(), now=AFTER_MONTH_1)
    told = Message.objects.filter(template="payment_payee_changed").values_list("recipient_id", flat=True)
    assert {month.person_id, project.group.representative.pk} <= set(told)
    # The account of the project is another matter.
    assert project.payee.is_checked


def test_whoever_earns_checks_no_account_of_their_own():
    project = paid_project()
    payee = own_account(project, checked=False)
    with pytest.raises(NotAllowed):
        project_actions.check_payee(by=payee.person, payee=payee, now=NOON)
    with pytest.raises(NotAllowed):
        actions.enter_account(
            by=project.group.representative,
            line=project.salary_line,
            cuit=payee.cuit,
            cbu=payee.cbu,
            now=NOON,
        )


def test_where_the_call_says_so_a_late_report_holds_it_and_the_office_does_not():
    project = paid_project(salary_waits_for_report=True)
    own_account(project)
    month = month_at("accepted", project)
    assert order_refusal(month.tranche, by=finance(), now=AFTER_MONTH_1) == ""
    # Due ten days after the third month: late from then on.
    late = at(6, 20)
    fall_due(late)
    assert "waits until the coordinator hands in" in order_refusal(month.tranche, by=finance(), now=late)
    assert order_refusal(month.tranche, by=finance(), now=at(6, 19)) == ""
    report = project.reports.get(number=1)
    type(report).objects.filter(pk=report.pk).update(status="draft")
    assert "waits until" in order_refusal(month.tranche, by=finance(), now=late)


def test_a_report_that_was_handed_in_holds_nothing():
    from tests.factories_reports import report_at

    project = paid_project(salary_waits_for_report=True)
    own_account(project)
    month = month_at("accepted", project)
    late = at(7, 20)
    report_at("submitted", project, number=1, now=late, by=month.person, officer=OFFICE.officer)
    assert order_refusal(month.tranche, by=finance(), now=late) == ""
    returned = project.reports.get(number=1)
    REPORT.apply(returned, "return_report", by=OFFICE.officer, now=late, data={"reason": "More."})
    assert "waits until" in order_refusal(month.tranche, by=finance(), now=late)


def test_a_suspended_project_pays_no_salary_either():
    project = paid_project()
    own_account(project)
    month = month_at("accepted", project)
    PROJECT.apply(project, "suspend", by=OFFICE.officer, now=AFTER_MONTH_1, data={"reason": "A flood."})
    tranche = Tranche.objects.get(pk=month.tranche_id)
    assert "suspended" in order_refusal(tranche, by=finance(), now=AFTER_MONTH_1)


def test_who_accepted_a_month_does_not_order_it():
    from accounts.roles import Role
    from tests.cast import give_role

    project = paid_project()
    own_account(project)
    month = month_at("accepted", project)
    both = OFFICE.officer
    give_role(
        both,
        Role.FINANCE,
        by=OFFICE.admin,
        second=OFFICE.admin.__class__.objects.get(email="admin2@lsp.example"),
    )
    assert "You accepted this month" in order_refusal(month.tranche, by=both, now=AFTER_MONTH_1)


def test_a_failed_payment_is_ordered_again():
    project = paid_project()
    own_account(project)
    month = month_at("accepted", project)
    payment = order(month.tranche, now=AFTER_MONTH_1)
    DISBURSEMENT.apply(payment, "fail", by=finance2(), now=AFTER_MONTH_1, data={"reason": "Closed."})
    assert order(Tranche.objects.get(pk=month.tranche_id), now=AFTER_MONTH_1).status == "ordered"


def test_a_project_closes_when_its_salary_is_judged_and_paid():
    project = paid_project()
    own_account(project)
    month = month_at("submitted", project)
    later = at_noon(project.last_day + DAY)
    accept_reports(project, now=later)
    project = PROJECT.apply(Project.objects.get(pk=project.pk), "start_closing", by=OFFICE.officer, now=later)
    with pytest.raises(TransitionRefused, match="waits to be accepted"):
        PROJECT.apply(project, "close", by=OFFICE.officer, now=later)
    month = SALARY.apply(month, "accept", by=OFFICE.officer, now=later)
    with pytest.raises(TransitionRefused, match="not paid yet"):
        PROJECT.apply(project, "close", by=OFFICE.officer, now=later)
    payment = order(month.tranche, now=later)
    project_actions.confirm_disbursement(
        by=finance2(), disbursement=payment, now=later, **treasury(payment, now=later)
    )
    assert PROJECT.apply(project, "close", by=OFFICE.officer, now=later).status == "closed"


def test_the_payee_of_the_project_is_another():
    project = paid_project()
    before = project.payee
    own_account(project)
    assert project.payee == before
    enter_payee(project, number=77)
    assert project.payees.filter(current=True, person__isnull=False).count() == 1
