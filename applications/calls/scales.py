"""A call's scale of the coordinators' salary, moved by one resolution from a day on (PROGRAMME 10)."""

import datetime as dt
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.access import require
from accounts.models import User
from accounts.permissions import Action
from applications.models import Call, SalaryScale
from core import timeline
from core.dates import day_of
from core.models import Case
from core.workflow import TransitionRefused


def why_not_set(call: Call) -> str:
    """Why no scale can be set for a call, in a sentence; "" when one can."""
    if call.salary_per_month is None:
        return _("This call pays no coordinator.")
    if call.status not in (Call.Status.PUBLISHED, Call.Status.WOUND_UP):
        return _("Only a call that was published has a scale that moves: write the salary into the draft.")
    return ""


def day_refusal(call: Call, valid_from: dt.date, today: dt.date) -> str:
    """What is wrong with the first day of a scale, in a sentence; "" when nothing is."""
    if valid_from <= today:
        return _(
            "A scale counts from a day to come, so that no day that was worked changes what it is worth."
        )
    if call.salary_scales.filter(valid_from=valid_from).exists():
        return _("A scale begins on this day already.")
    return ""


def set_scale(
    *, by: User, call: Call, valid_from: dt.date, per_month: Decimal, resolution: str, now: dt.datetime
) -> SalaryScale:
    """Set what a month is worth from a day on, for every project of the call. Raises NotAllowed or TransitionRefused."""
    with transaction.atomic():
        case = Case.objects.select_for_update().get(pk=call.case_id)
        call = Call.objects.get(pk=call.pk)
        require(by, Action.SET_SALARY_SCALE, call)
        if sentence := why_not_set(call) or day_refusal(call, valid_from, day_of(now)):
            raise TransitionRefused(sentence)
        scale = SalaryScale.objects.create(
            call=call,
            valid_from=valid_from,
            per_month=per_month,
            resolution=resolution.strip(),
            entered_on=day_of(now),
            entered_by=by,
        )
        timeline.record(
            case,
            "call.salary_scale",
            by=by,
            now=now,
            obj=call,
            valid_from=valid_from,
            per_month=per_month,
            text=scale.resolution,
        )
    return scale
