"""The QR code of an invoice: what it fills in, what it contradicts, and that nothing in it is trusted."""

import base64
import datetime as dt
import json
import time
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from core.models import Upload
from grants.expenses import qr
from grants.expenses.qr import NoCode, fields_of, said_by
from grants.models import Expense
from tests.applications.staff_pages import browser, problems, words
from tests.factories_applications import a_pdf
from tests.factories_expenses import hand_in, open_statement, reporter
from tests.factories_grants import finance, project_at
from tests.factories_groups import make_cuit
from tests.grants.expenses.papers import ADDRESS, address, bomb, payload, pdf, photograph

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen", "active_stands")]

SAYS = {
    "kind": "A", "supplier_cuit": make_cuit(90), "point_of_sale": "3", "number": "1234", "issued_on": "2026-03-10",
    "cae": "70417054367476", "buyer_cuit": make_cuit(91), "currency": "ARS", "total": "1210000.00",
}  # fmt: skip


# --- The file -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("make", [photograph, pdf, lambda text: photograph(text, kind="png")])
def test_it_is_found_in_photographs_and_in_pdfs(make):
    assert qr.read(make(address())) == SAYS


@pytest.mark.parametrize(
    ("file", "sentence"),
    [
        (lambda: photograph(), "There is no QR code"),
        (lambda: a_pdf("invoice.pdf"), "There is no QR code"),
        (lambda: photograph("https://example.com/fe/qr/?p=AAAA"), "is not the tax authority's"),
        (
            lambda: photograph("https://www.afip.gob.ar.example.com/fe/qr/?p=AAAA"),
            "is not the tax authority's",
        ),
        (lambda: photograph("Mercado Pago"), "is not the tax authority's"),
        (lambda: photograph(ADDRESS + "%%%"), "is damaged"),
        (lambda: photograph(address(), address(nroCmp=1235)), "of several vouchers"),
        (lambda: photograph(address(cuit=20000000000)), "no voucher that can exist"),
        (lambda: photograph(address(tipoCmp=3)), "credit note"),
        (bomb, "in photographs and PDFs only"),
        (lambda: SimpleUploadedFile("a.docx", b"PK\x03\x04"), "in photographs and PDFs only"),
    ],
)
def test_a_file_without_one_says_so(file, sentence):
    began = time.monotonic()
    with pytest.raises(NoCode) as refused:
        qr.read(file())
    assert sentence in refused.value.sentence
    assert time.monotonic() - began < 10


@pytest.mark.parametrize(
    "data",
    [
        bomb().read(),
        b"%PDF-1.7 and then nothing",
        b"\x89PNG\r\n\x1a\n" + b"\0" * 50,
        b"GIF89a",
        b"",
        b"%PDF-1.7\n" + b"[" * 2_000_000,
    ],
)
def test_what_breaks_the_reader_breaks_nothing_else(data):
    with pytest.raises(NoCode):
        said_by(qr._codes(data))


def test_what_takes_too_long_is_given_up(monkeypatch):
    monkeypatch.setattr(qr, "SECONDS", 0.01)
    with pytest.raises(NoCode) as refused:
        qr.read(photograph(address()))
    assert "took too long" in refused.value.sentence


# --- What it says ---------------------------------------------------------------------------------------------


def test_the_old_and_the_new_name_of_the_authority():
    assert said_by([address().replace("www.afip", "www.arca"), address()]) == SAYS


def test_fields_that_cannot_be_are_left_out():
    strange = address(fecha="2026-02-31", codAut="12", nroDocRec=5, moneda="XXX", tipoCmp=777, ctz="NaN")
    assert fields_of(strange) == {
        "supplier_cuit": make_cuit(90), "point_of_sale": "3", "number": "1234", "total": "1210000.00",
    }  # fmt: skip


def test_foreign_money_brings_its_rate():
    said = fields_of(address(moneda="DOL", ctz=1065.5, importe=99.9, tipoCmp=19))
    assert (said["kind"], said["currency"], said["rate"], said["total"]) == ("E", "USD", "1065.5000", "99.90")


@pytest.mark.parametrize(
    "packed",
    ["", "e30", "W10", "bnVsbA", base64.b64encode(b"[" * 900).decode(), "é", "a" * 3000,
     base64.b64encode(b'{"cuit": 1e999999, "importe": 1e999999}').decode()],
)  # fmt: skip
def test_whatever_it_carries_gets_a_sentence(packed):
    with pytest.raises(NoCode):
        fields_of(ADDRESS + packed)


@pytest.mark.parametrize(
    "change",
    [{"importe": "1e9999999"}, {"importe": -1}, {"importe": True}, {"nroCmp": 0}, {"ptoVta": 10**9}, {"cuit": None},
     {"nroCmp": {"a": 1}}, {"ptoVta": [3]}],
)  # fmt: skip
def test_a_voucher_that_cannot_be_fills_in_nothing(change):
    with pytest.raises(NoCode):
        fields_of(address(**change))


