"""What a person's own home page shows: duties first, then one main button for each case of their groups.

Each part is read in a constant number of queries, however much there is; nothing here decides anything.
"""

import datetime as dt
from typing import Any

from django.db.models import Prefetch
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import TABLE, Action
from accounts.roles import Role
from applications import eligibility, standing
from applications.facts import Facts
from applications.models import Application
from core import dates, duties, together
from core.models import Case
from core.templatetags.lsp import day
from grants.models import Project
from groups.models import Appointment, Group, GroupPerson
from reports.home_rows import Row, link, when
from reports.models import ProgressReport

MOST_DUTIES = 15
MOST_CASES = 12
# Going through the rules takes some queries: done for the most urgent application alone.
MOST_CHECKED = 1
# An ended case stays on the page of its people for a while.
STAYS = dt.timedelta(days=120)


# --- Duties ------------------------------------------------------------------------------------------


def duty_rows(user: User, today: dt.date) -> tuple[list[Row], int]:
    """What the person owes, the most urgent first; and how many there are in all."""
    owed = duties.of(user, today)
    shown = owed[:MOST_DUTIES]
    cases = Case.objects.in_bulk({duty.case_id for duty in shown if duty.case_id})
    covered = duties.covered_by(shown)
    rows = []
    for duty in shown:
        late = duty.days_late(today) > 0
        case = cases[duty.case_id].name if duty.case_id in cases else ""
        colleague = covered.get(duty.covered_id or 0)
        for_whom = _("for %(name)s") % {"name": colleague} if colleague else ""
        rows.append(
            Row(
                label=duty.words(),
                url=duty.url,
                hint=" · ".join(part for part in (case, for_whom) if part),
                state="overdue" if late else "due",
                state_label=when(duty.due_on, today),
            )
        )
    return rows, len(owed)


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
    """One row for each application, with its project, of the person's groups; what wants something first, by its day."""
    roles = {group.pk: group.own_roles(user) for group in groups}
    mine = [pk for pk, held in roles.items() if held - {Role.NOMINEE}]
    if not mine:
        return []
    reports = Prefetch(
        "project__reports",
        queryset=ProgressReport.objects.open().order_by("due_on", "number"),
        to_attr="open_reports",
    )
    by_id = {group.pk: group for group in groups}
    rows = list(
        Application.objects.filter(group__in=mine)
        .exclude(status__in=Application.ENDED, updated_at__lt=now - STAYS)
        .select_related("case", "call", "project", "project__agreement")
        .prefetch_related(reports)
        .order_by("-updated_at", "-pk")[:MOST_CASES]
    )
    for application in rows:
        # The one that carries its people already.
        application.group = by_id[application.group_id]
    results = checked(rows, now)
    found = [
        case_row(application, user, roles[application.group_id], now, results.get(application.pk))
        for application in rows
    ]
    return sorted(found, key=lambda row: (not row.button, row.due_on or dt.date.max))


def case_row(
    application: Application, user: User, roles: set[Role], now: dt.datetime, results: list | None
) -> Row:
    """The state of a case, and the one thing that this person does next."""
    project = getattr(application, "project", None)
    label = application.title or _("Application to %(call)s") % {"call": application.call.title}
    name = f"{application.reference} · {label}" if application.reference else label
    if project:
        button, url, hint = project_step(project, application.group, user, now)
        return Row(
            label=name,
            url=url,
            page=link("project_detail", project.pk),
            hint=hint,
            state=project.status,
            state_label=str(project.get_status_display()),
            button=button,
            notebook=link("notebook", project.pk)
            if project.is_running and roles & TABLE[Action.WRITE_NOTEBOOK]
            else "",
            due_on=_due_on(project),
            coming_on=_coming_on(project),
        )
    button, hint = application_step(application, roles, now, results)
    page = link("application_detail", application.pk)
    return Row(
        label=name,
        url=page,
        page=page,
        hint=hint,
        state=application.status,
        state_label=str(application.get_status_display()),
        button=button,
        due_on=dates.day_of(last) if (last := standing.last_day(application)) else None,
    )


def application_step(
    application: Application, roles: set[Role], now: dt.datetime, results: list | None
) -> tuple[str, str]:
    """The label of the main button, "" when the group has nothing to do; and how it stands."""
    if not application.is_open:
        return "", standing.waiting(application, now)
    hint = (
        standing.time_left(application, now)
        if results is None
        else standing.next_step(application, results, now)
    )
    if not roles & {Role.REPRESENTATIVE, Role.MEMBER}:
        return "", hint
    draft = application.status == Application.Status.DRAFT
    return _("Go on with the application") if draft else _("Answer what was asked"), hint


