"""What the database itself refuses of expenses (PROGRAMME 6.7, 6.10 and 10), tried past the actions."""

import contextlib
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction

from core import documents
from grants.models import Expense, ExpenseQuote, Statement
from tests.clock import NOON
from tests.factories_applications import OFFICE, make_call
from tests.factories_grants import finance, project_at
from tests.factories_groups import make_cuit
from tests.grants.expenses.rows import (
    DAY,
    credit_row,
    expense_row,
    judge_row,
    pay_row,
    settle_row,
    statement_row,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("active_stands")]


@contextlib.contextmanager
def refused(name: str):
    """What is done within is refused, now or at the commit, by the constraint or with the words of this name."""
    refusal = None
    try:
        with transaction.atomic():
            yield
            connection.check_constraints()
    except DatabaseError as error:
        refusal = error
    assert refusal is not None, f"{name} did not refuse it"
    diag = getattr(refusal.__cause__, "diag", None)
    assert name in str(refusal) or name == getattr(diag, "constraint_name", ""), refusal


def store_pdf(statement: Statement):
    """The document of a statement, as a worker stores it."""
    return documents.store_bytes(
        case=statement.case, kind="expense_statement", owner_id=statement.pk, filename="a.pdf",
        content_type="application/pdf", data=b"%PDF-1.7", by=None, now=NOON,
    )  # fmt: skip


@pytest.fixture
def statement():
    return statement_row(project_at("active"))


# --- The statement ----------------------------------------------------------------------------------------


def test_one_is_open_at_a_time_and_the_next_begins_when_it_was_handed_in(statement):
    with refused("one_open_statement"):
        statement_row(statement.project, 2)
    by = statement.project.group.representative
    Statement.objects.filter(pk=statement.pk).update(status="submitted", submitted_at=NOON, submitted_by=by)
    statement_row(statement.project, 2)


def test_only_a_running_project_has_one():
    with refused("statement_of_running_project"):
        statement_row(project_at("awaiting_agreement"))


def test_it_is_settled_when_each_expense_was_judged_and_then_stays(statement):
    by, rows = statement.project.group.representative, Statement.objects.filter(pk=statement.pk)
    first, second = (
        expense_row(statement),
        expense_row(statement, number="101", programme_share=1, group_share=0),
    )
    rows.update(status="submitted", submitted_at=NOON, submitted_by=by)
    judge_row(first, "verified", by=finance())
    judge_row(second, "submitted", by=None)
    with refused("statement_settled_whole"):
        settle_row(statement)
    judge_row(second, "rejected", by=finance(), remark="It is another firm's.")
    with refused("statement_state"):
        rows.update(status="settled", settled_at=NOON)
    settle_row(statement)
    for change in ({"status": "open", "settled_at": None}, {"snapshot": {}}, {"sha256": "6" * 64}):
        with refused("What was submitted and settled stays"):
            rows.update(**change)
    papers = [store_pdf(statement) for _each in range(2)]
    rows.update(pdf=papers[0])
    with refused("What was submitted and settled stays"):
        rows.update(pdf=papers[1])
    with refused("never deleted"):
        rows._raw_delete("default")


# --- What stands still ------------------------------------------------------------------------------------


def test_what_was_handed_in_changes_only_when_it_was_asked_about(statement):
    expense, rows = expense_row(statement), Expense.objects.filter(pk__gt=0)
    judge_row(expense, "submitted", by=None)
    for change in ({"net": 1}, {"programme_share": 1}, {"supplier_name": "Another"}, {"number": "9"}):
        with refused("only when it was asked about"):
            rows.update(**change)
    with refused("only when it was asked about"):
        credit_row(expense, 10)
    with refused("never deleted"):
        expense.delete()
    rows.update(status="queried", remark="Which firm uses it?")
    rows.update(supplier_name="Hornos del Norte SA", answer="All of them.")
    pay_row(expense)
    judge_row(expense, "verified", by=finance())
    with refused("only when it was asked about"):
        rows.update(status="submitted")


@pytest.mark.parametrize("status", ["verified", "rejected"])
def test_who_judged_is_known(statement, status):
    expense = expense_row(statement)
    pay_row(expense)
    judge_row(expense, "submitted", by=None)
    with refused("expense_judged_by_somebody"):
        Expense.objects.filter(pk=expense.pk).update(status=status, remark="No.")


def test_it_begins_as_a_draft_of_an_open_statement(statement):
    with refused("expense_begins_as_draft"):
        expense_row(statement, status="verified", checked_by=finance(), checked_at=NOON)


# --- How much ---------------------------------------------------------------------------------------------


