"""Planning a visit, logging one that nobody planned, and what was agreed there. Each is one transaction, on the timeline."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.access import require
from accounts.permissions import Action
from applications.models import Application
from core import timeline
from core.dates import day_of
from core.models import Case
from core.workflow import TransitionRefused
from grants.models import Visit, VisitAgreement
from grants.visits import emails, guards
from grants.visits.workflow import VISIT


def why_no_visit(application: Application) -> str:
    """Why a group cannot be visited for this application, in a sentence; "" when it can."""
    if application.is_test or application.status == Application.Status.DRAFT:
        return _("It was not sent yet: until then its adviser visits the group.")
    return ""


@transaction.atomic
def plan(
    *, by, application: Application, visitor, on: dt.date, mode: str, purpose: str, now: dt.datetime
) -> Visit:
    """Plan a visit; the group is told. Raises NotAllowed or TransitionRefused."""
    visit = _begin(by=by, application=application, visitor=visitor, on=on, mode=mode, now=now)
    if sentence := guards.why_not_planned_on(on, day_of(now)):
        raise TransitionRefused(sentence)
    visit.purpose = purpose.strip()
    visit.save(update_fields=["purpose"])
    _record(visit, by=by, now=now)
    emails.planned(visit, now=now)
    return visit


@transaction.atomic
def log_unplanned(
    *, by, application: Application, on: dt.date, mode: str, now: dt.datetime, **seen: Any
) -> Visit:
    """Log a visit that was not planned here: `seen` as the transition `log` takes it. Raises NotAllowed or
    TransitionRefused."""
    visit = _begin(by=by, application=application, visitor=by, on=on, mode=mode, now=now)
    return VISIT.apply(visit, "log", by=by, now=now, data={"on": on, "mode": mode, **seen})


def _begin(*, by, application: Application, visitor, on: dt.date, mode: str, now: dt.datetime) -> Visit:
    Case.objects.select_for_update().get(pk=application.case_id)
    require(by, Action.LOG_VISIT, Visit(application=application))
    if sentence := why_no_visit(application):
        raise TransitionRefused(sentence)
    return Visit.objects.create(
        application=application, visitor=visitor, on=on, mode=mode, planned_by=by, planned_at=now
    )


def _record(visit: Visit, *, by, now: dt.datetime) -> None:
    timeline.record(
        visit.case,
        VISIT.action("plan"),
        by=by,
        now=now,
        obj=visit,
        to_state=visit.status,
        on=visit.on,
        mode=visit.mode,
        visitor=visit.visitor_id,
    )


@transaction.atomic
def meet_agreement(*, by, agreement: VisitAgreement, now: dt.datetime) -> VisitAgreement:
    """An officer says that what was agreed at a visit is done. Raises NotAllowed or TransitionRefused."""
    case = Case.objects.select_for_update().get(pk=agreement.case.pk)
    agreement = VisitAgreement.objects.select_for_update().get(pk=agreement.pk)
    require(by, Action.LOG_VISIT, agreement)
    if agreement.done_on:
        raise TransitionRefused(_("Somebody said so already."))
    agreement.done_on, agreement.done_by = day_of(now), by
    agreement.save(update_fields=["done_on", "done_by"])
    timeline.record(case, "visit.agreement_met", by=by, now=now, obj=agreement.visit, agreement=agreement.pk)
    return agreement
