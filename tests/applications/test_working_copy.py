"""The working copy: what is in the file, what is read of one that came back, what it changes."""

import io
from decimal import Decimal

import pytest
from django.utils import translation
from openpyxl import load_workbook

from applications import working_copy
from applications.models import Activity, Application, BudgetLine, BudgetQuote
from applications.working_copy import compare, make
from core import documents
from core.sheets import CannotRead
from core.workflow import NotAllowed, StaleObject, TransitionRefused
from tests.applications.copies import Copy, bring
from tests.cast import make_person
from tests.clock import NOON
from tests.factories_applications import a_pdf, application_at, draft, fill, return_for_changes
from tests.factories_groups import make_group

pytestmark = pytest.mark.django_db


@pytest.fixture
def application(db):
    return fill(draft())


def fresh(application) -> Application:
    return Application.objects.get(pk=application.pk)


def compared(application, copy, **chosen) -> working_copy.Changes:
    by = application.group.representative
    return compare(fresh(application), bring(copy, application), chosen, by=by, now=NOON)


def saved(application, copy, **chosen) -> Application:
    application = fresh(application)
    by = application.group.representative
    changes = compare(application, bring(copy, application), chosen, by=by, now=NOON)
    return working_copy.save(
        by=by,
        application=application,
        changes=changes,
        version=application.version,
        now=NOON,
    )


# --- The file ----------------------------------------------------------------------------------------


def test_the_file_has_plan_budget_and_members_in_the_readers_language(application):
    copy = Copy.of(application)
    assert [sheet.title for sheet in copy.book.worksheets if sheet.sheet_state == "visible"] == [
        "Read this first", "The work plan", "The budget", "The firms",
    ]  # fmt: skip
    assert copy.cell("plan", 2, "What will be done").value == application.activities.first().name
    assert copy.cell("budget", 2, "Cost of one").value == Decimal("4000000")
    assert copy.cell("budget", 2, "Together").data_type == "f"
    assert copy.book.worksheets[3].max_row == 6
    call = application.call
    assert copy.book.worksheets[0]["B2"].value == call.title_en
    with translation.override("es"):
        book = load_workbook(io.BytesIO(make(application, now=NOON)))
    assert book.worksheets[0]["B2"].value == call.title_es


def test_it_has_drop_downs_for_categories_activities_and_months(application):
    copy = Copy.of(application)
    offered = {
        str(rule.sqref).split(":")[0]: rule.formula1
        for name in ("plan", "budget")
        for rule in copy.sheet(name).data_validations.dataValidation
    }
    assert "D2" in offered
    assert "'The work plan'" in offered["D2"]
    words = [cell.value for column in copy.book["lists"].iter_cols() for cell in column]
    assert "Fixed investment" in words
    assert str(application.call.months) in words
    assert str(application.group.firms.first()) in words


def test_a_copy_brought_back_as_it_was_changes_nothing(application):
    copy = Copy.of(application)
    changes = compared(application, copy)
    assert (changes.rows, changes.bad) == ([], [])
    with pytest.raises(TransitionRefused, match="changes nothing"):
        saved(application, copy)


# --- What changes ------------------------------------------------------------------------------------


def test_cells_are_changed_and_rows_added_and_removed_in_one_go(application):
    copy = Copy.of(application)
    copy.write("plan", 2, {"What will be done": "Dry the wood", "Last month": 5})
    copy.write("plan", 4, {"What will be done": "Sell abroad", "First month": 6, "Last month": "9"})
    copy.write("budget", 2, {"Cost of one": "3.999.999,50"})
    copy.write("budget", 4, {
        "Category and kind of cost": "soft technology: marketing", "Activity": "Sell abroad",
        "What it is for": "A fair", "Quantity": 2, "Cost of one": 1000.5,
    })  # fmt: skip
    copy.sheet("budget").delete_rows(3)
    changes = compared(application, copy)
    assert not changes.bad
    first, second = changes.of(working_copy.changes.PLAN)
    assert first.cells[0].address == "B2"
    assert (first.kind, second.kind) == ("changed", "added")
    assert [row.kind for row in changes.of(working_copy.changes.BUDGET)] == ["changed", "added", "removed"]
    now = saved(application, copy)
    assert [row.name for row in now.activities.all()][0::2] == ["Dry the wood", "Sell abroad"]
    kiln, fair = now.lines.all()
    assert (kiln.unit_cost, kiln.activity.name) == (Decimal("3999999.50"), "Dry the wood")
    assert (fair.kind, fair.activity.name, fair.cost) == ("marketing", "Sell abroad", Decimal("2001.00"))
    assert fair.programme_share == Decimal("1400.70"), "empty: the most that the call pays"


