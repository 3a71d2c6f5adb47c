"""Many firms from one table: which columns are read, what is wrong in which cell, all or nothing."""

import datetime as dt
from decimal import Decimal

import pytest

from accounts.roles import Role
from core.sheets import CannotRead, read_text
from core.workflow import NotAllowed
from groups.forms.imports import ImportForm
from groups.import_rows import ImportRefused, State, look, save
from groups.imports import MOST_FIRMS, Source
from groups.models import Firm, Membership
from tests.cast import make_person
from tests.clock import NOON
from tests.factories_groups import give_place, make_cuit, make_firm, make_group

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 3, 10)
HEAD = ["CUIT", "Name of the firm", "What it does", "Its place in the chain"]


def source(*rows: list[str], head: list[str] | None = None) -> Source:
    """A table as pasted from a spreadsheet."""
    lines = [head or HEAD, *rows]
    return Source.of([read_text("\n".join("\t".join(line) for line in lines))])


def row(number: int = 90, **change: str) -> list[str]:
    """A good row of HEAD, with changed cells by their place: cuit, name, activity, place."""
    cells = {"cuit": make_cuit(number), "name": f"Aserradero {number} SA", "activity": "C", "place": "Saws"}
    return list((cells | change).values())


def seen(table: Source, group, **kwargs):
    return look(table, group=group, by=group.representative, today=TODAY, **kwargs)


@pytest.fixture
def group(db):
    return make_group(firms=2)


# --- Columns -----------------------------------------------------------------------------------------


def test_columns_are_found_in_either_language_in_any_order():
    table = source(
        ["x", "Saws", "Oberá", make_cuit(90), "1.234,50", "Aserradero", "Industria", "srl", "12", "a@b.example"],
        head=["Notes", "Eslabón", "LOCALIDAD", "C.U.I.T.", "Ventas 2025", "Razón social", "Actividad",
              "Forma jurídica", "Personal ocupado", "Correo electrónico"],
    )  # fmt: skip
    assert [code for code, _number in table.columns] == [
        "place_in_chain", "locality", "cuit", "sales_2025", "name", "activity", "legal_form", "people", "contact_email",
    ]  # fmt: skip
    assert table.unread == ["Notes"]


def test_a_title_and_an_empty_row_may_stand_above_the_names_of_the_columns():
    table = Source.of([read_text("Firms of ours\n\nCUIT;Name;Activity;Place\n30-1;a;b;c\n")])
    assert table.rows == [(4, ["30-1", "a", "b", "c"])]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("30-12345678-1;Sol", "first row has to name the columns"),
        ("CUIT;Name\n1;2", "These columns are missing: What it does, Its place in the chain"),
        ("CUIT;Name;Nombre;Actividad;Lugar en la cadena\n1;2", "Two columns say the same: Name, Nombre"),
        ("CUIT;Name;Activity;Place\n", "there is no firm"),
        ("CUIT;Name;Activity;Place\n" + "1;2;3;4\n" * (MOST_FIRMS + 1), "There are 101 rows"),
    ],
)
def test_a_table_that_cannot_be_understood_says_why(text, sentence):
    with pytest.raises(CannotRead, match=sentence):
        Source.of([read_text(text)])


def test_the_form_takes_either_a_text_or_a_file():
    form = ImportForm({"pasted": " "}, {})
    assert not form.is_valid()
    assert "Paste the cells, or choose a file." in str(form.errors)


def test_the_table_travels_whole_and_a_forged_one_is_refused():
    table = source(row())
    assert Source.from_text(table.as_text()) == table
    forged = (
        "", "[]", "{}", "[[],[],[],[]]", '[[["cuit",1]],[[2,["a","b"]]],[]]', '[[["cuit",1],["cuit",2]],[],[]]',
        '[[["cuit",1]],[],[]]', "[" * 5_000, f'[[["cuit",1]],[{",".join(["[2,[1]]"] * 101)}],[]]', '[[["cuit"]],[],[]]', "null",
        *(table.as_text().replace(*words, 1) for words in [("1]", "1e400]"), ("1]", "Infinity]"), ("Saws", r"\ud800")]),
    )  # fmt: skip
    for text in forged:
        with pytest.raises(CannotRead, match="did not arrive whole"):
            Source.from_text(text)


