"""Tables that people take with them, and what comes back of them."""

import datetime as dt
import io
from decimal import Decimal

from openpyxl import load_workbook

from core.sheets import read_xlsx
from core.workbook import Choice, Column, Formula, Table, workbook


def table(*rows, **column) -> Table:
    return Table("Firms", [Column("Name", **column)], [list(row) for row in rows])


def opened(data: bytes):
    return load_workbook(io.BytesIO(data))


def test_a_text_stays_a_text_whatever_it_begins_with():
    texts = ["=1+1", "+54 11", "-5", "@name", '=HYPERLINK("http://x")', "\t=2"]
    data = workbook([table(*[[text] for text in texts])])
    cells = [row[0] for row in opened(data)["Firms"].iter_rows(min_row=2)]
    assert [cell.data_type for cell in cells] == ["s"] * len(texts)
    assert cells[0].value == "=1+1"
    assert cells[0].quotePrefix


def test_what_is_no_letter_does_not_spoil_the_file():
    """A person can paste such a sign into any text, and others download it."""
    data = workbook([table(["Kiln \uffff\ufffe2"], ["\ufdd0 \U0001ffff"])])
    (sheet,) = read_xlsx(data)
    assert sheet.rows[1].cells[0].text == "Kiln 2"


def test_only_our_own_formula_is_one():
    data = workbook([table([Formula("=SUM(A1:A1)")])])
    assert opened(data)["Firms"]["A2"].data_type == "f"


def test_figures_and_days_come_back_as_people_write_them():
    data = workbook(
        [
            table(
                [Decimal("1234.50")],
                [7],
                [dt.date(2026, 11, 24)],
                ["Ñandú 🪵"],
                [30712345678],
                [None],
                ["end"],
            )
        ]
    )
    (sheet,) = read_xlsx(data)
    assert [row.cells[0].text for row in sheet.rows] == [
        "Name", "1234,5", "7", "24/11/2026", "Ñandú 🪵", "30712345678", "end",
    ]  # fmt: skip
    assert sheet.rows[-1].number == 8
    assert sheet.rows[-1].cells[0].address == "A8"


def test_control_signs_do_not_break_the_file():
    data = workbook([table(["a\x00b\x07c"]), Table("Help: [1]/*?", rows=[["What", "\x1bWhy"]])])
    sheets = read_xlsx(data)
    assert sheets[0].rows[1].cells[0].text == "abc"
    assert [cell.text for cell in sheets[1].rows[0].cells] == ["What", "Why"]


def test_two_sheets_of_one_name_are_both_there():
    sheets = read_xlsx(workbook([table(["a"]), table(["b"])]))
    assert [sheet.rows[1].cells[0].text for sheet in sheets] == ["a", "b"]


def test_a_drop_down_takes_its_words_from_a_hidden_sheet():
    data = workbook([table(["a"], choice=Choice(["Some, words", "Others"]))])
    book = opened(data)
    (rule,) = book["Firms"].data_validations.dataValidation
    assert rule.formula1 == "lists!$A$1:$A$2"
    assert [cell.value for cell in book["lists"]["A"]] == ["Some, words", "Others"]
    assert book["lists"].sheet_state == "hidden"
    assert [sheet.hidden for sheet in read_xlsx(data)] == [False, True]


def test_a_drop_down_may_take_the_words_of_another_sheet():
    data = workbook([table(["a"]), table(["a"], choice=Choice(sheet=0, column=1))])
    (rule,) = opened(data).worksheets[1].data_validations.dataValidation
    assert rule.formula1 == "'Firms'!$A$2:$A$101"
