"""The list of applications for staff: what is found, in which order, what each row says, and taking it along."""

import csv
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from accounts.roles import Role
from applications.models import Application
from applications.office import charge, thread
from core import tables
from core.models import CaseSeen
from groups.models import Group
from tests import standing
from tests.applications.staff_pages import browser, words
from tests.clock import NOON
from tests.factories_applications import (
    DAY,
    OFFICE,
    application_at,
    draft,
    make_call,
    send_review,
    staff_member,
)
from tests.factories_grants import open_project
from tests.factories_groups import give_place, make_group

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]
LIST = "application_list"


def make_three() -> list[Application]:
    call = make_call()
    return [
        application_at("submitted", group=make_group(name="Aguas"), call=call),
        application_at("in_review", group=make_group(name="Bosques"), call=call),
        draft(group=make_group(name="Cueros"), call=call),
    ]


three_stand = standing.made_once(make_three)


@pytest.fixture
def three(three_stand):
    return standing.again(three_stand)


def names(user, **query) -> list[str]:
    page = browser(user).get(reverse(LIST), query)
    assert page.status_code == 200, words(page)
    return [row.group.name for row, _days, _news in page.context["rows"]]


def test_orders(three):
    Application.objects.filter(pk=three[0].pk).update(state_since=NOON - 9 * DAY, asked=5)
    Application.objects.filter(pk=three[1].pk).update(state_since=NOON - 3 * DAY, asked=7)
    assert names(OFFICE.officer, order="waiting")[:2] == ["Aguas", "Bosques"]
    assert names(OFFICE.officer, order="amount")[:2] == ["Bosques", "Aguas"]
    assert names(OFFICE.officer) == names(OFFICE.officer, order="newest") == ["Cueros", "Bosques", "Aguas"]


def test_filters_of_staff(three, worker):
    aguas, bosques, _cueros = three
    officer = OFFICE.officer
    charge.put_in_charge(by=officer, application=aguas, officer=officer, now=NOON)
    thread.write(by=bosques.group.representative, application=bosques, text="When?", now=NOON)
    Application.objects.filter(pk=aguas.pk).update(state_since=NOON - 9 * DAY, staff_due_on=NOON.date() - DAY)
    CaseSeen.objects.create(user=officer, case=bosques.case, sequence=1, at=NOON)
    reviewer = bosques.reviews.first().reviewer
    assert names(officer, officer="me") == ["Aguas"]
    assert names(officer, officer=officer.pk) == ["Aguas"]
    assert names(officer, officer="none") == ["Cueros", "Bosques"]
    assert names(officer, days=9) == ["Aguas"]
    assert names(officer, days=10) == []
    assert names(officer, flag="message") == ["Bosques"]
    assert names(officer, flag="late") == ["Aguas"]
    assert names(officer, flag="changed") == ["Bosques"]
    assert names(OFFICE.approver, flag="changed") == []
    assert names(officer, reviewer=reviewer.pk) == ["Bosques"]
    assert names(officer, least="1") == ["Bosques", "Aguas"]
    assert names(officer, most="0,00") == ["Cueros"]
    assert names(officer, sector=aguas.group.sector.code) == ["Cueros", "Bosques", "Aguas"]


def test_for_whom_it_waits(three):
    reviewed = application_at("in_review", group=make_group(name="Dulces"), call=three[0].call)
    for review in reviewed.reviews.all():
        send_review(review)
    approved = application_at("approved", group=make_group(name="Esencias"), call=three[0].call)
    assert set(names(OFFICE.officer, waits="officer")) == {"Aguas", "Dulces", "Esencias"}
    assert names(OFFICE.officer, waits="officer", status="in_review") == ["Dulces"]
    assert names(OFFICE.officer, waits="reviewer") == ["Bosques"]
    assert names(OFFICE.officer, waits="approver") == []
    assert names(OFFICE.officer, waits="representative") == ["Cueros"]
    open_project(approved)
    assert set(names(OFFICE.officer, waits="officer")) == {"Aguas", "Dulces"}
    page = browser(OFFICE.officer).get(reverse(LIST), {"waits": "officer"})
    assert "Waits for: Programme officer" in words(page)


def test_a_row_says_what_stands_out(three):
    bosques = three[1]
    for text in ("When?", "Please."):
        thread.write(by=bosques.group.representative, application=bosques, text=text, now=NOON)
    bosques.case.refresh_from_db()
    CaseSeen.objects.create(user=OFFICE.officer, case=bosques.case, sequence=bosques.case.length - 2, at=NOON)
    text = words(browser(OFFICE.officer).get(reverse(LIST), {"flag": "message"}))
    assert "2 changes since you looked" in text
    assert "A message waits" in text


