"""What the office knows of its own work (PROGRAMME 9): time in each state, what waits for whom, load per person, the queue.
Aggregates of the database, a constant number of queries; no person is ranked."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.db import connection
from django.db.models import Count, IntegerField, Min, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from accounts.models import RoleGrant, User
from accounts.roles import STAFF, Role
from applications import lists, pace
from applications.models import Application, Call, Review
from core import dates
from grants.models import Disbursement, Project, Tranche
from grants.querysets import SIGNERS
from groups.models import Group
from reports.forecast import WEEKS, Forecast, forecast
from reports.home_rows import link
from reports.models import ProgressReport

WEEK = dt.timedelta(days=7)
DAY_SECONDS = Decimal(86400)


@dataclass(frozen=True)
class Only:
    """Which applications are asked for: a line, a call; and for the times, those that left a state in these days."""

    first_on: dt.date
    last_on: dt.date
    line: str = ""
    call: Call | None = None

    @property
    def is_some(self) -> bool:
        """Whether they are bounded at all."""
        return bool(self.call or self.line)

    def bounded(self, rows: QuerySet, call: str) -> QuerySet:
        """The rows of these calls; `call` leads to the call."""
        if self.call:
            rows = rows.filter(**{call: self.call})
        return rows.filter(**{f"{call}__line": self.line}) if self.line else rows

    def link(self, page: str, **asked: str) -> str:
        """The address of a list with these filters and with those of the figures, which it must know."""
        call = self.call.code if self.call else ""
        return link(page, query=f"?{urlencode({**asked, **_given(line=self.line, call=call)})}")

    def in_sql(self) -> tuple[str, list[Any]]:
        """The same for a statement that knows the call as `call`."""
        words = ""
        values: list[Any] = []
        if self.call:
            words, values = words + " AND call.id = %s", [*values, self.call.pk]
        if self.line:
            words, values = words + " AND call.line = %s", [*values, self.line]
        return words, values


def _given(**asked: str) -> dict[str, str]:
    """Without what is empty."""
    return {name: value for name, value in asked.items() if value}


# --- Time in each state --------------------------------------------------------------------------------


@dataclass(frozen=True)
class StateTime:
    """How long applications were in a state, in days: half of them at most `median`, nine of ten at most `ninetieth`."""

    state: Application.Status
    count: int
    median: Decimal
    ninetieth: Decimal


# The states after the first submission that are left again; the others are the end of an application.
LEFT_AGAIN = (
    "submitted",
    "in_review",
    "changes_requested",
    "recommended",
    "reserve",
    "reconsideration",
)
TIMES = """
    SELECT to_state, count(*), percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY extract(epoch FROM left_at - at))
    FROM ({steps}) AS steps
    JOIN applications_application application ON application.id = object_id AND NOT application.is_test
    JOIN applications_call call ON call.id = application.call_id
    WHERE left_at >= %s AND left_at <= %s{only}
    GROUP BY to_state
