"""The pages on which a group writes its application: who gets them, bad input at its field, nothing half-saved, and
what happens when two write at once."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from accounts.roles import Role
from applications.models import Activity, Application, BudgetLine
from groups.models import Institution, Partner
from tests.applications.staff_pages import browser, problems, words
from tests.clock import NOON
from tests.factories_applications import (
    OFFICE,
    a_pdf,
    application_at,
    draft,
    fill,
    make_call,
    return_for_changes,
    staff_member,
)
from tests.factories_groups import add_to, give_place, make_firm, make_group

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]

SECTIONS = ("members", "project", "plan", "budget", "institutions", "documents")
TEXTS = {"title": "A kiln", "diagnosis": "Wet wood", "objectives": "Dry wood", "learning": "To measure"}
ACTIVITY = {
    "name": "Buy the kiln",
    "first_month": "1",
    "last_month": "4",
    "responsible": "Carpintería 1",
    "deliverable": "A kiln",
}
COST = {
    "category": "fixed_investment",
    "activity": "",
    "description": "Kiln",
    "quantity": "2",
    "unit_cost": "1.234,56",
    "programme_share": "1000",
}


@pytest.fixture
def application(db) -> Application:
    return draft()


@pytest.fixture
def author(application) -> User:
    return application.group.representative


def address(application, name="application_section", *args) -> str:
    return reverse(name, args=[application.pk, *args])


def send(user, application, page, /, *args, **data):
    """Send a form with the version of now, unless `version` says otherwise."""
    application.refresh_from_db(fields=["version"])
    data.setdefault("version", application.version)
    return browser(user).post(address(application, page, *args), data)


def field_error(page, field: str) -> str:
    """The sentence at a field."""
    start = page.text.index(f'id="id_{field}_error"')
    return words(
        type("Part", (), {"text": page.text[start : page.text.index("</div>", start)].partition(">")[2]})()
    )


# --- Who gets them -----------------------------------------------------------------------------------

PAGES = [("application_section", section) for section in SECTIONS] + [
    ("application_detail",),
    ("application_rules",),
    ("application_check",),
]


@pytest.mark.parametrize("page", PAGES)
def test_strangers_find_nothing_and_visitors_sign_in(client, application, stranger, page):
    name, *args = page
    assert client.get(address(application, name, *args)).status_code == 302
    assert browser(stranger).get(address(application, name, *args)).status_code == 404


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("role", [Role.MEMBER, Role.VIEWER])
def test_people_of_the_group_read_every_page(application, person, role, page):
    name, *args = page
    user = person("user")
    give_place(application.group, user, role)
    assert browser(user).get(address(application, name, *args)).status_code == 200


@pytest.mark.parametrize("page", PAGES)
def test_people_of_another_group_find_nothing(application, page):
    name, *args = page
    other = make_group(name="Another").representative
    assert browser(other).get(address(application, name, *args)).status_code == 404


def writing(application) -> list[tuple[str, tuple, dict]]:
    """Every address that writes, with what it takes."""
    activity = application.activities.first()
    line = application.lines.first()
    requirement = application.call.requirements.first()
    attached = application.documents.first()
    return [
        ("application_section", ("project",), TEXTS),
        ("application_section", ("plan",), ACTIVITY),
        ("application_section", ("budget",), COST),
        ("activity_add", (), ACTIVITY),
        ("activity_edit", (activity.pk,), ACTIVITY),
        ("activity_move", (activity.pk,), {"direction": "down"}),
        ("activity_delete", (activity.pk,), {}),
        ("budget_line_add", (), COST),
        ("budget_line_edit", (line.pk,), COST),
        ("budget_line_move", (line.pk,), {"direction": "down"}),
        ("budget_line_delete", (line.pk,), {}),
        ("document_attach", (requirement.pk,), {"file": a_pdf()}),
        ("document_detach", (attached.pk,), {}),
        ("application_submit", (), {"declared": "on"}),
    ]


def state_of(application) -> list:
    """Everything that the group writes, to compare before and after."""
    fresh = Application.objects.get(pk=application.pk)
    texts = [fresh.status, fresh.version, fresh.title, fresh.diagnosis, fresh.objectives, fresh.learning]
    return [
        texts,
        list(fresh.activities.values_list()),
        list(fresh.lines.values_list()),
        list(fresh.documents.filter(replaced=False).values_list()),
    ]


def test_who_only_reads_writes_nowhere(application, person):
    fill(application)
    user = person("user")
    give_place(application.group, user, Role.VIEWER)
    before = state_of(application)
    for name, args, data in writing(application):
        answer = send(user, application, name, *args, **data)
        assert answer.status_code == 403, name
        assert "Group representative" in answer.text
    assert state_of(application) == before


def test_strangers_write_nowhere(application, stranger):
    fill(application)
    before = state_of(application)
    for name, args, data in writing(application):
        assert send(stranger, application, name, *args, **data).status_code == 404, name
    assert state_of(application) == before


def test_officers_read_and_do_not_write(application):
    fill(application)
    before = state_of(application)
    for name, args, data in writing(application):
        assert send(OFFICE.officer, application, name, *args, **data).status_code == 403, name
    assert state_of(application) == before


def test_an_adviser_of_the_group_writes_in_a_draft(application):
    adviser = staff_member("adviser", Role.ADVISER)
    application.group.advisers.add(adviser)
    answer = send(adviser, application, "application_section", "project", **TEXTS)
    assert answer.status_code == 302
    assert Application.objects.get(pk=application.pk).title == "A kiln"


def test_a_member_writes_and_does_not_send(application, person):
    fill(application)
    user = person("user")
    give_place(application.group, user, Role.MEMBER)
    assert send(user, application, "application_section", "project", **TEXTS).status_code == 302
    assert (
        "The representative of the group sends it."
        in browser(user).get(address(application, "application_check")).text
    )
    assert send(user, application, "application_submit", declared="on").status_code == 403


def test_what_was_sent_is_written_in_no_more(application, author):
    application = application_at("submitted", group=application.group, call=make_call())
    before = state_of(application)
    for name, args, data in writing(application):
        answer = send(author, application, name, *args, **data)
        assert answer.status_code == 409, name
    assert state_of(application) == before
    for section in SECTIONS:
        page = browser(author).get(address(application, "application_section", section))
        assert page.status_code == 200
        assert "cannot be changed any more" in page.text
        assert '<form method="post" novalidate' not in page.text


@pytest.mark.parametrize("row", [0, 999999])
@pytest.mark.parametrize(
    "name", ["activity_edit", "activity_move", "activity_delete", "budget_line_edit", "budget_line_move"]
)
def test_a_row_that_is_not_there_is_404(application, author, name, row):
    assert send(author, application, name, row).status_code == 404


def test_rows_of_another_application_are_404(application, author):
    other = application_at("draft", group=make_group(name="Another"), call=make_call())
    activity, line = other.activities.first(), other.lines.first()
    for name, row in (
        ("activity_edit", activity),
        ("activity_delete", activity),
        ("budget_line_edit", line),
        ("budget_line_delete", line),
        ("document_detach", other.documents.first()),
        ("document_attach", other.call.requirements.first()),
    ):
        assert send(author, application, name, row.pk).status_code == 404, name
    assert other.activities.count() == 2


def test_a_section_that_is_not_there_is_404(application, author):
    assert browser(author).get(address(application, "application_section", "secrets")).status_code == 404


# --- The project -------------------------------------------------------------------------------------


def test_texts_are_saved_and_lead_to_the_next_section(application, author):
    answer = send(author, application, "application_section", "project", **TEXTS)
    assert answer.headers["Location"] == address(application, "application_section", "plan")
    fresh = Application.objects.get(pk=application.pk)
    assert {name: getattr(fresh, name) for name in TEXTS} == TEXTS
    page = browser(author).get(answer.headers["Location"])
    assert page.status_code == 200


def test_a_draft_is_saved_with_what_there_is(application, author):
    answer = send(author, application, "application_section", "project", title="Only a title", stay="1")
    assert answer.headers["Location"] == address(application, "application_detail")
    assert Application.objects.get(pk=application.pk).title == "Only a title"


def test_who_came_from_the_check_goes_back_there(application, author):
    url = address(application, "application_section", "project") + "?back=check"
    answer = browser(author).post(url, {**TEXTS, "version": application.version})
    assert answer.headers["Location"] == address(application, "application_check")


def test_a_text_that_is_too_long_is_said_at_the_field_and_not_lost(application, author):
    long = "x" * 4001
    page = send(author, application, "application_section", "project", **{**TEXTS, "diagnosis": long})
    assert page.status_code == 422
    assert "4000" in field_error(page, "diagnosis")
    assert long in page.text
    assert Application.objects.get(pk=application.pk).title == ""


def test_more_fields_than_the_form_has_change_nothing(application, author):
    extra = {
        "status": "approved",
        "group": 1,
        "call": 1,
        "declared": "on",
        "first_submitted_at": "2026-01-01",
        "waived_rules": "enough_smes",
        "prior_support": "None of your business",
    }
    send(author, application, "application_section", "project", **TEXTS, **extra)
    fresh = Application.objects.get(pk=application.pk)
    assert fresh.title == "A kiln"
    assert (fresh.status, fresh.group_id, fresh.call_id) == (
        "draft",
        application.group_id,
        application.call_id,
    )
    assert (fresh.declared, fresh.first_submitted_at, fresh.waived_rules) == (False, None, [])
    assert fresh.prior_support == "", "this call does not ask for it"


def test_htmx_saves_the_texts_and_says_when(application, author):
    answer = browser(author).post(
        address(application, "application_section", "project"),
        {**TEXTS, "version": application.version},
        headers={"HX-Request": "true"},
    )
    assert answer.status_code == 200
    assert answer.headers["HX-Trigger"] == "saved"
    assert "Saved 12:00" in answer.text
    assert f'name="version" value="{application.version + 1}"' in answer.text
    assert "<html" not in answer.text


def test_htmx_says_why_it_did_not_save(application, author):
    answer = browser(author).post(
        address(application, "application_section", "project"),
        {**TEXTS, "title": "x" * 201, "version": application.version},
        headers={"HX-Request": "true"},
    )
    assert answer.status_code == 422
    assert "Not saved:" in answer.text
    assert "HX-Trigger" not in answer.headers


# --- Two who write at once ---------------------------------------------------------------------------


def test_the_second_of_two_sees_what_the_first_wrote(application, author, person):
    user = person("second", "Sara Second")
    give_place(application.group, user, Role.MEMBER)
    shown = application.version
    send(author, application, "application_section", "project", version=shown, **TEXTS)
    mine = {**TEXTS, "title": "Another kiln"}
    page = send(user, application, "application_section", "project", version=shown, **mine)
    assert page.status_code == 409
    text = words(page)
    assert "Rosa Representante saved this on 10/03/2026 12:00" in text
    assert "Saved now: A kiln You typed: Another kiln" in text
    assert 'value="Another kiln"' in page.text, "what was typed is still in the form"
    assert Application.objects.get(pk=application.pk).title == "A kiln"
    # Who sends again has seen it, and means it.
    fresh = Application.objects.get(pk=application.pk)
    assert f'name="version" value="{fresh.version}"' in page.text
    assert send(user, application, "application_section", "project", **mine).status_code == 302
    assert Application.objects.get(pk=application.pk).title == "Another kiln"


def test_the_same_text_twice_is_no_conflict(application, author):
    shown = application.version
    for _time in range(2):
        answer = send(author, application, "application_section", "project", version=shown, **TEXTS)
        assert answer.status_code == 302


def test_writing_in_another_section_is_no_conflict(application, author):
    shown = application.version
    send(author, application, "application_section", "plan", version=shown, **ACTIVITY)
    answer = send(author, application, "application_section", "project", version=shown, **TEXTS)
    assert answer.status_code == 302
    fresh = Application.objects.get(pk=application.pk)
    assert (fresh.title, fresh.activities.count()) == ("A kiln", 1)


@pytest.mark.parametrize("version", ["", "x", "-1", "99", "99999999999999999999"])
def test_a_version_that_cannot_be_is_stale(application, author, version):
    page = send(author, application, "application_section", "project", version=version, **TEXTS)
    assert page.status_code == 409
    assert Application.objects.get(pk=application.pk).title == ""


def test_the_same_new_row_sent_twice_is_one_row(application, author):
    shown = application.version
    assert (
        send(author, application, "application_section", "plan", version=shown, **ACTIVITY).status_code == 302
    )
    again = send(author, application, "application_section", "plan", version=shown, **ACTIVITY)
    assert again.status_code == 409
    assert application.activities.count() == 1


def test_a_row_that_somebody_took_out_is_said(application, author):
    fill(application)
    application.refresh_from_db()
    activity = application.activities.first()
    page_version = application.version
    form_page = browser(author)
    assert form_page.get(address(application, "activity_edit", activity.pk)).status_code == 200
    send(author, application, "activity_delete", activity.pk)
    answer = form_page.post(
        address(application, "activity_edit", activity.pk), {**ACTIVITY, "version": page_version}
    )
    assert answer.status_code == 404


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


# --- What is the group's ---------------------------------------------------------------------------


def test_the_institutions_of_the_group_are_shown_and_one_comes_back_from_changing_them(application, author):
    page = browser(author).get(address(application, "application_section", "institutions"))
    assert "No institution acts with the group. None is needed" in words(page)
    institution = Institution.objects.create(
        kind="university", name="UNaM", province="AR-N", locality="Posadas"
    )
    Partner.objects.create(
        group=application.group, institution=institution, contribution="Tests wood", joined_on=NOON.date()
    )
    client = browser(author)
    page = client.get(address(application, "application_section", "institutions"))
    assert "UNaM · University or school · Posadas, Misiones Tests wood" in words(page)
    there = reverse("group_detail", args=[application.group_id])
    assert f'href="{there}?application={application.pk}#institutions"' in page.text
    assert "Go back to the application" not in client.get(there).text
    for query in (f"?application={application.pk}", ""):
        assert f'href="{address(application, "application_detail")}"' in client.get(there + query).text
    assert client.get(there + "?application=x' OR 1=1").status_code == 200


# --- Answering a return ------------------------------------------------------------------------------


def test_only_what_was_returned_can_be_changed(author, application):
    returned = application_at("changes_requested", group=application.group, call=make_call())
    page = browser(author).get(address(returned, "application_section", "budget"))
    assert "What the office asked to change" in page.text
    assert "Please say more." in page.text
    line = returned.lines.first()
    assert send(author, returned, "budget_line_edit", line.pk, **COST).status_code == 302
    assert "was not returned" in browser(author).get(address(returned, "application_section", "plan")).text
    answer = send(author, returned, "application_section", "plan", **ACTIVITY)
    assert answer.status_code == 409
    assert returned.activities.count() == 2


def test_the_main_button_leads_to_what_was_returned_until_it_is_changed(author, application):
    submitted = application_at("submitted", group=application.group, call=make_call())
    returned = return_for_changes(submitted, ("project",))
    case = address(returned, "application_detail")
    assert "Go on with: The project" in words(browser(author).get(case))
    send(author, returned, "application_section", "project", **{**TEXTS, "title": "A better kiln"})
    assert "Go on with" not in words(browser(author).get(case))


def test_what_was_sent_before_stands_beside_what_was_changed(author, application):
    submitted = application_at("submitted", group=application.group, call=make_call())
    returned = return_for_changes(submitted, ("project",))
    send(author, returned, "application_section", "project", **{**TEXTS, "title": "A better kiln"})
    text = words(browser(author).get(address(returned, "application_section", "project")))
    assert "What you sent before, where you have changed it" in text
    assert "A shared drying kiln" in text
    # The page of everything says each change once, in its list of changes.
    check = words(browser(author).get(address(returned, "application_check")))
    assert "What you changed since you sent it" in check
    assert check.count("A shared drying kiln") == 1


def test_after_the_day_to_answer_nothing_can_be_written(author, application, frozen):
    returned = application_at("changes_requested", group=application.group, call=make_call())
    frozen.move_to(NOON.replace(month=4))
    answer = send(author, returned, "application_section", "budget", **COST)
    assert answer.status_code == 409
    assert returned.lines.count() == 2


def test_a_draft_of_a_closed_call_is_read_and_not_written(author, application, frozen):
    fill(application)
    frozen.move_to(NOON.replace(month=4))
    page = browser(author).get(address(application, "application_detail"))
    assert "The call is closed. This draft can be read, and not sent any more." in page.text
    assert send(author, application, "application_section", "project", **TEXTS).status_code == 409
    for section in SECTIONS:
        assert browser(author).get(address(application, "application_section", section)).status_code == 200


def test_a_lapsed_draft_stays_readable(author, application):
    lapsed = application_at("lapsed", group=application.group, call=make_call())
    for section in SECTIONS:
        assert browser(author).get(address(lapsed, "application_section", section)).status_code == 200
    assert (
        "It was not sent before the call closed."
        in browser(author).get(address(lapsed, "application_detail")).text
    )


# --- What the pages cost -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("section", "expected"), [("plan", 11), ("budget", 11), ("members", 9), ("documents", 9)]
)
def test_a_section_asks_the_same_questions_for_1_and_30_rows(author, application, section, expected):
    def count() -> int:
        client = browser(author)
        client.get(address(application, "application_section", section))
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address(application, "application_section", section)).status_code == 200
        return len(queries)

    def grow(rows: range) -> None:
        Activity.objects.bulk_create(
            Activity(application=application, name=f"A {n}", first_month=1, last_month=2, order=n)
            for n in rows
        )
        activity = application.activities.first()
        for n in rows:
            BudgetLine.objects.create(
                application=application,
                order=n,
                category="innovation",
                activity=activity,
                description=f"C {n}",
                quantity=1,
                unit_cost=10,
                programme_share=5,
            )

    grow(range(1))
    assert count() == expected
    grow(range(1, 30))
    for _number in range(25):
        add_to(application.group, make_firm())
    assert count() == expected


def test_saving_a_section_asks_few_questions(author, application):
    client = browser(author)
    url = address(application, "application_section", "project")
    client.post(url, {**TEXTS, "version": application.version})
    application.refresh_from_db()
    with CaptureQueriesContext(connection) as queries:
        answer = client.post(url, {**TEXTS, "title": "Again", "version": application.version})
    assert answer.status_code == 302
    asked = [query["sql"] for query in queries if "SAVEPOINT" not in query["sql"]]
    # session, user and roles are the frame's; nine are ours
    assert len(asked) == 3 + 9
