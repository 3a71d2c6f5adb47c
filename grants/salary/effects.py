"""What a step of the salary does besides: the invoice kept, the payment that opens; and what a project's start, its pauses and
the group's appointments mean for it."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from core.dates import day_of
from grants import effects as project_effects
from grants import emails
from grants.models import Pause, Project, SalaryLine, SalaryMonth, Tranche
from grants.salary import counting

# Days of the calendar after the month's end, or after it came back, to hand in invoice and note; no call says it.
DAYS_TO_HAND_IN = 10


def open_line(project: Project, *, by, now, data) -> None:
    """A project whose agreement pays a salary apart gets the line that pays it."""
    amount = Decimal(project.agreement.terms.get("salary", "0"))
    if not amount:
        return
    first = counting.months_of(project)[0]
    SalaryLine.objects.create(
        project=project, amount=amount, most=counting.most_of(project, amount), next_on=first.last
    )


def keep_pause(project: Project, *, by, now, data) -> None:
    """The days of a suspension that has ended: nobody earns on them."""
    days = data["days"]
    if days > 0:
        Pause.objects.create(project=project, first_day=day_of(now) - dt.timedelta(days=days), days=days)
        _count_anew(SalaryLine.objects.filter(project=project))


def count_last_days(project: Project, *, by, now, data) -> None:
    """A project that ends early: what was earned until this day is counted, also in the month that was not finished, and is kept
    for who earned it (an effect that comes before the money goes back)."""
    from grants.salary.actions import write_months

    line = SalaryLine.objects.select_for_update().filter(project=project).first()
    if line is None:
        return
    today = day_of(now)
    if project.suspended_on:
        # It never resumed: nobody earned from the first day on which it stood still.
        days = (today - project.suspended_on).days + 1
        Pause.objects.create(project=project, first_day=project.suspended_on, days=days)
    line.project, project.ended_on = project, today
    write_months(project.case, line, now=now)
    # A month that was late loses nothing while the project runs; from its end on what is not handed in goes back to the call.
    last_day = today + dt.timedelta(days=DAYS_TO_HAND_IN)
    waiting = project.salary_months.filter(
        status__in=[SalaryMonth.Status.ACCRUED, SalaryMonth.Status.RETURNED]
    )
    waiting.filter(due_on__lt=last_day).update(due_on=last_day)


def plan_changed(project: Project) -> None:
    """A version of the plan has more months, or another last day: the months are counted anew."""
    _count_anew(SalaryLine.objects.filter(project=project))


def give_back(month: SalaryMonth, *, by, now, data) -> None:
    """What nobody will be paid any more goes back to the call, and the month says since when."""
    month.lapsed_on = day_of(now)
    project_effects.release_amount(month.project, month.amount, now=now)


def office_changed(appointment: Any, *, by, now, data) -> None:
    """Somebody was confirmed, or went: the months are counted anew, the earlier ones too (an effect of groups' workflow)."""
    _count_anew(
        SalaryLine.objects.filter(
            project__application__group_id=appointment.group_id, project__status__in=Project.OPEN
        )
    )


def _count_anew(lines: QuerySet[SalaryLine]) -> None:
    """Have the next count begin with the first month. What was handed in or accepted stays as it is."""
    for line in lines.select_related("project__application__call"):
        line.next_month, line.next_on = 1, counting.months_of(line.project)[0].last
        line.save(update_fields=["next_month", "next_on"])


def write_invoice(month: SalaryMonth, *, by, now, data) -> None:
    """Invoice and note as they were handed in."""
    for name in ("invoice_number", "invoice_on", "invoice_amount", "note", "invoice"):
        setattr(month, name, data[name])
    month.submitted_at, month.remark = now, ""


def write_remark(month: SalaryMonth, *, by, now, data) -> None:
    """What to change; the event holds it apart, as free text. There are days anew to hand it in: a delay of the office takes
    none away."""
    month.remark = data["reason"] = data["remark"].strip()
    month.due_on = max(month.due_on, day_of(now) + dt.timedelta(days=DAYS_TO_HAND_IN))


def say_which(month: SalaryMonth, *, by, now, data) -> None:
    """Month and amount, for the timeline."""
    data["number"], data["amount"], data["days"] = month.number, month.amount, month.days


def open_payment(month: SalaryMonth, *, by, now, data) -> None:
    """An accepted month is paid like a tranche: ordered by one, confirmed by another."""
    month.accepted_by, month.accepted_at = by, now
    last = month.project.tranches.filter(kind=Tranche.Kind.SALARY).order_by("-number").first()
    month.tranche = Tranche.objects.create(
        project=month.project,
        kind=Tranche.Kind.SALARY,
        basis=Tranche.Basis.SALARY,
        number=last.number + 1 if last else 1,
        percent=None,
        amount=month.amount,
        opened_at=now,
    )
    month.tranche.salary = month
    emails.tranche_open(month.tranche, amount=month.tranche.amount, now=now)
