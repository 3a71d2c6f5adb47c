"""What a transition of an amendment does besides: what is frozen, the version of the plan, the money, and what is set anew.

Effects run under the locks of call and case, after the state is set and before the amendment is saved.
"""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from applications import reserve_list
from applications.models import EnvelopeEntry
from core.dates import day_of
from core.money import ZERO, cents
from core.pdf import content_hash
from grants import tranches
from grants.agreements.actions import stop_account
from grants.amendments import content as contents
from grants.amendments import plans
from grants.amendments.checks import Case, needs_approver
from grants.amendments.firms import leaving_payee
from grants.models import Amendment, PayeeStop, PlanVersion, Project, Tranche
from grants.salary import effects as earned

Kind = Amendment.Kind


def say_which(amendment: Amendment, *, by, now, data) -> None:
    """The timeline names the amendment by its number and kind."""
    data["number"], data["kind"] = amendment.number, amendment.kind


# --- Sent, returned --------------------------------------------------------------------------------------


def freeze(amendment: Amendment, *, by, now, data) -> None:
    """What is sent is kept as it is, with the plan that it is set on, and the digest of both."""
    case = Case(amendment, day_of(now))
    amendment.before = case.now
    amendment.submitted_at, amendment.submitted_by = now, by
    amendment.for_approver = bool(needs_approver(case))
    amendment.opinion, amendment.opinion_by = "", None
    amendment.sha256 = data["sha256"] = digest_of(amendment)


def digest_of(amendment: Amendment) -> str:
    """Of all that the group asked for."""
    files = amendment.files.select_related("document").order_by("pk")
    return content_hash(
        {
            "project": amendment.project_id,
            "number": amendment.number,
            "kind": amendment.kind,
            "reason": amendment.reason,
            "before": amendment.before,
            "content": amendment.content,
            "files": [row.document.sha256 for row in files],
        }
    )


def give_back(amendment: Amendment, *, by, now, data) -> None:
    amendment.note, amendment.returned_at = str(data["reason"]).strip(), now


def write_opinion(amendment: Amendment, *, by, now, data) -> None:
    amendment.opinion, amendment.opinion_by = data["opinion"].strip(), by
    data["reason"] = amendment.opinion


# --- Decided ---------------------------------------------------------------------------------------------


def decide(amendment: Amendment, *, by, now, data) -> None:
    """By whom, when, why, and with which resolution."""
    amendment.decided_by, amendment.decided_at = by, now
    amendment.grounds = str(data.get("reason") or "").strip()
    amendment.resolution = str(data.get("resolution") or "").strip()
    amendment.for_approver = bool(needs_approver(Case(amendment, day_of(now))))


def put_in_force(amendment: Amendment, *, by, now, data) -> None:
    """The version of the plan, and what it makes of the project; what else waits on what it touched is set anew."""
    before = amendment.before
    assert before is not None  # it was submitted
    after = contents.after_of(before, amendment.content, amendment.kind)
    project = Project.objects.select_for_update(no_key=True).get(pk=amendment.project_id)
    if amendment.kind != Kind.MEMBER:
        months = after["months"] if amendment.kind == Kind.EXTENSION else None
        with plans.new_version(project, now=now, amendment=amendment, months=months) as plan:
            _write(project, plan, before, after, now=now, by=by)
        data["plan"] = plan.number
    if amendment.kind in (Kind.EXTENSION, Kind.DATES):
        earned.plan_changed(project)
    if amendment.kind == Kind.MEMBER:
        _stop_payee(project, amendment, by=by, now=now)
    data["last_day"], data["amount"] = project.last_day, project.approved_amount
    amendment.project = project


def _stop_payee(project: Project, amendment: Amendment, *, by: Any, now: dt.datetime) -> None:
    """Nothing is paid to a firm that has left."""
    payee = leaving_payee(project, amendment.content)
    if payee is not None and not payee.open_stop:
        why = PayeeStop.Why.OTHER
        text = _("The firm left the project: amendment %(number)s.") % {"number": amendment.number}
        stop_account(project.case, payee, by=by, why=why, text=text, now=now)


