"""What is owed about reports (PROGRAMME 7): writing one, looking at one, meeting an observation.

Each source is one bounded reading: the rows, and the people of their groups. A duty of a project that stands still or
has ended is none.
"""

import datetime as dt
from collections.abc import Iterable, Iterator
from functools import partial

from django.db.models import Prefetch, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import RoleGrant
from accounts.roles import Role
from core import dates
from core.duties import Duty
from groups.models import Appointment, Group, GroupPerson
from groups.querysets import member_group_ids
from reports.models import Observation, ProgressReport

# How long an officer has to look at a report; no call says it.
DAYS_TO_CHECK = 10


def reports_due(*, today, due_from=None, due_to=None, user=None) -> Iterator[Duty]:
    """Reports to write: of whoever reports for the project, and for the officers who watch."""
    rows = _bounded(ProgressReport.objects.owed(), due_from, due_to)
    for report, reporter, officers in _with_people(rows, "project__application__group", today, user):
        say = partial(_title, report, _to_write)
        yield from _for_all(
            f"report.{report.pk}", reporter, officers, report, say, report.due_on, "report_edit", report.pk
        )


def reports_to_check(*, today, due_from=None, due_to=None, user=None) -> Iterator[Duty]:
    """Submitted reports: of the officers."""
    rows = ProgressReport.objects.awaiting_check()
    after = dt.timedelta(days=DAYS_TO_CHECK)
    if due_from:
        rows = rows.filter(submitted_at__gt=dates.end_of(due_from - after - dt.timedelta(days=1)))
    if due_to:
        rows = rows.filter(submitted_at__lte=dates.end_of(due_to - after))
    for report, _reporter, officers in _with_people(rows, "project__application__group", today, user):
        for officer in officers:
            yield Duty(
                key=f"report_check.{report.pk}",
                user_id=officer,
                case_id=report.project.application.case_id,
                title=partial(_title, report, _to_check),
                due_on=dates.day_of(report.submitted_at) + after,
                url=reverse("report_detail", args=[report.pk]),
            )


def observations_due(*, today, due_from=None, due_to=None, user=None) -> Iterator[Duty]:
    """Observations to meet: of whoever reports, and for the officers who watch."""
    rows = _bounded(Observation.objects.open(), due_from, due_to)
    group = "report__project__application__group"
    for observation, reporter, officers in _with_people(rows, group, today, user):
        report = observation.report
        say = partial(_title, report, _to_meet)
        yield from _for_all(
            f"observation.{observation.pk}",
            reporter,
            officers,
            report,
            say,
            observation.due_on,
            "report_detail",
            report.pk,
        )


def _to_write() -> str:
    return _("Send %(report)s")


def _to_check() -> str:
    return _("Look at %(report)s, and accept or return it")


def _to_meet() -> str:
    return _("Meet an observation on %(report)s")


def _title(report: ProgressReport, words) -> str:
    """In the reader's language, of the moment at which it is asked."""
    return words() % {"report": report.name}


def _bounded(rows: QuerySet, due_from: dt.date | None, due_to: dt.date | None) -> QuerySet:
    if due_from:
        rows = rows.filter(due_on__gte=due_from)
    if due_to:
        rows = rows.filter(due_on__lte=due_to)
    return rows


def _for_all(
    key: str, reporter: int | None, officers: Iterable[int], report, say, due_on: dt.date, page: str, pk: int
) -> Iterator[Duty]:
    """One row for who owes it, and one for each officer who watches."""
    case = report.project.application.case_id
    if reporter:
        yield Duty(key, reporter, case, say, due_on, reverse(page, args=[pk]))
    for officer in officers:
        yield Duty(key, officer, case, say, due_on, reverse("report_detail", args=[report.pk]), officer=True)


# --- Who ---------------------------------------------------------------------------------------------


def _with_people(rows: QuerySet, group: str, today: dt.date, user) -> Iterator[tuple]:
    """Each row with who reports for its group, and with the officers who look after its project."""
    officers = set(_officers(today))
    if user is not None and user.pk not in officers:
        rows = rows.filter(**{f"{group}__in": member_group_ids(user)})
    people = Prefetch(
        f"{group}__people", queryset=GroupPerson.objects.filter(until=None), to_attr="people_now"
    )
    in_office = Appointment.objects.filter(
        Q(ended_on=None) | Q(ended_on__gte=today),
        status__in=["confirmed", "ended"],
        confirmed_from__lte=today,
    )
    posts = Prefetch(f"{group}__appointments", queryset=in_office, to_attr="in_office_now")
    for row in rows.select_related(group).prefetch_related(people, posts):
        report = row if isinstance(row, ProgressReport) else row.report
        yield row, reporter_id(report.group), _officers_of(report, officers)


def reporter_id(group: Group) -> int | None:
    """The coordinator in office, else the representative; from what was prefetched."""
    coordinator = next((row.person_id for row in group.in_office_now), None)
    return coordinator or next(
        (row.user_id for row in group.people_now if row.role == Role.REPRESENTATIVE), None
    )


def _officers() -> Iterable[int]:
    """Everybody who is an officer now."""
    now = dates.now()
    return (
        RoleGrant.objects.live(now)
        .filter(role=Role.OFFICER, user__is_active=True)
        .values_list("user_id", flat=True)
    )


def _officers_of(report: ProgressReport, officers: set[int]) -> list[int]:
    """The officer who opened the project, while they are one; else all of them. Never somebody of its group."""
    own = {row.user_id for row in report.group.people_now} | {
        row.person_id for row in report.group.in_office_now
    }
    opened_by = report.project.opened_by_id
    mine = {opened_by} if opened_by in officers else officers
    return sorted((mine - own) or (officers - own))