def test_base64_of_an_address_without_its_padding():
    plain = json.dumps(payload()).encode()
    assert fields_of(ADDRESS + base64.urlsafe_b64encode(plain).decode().rstrip("=")) == SAYS


# --- In the form -----------------------------------------------------------------------------------------------


@pytest.fixture
def project():
    return project_at("active")


@pytest.fixture
def web(project):
    return browser(reporter(project))


def add(web, project, **typed):
    url = reverse("expense_add", args=[open_statement(project).pk, "voucher"])
    return web.post(url, {"line": project.lines.first().pk, **typed})


# What no code says.
REST = {
    "description": "Kiln", "supplier_name": "Hornos SA", "buyer_vat": "registered", "currency": "ARS", "net": "1.000.000",
    "tax": "210.000", "programme_share": "600.000", "group_share": "400.000",
}  # fmt: skip


def test_it_fills_in_what_was_left_empty_and_marks_it(web, project):
    assert add(web, project, **REST, voucher=photograph(address())).status_code == 302
    expense = Expense.objects.get()
    assert (expense.kind, expense.supplier_cuit, expense.formatted_number) == (
        "A",
        make_cuit(90),
        "00003-00001234",
    )
    assert (expense.issued_on, expense.cae) == (dt.date(2026, 3, 10), "70417054367476")
    assert set(expense.from_qr) == set(SAYS) - {"total"}
    page = words(web.get(reverse("expense_detail", args=[expense.pk])))
    assert "As its QR code says" in page
    assert "From the QR code of the voucher." in words(web.get(reverse("expense_edit", args=[expense.pk])))
    changed = {**REST, "kind": "A", "supplier_cuit": make_cuit(90), "point_of_sale": "3", "number": "77",
               "issued_on": "2026-03-10", "line": expense.line_id, "version": expense.version}  # fmt: skip
    assert web.post(reverse("expense_edit", args=[expense.pk]), changed).status_code == 302
    expense.refresh_from_db()
    assert "number" not in expense.from_qr


def test_reading_alone_saves_nothing_and_loses_nothing(web, project):
    page = add(web, project, read="1", description="Kiln", voucher=photograph(address()))
    assert page.status_code == 200
    assert not Expense.objects.exists()
    assert 'value="1234"' in page.text
    assert 'value="Kiln"' in page.text
    assert "From the QR code of the voucher." in page.text
    key = str(Upload.objects.get().key)
    assert key in page.text
    # The file is still there for the next try, and is the expense's when that is saved.
    assert add(web, project, **REST, **{"voucher-upload": key}).status_code == 302
    assert Expense.objects.get().document.filename == "invoice.jpeg"


def test_what_contradicts_it_is_said_at_the_field(web, project):
    typed = {**REST, "number": "99", "net": "2.000.000"}
    page = add(web, project, **typed, voucher=photograph(address()))
    assert page.status_code == 422
    assert "The QR code of the voucher says 1234." in problems(page)
    assert "The QR code says $ 1.210.000,00 in all" in problems(page)
    assert not Expense.objects.exists()
    # Who insists may: finance reads of it.
    key = str(Upload.objects.get().key)
    assert add(web, project, **typed, **{"voucher-upload": key}, as_typed="on").status_code == 302
    expense = Expense.objects.get()
    hand_in(expense.statement)
    page = words(browser(finance()).get(reverse("expense_detail", args=[expense.pk])))
    assert "The QR code of the voucher says 1234." in page


def test_a_file_without_one_is_kept_and_the_fields_are_filled_by_hand(web, project):
    typed = {
        **REST,
        "kind": "C",
        "supplier_cuit": make_cuit(90),
        "point_of_sale": "3",
        "number": "7",
        "issued_on": "2026-03-10",
    }
    page = add(web, project, **typed, read="1", voucher=photograph())
    assert page.status_code == 200
    assert "There is no QR code of the tax authority" in page.text
    assert 'value="7"' in page.text
    url = reverse("expense_add", args=[open_statement(project).pk, "voucher"])
    data = {"line": project.lines.first().pk, **typed, "voucher-upload": str(Upload.objects.get().key)}
    page = web.post(url, data, follow=True)
    assert "There is no QR code of the tax authority" in page.text
    assert Expense.objects.get().document is not None


def test_reading_without_a_file(web, project):
    page = add(web, project, read="1")
    assert page.status_code == 422
    assert problems(page).strip().endswith("Choose a file first.")


def test_a_simplified_suppliers_whole_amount_is_net(web, project):
    rest = {**REST, "net": "", "tax": "", "programme_share": "600.000", "group_share": ""}
    file = photograph(address(tipoCmp=11))
    assert add(web, project, **rest, voucher=file).status_code == 302
    assert Expense.objects.get().net == Decimal("1210000.00")
