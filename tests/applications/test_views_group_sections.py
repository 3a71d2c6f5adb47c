"""The pages on which a group writes its application: who gets them, the texts, and what happens when two write at once."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.roles import Role
from applications.models import Activity, Application, BudgetLine
from groups.models import Institution, Partner
from tests.applications.section_pages import ACTIVITY, COST, SECTIONS, TEXTS, address, field_error, send
from tests.applications.staff_pages import browser, words
from tests.clock import NOON
from tests.factories_applications import (
    OFFICE,
    a_pdf,
    application_at,
    fill,
    make_call,
    staff_member,
)
from tests.factories_groups import add_to, give_place, make_firm, make_group

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]

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
    assert "Not saved: “Title of the project”: Ensure this value has at most 200" in words(answer)
    assert '<a href="#id_title" data-problem="Ensure this value' in answer.text
    assert "HX-Trigger" not in answer.headers


# --- Two who write at once ---------------------------------------------------------------------------


def test_a_page_that_saves_itself_says_where_its_text_is(application, author):
    shown, url = application.version, address(application, "application_section", "project")
    send(author, application, "application_section", "project", version=shown, **TEXTS)
    mine = {**TEXTS, "title": "Another kiln", "version": shown}
    text = words(browser(author).post(url, mine, headers={"HX-Request": "true"}))
    assert "still in the form above. It replaces what is saved now only if you save with the button" in text
    assert "still in the form below. If you save again" in words(browser(author).post(url, mine))


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
    assert answer.status_code == 409
    assert "Rosa Representante took this out" in words(answer)


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
