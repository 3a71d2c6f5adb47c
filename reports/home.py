"""What a person's own home page shows: duties first, one main button for each case, then what their roles are for.

Each block is read in a constant number of queries, however much there is; nothing here decides anything.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Min, Prefetch, Q
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import RoleGrant, User
from accounts.roles import NEED_SECOND_ADMIN, Role
from applications.models import Application, Review
from core import dates, duties
from core.models import Case
from core.templatetags.lsp import day
from grants.models import Disbursement, Project, Tranche
from groups.models import Appointment, Group
from reports.models import ProgressReport

MOST_DUTIES = 15
MOST_CASES = 12
MOST_ROWS = 10
# An ended case stays on the page of its people for a while.
STAYS = dt.timedelta(days=120)


@dataclass(frozen=True)
class Row:
    """One line of a block. `button` makes its link the main button of the case; `number` stands beside it."""

    label: str
    url: str
    hint: str = ""
    state: str = ""
    state_label: str = ""
    number: int | None = None
    button: str = ""


@dataclass(frozen=True)
class Block:
    """A part of the page, under its title; with no rows it says why, and what to do next."""

    title: str
    rows: list[Row] = field(default_factory=list)
    empty: str = ""
    url: str = ""
    label: str = ""


def link(name: str, *args: Any, query: str = "") -> str:
    """The address of a page by its name, or "" where it is not there."""
    try:
        return reverse(name, args=args) + query
    except NoReverseMatch:
        return ""


# --- Duties ------------------------------------------------------------------------------------------


def duty_rows(user: User, today: dt.date) -> tuple[list[Row], int]:
    """What the person owes, the most urgent first; and how many more there are."""
    owed = duties.of(user, today)
    shown = owed[:MOST_DUTIES]
    cases = Case.objects.in_bulk({duty.case_id for duty in shown if duty.case_id})
    rows = []
    for duty in shown:
        late = duty.days_late(today) > 0
        rows.append(
            Row(
                label=duty.words(),
                url=duty.url,
                hint=cases[duty.case_id].name if duty.case_id in cases else "",
                state="overdue" if late else "due",
                state_label=when(duty.due_on, today),
            )
        )
    return rows, len(owed) - len(shown)


def when(due_on: dt.date, today: dt.date) -> str:
    """`24/11/2026, in 9 days`."""
    days = (due_on - today).days
    if days < 0:
        left = ngettext("%(n)d day late", "%(n)d days late", -days) % {"n": -days}
    elif days == 0:
        left = _("today")
    else:
        left = ngettext("in %(n)d day", "in %(n)d days", days) % {"n": days}
    return f"{day(due_on)}, {left}"


# --- The person's own groups and cases ------------------------------------------------------------------


def own_groups(user: User) -> list[Group]:
    """The groups in which the person holds a place, with what is needed to know which."""
    return list(
        Group.objects.of(user)
        .select_related("case")
        .prefetch_related("people", "appointments")
        .order_by("name")[:MOST_CASES]
    )


def case_rows(user: User, groups: list[Group], now: dt.datetime) -> list[Row]:
    """One row for each application, with its project, of the person's groups; what wants something first."""
    roles = {group.pk: group.own_roles(user) for group in groups}
    mine = [pk for pk, held in roles.items() if held - {Role.NOMINEE}]
    if not mine:
        return []
    reports = Prefetch(
        "project__reports",
        queryset=ProgressReport.objects.open().order_by("number"),
        to_attr="open_reports",
    )
    rows = (
        Application.objects.filter(group__in=mine)
        .exclude(status__in=Application.ENDED, updated_at__lt=now - STAYS)
        .select_related("case", "call", "group", "project", "project__agreement")
        .prefetch_related(reports)
        .order_by("-updated_at", "-pk")[:MOST_CASES]
    )
    found = [case_row(application, roles[application.group_id], now) for application in rows]
    return sorted(found, key=lambda row: not row.button)


def case_row(application: Application, roles: set[Role], now: dt.datetime) -> Row:
    """The state of a case, and the one thing that this person does next."""
    project = getattr(application, "project", None)
    label = application.title or _("Application to %(call)s") % {"call": application.call.title}
    name = f"{application.reference} · {label}" if application.reference else label
    if project:
        button, url, hint = project_step(project, roles, now)
        return Row(
            label=name,
            url=url or link("project_detail", project.pk),
            hint=hint,
            state=project.status,
            state_label=str(project.get_status_display()),
            button=button,
        )
    button, hint = application_step(application, roles, now)
    return Row(
        label=name,
        url=link("application_detail", application.pk),
        hint=hint,
        state=application.status,
        state_label=str(application.get_status_display()),
        button=button,
    )


