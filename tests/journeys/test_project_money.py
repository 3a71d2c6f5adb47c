"""The money of a project: two of finance pay it, a project is settled and closed, and an auditor follows one peso.

Every page on the way is checked as `people.Person.look` says.
"""

import datetime as dt
import hashlib
import io
import zipfile

import pytest
from django.db import connection

from core import tasks, timeline
from core.dates import at_noon
from grants.models import BankList, Disbursement, Expense, FinalSettlement, Project, Refund
from grants.workflow import PROJECT
from tests.cast import give_audit, make_person
from tests.clock import NOON
from tests.factories_applications import OFFICE
from tests.factories_grants import accept_reports, finance, finance2, make_cbu, payment_at, project_at
from tests.grants.money.rows import match_account, proven
from tests.journeys.people import Person
from tests.journeys.steps import PAPER, confirm_payment

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
DAY = dt.timedelta(days=1)


def adds_up(project: Project) -> bool:
    """What the database itself says of the ledger."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT grants_ledger_fault(%s)", [project.pk])
        return cursor.fetchone() == ("",)


def log_in(make, email: str, **how) -> Person:
    one = make(email, **how)
    one.sign_in()
    return one


# --- Ordered, refused by the bank, ordered again, confirmed ------------------------------------------------


@pytest.fixture
def project(db, time_machine) -> Project:
    project = project_at("active")
    for somebody in (finance, finance2):
        somebody()
    time_machine.move_to(NOON + DAY, tick=True)
    return project


def test_two_of_finance_pay_a_tranche(person, project):
    first, second = log_in(person, "finance@lsp.example"), log_in(person, "finance2@lsp.example")
    payment = order(first, project)
    first.open(f"/payments/{payment.pk}/")
    first.sees("You ordered this payment: another finance officer confirms it.")
    assert first.page.locator("main [name=treasury_number]").count() == 0
    list_for_the_bank(first, payment)
    refused_by_the_bank(second, payment)
    again = order(first, project)
    confirm_payment(second, again, "OP-77", "11/03/2026")
    again.refresh_from_db()
    payment.refresh_from_db()
    assert (payment.status, again.status) == ("failed", "paid")
    assert (again.ordered_by.email, again.confirmed_by.email) == (first.email, second.email)
    assert (again.treasury_number, again.treasury_date) == ("OP-77", dt.date(2026, 3, 11))
    assert project.paid() == project.committed() == again.amount == 1_200_000
    assert adds_up(project)
    assert list(timeline.broken_links(project.case)) == []


def order(one: Person, project: Project) -> Disbursement:
    """From the queue."""
    one.open("/payments/")
    one.press_at("a[href*='/order/']")
    one.sees("1.200.000,00")
    one.press("Order the payment")
    return Disbursement.objects.get(tranche__project=project, status="ordered")


def list_for_the_bank(one: Person, payment: Disbursement) -> None:
    """Made once: the page says its total and hash, and they are those of the file."""
    one.open("/payments/lists/")
    one.follow("Make a list")
    one.press("Make the list")
    made = BankList.objects.get()
    one.sees("1.200.000,00", made.sha256)
    with one.page.expect_download() as download:
        one.page.get_by_role("link", name="Download the CSV").click()
    content = download.value.path().read_bytes()
    assert hashlib.sha256(content).hexdigest() == made.sha256
    assert payment.payee.cbu in content.decode()
    assert (made.total, made.items.get().disbursement) == (payment.amount, payment)


def refused_by_the_bank(other: Person, payment: Disbursement) -> None:
    other.open("/payments/?queue=ordered")
    other.click(other.page.locator(f"main a[href='/payments/{payment.pk}/']").first)
    other.look()
    other.follow("The payment failed")
    other.write(reason="The bank does not know the account.")
    other.press("The payment failed")
    other.sees("The bank does not know the account.")


# --- Settled and closed -----------------------------------------------------------------------------------


@pytest.fixture
def closing(db, time_machine) -> Project:
    """1.200.000 were paid and 1.100.000 of it are proven, with their counterpart; the reports are all accepted."""
    project = payment_at("paid").project
    proven(project, 1_100_000, 734_000)
    later = at_noon(project.last_day + DAY)
    accept_reports(project, now=later)
    project = PROJECT.apply(project, "start_closing", by=OFFICE.officer, now=later)
    time_machine.move_to(later, tick=True)
    return project


def test_what_is_left_comes_back_and_the_project_is_closed(person, closing):
    project = closing
    first = log_in(person, "finance@lsp.example")
    rosa = log_in(person, project.group.representative.email, width=320)
    refund = ask_back(first, project)
    give_back(rosa, refund)
    look_for_it(log_in(person, "finance2@lsp.example"), refund)
    match_the_account(rosa, project)
    close(log_in(person, "officer@lsp.example"), project)
    settled = FinalSettlement.objects.get(project=project)
    assert (settled.due, settled.paid, settled.returned) == (1_100_000, 1_200_000, 100_000)
    assert adds_up(project)
    assert list(timeline.broken_links(project.case)) == []


def ask_back(one: Person, project: Project) -> Refund:
    """The settlement says how much."""
    one.open(f"/projects/{project.pk}/money/settlement/")
    one.sees("100.000,00 of what was paid are neither due nor given back.")
    one.follow("Ask for a refund")
    one.write(
        why="An advance that was not spent", amount="100.000,00", due_on="30/03/2027", account_name="Tesorería General",
        account_cbu=make_cbu(7), explanation="It was not spent.",
    )  # fmt: skip
    one.press("Ask for it")
    refund = Refund.objects.get(project=project)
    assert (refund.status, refund.amount) == ("asked", 100_000)
    return refund


def give_back(rosa: Person, refund: Refund) -> None:
    rosa.open("/")
    rosa.click(rosa.page.locator(f"main a[href='/refunds/{refund.pk}/']").first)
    rosa.look()
    rosa.follow("Write down a receipt")
    rosa.write(paid_on="10/03/2027", reference="TRF-9", paper=PAPER)
    rosa.press("Write it down")
    assert refund.receipts.get().status == "given"


def look_for_it(other: Person, refund: Refund) -> None:
    other.open("/refunds/?queue=to_confirm")
    other.click(other.page.locator(f"main a[href='/refunds/{refund.pk}/']").first)
    other.look()
    other.press_at(f"a[href='/receipts/{refund.receipts.get().pk}/confirm/']")
    other.press_at("form[method=post] button[type=submit]")
    refund.refresh_from_db()
    assert (refund.status, refund.receipts.get().checked_by.email) == ("settled", other.email)


def match_the_account(rosa: Person, project: Project) -> None:
    """The bank's own file, looked at before anything is saved; each line is found and matched."""
    payment = Disbursement.objects.get(status="paid")
    rows = [
        f"10/03/2026;Transferencia;{payment.treasury_number};1.200.000,00",
        "10/03/2026;Pago a proveedor;TRF;-1.834.001,00",
        "10/03/2027;Devolución;TRF-9;-100.000,00",
    ]
    text = "\n".join(["Fecha;Concepto;Referencia;Importe", *rows])
    rosa.open(f"/projects/{project.pk}/money/account/")
    rosa.sees("No line shows the payment of tranche 1: $ 1.200.000,00.")
    rosa.follow("Bring a statement")
    rosa.page.locator("main [name=file]").set_input_files(
        {"name": "resumen.csv", "mimeType": "text/csv", "buffer": text.encode()}
    )
    rosa.press("Read it")
    rosa.sees("3 new lines.")
    assert not project.account_lines.exists()
    rosa.press("Bring these lines")
    for _line in rows:
        rosa.press_at("a[href$='/match/']")
        rosa.press("Match it")
    found = project.account_lines.order_by("amount")
    assert [bool(line.matched_by) for line in found] == [True] * 3
    expense, refund, paid = found
    assert (paid.disbursement, expense.expense_payment.expense) == (payment, Expense.objects.get())
    assert refund.receipt.refund == Refund.objects.get()


