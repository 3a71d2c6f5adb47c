"""What each role of the programme's staff looks after, for their home page: a block for each, read in one query or two."""

import datetime as dt
from collections.abc import Iterable

from django.db.models import Count, Min, Prefetch
from django.utils.translation import gettext as _

from accounts.models import RoleGrant, User
from accounts.roles import NEED_SECOND_ADMIN, Role
from applications.models import Application, Review, Support
from core import dates, together
from core.models import Case
from grants.models import Disbursement, Project, Statement, Tranche
from groups.models import Appointment, FirmConfirmation, JoinRequest
from reports.home_rows import Block, Row, link, when
from reports.models import ProgressReport

MOST_ROWS = 10


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
        _("Groups that you advise"),
        rows,
        empty=_("No group was assigned to you yet. An officer does that."),
        url=link("support_list"),
        label=_("What each group lacks, and the log of sessions"),
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
    applications = Application.objects.real()
    found = together.count(
        submitted=applications.filter(status="submitted"),
        in_review=applications.filter(status="in_review"),
        approved=applications.filter(status="approved", project=None),
        supports=Support.objects.filter(status=Support.Status.ASKED),
        papers=FirmConfirmation.objects.papers_waiting(),
        firms=JoinRequest.objects.for_an_officer(),
        appointments=Appointment.objects.filter(status=Appointment.Status.ACCEPTED),
        signed=Project.objects.filter(status="awaiting_agreement", agreement__group_signed_at__isnull=False),
        reports=ProgressReport.objects.awaiting_check(),
        late=ProgressReport.objects.late(dates.day_of(now)),
    )
    rows = counted(
        [
            (
                _("Applications to check for eligibility"),
                found["submitted"],
                link("application_list", query="?status=submitted"),
            ),
            (
                _("Applications in review"),
                found["in_review"],
                link("application_list", query="?status=in_review"),
            ),
            (
                _("Approved, with no project yet"),
                found["approved"],
                link("application_list", query="?status=approved&waits=officer"),
            ),
            (
                _("Groups that wait for an adviser"),
                found["supports"],
                link("support_list", query="?status=asked"),
            ),
            (_("Signed papers to look at"), found["papers"], link("paper_list")),
            (
                _("Firms to ask whether they join"),
                found["firms"],
                link("join_request_list"),
            ),
            (_("Coordinators to confirm"), found["appointments"], link("group_search", query="?waits=on")),
            (
                _("Agreements signed by the group"),
                found["signed"],
                link("project_list", query="?waits=officer"),
            ),
            (_("Reports to look at"), found["reports"], link("report_list", query="?waits=officer")),
            (_("Reports that are late"), found["late"], link("report_list", query="?late=on")),
        ]
    )
    return Block(_("What waits in the office"), rows, empty=_("Nothing waits for an officer just now."))


def approver_block(user: User, now: dt.datetime) -> Block:
    found = dict(
        Application.objects.real()
        .filter(status__in=["recommended", "reserve", "reconsideration"])
        .order_by()
        .values_list("status")
        .annotate(n=Count("pk"))
    )
    rows = counted(
        (label, found.get(status, 0), link("application_list", query=f"?status={status}"))
        for status, label in (
            ("recommended", _("Applications to decide")),
            ("reconsideration", _("Reconsiderations to decide")),
            ("reserve", _("On the reserve list")),
        )
    )
    return Block(_("Decisions"), rows, empty=_("No application waits for a decision."))


def finance_block(user: User, now: dt.datetime) -> Block:
    found = together.count(
        order=Tranche.objects.to_order(),
        confirm=Disbursement.objects.awaiting_confirmation(),
        verify=Statement.objects.waiting(),
    )
    rows = counted(
        [
            (_("Payments to order"), found["order"], link("payment_list")),
            (
                _("Payments to confirm"),
                found["confirm"],
                link("payment_list", query="?queue=ordered"),
            ),
            (_("Expenses to verify"), found["verify"], link("statement_list")),
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
        Row(_("Call desk"), link("call_desk")),
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