"""


def times(only: Only) -> list[StateTime]:
    """By state, of the applications that left it in the period. One query."""
    begin, end = dates.start_of(only.first_on), dates.end_of(only.last_on)
    words, values = only.in_sql()
    with connection.cursor() as cursor:
        cursor.execute(
            TIMES.format(steps=pace.STEPS, only=words), [begin - pace.LONGEST_STEP, begin, end, *values]
        )
        found = {state: (count, *map(_days, seconds)) for state, count, seconds in cursor.fetchall()}
    return [
        StateTime(state, *found[state.value])
        for state in Application.Status
        if state.value in found and state.value in LEFT_AGAIN
    ]


def _days(seconds: float) -> Decimal:
    return (Decimal(seconds) / DAY_SECONDS).quantize(Decimal("0.1"))


# --- What waits for whom -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Waiting:
    """How many cases wait in a state for somebody, and since when the oldest does."""

    label: str
    who: str
    count: int
    oldest: dt.date | None
    url: str = ""


def waits(only: Only) -> list[Waiting]:
    """Now, whatever the period. Five queries."""
    rows = [*_applications(only), *_projects(only), *_reports(only), *_payments(only)]
    return [row for row in rows if row.count]


def _applications(only: Only) -> Iterable[Waiting]:
    rows = only.bounded(lists.waiting(Application.objects.real()), "call")
    counted = (
        rows.order_by()
        .annotate(reviewing=lists.being_reviewed())
        .values("status", "reviewing")
        .annotate(n=Count("pk"), oldest=Min("state_since"))
    )
    found: dict[tuple[str, bool], tuple[int, dt.datetime]] = {}
    for row in counted:
        # Whether a review is being written matters only in review.
        key = row["status"], row["reviewing"] and row["status"] == "in_review"
        count, oldest = found.get(key, (0, row["oldest"]))
        found[key] = count + row["n"], min(oldest, row["oldest"])
    for (status, reviewing), role in lists.WAITS_FOR.items():
        if (status, reviewing) in found:
            count, oldest = found[status, reviewing]
            label = str(Application.Status(status).label)
            name = str(role.label) if role else _("The money of the call")
            url = only.link("application_list", status=status, **_given(waits=role.value if role else ""))
            yield Waiting(label, name, count, dates.day_of(oldest), url)


def _projects(only: Only) -> Iterable[Waiting]:
    rows = only.bounded(Project.objects.filter(status="awaiting_agreement"), "application__call")
    signed = Q(agreement__group_signed_at__isnull=False)
    found = rows.aggregate(
        group=Count("pk", filter=~signed),
        since=Min("opened_on", filter=~signed),
        officer=Count("pk", filter=signed),
        signed=Min("agreement__group_signed_at", filter=signed),
    )
    # The list of projects knows no line, those of reports and payments no call either: no link is better than a wrong one.
    group, officer = ("" if only.line else only.link("project_list", waits=role.value) for role in SIGNERS)
    label = _("Agreement to sign")
    yield Waiting(label, str(Role.REPRESENTATIVE.label), found["group"], found["since"], group)
    on = dates.day_of(found["signed"]) if found["signed"] else None
    yield Waiting(_("Agreement signed by the group"), str(Role.OFFICER.label), found["officer"], on, officer)


def _reports(only: Only) -> Iterable[Waiting]:
    rows = only.bounded(
        ProgressReport.objects.filter(project__status__in=Project.RUNNING), "project__application__call"
    )
    owed, sent = Q(status__in=ProgressReport.OWED), Q(status="submitted")
    found = rows.aggregate(
        owed=Count("pk", filter=owed),
        due=Min("due_on", filter=owed),
        sent=Count("pk", filter=sent),
        since=Min("submitted_at", filter=sent),
    )
    url = "" if only.is_some else link("report_list", query="?waits=coordinator")
    yield Waiting(_("Report to send"), str(Role.COORDINATOR.label), found["owed"], found["due"], url)
    on = dates.day_of(found["since"]) if found["since"] else None
    url = "" if only.is_some else link("report_list", query="?waits=officer")
    yield Waiting(_("Report to look at"), str(Role.OFFICER.label), found["sent"], on, url)


def _payments(only: Only) -> Iterable[Waiting]:
    to_order = only.bounded(Tranche.objects.to_order(), "project__application__call")
    ordered = only.bounded(
        Disbursement.objects.awaiting_confirmation(), "tranche__project__application__call"
    )
    finance = str(Role.FINANCE.label)
    found = to_order.order_by().aggregate(n=Count("pk"), since=Min("opened_at"))
    on = dates.day_of(found["since"]) if found["since"] else None
    url = "" if only.is_some else link("payment_list")
    yield Waiting(_("Payment to order"), finance, found["n"], on, url)
    found = ordered.order_by().aggregate(n=Count("pk"), since=Min("ordered_at"))
    on = dates.day_of(found["since"]) if found["since"] else None
    url = "" if only.is_some else link("payment_list", query="?queue=ordered")
    yield Waiting(_("Payment to confirm"), finance, found["n"], on, url)


# --- Load per person -----------------------------------------------------------------------------------


def loads(now: dt.datetime) -> Any:
    """Everybody with a staff role now, by name: `cases` in charge, `to_write` reviews, `advised` groups. One query."""
    live = RoleGrant.objects.live(now).filter(role__in=STAFF)
    cases = Application.objects.real().filter(
        Q(project=None) & ~Q(status__in=Application.ENDED) | Q(project__status__in=Project.OPEN),
        officer=OuterRef("pk"),
    )
    reviews = Review.objects.unfinished().filter(
        reviewer=OuterRef("pk"), application__status__in=["submitted", "in_review"]
    )
    groups = Group.objects.filter(advisers=OuterRef("pk"))
    return (
        User.objects.filter(is_active=True, pk__in=live.values("user_id"))
        .annotate(
            cases=_counted(cases, "officer"),
            to_write=_counted(reviews, "reviewer"),
            advised=_counted(groups, "advisers"),
        )
        .order_by("full_name", "pk")
    )


def _counted(rows: QuerySet, column: str) -> Coalesce:
    counts = rows.order_by().values(column).annotate(n=Count("pk", distinct=True)).values("n")
    return Coalesce(Subquery(counts, output_field=IntegerField()), 0)


# --- The queue -----------------------------------------------------------------------------------------

BY_WEEK = """
    SELECT floor(extract(epoch FROM event.at - %s) / 604800)::int,
        count(*) FILTER (WHERE event.to_state = ANY(%s) AND event.from_state <> ALL(%s)),
        count(*) FILTER (WHERE event.from_state = ANY(%s) AND event.to_state <> ALL(%s))
    FROM core_event event
    JOIN applications_application application ON application.id = event.object_id AND NOT application.is_test
    JOIN applications_call call ON call.id = application.call_id
    WHERE event.object_kind = 'application' AND event.to_state <> '' AND event.at >= %s AND event.at < %s{only}
    GROUP BY 1
"""


@dataclass(frozen=True)
class Week:
    """What came to the office and what left it in one week, from this Monday on."""

    monday: dt.date
    arrived: int
    done: int


def weeks(only: Only, today: dt.date) -> list[Week]:
    """The last whole weeks, the oldest first. One query."""
    monday = today - dt.timedelta(days=today.weekday())
    first = monday - WEEKS * WEEK
    begin, end = dates.start_of(first), dates.start_of(monday)
    words, values = only.in_sql()
    states = list(pace.WAITING)
    with connection.cursor() as cursor:
        cursor.execute(
            BY_WEEK.format(only=words), [begin, states, states, states, states, begin, end, *values]
        )
        found = {number: (arrived, done) for number, arrived, done in cursor.fetchall()}
    return [Week(first + number * WEEK, *found.get(number, (0, 0))) for number in range(WEEKS)]


def queue(only: Only, counted: list[Week]) -> Forecast:
    """How long what waits for the programme now takes to work off. One query."""
    waiting = only.bounded(Application.objects.real().in_state(*pace.WAITING), "call").count()
    return forecast(waiting, [week.arrived for week in counted], [week.done for week in counted])
