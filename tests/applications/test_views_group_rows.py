"""The plan and the budget as a group writes them, row by row: bad input at its field, nothing half-saved."""

from decimal import Decimal

import pytest

from applications.models import Activity, BudgetLine
from tests.applications.section_pages import ACTIVITY, COST, address, field_error, send
from tests.applications.staff_pages import browser, problems, words
from tests.factories_applications import (
    application_at,
    draft,
    fill,
    make_call,
)
from tests.factories_groups import make_group

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]

# --- The plan ----------------------------------------------------------------------------------------


def test_an_activity_is_added_changed_moved_and_taken_out(application, author):
    for name in ("First", "Second", "Third"):
        answer = send(author, application, "application_section", "plan", **{**ACTIVITY, "name": name})
        assert answer.status_code == 302
    names = lambda: list(application.activities.values_list("name", flat=True))  # noqa: E731
    assert names() == ["First", "Second", "Third"]
    third = application.activities.get(name="Third")
    send(author, application, "activity_move", third.pk, direction="up")
    assert names() == ["First", "Third", "Second"]
    send(author, application, "activity_move", third.pk, direction="up")
    send(author, application, "activity_move", third.pk, direction="up")
    assert names() == ["Third", "First", "Second"], "the first one stays where it is"
    send(author, application, "activity_move", third.pk, direction="down")
    assert names() == ["First", "Third", "Second"]
    answer = send(author, application, "activity_edit", third.pk, **{**ACTIVITY, "name": "Fourth"})
    assert answer.headers["Location"] == address(application, "application_section", "plan")
    assert names() == ["First", "Fourth", "Second"]
    send(author, application, "activity_delete", third.pk)
    assert names() == ["First", "Second"]


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("name", "", "Fill in “What will be done”."),
        ("name", "x" * 201, "200"),
        ("first_month", "", "Fill in “First month”."),
        ("first_month", "0", "Write a month from 1 to 12."),
        ("first_month", "13", "Write a month from 1 to 12."),
        ("first_month", "-1", "Write a month from 1 to 12."),
        ("first_month", "1,5", "Write a month from 1 to 12."),
        ("first_month", "NaN", "Write a month from 1 to 12."),
        ("first_month", "1e308", "Write a month from 1 to 12."),
        ("first_month", "9" * 5000, "Write a month from 1 to 12."),
        ("last_month", "13", "Write a month from 1 to 12."),
        ("last_month", "99999999999999999999", "Write a month from 1 to 12."),
        ("responsible", "x" * 121, "120"),
        ("deliverable", "x\0y", "Null"),
    ],
)
def test_a_bad_activity_is_said_at_its_field(application, author, field, value, sentence):
    page = send(author, application, "application_section", "plan", **{**ACTIVITY, field: value})
    assert page.status_code == 422
    assert sentence in field_error(page, field)
    assert sentence in problems(page), "the summary says the same words"
    assert page.text.index("<title>Error: ") > 0
    assert not Activity.objects.exists()


def test_the_last_month_is_not_before_the_first(application, author):
    page = send(author, application, "activity_add", **{**ACTIVITY, "first_month": "6", "last_month": "5"})
    assert page.status_code == 422
    assert "The last month cannot be before the first one." in field_error(page, "last_month")
    assert not Activity.objects.exists()


def test_who_is_responsible_may_be_written_later_and_is_missed_by_the_rules(application, author):
    answer = send(author, application, "application_section", "plan", **{**ACTIVITY, "responsible": ""})
    assert answer.status_code == 302
    text = browser(author).get(address(application, "application_section", "plan")).text
    assert "Say who is responsible for: Buy the kiln." in text


def test_a_plan_has_no_end_of_rows(application, author):
    Activity.objects.bulk_create(
        Activity(application=application, name=f"A {n}", first_month=1, last_month=2, order=n)
        for n in range(100)
    )
    page = send(author, application, "application_section", "plan", **ACTIVITY)
    assert page.status_code == 409
    assert "There are 100 rows already" in problems(page)


def test_htmx_adds_an_activity_and_sends_only_what_changed(application, author):
    answer = browser(author).post(
        address(application, "application_section", "plan"),
        {**ACTIVITY, "version": application.version},
        headers={"HX-Request": "true"},
    )
    assert answer.status_code == 200
    assert "“Buy the kiln” was added." in answer.text
    assert '<div id="rows" hx-swap-oob="true">' in answer.text
    assert '<div id="add-fields">' in answer.text
    assert "<html" not in answer.text
    assert answer.headers["HX-Trigger"] == "saved"


def test_htmx_says_what_is_wrong_with_an_activity(application, author):
    answer = browser(author).post(
        address(application, "application_section", "plan"),
        {**ACTIVITY, "first_month": "13", "version": application.version},
        headers={"HX-Request": "true"},
    )
    assert answer.status_code == 422
    assert "Write a month from 1 to 12." in problems(answer)
    assert "HX-Trigger" not in answer.headers


