"""The bank statement of a project's account: read with a preview, brought once, matched by hand, let go again."""

import datetime as dt
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from core.sheets import CannotRead, read_text
from core.workflow import NotAllowed, TransitionRefused
from grants.account import actions, guards, reading
from tests.applications.staff_pages import browser, words
from tests.clock import NOON
from tests.factories_applications import OFFICE
from tests.factories_grants import finance, payment_at
from tests.grants.money.rows import confirm, receipt, refund
from tests.grants.test_constraints import refused_by

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen", "approved_stands", "active_stands")]

CSV = """Banco de la Nación
Fecha;Concepto;Referencia;Importe
10/03/2026;Transferencia recibida;OP-1;1.200.000,00
11/03/2026;Transferencia enviada;TRF-1;-200.000,00
12/03/2026;Comisión;;(4.500,00)
12/03/2026;Comisión;;(4.500,00)
ayer;Comisión;;1,00
13/03/2026;Otra;;mucho
"""


@pytest.fixture
def project():
    return payment_at("paid").project


def look(text: str, **more) -> reading.Preview:
    return reading.look(reading.Source.of([read_text(text)]), **more)


def brought(project, text: str = CSV) -> int:
    movements = look(text).movements
    return actions.bring(by=project.group.representative, project=project, movements=movements, now=NOON)


def matched(line, **changes):
    return actions.match(**{"by": line.project.group.representative, "line": line, "now": NOON, **changes})


def test_a_statement_is_read_row_by_row():
    found = look(CSV)
    assert [(row.on.day, row.amount, row.occurrence) for row in found.movements] == [
        (10, Decimal(1_200_000), 1),
        (11, Decimal(-200_000), 1),
        (12, Decimal("-4500.00"), 1),
        (12, Decimal("-4500.00"), 2),
    ]
    assert [(cell.address, cell.sentences[0]) for row in found.bad for cell in row.bad_cells] == [
        ("A7", "Write a day that exists, for example 24/11/2026."),
        ("D8", "Write an amount in pesos, for example 1.234,56."),
    ]
    found = look(CSV, there=[row.key for row in found.movements[:3]], left_out=[7])
    assert [(row.number, row.badge[1]) for row in found.rows[2:]] == [
        (5, "Is there already"),
        (6, "Will be added"),
        (7, "Left out"),
        (8, "Not right yet"),
    ]
    assert (found.known, found.fresh) == (3, 1)


@pytest.mark.parametrize(
    ("row", "address", "sentence"),
    [
        ("10/03/0001;A;;1", "A2", "Write a day that exists"),
        ("10/03/2026;;;1", "B2", "The text is missing."),
        ("10/03/2026;A;;", "D2", "The amount is missing."),
        ("10/03/2026;A;;1,234", "D2", "can be read in two ways"),
        ("10/03/2026;A;;=A1", "D2", "This is a formula"),
    ],
)
def test_what_is_wrong_is_said_at_its_cell(row, address, sentence):
    found = look(f"Fecha;Concepto;Referencia;Importe\n{row}\n")
    (cell,) = found.bad[0].bad_cells
    assert cell.address == address
    assert sentence in cell.sentences[0]


def test_of_two_dates_and_two_numbers_the_first_is_read_and_the_other_named():
    found = look(
        "Fecha;Fecha valor;Concepto;Comprobante;Referencia;Importe\n10/03/2026;11/03/2026;A;7;8;1,00\n"
    )
    assert found.movements[0].key == (dt.date(2026, 3, 10), "A", "7", Decimal("1.00"), 1)
    assert found.unread == ["Fecha valor", "Referencia"]


def test_credit_and_debit_are_one_amount():
    found = look("Fecha,Detalle,Crédito,Débito\n2026-03-10,A,100.50,\n2026-03-11,B,,20\n")
    assert [row.amount for row in found.movements] == [Decimal("100.50"), Decimal(-20)]
    assert found.movements[0].on == dt.date(2026, 3, 10)


def test_an_amount_that_cannot_be_read_in_one_column_is_not_missing_in_the_other():
    found = look("Fecha,Detalle,Crédito,Débito\n2026-03-10,A,,veinte\n2026-03-11,B,,\n")
    assert [[cell.address for cell in row.bad_cells] for row in found.bad] == [["D2"], ["C3"]]


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", "Fecha,Importe\n10/03/2026,5\n"])
def test_what_has_no_header_is_not_read(text):
    with pytest.raises(CannotRead):
        look(text)


def test_the_same_statement_brought_twice_adds_nothing(project):
    assert brought(project) == 4
    assert brought(project) == 0
    assert project.account_lines.count() == 4


