"""When a visit may move: each guard answers "" or the sentence that the person reads."""

import datetime as dt

from django.utils.translation import gettext as _

from core.dates import day_of
from grants.models import Visit

# A visit is planned in the foreseeable future, and logged while it is remembered.
FURTHEST, OLDEST = dt.timedelta(days=366), dt.timedelta(days=366)
MOST_AGREEMENTS, MOST_PHOTOS = 10, 12


def why_not_planned_on(on: dt.date | None, today: dt.date) -> str:
    """Why a visit cannot be planned for a day; "" when it can."""
    if on is None:
        return _("Say on which day.")
    if on < today:
        return _("This day has passed. Log the visit instead, if it took place.")
    return _("Plan a visit at most one year ahead.") if on > today + FURTHEST else ""


def why_not_logged_on(on: dt.date | None, today: dt.date) -> str:
    """Why a visit cannot have taken place on a day; "" when it can."""
    if on is None:
        return _("Say on which day.")
    if on > today:
        return _("The day is in the future. Log the visit once it took place.")
    return _("The day is more than one year ago.") if on < today - OLDEST else ""


def has_a_new_day(visit: Visit, *, by, now, data) -> str:
    """Another day to come."""
    if not data:
        return ""
    if data.get("on") == visit.on:
        return _("It is planned for that day already.")
    return why_not_planned_on(data.get("on"), day_of(now))


def took_place(visit: Visit, *, by, now, data) -> str:
    """On a day that has come, with whom and what."""
    if not data:
        return ""
    if sentence := why_not_logged_on(data.get("on"), day_of(now)):
        return sentence
    if not str(data.get("met", "")).strip():
        return _("Say whom you met.")
    return "" if str(data.get("seen", "")).strip() else _("Say what was seen.")


def agreements_hold(visit: Visit, *, by, now, data) -> str:
    """Each says what, and by when."""
    rows = data.get("agreements") or ()
    if len(rows) > MOST_AGREEMENTS:
        return _("There can be at most %(n)d agreements.") % {"n": MOST_AGREEMENTS}
    for row in rows:
        if not str(row.get("text", "")).strip():
            return _("Say what was agreed.")
        if not isinstance(row.get("due_on"), dt.date) or row["due_on"] <= day_of(now):
            return _("Give each agreement a date to come.")
    if len(data.get("photos") or ()) > MOST_PHOTOS:
        return _("There can be at most %(n)d photographs.") % {"n": MOST_PHOTOS}
    return ""
