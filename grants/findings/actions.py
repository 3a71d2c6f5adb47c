"""Writing a finding: one transaction, on the timeline."""

import datetime as dt
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.access import require
from accounts.permissions import Action
from core import timeline
from core.dates import day_of
from core.models import Case
from core.workflow import TransitionRefused
from grants.findings import emails
from grants.findings.workflow import FINDING
from grants.models import Disbursement, Expense, Finding, Project


def write_finding(
    *,
    by,
    project: Project,
    text: str,
    due_on: dt.date,
    now: dt.datetime,
    amount: Decimal | None = None,
    expense: Expense | None = None,
    disbursement: Disbursement | None = None,
) -> Finding:
    """Write down what was found on a project, on one of its expenses or payments; the office answers by the day.

    Raises NotAllowed or TransitionRefused.
    """
    with transaction.atomic():
        case = Case.objects.select_for_update().get(pk=project.case.pk)
        require(by, Action.WRITE_FINDING, project)
        if due_on < day_of(now):
            raise TransitionRefused(_("The day by which it is answered is over already."))
        last = project.findings.order_by("-number").values_list("number", flat=True).first() or 0
        finding = Finding.objects.create(
            project=project,
            number=last + 1,
            text=text.strip(),
            amount=amount,
            due_on=due_on,
            expense=expense,
            disbursement=disbursement,
            written_by=by,
            written_at=now,
        )
        timeline.record(
            case,
            FINDING.action("write"),
            by=by,
            now=now,
            obj=finding,
            to_state=finding.status,
            text=finding.text,
            number=finding.number,
            due_on=due_on,
        )
        emails.finding_written(finding, now=now)
    return finding
