"""The page of a project costs at most twelve queries, for everybody, however much happened in its twelve months."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.dates import at_noon
from grants.models import Project
from grants.workflow import PROJECT
from tests import standing
from tests.applications.staff_pages import browser, words
from tests.factories_applications import OFFICE, make_call
from tests.factories_grants import DAY, accept_reports, finance, open_project, project_at, sign
from tests.factories_year import make_year, the_auditor

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen", "year_stands")]
MOST = 12

year_stands = standing.made_once(make_year)
# The frame's (session, person, roles, bell), the project, all that it shows, its timeline; the final report that an officer
# waits for; what an auditor was given.
COSTS = {"officer": 8, "coordinator": 7, "representative": 7, "finance": 7, "approver": 7, "auditor": 9}


@pytest.fixture
def year(year_stands) -> Project:
    return standing.again(year_stands)


def people(project: Project) -> dict:
    return {
        "officer": OFFICE.officer,
        "coordinator": project.reporter_on(project.first_day),
        "representative": project.group.representative,
        "finance": finance(),
        "approver": OFFICE.approver,
        "auditor": the_auditor(project),
    }


def cost(user, project: Project) -> int:
    return asked_by(user, reverse("project_detail", args=[project.pk]))


def asked_by(user, url: str) -> int:
    """The queries of a page, the second time that it is opened."""
    web = browser(user)
    web.get(url)
    with CaptureQueriesContext(connection) as asked:
        assert web.get(url).status_code == 200, url
    return len(asked)


def test_a_year_on_the_page_costs_each_of_them_at_most_twelve(year):
    assert {name: cost(user, year) for name, user in people(year).items()} == COSTS
    assert max(COSTS.values()) <= MOST


def test_it_costs_the_same_on_the_first_day_and_a_year_on(year):
    """One of the same kind, of which nothing is told yet."""
    young = project_at("active", call=make_call("partnership", code="YOUNG"))
    staff = ("officer", "finance", "approver", "representative")
    assert {name: cost(people(young)[name], young) for name in staff} == {name: COSTS[name] for name in staff}


def test_the_page_tells_of_the_year(year):
    said = words(browser(OFFICE.officer).get(reverse("project_detail", args=[year.pk])))
    for told in (
        "Version 2, in force from",
        "Salary of month 1, Cora Coordinadora",
        "Accepted",
    ):
        assert told in said, told


def test_before_it_starts_with_papers_to_sign_and_when_all_is_ready_to_close_it_costs_no_more():
    """The two states in which most is asked before the next step."""
    papers = make_call("partnership", code="PAPERS", agreement_copies=True, firms_sign=True)
    waiting = sign(open_project(call=papers))
    project = project_at("active", call=make_call(code="READY"))
    later = at_noon(project.last_day + DAY)
    accept_reports(project, now=later)
    ready = PROJECT.apply(project, "start_closing", by=OFFICE.officer, now=later)
    assert PROJECT.refusal(ready, PROJECT.by_name["close"], by=OFFICE.officer, now=later, data={}) == ""
    assert (cost(OFFICE.officer, waiting), cost(OFFICE.officer, ready)) == (9, 12)


# --- Its other pages, and the lists of the office ------------------------------------------------------------

# For whom each is measured. That it is the same with one row and with many stands beside the tests of each page.
PAGES = {
    "project_statements": ("officer", 10),
    "statement_detail": ("representative", 22),
    "statement_judge": ("finance", 9),
    "project_timetable": ("officer", 13),
    "project_salary": ("officer", 13),
    "project_ledger": ("officer", 16),
    "project_account": ("representative", 10),
    "project_amendments": ("officer", 10),
    "case_visits": ("officer", 14),
    "agreement_papers": ("officer", 10),
    "project_outcomes": ("officer", 16),
    "notebook": ("coordinator", 8),
}
LISTS = {
    "project_list": ("officer", 7),
    "report_list": ("officer", 6),
    "payment_list": ("finance", 9),
    "statement_list": ("finance", 5),
    "salary_list": ("officer", 7),
    "refund_list": ("finance", 6),
    "surety_list": ("finance", 6),
    "finding_list": ("officer", 6),
    "amendment_list": ("officer", 5),
    "visit_list": ("officer", 6),
    "certificate_list": ("officer", 6),
    "machine_list": ("officer", 6),
    "inbox": ("officer", 7),
    "monday": ("officer", 18),
}


def test_what_each_other_page_and_list_costs(year):
    who, statement = people(year), year.statements.get()
    of = {
        "statement_detail": statement.pk,
        "statement_judge": statement.pk,
        "case_visits": year.application_id,
    }
    addresses = {name: reverse(name, args=[of.get(name, year.pk)]) for name in PAGES}
    addresses |= {name: reverse(name) for name in LISTS}
    found = {}
    for name, (role, _number) in (PAGES | LISTS).items():
        found[name] = (role, asked_by(who[role], addresses[name]))
    assert found == PAGES | LISTS
