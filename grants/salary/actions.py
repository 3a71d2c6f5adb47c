"""What happens to the salary across rows: months counted, invoices handed in, accounts entered. Each is one transaction, on
the timeline. Changes of state go through grants.workflow.
"""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.access import require
from accounts.permissions import Action
from core import documents, timeline
from core.dates import day_of
from core.models import Case
from core.money import ZERO
from core.workflow import TransitionRefused
from grants import emails as project_emails
from grants.models import Payee, SalaryLine, SalaryMonth
from grants.salary import arithmetic as sums
from grants.salary import counting, emails, guards
from grants.salary.effects import DAYS_TO_HAND_IN
from grants.workflow import SALARY, lock_call

INVOICE = "salary_invoice"


# --- Counting -----------------------------------------------------------------------------------------


def count_months(now: dt.datetime) -> None:
    """Every month of the salary that has ended is counted (core.dated). Once more changes nothing."""
    for pk in list(
        SalaryLine.objects.to_count(day_of(now)).order_by("next_on", "pk").values_list("pk", flat=True)
    ):
        count(pk, now)


@transaction.atomic
def count(line_pk: int, now: dt.datetime) -> None:
    """Count the months of one project that have ended."""
    line = SalaryLine.objects.select_related("project__application__call").get(pk=line_pk)
    case = Case.objects.select_for_update().get(pk=line.case.pk)
    line = SalaryLine.objects.select_for_update(of=("self",)).with_case().get(pk=line_pk)
    if line.project.is_running and line.next_on is not None:
        write_months(case, line, now=now)


def write_months(case: Case, line: SalaryLine, *, now: dt.datetime) -> None:
    """Who earned what in the months of a project that have ended; of a project that has ended itself, in all of them. Rows that
    were not handed in follow what is on record now; those that were stay as they are. The caller holds the case's lock."""
    project, today = line.project, day_of(now)
    months = counting.months_of(project)
    posts, rates = counting.posts_of(project), counting.rates_of(line)
    rows = {(row.number, row.person_id): row for row in project.salary_months.select_for_update()}
    frozen = {key: row for key, row in rows.items() if row.status in ("submitted", "accepted")}
    earned = {
        (month.number, each.person): (month, each)
        for month in months
        if month.last < today or project.ended_on
        for each in sums.earned(month, posts, rates)
    }
    counted = {key: found for key, found in earned.items() if key not in frozen}
    left = line.most - sum((row.amount for row in frozen.values()), ZERO)
    amounts = sums.within((each.amount for _month, each in counted.values()), left)
    for (key, (month, each)), amount in zip(counted.items(), amounts, strict=True):
        _write(case, line, rows.get(key), month, each, amount, now)
    for key, row in rows.items():
        if key not in earned and row.is_owed:
            SALARY.apply(row, "void", by=None, now=now)
    to_come = None if project.ended_on else next((month for month in months if month.last >= today), None)
    line.next_month = to_come.number if to_come else None
    line.next_on = to_come.last if to_come else None
    line.save(update_fields=["next_month", "next_on"])


def _write(
    case: Case,
    line: SalaryLine,
    row: SalaryMonth | None,
    month: sums.Month,
    each: sums.Earned,
    amount: Decimal,
    now: dt.datetime,
) -> None:
    """One person's month: a new row, or the one that waits brought up to date. What the line has nothing left for is none."""
    counted = {
        "first_on": month.first,
        "last_on": month.last,
        "days": each.days,
        "of_days": each.of_days,
        "amount": amount,
    }
    if amount <= ZERO:
        if row is not None and row.is_owed:
            SALARY.apply(row, "void", by=None, now=now)
        return
    if row is None:
        due_on = max(month.last, day_of(now) - dt.timedelta(days=1)) + dt.timedelta(days=DAYS_TO_HAND_IN)
        row = SalaryMonth.objects.create(
            project=line.project, person_id=each.person, number=month.number, due_on=due_on, **counted
        )
    elif all(getattr(row, name) == value for name, value in counted.items()) and row.is_owed:
        return
    else:
        for name, value in counted.items():
            setattr(row, name, value)
        # Whom a month was taken from, and who has it again.
        row.status = SalaryMonth.Status.ACCRUED if row.status == SalaryMonth.Status.VOID else row.status
        row.lapsed_on = None
        row.version += 1
        row.save()
    timeline.record(
        case,
        "salarymonth.count",
        by=None,
        now=now,
        obj=row,
        to_state=row.status,
        number=row.number,
        days=row.days,
        amount=row.amount,
        person=row.person_id,
    )
    emails.to_hand_in(row, now=now)


