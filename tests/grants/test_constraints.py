"""What the database itself refuses (PROGRAMME 6.3, 6.5, 6.10, and the separation of duties of 3), tried past the code,
in SQL, as the application's own user."""

import pytest
from django.db import DatabaseError, connection, transaction

from grants import actions
from grants.models import Agreement, Project
from tests.clock import NOON
from tests.factories_applications import OFFICE, application_at
from tests.factories_grants import (
    enter_payee,
    finance,
    finance2,
    make_cbu,
    open_project,
    order,
    payment_at,
    project_at,
    sign,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("approved_stands", "active_stands")]


def refused_by(sql: str, *params) -> str:
    """Run SQL past the code; answers what the database says. Constraints that wait for the commit are asked too."""
    with pytest.raises(DatabaseError) as refusal:
        allowed(sql, *params)
    return str(refusal.value)


def allowed(sql: str, *params) -> None:
    """Run SQL that finds rows. One that finds none proves nothing."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, params)
        assert cursor.rowcount
        connection.check_constraints()


ORDER = """
INSERT INTO grants_disbursement (tranche_id, payee_id, amount, status, version, ordered_by_id, ordered_at,
    treasury_number, reason) VALUES (%s, %s, %s, 'ordered', 0, %s, %s, '', '')
"""


def order_in_sql(tranche, payee, amount=None) -> tuple:
    return ORDER, tranche.pk, payee.pk, amount or tranche.amount, finance().pk, NOON


def pay_in_sql(payment, by, **changed) -> tuple:
    """The statement that makes an order paid, with nothing withheld; `changed` are other values for its columns."""
    columns = {
        "status": "paid",
        "confirmed_by_id": by.pk,
        "confirmed_at": NOON,
        "treasury_number": "OP-1",
        "treasury_date": "2026-03-10",
        "gross": payment.amount,
        "withheld": 0,
        "net": payment.amount,
        **changed,
    }
    sets = ", ".join(f"{name} = %s" for name in columns)
    return f"UPDATE grants_disbursement SET {sets} WHERE id = %s", *columns.values(), payment.pk


# --- 6.3: one project per approved application -------------------------------------------------------

PROJECT = """
INSERT INTO grants_project (application_id, status, version, opened_on, opened_by_id, sign_by, appoint_by,
    approved_amount, suspended_from, ended_why)
