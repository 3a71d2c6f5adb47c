"""What the world of the access tests has of a project's money: a refund with its receipt, a surety, a list for the bank, a
line of the account, a finding."""

import datetime as dt
from decimal import Decimal
from typing import Any

from accounts.models import User
from core.dates import day_of
from grants import bank_lists
from grants.account import actions as account
from grants.account.reading import Movement
from grants.findings.actions import write_finding
from grants.models import Disbursement, Project
from tests.grants.money import rows


def money_rows(
    project: Project, payment: Disbursement, people: dict[str, User], *, now: dt.datetime
) -> dict[str, Any]:
    """One of each; nothing was paid yet, so the refund is of interest."""
    number = str(project.pk)
    asked = rows.refund(
        project, 100, why="interest", by=people["finance"], now=now, due_on=day_of(now) + 30 * rows.DAY
    )
    given = rows.receipt(asked, 60, paid_on=day_of(now), now=now)
    held = rows.surety(project, 1_000, policy=number, by=people["finance"], now=now)
    movement = Movement(day_of(now), "Transfer", number, Decimal(5))
    account.bring(by=project.group.representative, project=project, movements=[movement], now=now)
    return {
        "refund": asked,
        "refund_receipt": given,
        "surety": held,
        "bank_list": bank_lists.make(by=people["finance"], payments=[payment.pk], now=now),
        "account_line": project.account_lines.get(),
        "finding": write_finding(
            by=people["admin"], project=project, text="No note.", due_on=day_of(now) + rows.DAY, now=now
        ),
    }
