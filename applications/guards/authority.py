"""The numbers of the acts of the authority, and which authority decides on a reconsideration."""

import datetime as dt

from django.utils.translation import gettext as _

from applications import authority
from applications.models import Application, Decision
from core import dates

MOST_CONDITIONS = 6


def has_resolution(obj: Application, *, by, now, data) -> str:
    if data and not str(data.get("resolution") or "").strip():
        return _("Write the number of the resolution.")
    return resolution_is_new(obj, by=by, now=now, data=data)


def resolution_is_new(obj: Application, *, by, now, data) -> str:
    number = str(data.get("resolution") or "").strip()
    if number and Decision.objects.filter(resolution=number).exists():
        return number_is_taken(number)
    return ""


def number_is_taken(number: str) -> str:
    return _("The number %(number)s belongs to another resolution.") % {"number": number}


def is_the_authority(obj: Application, *, by, now, data) -> str:
    """PROGRAMME 5: the authority that the call names, else the one that decided."""
    return authority.why_not(obj, by=by, now=now)


def conditions_have_days(obj: Application, *, by, now, data) -> str:
    """Each condition with a day says what the group does, and by a day to come."""
    rows = list(data.get("dated_conditions") or [])
    if len(rows) > MOST_CONDITIONS:
        return _("An approval has at most %(most)s conditions with a day.") % {"most": MOST_CONDITIONS}
    for text, due_on in rows:
        if not str(text).strip() or not isinstance(due_on, dt.date):
            return _("Say for each condition what the group does, and by when.")
        if due_on <= dates.day_of(now):
            return _("The day of a condition has to be after today.")
    return ""
