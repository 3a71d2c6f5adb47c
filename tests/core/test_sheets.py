"""Tables that people bring: what is read, and what is refused before it does harm."""

import io
import re
import time
import tracemalloc
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook

from core import sheets
from core.cells import clean_text, in_words, plain
from core.sheets import CannotRead, read_csv, read_text, read_upload, read_xlsx, trouble
from tests.core.files import archive, lying_archive


def texts(sheet) -> list[list[str]]:
    return [[cell.text for cell in row.cells] for row in sheet.rows]


def xlsx(*rows, change=None) -> bytes:
    """A workbook with these rows; `change(book)` before it is saved."""
    book = Workbook()
    for row in rows:
        book.active.append(row)
    if change:
        change(book)
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def with_part(data: bytes, name: str, change) -> bytes:
    """The same archive with one part changed: `change(bytes) -> bytes`; a new part gets b""."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            body = old.read(entry)
            new.writestr(entry.filename, change(body) if entry.filename == name else body)
        if name not in old.namelist():
            new.writestr(name, change(b""))
    return made.getvalue()


SHEET = "xl/worksheets/sheet1.xml"


# --- CSV ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_the_mark_between_the_cells_is_found(mark):
    sheet = read_text(f"CUIT{mark}Name\n30-1{mark}Sol\n")
    assert texts(sheet) == [["CUIT", "Name"], ["30-1", "Sol"]]


def test_a_quoted_cell_may_hold_the_mark_a_quote_and_a_new_line():
    sheet = read_text('Name;Place\n"Sol; ""the"" firm\nof Oberá";Packs\n\nLuna;Sells\n')
    assert texts(sheet)[1] == ['Sol; "the" firm\nof Oberá', "Packs"]
    assert [row.number for row in sheet.rows] == [1, 2, 4]
    assert sheet.rows[2].cells[1].address == "B4"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "latin-1", "utf-16"])
def test_the_letters_of_every_usual_encoding_are_read(encoding):
    assert texts(read_csv("Nombre;Niño\nÑandú;José".encode(encoding))) == [
        ["Nombre", "Niño"],
        ["Ñandú", "José"],
    ]


def test_a_quotation_mark_never_closed_does_no_harm():
    with pytest.raises(CannotRead):
        read_text('Name;Place\n"' + "x" * 200_000)


def test_too_many_rows_and_columns_are_refused():
    assert len(read_text("a\tb\n" * 5, most_rows=5).rows) == 5
    with pytest.raises(CannotRead, match="at most 5"):
        read_text("a\tb\n" * 6, most_rows=5)
    with pytest.raises(CannotRead, match="too many columns"):
        read_text("\t".join("a" * 61))
    with pytest.raises(CannotRead, match="too long"):
        read_text("a" * (sheets.MOST_BYTES + 1))


def test_direction_marks_and_control_signs_go_and_emoji_stay():
    assert clean_text(" a\u202egnp.exe\u200f\x00\x07 \u00a0👩‍🔧 ") == "agnp.exe  👩‍🔧"
    assert plain("  Razón   Social: ") == "razon social"


# --- XLSX --------------------------------------------------------------------------------------------


def test_values_are_texts_as_a_person_types_them():
    data = xlsx(["a", 12, 1234.5, 0.1 + 0.2, True, None, 30712345678.0])
    assert texts(read_xlsx(data)[0]) == [["a", "12", "1234,5", "0,3", "yes", "", "30712345678"]]


def test_three_decimals_are_never_taken_for_thousands():
    assert in_words(1.234) == "1,2340"
    assert in_words(float("inf")) == "?"


def test_a_formula_counts_by_its_result_and_says_so_without_one():
    data = xlsx(["a", "=1+1"], ["=A1"])
    rows = read_xlsx(data)[0].rows
    assert [cell.text for cell in rows[0].cells] == ["a", "="]
    assert "formula" in rows[0].cells[1].trouble
    assert rows[1].cells[0].trouble, "a row with nothing but the formula is there too"
    cached = with_part(data, SHEET, lambda body: body.replace(b"<f>1+1</f><v />", b"<f>1+1</f><v>2</v>"))
    assert read_xlsx(cached)[0].rows[0].cells[1].text == "2"


@pytest.mark.parametrize("text", ["=1+1", "#REF!", "#¡VALOR!", "#N/A", "x" * 4_001])
def test_what_no_person_wrote_has_its_sentence(text):
    assert trouble(text)
    assert not trouble("# 4 of the list")


def test_hidden_sheets_are_read_and_marked():
    def hide(book):
        book.create_sheet("key").sheet_state = "hidden"
        book["key"].append(["x"])

    assert [(sheet.name, sheet.hidden) for sheet in read_xlsx(xlsx(["a"], change=hide))] == [
        ("Sheet", False),
        ("key", True),
    ]


@pytest.mark.parametrize("dimension", [b'ref="A1:XFD1048576"', b'ref="A1"', b'ref="B7:A1"'])
def test_the_size_that_a_sheet_claims_counts_for_nothing(dimension):
    data = with_part(
        xlsx(["a", "b"], ["c", "d"]), SHEET, lambda body: body.replace(b'ref="A1:B2"', dimension)
    )
    assert texts(read_xlsx(data)[0]) == [["a", "b"], ["c", "d"]]


@pytest.mark.parametrize("row", [b"50001", b"1048576", b"99999999999999"])
def test_a_row_that_stands_nowhere_is_refused(row):
    data = with_part(
        xlsx(["a"], ["b"]),
        SHEET,
        lambda body: body.replace(b'<row r="2"', b'<row r="' + row + b'"').replace(
            b'r="A2"', b'r="A' + row + b'"'
        ),
    )
    with pytest.raises(CannotRead, match="too many rows"):
        read_xlsx(data)


def test_a_cell_far_to_the_right_is_refused():
    data = with_part(xlsx(["a"]), SHEET, lambda body: body.replace(b'r="A1"', b'r="XFD1"'))
    rows = read_xlsx(xlsx(["a"] * 60))[0].rows
    assert len(rows[0].cells) == 60
    with pytest.raises(CannotRead, match="too many columns"):
        read_xlsx(xlsx(["a"] * 61))
    assert read_xlsx(data)[0].rows == []


def test_an_archive_that_unpacks_to_too_much_is_refused_before_it_is_read():
    bomb = with_part(xlsx(["a"]), "xl/worksheets/sheet2.xml", lambda _body: b" " * (sheets.MOST_UNPACKED + 1))
    assert len(bomb) < 100_000
    with pytest.raises(CannotRead, match="far too large"):
        read_xlsx(bomb)


def test_an_archive_that_holds_more_than_it_claims_is_never_unpacked():
    parts = {"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"<w/>"}
    bomb = lying_archive(parts, "xl/styles.xml", claims=100)
    tracemalloc.start()
    try:
        with pytest.raises(CannotRead, match="damaged"):
            read_xlsx(bomb)
        assert tracemalloc.get_traced_memory()[1] < 30_000_000
    finally:
        tracemalloc.stop()


def sharing(text: str, rows: int, columns: int = 60) -> bytes:
    """A workbook whose every cell is the same text, which stands in the file but once."""
    row = b"<row>" + b'<c t="s"><v>0</v></c>' * columns + b"</row>"
    data = with_part(
        xlsx(["a"]),
        SHEET,
        lambda body: re.sub(
            rb"<sheetData>.*</sheetData>", b"<sheetData>" + row * rows + b"</sheetData>", body
        ),
    )
    # openpyxl does not write a table of texts itself.
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    named = f'<Override PartName="/xl/sharedStrings.xml" ContentType="{kind}"/></Types>'.encode()
    data = with_part(data, "[Content_Types].xml", lambda body: body.replace(b"</Types>", named))
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    shared = f'<sst xmlns="{space}"><si><t>{text}</t></si></sst>'
    return with_part(data, "xl/sharedStrings.xml", lambda _body: shared.encode())


def test_a_text_of_a_million_letters_in_many_cells_is_soon_done_with():
    began = time.process_time()
    (sheet,) = read_xlsx(sharing("é" * 1_000_000, rows=1))
    assert all(cell.trouble for cell in sheet.rows[0].cells)
    with pytest.raises(CannotRead, match="far too large"):
        read_xlsx(sharing("é" * 1_000_000, rows=1_000))
    assert time.process_time() - began < 6


def test_a_row_of_millions_of_empty_cells_is_refused_unread():
    data = with_part(
        xlsx(["a"]), SHEET, lambda body: body.replace(b"</row>", b"<c/>" * sheets.MOST_TAGS + b"</row>")
    )
    assert len(data) < 20_000
    with pytest.raises(CannotRead, match="far too large"):
        read_xlsx(data)


def test_many_cells_may_share_a_word():
    assert len(read_xlsx(sharing("Misiones", rows=1_000))[0].rows) == 1_000


def test_a_part_under_another_name_is_looked_at_too():
    """The workbook itself says which of its files are its parts."""
    with pytest.raises(CannotRead, match="no spreadsheet has"):
        read_xlsx(
            with_part(xlsx(["a"]), "xl/strings.dat", lambda _body: b"<!DOCTYPE x [<!ENTITY a 'aaaa'>]>")
        )


@pytest.mark.parametrize(
    "head",
    [
        b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>',
        b'<!DOCTYPE x SYSTEM "file:///etc/passwd">',
        '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE x>'.encode("utf-16"),
        b'<?xml version="1.0" encoding="cp037"?>',
    ],
)
@pytest.mark.parametrize("part", [SHEET, "xl/workbook.xml", "docProps/core.xml"])
def test_entities_are_refused_in_every_part(part, head):
    with pytest.raises(CannotRead, match="no spreadsheet has"):
        read_xlsx(with_part(xlsx(["a"]), part, lambda body: head + body))


def test_macros_broken_archives_and_other_files_are_refused():
    macros = with_part(xlsx(["a"]), "xl/vbaProject.bin", lambda _body: b"x")
    for data in (
        macros,
        xlsx(["a"])[:-40],
        b"PK\x03\x04 and nothing",
        archive({"[Content_Types].xml": b"<", "xl/workbook.xml": b"<"}),
        with_part(xlsx(["a"]), SHEET, lambda body: body[: len(body) // 2]),
        with_part(xlsx(["a"]), SHEET, lambda body: body.replace(b'r="A1"', b'r="?!"')),
    ):
        with pytest.raises(CannotRead):
            read_xlsx(data)


def test_too_many_sheets_are_refused():
    def more(book):
        for _number in range(sheets.MOST_SHEETS):
            book.create_sheet()

    with pytest.raises(CannotRead, match="too many sheets"):
        read_xlsx(xlsx(["a"], change=more))


# --- Uploads -----------------------------------------------------------------------------------------


def upload(name: str, body: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, body)


def test_the_name_says_how_it_is_read_and_the_content_must_be_so():
    assert texts(read_upload(upload("A.XLSX", xlsx(["a"])))[0]) == [["a"]]
    assert texts(read_upload(upload("a.csv", b"a;b"))[0]) == [["a", "b"]]
    with pytest.raises(CannotRead):
        read_upload(upload("a.xlsx", b"a;b"))
    with pytest.raises(CannotRead, match="not a CSV"):
        read_upload(upload("a.csv", xlsx(["a"])))


@pytest.mark.parametrize(
    "name", ["a.xls", "a.xlsm", "a.ods", "a.exe", "a", "a.csv\u202e.pdf", "x" * 4_096 + ".pdf"]
)
def test_other_types_are_refused(name):
    with pytest.raises(CannotRead):
        read_upload(upload(name, b"a;b"))


def test_a_name_of_4_kb_and_of_right_to_left_marks_does_no_harm():
    assert read_upload(upload("\u202e" + "ñ" * 4_096 + ".csv", b"a;b"))


def test_empty_and_large_files_are_refused():
    with pytest.raises(CannotRead, match="empty"):
        read_upload(upload("a.csv", b""))
    with pytest.raises(CannotRead, match="too large"):
        read_upload(upload("a.csv", b"a" * (sheets.MOST_BYTES + 1)))
