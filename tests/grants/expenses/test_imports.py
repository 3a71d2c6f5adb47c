"""Many expenses from a table: which columns are read, what is wrong in which cell, all or nothing."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from core.sheets import CannotRead, read_text
from grants.expenses.import_rows import look
from grants.expenses.imports import Source
from grants.models import Expense, Statement
from tests.applications.staff_pages import browser, problems, words
from tests.clock import NOON
from tests.factories_applications import make_call
from tests.factories_expenses import add_expense, open_statement, reporter, statement_at
from tests.factories_grants import finance, project_at
from tests.factories_groups import make_cuit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen", "active_stands")]
TODAY = NOON.date()
HEAD = [
    "Rubro",
    "Detalle",
    "Tipo",
    "Proveedor",
    "CUIT",
    "Número",
    "Fecha",
    "Neto",
    "IVA",
    "Programa",
    "Grupo",
]


def row(n: int = 1, **change: str) -> list[str]:
    """A good row of HEAD, with changed cells by their names."""
    cells = {
        "line": "1", "what": f"Tools {n}", "kind": "a", "who": "Hornos SA", "cuit": make_cuit(90),
        "number": f"0003-{n:08d}", "day": "10/03/2026", "net": "100.000,00", "tax": "21.000", "programme": "60000",
        "group": "40.000",
    }  # fmt: skip
    return list((cells | change).values())


def text(*rows: list[str], head: list[str] | None = None) -> str:
    """As pasted from a spreadsheet."""
    return "\n".join("\t".join(line) for line in [head or HEAD, *rows])


def source(*rows: list[str], head: list[str] | None = None) -> Source:
    return Source.of([read_text(text(*rows, head=head))])


@pytest.fixture
def statement():
    return open_statement(project_at("active"))


@pytest.fixture
def web(statement):
    return browser(reporter(statement.project))


def wrong(statement, *rows, head=None, **kwargs) -> dict[str, str]:
    """By address, the first sentence of each bad cell."""
    preview = look(source(*rows, head=head), statement=statement, today=TODAY, **kwargs)
    return {cell.address: cell.sentences[0] for each in preview.rows for cell in each.bad_cells}


def sent(web, statement, **data):
    return web.post(reverse("expense_import", args=[statement.pk]), data)


# --- Rows ---------------------------------------------------------------------------------------------------


def test_good_rows_are_good(statement):
    line = statement.project.lines.first().description
    english = ["Kind of voucher", "Net amount", "Budget line", "What was bought or given", "Supplier", "CUIT of the supplier",
               "Point of sale", "Number", "Date of the voucher", "Charged to the programme", "Notes"]  # fmt: skip
    cells = [
        "Invoice B",
        "100.000",
        line.upper(),
        "Saws",
        "X",
        make_cuit(91),
        "3",
        "77",
        "2026-03-10",
        "1000",
        "hello",
    ]
    assert wrong(statement, row(), row(2, kind="Invoice A")) == {}
    preview = look(source(cells, head=english), statement=statement, today=TODAY)
    assert preview.bad == []
    assert preview.source.unread == ["Notes"]
    assert (preview.good[0].expense.kind, preview.good[0].expense.formatted_number) == ("B", "00003-00000077")


@pytest.mark.parametrize(
    ("change", "address", "sentence"),
    [
        ({"line": "Boats"}, "A2", "No line of the budget is called “Boats”."),
        ({"kind": "Z"}, "C2", "“Z” is none of the list."),
        ({"who": ""}, "D2", "This field is required."),
        ({"cuit": "30-1"}, "E2", "A CUIT has 11 digits"),
        ({"cuit": ""}, "E2", "Say who sold it"),
        ({"number": "1234"}, "A2", "An invoice has a point of sale"),
        ({"day": "31/02/2026"}, "G2", "Write a day that exists"),
        ({"day": "11/03/2026"}, "G2", "This day is still to come."),
        ({"net": "a lot"}, "H2", "Write an amount in pesos"),
        ({"net": "=A1"}, "H2", "This is a formula without its result"),
        ({"programme": "-5"}, "J2", "The amount cannot be negative."),
        ({"programme": "60.000,01"}, "J2", "This voucher counts for"),
        ({"net": "99.000.000", "programme": "9.000.000"}, "J2", "The programme has"),
        ({"what": "x" * 201}, "B2", "at most 200"),
    ],
)
def test_each_bad_cell_says_why(statement, change, address, sentence):
    assert sentence in wrong(statement, row(**change))[address]


def test_rows_count_for_those_below(statement):
    assert "on record already" in wrong(statement, row(), row())["F3"]
    line = statement.project.lines.first()
    most = f"{line.programme_share:.2f}".replace(".", ",")
    dear = {"net": "99.000.000", "group": "0"}
    said = wrong(statement, row(1, programme=most, **dear), row(2, programme=most, **dear))
    assert "left for" in said["J3"]
    assert wrong(statement, row(), row(), left_out=[3]) == {}


def test_what_stands_elsewhere_counts(statement):
    add_expense(open_statement(project_at("active", call=make_call(code="OTHER-1"))), number="7")
    assert "on record already" in wrong(statement, row(7))["F2"]


def test_the_number_of_queries_does_not_grow_with_the_rows(statement):
    counted = []
    for many in (1, 60):
        table = source(*(row(number, programme="10", group="5") for number in range(1, many + 1)))
        fresh = Statement.objects.with_case().get(pk=statement.pk)
        with CaptureQueriesContext(connection) as captured:
            assert look(table, statement=fresh, today=TODAY).bad == []
        counted.append(len(captured))
    assert counted[0] == counted[1] == 3


# --- Tables -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("head", "sentence"),
    [
        (["A", "B"], "has to name the columns"),
        ([*HEAD, "Neto"], "Two columns say the same"),
        (HEAD[1:], "These columns are missing: Budget line."),
    ],
)
def test_a_table_that_is_none_of_ours(head, sentence):
    with pytest.raises(CannotRead, match=sentence):
        source(["x"] * len(head), head=head)


def test_too_many_and_none():
    with pytest.raises(CannotRead, match="at most 100 expenses"):
        source(*(row(number) for number in range(Source.MOST + 1)))
    with pytest.raises(CannotRead, match="no expense"):
        source()


@pytest.mark.parametrize(
    "forged",
    ["", "[]", "{}", "null", "[[],[],[]]", "[" * 5000, '[[["net",1]],[[2,["1"]]],[]]',
     '[[["line",1],["line",1]],[[2,["1","1"]]],[]]', '[[["pk",1]],[[2,["1"]]],[]]'],
)  # fmt: skip
def test_a_forged_table_gets_a_sentence(web, statement, forged):
    page = sent(web, statement, table=forged, confirm="1")
    assert page.status_code == 422
    assert "did not arrive whole" in problems(page)
    assert not Expense.objects.exists()


# --- In the pages -------------------------------------------------------------------------------------------


def test_from_the_pasted_table_to_the_statement(web, statement):
    assert sent(web, statement).status_code == 422
    page = sent(web, statement, pasted=text(row(), row(2, net="")))
    assert page.status_code == 422
    assert "H3, Net amount: This field is required." in problems(page)
    assert not Expense.objects.exists()
    table = source(row(), row(2, net="")).as_text()
    page = sent(web, statement, table=table, confirm="1")
    assert page.status_code == 422
    assert not Expense.objects.exists(), "nothing while one row is wrong"
    page = sent(web, statement, table=table, **{"cell-3-net": "100.000"})
    assert page.status_code == 200
    assert "2 expenses are ready to be added." in words(page)
    assert not Expense.objects.exists(), "nothing before it is confirmed"
    page = sent(web, statement, table=table, **{"cell-3-net": "100.000"}, confirm="1")
    assert page.status_code == 302
    assert Expense.objects.filter(statement=statement, status="draft").count() == 2
    event = statement.case.events.get(action="expense.imported")
    assert event.data["expenses"] == 2


def test_rows_can_be_left_out(web, statement):
    table = source(row(), row(2, net="")).as_text()
    assert sent(web, statement, table=table, left_out=["3"], confirm="1").status_code == 302
    assert Expense.objects.count() == 1
    page = sent(web, statement, table=table, left_out=["2", "3"], confirm="1")
    assert page.status_code == 409
    assert "there is nothing to add" in problems(page)


def test_one_payment_that_paid_it_whole(web, statement):
    head = [*HEAD, "Fecha de pago", "Medio de pago"]
    table = source([*row(), "10/03/2026", "Bank transfer"], head=head).as_text()
    sent(web, statement, table=table, confirm="1")
    assert Expense.objects.get().payments.get().amount == 121_000


def test_an_empty_sheet_filled_in_comes_back(web, statement):
    answer = web.get(reverse("expense_import_sheet", args=[statement.pk]))
    book = load_workbook(io.BytesIO(answer.content))
    sheet = book.worksheets[0]
    titles = [cell.value for cell in sheet[1]]
    line = statement.project.lines.first().description
    cells = {
        "Budget line": line, "What was bought or given": "Saws", "Kind of voucher": "Invoice A", "Supplier": "Hornos SA",
        "CUIT of the supplier": make_cuit(90), "Point of sale": 3, "Number": 12, "Date of the voucher": TODAY,
        "Net amount": 1000.5, "Charged to the programme": 1000.5,
    }  # fmt: skip
    sheet.append([cells.get(title) for title in titles])
    made = io.BytesIO()
    book.save(made)
    file = SimpleUploadedFile("expenses.xlsx", made.getvalue())
    page = sent(web, statement, file=file)
    assert page.status_code == 200, problems(page)
    assert "1 expense is ready to be added." in words(page)


def test_nothing_is_added_to_what_was_handed_in():
    statement = statement_at("submitted", project_at("active"))
    web = browser(reporter(statement.project))
    page = sent(web, statement, table=source(row(50)).as_text(), confirm="1")
    assert page.status_code == 409
    assert "nothing is added to it" in problems(page)
    assert browser(finance()).get(reverse("expense_import", args=[statement.pk])).status_code == 403
