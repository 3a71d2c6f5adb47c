"""A month of the salary from the invoice to the Treasury: handed in, accepted, ordered, paid; and what stands
in the way."""

import datetime as dt
from decimal import Decimal

import pytest

from core.dates import at_noon
from core.models import Message
from core.workflow import NotAllowed, StaleObject, TransitionRefused
from grants import actions as project_actions
from grants.models import Project, SalaryLine, SalaryMonth, Tranche
from grants.salary import actions
from grants.workflow import DISBURSEMENT, PROJECT, SALARY, order_refusal
from groups.models import Appointment
from reports.actions import fall_due
from reports.workflow import REPORT
from tests.cast import make_person
from tests.clock import NOON
from tests.factories_applications import OFFICE
from tests.factories_grants import (
    DAY,
    accept_reports,
    enter_payee,
    finance,
    finance2,
    order,
    treasury,
)
from tests.factories_groups import make_appointment
from tests.grants.salary.rows import (
    AFTER_MONTH_1,
    month_at,
    own_account,
    paid_project,
    said,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("paid_stands")]

PAY = Decimal("300000.00")


def at(month: int, day: int, year: int = 2026) -> dt.datetime:
    return at_noon(dt.date(year, month, day))


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
