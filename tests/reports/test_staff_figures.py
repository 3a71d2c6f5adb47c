"""The figures of the office: times, what waits for whom, the queue, and load without a ranking."""

import csv
import datetime as dt
import re
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.roles import Role
from applications.workflow import APPLICATION
from core.dates import day_of
from grants.models import Project
from reports import staff_figures
from reports.staff_figures import Only
from tests.applications.staff_pages import browser
from tests.clock import NOON
from tests.factories_applications import application_at, assign, make_call, send_review
from tests.factories_grants import open_project, sign
from tests.factories_groups import make_group
from tests.factories_reports import make_project, report_at
from tests.reports.lists import rows_behind

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]
TODAY = day_of(NOON)
DAY = dt.timedelta(days=1)
URL = "/figures/staff/"
YEAR_DAYS = (TODAY - 365 * DAY, TODAY + 90 * DAY)
YEAR = Only(*YEAR_DAYS)


def withdrawn_after(days: int, call, sent: dt.datetime = NOON) -> None:
    """An application that spent so many days as submitted."""
    application = application_at("submitted", group=make_group(name=f"G {days} {sent}"), call=call, now=sent)
    moment = sent + days * DAY
    by = application.group.representative
    APPLICATION.apply(application, "withdraw", by=by, now=moment, data={"reason": "No"})


def times(only: Only = YEAR) -> dict[str, tuple]:
    rows = staff_figures.times(only)
    return {row.state.value: (row.count, row.median, row.ninetieth) for row in rows}


def waits(only: Only = YEAR) -> dict[tuple[str, str], tuple[int, dt.date | None]]:
    return {(row.label, row.who): (row.count, row.oldest) for row in staff_figures.waits(only)}


# --- Times -----------------------------------------------------------------------------------------------


def test_median_and_ninetieth_of_the_days_in_a_state():
    call = make_call()
    for days in (2, 4, 6, 8, 20):
        withdrawn_after(days, call)
    assert times()["submitted"] == (5, Decimal("6.0"), Decimal("15.2"))


def test_only_of_a_line_a_call_and_a_period():
    grant, other = make_call("grant"), make_call("partnership")
    withdrawn_after(4, grant)
    withdrawn_after(10, other)
    assert times()["submitted"][0] == 2
    assert times(Only(YEAR.first_on, YEAR.last_on, line="grant"))["submitted"][:2] == (1, 4)
    assert times(Only(YEAR.first_on, YEAR.last_on, call=other))["submitted"][:2] == (1, 10)
    # Both days count.
    left_on = TODAY + 4 * DAY
    assert times(Only(left_on, left_on))["submitted"][:2] == (1, 4)
    assert "submitted" not in times(Only(left_on + DAY, left_on + 2 * DAY))


def test_an_end_is_no_state_that_is_left():
    withdrawn_after(4, make_call())
    assert "withdrawn" not in times()


# --- What waits for whom ---------------------------------------------------------------------------------


def test_who_moves_next_by_state(finance):
    for number, state in enumerate(
        ("draft", "submitted", "changes_requested", "in_review", "recommended", "reserve", "reconsideration")
    ):
        application_at(state, call=make_call(code=f"N-{number}"))
    open_project(application_at("approved", call=make_call(code="N-9")))
    report_at("submitted", make_project())
    found = waits()
    assert {key: count for key, (count, _oldest) in found.items()} == {
        ("Draft", "Group representative"): 1,
        ("Changes requested", "Group representative"): 1,
        ("Submitted", "Programme officer"): 1,
        ("In review", "Reviewer"): 1,
        ("Recommended", "Approver"): 1,
        ("In reconsideration", "Approver"): 1,
        ("On the reserve list", "The money of the call"): 1,
        ("Agreement to sign", "Group representative"): 1,
        ("Report to look at", "Programme officer"): 1,
        ("Payment to order", "Finance officer"): 1,
    }
    assert found["Submitted", "Programme officer"][1] == TODAY


def test_once_all_reviews_are_in_it_waits_for_the_officer():
    application = application_at("in_review")
    for review in application.reviews.all():
        send_review(review)
    assert ("In review", "Programme officer") in waits()


@pytest.mark.slow
def test_each_figure_leads_to_the_rows_that_it_counts(officer, finance):
    call = make_call(code="N-1")
    for number, state in enumerate(
        ("draft", "changes_requested", "in_review", "recommended", "reserve", "approved", "submitted")
    ):
        application_at(state, group=make_group(name=f"G {number}"), call=call)
    reviewed = application_at("in_review", group=make_group(name="Reviewed"), call=call)
    for review in reviewed.reviews.all():
        send_review(review)
    open_project(application_at("approved", group=make_group(name="Unsigned"), call=call))
    sign(open_project(application_at("approved", group=make_group(name="Signed"), call=call)), state=False)
    for name in ("Sent", "Suspended"):
        report = report_at("submitted", make_project(make_group(name=name)))
    Project.objects.filter(pk=report.project_id).update(
        status="suspended", suspended_from="active", suspended_on=day_of(NOON)
    )
    report_at("due", make_project(make_group(name="Owed")))
    user = browser(officer)
    for only in (YEAR, Only(*YEAR_DAYS, call=call), Only(*YEAR_DAYS, line=call.line)):
        rows = staff_figures.waits(only)
        assert {(row.label, row.who): rows_behind(user, row.url) for row in rows if row.url} == {
            (row.label, row.who): row.count for row in rows if row.url
        }
    # What no list can show is no link.
    assert [row.label for row in staff_figures.waits(Only(*YEAR_DAYS, line=call.line)) if not row.url] == [
        "Agreement to sign",
        "Agreement signed by the group",
        "Report to send",
        "Report to look at",
        "Payment to order",
    ]


