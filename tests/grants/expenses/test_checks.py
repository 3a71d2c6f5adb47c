"""What is said of an expense at its field: each rule, from both sides of its edge."""

import datetime as dt
from decimal import Decimal

import pytest

from applications.models import Call
from core import dates
from grants.expenses.books import Books
from grants.expenses.checks import findings, tax_counts
from grants.models import Expense, ExpensePayment, Statement
from groups.models import LinkedFirm
from tests.clock import NOON
from tests.factories_applications import OFFICE, make_call
from tests.factories_grants import finance, project_at
from tests.factories_groups import make_cuit
from tests.grants.expenses.rows import DAY, credit_row, expense_row, judge_row, statement_row

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen", "active_stands")]


@pytest.fixture
def statement():
    return statement_row(project_at("active"))


def said(
    expense: Expense, *, today: dt.date = DAY + dt.timedelta(days=30)
) -> dict[str, tuple[str, str, str]]:
    """By the name of its rule: outcome, field, sentence of the first. The paper is another test's."""
    books = Books(expense.statement.project, today)
    found = findings(expense, books, without=["it_is_shown", "it_is_paid", "voucher_is_authorised"])
    return {each.rule: (each.outcome, each.field, each.sentence) for each in reversed(found)}


def under(**fields) -> Statement:
    """Of a project whose call sets this."""
    return statement_row(project_at("active", call=make_call(code="OTHER-1", **fields)))


def changed(expense: Expense, **fields) -> Expense:
    """As a form would bring it, not saved."""
    for name, value in fields.items():
        setattr(expense, name, value)
    return expense


def test_nothing_is_said_of_one_that_is_whole(statement):
    day = statement.project.first_day
    assert said(expense_row(statement, issued_on=day), today=day) == {}


# --- Days -------------------------------------------------------------------------------------------------


def test_days_count_from_the_first_to_the_last_of_the_project(statement):
    project = statement.project
    expense = expense_row(statement, issued_on=project.first_day)
    late = project.last_day + dt.timedelta(days=60)
    assert "dates_count" not in said(changed(expense, issued_on=project.last_day), today=late)
    outcome, field, sentence = said(changed(expense, issued_on=project.first_day - dt.timedelta(days=1)))[
        "dates_count"
    ]
    assert (outcome, field) == ("fail", "issued_on")
    assert f"from {project.first_day:%d/%m/%Y} on" in sentence
    after = said(changed(expense, issued_on=project.last_day + dt.timedelta(days=1)), today=late)[
        "dates_count"
    ]
    assert f"until {project.last_day:%d/%m/%Y}" in after[2]
    tomorrow = said(changed(expense, issued_on=DAY + dt.timedelta(days=1)), today=DAY)["dates_count"]
    assert tomorrow[2] == "This day is still to come."


@pytest.mark.parametrize("start", ["submission", "approval"])
def test_a_call_may_count_them_from_earlier_on(start):
    first = dates.day_of(NOON)
    assert Books(under(expenses_from=start).project, first).first_day == first


# --- Money ------------------------------------------------------------------------------------------------


def test_the_room_of_a_line_is_said_in_pesos(statement):
    line = statement.project.lines.first()
    expense = expense_row(statement, net=line.total * 3, programme_share=line.programme_share, group_share=0)
    assert "line_has_room" not in said(expense)
    most = line.programme_share * Decimal("1.1")
    assert "line_has_room" not in said(changed(expense, programme_share=most))
    outcome, field, sentence = said(changed(expense, programme_share=most + Decimal("0.01")))["line_has_room"]
    assert (outcome, field) == ("fail", "programme_share")
    assert line.description in sentence
    new = Expense(statement=statement, line=line, description="More", kind="A", number="2", supplier_name="X",
                  supplier_cuit=make_cuit(92), issued_on=DAY, net=line.total * 3, programme_share=most, group_share=0)  # fmt: skip
    assert "left for" in said(new)["line_has_room"][2]


def test_what_was_rejected_gives_its_room_back(statement):
    line = statement.project.lines.first()
    expense = expense_row(statement, net=line.total * 3, programme_share=line.programme_share, group_share=0)
    judge_row(expense, "rejected", by=finance(), remark="No.")
    again = expense_row(
        statement, number="2", net=line.total * 3, programme_share=line.programme_share, group_share=0
    )
    assert said(again) == {}


