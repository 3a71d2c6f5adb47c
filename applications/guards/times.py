"""What arrives in time, and which dates have passed."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from applications.cuts import cut_of
from applications.models import Application, Call, ReserveEnd
from core import dates

# A request that waited longer than this before it was served has a wrong time of arrival.
LONGEST_WAIT = timedelta(minutes=10)
# A request that arrived in the last second may still wait to be served: nothing lapses before it is.
GRACE = timedelta(minutes=15)


def arrival(data: Mapping[str, Any], now: datetime) -> datetime:
    """When a submission arrived: what the proxy noted, if that can be."""
    arrived = data.get("arrived_at")
    return arrived if arrived and now - LONGEST_WAIT <= arrived <= now else now


def in_time(obj: Application, *, by, now, data) -> str:
    moment = arrival(data, now)
    if obj.is_test:
        return ""
    if obj.status == Application.Status.CHANGES_REQUESTED:
        assert obj.answer_by is not None
        if moment > obj.answer_by:
            return _("The answer was due by %(day)s.") % {"day": in_words(obj.answer_by)}
        return ""
    return call_takes(obj.call, moment)


def call_takes(call: Call, moment: datetime) -> str:
    """Why a call takes no application at a moment; "" when it does."""
    if call.status != Call.Status.PUBLISHED:
        return _("This call takes no applications: it is %(state)s.") % {
            "state": call.get_status_display().lower()
        }
    if moment < call.opens_at:
        return _("This call opens on %(day)s.") % {"day": in_words(call.opens_at)}
    if call.closes_at is not None and moment > call.closes_at:
        return _("This call closed on %(day)s.") % {"day": in_words(call.closes_at)}
    return ""


def in_words(moment: datetime) -> str:
    """`24/11/2026, 18:00`, in Buenos Aires."""
    return f"{moment.astimezone(dates.BUENOS_AIRES):%d/%m/%Y, %H:%M}"


def call_is_over(obj: Application, *, by, now, data) -> str:
    call = obj.call
    if call.status in (Call.Status.WOUND_UP, Call.Status.CANCELLED):
        return ""
    if call.closes_at is None or call.closes_at + GRACE > now:
        return _("The call is still open.")
    return ""


def answer_is_late(obj: Application, *, by, now, data) -> str:
    if obj.answer_by is None or obj.answer_by + GRACE > now:
        return _("The answer may still come.")
    return ""


def reserve_is_over(obj: Application, *, by, now, data) -> str:
    """The reserve list ends with the call; in a call with dated cuts, that of a cut may end before (PROGRAMME 12)."""
    if obj.call.status == Call.Status.WOUND_UP or _reserve_end(obj) is not None:
        return ""
    return _("The call is not wound up.")


def reserve_goes_on(obj: Application, *, by, now, data) -> str:
    """Nobody comes on the reserve list of a cut that has ended."""
    end = _reserve_end(obj)
    if end is not None:
        return _("The reserve list of this cut ended on %(day)s.") % {"day": in_words(end.at)}
    return ""


def _reserve_end(obj: Application) -> ReserveEnd | None:
    cut = cut_of(obj)
    return ReserveEnd.objects.filter(cut=cut).first() if cut else None


def in_time_to_reconsider(obj: Application, *, by, now, data) -> str:
    if obj.reconsidered_from:
        return _("Reconsideration can be asked for once, and was.")
    if obj.reconsider_by is None or now > obj.reconsider_by:
        if obj.reconsider_by is None:
            return _("No reconsideration can be asked for any more.")
        return _("Reconsideration could be asked for until %(day)s.") % {"day": in_words(obj.reconsider_by)}
    return ""