# --- Load ------------------------------------------------------------------------------------------------


def test_load_is_counted_by_name_and_ranks_nobody(staff):
    zoe, abel = staff("zoe", Role.OFFICER, "Zoe"), staff("abel", Role.OFFICER, "Abel")
    application = application_at("submitted")
    application.officer = abel
    application.save()
    assign(application)
    ended = application_at("rejected", call=make_call(code="N"))
    ended.officer = zoe
    ended.save()
    found = {str(row): (row.cases, row.to_write, row.advised) for row in staff_figures.loads(NOON)}
    assert found["Abel"] == (1, 0, 0)
    assert found["Zoe"] == (0, 0, 0)
    assert found["Reviewer1"] == (0, 1, 0)
    assert list(found) == sorted(found)


def test_who_holds_no_role_any_more_is_not_there(staff):
    gone = staff("gone", Role.OFFICER, "Gone")
    gone.role_grants.update(valid_to=NOON)
    assert "Gone" not in {str(row) for row in staff_figures.loads(NOON)}


# --- The queue -------------------------------------------------------------------------------------------


def test_what_came_and_went_by_week():
    call = make_call(opens_at=NOON - 60 * DAY)
    withdrawn_after(7, call, sent=NOON - 20 * DAY)  # 18 February; 25 February
    application_at("submitted", group=make_group(name="G"), call=call, now=NOON)
    weeks = staff_figures.weeks(YEAR, TODAY)
    assert [week.monday for week in weeks][::7] == [dt.date(2026, 1, 12), dt.date(2026, 3, 2)]
    assert {week.monday: (week.arrived, week.done) for week in weeks if week.arrived or week.done} == {
        dt.date(2026, 2, 16): (1, 0),
        dt.date(2026, 2, 23): (0, 1),
    }
    queue = staff_figures.queue(YEAR, weeks)
    assert (queue.waiting, queue.arrived, queue.done, queue.can_be_said) == (1, 1, 1, False)


def test_from_one_step_of_the_office_to_the_next_nothing_comes_or_goes():
    application_at("recommended", now=NOON - 10 * DAY)
    weeks = staff_figures.weeks(YEAR, TODAY)
    assert (sum(week.arrived for week in weeks), sum(week.done for week in weeks)) == (1, 0)


# --- The page --------------------------------------------------------------------------------------------


def test_the_page_shows_each_figure_with_its_definition(signed_in, officer):
    call = make_call()
    for days in (2, 4, 6):
        withdrawn_after(days, call, sent=NOON - 10 * DAY)
    text = signed_in(officer).get(URL).content.decode()
    plain = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))
    assert text.count("What is counted") == 4
    assert "they do not compare people" in plain
    assert "cannot be said: too few were done" in plain
    assert '<svg class="chart"' in text


def test_without_anything_it_says_so(signed_in, officer):
    plain = signed_in(officer).get(URL).content.decode()
    assert "No application left a state in these days." in plain
    assert "Nothing waits for anybody just now." in plain


@pytest.mark.parametrize(
    "query",
    [
        "?line=nothing",
        "?call=999999",
        "?call=x",
        "?first_on=yesterday",
        "?first_on=2026-03-02&last_on=2026-03-01",
        "?call=99999999999999999999999",
        "?first_on=0001-01-01",
        "?last_on=9999-12-31",
        "?last_on=0001-01-01",
    ],
)
def test_bad_filters_never_break_it(signed_in, officer, query):
    client = signed_in(officer)
    response = client.get(URL + query)
    assert response.status_code in (200, 422)
    assert client.get(f"{URL}times.csv{query}").status_code == response.status_code


def test_the_tables_as_csv(signed_in, officer):
    withdrawn_after(4, make_call(), sent=NOON - 10 * DAY)
    client = signed_in(officer)

    def table(name: str) -> list[list[str]]:
        response = client.get(f"{URL}{name}.csv")
        assert response.status_code == 200
        return list(csv.reader(response.content.decode().splitlines()))

    assert table("times")[:2] == [
        ["State", "Applications", "Half of them, days", "Nine of ten, days"],
        ["Submitted", "1", "4.0", "4.0"],
    ]
    assert table("weeks")[0] == ["Week from", "Came", "Went"]
    assert len(table("weeks")) == 9
    assert ["Officer", "0", "0", "0"] in table("loads")
    assert table("waits") == [["What waits", "For whom", "Cases", "Oldest"]]
    assert client.get(f"{URL}nothing.csv").status_code == 404


def test_it_costs_the_same_however_much_there_is(signed_in, officer):
    client, counts = signed_in(officer), []
    for number in range(10):
        application_at("submitted", call=make_call(code=f"N-{number}"))
        if number in (0, 9):
            with CaptureQueriesContext(connection) as asked:
                client.get(URL)
            counts.append(len(asked))
    # Calls; times; what waits (5); weeks; queue; people (2). And the frame's 4.
    assert counts == [15, 15]
