"""The programme's clock: days are days in Buenos Aires. Business functions take `today` or `now` as an
argument; only views, tasks and commands call these."""

import calendar
import datetime as dt
from zoneinfo import ZoneInfo

from django.utils import timezone

BUENOS_AIRES = ZoneInfo("America/Argentina/Buenos_Aires")
DAY_ENDS = dt.time(23, 59, 59)


def now() -> dt.datetime:
    """This moment, aware."""
    return timezone.now()


def day_of(moment: dt.datetime) -> dt.date:
    """The Buenos Aires day of an aware moment."""
    return moment.astimezone(BUENOS_AIRES).date()


def today() -> dt.date:
    """Today in Buenos Aires."""
    return day_of(now())


def at_noon(day: dt.date) -> dt.datetime:
    """An aware moment in the middle of a Buenos Aires day."""
    return dt.datetime.combine(day, dt.time(12), BUENOS_AIRES)


def end_of(day: dt.date) -> dt.datetime:
    """The last second of a Buenos Aires day, when a number of days ends (PROGRAMME 4)."""
    return dt.datetime.combine(day, DAY_ENDS, BUENOS_AIRES)


def add_months(day: dt.date, months: int) -> dt.date:
    """The same day some months later; the last of the month where it has no such day (31 Jan + 1 = 28 Feb)."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return dt.date(year, month, min(day.day, calendar.monthrange(year, month)[1]))