def test_a_line_takes_what_it_has_and_the_tolerance_of_the_call(statement):
    line = statement.project.lines.first()
    most = line.programme_share * Decimal("1.1")
    big = {"net": line.total * 2, "group_share": 0}
    with refused("expense_within_line"):
        expense_row(statement, programme_share=most + Decimal("0.01"), **big)
    with refused("expense_within_line"):
        expense_row(
            statement, net=line.total * 2, programme_share=0, group_share=line.total * Decimal("1.11")
        )
    first = expense_row(statement, programme_share=line.programme_share, **big)
    with refused("expense_within_line"):
        expense_row(statement, number="2", programme_share=line.programme_share, **big)
    judge_row(first, "rejected", by=finance(), remark="No.")
    # What was rejected is charged no more.
    expense_row(statement, number="2", programme_share=line.programme_share, **big)


def test_the_whole_is_never_above_what_was_approved(statement):
    lines = list(statement.project.lines.all())
    assert len(lines) > 1
    for number, line in enumerate(lines[1:]):
        expense_row(
            statement, line=line, number=str(number), net=line.total * 2, group_share=0,
            programme_share=line.programme_share,
        )  # fmt: skip
    with refused("expenses_within_approved_amount"):
        expense_row(
            statement, line=lines[0], net=lines[0].total * 2, group_share=0,
            programme_share=lines[0].programme_share + 1,
        )  # fmt: skip


def test_a_line_is_the_projects_own(statement):
    other = project_at("active", call=make_call(code="OTHER-1"))
    with refused("expense_of_own_line"):
        expense_row(statement, line=other.lines.first())


# --- The voucher ------------------------------------------------------------------------------------------


def test_no_more_is_charged_than_the_voucher_counts_for(statement):
    with refused("expense_within_voucher"):
        expense_row(statement, programme_share=600_000, group_share=Decimal("400000.01"))
    # The tax counts where the call says so.
    expense_row(statement, programme_share=600_000, group_share=Decimal("400000.01"), tax_counts=True)


def test_credit_notes_reduce_it(statement):
    expense = expense_row(statement)
    with refused("expense_within_voucher"):
        credit_row(expense, 1)
    Expense.objects.filter(pk=expense.pk).update(group_share=Decimal(300_000))
    credit_row(expense, 100_000, tax=21_000)
    with refused("expense_within_voucher"):
        credit_row(expense, 1, number="8")


def test_the_same_voucher_is_never_charged_above_100_per_cent_wherever_it_stands(statement):
    other = statement_row(project_at("active", call=make_call(code="OTHER-1")))
    first = expense_row(statement)
    with refused("voucher_within_itself"):
        expense_row(other, programme_share=Decimal("0.01"), group_share=0)
    # Another number, another point of sale, another supplier: another voucher.
    for fields in ({"number": "101"}, {"point_of_sale": 2}, {"supplier_cuit": make_cuit(91)}, {"kind": "C"}):
        expense_row(other, programme_share=1, group_share=0, **fields)
    Expense.objects.filter(pk=first.pk).update(group_share=0)
    connection.check_constraints()
    expense_row(other, programme_share=300_000, group_share=100_000)
    with refused("voucher_within_itself"):
        Expense.objects.filter(pk=first.pk).update(group_share=Decimal("0.01"))
    judge_row(first, "rejected", by=finance(), remark="No.")
    expense_row(other, line=other.project.lines.last(), programme_share=0, group_share=600_000)
    connection.check_constraints()


def test_foreign_money_has_its_rate_and_its_total_in_pesos(statement):
    dollars = {
        "currency": "USD",
        "net": 1000,
        "tax": 0,
        "programme_share": 1000,
        "group_share": 0,
        "kind": "E",
    }
    with refused("foreign_money_has_its_rate"):
        expense_row(statement, **dollars, rate=Decimal("1234.5678"))
    row = expense_row(
        statement, **dollars, rate=Decimal("1234.5678"), rate_source="Banco Nación, seller", rate_on=DAY
    )
    row.refresh_from_db()
    assert row.total == Decimal("1234567.80")
    with refused("foreign_money_has_its_rate"):
        expense_row(statement, number="5", rate=Decimal(2))


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"net": 0}, "expense_amounts"),
        ({"tax": -1}, "expense_amounts"),
        ({"programme_share": 0, "group_share": 0}, "expense_charges_something"),
        ({"programme_share": -1}, "expense_charges_something"),
        ({"supplier_cuit": "30000000001"}, "supplier_cuit_check_digit"),
        ({"buyer_cuit": "1"}, "buyer_cuit_check_digit"),
        ({"number": ""}, "voucher_says_whose"),
        ({"supplier_cuit": ""}, "voucher_says_whose"),
    ],
)
def test_an_expense_is_whole(statement, fields, name):
    with refused(name):
        expense_row(statement, **fields)


