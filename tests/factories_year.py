"""A project after twelve months: everything that its page and its lists can show of one, for tests of what they cost.

Reached through the real actions, but for expenses, which are written as rows. It stands for a module:
`the_year = standing.made_once(make_year)`.
"""

import datetime as dt
from decimal import Decimal

from core.dates import at_noon
from grants import actions
from grants.findings import actions as findings
from grants.models import Project
from grants.salary import actions as salary
from grants.workflow import SALARY
from reports.actions import fall_due
from tests.cast import give_audit, make_person, standing_person
from tests.clock import NOON
from tests.factories_amendments import amended, draft, visit
from tests.factories_applications import OFFICE
from tests.factories_grants import DAY, finance2, order, treasury
from tests.factories_ledgers import accepted_with, make_certification, make_machine, make_training
from tests.grants.expenses.rows import expense_row, judge_row, statement_row
from tests.grants.money.rows import receipt, refund, surety
from tests.grants.salary.rows import own_account, paid_project, said

MONTHS = 12


def the_auditor(project: Project):
    """Who was given the case to audit."""
    auditor = standing_person("auditor")
    if auditor is None:
        auditor = make_person("auditor")
        give_audit(auditor, project.case, by=OFFICE.admin)
    return auditor


def make_year() -> Project:
    """It pays a coordinator, and began at NOON; its last report is due."""
    project = paid_project()
    own_account(project)
    _pay(project, "grant", NOON)
    _spend(project)
    _amend_and_visit(project)
    _report(project)
    _earn(project)
    findings.write_finding(
        by=the_auditor(project),
        project=project,
        text="Two quotes of one day.",
        due_on=_end(project),
        now=NOON,
    )
    receipt(refund(project, 100))
    surety(project, 200_000)
    fall_due(at_noon(project.last_day + DAY))
    return Project.objects.get(pk=project.pk)


def _end(project: Project) -> dt.date:
    assert project.last_day is not None  # it runs
    return project.last_day


def _pay(project: Project, kind: str, now: dt.datetime) -> None:
    """What is open of the grant, or of the salary."""
    for tranche in project.tranches.to_order().filter(kind=kind):
        payment = order(tranche, now=now)
        paid = treasury(payment, now=now)
        actions.confirm_disbursement(by=finance2(), disbursement=payment, now=now, **paid)


def _spend(project: Project) -> None:
    """An expense a month, verified but for the last two."""
    statement = statement_row(project)
    line = project.lines.exclude(category="coordination").get()
    for month in range(MONTHS):
        shares = {"programme_share": Decimal(1000), "group_share": Decimal(1000)}
        cost = {"number": str(month), "net": Decimal(2100), "tax": Decimal(0)}
        expense = expense_row(statement, line=line, **cost, **shares)
        if month < MONTHS - 2:
            judge_row(expense, "verified", by=OFFICE.officer)


def _amend_and_visit(project: Project) -> None:
    for month in (9, 10):
        activity = project.activities.first()
        amended(project, "activities", activities={str(activity.pk): {"last_month": month}}, new=[])
    draft(project, "dates")
    for week in range(1, 4):
        visit(project, on=NOON.date() + 7 * week * DAY)


def _report(project: Project) -> None:
    coordinator = project.reporter_on(NOON.date())
    for report in project.reports.order_by("number")[:2]:
        accepted_with(
            make_training,
            make_certification,
            make_machine,
            project=project,
            number=report.number,
            by=coordinator,
            officer=OFFICE.officer,
        )


def _earn(project: Project) -> None:
    """Each month is counted; the first is handed in, accepted and paid."""
    salary.count_months(at_noon(_end(project)))
    now = at_noon(NOON.date() + 40 * DAY)
    month = project.salary_months.order_by("number").first()
    month = salary.hand_in(by=month.person, month=month, now=now, **said(month))
    SALARY.apply(month, "accept", by=OFFICE.officer, now=now)
    _pay(project, "salary", now)
