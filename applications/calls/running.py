"""What the programme does to a published call besides its transitions: more time, a further cut, more money. Each with
its reason on the timeline."""

import datetime as dt
from decimal import Decimal

from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from applications import cuts, emails, guards, reserve_list
from applications.calls.editing import locked
from applications.models import Application, Call, CallCut, ReserveEnd
from applications.workflow import APPLICATION
from core import timeline
from core.money import format_money
from core.workflow import TransitionRefused


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
    fresh = _published(call, by, version)
    if fresh.closes_at is None:
        raise TransitionRefused(_("This call has no closing day."))
    if closes_at is not None and (closes_at <= fresh.closes_at or closes_at <= now):
        raise TransitionRefused(
            _("The days of a call are only extended: it closes on %(day)s.")
            % {"day": guards.in_words(fresh.closes_at)}
        )
    _with_reason(reason)
    before, fresh.closes_at = fresh.closes_at, closes_at
    _next_version(fresh, "closes_at")
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
    emails.call_extended(fresh, reason=reason.strip(), now=now)
    return fresh


@transaction.atomic
def add_cut(
    *, by: User, call: Call, at: dt.datetime, reason: str, version: int | None, now: dt.datetime
) -> CallCut:
    """Set one more dated cut of a published call, after all others. Cuts that were set stay (the database refuses)."""
    fresh = _published(call, by, version)
    if fresh.intake != Call.Intake.CUTS:
        raise TransitionRefused(_("This call is not decided by dated cuts."))
    last = fresh.cuts.aggregate(at=Max("at"), number=Max("number"))
    if at <= now or (last["at"] is not None and at <= last["at"]):
        day = guards.in_words(max(now, last["at"] or now))
        raise TransitionRefused(_("A further cut comes after %(day)s.") % {"day": day})
    _with_reason(reason)
    cut = CallCut.objects.create(call=fresh, number=(last["number"] or 0) + 1, at=at)
    _next_version(fresh)
    timeline.record(
        fresh.case, "call.cut_added", by=by, now=now, obj=fresh, text=reason.strip(), cut=cut.number, at=at
    )
    return cut


@transaction.atomic
def set_envelope(
    *, by: User, call: Call, envelope: Decimal, reason: str, version: int | None, now: dt.datetime
) -> Call:
    """Give a published call more money, with which its reserve list moves up, or take back what is not committed
    (PROGRAMME 6.4)."""
    fresh = _published(call, by, version)
    committed = fresh.entries.committed()
    if envelope < committed:
        raise TransitionRefused(
            _("%(committed)s are committed already: the envelope cannot be less.")
            % {"committed": format_money(committed)}
        )
    _with_reason(reason)
    before, fresh.envelope = fresh.envelope, envelope
    _next_version(fresh, "envelope")
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
    if envelope > before:
        reserve_list.money_freed(fresh, envelope - before, now=now)
    else:
        reserve_list.money_committed(fresh, now=now)
    return fresh


@transaction.atomic
def end_reserve(
    *, by: User, call: Call, cut: CallCut, reason: str, version: int | None, now: dt.datetime
) -> list[Application]:
    """End the reserve list of a dated cut: what waits on it lapses, as with the whole call (PROGRAMME 12). Answers the
    applications that lapsed; each group hears of it."""
    fresh = _published(call, by, version)
    if sentence := why_not_end_reserve(cut, now):
        raise TransitionRefused(sentence)
    _with_reason(reason)
    ReserveEnd.objects.create(cut=cut, at=now)
    _next_version(fresh)
    timeline.record(
        fresh.case, "call.reserve_ended", by=by, now=now, obj=fresh, text=reason.strip(), cut=cut.number
    )
    ended = on_reserve(fresh, cut).order_by("pk")
    return [APPLICATION.apply(each, "lapse_reserve", by=None, now=now) for each in ended]


def on_reserve(call: Call, cut: CallCut) -> QuerySet[Application]:
    """The reserve list of a cut, in no order."""
    return call.applications.filter(cuts.arrived_for(call, cut), status=Application.Status.RESERVE)


def why_not_end_reserve(cut: CallCut, now: dt.datetime) -> str:
    """Why the reserve list of a cut cannot end now; "" when it can."""
    if cut.at > now:
        return _("This cut is still to come.")
    if ReserveEnd.objects.filter(cut=cut).exists():
        return _("The reserve list of this cut has ended already.")
    return ""


def _published(call: Call, by: User, version: int | None) -> Call:
    fresh = locked(call, by, version)
    if fresh.status != Call.Status.PUBLISHED:
        raise TransitionRefused(
            _("This is not possible now: the state is “%(state)s”.") % {"state": fresh.get_status_display()}
        )
    return fresh


def _with_reason(reason: str) -> None:
    if not reason.strip():
        raise TransitionRefused(_("Say why."))


def _next_version(call: Call, *columns: str) -> None:
    call.version += 1
    call.save(update_fields=[*columns, "version"])