def test_the_months_are_drawn_beside_their_table(application, author):
    fill(application)
    text = browser(author).get(address(application, "application_section", "plan")).text
    svg = text[text.index('<svg class="chart"') : text.index("</svg>", text.index('<svg class="chart"'))]
    assert svg.count("<rect") == 2
    assert "style=" not in svg


# --- The budget --------------------------------------------------------------------------------------


def test_a_cost_is_added_with_its_shares(application, author):
    send(author, application, "application_section", "budget", **COST)
    line = BudgetLine.objects.get()
    assert (line.quantity, line.unit_cost, line.cost) == (2, Decimal("1234.56"), Decimal("2469.12"))
    assert (line.programme_share, line.group_share) == (Decimal("1000.00"), Decimal("1469.12"))
    text = words(browser(author).get(address(application, "application_section", "budget")))
    assert "2 × $ 1.234,56" in text
    assert "The programme pays 40,5 % of the whole; at most 70 %" in text


def test_without_a_share_the_programme_pays_what_it_can(application, author):
    send(author, application, "application_section", "budget", **{**COST, "programme_share": ""})
    line = BudgetLine.objects.get()
    assert line.programme_share == Decimal("1728.38"), "70 % of 2.469,12, to the cent"


@pytest.mark.parametrize("text", ["1.234,56", "1234,56", "1234.56", "$ 1.234,56"])
def test_amounts_are_read_as_people_write_them(application, author, text):
    send(author, application, "application_section", "budget", **{**COST, "unit_cost": text, "quantity": "1"})
    assert BudgetLine.objects.get().unit_cost == Decimal("1234.56")


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("category", "", "Fill in “Category and kind of cost”."),
        ("category", "bribes", "Select a valid choice"),
        ("category", "coordination", "Select a valid choice"),
        ("activity", "999999", "Select a valid choice"),
        ("description", "", "Fill in “What it is for”."),
        ("quantity", "0", "at least 0,01"),
        ("quantity", "-1", "The number cannot be negative."),
        ("quantity", "NaN", "Write a number with two decimals at most"),
        ("quantity", "1e308", "Write a number with two decimals at most"),
        ("quantity", "100000000", "at most"),
        ("unit_cost", "", "Fill in “Cost of one”."),
        ("unit_cost", "-5", "The amount cannot be negative."),
        ("unit_cost", "NaN", "Write an amount in pesos"),
        ("unit_cost", "Infinity", "Write an amount in pesos"),
        ("unit_cost", "1e308", "Write an amount in pesos"),
        ("unit_cost", "1,2,3", "Write an amount in pesos"),
        ("unit_cost", "9" * 40, "This amount is too large."),
        ("unit_cost", "999999999999,99", "Together they cost too much"),
        (
            "programme_share",
            "2.469,13",
            "The programme cannot pay more than the whole cost, which is $ 2.469,12.",
        ),
        ("programme_share", "-1", "The amount cannot be negative."),
        ("programme_share", "nan", "Write an amount in pesos"),
    ],
)
def test_a_bad_cost_is_said_at_its_field(application, author, field, value, sentence):
    page = send(author, application, "application_section", "budget", **{**COST, field: value})
    assert page.status_code == 422
    assert sentence in field_error(page, field)
    assert not BudgetLine.objects.exists()


def test_an_activity_of_another_application_is_none_of_ours(application, author):
    other = application_at("draft", group=make_group(name="Another"), call=make_call())
    foreign = other.activities.first().pk
    page = send(author, application, "application_section", "budget", **{**COST, "activity": foreign})
    assert page.status_code == 422
    assert "Select a valid choice" in field_error(page, "activity")


def test_a_share_above_the_calls_is_kept_in_a_draft_and_said(application, author):
    answer = send(author, application, "application_section", "budget", **{**COST, "programme_share": "2000"})
    assert answer.status_code == 302
    text = words(browser(author).get(address(application, "application_section", "budget")))
    assert "Too much" in text
    assert "at most $ 1.728,38" in text


def test_a_cost_is_changed_moved_in_its_category_and_taken_out(application, author):
    for description, category in (("A", "innovation"), ("B", "fixed_investment"), ("C", "innovation")):
        send(
            author,
            application,
            "application_section",
            "budget",
            **{**COST, "description": description, "category": category},
        )
    names = lambda: list(application.lines.values_list("description", flat=True))  # noqa: E731
    last = application.lines.get(description="C")
    send(author, application, "budget_line_move", last.pk, direction="up")
    assert names() == ["C", "B", "A"]
    answer = send(author, application, "budget_line_edit", last.pk, **{**COST, "description": "D"})
    assert answer.status_code == 302
    assert names() == ["D", "B", "A"]
    send(author, application, "budget_line_delete", last.pk)
    assert names() == ["B", "A"]