# --- Cells -------------------------------------------------------------------------------------------

WIDE = [*HEAD, "Sector", "Province", "E-mail of the firm", "People employed", "Legal form", "Sales of 2025"]


CODES = [
    "cuit", "name", "activity", "place_in_chain", "sector",
    "province", "contact_email", "people", "legal_form", "sales_2025",
]  # fmt: skip


def wide(**change: str) -> list[str]:
    """A good row of WIDE with changed cells, by code."""
    cells = {
        "cuit": make_cuit(90), "name": "Aserradero SA", "activity": "Industria, con alimentos y artesanías",
        "place_in_chain": "Saws", "sector": "Madera y muebles", "province": "misiones",
        "contact_email": "a@b.example", "people": "12", "legal_form": "SA", "sales_2025": "$ 1.234.567,50",
    }  # fmt: skip
    return list((cells | change).values())


@pytest.mark.parametrize(
    ("code", "text", "sentence"),
    [
        ("cuit", "30-60000090-1", "check digit"),
        ("cuit", "30-6000009A-1", "11 digits"),
        ("cuit", "", "required"),
        ("name", "", "required"),
        ("name", "x" * 201, "at most 200"),
        ("activity", "Magic", "No activity is called “Magic”"),
        ("place_in_chain", "", "required"),
        ("sector", "Space", "No sector of the programme is called “Space”"),
        ("province", "Atlantis", "No province is called “Atlantis”"),
        ("contact_email", "sol at example", "valid email"),
        ("people", "doce", "Write a number"),
        ("people", "1,5", "whole number"),
        ("people", "-3", "negative"),
        ("legal_form", "Guild", "No legal form is called “Guild”"),
        ("sales_2025", "-5", "negative"),
        ("sales_2025", "doce", "Write an amount"),
        ("sales_2025", "=SUM(A1:A9)", "formula"),
        ("name", "=1+1", "formula"),
        ("sales_2025", "#¡VALOR!", "error"),
    ],
)
def test_each_bad_cell_has_its_address_its_value_and_its_sentence(group, code, text, sentence):
    (found,) = seen(source(wide(**{code: text}), head=WIDE), group).rows
    (bad,) = found.bad_cells
    assert found.state is State.BAD
    assert (bad.code, bad.text) == (code, text[:301])
    assert bad.address == f"{'ABCDEFGHIJ'[CODES.index(code)]}2"
    assert sentence in " ".join(bad.sentences)


def test_a_good_row_is_understood_in_both_languages(group):
    (found,) = seen(source(wide(), head=WIDE), group).rows
    assert found.state is State.ADD, found.bad_cells
    data = found.form.data_of_row
    assert (data["activity"].code, data["sector"].code, data["province"]) == ("C", "wood", "AR-N")
    assert (data["legal_form"], data["people"]) == ("sa", 12)
    assert found.form.sales[2025] == Decimal("1234567.50")


@pytest.mark.parametrize(
    ("title", "bad"), [("Sales of 2026", True), ("Ventas 1066", True), ("Ventas 2019", False)]
)
def test_a_year_out_of_range_is_bad_and_one_too_old_is_not_read(group, title, bad):
    preview = seen(source([*row(), "100"], head=[*HEAD, title]), group)
    assert bool(preview.bad) is bad
    assert bool(preview.unread) is not bad


def test_the_years_follow_one_another(group):
    table = source([*row(), "100", "100"], head=[*HEAD, "Sales of 2025", "Sales of 2023"])
    (found,) = seen(table, group).rows
    assert "write the sales of 2024 too" in found.bad_cells[0].sentences[0]


def test_what_is_empty_and_shared_is_the_groups_own(group):
    table = source([*row(), ""], head=[*HEAD, "Province"])
    (found,) = seen(table, group).rows
    assert found.cells[-1].filled
    assert found.cells[-1].text == "Misiones"
    assert found.form.data_of_row["sector"] == group.sector


def test_two_rows_with_one_cuit_name_each_other_until_one_is_left_out(group):
    table = source(row(), row(name="The same again"))
    preview = seen(table, group)
    assert [each.state for each in preview.rows] == [State.ADD, State.BAD]
    assert preview.rows[1].bad_cells[0].sentences == ("Row 2 has this CUIT too. Leave one of them out.",)
    assert [each.state for each in seen(table, group, left_out=[2]).rows] == [State.LEFT_OUT, State.ADD]