def application_step(application: Application, roles: set[Role], now: dt.datetime) -> tuple[str, str]:
    """The label of the main button, "" when the group has nothing to do; and how it stands."""
    writes = bool(roles & {Role.REPRESENTATIVE, Role.MEMBER})
    if application.status == Application.Status.DRAFT:
        left = time_left(application.call.closes_at, now)
        hint = "; ".join(part for part in (missing(application, now), left) if part)
        return (_("Go on with the application") if writes else ""), hint
    if application.status == Application.Status.CHANGES_REQUESTED:
        return (_("Answer what was asked") if writes else ""), time_left(application.answer_by, now)
    return "", application.group.name


def missing(application: Application, now: dt.datetime) -> str:
    """`3 sections missing`, as the task list of the application counts them."""
    return ""


def time_left(until: dt.datetime | None, now: dt.datetime) -> str:
    """`9 days left`, in days of Buenos Aires."""
    if until is None:
        return ""
    days = (dates.day_of(until) - dates.day_of(now)).days
    if days < 0:
        return _("the time is over")
    if days == 0:
        return _("today is the last day")
    return ngettext("%(n)d day left", "%(n)d days left", days) % {"n": days}


def project_step(project: Project, roles: set[Role], now: dt.datetime) -> tuple[str, str, str]:
    """The main button of a project, where it leads, and how it stands."""
    today = dates.day_of(now)
    if project.status == Project.Status.AWAITING_AGREEMENT:
        agreement = getattr(project, "agreement", None)
        if agreement and agreement.group_signed_at is None and Role.REPRESENTATIVE in roles:
            return _("Sign the agreement"), link("agreement", project.pk), when(project.sign_by, today)
        return "", "", _("The agreement waits for signatures.")
    report = next((row for row in project.open_reports if row.is_owed), None)
    if report and project.is_running:
        hint = f"{report.name}: {when(report.due_on, today)}"
        if writes_reports(project, roles, today):
            label = _("Go on with the report") if report.status != "due" else _("Write the report")
            return label, link("report_edit", report.pk), hint
        return "", link("report_detail", report.pk), hint
    to_come = next((row for row in project.open_reports if row.status == "planned"), None)
    if to_come and project.is_running:
        return (
            "",
            "",
            _("Next: %(report)s, from %(day)s, due on %(due)s")
            % {
                "report": to_come.name,
                "day": day(to_come.period_to + dt.timedelta(days=1)),
                "due": day(to_come.due_on),
            },
        )
    return "", "", ""


def writes_reports(project: Project, roles: set[Role], today: dt.date) -> bool:
    """Whether a person with these roles in the group is the one who reports now."""
    in_office = any(
        row.status == Appointment.Status.CONFIRMED
        and row.confirmed_from
        and row.confirmed_from <= today
        and (row.ended_on is None or row.ended_on >= today)
        for row in project.group.appointments.all()
    )
    return Role.COORDINATOR in roles if in_office else Role.REPRESENTATIVE in roles


# --- The roles of the programme's staff ---------------------------------------------------------------


def role_blocks(user: User, now: dt.datetime) -> list[Block]:
    """What each of the person's staff roles looks after."""
    held = user.staff_roles()
    return [make(user, now) for role, make in BLOCKS if role in held]


def adviser_block(user: User, now: dt.datetime) -> Block:
    live = Application.objects.live().order_by("-updated_at").select_related("case", "call")
    groups = user.advised_groups.order_by("name").prefetch_related(
        Prefetch("applications", queryset=live, to_attr="live_applications")
    )
    rows = []
    for group in groups[:MOST_ROWS]:
        newest = next(iter(group.live_applications), None)
        rows.append(
            Row(
                label=group.name,
                url=link("application_detail", newest.pk) if newest else link("group_detail", group.pk),
                hint=newest.call.title if newest else _("No application yet"),
                state=newest.status if newest else "",
                state_label=str(newest.get_status_display()) if newest else "",
            )
        )
    return Block(
        _("Groups that you advise"), rows, empty=_("No group was assigned to you yet. An officer does that.")
    )


def reviewer_block(user: User, now: dt.datetime) -> Block:
    queue = Review.objects.of(user).live().exclude(status=Review.Status.SENT)
    found = queue.aggregate(n=Count("pk"), first=Min("due_on"))
    rows = []
    if found["n"]:
        rows.append(
            Row(
                label=_("Reviews to finish"),
                url=link("review_list"),
                hint=_("The first one: %(when)s") % {"when": when(found["first"], dates.day_of(now))},
                number=found["n"],
            )
        )
    return Block(
        _("Your reviews"),
        rows,
        empty=_("Nothing waits for your review. A message tells you when an officer assigns one."),
    )


def counted(rows: Iterable[tuple[str, int, str]]) -> list[Row]:
    """What waits, without what does not."""
    return [Row(label=label, url=url, number=number) for label, number, url in rows if number]