def test_a_renamed_activity_keeps_its_costs(application):
    copy = Copy.of(application)
    copy.write("plan", 2, {"What will be done": "Another name"})
    now = saved(application, copy)
    assert now.lines.first().activity.name == "Another name"


def test_a_removed_activity_leaves_its_costs_and_says_so(application):
    copy = Copy.of(application)
    copy.sheet("plan").delete_rows(2)
    (change,) = compared(application, copy).rows
    assert "Its costs stay" in change.why
    now = saved(application, copy)
    assert now.lines.first().activity is None


def test_a_removed_cost_says_that_its_quotes_go(application):
    file = documents.store(
        case=application.case, kind="quote", owner_id=application.pk, upload=a_pdf(), by=None, now=NOON
    )
    line = application.lines.last()
    BudgetQuote.objects.create(application=application, line=line, supplier="S", amount=1, document=file)
    copy = Copy.of(application)
    copy.sheet("budget").delete_rows(3)
    (change,) = compared(application, copy).rows
    assert (change.pk, change.why) == (line.pk, "Its quotes go too.")


def test_who_is_responsible_is_found_by_name(application):
    firm = application.group.firms.first()
    copy = Copy.of(application)
    copy.write("plan", 2, {"Who is responsible": f"  {firm.name.upper()} "})
    copy.write("plan", 3, {"Who is responsible": "The coordinator of the group"})
    one, two = saved(application, copy).activities.all()
    assert (one.firm, two.coordinator) == (firm, True)


def test_a_row_copied_with_its_number_is_a_new_row(application):
    copy = Copy.of(application)
    number = copy.cell("budget", 2, "Number (leave as it is)").value
    copy.write("budget", 4, {
        "Number (leave as it is)": number, "Category and kind of cost": "Innovation", "What it is for": "More",
        "Quantity": 1, "Cost of one": 10,
    })  # fmt: skip
    assert [row.kind for row in compared(application, copy).rows] == ["added"]


def test_columns_and_sheets_may_stand_in_any_order_and_language(application):
    with translation.override("es"):
        copy = Copy.of(application)
    sheet = copy.sheet("plan")
    sheet.move_range(f"B1:B{sheet.max_row}", cols=12)
    sheet.title = "Hoja 9"
    copy.book.move_sheet("Hoja 9", offset=-1)
    copy.book.create_sheet("Notes").append(["Something", "of ours"])
    assert compared(application, copy).rows == []


def test_a_copy_taken_in_one_language_comes_back_in_the_other(application):
    with translation.override("es"):
        copy = Copy.of(application)
    copy.write("budget", 2, {"Categoría y tipo de costo": "Innovation"})
    (row,) = compared(application, copy).rows
    assert [(cell.name, cell.choice) for cell in row.cells] == [("category", "")]
    # Somebody else chose another meanwhile: told as ever.
    application.lines.filter(pk=row.pk).update(category="soft_technology", kind="")
    (row,) = compared(application, copy).rows
    assert [(cell.name, bool(cell.choice)) for cell in row.cells] == [("category", True)]


# --- Bad cells ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("table", "title", "value", "sentence"),
    [
        ("plan", "What will be done", None, "Fill in “What will be done”."),
        ("plan", "What will be done", "x" * 201, "at most 200"),
        ("plan", "First month", "March", "month from 1 to"),
        ("plan", "Last month", 99, "month from 1 to"),
        ("plan", "Who is responsible", "Nobody we know", "not one of the list"),
        (
            "budget",
            "Category and kind of cost",
            "Coordination (the coordinator's salary)",
            "not one of the list",
        ),
        ("budget", "Category and kind of cost", "Parties", "not one of the list"),
        ("budget", "Activity", "Dance", "No activity of the work plan is called"),
        ("budget", "For which firm", "Others SA", "not one of the list"),
        ("budget", "Quantity", "doce", "number"),
        ("budget", "Quantity", 0, "at least"),
        ("budget", "Quantity", 1.234, "two decimals"),
        ("budget", "Cost of one", -5, "negative"),
        ("budget", "Cost of one", "=1+1", "formula"),
        ("budget", "Paid by the programme", 99999999, "whole cost"),
        ("budget", "Number (leave as it is)", 999999, "no number of this working copy"),
        ("budget", "Number (leave as it is)", "=A1", "no number of this working copy"),
    ],
)
def test_a_bad_cell_has_its_address_and_its_sentence_and_nothing_is_saved(
    application, table, title, value, sentence
):
    copy = Copy.of(application)
    copy.write(table, 2, {title: value})
    (bad,) = compared(application, copy).bad
    assert bad.address == copy.address(table, 2, title)
    assert sentence in bad.sentence
    before = list(BudgetLine.objects.values()), list(Activity.objects.values())
    with pytest.raises(TransitionRefused):
        saved(application, copy)
    assert before == (list(BudgetLine.objects.values()), list(Activity.objects.values()))


