"""The sheet of the group's firms in a working copy: what it says, what it changes, what it leaves alone."""

from decimal import Decimal

import pytest
from django.urls import reverse

from accounts.permissions import Action
from applications import working_copy
from applications.models import Application
from applications.working_copy import compare
from core.sheets import CannotRead
from core.workflow import StaleObject, TransitionRefused
from groups.actions import edit_firm
from groups.models import Firm, FirmYear
from tests.applications.copies import Copy, bring
from tests.clock import NOON
from tests.factories_applications import application_at, draft, fill, return_for_changes
from tests.factories_groups import add_to, make_cuit, make_firm, make_group

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]
PLACE = "Its place in the chain"
NAME = "Name of the firm"


@pytest.fixture
def application(db):
    return fill(draft())


def firm_of(application, at: int = 0) -> Firm:
    return application.group.memberships.order_by("joined_on", "id")[at].firm


def compared(application, copy, *, by=None, **chosen) -> working_copy.Changes:
    application = Application.objects.get(pk=application.pk)
    by = by or application.group.representative
    return compare(application, bring(copy, application), chosen, by=by, now=NOON)


def saved(application, copy, *, by=None, **chosen) -> working_copy.Changes:
    by = by or application.group.representative
    changes = compared(application, copy, by=by, **chosen)
    fresh = Application.objects.get(pk=application.pk)
    working_copy.save(by=by, application=fresh, changes=changes, version=fresh.version, now=NOON)
    return changes


def add_row(copy, row: int = 7, **cells) -> None:
    values = {"CUIT": make_cuit(900), NAME: "Nueva SRL", "What it does": "C", PLACE: "Saws"}
    copy.write("members", row, values | cells)


# --- What it says --------------------------------------------------------------------------------------


def test_it_says_what_is_saved_and_brought_back_as_it_was_changes_nothing(application):
    firm = firm_of(application)
    firm.people, firm.contact_email = 12, "own@firm.example"
    firm.save()
    copy = Copy.of(application)
    assert copy.cell("members", 2, "CUIT").value == firm.formatted_cuit
    assert copy.cell("members", 2, "Province").value == "Misiones"
    assert copy.cell("members", 2, "Sales of 2025").value == Decimal("2000000000")
    changes = compared(application, copy)
    assert (changes.firms.rows, changes.bad, changes.sections) == ([], [], [])
    assert changes.firms.left_out == 0


def test_sales_that_a_firm_entered_itself_never_leave_and_never_come_in(application):
    firm = firm_of(application)
    Firm.objects.filter(pk=firm.pk).update(sales_are_private=True)
    FirmYear.objects.filter(firm=firm, year=2025).update(sales=Decimal("1234567.89"))
    copy = Copy.of(application)
    said = [str(cell.value) for sheet in copy.book for row in sheet.iter_rows() for cell in row]
    assert not any("1234567" in text for text in said)
    assert copy.cell("members", 2, "Sales of 2025").value is None
    copy.write("members", 2, {"Sales of 2025": 5, PLACE: "Designs"})
    (row,) = compared(application, copy).firms.rows
    refused = {cell.name: (cell.before, cell.refused) for cell in row.cells}
    assert refused["sales_2025"][0] == ""
    assert "entered its sales itself" in refused["sales_2025"][1]
    assert refused["place_in_chain"][1] == ""
    saved(application, copy)
    assert firm.years.get(year=2025).sales == Decimal("1234567.89")
    assert firm.memberships.get().place_in_chain == "Designs"


def test_texts_that_begin_like_formulas_stay_texts(application):
    Firm.objects.filter(pk=firm_of(application).pk).update(name='=HYPERLINK("x")')
    copy = Copy.of(application)
    cell = copy.cell("members", 2, NAME)
    assert (cell.data_type, cell.quotePrefix) == ("s", True)
    assert compared(application, copy).firms.rows == []


# --- What it changes -----------------------------------------------------------------------------------


def test_cells_of_members_are_changed_by_words_codes_and_figures(application):
    copy = Copy.of(application)
    copy.write("members", 3, {
        NAME: "Otra SA", PLACE: "Sells", "What it does": "industria", "People employed": 7,
        "Legal form": "srl", "Sales of 2025": "1.500,50",
    })  # fmt: skip
    changes = compared(application, copy)
    (row,) = changes.firms.rows
    assert (row.number, row.words, row.why, changes.bad) == (3, "Changed", "", [])
    cells = {cell.name: (cell.address, cell.before, cell.after) for cell in row.cells}
    assert cells["name"] == ("B3", "Carpintería 2 SRL", "Otra SA")
    assert cells["sales_2025"][1:] == ("$\xa02.000.000.000,00", "$\xa01.500,50")
    assert changes.sections == ["members"]
    saved(application, copy)
    firm = firm_of(application, 1)
    assert (firm.name, firm.people, firm.legal_form) == ("Otra SA", 7, "srl")
    assert firm.years.get(year=2025).sales == Decimal("1500.50")
    assert compared(application, Copy.of(application)).firms.rows == []