def _write(
    project: Project, plan: PlanVersion, before: dict, after: dict, *, now: dt.datetime, by: Any
) -> None:
    if "activities" in after:
        plans.write_activities(plan, before, after)
    if "lines" in after:
        plans.write_lines(plan, before, after)
    if "last_day" in after:
        project.last_day = dt.date.fromisoformat(after["last_day"])
    if "amount" in after:
        change_amount(project, Decimal(after["amount"]), now=now, by=by)
    project.version += 1
    project.save(update_fields=["last_day", "approved_amount", "version"])


def change_amount(project: Project, amount: Decimal, *, now: dt.datetime, by: Any) -> None:
    """A new approved amount: in the envelope of the call, and in the tranches that are not ordered yet."""
    more = amount - project.approved_amount
    if not more:
        return
    EnvelopeEntry.objects.create(
        call=project.call,
        application=project.application,
        amount=more,
        why=EnvelopeEntry.Why.AMEND,
        at=now,
    )
    project.approved_amount = amount
    if more > ZERO:
        _add_to_tranches(project, more, now=now, by=by)
    else:
        _take_from_tranches(project, -more, day=day_of(now))
        reserve_list.money_freed(project.call, -more, now=now)


def _take_from_tranches(project: Project, less: Decimal, *, day: dt.date) -> None:
    """From the last one on; one of which nothing is left is cancelled."""
    for tranche in project.tranches.of_the_grant().unpaid().select_for_update().order_by("-number"):
        part = min(less, tranche.amount)
        less -= part
        if part == tranche.amount:
            tranche.cancelled_on = day
        else:
            set_amount(tranche, tranche.amount - part, project.approved_amount)
        tranche.version += 1
        tranche.save(update_fields=["amount", "percent", "cancelled_on", "version"])
        if less <= ZERO:
            return


def _add_to_tranches(project: Project, more: Decimal, *, now: dt.datetime, by: Any) -> None:
    """To the last one that waits; where none does, a tranche of its own that waits for what the last one waited for."""
    planned = project.tranches.of_the_grant()
    waiting = planned.unpaid().filter(opened_at=None).select_for_update().order_by("-number").first()
    if waiting:
        set_amount(waiting, waiting.amount + more, project.approved_amount)
        waiting.version += 1
        waiting.save(update_fields=["amount", "percent", "version"])
        return
    last = planned.order_by("-number").first()
    assert last is not None  # a project that runs has tranches
    tranche = Tranche(
        project=project,
        number=last.number + 1,
        after_report=max(planned.values_list("after_report", flat=True)),
        basis=last.basis,
        proof_percent=last.proof_percent,
        needs_surety=last.needs_surety,
    )
    set_amount(tranche, more, project.approved_amount)
    tranche.save()
    tranches.open_waiting(project, report_number=0, now=now, by=by)


def set_amount(tranche: Tranche, amount: Decimal, whole: Decimal) -> None:
    """Its amount, and its part of the whole."""
    tranche.amount = amount
    tranche.percent = max(cents(amount * 100 / whole), Decimal("0.01"))


def set_others_anew(amendment: Amendment, *, by, now, data) -> None:
    """What was sent on the plan as it was goes back, where this one touched the same (PROGRAMME 5)."""
    note = _(
        "Amendment %(number)s changed the plan meanwhile. Look at it on the plan of today, and send it again."
    ) % {"number": amendment.number}
    set_anew(amendment.project_id, contents.TOUCHES[amendment.kind], note, now=now, but=amendment.pk)


def set_anew(project_id: int, touched: frozenset[str], note: str, *, now: dt.datetime, but: int = 0) -> None:
    """Send back, with a note, what was sent on a plan of which these parts changed. The caller holds call and case."""
    from grants.amendments.workflow import AMENDMENT

    sent = Amendment.objects.filter(project=project_id, status="submitted").exclude(pk=but)
    for other in sent.order_by("number"):
        if contents.TOUCHES[other.kind] & touched:
            AMENDMENT.apply(other, "set_anew", by=None, now=now, data={"reason": note})


# --- Of the project --------------------------------------------------------------------------------------


def void_open(project: Project, *, by, now, data) -> None:
    """What was asked of a project that ends has no object any more (an effect of its end)."""
    from grants.amendments.workflow import AMENDMENT

    for amendment in Amendment.objects.filter(project=project, status__in=Amendment.OPEN).order_by("number"):
        AMENDMENT.apply(amendment, "void", by=None, now=now)
