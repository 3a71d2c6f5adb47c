"""What the resolution of an update of prices does: for each project the envelope, a version of its plan, its tranches, the row,
the timeline, and what its people are told.

Effects run under the locks of call and case, after the state is set and before the update is saved.
"""

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _

from applications import reserve_list
from applications.models import EnvelopeEntry
from core import timeline
from core.models import Case
from core.workflow import StaleObject
from grants.amendments import plans
from grants.amendments.effects import set_amount, set_anew
from grants.models import LineVersion, PriceUpdate, PriceUpdateRow, Project
from grants.prices import arithmetic as sums
from grants.prices import emails
from grants.prices.working import Row, work_out

TOUCHED = frozenset({"lines", "amount"})


def say_which(update: PriceUpdate, *, by, now, data) -> None:
    """The timeline names the month."""
    data["month"] = update.figure.month


def write_resolution(update: PriceUpdate, *, by, now, data) -> None:
    update.issued_by, update.issued_at = by, now
    update.resolution = str(data["resolution"]).strip()
    update.resolved_on, update.grounds = data["resolved_on"], str(data["grounds"]).strip()


def raise_projects(update: PriceUpdate, *, by, now, data) -> None:
    """All of them, or none: with what the person who signs has read (`figures`)."""
    call = update.call
    running = Project.objects.filter(application__call=call).open()
    # In one order, so that two who lock many never wait for each other.
    cases = running.values("application__case")
    list(Case.objects.select_for_update().filter(pk__in=cases).order_by("pk"))
    list(running.select_for_update(no_key=True, of=("self",)).order_by("pk"))
    work = work_out(call, update.figure)
    if data["figures"] != work.figures:
        raise StaleObject(
            _("The figures have moved since the page was shown. Look at them again before you sign.")
        )
    for row in work.raised:
        _raise(update, row, by=by, now=now)
    data["projects"], data["amount"] = len(work.raised), work.more
    reserve_list.money_committed(call, now=now)


def _raise(update: PriceUpdate, row: Row, *, by: Any, now: dt.datetime) -> None:
    project = row.project
    entry = EnvelopeEntry.objects.create(
        call=update.call,
        application=project.application,
        amount=row.more,
        why=EnvelopeEntry.Why.UPDATE,
        at=now,
    )
    before = project.approved_amount
    with plans.new_version(project, now=now, ground=update.resolution) as plan:
        LineVersion.objects.bulk_create(
            LineVersion(plan=plan, line_id=pk, programme_share=programme, group_share=group)
            for pk, (programme, group) in row.lines.items()
        )
        project.approved_amount = row.approved_after
        project.version += 1
        project.save(update_fields=["approved_amount", "version"])
        _raise_tranches(project, row)
    made = PriceUpdateRow.objects.create(
        update=update,
        project=project,
        month=update.figure.month,
        level_before=row.level_before,
        level_after=row.level_after,
        approved_before=before,
        rest=row.rest,
        more=row.more,
        group_more=row.group_more,
        plan=plan,
        entry=entry,
    )
    timeline.record(
        project.case,
        "priceupdaterow.issue",
        by=by,
        now=now,
        obj=made,
        to_state="issued",
        month=made.month,
        amount=made.more,
        approved=made.approved_after,
        plan=plan.number,
        resolution=update.resolution,
    )
    emails.raised(made, now=now)
    note = _("Prices were updated meanwhile. Look at it on the plan of today, and send it again.")
    set_anew(project.pk, TOUCHED, note, now=now)


def _raise_tranches(project: Project, row: Row) -> None:
    """Those that are neither ordered nor paid, each in proportion."""
    unpaid = list(project.tranches.of_the_grant().unpaid().select_for_update().order_by("number"))
    for tranche, part in zip(unpaid, sums.in_parts(row.more, [each.amount for each in unpaid]), strict=True):
        set_amount(tranche, tranche.amount + part, project.approved_amount)
        tranche.version += 1
        tranche.save(update_fields=["amount", "percent", "version"])
