"""What of a project's risk its own figures tell: behind the plan, little spent, too few SMEs, a certificate that expires. Read only, in a constant number
of queries for any number of projects.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import F, Max, QuerySet, Sum

from core import together
from core.money import ZERO
from grants.models import Amendment, Expense, Project, SalaryLine
from groups.size import firms_in
from reports.models import Certification, ReportActivity

WHOLE = 100


@dataclass(frozen=True)
class Signs:
    """Of one project: the activity that is furthest behind, in points, where that is more than its call lets pass; how
    much of the time has gone and of the money is charged, in per cent (without the coordinator's salary, which is paid as it is
    earned); how many SMEs there are and have to be; until the first certificate expires, in days."""

    behind: int = 0
    behind_allowed: int = 0
    time_gone: int = 0
    money_spent: int = 0
    smes: int | None = None
    least: int = 0
    certificate_in: int | None = None


def signs_of(projects: Iterable[Project], today: dt.date) -> dict[int, Signs]:
    """By project; of those that run. Needs the application's call and group. At most six queries."""
    running = [project for project in projects if project.is_running]
    if not running:
        return {}
    read = together.read(
        behind=_behind(running),
        spent=_spent(running),
        expiry=_expiries(running),
        moved=_moved(running),
        salaries=SalaryLine.objects.filter(project__in=running).values_list("project_id", "amount"),
    )
    # Of the gaps of a project the last report wins.
    behind = {project: max(gap, 0) for project, _number, gap in read["behind"]}
    spent, salaries = dict(read["spent"]), dict(read["salaries"])
    expiry: dict[int, dt.date] = {}
    for project, day in read["expiry"]:
        expiry[project] = min(day, expiry.get(project, day))
    gone: dict[int, set[int]] = {project.pk: set() for project in running}
    for project, change, firm in read["moved"]:
        (gone[project].add if change == "leaves" else gone[project].discard)(firm)
    firms = firms_in([project.group for project in running], today)
    return {
        project.pk: Signs(
            behind=behind.get(project.pk, 0),
            behind_allowed=project.call.points_behind,
            time_gone=time_gone(project, today),
            money_spent=_percent(
                spent.get(project.pk, ZERO), project.approved_amount - salaries.get(project.pk, ZERO)
            ),
            smes=sum(
                is_sme
                for firm, is_sme in firms[project.application.group_id].items()
                if firm not in gone[project.pk]
            ),
            least=project.call.min_firms,
            certificate_in=(expiry[project.pk] - today).days if project.pk in expiry else None,
        )
        for project in running
    }


def _percent(part: Decimal, whole: Decimal) -> int:
    return int(part * WHOLE / whole) if whole else WHOLE


def time_gone(project: Project, today: dt.date) -> int:
    """In per cent of its days, from 0 to 100."""
    if project.first_day is None or project.last_day is None:
        return 0
    days = (project.last_day - project.first_day).days + 1
    return min(max((today - project.first_day).days * WHOLE // days, 0), WHOLE)


def _behind(projects: list[Project]) -> QuerySet:
    """By project and report, the widest gap between plan and done in what was sent, the last report last."""
    answered = ReportActivity.objects.filter(
        report__project__in=projects,
        report__status__in=["submitted", "accepted"],
        done_percent__isnull=False,
    )
    rows = answered.order_by("report__project_id", "report__number")
    gap = Max(F("planned_percent") - F("done_percent"))
    return rows.values_list("report__project_id", "report__number").annotate(gap=gap)


def _expiries(projects: list[Project]) -> QuerySet:
    """By project, the days on which their certificates expire that somebody has to renew."""
    rows: Any = Certification.objects.expiring().with_expiry().filter(report__project__in=projects)
    return rows.order_by().values_list("report__project_id", "valid_until")


def _moved(projects: list[Project]) -> QuerySet:
    """By project, the firms that left it or joined it with an amendment, as they came. A firm may stay in the group."""
    rows = Amendment.objects.filter(project__in=projects, kind=Amendment.Kind.MEMBER, status="approved")
    rows = rows.order_by("decided_at", "pk")
    return rows.values_list("project_id", "content__change", "content__firm")


def _spent(projects: list[Project]) -> QuerySet:
    """By project, what is charged to the programme, in pesos."""
    rows = Expense.objects.live().filter(statement__project__in=projects).order_by()
    return rows.values_list("statement__project_id").annotate(sum=Sum("programme_share"))
