"""What a transition does besides changing the state, in the same transaction, before the row is saved.

What an effect finds out (days, sums) it puts into `data`, from where the table takes it to the timeline.
"""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal

from applications import reserve_list
from applications.models import EnvelopeEntry
from core.dates import add_months, day_of
from core.money import ZERO
from grants import tranches
from grants.models import BaselineActivity, BaselineLine, Disbursement, Project, Tranche
from grants.salary import counting
from grants.terms import approval_of

# --- The start ---------------------------------------------------------------------------------


def give_days(project: Project, *, by, now, data) -> None:
    """The first day, and the last of the call's months."""
    project.first_day = data["first_day"]
    project.last_day = add_months(project.first_day, project.call.months) - dt.timedelta(days=1)


def copy_baseline(project: Project, *, by, now, data) -> None:
    """The plan and budget as they were approved: what the project is measured against from now on."""
    copies = {}
    for row in project.application.activities.select_related("firm", "institution"):
        copies[row.pk] = BaselineActivity.objects.create(
            project=project,
            source=row,
            order=row.order,
            name=row.name,
            first_month=row.first_month,
            last_month=row.last_month,
            responsible=row.responsible_name,
            deliverable=row.deliverable,
        )
    approval = approval_of(project.application)
    assert approval is not None
    BaselineLine.objects.bulk_create(
        BaselineLine(
            project=project,
            source=row.line,
            order=row.line.order,
            category=row.line.category,
            description=row.line.description,
            activity=copies.get(row.line.activity_id) if row.line.activity_id else None,
            programme_share=row.amount,
            group_share=row.group_share,
        )
        for row in approval.lines.select_related("line")
    )


def plan_tranches(project: Project, *, by, now, data) -> None:
    """The tranches as both have signed them; those that wait for nothing open at once."""
    Tranche.objects.bulk_create(
        Tranche(
            project=project,
            number=row["number"],
            percent=Decimal(row["percent"]),
            amount=Decimal(row["amount"]),
            after_report=row["after_report"],
            # Agreements of before said no more than the report.
            basis=row.get("basis", Tranche.Basis.ADVANCE),
            proof_percent=Decimal(row.get("proof_percent", "0")),
            needs_surety=row.get("needs_surety", False),
        )
        for row in project.agreement.terms["tranches"]
    )
    tranches.open_waiting(project, report_number=0, now=now, by=by)


# --- Pauses ------------------------------------------------------------------------------------


def to_suspended(project: Project, data: dict) -> str:
    """The state to go to. Only here the state that it leaves is still known: `pause` writes it down."""
    data["left"] = project.status
    return Project.Status.SUSPENDED


def to_state_before(project: Project, data: dict) -> str:
    """The state from which it was suspended."""
    return project.suspended_from


# For the diagram of the table.
to_suspended.states = ("suspended",)  # type: ignore[attr-defined]
to_state_before.states = ("active", "closing")  # type: ignore[attr-defined]


def pause(project: Project, *, by, now, data) -> None:
    """Remember since when, and where to go on."""
    project.suspended_from, project.suspended_on = data["left"], day_of(now)


def shift_days(project: Project, *, by, now, data) -> None:
    """Give back the days of the pause: `data["days"]` tells later apps how many."""
    assert project.suspended_on is not None
    assert project.last_day is not None
    days = (day_of(now) - project.suspended_on).days
    data["days"] = days
    project.last_day += dt.timedelta(days=days)
    data["last_day"] = project.last_day
    project.suspended_from, project.suspended_on = "", None


# --- The end -----------------------------------------------------------------------------------


def end(how: str) -> Callable[..., None]:
    """An effect that ends a project: the day and how; unpaid tranches are cancelled, their money goes back."""

    def end_project(project: Project, *, by, now, data) -> None:
        project.ended_on, project.ended_why = day_of(now), how
        project.suspended_from, project.suspended_on = "", None
        tranches.cancel_unpaid(project, day=day_of(now))
        data["paid"] = project.paid()
        # A project closes when all of the salary is paid that was handed in.
        kept = ZERO if how == Project.End.CLOSED else counting.outstanding(project)
        data["released"] = release(project, now=now, kept=kept)

    return end_project


def release(project: Project, *, now: dt.datetime, kept: Decimal = ZERO) -> Decimal:
    """Give what was not paid back to the call's envelope, whose reserve list moves up; answers how much. `kept` is what the
    coordinator earned and was not paid yet."""
    unpaid = project.approved_amount - project.paid() - kept
    if unpaid > ZERO:
        release_amount(project, unpaid, now=now)
    return unpaid


def release_amount(project: Project, amount: Decimal, *, now: dt.datetime) -> None:
    """Give an amount back to the call's envelope. The caller holds the call's lock."""
    EnvelopeEntry.objects.create(
        call=project.call,
        application=project.application,
        amount=-amount,
        why=EnvelopeEntry.Why.RELEASE,
        at=now,
    )
    reserve_list.money_freed(project.call, amount, now=now)


# --- A payment ---------------------------------------------------------------------------------


def say_which(disbursement: Disbursement, *, by, now, data) -> None:
    """Tranche (or the month of a salary) and amount, for the timeline."""
    tranche = disbursement.tranche
    data["tranche"], data["amount"] = tranche.number, disbursement.amount
    if tranche.is_salary:
        data["salary"] = tranche.salary.number


def write_down_payment(disbursement: Disbursement, *, by, now, data) -> None:
    """What the Treasury says of it, and who confirmed it."""
    disbursement.confirmed_by, disbursement.confirmed_at = by, now
    disbursement.treasury_number = data["treasury_number"].strip()
    disbursement.treasury_date = data["treasury_date"]
    disbursement.gross, disbursement.withheld, disbursement.net = data["gross"], data["withheld"], data["net"]


def write_down_reason(disbursement: Disbursement, *, by, now, data) -> None:
    """Why nothing was paid; the tranche may then be ordered again."""
    disbursement.reason, disbursement.unpaid_at = data["reason"].strip(), now