def test_a_file_taken_in_spanish_is_no_conflict_in_english(application):
    from django.utils import translation

    with translation.override("es"):
        copy = Copy.of(application)
    sheet = copy.book.worksheets[3]
    column = next(cell.column for cell in sheet[1] if cell.value == "Sector")
    sheet.cell(row=2, column=column).value = "textile"
    (row,) = compared(application, copy).firms.rows
    assert [(cell.name, cell.choice) for cell in row.cells] == [("sector", "")]


def test_new_rows_add_firms_and_plan_and_budget_are_saved_with_them(application):
    copy = Copy.of(application)
    add_row(copy)
    copy.write("plan", 2, {"What will be done": "Dry"})
    changes = saved(application, copy)
    assert [row.words for row in changes.firms.rows] == ["Will be added"]
    assert application.group.memberships.filter(firm__cuit=make_cuit(900)).exists()
    assert application.activities.first().name == "Dry"


def test_a_firm_of_another_group_is_asked_and_nothing_of_it_is_shown(application):
    other = make_firm(900, name="Secreta SA", contact_email="secret@firm.example")
    add_to(make_group(name="Others", firms=0), other)
    copy = Copy.of(application)
    add_row(copy, **{NAME: "What we call it"})
    (row,) = compared(application, copy).firms.rows
    assert (row.title, row.words) == ("What we call it", "Registered already: it will be asked to join")
    assert [cell.after for cell in row.cells] == ["Saws"]
    assert "Secreta" not in str(vars(row))
    saved(application, copy)
    assert application.group.join_requests.get().firm == other
    assert not application.group.memberships.filter(firm=other).exists()
    (row,) = compared(application, copy).firms.rows
    assert (row.words, row.is_written) == ("Cannot be changed here", False)
    assert "Asked already" in row.why


def test_rows_that_are_missing_remove_nobody(application):
    copy = Copy.of(application)
    copy.sheet("members").delete_rows(2, 2)
    changes = compared(application, copy)
    assert (changes.firms.rows, changes.firms.left_out, changes.sections) == ([], 2, [])
    copy.sheet("members").delete_rows(2, 9)
    assert compared(application, copy).firms.left_out == 5


def test_columns_may_move_or_be_left_out_and_the_sheet_may_be_called_otherwise(application):
    copy = Copy.of(application)
    sheet = copy.sheet("members")
    column = copy.cell("members", 1, "Town or city").column
    sheet.delete_cols(column)
    sheet.move_range(f"A1:A{sheet.max_row}", cols=20)
    sheet.title = "Hoja 9"
    copy.names["members"] = "Hoja 9"
    assert compared(application, copy).firms.rows == []
    copy.write("members", 2, {NAME: "Otra SA"})
    saved(application, copy)
    assert firm_of(application).name == "Otra SA"
    assert firm_of(application).locality == "Oberá"


def test_without_its_needed_columns_or_its_numbers_the_sheet_is_named(application):
    copy = Copy.of(application)
    copy.cell("members", 1, NAME).value = "x"
    with pytest.raises(CannotRead, match="The firms: These columns are missing: Name of the firm"):
        bring(copy, application)
    copy.cell("members", 1, "CUIT").value = "y"
    with pytest.raises(CannotRead, match="The sheet “The firms” is missing"):
        bring(copy, application)


# --- Bad cells -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("title", "value", "sentence"),
    [
        ("CUIT", "30-12345678-9", "check digit"),
        (NAME, None, "required"),
        (NAME, "x" * 201, "at most 200"),
        ("What it does", "Dancing", "No activity is called"),
        ("Province", "Atlantis", "No province"),
        ("E-mail of the firm", "not one", "valid email"),
        ("People employed", "1,5", "whole number"),
        ("Sales of 2025", -4, "negative"),
        ("Sales of 2024", None, "must follow one another"),
        (PLACE, "=A1", "formula"),
    ],
)
def test_a_bad_cell_has_its_address_and_its_sentence_and_nothing_is_saved(
    application, title, value, sentence
):
    copy = Copy.of(application)
    copy.write("members", 2, {title: value})
    copy.write("plan", 2, {"What will be done": "Not saved"})
    (bad,) = compared(application, copy).bad
    assert (bad.sheet, bad.address) == ("The firms", copy.address("members", 2, title))
    assert sentence in bad.sentence
    with pytest.raises(TransitionRefused):
        saved(application, copy)


def test_one_number_twice_is_bad(application):
    copy = Copy.of(application)
    add_row(copy, CUIT=firm_of(application).cuit)
    (bad,) = compared(application, copy).bad
    assert bad.sentence == "Row 2 has this CUIT too. Leave one of them out."


def test_a_new_firm_cannot_be_named_in_the_plan_before_it_is_there(application):
    copy = Copy.of(application)
    add_row(copy)
    copy.write("plan", 2, {"Who is responsible": "Nueva SRL"})
    (bad,) = compared(application, copy).bad
    assert "once the sheet of the firms is saved" in bad.sentence


# --- Others, and who may -------------------------------------------------------------------------------