@pytest.mark.parametrize(
    ("section", "typed", "edit", "out", "hint"),
    [
        ("plan", ACTIVITY, "activity_edit", "activity_delete", "Costs of this activity stay in the budget"),
        ("budget", COST, "budget_line_edit", "budget_line_delete", "The quotes of this cost are taken out"),
    ],
)
def test_a_row_is_taken_out_only_after_asking(application, author, section, typed, edit, out, hint):
    send(author, application, "application_section", section, **typed)
    rows = application.activities if section == "plan" else application.lines
    row, client = rows.get(), browser(author)
    page = client.get(address(application, edit, row.pk))
    assert f'href="{address(application, out, row.pk)}"' in page.text
    assert f'action="{address(application, out, row.pk)}"' not in page.text
    asked = client.get(address(application, out, row.pk))
    assert f"{row} {hint}" in words(asked)
    assert "This cannot be undone" in asked.text
    assert rows.exists()
    send(author, application, out, row.pk)
    assert not rows.exists()


def test_a_share_that_stays_while_the_cost_changes_is_said(application, author):
    send(author, application, "application_section", "budget", **COST)
    line, client = application.lines.get(), browser(author)
    application.refresh_from_db()
    changed = {**COST, "quantity": "4", "version": application.version}
    page = client.post(address(application, "budget_line_edit", line.pk), changed, follow=True)
    said = "The cost is now $ 4.938,24. What the programme pays was not changed: $ 1.000,00, that is 20,25 % of it."
    assert said in words(page)
    application.refresh_from_db()
    changed |= {"description": "A kiln", "version": application.version}
    page = client.post(address(application, "budget_line_edit", line.pk), changed, follow=True)
    assert "The cost is now" not in words(page), "neither quantity nor cost was changed"


def test_a_cost_that_two_changed_shows_both(application, author):
    fill(application)
    application.refresh_from_db()
    line = application.lines.first()
    shown = application.version
    send(author, application, "budget_line_edit", line.pk, version=shown, **{**COST, "description": "Mine"})
    page = send(
        author, application, "budget_line_edit", line.pk, version=shown, **{**COST, "description": "Yours"}
    )
    assert page.status_code == 409
    assert "Saved now: Mine You typed: Yours" in words(page)
    line.refresh_from_db()
    assert line.description == "Mine"


def test_a_salary_is_offered_only_where_the_call_pays_one(author, application):
    partnership = draft(group=application.group, call=make_call("partnership"))
    url = address(partnership, "application_section", "budget")
    assert 'value="coordination"' in browser(author).get(url).text
    assert (
        'value="coordination"'
        not in browser(author).get(address(application, "application_section", "budget")).text
    )


# --- A row that somebody took out meanwhile ------------------------------------------------------------


@pytest.mark.parametrize(
    ("section", "edit", "out", "add", "typed"),
    [
        ("plan", "activity_edit", "activity_delete", "activity_add", {**ACTIVITY, "name": "Mine"}),
        (
            "budget",
            "budget_line_edit",
            "budget_line_delete",
            "budget_line_add",
            {**COST, "description": "Mine"},
        ),
    ],
)
def test_what_was_typed_for_a_row_that_is_gone_can_be_added_again(
    application, author, section, edit, out, add, typed
):
    send(author, application, "application_section", section, **(ACTIVITY if section == "plan" else COST))
    application.refresh_from_db()
    rows = application.activities if section == "plan" else application.lines
    gone, shown = rows.get().pk, application.version
    send(author, application, out, gone)
    page = send(author, application, edit, gone, version=shown, **typed)
    assert page.status_code == 409
    assert "Rosa Representante took this out on 10/03/2026 12:00. It was not saved." in problems(page)
    assert 'value="Mine"' in page.text
    assert f'action="{address(application, add)}"' in page.text
    assert f'href="{address(application, "application_section", section)}"' in page.text
    assert not rows.exists()
    send(author, application, add, **typed)
    assert str(rows.get()) == "Mine"


def test_an_address_of_a_row_that_is_gone_leads_back(application, author):
    send(author, application, "application_section", "plan", **ACTIVITY)
    gone = application.activities.get().pk
    send(author, application, "activity_delete", gone)
    page = browser(author).get(address(application, "activity_edit", gone))
    assert page.status_code == 404
    assert "Rosa Representante took this out" in words(page)
    assert f'href="{address(application, "application_section", "plan")}"' in page.text
    for name in ("activity_move", "activity_delete"):
        answer = send(author, application, name, gone)
        assert answer.headers["Location"] == address(application, "application_section", "plan"), name