def test_what_is_missing_is_named_and_amounts_are_read_as_on_every_page(application):
    copy = Copy.of(application)
    copy.write("plan", 2, {"What will be done": None})
    copy.write("budget", 2, {"Cost of one": 5000000})
    changes = compared(application, copy)
    assert [bad.sentence for bad in changes.bad] == ["Fill in “What will be done”."]
    (cell,) = next(row for row in changes.rows if row.table.code == "budget").cells
    assert (cell.before, cell.after) == ("$\xa04.000.000,00", "$\xa05.000.000,00")


def test_a_share_left_empty_that_is_the_most_already_changes_nothing(application):
    copy = Copy.of(application)
    copy.write("budget", 2, {"Paid by the programme": None})
    saved(application, copy)
    copy = Copy.of(fresh(application))
    copy.write("budget", 2, {"Paid by the programme": None})
    assert compared(application, copy).rows == []


def test_two_activities_of_one_name_cannot_be_told_apart(application):
    copy = Copy.of(application)
    copy.write("plan", 4, {"What will be done": "The same", "First month": 1, "Last month": 1})
    copy.write("plan", 5, {"What will be done": "the SAME", "First month": 1, "Last month": 1})
    copy.write("budget", 2, {"Activity": "The same"})
    (bad,) = compared(application, copy).bad
    assert "Two activities are called" in bad.sentence


# --- The file itself ---------------------------------------------------------------------------------


def test_the_file_of_another_application_is_refused(application):
    other = fill(draft(group=make_group(name="Others")))
    with pytest.raises(CannotRead, match="of another application"):
        bring(Copy.of(other), application)


def test_a_file_without_its_key_or_with_a_changed_one_is_refused(application):
    copy = Copy.of(application)
    copy.book["key"]["A2"] = "x" + copy.book["key"]["A2"].value
    with pytest.raises(CannotRead, match="not a working copy"):
        bring(copy, application)
    del copy.book["key"]
    with pytest.raises(CannotRead, match="not a working copy"):
        bring(copy, application)


def test_missing_columns_and_sheets_are_named(application):
    copy = Copy.of(application)
    copy.cell("budget", 1, "Quantity").value = "How many"
    with pytest.raises(CannotRead, match="In “The budget” these columns are missing: Quantity"):
        bring(copy, application)
    del copy.book["The budget"]
    with pytest.raises(CannotRead, match="The sheet “The budget” is missing"):
        bring(copy, application)


def test_too_many_rows_are_refused(application):
    copy = Copy.of(application)
    for row in range(4, 104):
        copy.write("plan", row, {"What will be done": "x", "First month": 1, "Last month": 1})
    with pytest.raises(CannotRead, match="at most 100"):
        bring(copy, application)


# --- Who and when ------------------------------------------------------------------------------------


def test_whoever_only_reads_and_who_came_too_late_cannot_save(application):
    copy = Copy.of(application)
    copy.write("plan", 2, {"Last month": 3})
    changes = compared(application, copy)
    stranger = make_person("stranger")
    version = fresh(application).version
    with pytest.raises(NotAllowed):
        working_copy.save(by=stranger, application=application, changes=changes, version=version, now=NOON)
    with pytest.raises(StaleObject):
        working_copy.save(
            by=application.group.representative,
            application=application,
            changes=changes,
            version=version - 1,
            now=NOON,
        )


