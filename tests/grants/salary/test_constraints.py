"""What the database itself refuses of salaries (PROGRAMME 6 and 10), in SQL, as the application's own user."""

import datetime as dt

import pytest
from django.db import DatabaseError, connection, transaction

from tests.clock import NOON
from tests.factories_applications import OFFICE
from tests.factories_grants import finance, order
from tests.grants.salary.rows import AFTER_MONTH_1, month_at, own_account, paid_project
from tests.grants.test_constraints import ORDER, allowed, refused_by

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("paid_stands")]

TRANCHE = """INSERT INTO grants_tranche (project_id, kind, number, percent, amount, after_report, opened_at, version,
        basis, proof_percent, needs_surety)
    VALUES (%s, 'salary', 9, NULL, %s, 0, now(), 0, 'salary', 0, false) RETURNING id"""
ACCEPT = """UPDATE grants_salarymonth SET status = 'accepted', accepted_by_id = %s, accepted_at = now(), tranche_id = %s
    WHERE id = %s"""


def test_no_salary_without_an_accepted_month_nor_above_the_line():
    month = month_at("submitted")
    assert "for a month that was accepted" in refused_by(TRANCHE, month.project_id, month.amount)
    assert "above the line" in refused_by(TRANCHE, month.project_id, month.project.salary_line.most + 1)
    for status in ("suspended", "terminated"):
        more = ", suspended_from = 'active', suspended_on = now()" if status == "suspended" else ""
        more = more or ", ended_on = now(), ended_why = 'renounce'"
        allowed(f"UPDATE grants_project SET status = %s{more} WHERE id = %s", status, month.project_id)
        # What was earned until a project ended is paid after it.
        said = "in a project that runs" if status == "suspended" else "for a month that was accepted"
        assert said in refused_by(TRANCHE, month.project_id, month.amount)
        allowed(
            "UPDATE grants_project SET status = 'active', suspended_from = '', suspended_on = NULL WHERE id = %s",
            month.project_id,
        ) if status == "suspended" else None