@pytest.mark.parametrize(
    "query",
    [
        "order=x",
        "days=-1",
        "days=many",
        "officer=0",
        "officer=x",
        "flag=x",
        "least=much",
        "reviewer=-1",
        "sector=x",
    ],
)
def test_nonsense_in_the_filter_is_said_at_the_field(query):
    assert browser(OFFICE.officer).get(f"{reverse(LIST)}?{query}").status_code == 422
    assert (
        browser(OFFICE.officer).get(f"{reverse('application_export', args=['csv'])}?{query}").status_code
        == 404
    )


def test_a_group_has_the_filters_of_a_group(three):
    page = browser(three[0].group.representative).get(reverse(LIST), {"officer": "x", "order": "x"})
    assert page.status_code == 200
    assert "officer" not in page.context["form"].fields


# Who may filter by what: whoever reads the office's own notes, the reviews, or whom a group's adviser helps.
OF_THE_OFFICE = {"officer", "flag", "waits", "adviser", "reviewer"}


@pytest.mark.parametrize(
    ("who", "filters"),
    [
        ("officer", OF_THE_OFFICE),
        ("approver", OF_THE_OFFICE),
        ("admin", OF_THE_OFFICE - {"reviewer"}),
        ("reviewer", set()),
        ("adviser", {"adviser"}),
    ],
)
def test_nobody_filters_by_what_they_may_not_know(three, who, filters):
    user = {"reviewer": OFFICE.reviewers[0], "adviser": staff_member("adviser1", Role.ADVISER)}.get(who)
    page = browser(user or getattr(OFFICE, who)).get(reverse(LIST))
    assert OF_THE_OFFICE & set(page.context["form"].fields) == filters
    for name in ("officer", "flag", "waits", "reviewer"):
        assert (f'name="{name}"' in page.text) == (name in filters), name


def test_a_reviewer_does_not_learn_who_else_reviews_or_is_in_charge():
    """Neither by a filter of the address, nor in the table that leaves the site."""
    judged = application_at("recommended", group=make_group(name="Bosques"))
    reviewer, other = (review.reviewer for review in judged.reviews.order_by("pk")[:2])
    charge.put_in_charge(by=OFFICE.officer, application=judged, officer=OFFICE.officer, now=NOON)
    stranger = staff_member("reviewer8", Role.REVIEWER)
    for query in ({"reviewer": other.pk}, {"reviewer": stranger.pk}, {"officer": "none"}, {"flag": "late"}):
        assert names(reviewer, **query) == ["Bosques"], query
    table = browser(reviewer).get(reverse("application_export", args=["csv"]))
    for text in (browser(reviewer).get(reverse(LIST)).text, b"".join(table.streaming_content).decode()):
        assert "Bosques" in text
        assert str(OFFICE.officer) not in text


def test_an_officer_does_not_learn_who_reviews_for_their_own_group(three):
    bosques = three[1]
    give_place(bosques.group, OFFICE.officer)
    assert names(OFFICE.officer, reviewer=bosques.reviews.first().reviewer_id) == []


def test_pages_go_on_where_the_last_one_ended(three, monkeypatch):
    monkeypatch.setattr("applications.lists.APPLICATIONS_ON_A_PAGE", 2)
    user = browser(OFFICE.officer)
    first = user.get(reverse(LIST))
    assert "3 applications" in words(first)
    second = user.get(reverse(LIST), {"after": first.context["page"].next})
    assert [row.group.name for row, _days, _news in second.context["rows"]] == ["Aguas"]


def test_the_list_costs_the_same_for_1_and_30_rows():
    call, user, url = make_call(), browser(OFFICE.officer), reverse(LIST)

    def count(**query) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert user.get(url, query).status_code == 200
        return len(queries)

    draft(group=make_group(1), call=call)
    user.get(url)
    # session, person, roles and the bell are the frame's; what can be chosen, the kept lists, the rows
    assert count() == 7
    for number in range(30):
        draft(group=make_group(1, name=f"G {number}"), call=call)
    assert count() == 7
    # Found by words, and with what stands out: the same.
    assert count(q="g", flag="late", officer="me", order="waiting") == 7