def test_firms_that_are_known_have_their_state_and_need_no_data(group):
    other = make_group(firms=1, representative=group.representative, name="Another of ours")
    strange = make_group(firms=1, name="A group of strangers")
    cuits = [each.firms.get().cuit for each in (other, strange)]
    mine = group.firms.first().cuit
    table = source(*[[cuit, "", "", "Saws"] for cuit in (mine, *cuits)])
    preview = seen(table, group)
    assert [each.state for each in preview.rows] == [State.MEMBER, State.KNOWN, State.REGISTERED]
    assert strange.firms.get().name not in str([row_.cells for row_ in preview.rows]), "its data do not leak"


def test_a_row_is_corrected_in_its_cell(group):
    table = source(row(cuit="30-1")).corrected({"cell-2-cuit": f" {make_cuit(90)} ", "cell-9-cuit": "x"})
    assert seen(table, group).rows[0].state is State.ADD


def test_names_with_emoji_and_direction_marks_are_kept_and_cleaned(group):
    (found,) = seen(source(row(name="🪵 Sol\u202e LRS")), group).rows
    assert found.name == "🪵 Sol LRS"
    assert found.state is State.ADD


@pytest.mark.parametrize("rows", [1, 30])
def test_looking_costs_the_same_however_many_rows(group, rows, django_assert_num_queries):
    table = source(*[row(100 + number) for number in range(rows)])
    reader = make_person("reader")
    with django_assert_num_queries(6):
        assert len(look(table, group=group, by=reader, today=TODAY).rows) == rows


# --- Saving ------------------------------------------------------------------------------------------


def test_all_good_rows_are_saved_with_a_result_for_each(group):
    mine = group.firms.first()
    table = source(
        [*row(90), "2.000.000.000"], [*row(91), ""], [*row(92), "x"], [mine.cuit, mine.name, "C", "Saws", ""],
        head=[*HEAD, "Sales of 2025"],
    )  # fmt: skip
    done = save(seen(table, group, left_out=[4]), by=group.representative, group=group, now=NOON)
    assert [(each.number, each.words) for each in done] == [
        (2, "Added. Size: Small."),
        (3, "Added. Size: Not shown to be an SME."),
        (4, "Left out"),
        (5, "In the group already"),
    ]
    assert group.memberships.count() == 4
    firm = Firm.objects.get(cuit=make_cuit(90))
    assert firm.years.get().sales == Decimal("2000000000.00")
    assert firm.province == group.province


def test_a_firm_that_others_registered_is_asked_and_only_once(group):
    strange = make_group(firms=1, name="A group of strangers").firms.get()
    table = source(row(90), [strange.cuit, "", "", "Saws"])
    done = save(seen(table, group), by=group.representative, group=group, now=NOON)
    assert done[1].words == "Asked: it joins if it agrees"
    assert strange.name not in str(done)
    assert group.join_requests.get().firm == strange
    assert [each.state for each in seen(table, group).rows] == [State.MEMBER, State.ASKED]
    save(seen(table, group), by=group.representative, group=group, now=NOON)
    assert group.join_requests.count() == 1
    assert group.memberships.count() == 3


def test_one_bad_row_and_none_is_saved(group):
    preview = seen(source(row(90), row(91, cuit="30-1")), group)
    with pytest.raises(ImportRefused, match="These rows are not right yet: 3"):
        save(preview, by=group.representative, group=group, now=NOON)
    assert group.memberships.count() == 2


def test_a_firm_that_was_registered_meanwhile_stops_them_all(group):
    preview = seen(source(row(90), row(91)), group)
    make_firm(cuit=make_cuit(91))
    with pytest.raises(ImportRefused, match="Row 3: This firm is registered already"):
        save(preview, by=group.representative, group=group, now=NOON)
    assert group.memberships.count() == 2
    assert not Firm.objects.filter(cuit=make_cuit(90)).exists()


def test_whoever_only_reads_cannot_save(group):
    viewer = make_person("viewer")
    give_place(group, viewer, Role.VIEWER)
    with pytest.raises(NotAllowed):
        save(seen(source(row()), group), by=viewer, group=group, now=NOON)
    assert Membership.objects.count() == 2
