"""The reserve list of a call: it moves up when money is freed (PROGRAMME 5), in the order of the ranking.

Nothing is decided here. Who stands first and fits becomes due for a decision, which the approvers owe and hear of; when
the money goes elsewhere meanwhile, nothing is owed any more.
"""

import datetime as dt
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import Action
from applications import emails, guards, places
from applications.comparison import money_left
from applications.days import last_day
from applications.locking import locked, locked_for
from applications.models import Application, Call
from applications.places import Candidate
from core import dates, timeline
from core.money import ZERO
from core.workflow import TransitionRefused

CALLED, WAITS = "application.reserve_called", "application.reserve_waits"
LEFT = "application.reserve_left"


def money_freed(call: Call, freed: Decimal, *, now: dt.datetime, but: int | None = None) -> list[Application]:
    """Make due for a decision whom the money reaches that was just freed, `freed` pesos; answers them.

    Called in the transaction that freed it, under the call's lock and after the envelope was written. What is due
    already has its money kept; the others follow in order, the first that fits, and so on while something is left.
    `but` is passed over: it is leaving.
    """
    if freed <= ZERO:
        return []
    call = Call.objects.get(pk=call.pk)
    line = [each for each in places.reserve_of(call) if each.application.pk != but]
    left = money_left(call) - sum((each.amount for each in line if _is_due(each)), ZERO)
    called = []
    for each in line:
        if not _is_due(each) and ZERO < each.amount <= left:
            left -= each.amount
            called.append(_call(each, freed, now))
    return called


def passed_on(application: Application, *, now: dt.datetime) -> list[Application]:
    """One that was called goes away, or back to its place: its money goes to the next that fit. Called like
    `money_freed`, while the row is still called; does nothing for any other."""
    if not Application.objects.filter(
        pk=application.pk, status="reserve", staff_due_on__isnull=False
    ).exists():
        return []
    line = places.reserve_of(Call.objects.get(pk=application.call_id))
    mine = next(each for each in line if each.application.pk == application.pk)
    return money_freed(application.call, mine.amount, now=now, but=application.pk)


@transaction.atomic
def leave(
    *, by: User, application: Application, reason: str, version: int | None, now: dt.datetime
) -> Application:
    """Leave one that was called on the reserve list: it keeps its place, and is asked about again when money is freed
    once more. Raises NotAllowed, StaleObject or TransitionRefused."""
    Call.objects.select_for_update(no_key=True).get(pk=application.call_id)
    fresh = locked_for(application, by, Action.DECIDE, version)
    if sentence := why_not_leave(fresh, by=by, now=now):
        raise TransitionRefused(sentence)
    if not reason.strip():
        raise TransitionRefused(_("Say why."))
    passed_on(fresh, now=now)
    fresh.staff_due_on = None
    _save(fresh, now)
    timeline.record(fresh.case, LEFT, by=by, now=now, obj=fresh, locked=True, text=reason.strip())
    return fresh


def why_not_leave(application: Application, *, by: User, now: dt.datetime) -> str:
    """Why somebody cannot leave it on the reserve list now; "" when they can."""
    if application.status != Application.Status.RESERVE or application.staff_due_on is None:
        return _("It was not called from the reserve list.")
    return guards.decider_is_independent(application, by=by, now=now, data={})


def money_committed(call: Call, *, now: dt.datetime, but: int | None = None) -> None:
    """Let those wait again whom the money does not reach any more: it went to another (`but`), or was taken back.

    Called like `money_freed`.
    """
    call = Call.objects.get(pk=call.pk)
    if not call.applications.filter(status="reserve", staff_due_on__isnull=False).exists():
        return
    left = money_left(call)
    for each in places.reserve_of(call):
        if not _is_due(each) or each.application.pk == but:
            continue
        if each.amount <= left:
            left -= each.amount
        else:
            _let_wait(each, now)


def _is_due(candidate: Candidate) -> bool:
    return candidate.application.staff_due_on is not None


def _call(candidate: Candidate, freed: Decimal, now: dt.datetime) -> Application:
    fresh = locked(candidate.application)
    fresh.staff_due_on = last_day(fresh.call, dates.day_of(now), fresh.call.days_to_decide)
    _save(fresh, now)
    timeline.record(
        fresh.case, CALLED, by=None, now=now, obj=fresh, locked=True, freed=freed, amount=candidate.amount
    )
    emails.reserve_called(fresh, freed=freed, amount=candidate.amount, now=now)
    return fresh


def _let_wait(candidate: Candidate, now: dt.datetime) -> None:
    fresh = locked(candidate.application)
    fresh.staff_due_on = None
    _save(fresh, now)
    timeline.record(fresh.case, WAITS, by=None, now=now, obj=fresh, locked=True)


def _save(application: Application, now: dt.datetime) -> None:
    # A page of the decision that was open meanwhile says that something changed.
    application.version += 1
    application.updated_at = now
    application.save(update_fields=["staff_due_on", "version", "updated_at"])