def accepted_past_the_code(month, by: int) -> str:
    """Open the payment of a month and accept it in SQL; answers what the database says."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(TRANCHE, [month.project_id, month.amount])
            cursor.execute(ACCEPT, [by, cursor.fetchone()[0], month.pk])
    except DatabaseError as refused:
        return str(refused)
    raise AssertionError("nothing was refused")


def test_nobody_is_paid_for_days_without_an_appointment():
    month = month_at("submitted")
    allowed("UPDATE groups_appointment SET ended_on = '2026-03-24', status = 'ended'")
    assert "days without an appointment" in accepted_past_the_code(month, OFFICE.officer.pk)


def test_nobody_accepts_their_own_nor_for_another_amount():
    month = month_at("submitted")
    assert "salary_accepted_by_another" in accepted_past_the_code(month, month.person_id)
    other = month.project.tranches.get(kind="grant", number=1)
    assert "paid what it is worth" in refused_by(ACCEPT, OFFICE.officer.pk, other.pk, month.pk)


@pytest.mark.parametrize(
    ("status", "change"),
    [
        ("submitted", "amount = amount + 1, invoice_amount = amount + 1"),
        ("submitted", "note = 'Another'"),
        ("accepted", "note = 'Another'"),
        (
            "accepted",
            "status = 'returned', remark = 'x', accepted_by_id = NULL, accepted_at = NULL, tranche_id = NULL",
        ),
        ("accrued", "person_id = person_id - 1"),
        ("accrued", "number = 7"),
    ],
)
def test_what_was_handed_in_or_accepted_stays(status, change):
    month = month_at(status)
    assert OFFICE.approver
    said = refused_by(f"UPDATE grants_salarymonth SET {change} WHERE id = %s", month.pk)
    assert "What was handed in stays" in said


def test_rows_of_the_salary_are_never_deleted():
    month = month_at("accrued")
    assert "never deleted" in refused_by("DELETE FROM grants_salarymonth WHERE id = %s", month.pk)
    said = refused_by("UPDATE grants_salaryline SET most = 1 WHERE project_id = %s", month.project_id)
    assert "stays" in said
    assert "stays" in refused_by("DELETE FROM grants_salaryline WHERE project_id = %s", month.project_id)


def test_a_salary_goes_to_who_earned_it_and_the_grant_to_nobodys_own_account():
    project = paid_project()
    own = own_account(project)
    month = month_at("accepted", project)
    salary, grant = month.tranche, project.tranches.get(kind="grant", number=1)
    for tranche, payee in ((salary, project.payee), (grant, own)):
        said = refused_by(ORDER, tranche.pk, payee.pk, tranche.amount, finance().pk, NOON)
        assert "to who earned it" in said
    said = refused_by(ORDER, salary.pk, own.pk, salary.amount, month.accepted_by_id, NOON)
    assert "Nobody orders a salary that they accepted" in said
    allowed(ORDER, salary.pk, own.pk, salary.amount, finance().pk, NOON)
    assert "one_live_disbursement" in refused_by(ORDER, salary.pk, own.pk, salary.amount, finance().pk, NOON)


def test_a_project_starts_with_a_sum_that_is_its_approved_amount():
    project = paid_project()
    assert "keeps its tranches" in refused_by(
        """INSERT INTO grants_tranche (project_id, number, percent, amount, after_report, opened_at, version,
            basis, proof_percent, needs_surety)
        VALUES (%s, 3, 1, 1, 0, now(), 0, 'advance', 0, false)""",
        project.pk,
    )
    said = refused_by(
        "UPDATE grants_tranche SET kind = 'salary', percent = NULL, opened_at = now() WHERE project_id = %s",
        project.pk,
    )
    assert "nothing else of it changes" in said


def test_a_salary_is_charged_once():
    from tests.grants.expenses.rows import expense_row, statement_row

    project = paid_project()
    line = project.lines.get(category="coordination")
    expense = expense_row(
        statement_row(project), line=project.lines.exclude(pk=line.pk).get(), programme_share=400_000
    )
    said = refused_by("UPDATE grants_expense SET line_id = %s WHERE id = %s", line.pk, expense.pk)
    assert "pays this salary itself" in said


def test_pauses_and_scales_stay():
    from applications.models import SalaryScale

    project = paid_project()
    scale = SalaryScale.objects.create(
        call=project.call,
        valid_from=dt.date(2026, 5, 1),
        per_month=1,
        resolution="R",
        entered_on=NOON.date(),
        entered_by=OFFICE.admin,
    )
    for sql in (
        "UPDATE applications_salaryscale SET per_month = 2 WHERE id = %s",
        "DELETE FROM applications_salaryscale WHERE id = %s",
    ):
        assert "A salary scale stays" in refused_by(sql, scale.pk)
    project.pauses.create(first_day=NOON.date(), days=2)
    assert "stays on record" in refused_by("DELETE FROM grants_pause WHERE project_id = %s", project.pk)


def test_nothing_is_ordered_to_a_stopped_account_nor_paid_later():
    project = paid_project()
    own_account(project)
    month = month_at("accepted", project)
    payment = order(month.tranche, now=AFTER_MONTH_1)
    stop = """INSERT INTO grants_payeestop (payee_id, why, text, stopped_by_id, stopped_at, stopped_on, ground)
        VALUES (%s, 'embargo', 'A court.', %s, now(), '2026-04-11', '')"""
    allowed(stop, payment.payee_id, OFFICE.officer.pk)
    paid = """UPDATE grants_disbursement SET status = 'paid', confirmed_by_id = %s, confirmed_at = '2026-04-20 15:00Z',
        treasury_number = 'OP-1', treasury_date = %s, gross = amount, withheld = 0, net = amount WHERE id = %s"""
    officer = OFFICE.approver.pk
    assert "are stopped" in refused_by(paid, officer, "2026-04-12", payment.pk)
    allowed(paid, officer, "2026-04-11", payment.pk)
    grant = project.tranches.get(kind="grant", number=1)
    allowed(stop, project.payee.pk, OFFICE.officer.pk)
    said = refused_by(ORDER, grant.pk, project.payee.pk, grant.amount, finance().pk, NOON)
    assert "are stopped" in said
    assert "lifted once" in refused_by("DELETE FROM grants_payeestop WHERE payee_id = %s", project.payee.pk)