def test_the_list_leaves_as_csv_and_xlsx_as_it_is_shown(three):
    Group.objects.filter(pk=three[0].group_id).update(name="=1+1")
    user = browser(OFFICE.officer)
    query = {"status": "submitted"}
    answer = user.get(reverse("application_export", args=["csv"]), query)
    rows = list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode())))
    assert [row["Group"] for row in rows] == ["'=1+1"]
    assert rows[0]["Asked for"] == "3000000.00"
    answer = user.get(reverse("application_export", args=["xlsx"]), query)
    head, row = load_workbook(io.BytesIO(answer.content)).active.iter_rows()
    found = dict(zip([cell.value for cell in head], row, strict=True))
    assert (found["Group"].value, found["Group"].data_type) == ("=1+1", "s")
    assert found["Asked for"].value == 3_000_000


def test_a_spreadsheet_has_an_end_and_says_so(three, monkeypatch):
    monkeypatch.setattr(tables, "MOST_ROWS", 2)
    answer = browser(OFFICE.officer).get(reverse("application_export", args=["xlsx"]))
    assert answer.status_code == 409
    assert "more than 2 rows" in words(answer)


def test_whoever_takes_the_list_along_takes_their_own_rows(three, stranger):
    def rows(user) -> int:
        answer = browser(user).get(reverse("application_export", args=["csv"]))
        return b"".join(answer.streaming_content).decode().count("\n") - 1

    assert rows(three[0].group.representative) == 1
    assert rows(stranger) == 0
    assert rows(OFFICE.officer) == 3


# --- Many at once --------------------------------------------------------------------------------------


def bulk(user, act: str, *picked, **data):
    return browser(user).post(
        reverse("application_bulk"),
        {"act": act, "pick": [getattr(each, "pk", each) for each in picked], **data},
    )


def results(answer) -> dict[str, str]:
    return {row.application.group.name: row.sentence for row in answer.context["results"]}


def test_an_officer_takes_charge_of_many_each_with_its_result(three, worker):
    officer, other = OFFICE.officer, staff_member("officer2", Role.OFFICER)
    charge.put_in_charge(by=officer, application=three[0], officer=other, now=NOON)
    assert "For 3 applications" in words(bulk(officer, "officer", *three))
    answer = bulk(officer, "officer", *three, step="do", person=other.pk)
    assert results(answer) == {
        "Aguas": f"{other} is in charge of it already.",
        "Bosques": "Done",
        "Cueros": "Done",
    }
    assert set(Application.objects.values_list("officer", flat=True)) == {other.pk}


def test_many_groups_are_written_to(three):
    answer = bulk(OFFICE.officer, "message", *three, step="do", text="The office is closed on Monday.")
    assert set(results(answer).values()) == {"Done"}
    assert [thread.of(each).count() for each in three] == [1, 1, 1]


def test_a_reviewer_is_assigned_to_many_where_they_may(three):
    reviewer = staff_member("reviewer9", Role.REVIEWER)
    answer = bulk(OFFICE.officer, "reviewer", *three, step="do", person=reviewer.pk)
    found = results(answer)
    assert (found["Aguas"], found["Bosques"]) == ("Done", "Done")
    assert "not possible now" in found["Cueros"]


@pytest.mark.parametrize(
    ("act", "data"), [("officer", {"person": ""}), ("officer", {"person": "0"}), ("message", {"text": " "})]
)
def test_what_is_missing_is_said_and_nothing_is_done(three, act, data):
    answer = bulk(OFFICE.officer, act, *three, step="do", **data)
    assert answer.status_code == 422
    assert not Application.objects.exclude(officer=None).exists()


def test_only_who_may_do_something_to_many_chooses(three):
    page = browser(OFFICE.officer).get(reverse(LIST))
    assert [name for name, _title in page.context["acts"]] == ["officer", "reviewer", "message"]
    assert page.text.count('name="pick"') == 3
    reviewer = application_at("recommended").reviews.first().reviewer
    for user in (reviewer, OFFICE.approver, OFFICE.admin, three[0].group.representative):
        page = browser(user).get(reverse(LIST))
        assert page.context["rows"]
        assert 'name="pick"' not in page.text
        assert "Assign a reviewer" not in words(page)


def test_who_may_not_does_nothing(three):
    assert bulk(OFFICE.approver, "officer", *three).status_code == 403
    assert bulk(three[0].group.representative, "message", three[0]).status_code == 403


@pytest.mark.parametrize("picked", [[], ["x"], [0], ["9" * 30], list(range(1, 200))])
def test_a_choice_that_is_none_says_so(three, picked):
    assert bulk(OFFICE.officer, "officer", *picked).status_code == 422


def test_an_act_that_is_none_is_not_there(three):
    assert bulk(OFFICE.officer, "approve", *three).status_code == 404
