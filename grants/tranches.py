"""The tranches of a project: how its amount is parted, and when each opens (PROGRAMME 10)."""

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from applications.models import CallTranche
from core import timeline
from core.dates import day_of
from core.money import ZERO, cents
from grants import conditions, emails
from grants.models import Project, Statement, Tranche

WHOLE = Decimal(100)


@dataclass(frozen=True)
class Part:
    """A tranche before there is a project to pay: `after_report` 0 waits for nothing."""

    number: int
    percent: Decimal
    amount: Decimal
    after_report: int
    proof_percent: Decimal = ZERO
    needs_surety: bool = False


def parts_of(amount: Decimal, planned: Iterable[CallTranche]) -> list[Part]:
    """An amount in the call's parts, to the cent: each half up, and the last takes what rounding leaves.

    A call that plans no tranches pays at once; a part of less than a cent is left out.
    """
    rows = [
        (row.percent, row.after_report, row.proof_percent, row.needs_surety)
        for row in sorted(planned, key=lambda row: row.number)
    ]
    rows = rows or [(WHOLE, 0, ZERO, False)]
    parts: list[Part] = []
    left = amount
    for place, (percent, after_report, proof_percent, needs_surety) in enumerate(rows):
        last = place == len(rows) - 1
        share = left if last else min(cents(amount * percent / WHOLE), left)
        left -= share
        if share > ZERO:
            parts.append(Part(len(parts) + 1, percent, share, after_report, proof_percent, needs_surety))
    return parts


def open_waiting(
    project: Project,
    *,
    report_number: int,
    now: dt.datetime,
    by: Any = None,
    held: Collection[int] = (),
) -> list[Tranche]:
    """Open the tranches that waited for a report (0: for the start), but those whose ids are in `held`.

    The caller holds the case's lock. Answers those that were opened, on the timeline and told to finance.
    """
    if not project.is_open:
        return []
    found = project.tranches.select_for_update().filter(
        after_report=report_number, opened_at=None, cancelled_on=None
    )
    opened = list(found.exclude(pk__in=held))
    for tranche in opened:
        tranche.opened_at, tranche.version = now, tranche.version + 1
        tranche.save(update_fields=["opened_at", "version"])
        timeline.record(
            project.case,
            "tranche.open",
            by=by,
            now=now,
            obj=tranche,
            from_state="planned",
            to_state="open",
            tranche=tranche.number,
            amount=tranche.amount,
            report=report_number,
        )
    if opened:
        tell_of_ready(project, now=now)
    return opened


def tell_of_ready(project: Project, *, now: dt.datetime) -> None:
    """Tell finance of each open tranche that waits for nothing any more; of one that was told before, nothing."""
    for row in conditions.waiting_of(project, today=day_of(now)):
        if row.is_ready:
            emails.tranche_open(row.tranche, amount=row.to_order, now=now)


def told_when_settled(statement: Statement, *, by, now, data) -> None:
    """An effect of a settled statement: what was verified may be the proof that a tranche waited for."""
    tell_of_ready(statement.project, now=now)


def cancel_unpaid(project: Project, *, day: dt.date) -> None:
    """Cancel the tranches of the grant that were not paid, at a project's end; a salary was earned. The caller has made sure that
    nothing is ordered."""
    for tranche in project.tranches.of_the_grant().unpaid().select_for_update():
        tranche.cancelled_on, tranche.version = day, tranche.version + 1
        tranche.save(update_fields=["cancelled_on", "version"])