def test_a_counterpart_in_kind_is_the_groups_and_adds_up():
    call = make_call(code="OTHER-1", in_kind_cap=100, counterpart_kinds=["money", "in_kind"])
    statement = statement_row(project_at("active", call=call))
    firm = statement.project.group.memberships.first().firm
    record = {
        "kind": "record", "firm": firm, "until_on": DAY, "tax": 0, "programme_share": 0, "group_share": 1000,
        "quantity": Decimal("12.5"), "unit_value": Decimal(80), "net": 1000,
    }  # fmt: skip
    expense_row(statement, **record)
    for wrong in ({"programme_share": 1}, {"net": 1001}, {"firm": None}, {"until_on": None}, {"tax": 1}):
        with refused("in_kind_adds_up"):
            expense_row(statement, **{**record, **wrong})


def test_a_supplier_of_ones_own_stands_by_an_officers_ground(statement):
    with refused("related_ground_of_somebody"):
        expense_row(statement, related_ground="Nobody else makes them.")
    expense_row(statement, related_ground="Nobody else makes them.", related_ground_by=OFFICE.officer)


# --- Verified, in kind, corrected ------------------------------------------------------------------------


def test_what_is_not_paid_is_not_verified():
    call = make_call(code="OTHER-1", cash_limit=Decimal(50_000))
    statement = statement_row(project_at("active", call=call))
    expense, by = expense_row(statement), finance()
    pay_row(expense, 1_000_000)
    pay_row(expense, 0, withheld=60_000, certificate="R-1")
    pay_row(expense, 150_000, means="cash")  # of which the call counts 50.000
    judge_row(expense, "submitted", by=None)
    with refused("verified_expense_is_paid"):
        judge_row(expense, "verified", by=by)
    Expense.objects.filter(pk=expense.pk).update(status="queried", remark="How was the rest paid?")
    pay_row(expense, Decimal("99999.99"))
    with refused("verified_expense_is_paid"):
        judge_row(expense, "verified", by=by)
    Expense.objects.filter(pk=expense.pk).update(status="queried", remark="One cent.")
    pay_row(expense, Decimal("0.01"))
    judge_row(expense, "verified", by=by)


def test_a_credit_note_lowers_what_has_to_be_paid(statement):
    expense = expense_row(statement, group_share=Decimal(300_000))
    credit_row(expense, 100_000, 21_000)
    pay_row(expense, 1_089_000)
    judge_row(expense, "submitted", by=None)
    judge_row(expense, "verified", by=finance())


def in_kind(statement, **fields):
    usual = {
        "kind": "record", "firm": statement.project.group.memberships.first().firm, "until_on": DAY, "tax": 0,
        "programme_share": 0, "number": "", "supplier_name": "", "supplier_cuit": "", "point_of_sale": None,
    }  # fmt: skip
    value = fields.pop("value")
    return expense_row(
        statement, **usual, quantity=1, unit_value=value, net=value, group_share=value, **fields
    )


def test_a_counterpart_in_kind_stays_under_the_cap():
    call = make_call(code="OTHER-1", in_kind_cap=Decimal(10), counterpart_kinds=["money", "in_kind"])
    statement = statement_row(project_at("active", call=call))
    most = sum(line.group_share for line in statement.project.lines.all()) / 10
    first = in_kind(statement, value=most - 1)
    with refused("in_kind_within_cap"):
        in_kind(statement, value=Decimal("1.01"))
    in_kind(statement, value=Decimal(1))
    judge_row(first, "rejected", by=finance(), remark="Not signed.")
    in_kind(statement, value=most - 1)


def test_a_correction_is_of_something_rejected_in_the_same_project(statement):
    first = expense_row(statement)
    more = {"programme_share": 1, "group_share": 0}
    with refused("corrects_what_was_rejected"):
        expense_row(statement, number="2", corrects=first, **more)
    judge_row(first, "rejected", by=finance(), remark="No.")
    expense_row(statement, number="2", corrects=first, **more)
    with refused("corrects"):
        expense_row(statement, number="3", corrects=first, **more)
    other = statement_row(project_at("active", call=make_call(code="OTHER-1")))
    stranger = expense_row(other, number="4", **more)
    judge_row(stranger, "rejected", by=finance(), remark="No.")
    with refused("corrects_what_was_rejected"):
        expense_row(statement, number="5", corrects=stranger, **more)


def test_quotes_stand_still_with_their_expense(statement):
    expense = expense_row(statement)
    quote = ExpenseQuote.objects.create(
        expense=expense, supplier="Otra SA", amount=1, document=store_pdf(statement)
    )
    judge_row(expense, "submitted", by=None)
    with refused("only when it was asked about"):
        quote.delete()
    with refused("only when it was asked about"):
        ExpenseQuote.objects.create(expense=expense, supplier="X", amount=1, document=store_pdf(statement))