def close(officer: Person, project: Project) -> None:
    """From the settlement, once nothing is missing."""
    officer.open(f"/projects/{project.pk}/money/settlement/")
    officer.sees("Nothing is missing any more.", "1.100.000,00")
    officer.follow("Close the project")
    officer.press("Close the project")
    project.refresh_from_db()
    assert project.status == "closed"
    officer.open(f"/projects/{project.pk}/money/settlement/")
    officer.sees("Frozen at closing")


# --- Followed -----------------------------------------------------------------------------------------------


@pytest.fixture
def audited(db, time_machine) -> Project:
    """Paid, proven with three invoices, and matched to the account; an auditor was given the case."""
    project = payment_at("paid").project
    for amount in (500_000, 200_000, 100_000):
        proven(project, amount)
    match_account(project)
    give_audit(make_person("auditor"), project.case, by=OFFICE.admin)
    time_machine.move_to(NOON + 2 * DAY, tick=True)
    return project


def test_an_auditor_follows_one_peso_both_ways_and_draws_a_sample(person, audited):
    auditor = log_in(person, "auditor@lsp.example")
    payment = Disbursement.objects.get(status="paid")
    decision = audited.application.decisions.get(kind="approve")
    auditor.open(f"/payments/{payment.pk}/")
    auditor.follow("Follow this money")
    auditor.sees(
        decision.resolution, payment.treasury_number, "800.000,00", "400.000,00 of this payment are neither"
    )
    first = Expense.objects.order_by("pk").first()
    auditor.press_at(f"a[href='/expenses/{first.pk}/trail/']")
    auditor.sees("500.000,00 of tranche 1", payment.treasury_number, decision.resolution)
    auditor.press_at(f"a[href='/payments/{payment.pk}/trail/']")
    assert auditor.heading == "Trail of a payment"
    assert draw(auditor, payment) == draw(auditor, payment)


def draw(auditor: Person, payment: Disbursement) -> bytes:
    """The same seed, the same ZIP."""
    auditor.open("/audit/sample/")
    auditor.write(seed="seven", size="2", until="11/03/2026")
    auditor.press("Draw it")
    auditor.sees("Drawn from", "3 expenses", "800.000,00")
    auditor.press("Make the ZIP of its files")
    tasks.run_waiting_jobs()
    auditor.page.reload()
    auditor.look()
    link = auditor.page.locator("main a[href*='/documents/']").first
    answer = auditor.context.request.get(auditor.site + link.get_attribute("href"))
    content = answer.body()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert {"index.csv", "README.txt"} <= set(archive.namelist())
        assert b"Seed: seven" in archive.read("README.txt")
        # More than the 400.000 for which one place stands: always in.
        assert b"500000" in archive.read("index.csv")
    return content