def others(application, **fields) -> None:
    """Somebody else changes the first firm meanwhile."""
    firm, group = firm_of(application), application.group
    edit_firm(
        by=group.representative, group=group, firm=firm, version=firm.version, now=NOON, **fields
    )  # fmt: skip


@pytest.mark.parametrize(("choice", "name"), [("mine", "Mine"), ("theirs", "Theirs")])
def test_the_same_cell_is_chosen_and_what_others_wrote_elsewhere_stays(application, choice, name):
    copy = Copy.of(application)
    copy.write("members", 2, {NAME: "Mine", PLACE: "Designs"})
    others(application, name="Theirs", people=3)
    changes = compared(application, copy)
    (row,) = changes.firms.rows
    assert row.why == "Somebody changed this firm since the copy was taken."
    (field,) = changes.open_choices
    with pytest.raises(TransitionRefused, match="Choose what counts"):
        saved(application, copy)
    saved(application, copy, **{field: choice})
    firm = firm_of(application)
    assert (firm.name, firm.people, firm.memberships.get().place_in_chain) == (name, 3, "Designs")


def test_who_was_quicker_between_looking_and_saving_is_not_overwritten(application):
    copy = Copy.of(application)
    copy.write("members", 2, {NAME: "Mine"})
    changes = compared(application, copy)
    others(application, name="Theirs")
    by = application.group.representative
    with pytest.raises(StaleObject):
        working_copy.save(
            by=by, application=application, changes=changes, version=application.version, now=NOON
        )
    assert firm_of(application).name == "Theirs"


def test_a_firm_that_left_is_not_brought_back(application):
    copy = Copy.of(application)
    application.group.memberships.filter(firm=firm_of(application)).update(left_on=NOON.date())
    assert compared(application, copy).firms.rows == []
    copy.write("members", 2, {NAME: "Mine"})
    (row,) = compared(application, copy).firms.rows
    assert (row.why, row.is_written) == ("This firm is not in the group any more.", False)


def test_whoever_may_not_change_the_group_saves_the_rest(application, adviser):
    application.group.advisers.add(adviser)
    copy = Copy.of(application)
    copy.write("members", 2, {NAME: "Mine"})
    copy.write("plan", 2, {"What will be done": "Dry"})
    add_row(copy)
    assert not adviser.can(Action.EDIT_GROUP, application.group)
    changes = saved(application, copy, by=adviser)
    assert [row.words for row in changes.firms.rows] == ["Cannot be changed here"] * 2
    assert all("It is for" in row.why for row in changes.firms.rows)
    assert firm_of(application).name != "Mine"
    assert application.group.memberships.count() == 5
    assert application.activities.first().name == "Dry"


def test_during_a_return_the_firms_that_are_held_stay_and_the_rest_goes_on():
    application = return_for_changes(application_at("submitted"), ("budget",))
    copy = Copy.of(application)
    copy.write("members", 2, {NAME: "Otra SA", PLACE: "Designs"})
    add_row(copy)
    copy.write("budget", 2, {"What it is for": "A better kiln"})
    member, new = compared(application, copy).firms.rows
    assert [bool(cell.refused) for cell in member.cells] == [False, True]
    assert "was returned for changes" in new.why
    before = firm_of(application).memberships.get().place_in_chain
    saved(application, copy)
    firm = firm_of(application)
    assert (firm.name, firm.memberships.get().place_in_chain) == ("Otra SA", before)
    assert application.group.memberships.count() == 5
    assert application.lines.filter(description="A better kiln").exists()


# --- The page ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rows", [1, 60])
def test_looking_costs_the_same_however_many_firms(application, signed_in, rows, django_assert_num_queries):
    web = signed_in(application.group.representative)
    url = reverse("application_working_copy", args=[application.pk])
    copy = Copy.of(application)
    copy.write("members", 2, {NAME: "Otra SA", "Sales of 2025": 10})
    for number in range(rows):
        add_row(copy, 7 + number, CUIT=make_cuit(900 + number), **{NAME: f"Nueva {number} SRL"})
    with django_assert_num_queries(31):
        page = web.post(url, {"file": copy.upload()})
    assert page.status_code == 200
    assert "Carpintería 1 SRL" in page.text
    assert "The firms belong to the group" in page.text
    assert firm_of(application).name != "Otra SA"
    version = page.context["application"].version
    done = web.post(url, {"table": page.context["table"], "version": version, "confirm": "1"})
    assert done.url == reverse("application_section", args=[application.pk, "members"])
    assert application.group.memberships.count() == 5 + rows


def test_only_changes_that_cannot_be_saved_leave_no_button(application, signed_in, adviser):
    application.group.advisers.add(adviser)
    web = signed_in(adviser)
    copy = Copy.of(application)
    copy.write("members", 2, {NAME: "<b>Mine</b>"})
    url = reverse("application_working_copy", args=[application.pk])
    page = web.post(url, {"file": copy.upload()})
    assert "&lt;b&gt;Mine&lt;/b&gt;" in page.text
    assert "Cannot be changed here" in page.text
    assert 'name="confirm"' not in page.text
