"""What happens to the lines of a project's account: brought, matched, let go. Each is one transaction, on the timeline."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Model
from django.utils.translation import gettext as _

from accounts.access import require
from accounts.permissions import Action
from core import timeline
from core.models import Case
from core.money import ZERO
from core.workflow import StaleObject, TransitionRefused
from grants.account.guards import paid_into
from grants.account.reading import Movement
from grants.models import AccountLine, ExpensePayment, Project, RefundReceipt

# How far the bank's day and ours may lie apart for the same money: it is hardly there before it was paid, and a bank, a card
# or a cheque takes its time. Within so many days both ways it is likely the same.
EARLY, LATE, LIKELY = dt.timedelta(days=5), dt.timedelta(days=60), dt.timedelta(days=5)


def brings_refusal(project: Project) -> str:
    """Why no line can be brought or matched now, in a sentence; "" when it can."""
    if project.first_day is None:
        return _("The project has not started yet.")
    if project.status == Project.Status.CLOSED:
        return _("The project is closed: its account stays as it was matched.")
    return ""


def bring(*, by, project: Project, movements: Iterable[Movement], now: dt.datetime) -> int:
    """Save the movements of a statement that are not there yet; answers how many.

    Raises NotAllowed or TransitionRefused.
    """
    with transaction.atomic():
        case = Case.objects.select_for_update().get(pk=project.case.pk)
        project = Project.objects.get(pk=project.pk)
        require(by, Action.MATCH_ACCOUNT, project)
        if refusal := brings_refusal(project):
            raise TransitionRefused(refusal)
        fresh = new_of(project, movements)
        AccountLine.objects.bulk_create(
            AccountLine(
                project=project,
                on=row.on,
                text=row.text,
                reference=row.reference,
                amount=row.amount,
                occurrence=row.occurrence,
                brought_by=by,
                brought_at=now,
            )
            for row in fresh
        )
        if fresh:
            timeline.record(case, "accountline.bring", by=by, now=now, obj=project, number=len(fresh))
    return len(fresh)


def new_of(project: Project, movements: Iterable[Movement]) -> list[Movement]:
    """Those that the account does not have yet."""
    there = keys_of(project)
    return [row for row in movements if row.key not in there]


def keys_of(project: Project) -> set[tuple]:
    """What makes each line of the account itself (reading.Movement.key)."""
    return set(project.account_lines.values_list("on", "text", "reference", "amount", "occurrence"))


def candidates(line: AccountLine) -> list[tuple[str, Model]]:
    """What a line may be matched to: of its project, of its amount, of a day that fits, and not matched yet; the nearest
    first. A salary goes to the coordinator's own account, never to this one."""
    return [(kind, row) for kind, row, _on in _dated_candidates(line)]


def likely(line: AccountLine) -> tuple[str, Model] | None:
    """What it is, in all likelihood: the only one that lies near its day. None where nothing does, or more than one."""
    near = [(kind, row) for kind, row, on in _dated_candidates(line) if abs(line.on - on) <= LIKELY]
    return near[0] if len(near) == 1 else None


def _dated_candidates(line: AccountLine) -> list[tuple[str, Any, dt.date]]:
    days = (line.on - LATE, line.on + EARLY)
    found: list[tuple[str, Any, dt.date]] = []
    if line.amount > ZERO:
        rows = paid_into(line.project_id).filter(
            net=line.amount, account_line=None, treasury_date__range=days
        )
        found += [("disbursement", row, row.treasury_date) for row in rows.select_related("tranche")]  # type: ignore[misc]
    else:
        payments = ExpensePayment.objects.filter(
            expense__statement__project=line.project_id,
            expense__status="verified",
            amount=-line.amount,
            account_line=None,
            paid_on__range=days,
        ).select_related("expense")
        found += [("expense_payment", row, row.paid_on) for row in payments]
        receipts = RefundReceipt.objects.filter(
            refund__project=line.project_id,
            status="confirmed",
            amount=-line.amount,
            account_line=None,
            paid_on__range=days,
        ).select_related("refund")
        found += [("receipt", receipt, receipt.paid_on) for receipt in receipts]
    return sorted(found, key=lambda row: (abs((row[2] - line.on).days), row[0], row[1].pk))


def match(
    *,
    by,
    line: AccountLine,
    now: dt.datetime,
    version: int | None = None,
    kind: str = "",
    pk: int | None = None,
    explanation: str = "",
) -> AccountLine:
    """Say what a line is: one of its candidates (`kind` and `pk`), or an explanation.

    Raises NotAllowed, StaleObject or TransitionRefused.
    """
    try:
        with transaction.atomic():
            line = _fresh(by, line, version)
            if line.is_matched:
                raise TransitionRefused(_("This line is matched already."))
            if kind:
                if (kind, pk) not in [(name, row.pk) for name, row in candidates(line)]:
                    raise TransitionRefused(_("This was matched meanwhile, or is of another amount or day."))
                setattr(line, f"{kind}_id", pk)
            elif not explanation.strip():
                raise TransitionRefused(_("Choose what it is, or explain it."))
            else:
                line.explanation = explanation.strip()
            line.matched_by, line.matched_at = by, now
            line.version += 1
            line.save()
            timeline.record(
                line.case,
                "accountline.match",
                by=by,
                now=now,
                obj=line,
                amount=line.amount,
                text=line.explanation,
            )
    except IntegrityError as error:
        raise TransitionRefused(_("This was matched meanwhile, or is of another amount or day.")) from error
    return line


def let_go(*, by, line: AccountLine, now: dt.datetime, version: int | None = None) -> AccountLine:
    """Take a match back: it was wrong. Raises NotAllowed, StaleObject or TransitionRefused."""
    with transaction.atomic():
        line = _fresh(by, line, version)
        if not line.is_matched:
            raise TransitionRefused(_("This line is not matched."))
        line.disbursement = line.expense_payment = line.receipt = None
        line.explanation, line.matched_by, line.matched_at = "", None, None
        line.version += 1
        line.save()
        timeline.record(line.case, "accountline.let_go", by=by, now=now, obj=line, amount=line.amount)
    return line


def _fresh(by, line: AccountLine, version: int | None) -> AccountLine:
    """The line under its case's lock, if this person may match it now."""
    Case.objects.select_for_update().get(pk=line.case.pk)
    line = AccountLine.objects.select_for_update().get(pk=line.pk)
    require(by, Action.MATCH_ACCOUNT, line)
    if version is not None and version != line.version:
        raise StaleObject
    if refusal := brings_refusal(line.project):
        raise TransitionRefused(refusal)
    return line
