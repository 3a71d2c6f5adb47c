"""What a project's own figures say of its risk: the arithmetic, and what it costs to ask."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from grants.amendments.firms import firm_ids
from grants.expenses.books import Books
from grants.expenses.standing import lines_of
from grants.models import Project
from reports import actions
from reports.project_risk import signs_of, time_gone
from reports.workflow import REPORT
from tests.clock import NOON
from tests.factories_amendments import amended
from tests.factories_grants import project_at
from tests.grants.expenses.rows import expense_row, statement_row
from tests.grants.salary.rows import paid_project

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen", "active_stands")]
DAY = dt.timedelta(days=1)
TODAY = NOON.date()


@pytest.fixture
def project():
    return project_at("active")


def one(project, today=TODAY):
    return signs_of([Project.objects.with_case().get(pk=project.pk)], today)[project.pk]


def test_time_and_money_in_per_cent(project):
    assert (one(project).time_gone, one(project).money_spent) == (0, 0)
    expense_row(statement_row(project), net=9_000_000, programme_share=Decimal(750_000))
    half = one(project, NOON.date() + 183 * DAY)
    assert (half.time_gone, half.money_spent) == (50, 25)
    assert time_gone(project, project.last_day + 9 * DAY) == 100


def test_the_salary_is_beside_what_is_spent():
    project = paid_project()
    shared = project.approved_amount - project.salary_line.amount
    line = project.lines.exclude(category="coordination").order_by("-programme_share").first()
    expense_row(statement_row(project), line=line, net=9_000_000, programme_share=shared / 4)
    assert one(project).money_spent == 25
    # Nor is it above its line in the budget table, which elsewhere lets pass a tolerance.
    books = Books(project, NOON.date())
    most = {row.line.category: row.most == row.line.programme_share for row in lines_of(books)}
    assert most.pop("coordination")
    assert not any(most.values())


def test_the_activity_that_is_furthest_behind_in_the_last_report_that_was_sent(project):
    report = project.reports.get(number=1)
    now = NOON + 95 * DAY
    by = project.reporter_on(now.date())
    report = REPORT.apply(report, "fall_due", by=None, now=now)
    for activity, done in zip(project.activities.order_by("order"), (40, 10), strict=True):
        report = actions.save_activity(
            by=by,
            report=report,
            activity=activity,
            version=report.version,
            now=now,
            done_percent=done,
            what_was_done="Something.",
            reason="The supplier.",
        )
    assert one(project).behind == 0
    report = actions.save_summary(by=by, report=report, version=report.version, now=now, summary="Slow.")
    REPORT.apply(report, "submit", by=by, now=now)
    # By the end of month 3 the kiln should be at 75 per cent.
    assert (one(project).behind, one(project).behind_allowed) == (35, 15)


def test_smes_and_what_the_call_asked_for(project):
    assert (one(project).smes, one(project).least) == (5, 5)
    place = project.group.memberships.first()
    place.left_on = NOON.date()
    place.save(update_fields=["left_on"])
    assert one(project).smes == 4


def test_a_firm_that_left_the_project_is_not_among_them_though_it_stays_in_the_group(project):
    amended(project, "member", change="leaves", firm=min(firm_ids(project)))
    assert one(project).smes == 4


def test_only_of_projects_that_run_and_for_a_constant_number_of_queries(project):
    other = project_at("active", call=project.call)
    suspended = project_at("suspended", call=project.call)
    rows = list(Project.objects.with_case().filter(pk__in=[project.pk, other.pk, suspended.pk]))
    with CaptureQueriesContext(connection) as both:
        assert set(signs_of(rows, NOON.date())) == {project.pk, other.pk}
    with CaptureQueriesContext(connection) as single:
        signs_of([row for row in rows if row.pk == project.pk], NOON.date())
    assert len(both) == len(single)
    assert signs_of([], NOON.date()) == {}
