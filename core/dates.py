"""The programme's clock: days are days in Buenos Aires. Business functions take `today` or `now` as an
argument; only views, tasks and commands call these."""

import calendar
import datetime as dt
from functools import cache
from zoneinfo import ZoneInfo

from django.utils import timezone
from holidays.countries.argentina import Argentina

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


def start_of(day: dt.date) -> dt.datetime:
    """The first moment of a Buenos Aires day."""
    return dt.datetime.combine(day, dt.time(), BUENOS_AIRES)


def at_noon(day: dt.date) -> dt.datetime:
    """An aware moment in the middle of a Buenos Aires day."""
    return dt.datetime.combine(day, dt.time(12), BUENOS_AIRES)


def end_of(day: dt.date) -> dt.datetime:
    """The last second of a Buenos Aires day, when a number of days ends (PROGRAMME 4)."""
    return dt.datetime.combine(day, DAY_ENDS, BUENOS_AIRES)


def moment_in(day: dt.date) -> dt.datetime:
    """The moment at which somebody's roles on a day are looked at: now if the day is today, else its end. Who loses a role
    at noon has it in the morning, and not in the evening."""
    moment = now()
    return moment if day_of(moment) == day else end_of(day)


def add_months(day: dt.date, months: int) -> dt.date:
    """The same day some months later; the last of the month where it has no such day (31 Jan + 1 = 28 Feb)."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return dt.date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


@cache
def _holidays(year: int) -> frozenset[dt.date]:
    """Argentina's public holidays of a year, days off for tourism included."""
    return frozenset(Argentina(years=year))


def is_working(day: dt.date) -> bool:
    """Neither a Saturday or Sunday nor a public holiday."""
    return day.weekday() < 5 and day not in _holidays(day.year)


def add_days(day: dt.date, n: int, *, working: bool) -> dt.date:
    """The n-th day after `day`, which itself does not count: days count from the day after notice (PROGRAMME 4).

    Working days leave out Saturdays, Sundays and public holidays; otherwise every day of the calendar counts.
    """
    if not working:
        return day + dt.timedelta(days=n)
    for _each in range(n):
        day += dt.timedelta(days=1)
        while not is_working(day):
            day += dt.timedelta(days=1)
    return day


def written(iso: str | None) -> str:
    """`24/11/2026` from 2026-11-24, as frozen forms and events hold a day; "" where there is none."""
    return "/".join(reversed(iso.split("-"))) if iso else ""
