"""The days that a call gives for something: which day they end on, and how they are said (PROGRAMME 4)."""

import datetime as dt

from django.utils.translation import ngettext

from applications.models import Call
from core import dates


def last_day(call: Call, start: dt.date, days: int) -> dt.date:
    """The last of so many days that begin the day after `start`: working days where the call counts those."""
    return dates.add_days(start, days, working=call.working_days)


def meet_by(call: Call, last_sent: dt.datetime) -> dt.date:
    """By when reviewers who lie too far apart meet: they have as long as for a review, from the last one on."""
    return last_day(call, dates.day_of(last_sent), call.days_to_review)


def in_words(days: int, *, working: bool) -> str:
    """`10 days`, or `10 working days`."""
    if working:
        return ngettext("%(n)s working day", "%(n)s working days", days) % {"n": days}
    return ngettext("%(n)s day", "%(n)s days", days) % {"n": days}