def test_lines_are_matched_to_what_happened_or_explained(project):
    brought(project)
    came, went, fee, other = project.account_lines.order_by("on", "id")
    ((kind, payment),) = actions.candidates(came)
    assert (kind, payment.status) == ("disbursement", "paid")
    assert actions.candidates(went) == []
    confirm(receipt(refund(project, 200_000)))
    ((kind, given),) = actions.candidates(went)
    matched(came, kind="disbursement", pk=payment.pk)
    matched(went, kind=kind, pk=given.pk)
    with pytest.raises(TransitionRefused, match="Choose what it is"):
        matched(fee)
    matched(fee, explanation="Bank charges.")
    said = guards.account_is_matched(project, by=None, now=NOON, data={})
    assert said == "1 line of the bank statement is neither matched nor explained."
    with pytest.raises(TransitionRefused, match="matched meanwhile"):
        matched(other, kind="disbursement", pk=payment.pk)
    matched(other, explanation="Bank charges.")
    assert guards.account_is_matched(project, by=None, now=NOON, data={}) == ""
    other.refresh_from_db()
    actions.let_go(by=finance(), line=other, now=NOON)
    other.refresh_from_db()
    assert not other.is_matched


def test_only_what_lies_near_in_time_can_be_the_same_money(project):
    payment = project.payments()[0]
    paid_on = payment.treasury_date
    page = {}
    for days in (-30, -3, 20, 90):
        on = paid_on + dt.timedelta(days=days)
        brought(project, f"Fecha;Concepto;Importe\n{on:%d/%m/%Y};Transferencia {days};1.200.000,00\n")
        line = project.account_lines.get(text=f"Transferencia {days}")
        form = browser(finance()).get(reverse("account_match", args=[line.pk])).context["form"]
        page[days] = ("what" in form.fields, form.initial.get("what"))
    # Months before it was paid, or long after: not offered. Near: offered, and chosen where it lies within days.
    chosen = f"disbursement:{payment.pk}"
    assert page == {-30: (False, None), -3: (True, chosen), 20: (True, None), 90: (False, None)}
    with pytest.raises(TransitionRefused, match="or is of another amount or day"):
        matched(project.account_lines.get(text="Transferencia -30"), kind="disbursement", pk=payment.pk)


def test_who_may(project):
    brought(project)
    line = project.account_lines.first()
    with pytest.raises(NotAllowed):
        matched(line, by=OFFICE.approver, explanation="x")


def test_the_database_refuses_the_same(project):
    brought(project)
    came, went, *_fees = project.account_lines.order_by("on", "id")
    payment = actions.candidates(came)[0][1]
    sql = "UPDATE grants_accountline SET disbursement_id = %s, matched_by_id = %s, matched_at = now() WHERE id = %s"
    assert "of its amount" in refused_by(sql, payment.pk, finance().pk, went.pk)
    assert "as the bank wrote it" in refused_by(
        "UPDATE grants_accountline SET amount = 1 WHERE id = %s", came.pk
    )
    assert "matched_by_somebody" in refused_by(
        "UPDATE grants_accountline SET explanation = 'x' WHERE id = %s", came.pk
    )
    matched(came, kind="disbursement", pk=payment.pk)
    assert "is let go first" in refused_by("DELETE FROM grants_accountline WHERE id = %s", came.pk)


def test_the_pages(project):
    group = browser(project.group.representative)
    page, url = reverse("project_account", args=[project.pk]), reverse("account_bring", args=[project.pk])
    assert "No statement was brought yet" in words(group.get(page))
    assert group.get(url).status_code == 200
    assert group.post(url, {}).status_code == 422
    assert group.post(url, {"table": "[[1, 5"}).status_code == 422
    assert group.post(url, {"table": "[[1, [[]]], 7]", "confirm": "1"}).status_code == 422
    wrong = SimpleUploadedFile("a.csv", b"a,b\n1,2\n")
    assert group.post(url, {"file": wrong}).status_code == 422
    preview = group.post(url, {"file": SimpleUploadedFile("bank.csv", CSV.encode())})
    assert preview.status_code == 422, "two rows are not right"
    assert "4 new lines" in words(preview)
    table = {"table": preview.context["table"], "confirm": "1"}
    assert group.post(url, table).status_code == 422
    assert project.account_lines.count() == 0
    answer = group.post(url, {**table, "left_out": "7", "cell-8-amount": "12,00"})
    assert answer.status_code == 302
    assert project.account_lines.get(text="Otra").amount == 12
    project.account_lines.filter(text="Otra").delete()
    again = group.post(url, {"table": preview.context["table"], "left_out": ["7", "8"]})
    assert again.status_code == 200
    assert "0 new lines. 4 are there already." in words(again)
    assert "4 lines are neither matched nor explained" in words(group.get(page))
    line = project.account_lines.order_by("on", "id").first()
    match = reverse("account_match", args=[line.pk])
    form = group.get(match).context["form"]
    ((choice, _words),) = form.fields["what"].choices
    assert group.post(match, {"version": line.version}).status_code == 422
    assert group.post(match, {"version": line.version, "what": choice}).status_code == 302
    line.refresh_from_db()
    assert line.disbursement is not None
    go = reverse("account_let_go", args=[line.pk])
    assert group.post(go, {"version": line.version}).status_code == 302
    assert browser(OFFICE.approver).post(go, {"version": 0}).status_code == 403