def test_a_section_that_was_not_returned_stays_closed_and_the_other_is_not_written_alone():
    application = return_for_changes(application_at("submitted"), ("budget",))
    copy = Copy.of(application)
    copy.write("budget", 2, {"What it is for": "A better kiln"})
    copy.write("plan", 2, {"Last month": 3})
    with pytest.raises(TransitionRefused, match="was not returned"):
        saved(application, copy)
    assert not application.lines.filter(description="A better kiln").exists()
    copy = Copy.of(application)
    copy.write("budget", 2, {"What it is for": "A better kiln"})
    saved(application, copy)
    assert application.lines.filter(description="A better kiln").exists()


# --- Order -------------------------------------------------------------------------------------------


def named(application, *names) -> None:
    """Give the plan activities of these names, one of each."""
    application.activities.all().delete()
    for order, name in enumerate(names):
        application.activities.create(order=order, name=name, first_month=1, last_month=2)


def move(copy, table, row, to) -> None:
    """Cut a row of the sheet and put it in before another."""
    sheet = copy.sheet(table)
    values = [cell.value for cell in sheet[row]]
    sheet.delete_rows(row)
    sheet.insert_rows(to)
    for column, value in enumerate(values, start=1):
        sheet.cell(row=to, column=column).value = value


def names_of(application) -> list[str]:
    return [row.name for row in fresh(application).activities.all()]


def test_rows_moved_in_the_sheet_are_moved_in_the_plan(application):
    named(application, "A", "B", "C")
    copy = Copy.of(application)
    move(copy, "plan", 4, 2)
    copy.write("plan", 3, {"What will be done": "A2"})
    changes = compared(application, copy)
    assert changes.orders["plan"].titles == ["C", "A2", "B"]
    assert [row.kind for row in changes.rows] == ["changed"]
    saved(application, copy)
    assert names_of(application) == ["C", "A2", "B"]
    event = application.case.events.order_by("sequence").last()
    assert event.data["times"] == ["changed", "moved"]


def test_moving_alone_is_a_change_and_of_costs_too(application):
    copy = Copy.of(application)
    before = [line.pk for line in application.lines.all()]
    move(copy, "budget", 3, 2)
    assert compared(application, copy).sections == ["budget"]
    saved(application, copy)
    assert [line.pk for line in fresh(application).lines.all()] == [before[1], before[0], *before[2:]]


def test_a_new_row_stands_where_the_sheet_has_it(application):
    named(application, "A", "B")
    copy = Copy.of(application)
    copy.sheet("plan").insert_rows(3)
    copy.write("plan", 3, {"What will be done": "New", "First month": 1, "Last month": 1})
    assert not compared(application, copy).orders["plan"].moves
    saved(application, copy)
    assert names_of(application) == ["A", "New", "B"]


def test_what_others_added_and_took_out_meanwhile_keeps_its_place(application):
    named(application, "A", "B", "C")
    copy = Copy.of(application)
    move(copy, "plan", 4, 2)
    application.activities.filter(name="B").delete()
    application.activities.create(order=1, name="Theirs", first_month=1, last_month=2)
    changes = compared(application, copy)
    assert changes.orders["plan"].choice == ""
    saved(application, copy)
    assert names_of(application) == ["C", "Theirs", "A"]


@pytest.mark.parametrize(("choice", "result"), [("mine", "CAB"), ("theirs", "BAC")])
def test_where_others_moved_rows_too_a_person_chooses(application, choice, result):
    named(application, "A", "B", "C")
    copy = Copy.of(application)
    move(copy, "plan", 4, 2)
    copy.write("plan", 2, {"Last month": 3})
    application.activities.filter(name="B").update(order=0)
    application.activities.filter(name="A").update(order=1)
    with pytest.raises(TransitionRefused, match="Choose what counts"):
        saved(application, copy)
    saved(application, copy, **{"choose-plan-order": choice})
    assert "".join(names_of(application)) == result


def test_rows_that_only_others_moved_stay_as_they_are(application):
    named(application, "A", "B")
    copy = Copy.of(application)
    application.activities.filter(name="B").update(order=0)
    application.activities.filter(name="A").update(order=1)
    assert compared(application, copy).sections == []


@pytest.mark.parametrize("rows", [2, 30])
def test_moving_rows_costs_the_same_however_many(application, rows, django_assert_num_queries):
    named(application, *(f"Step {number}" for number in range(rows)))
    copy = Copy.of(application)
    move(copy, "plan", rows + 1, 2)
    application = fresh(application)
    by = application.group.representative
    changes = compare(application, bring(copy, application), {}, by=by, now=NOON)
    with django_assert_num_queries(14):
        working_copy.save(
            by=by, application=application, changes=changes, version=application.version, now=NOON
        )
