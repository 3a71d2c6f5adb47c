"""The pages of the working copy, and two people who wrote the same cell: both are shown, a person chooses."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.roles import Role
from applications import actions
from applications.models import Activity, Application
from tests.applications.copies import Copy
from tests.cast import make_person
from tests.clock import NOON
from tests.factories_applications import application_at, draft, fill
from tests.factories_groups import give_place

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]
NAME = "What will be done"


@pytest.fixture
def application(db):
    return fill(draft())


@pytest.fixture
def web(application, signed_in):
    return signed_in(application.group.representative)


@pytest.fixture
def url(application):
    return reverse("application_working_copy", args=[application.pk])


def others(application, **columns) -> int:
    """Somebody else changes the first activity meanwhile, or takes it out; answers which."""
    fresh = Application.objects.get(pk=application.pk)
    with actions.editing(
        fresh, by=application.group.representative, section="plan", version=None, now=NOON
    ) as now:
        pk = now.activities.first().pk
        row = Activity.objects.filter(pk=pk)
        row.update(**columns) if columns else row.delete()
    return pk


def bring(web, url, copy):
    return web.post(url, {"file": copy.upload()})


def confirm(web, url, page, **more):
    version = page.context["application"].version
    return web.post(url, {"table": page.context["table"], "version": version, "confirm": "1", **more})


def first(application) -> Activity:
    return application.activities.first()


# --- Pages -------------------------------------------------------------------------------------------


def test_plan_and_budget_lead_here_and_the_file_downloads(web, application, url):
    for section in ("plan", "budget"):
        assert url in web.get(reverse("application_section", args=[application.pk, section])).text
    page = web.get(url)
    assert page.status_code == 200
    file = web.get(reverse("working_copy_file", args=[application.pk]))
    assert reverse("working_copy_file", args=[application.pk]) in page.text
    name = f'attachment; filename="a-shared-drying-kiln-{application.version}.xlsx"'
    assert file.headers["Content-Disposition"] == name


def test_looking_saves_nothing_and_confirming_saves_all(web, application, url):
    copy = Copy.of(application)
    copy.write("plan", 2, {NAME: "<b>Dry</b> =1+1"})
    page = bring(web, url, copy)
    assert page.status_code == 200
    assert "&lt;b&gt;Dry&lt;/b&gt; =1+1" in page.text
    assert first(application).name != "<b>Dry</b> =1+1"
    done = confirm(web, url, page)
    assert done.url == reverse("application_section", args=[application.pk, "plan"])
    assert first(application).name == "<b>Dry</b> =1+1"
    event = application.case.events.order_by("-sequence").first()
    assert event.data["section"] == "plan"


def test_bad_cells_are_listed_and_cannot_be_saved(web, application, url):
    copy = Copy.of(application)
    copy.write("plan", 2, {"Last month": "soon"})
    page = bring(web, url, copy)
    assert page.status_code == 422
    assert "The work plan, D2, Last month (“soon”): Write a month from 1 to" in page.text
    assert "<title>Error:" in page.text
    assert 'name="confirm"' not in page.text
    assert confirm(web, url, page).status_code == 409


def test_a_stale_page_saves_nothing_and_shows_what_is_there_now(web, application, url):
    copy = Copy.of(application)
    copy.write("plan", 3, {NAME: "Mine"})
    page = bring(web, url, copy)
    others(application, name="Theirs")
    again = confirm(web, url, page)
    assert again.status_code == 409
    assert "Somebody changed this" in again.text
    assert confirm(web, url, again).status_code == 302
    assert [row.name for row in application.activities.all()] == ["Theirs", "Mine"]


@pytest.mark.parametrize(
    ("name", "body", "sentence"),
    [
        ("copy.csv", b"a;b", "Choose the XLSX file of the working copy"),
        ("copy.xlsx", b"a;b", "XLSX"),
        ("x" * 4_096 + ".xlsx", b"PK\x03\x04", "XLSX"),
        ("\u202ecopy.xlsx", b"", "empty"),
    ],
)
def test_a_file_that_is_no_working_copy_says_why(web, url, name, body, sentence):
    page = web.post(url, {"file": SimpleUploadedFile(name, body)})
    assert page.status_code == 422
    assert sentence in page.text


def test_no_file_and_a_forged_table_say_so(web, application, url):
    assert "Choose a file first." in web.post(url, {}).text
    page = bring(web, url, Copy.of(application))
    assert "says what the application says already" in page.text
    whole = page.context["table"]
    forged = (
        "",
        "{}",
        "[]",
        "null",
        "[" * 5_000,
        whole.replace('"name"', '"application"'),
        whole.replace("2,", "-2,"),
        whole.replace("2,", "1e400,"),
        whole.replace("2,", "NaN,"),
        '["\\ud800:x:y"' + whole[whole.index(",") :],
    )
    for text in (*forged, whole.replace('["', '["x', 1)):
        answer = web.post(url, {"table": text, "confirm": "1"})
        assert answer.status_code == 422, text[:80]
    other = fill(draft(call=application.call))
    theirs = bring_of(other)
    assert web.post(url, {"table": theirs, "confirm": "1"}).status_code == 422


def bring_of(application) -> str:
    """The table as the page of another application would carry it."""
    from applications.working_copy import read

    return read(Copy.of(application).upload(), application=application).as_text()


def test_whoever_only_reads_does_not_get_here(application, url, signed_in):
    viewer = make_person("viewer")
    give_place(application.group, viewer, Role.VIEWER)
    web = signed_in(viewer)
    assert web.get(url).status_code == 403
    assert web.get(reverse("working_copy_file", args=[application.pk])).status_code == 403


def test_what_was_sent_can_be_downloaded_and_not_changed(signed_in):
    application = application_at("submitted")
    web = signed_in(application.group.representative)
    url = reverse("application_working_copy", args=[application.pk])
    assert "cannot be changed any more" in web.get(url).text
    copy = Copy.of(application)
    copy.write("plan", 2, {NAME: "Too late"})
    page = bring(web, url, copy)
    assert page.status_code == 422
    assert "cannot be changed any more" in page.text
    assert confirm(web, url, page).status_code == 409


# --- Two people --------------------------------------------------------------------------------------


def test_what_others_wrote_elsewhere_stays(web, application, url):
    copy = Copy.of(application)
    others(application, deliverable="Theirs")
    copy.write("plan", 2, {NAME: "Mine"})
    page = bring(web, url, copy)
    assert "Since then the application was changed." in page.text
    assert confirm(web, url, page).status_code == 302
    assert (first(application).name, first(application).deliverable) == ("Mine", "Theirs")


@pytest.mark.parametrize(("choice", "name"), [("mine", "Mine"), ("theirs", "Theirs")])
def test_the_same_cell_is_chosen_by_a_person(web, application, url, choice, name):
    copy = Copy.of(application)
    pk = others(application, name="Theirs")
    copy.write("plan", 2, {NAME: "Mine", "Last month": 3})
    page = bring(web, url, copy)
    field = f"choose-plan-{pk}-name"
    assert page.text.count(f'name="{field}"') == 2
    refused = confirm(web, url, page, **{field: "neither"})
    assert refused.status_code == 409
    assert "Choose what counts" in refused.text
    assert confirm(web, url, page, **{field: choice}).status_code == 302
    assert (first(application).name, first(application).last_month) == (name, 3)


def test_the_same_value_by_both_is_no_conflict(web, application, url):
    copy = Copy.of(application)
    others(application, name="The same")
    copy.write("plan", 2, {NAME: "The same"})
    assert "says what the application says already" in bring(web, url, copy).text


@pytest.mark.parametrize(("choice", "count"), [("mine", 2), ("theirs", 1)])
def test_a_row_that_others_took_out_and_this_copy_changed(web, application, url, choice, count):
    copy = Copy.of(application)
    pk = others(application)
    copy.write("plan", 2, {NAME: "Mine"})
    page = bring(web, url, copy)
    assert "Somebody took this row out since the copy was taken." in page.text
    answer = confirm(web, url, page, **{f"choose-plan-{pk}": choice})
    assert answer.status_code == (302 if choice == "mine" else 409)
    assert choice == "mine" or "this copy changes nothing" in answer.text
    assert application.activities.count() == count


@pytest.mark.parametrize(("choice", "count"), [("mine", 1), ("theirs", 2)])
def test_a_row_that_others_changed_and_this_copy_took_out(web, application, url, choice, count):
    copy = Copy.of(application)
    pk = others(application, name="Theirs")
    copy.sheet("plan").delete_rows(2)
    copy.write("plan", 2, {"Last month": 4})
    page = bring(web, url, copy)
    assert "Somebody changed this row since the copy was taken." in page.text
    assert confirm(web, url, page).status_code == 409
    assert confirm(web, url, page, **{f"choose-plan-{pk}": choice}).status_code == 302
    assert application.activities.count() == count


@pytest.mark.parametrize("rows", [1, 30])
def test_looking_costs_the_same_however_many_rows(web, application, url, rows, django_assert_num_queries):
    copy = Copy.of(application)
    for number in range(rows):
        copy.write("plan", 4 + number, {NAME: f"Step {number}", "First month": 1, "Last month": 2})
        copy.write("budget", 4 + number, {
            "Category and kind of cost": "Innovation", "Activity": f"Step {number}", "What it is for": "x",
            "Quantity": 1, "Cost of one": 1,
        })  # fmt: skip
    with django_assert_num_queries(31):
        bring(web, url, copy)


def test_the_order_that_rows_would_have_is_shown_and_saved(web, application, url):
    copy = Copy.of(application)
    last, top = (row.name for row in application.activities.all())
    sheet = copy.sheet("plan")
    rows = [[cell.value for cell in sheet[number]] for number in (3, 2)]
    for number, values in enumerate(rows, start=2):
        for column, value in enumerate(values, start=1):
            sheet.cell(row=number, column=column).value = value
    page = bring(web, url, copy)
    assert "Rows were moved. The order would be:" in page.text
    assert page.text.index(f"<li>{top}</li>") < page.text.index(f"<li>{last}</li>")
    assert confirm(web, url, page).status_code == 302
    assert [row.name for row in application.activities.all()] == [top, last]
