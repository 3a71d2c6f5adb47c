"""The pages of many firms at once: nothing is saved until it is confirmed, and what goes wrong says where."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import load_workbook

from core.sheets import read_xlsx
from core.workbook import Column, Table, workbook
from groups.models import Firm
from tests.factories_groups import make_activity, make_cuit, make_group

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]
HEAD = "CUIT\tName of the firm\tWhat it does\tIts place in the chain"


def pasted(*rows: str) -> dict[str, str]:
    return {"pasted": "\n".join([HEAD, *rows])}


def line(
    number: int, *, cuit: str = "", name: str = "Aserradero", activity: str = "C", place: str = "Saws"
) -> str:
    return "\t".join([cuit or make_cuit(number), f"{name} {number}", activity, place])


@pytest.fixture
def group(db):
    return make_group(firms=1)


@pytest.fixture
def web(group, signed_in):
    return signed_in(group.representative)


@pytest.fixture
def url(group):
    return reverse("firms_import", args=[group.pk])


def table_of(response) -> str:
    return response.context["table"]


def test_the_group_leads_here_and_the_page_says_what_it_takes(web, group, url):
    assert url in web.get(reverse("group_detail", args=[group.pk])).text
    page = web.get(url)
    assert page.status_code == 200
    assert reverse("firms_import_sheet", args=[group.pk]) in page.text


def test_looking_saves_nothing_and_confirming_saves_all(web, group, url):
    page = web.post(url, pasted(line(90), line(91)))
    assert page.status_code == 200
    assert "2 firms are ready to be added." in page.text
    assert group.memberships.count() == 1
    done = web.post(url, {"table": table_of(page), "confirm": "1"})
    assert done.status_code == 200
    assert done.text.count("Added. Size:") == 2
    assert group.memberships.count() == 3


def test_confirming_twice_adds_once(web, group, url):
    table = table_of(web.post(url, pasted(line(90))))
    for _time in range(2):
        done = web.post(url, {"table": table, "confirm": "1"})
    assert "In the group already" in done.text
    assert group.memberships.count() == 2


def test_a_bad_cell_is_marked_corrected_and_checked_again(web, group, url):
    page = web.post(url, pasted(line(90), line(91, cuit="30-60000091-9")))
    assert page.status_code == 422
    assert "<title>Error:" in page.text
    assert "A3, CUIT: The check digit does not match" in page.text
    assert 'name="cell-3-cuit" value="30-60000091-9"' in page.text
    refused = web.post(url, {"table": table_of(page), "cell-3-cuit": "30-1", "confirm": "1"})
    assert refused.status_code == 409
    assert "These rows are not right yet: 3." in refused.text
    assert 'value="30-1"' in refused.text, "what was typed stays"
    # That is another row's, and can be corrected once more.
    twice = web.post(url, {"table": table_of(refused), "cell-3-cuit": make_cuit(90), "check": "1"})
    assert f'name="cell-3-cuit" value="{make_cuit(90)}"' in twice.text
    again = web.post(url, {"table": table_of(twice), "cell-3-cuit": make_cuit(91), "check": "1"})
    assert again.status_code == 200
    assert f'name="cell-3-cuit" value="{make_cuit(91)}"' in again.text
    web.post(url, {"table": table_of(again), "confirm": "1"})
    assert group.memberships.count() == 3


def test_what_must_be_one_of_a_list_is_chosen_from_it(web, group, url):
    page = web.post(url, pasted(line(90, activity="Magic")))
    assert "No activity is called “Magic”: choose one of the list." in page.text
    assert '<option value="Magic" selected>Magic</option>' in page.text
    chosen = str(make_activity())
    assert f"<option>{chosen}</option>" in page.text
    done = web.post(url, {"table": table_of(page), "cell-2-activity": chosen, "confirm": "1"})
    assert done.status_code == 200
    assert group.memberships.count() == 2


def test_a_bad_row_may_be_left_out_knowingly(web, group, url):
    page = web.post(url, pasted(line(90), line(91, activity="Magic")))
    done = web.post(url, {"table": table_of(page), "left_out": ["3", "x", "9" * 30], "confirm": "1"})
    assert done.status_code == 200
    assert "Left out" in done.text
    assert group.memberships.count() == 2


def test_what_a_firm_is_called_is_no_markup(web, url):
    page = web.post(url, pasted(line(90, name='"><script>alert(1)</script>', activity="<b>")))
    assert "<script>alert" not in page.text
    assert "<b>" not in page.text


def test_a_table_changed_by_hand_is_checked_like_any_other(web, group, url):
    page = web.post(url, {"table": "[[", "confirm": "1"})
    assert page.status_code == 422
    assert "did not arrive whole" in page.text
    for code in ("is_staff", "sales_x", "sales_99999"):
        forged = f'[[["cuit",1],["name",2],["{code}",3]],[[2,["30-1","x","y"]]],[]]'
        assert web.post(url, {"table": forged, "confirm": "1"}).status_code == 422
    head = '["cuit",1],["name",2],["activity",3],["place_in_chain",4],["sales_0000",5]'
    year = f'[[{head}],[[2,["{make_cuit(90)}","Sol","C","Saws","1"]]],[]]'
    assert web.post(url, {"table": year, "confirm": "1"}).status_code == 409
    assert group.memberships.count() == 1


@pytest.mark.parametrize(
    ("name", "body", "sentence"),
    [
        ("firms.xls", b"x", "Save it as XLSX"),
        ("firms.exe", b"x", "Choose an XLSX or a CSV file"),
        ("firms.xlsx", b"PK\x03\x04", "XLSX file"),
        ("firms.csv", b"", "empty"),
    ],
)
def test_a_file_that_is_no_table_says_why(web, url, name, body, sentence):
    page = web.post(url, {"file": SimpleUploadedFile(name, body)})
    assert page.status_code == 422
    assert sentence in page.text


def test_a_spreadsheet_of_numbers_is_read(web, group, url):
    columns = [Column(title) for title in [*HEAD.split("\t"), "Sales of 2025"]]
    data = workbook([Table("Firms", columns, [[int(make_cuit(90)), "Sol", "C", "Saws", 2000000000]])])
    page = web.post(url, {"file": SimpleUploadedFile("f.xlsx", data)})
    assert page.status_code == 200
    web.post(url, {"table": table_of(page), "confirm": "1"})
    assert Firm.objects.get(cuit=make_cuit(90)).years.get().sales == 2000000000


def test_the_empty_sheet_is_read_as_it_was_given_out(web, group, url):
    response = web.get(reverse("firms_import_sheet", args=[group.pk]))
    assert response.headers["Content-Disposition"] == 'attachment; filename="firms.xlsx"'
    book = load_workbook(io.BytesIO(response.content))
    assert len(book.worksheets[0].data_validations.dataValidation) == 4
    assert read_xlsx(response.content)[0].rows[0].cells[0].text == "CUIT"
    page = web.post(url, {"file": SimpleUploadedFile("f.xlsx", response.content)})
    assert "Below the names of the columns there is no firm." in page.text


def test_a_hundred_rows_full_of_mistakes_are_sent_back_to_the_spreadsheet(web, url):
    page = web.post(
        url, pasted(*[line(n, cuit="1", activity="?", place="x" * 200) for n in range(100)][:100])
    )
    assert page.status_code == 422
    page = web.post(url, pasted(*["1\t\t\t" for _n in range(100)]))
    assert "There is too much to correct here." in page.text
    assert 'name="cell-' not in page.text