def lapse_months(now: dt.datetime) -> None:
    """What was not handed in by its day, after the project ended, goes back to the call (core.dated)."""
    late = SalaryMonth.objects.owed().filter(project__status="terminated", due_on__lt=day_of(now))
    for month in list(late.select_related("project__application").order_by("due_on", "pk")):
        with transaction.atomic():
            lock_call(month.project)
            SALARY.apply(month, "lapse", by=None, now=now)


# --- Handing in ---------------------------------------------------------------------------------------


def hand_in(
    *,
    by,
    month: SalaryMonth,
    now: dt.datetime,
    version: int | None = None,
    invoice: UploadedFile | None = None,
    **said: Any,
) -> SalaryMonth:
    """The person hands in invoice and note of a month: invoice_number, invoice_on, invoice_amount, note; a returned one keeps
    its file unless another comes. Raises NotAllowed, StaleObject or TransitionRefused."""
    with transaction.atomic():
        case = Case.objects.select_for_update().get(pk=month.case.pk)
        fresh = SalaryMonth.objects.select_for_update(of=("self",)).with_case().get(pk=month.pk)
        require(by, Action.HAND_IN_SALARY, fresh)
        file = fresh.invoice
        if invoice is not None:
            file = documents.store(case=case, kind=INVOICE, owner_id=fresh.pk, upload=invoice, by=by, now=now)
        if file is None:
            raise TransitionRefused(_("Attach the invoice."))
        data = {**said, "note": said.get("note", "").strip(), "invoice": file}
        return SALARY.apply(month, "submit", by=by, now=now, version=version, data=data)


def may_read_invoice(user, document) -> bool:
    """Whoever may see the month."""
    month = SalaryMonth.objects.with_case().filter(pk=document.owner_id).first()
    return month is not None and user.can(Action.VIEW_PAYMENTS, month)


# --- The account ----------------------------------------------------------------------------------------


def enter_account(*, by, line: SalaryLine, cuit: str, cbu: str, now: dt.datetime) -> Payee:
    """Whoever holds or held the office says on which account of their own the salary is paid. It replaces the one before:
    nothing is paid until an officer has checked it. Raises NotAllowed or TransitionRefused."""
    with transaction.atomic():
        Case.objects.select_for_update().get(pk=line.case.pk)
        line = SalaryLine.objects.with_case().get(pk=line.pk)
        require(by, Action.HAND_IN_SALARY, line)
        project = line.project
        if refusal := guards.why_no_account(project):
            raise TransitionRefused(refusal)
        before = project.payees.select_for_update().filter(current=True, person=by).first()
        if before is not None and (before.cuit, before.cbu) == (cuit, cbu):
            raise TransitionRefused(_("This is your account already."))
        project.payees.filter(current=True, person=by).update(current=False)
        payee = Payee.objects.create(
            project=project,
            person=by,
            name=by.full_name,
            cuit=cuit,
            cbu=cbu,
            entered_by=by,
            entered_at=now,
        )
        timeline.record(
            project.case, "payee.own_entered", by=by, now=now, obj=payee, replaces=before and before.pk
        )
        project_emails.payee_entered(payee, now=now)
    return payee