def test_no_more_than_the_voucher_counts_for(statement):
    expense = expense_row(statement)
    assert "voucher_counts" not in said(expense)
    outcome, field, sentence = said(changed(expense, group_share=Decimal("400000.01")))["voucher_counts"]
    assert (outcome, field) == ("fail", "programme_share")
    assert "$\xa01.000.000,00" in sentence
    changed(expense, group_share=Decimal(300_000)).save()
    credit_row(expense, 100_000)
    assert "voucher_counts" not in said(expense)
    assert "$\xa0900.000,00" in said(changed(expense, group_share=Decimal("300000.01")))["voucher_counts"][2]


def test_where_else_a_voucher_stands_is_not_told(statement):
    other = project_at("active", call=make_call(code="OTHER-1"))
    expense_row(statement_row(other))
    mine = Expense(**{
        field.attname: getattr(expense_row(statement, programme_share=1, group_share=0, number="55"), field.attname)
        for field in Expense._meta.concrete_fields if field.attname not in ("id", "total", "number")
    }, number="100")  # fmt: skip
    outcome, field, sentence = said(mine)["voucher_is_whole"]
    assert (outcome, field) == ("fail", "number")
    assert other.reference not in sentence
    assert other.title not in sentence


@pytest.mark.parametrize(
    ("eligible", "buyer", "counts"),
    [
        (True, "exempt", True),
        (True, "final", True),
        (True, "simplified", True),
        (True, "registered", False),
        (False, "exempt", False),
    ],
)
def test_tax_is_a_cost_for_who_does_not_get_it_back(eligible, buyer, counts):
    assert tax_counts(Call(vat_eligible=eligible), buyer) is counts


# --- Whose ------------------------------------------------------------------------------------------------


def test_a_supplier_of_ones_own_needs_an_officers_ground(statement):
    firm = statement.project.group.memberships.first().firm
    expense = expense_row(statement, supplier_cuit=firm.cuit)
    assert said(expense)["supplier_is_another"][:2] == ("warn", "supplier_cuit")
    assert said(changed(expense, related_ground="Nobody else.", related_ground_by=OFFICE.officer)) == {}
    LinkedFirm.objects.create(firm=firm, cuit=make_cuit(95), name="Sister SRL", link="common")
    linked = expense_row(statement, number="2", supplier_cuit=make_cuit(95), programme_share=1, group_share=0)
    assert "linked with a firm" in said(linked)["supplier_is_another"][2]


def test_the_buyer_is_of_the_group(statement):
    firm = statement.project.group.memberships.first().firm
    assert "voucher_is_ours" not in said(expense_row(statement, buyer_cuit=firm.cuit))
    other = expense_row(statement, number="2", buyer_cuit=make_cuit(96), programme_share=1, group_share=0)
    assert said(other)["voucher_is_ours"][:2] == ("warn", "buyer_cuit")


# --- Paid, and shown --------------------------------------------------------------------------------------


def test_payments_and_withholdings_cover_it():
    statement = under(cash_limit=Decimal(50_000))
    expense = expense_row(statement)
    books = Books(statement.project, DAY)

    def paid() -> list[str]:
        return [each.sentence for each in findings(expense, books) if each.rule == "it_is_paid"]

    assert "$\xa00,00 of $\xa01.210.000,00" in paid()[0]
    ExpensePayment.objects.create(expense=expense, paid_on=DAY, means="transfer", amount=1_000_000)
    ExpensePayment.objects.create(
        expense=expense, paid_on=DAY, means="transfer", amount=0, withheld=60_000, certificate="R-1"
    )
    ExpensePayment.objects.create(expense=expense, paid_on=DAY, means="cash", amount=150_000)
    assert "$\xa01.110.000,00 of" in paid()[0]  # of the cash, what the call lets count
    ExpensePayment.objects.create(expense=expense, paid_on=DAY, means="cheque", account="12", amount=100_000)
    assert paid() == []


def test_its_paper_and_its_authorisation(statement):
    expense = expense_row(statement)
    found = {each.rule: each.outcome for each in findings(expense, Books(statement.project, DAY))}
    assert found["it_is_shown"] == "fail"
    assert found["voucher_is_authorised"] == "warn"
