"""The ledger of a project: written by what it tells of, and it adds up whatever happens, in the database."""

from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.dates import at_noon
from core.workflow import Refusal
from grants import actions, ledger, verifying
from grants.amendments import in_force
from grants.models import Disbursement, LedgerEntry, Project, Refund, RefundReceipt, SalaryMonth
from grants.refunds.workflow import REFUND
from grants.salary import actions as salary
from grants.salary import counting
from grants.workflow import DISBURSEMENT, PROJECT, SALARY
from tests import factories_applications as factories
from tests import standing
from tests.clock import NOON
from tests.factories_amendments import amended, shares
from tests.factories_applications import OFFICE
from tests.factories_grants import (
    finance,
    finance2,
    hear,
    open_project,
    order,
    payment_at,
    project_at,
    treasury,
)
from tests.grants.expenses.rows import expense_row, judge_row, open_statement_row
from tests.grants.money.rows import DAY, confirm, proven, receipt, refund
from tests.grants.salary.rows import SALARY_LINE, own_account, paid_project, said
from tests.grants.test_constraints import refused_by

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen", "approved_stands", "active_stands")]


def fault(project: Project) -> str:
    """What the database itself says of the ledger; "" when it adds up."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT grants_ledger_fault(%s)", [project.pk])
        return cursor.fetchone()[0]


def kinds(project: Project) -> list[tuple[str, str]]:
    return [(row.kind, f"{row.amount:.0f}") for row in project.ledger.order_by("id")]


def test_a_project_begins_with_what_was_approved_and_committed():
    project = open_project()
    assert kinds(project) == [("approved", "3000000"), ("committed", "3000000")]
    assert fault(project) == ""


def test_each_movement_is_an_entry_that_names_what_it_tells_of():
    project = project_at("active")
    failed = payment_at("failed", project=project)
    paid = payment_at("paid", project=project)
    expense = proven(project, 600_000)
    back = confirm(receipt(refund(project, 100_000)))
    interest = confirm(receipt(refund(project, 5_000, why="interest")))
    rows = list(project.ledger.order_by("id"))[2:]
    assert [(row.kind, row.amount) for row in rows] == [
        ("ordered", Decimal(1_200_000)),
        ("ordered", Decimal(-1_200_000)),
        ("ordered", Decimal(1_200_000)),
        ("paid", Decimal(1_200_000)),
        ("proven", Decimal(600_000)),
        ("returned", Decimal(100_000)),
        ("interest", Decimal(5_000)),
    ]
    assert [row.disbursement for row in rows[:4]] == [failed, failed, paid, paid]
    assert {row.tranche for row in rows[:4]} == {paid.tranche}
    assert (rows[4].expense, rows[5].receipt, rows[6].receipt) == (expense, back, interest)
    figures = ledger.figures_of(project)
    assert (figures.to_order, figures.under_way, figures.to_prove) == (1_800_000, 0, 500_000)
    assert fault(project) == ""
    connection.check_constraints()


def test_an_entry_is_linked_to_the_event_of_its_case():
    project = project_at("active")
    paid = payment_at("paid", project=project)
    confirm(receipt(refund(project, 100_000)))
    lines = ledger.lines_of(project, list(project.ledger.with_sources().order_by("id")))
    assert [line.event and line.event.action for line in lines] == [
        "project.open_project",
        "application.approve",
        "disbursement.order",
        "disbursement.confirm",
        "refundreceipt.confirm",
    ]
    assert lines[3].event.actor == paid.confirmed_by
    assert all(line.sentence and line.about for line in lines)


def test_what_an_ended_project_leaves_goes_back():
    project = project_at("active")
    payment_at("paid", project=project)
    hear(project)
    PROJECT.apply(project, "terminate", by=OFFICE.approver, now=NOON, data={"reason": "It ends."})
    assert kinds(project)[-1] == ("committed", "-1800000")
    figures = ledger.figures_of(project)
    assert (figures.committed, figures.released, figures.to_order) == (1_200_000, 1_800_000, 0)
    last = list(project.ledger.with_sources().order_by("id"))[-1]
    project.refresh_from_db()
    (line,) = ledger.lines_of(project, [last])
    assert line.event.action == "project.terminate"


# --- The database -----------------------------------------------------------------------------------------


def test_nobody_writes_the_ledger_and_nobody_changes_it():
    project = project_at("active")
    sql = "INSERT INTO grants_ledgerentry (project_id, kind, amount, at, state) VALUES (%s, 'paid', 5, now(), 'paid')"
    assert "written by what it tells of" in refused_by(sql, project.pk)
    assert "only grows" in refused_by(
        "UPDATE grants_ledgerentry SET amount = 1 WHERE project_id = %s", project.pk
    )
    assert "only grows" in refused_by("DELETE FROM grants_ledgerentry WHERE project_id = %s", project.pk)


def test_an_amount_and_its_envelope_move_together_with_the_ledger():
    project = project_at("active")
    was = project.approved_amount
    project = amended(project, "amount", lines=shares(project, first=("2000000.00", "1500000.00"))).project
    less = f"{project.approved_amount - was:.0f}"
    assert less.startswith("-")
    assert {("approved", less), ("committed", less)} <= set(kinds(project))
    assert fault(project) == ""


def test_verify_adds_up_again():
    project = project_at("active")
    payment_at("paid", project=project)
    for check in (verifying.ledgers, verifying.settlements, verifying.bank_lists):
        assert list(check(None)) == []
    assert list(verifying.ledgers(project.case)) == []


# --- Whatever happens ---------------------------------------------------------------------------------------

AMOUNTS = st.integers(1, 1_500_000)
ACTS = st.one_of(
    st.tuples(
        st.sampled_from(["order", "order", "pay", "fail", "cancel", "earn", "hold"]), st.integers(0, 3)
    ),
    st.tuples(st.sampled_from(["prove", "ask", "interest", "give", "confirm", "refuse", "drop"]), AMOUNTS),
    st.tuples(st.sampled_from(["reject", "amend", "terminate"]), AMOUNTS),
)
# Two lines of investment, and 12 months of a salary: 6.600.000 in all.
WHOLE = factories.Plan(
    lines=[
        ("fixed_investment", "Kiln", "4000000.00", "2500000.00", 0),
        ("soft_technology", "Certification", "1000000.00", "500000.00", 1),
        SALARY_LINE,
    ]
)


def _with_salary() -> Project:
    """A project of which both tranches are open, and that pays its coordinator."""
    project = paid_project(plan=WHOLE)
    own_account(project)
    actions.open_tranches(project, report_number=1, now=NOON)
    return project


lives_stand = standing.made_once(_with_salary)


def _act(project: Project, name: str, amount: int) -> None:
    """One step of a life, on whatever is there for it; nothing where there is nothing."""
    ordered = list(Disbursement.objects.filter(tranche__project=project, status="ordered").order_by("pk"))
    asked = project.refunds.asked().order_by("-pk").first()
    given = RefundReceipt.objects.filter(refund__project=project, status="given").first()
    match name:
        case "order":
            if waiting := list(project.tranches.to_order().order_by("number", "kind")):
                order(waiting[amount % len(waiting)])
        case "pay" if ordered:
            payment = ordered[amount % len(ordered)]
            actions.confirm_disbursement(by=finance2(), disbursement=payment, now=NOON, **treasury(payment))
        case "fail" | "cancel" if ordered:
            DISBURSEMENT.apply(ordered[-1], name, by=finance(), now=NOON, data={"reason": "Not now."})
        case "earn":
            _earn(project)
        case "hold":
            standing_still = project.status == "suspended"
            transition = "resume" if standing_still else "suspend"
            PROJECT.apply(project, transition, by=OFFICE.officer, now=NOON, data={"reason": "A flood."})
        case "prove":
            proven(project, amount)
        case "reject":
            _reject(project, amount)
        case "ask" | "interest":
            refund(project, amount, why="unspent" if name == "ask" else "interest")
        case "give" if asked:
            receipt(asked, amount)
        case "confirm" if given:
            confirm(given)
        case "refuse" if given:
            confirm(given, name="refuse", data={"reason": "Nothing came."})
        case "drop" if asked:
            REFUND.apply(asked, "cancel", by=finance(), now=NOON, data={"reason": "A mistake."})
        case "amend":
            _amend(project, amount)
        # One in fifteen, or most lives would end at once.
        case "terminate" if amount % 15 == 0:
            hear(project)
            PROJECT.apply(project, "terminate", by=OFFICE.approver, now=NOON, data={"reason": "It ends."})


def _earn(project: Project) -> None:
    """The next month of the salary is over: counted, handed in and accepted."""
    line = project.salary_line
    if line.next_on is None:
        return
    later = at_noon(line.next_on + DAY)
    salary.count(line.pk, later)
    month = project.salary_months.filter(status__in=SalaryMonth.OWED).with_case().order_by("-number").first()
    if month is not None:
        month = salary.hand_in(by=month.person, month=month, now=later, **said(month))
        SALARY.apply(month, "accept", by=OFFICE.officer, now=later)


def _reject(project: Project, amount: int) -> None:
    """What was handed in and rejected proves nothing, and is asked back."""
    statement = open_statement_row(project)
    expense = expense_row(statement, number=f"9{statement.expenses.count()}", programme_share=amount % 1_000)
    judge_row(expense, "rejected", by=finance(), remark="It is of another firm.")
    refund(project, amount % 1_000 + 1, why="rejected", expense=expense)


def _amend(project: Project, amount: int) -> None:
    """The first line gets more, or less, of both shares."""
    (line, *_others) = in_force.lines_on(project)
    change = Decimal(amount if amount % 2 else -amount) / 10
    amounts = (f"{line.programme_share + change:.2f}", f"{line.group_share + change:.2f}")
    amended(project, "amount", lines=shares(project, first=amounts))


def _holds(project: Project) -> None:
    """All that must always be true of the money of a project (PROGRAMME 6.5, 10)."""
    connection.check_constraints()
    assert fault(project) == ""
    figures = ledger.figures_of(project)
    assert figures.ordered == project.committed()
    assert figures.paid == project.paid()
    assert Decimal(0) <= figures.returned <= figures.paid <= figures.ordered <= project.approved_amount
    assert figures.proven + figures.salary <= project.approved_amount
    assert figures.salary <= figures.paid
    assert figures.to_order + figures.ordered == figures.committed
    assert figures.under_way + figures.paid == figures.ordered
    if not project.is_open:
        # What the coordinator earned by then is still ordered and paid.
        assert figures.to_order + figures.under_way == counting.outstanding(project)
    asked = Refund.objects.filter(project=project, status="asked").principal()
    open_of_them = sum((row.amount - row.returned() for row in asked), Decimal(0))
    assert open_of_them <= figures.paid - figures.returned
    assert not LedgerEntry.objects.filter(
        project=project, kind__in=["paid", "proven", "salary", "returned"], amount__lt=0
    ).exists()


def _live(many: int, lives_stand: Project) -> None:
    """So many lives, each of some acts in any order: each act happens whole or is refused, and all sums hold after it."""

    @settings(max_examples=many, deadline=None, suppress_health_check=list(HealthCheck))
    @given(acts=st.lists(ACTS, min_size=4, max_size=14))
    def live(acts: list[tuple[str, int]]) -> None:
        with transaction.atomic():
            for name, amount in acts:
                project = Project.objects.get(pk=lives_stand.pk)
                try:
                    with transaction.atomic():
                        _act(project, name, amount)
                        connection.check_constraints()
                except (Refusal, DatabaseError):
                    pass
                _holds(Project.objects.get(pk=lives_stand.pk))
            transaction.set_rollback(True)

    live()


def test_whatever_happens_the_ledger_adds_up(lives_stand):
    """Orders, payments, failures, salaries, proofs, refunds, amendments, pauses and the end."""
    _live(8, lives_stand)


@pytest.mark.slow
def test_whatever_happens_in_many_lives_the_ledger_adds_up(lives_stand):
    _live(150, lives_stand)


# --- The page -----------------------------------------------------------------------------------------------


def test_the_page_and_its_files_say_the_same(client):
    project = project_at("active")
    payment_at("paid", project=project)
    proven(project, 600_000)
    client.force_login(OFFICE.officer)
    page = client.get(reverse("project_ledger", args=[project.pk]))
    assert page.status_code == 200
    assert page.context["figures"].paid == Decimal(1_200_000)
    text = client.get(reverse("ledger_export", args=[project.pk, "csv"])).getvalue().decode()
    assert len(text.splitlines()) == 1 + project.ledger.count()
    assert "-1200000" not in text
    assert "1200000.00" in text
    book = client.get(reverse("ledger_export", args=[project.pk, "xlsx"]))
    assert book.status_code == 200
    assert book.content.startswith(b"PK")
    assert client.get(reverse("ledger_export", args=[project.pk, "pdf"])).status_code == 404


def test_the_page_costs_the_same_with_few_and_with_many_entries(client, django_assert_max_num_queries):
    project = project_at("active")
    client.force_login(OFFICE.officer)
    url = reverse("project_ledger", args=[project.pk])
    client.get(url)
    with connection.execute_wrapper(counter := Counter()):
        client.get(url)
    few = counter.count
    payment_at("paid", project=project)
    for _number in range(5):
        proven(project, 1_000)
    for _number in range(3):
        refund(project, 1_000)
    counter.count = 0
    with connection.execute_wrapper(counter):
        client.get(url)
    assert counter.count <= few


class Counter:
    """How many queries ran."""

    def __init__(self):
        self.count = 0

    def __call__(self, execute, sql, params, many, context):
        self.count += 1
        return execute(sql, params, many, context)
