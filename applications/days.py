"""The days that a call gives for something: which day they end on, and how they are said (PROGRAMME 4)."""

import datetime as dt

from django.utils.translation import ngettext

from applications.models import Call
from core import dates


def last_day(call: Call, start: dt.date, days: int) -> dt.date:
    """The last of so many days that begin the day after `start`: working days where the call counts those."""
    return dates.add_days(start, days, working=call.working_days)


def in_words(days: int, *, working: bool) -> str:
    """`10 days`, or `10 working days`."""
    if working:
        return ngettext("%(n)s working day", "%(n)s working days", days) % {"n": days}
    return ngettext("%(n)s day", "%(n)s days", days) % {"n": days}