def checked(applications: list[Application], now: dt.datetime) -> dict[int, list]:
    """What the rules say of the applications that the group has to send first."""
    waiting = [row for row in applications if row.is_open]
    waiting.sort(key=lambda row: standing.last_day(row) or now + STAYS)
    found = [Facts(row, today=dates.day_of(now)) for row in waiting[:MOST_CHECKED]]
    for facts in found:
        facts.gather()
    return {facts.application.pk: eligibility.check_facts(facts) for facts in found}


def project_step(project: Any, group: Group, user: User, now: dt.datetime) -> tuple[str, str, str]:
    """The main button of a project, where it leads, and how it stands."""
    today = dates.day_of(now)
    if project.status == Project.Status.AWAITING_AGREEMENT:
        agreement = getattr(project, "agreement", None)
        if agreement and agreement.group_signed_at is None and Role.REPRESENTATIVE in group.own_roles(user):
            return _("Sign the agreement"), link("agreement", project.pk), when(project.sign_by, today)
        return "", "", _("The agreement waits for signatures.")
    if not project.is_running:
        return "", "", ""
    if report := _owed(project):
        hint = f"{report.name}: {when(report.due_on, today)}"
        acts = group.is_run_by(user, today)
        if said := _who_acts(group, today, acts=acts):
            hint = f"{hint}. {said}"
        if acts:
            label = _("Go on with the report") if report.status != "due" else _("Write the report")
            return label, link("report_edit", report.pk), hint
        return "", link("report_detail", report.pk), hint
    if to_come := _to_come(project):
        words = {
            "report": to_come.name,
            "day": day(to_come.period_to + dt.timedelta(days=1)),
            "due": day(to_come.due_on),
        }
        return "", "", _("Next: %(report)s, from %(day)s, due on %(due)s") % words
    return "", "", ""


def _who_acts(group: Group, today: dt.date, *, acts: bool) -> str:
    """Who writes the report instead of the reader, or until when the reader does for somebody else; "" without news."""
    post = group.post_on(today)
    if post and post.stand_in_until:
        words = {"name": post.full_name, "day": day(post.stand_in_until)}
        if acts:
            return _("You stand in for the coordinator until %(day)s.") % words
        return _("%(name)s stands in for the coordinator until %(day)s, and writes it.") % words
    return _("%(name)s writes it.") % {"name": post.full_name} if post and not acts else ""


def _owed(project: Any) -> Any:
    """The first report that is owed now."""
    return next((row for row in project.open_reports if row.is_owed), None)


def _to_come(project: Any) -> Any:
    """The next report that is not due yet."""
    return next((row for row in project.open_reports if row.status == "planned"), None)


def _due_on(project: Any) -> dt.date | None:
    """The day by which the project owes something now: its signature, or a report."""
    if project.status == Project.Status.AWAITING_AGREEMENT:
        return project.sign_by
    report = _owed(project)
    return report.due_on if report else None


def _coming_on(project: Any) -> dt.date | None:
    """The day of the next report, of a project that owes none now."""
    if not project.is_running or _owed(project):
        return None
    report = _to_come(project)
    return report.due_on if report else None


def next_to_come(cases: list[Row]) -> Row | None:
    """The case whose next report is the first to fall due: what a person without duties reads first."""
    found = [row for row in cases if row.coming_on]
    return min(found, key=lambda row: row.coming_on or dt.date.max, default=None)


def is_new(user: User, groups: list[Group], *, owes: bool) -> bool:
    """Somebody without a place anywhere yet. Who has left every group was somewhere, and may have something to hand in
    still, as the months of a coordinator who went."""
    if groups or owes or user.is_staff_member:
        return False
    been = together.count(
        places=GroupPerson.objects.filter(user_id=user.pk),
        posts=Appointment.objects.filter(person_id=user.pk, status__in=["confirmed", "ended"]),
    )
    return not any(been.values())


def may_start(groups: list[Group], user: User) -> bool:
    """Whether the person writes for a group, and so may answer a call."""
    return any(group.own_roles(user) & {Role.REPRESENTATIVE, Role.MEMBER} for group in groups)