def officer_block(user: User, now: dt.datetime) -> Block:
    today = dates.day_of(now)
    applications = dict(
        Application.objects.filter(status__in=["submitted", "in_review", "approved"])
        .filter(~Q(status="approved") | Q(project=None))
        .order_by()
        .values_list("status")
        .annotate(n=Count("pk"))
    )
    reports = ProgressReport.objects.aggregate(
        check=Count("pk", filter=Q(status="submitted", project__status__in=Project.RUNNING)),
        late=Count(
            "pk",
            filter=Q(status__in=ProgressReport.OWED, due_on__lt=today, project__status__in=Project.RUNNING),
        ),
    )
    appointments = Appointment.objects.filter(status=Appointment.Status.ACCEPTED).count()
    waiting = Project.objects.filter(status="awaiting_agreement", agreement__group_signed_at__isnull=False)
    rows = counted(
        [
            (
                _("Applications to check for eligibility"),
                applications.get("submitted", 0),
                link("application_list", query="?state=submitted"),
            ),
            (
                _("Applications in review"),
                applications.get("in_review", 0),
                link("application_list", query="?state=in_review"),
            ),
            (
                _("Approved, with no project yet"),
                applications.get("approved", 0),
                link("application_list", query="?state=approved"),
            ),
            (_("Coordinators to confirm"), appointments, link("group_list")),
            (
                _("Agreements signed by the group"),
                waiting.count(),
                link("project_list", query="?state=awaiting_agreement"),
            ),
            (_("Reports to look at"), reports["check"], link("report_list", query="?state=submitted")),
            (_("Reports that are late"), reports["late"], link("report_list", query="?late=on")),
        ]
    )
    return Block(_("What waits in the office"), rows, empty=_("Nothing waits for an officer just now."))


def approver_block(user: User, now: dt.datetime) -> Block:
    found = dict(
        Application.objects.filter(status__in=["recommended", "reserve", "reconsideration"])
        .order_by()
        .values_list("status")
        .annotate(n=Count("pk"))
    )
    rows = counted(
        (label, found.get(status, 0), link("application_list", query=f"?state={status}"))
        for status, label in (
            ("recommended", _("Applications to decide")),
            ("reconsideration", _("Reconsiderations to decide")),
            ("reserve", _("On the reserve list")),
        )
    )
    return Block(_("Decisions"), rows, empty=_("No application waits for a decision."))


def finance_block(user: User, now: dt.datetime) -> Block:
    rows = counted(
        [
            (_("Payments to order"), Tranche.objects.to_order().count(), link("payment_list")),
            (
                _("Payments to confirm"),
                Disbursement.objects.awaiting_confirmation().count(),
                link("payment_list", query="?state=ordered"),
            ),
        ]
    )
    return Block(_("Payments"), rows, empty=_("No payment waits to be ordered or confirmed."))


def admin_block(user: User, now: dt.datetime) -> Block:
    seconds = RoleGrant.objects.not_ended(now).filter(seconded_by=None, role__in=NEED_SECOND_ADMIN)
    rows = [
        Row(_("People and roles"), link("people")),
        Row(
            _("Roles that wait for a second admin"),
            link("people", query="?waiting=on"),
            number=seconds.count(),
        ),
        Row(_("Calls"), link("call_list")),
        Row(_("Messages and long work"), link("message_monitor")),
    ]
    return Block(_("The system"), [row for row in rows if row.url])


def auditor_block(user: User, now: dt.datetime) -> Block:
    cases = Case.objects.filter(pk__in=user.audited_cases(now)).select_related("application", "group", "call")
    rows = [
        Row(case.name, place_of(case), hint=str(case.get_kind_display()))
        for case in cases.order_by("reference", "pk")[: MOST_ROWS * 3]
    ]
    return Block(_("Cases that you audit"), rows, empty=_("No case was given to you, or the time is over."))


def place_of(case: Case) -> str:
    """The page of a case."""
    if case.kind == Case.Kind.APPLICATION and hasattr(case, "application"):
        return link("application_detail", case.application.pk)
    if case.kind == Case.Kind.GROUP and hasattr(case, "group"):
        return link("group_detail", case.group.pk)
    if case.kind == Case.Kind.CALL and hasattr(case, "call"):
        return link("call_detail", case.call.code)
    return ""


BLOCKS = (
    (Role.OFFICER, officer_block),
    (Role.APPROVER, approver_block),
    (Role.FINANCE, finance_block),
    (Role.REVIEWER, reviewer_block),
    (Role.ADVISER, adviser_block),
    (Role.ADMIN, admin_block),
    (Role.AUDITOR, auditor_block),
)


def is_new(user: User, groups: list[Group]) -> bool:
    """Somebody without a place anywhere yet."""
    return not groups and not user.is_staff_member


def may_start(groups: list[Group], user: User) -> bool:
    """Whether the person writes for a group, and so may answer a call."""
    return any(group.own_roles(user) & {Role.REPRESENTATIVE, Role.MEMBER} for group in groups)