VALUES (%s, 'awaiting_agreement', 0, '2026-03-10', %s, '2026-04-09', '2026-04-09', %s, '', '')
"""


def test_a_project_comes_from_an_approved_application_and_once():
    recommended = application_at("recommended")
    assert "this one is recommended" in refused_by(PROJECT, recommended.pk, OFFICE.officer.pk, 3_000_000)
    project = open_project(call=recommended.call)
    assert "duplicate key" in refused_by(
        PROJECT, project.application_id, OFFICE.officer.pk, project.approved_amount
    )


@pytest.mark.parametrize("amount", [2_999_999, 3_000_001])
def test_a_project_has_the_amount_of_its_approval(amount):
    application = application_at("approved")
    assert "that of its approval" in refused_by(PROJECT, application.pk, OFFICE.officer.pk, amount)


def test_an_approval_stands_while_it_has_a_project():
    project = project_at("active")
    sql = "UPDATE applications_application SET status = %s WHERE id = %s"
    assert "which ends first" in refused_by(sql, "annulled", project.application_id)
    assert "which ends first" in refused_by(sql, "renounced", project.application_id)


def test_a_project_keeps_what_it_came_from_and_its_first_day():
    project = project_at("active")
    other = application_at("approved", call=project.call)
    for column, value in (
        ("application_id", other.pk),
        ("opened_on", "2026-01-01"),
        ("opened_by_id", OFFICE.admin.pk),
        ("first_day", "2026-03-11"),
    ):
        said = refused_by(f"UPDATE grants_project SET {column} = %s WHERE id = %s", value, project.pk)
        assert "keeps its application" in said
    assert "never deleted" in refused_by("DELETE FROM grants_project WHERE id = %s", project.pk)


def test_what_has_ended_does_not_change():
    project = project_at("terminated")
    sql = "UPDATE grants_project SET status = 'awaiting_agreement', ended_on = NULL, ended_why = '' WHERE id = %s"
    assert "has ended" in refused_by(sql, project.pk)


@pytest.mark.parametrize(
    "change",
    [
        "status = 'suspended'",
        "status = 'closed'",
        "status = 'terminated', ended_on = '2026-03-10'",
        "status = 'unheard_of'",
        "last_day = first_day - 1",
        "approved_amount = 0",
    ],
)
def test_a_state_has_what_belongs_to_it(change):
    project = project_at("active")
    said = refused_by(f"UPDATE grants_project SET {change} WHERE id = %s", project.pk)
    assert "violates check constraint" in said


# --- 6.10: the agreement and the baseline ------------------------------------------------------------


def test_a_project_starts_only_signed_by_both():
    project = sign(open_project(), state=False)
    sql = "UPDATE grants_project SET status = 'active', first_day = '2026-03-10', last_day = '2027-03-09' WHERE id = %s"
    assert "both have signed" in refused_by(sql, project.pk)


def test_a_project_starts_only_with_a_baseline_that_is_its_amount():
    project = sign(open_project())
    sql = "UPDATE grants_project SET status = 'active', first_day = '2026-03-10', last_day = '2027-03-09' WHERE id = %s"
    assert "are its approved amount" in refused_by(sql, project.pk)


@pytest.mark.parametrize(
    "change",
    [
        "terms = '{}'",
        "digest = 'x'",
        "group_signed_at = now()",
        "group_signed_name = 'Somebody Else'",
        "state_signed_by_id = group_signed_by_id",
        "state_signed_by_id = NULL, state_signed_at = NULL, state_signed_name = ''",
    ],
)
def test_a_signed_agreement_never_changes(change):
    project = project_at("active")
    said = refused_by(f"UPDATE grants_agreement SET {change} WHERE project_id = %s", project.pk)
    assert "never change" in said


def test_an_agreement_is_not_deleted_nor_signed_after_the_end():
    project = project_at("terminated")
    assert "never change" in refused_by("DELETE FROM grants_agreement WHERE project_id = %s", project.pk)
    sql = """UPDATE grants_agreement SET group_signed_by_id = %s, group_signed_at = now(), group_signed_name = 'Rosa'
        WHERE project_id = %s"""
    assert "signed before its project starts" in refused_by(sql, OFFICE.admin.pk, project.pk)


def test_group_and_state_are_two_people_and_the_group_signs_first():
    project = open_project()
    signer = project.group.representative
    sql = """UPDATE grants_agreement SET state_signed_by_id = %s, state_signed_at = now(), state_signed_name = 'Rosa'
        WHERE project_id = %s"""
    assert "group_signs_first" in refused_by(sql, OFFICE.officer.pk, project.pk)
    sign(project, state=False)
    assert "signed_by_two_people" in refused_by(sql, signer.pk, project.pk)
    assert Agreement.objects.get(project=project).state_signed_at is None


@pytest.mark.parametrize("table", ["baselineactivity", "baselineline"])
def test_the_baseline_never_changes(table):
    project = project_at("active")
    column = "name" if table == "baselineactivity" else "description"
    assert "never changes" in refused_by(
        f"UPDATE grants_{table} SET {column} = 'x' WHERE project_id = %s", project.pk
    )
    assert "never changes" in refused_by(f"DELETE FROM grants_{table} WHERE project_id = %s", project.pk)


def test_nothing_is_added_to_the_baseline_or_the_tranches_of_a_started_project():
    project = project_at("active")
    copy = """INSERT INTO grants_baselineactivity (project_id, source_id, "order", name, first_month, last_month,
        responsible, deliverable)
        SELECT project_id, source_id, "order", 'New', 1, 1, '', '' FROM grants_baselineactivity WHERE project_id = %s"""
    assert "keeps its baseline" in refused_by(copy, project.pk)
    tranche = """INSERT INTO grants_tranche (project_id, number, percent, amount, after_report, opened_at, version)
        VALUES (%s, 3, 1, 1, 0, now(), 0)"""
    assert "keeps its tranches" in refused_by(tranche, project.pk)


@pytest.mark.parametrize(
    "change", ["amount = amount + 1", "percent = 50", "after_report = 0", "number = 9", "opened_at = NULL"]
)
def test_a_tranche_stands(change):
    tranche = project_at("active").tranches.get(number=1)
    where = f"UPDATE grants_tranche SET {change} WHERE id = %s"
    if change == "after_report = 0":
        tranche = tranche.project.tranches.get(number=2)
    assert "nothing else of it changes" in refused_by(where, tranche.pk)
    assert "nothing else of it changes" in refused_by("DELETE FROM grants_tranche WHERE id = %s", tranche.pk)


def test_a_tranche_under_way_or_paid_is_not_cancelled():
    payment = payment_at("ordered")
    sql = "UPDATE grants_tranche SET cancelled_on = '2026-03-10' WHERE id = %s"
    assert "ordered or paid" in refused_by(sql, payment.tranche_id)
    actions.confirm_disbursement(
        by=finance2(),
        disbursement=payment,
        now=NOON,
        treasury_number="OP-1",
        treasury_date=NOON.date(),
        gross=payment.amount,
        withheld=payment.amount - payment.amount,
        net=payment.amount,
    )
    assert "ordered or paid" in refused_by(sql, payment.tranche_id)


# --- 6.5: payments -----------------------------------------------------------------------------------


def test_ordered_and_paid_are_never_above_the_approved_amount():
    project = project_at("active")
    first, second = project.tranches.all()
    order(first)
    actions.open_tranches(project, report_number=1, now=NOON)
    # 1.2 million are ordered; the second tranche is 1.8 million of the 3 million that were approved.
    # (That the lines in force are the approved amount is asked at the commit.)
    Project.objects.filter(pk=project.pk).update(approved_amount="2999999.99")
    assert "above the approved amount" in refused_by(*order_in_sql(second, project.payee))
    Project.objects.filter(pk=project.pk).update(approved_amount=3_000_000)
    said = refused_by("UPDATE grants_project SET approved_amount = 1199999.99 WHERE id = %s", project.pk)
    assert "not less than what was ordered and paid" in said


def test_a_payment_is_not_above_its_tranche():
    project = project_at("active")
    tranche = project.tranches.get(number=1)
    assert "not above its tranche" in refused_by(*order_in_sql(tranche, project.payee, tranche.amount + 1))


def test_no_tranche_is_paid_twice():
    payment = payment_at("ordered")
    assert "one_live_disbursement" in refused_by(*order_in_sql(payment.tranche, payment.payee))
    paid = payment_at("paid", project=project_at("active", call=payment.project.call))
    assert "one_live_disbursement" in refused_by(*order_in_sql(paid.tranche, paid.payee))


def test_no_tranche_is_paid_before_its_condition():
    project = project_at("active")
    second = project.tranches.get(number=2)
    assert "before its condition" in refused_by(*order_in_sql(second, project.payee))


@pytest.mark.parametrize("status", ["suspended", "closed"])
def test_nothing_is_ordered_for_a_project_that_does_not_run(status):
    project = project_at(status)
    tranche = project.tranches.get(number=1)
    assert f"A project that is {status} is paid nothing" in refused_by(*order_in_sql(tranche, project.payee))


def test_only_the_checked_payee_of_the_project_is_paid():
    project = project_at("active")
    tranche, checked = project.tranches.get(number=1), project.payee
    stranger = project_at("active", call=project.call).payee
    assert "Only the checked payee" in refused_by(*order_in_sql(tranche, stranger))
    unchecked = enter_payee(project, number=7, checked=False)
    assert "Only the checked payee" in refused_by(*order_in_sql(tranche, unchecked))
    # The one before is not current any more.
    assert "Only the checked payee" in refused_by(*order_in_sql(tranche, checked))


def test_a_payment_begins_as_ordered():
    project = project_at("active")
    tranche = project.tranches.get(number=1)
    sql, *params = order_in_sql(tranche, project.payee)
    assert "begins as ordered" in refused_by(sql.replace("'ordered'", "'failed'"), *params)


def test_nobody_confirms_what_they_ordered_not_even_in_sql():
    payment = payment_at("ordered")
    assert "confirmed_by_another" in refused_by(*pay_in_sql(payment, finance()))
    allowed(*pay_in_sql(payment, finance2()))


@pytest.mark.parametrize(
    "wrong",
    [
        {"treasury_number": ""},
        {"treasury_date": None},
        {"confirmed_by_id": None},
        {"confirmed_at": None},
        {"gross": "1199999.99", "net": "1199999.99"},
        {"withheld": 1},
        {"withheld": -1, "net": "1200001.00"},
        {"gross": None, "withheld": None, "net": None},
        {"gross": None},
        {"net": None},
    ],
)
def test_paid_is_what_the_treasury_says_to_the_cent(wrong):
    payment = payment_at("ordered")
    said = refused_by(*pay_in_sql(payment, finance2(), **wrong))
    assert "paid_by_the_treasury" in said or "disbursement_adds_up" in said


@pytest.mark.parametrize("day", ["2026-03-09", "2026-03-11"])
def test_the_treasury_paid_between_the_order_and_its_confirmation(day):
    payment = payment_at("ordered")
    assert "between the order" in refused_by(*pay_in_sql(payment, finance2(), treasury_date=day))


@pytest.mark.parametrize("status", ["paid", "failed", "cancelled"])
def test_what_is_over_never_changes(status):
    payment = payment_at(status)
    for change in (
        "reason = 'x'",
        "status = 'ordered'",
        "amount = amount - 1",
        "net = net - 1",
        "version = 9",
    ):
        said = refused_by(f"UPDATE grants_disbursement SET {change} WHERE id = %s", payment.pk)
        assert "never changes" in said
    assert "never changes" in refused_by("DELETE FROM grants_disbursement WHERE id = %s", payment.pk)


@pytest.mark.parametrize(
    "change", ["amount = amount - 1", "ordered_at = now()", "ordered_by_id = ordered_by_id + 1"]
)
def test_an_order_changes_only_by_its_outcome(change):
    payment = payment_at("ordered")
    assert "never changes" in refused_by(f"UPDATE grants_disbursement SET {change} WHERE id = %s", payment.pk)


@pytest.mark.parametrize("status", ["failed", "cancelled"])
def test_what_was_not_paid_says_why(status):
    payment = payment_at("ordered")
    said = refused_by("UPDATE grants_disbursement SET status = %s WHERE id = %s", status, payment.pk)
    assert "unpaid_says_why" in said


# --- Payees ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ("cbu = '2850590900400000000035'", "a change is a new row"),
        ("name = 'Somebody Else'", "a change is a new row"),
        ("checked_by_id = entered_by_id", "a change is a new row"),
        ("checked_by_id = NULL, checked_at = NULL", "a change is a new row"),
    ],
)
def test_a_checked_payee_stays_what_it_was(change, sentence):
    project = project_at("active")
    assert sentence in refused_by(f"UPDATE grants_payee SET {change} WHERE project_id = %s", project.pk)
    assert sentence in refused_by("DELETE FROM grants_payee WHERE project_id = %s", project.pk)


def test_a_payee_is_checked_by_another_and_there_is_one_at_a_time():
    project = open_project()
    payee = enter_payee(project, checked=False)
    sql = "UPDATE grants_payee SET checked_by_id = entered_by_id, checked_at = now() WHERE id = %s"
    assert "payee_checked_by_another" in refused_by(sql, payee.pk)
    copy = """INSERT INTO grants_payee (project_id, name, cuit, cbu, entered_by_id, entered_at, current)
        SELECT project_id, name, cuit, %s, entered_by_id, entered_at, %s FROM grants_payee WHERE id = %s"""
    assert "one_current_payee" in refused_by(copy, make_cbu(2), True, payee.pk)
    assert "payee_cbu_check_digits" in refused_by(copy, "2850590940090418135202", False, payee.pk)
    with_cuit = copy.replace("name, cuit, %s", "name, %s, cbu")
    assert "payee_cuit_check_digit" in refused_by(with_cuit, "30123456780", False, payee.pk)
    assert Project.objects.get(pk=project.pk).payee == payee
