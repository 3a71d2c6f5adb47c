"""What the programme does to a call besides its transitions: giving more time, and more money."""

import datetime as dt
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.access import require
from accounts.models import User
from accounts.permissions import Action
from applications import emails, guards
from applications.models import Call
from core import timeline
from core.models import Case
from core.money import format_money
from core.workflow import StaleObject, TransitionRefused


@transaction.atomic
def extend(
    *,
    by: User,
    call: Call,
    closes_at: dt.datetime | None,
    reason: str,
    version: int | None,
    now: dt.datetime,
) -> Call:
    """Let a published call close later, or never (None): on the timeline, and told to every group with a draft."""
    fresh = _locked(call, by, version)
    if fresh.closes_at is None:
        raise TransitionRefused(_("This call has no closing day."))
    if closes_at is not None and (closes_at <= fresh.closes_at or closes_at <= now):
        raise TransitionRefused(
            _("The days of a call are only extended: it closes on %(day)s.")
            % {"day": guards.in_words(fresh.closes_at)}
        )
    if not reason.strip():
        raise TransitionRefused(_("Say why."))
    before, fresh.closes_at = fresh.closes_at, closes_at
    fresh.version += 1
    fresh.save(update_fields=["closes_at", "version"])
    timeline.record(
        fresh.case,
        "call.extended",
        by=by,
        now=now,
        obj=fresh,
        text=reason.strip(),
        before=before,
        until=closes_at,
    )
    emails.call_extended(fresh, now=now)
    return fresh


@transaction.atomic
def set_envelope(
    *, by: User, call: Call, envelope: Decimal, reason: str, version: int | None, now: dt.datetime
) -> Call:
    """Give a published call more money, or take back what is not committed (PROGRAMME 6.4)."""
    fresh = _locked(call, by, version)
    committed = fresh.entries.committed()
    if envelope < committed:
        raise TransitionRefused(
            _("%(committed)s are committed already: the envelope cannot be less.")
            % {"committed": format_money(committed)}
        )
    if not reason.strip():
        raise TransitionRefused(_("Say why."))
    before, fresh.envelope = fresh.envelope, envelope
    fresh.version += 1
    fresh.save(update_fields=["envelope", "version"])
    timeline.record(
        fresh.case,
        "call.envelope_set",
        by=by,
        now=now,
        obj=fresh,
        text=reason.strip(),
        before=before,
        after=envelope,
    )
    return fresh


def _locked(call: Call, by: User, version: int | None) -> Call:
    """The call afresh and locked, in the order of its transitions: the case, then the call."""
    Case.objects.select_for_update().get(pk=call.case_id)
    fresh = Call.objects.select_for_update(no_key=True, of=("self",)).select_related("case").get(pk=call.pk)
    require(by, Action.EDIT_CALL, fresh)
    if version is not None and version != fresh.version:
        raise StaleObject(
            _("Somebody changed this since you opened the page. Look at it again before you go on.")
        )
    if fresh.status != Call.Status.PUBLISHED:
        raise TransitionRefused(
            _("This is not possible now: the state is “%(state)s”.") % {"state": fresh.get_status_display()}
        )
    return fresh
