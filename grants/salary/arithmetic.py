"""What a month of the coordinator's office is worth (PROGRAMME 4 and 10). Pure functions: days, scales, limits.

A month is one of the project, counted from its first day. Who holds the office on a day earns that day: a stand-in on the
days of the mandate, else the coordinator; nobody, where there is none. Days of a suspension belong to no month.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from core.dates import add_months
from core.money import ZERO, cents

ONE_DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Stop:
    """Days of a suspension, both included."""

    first: dt.date
    last: dt.date

    @property
    def length(self) -> dt.timedelta:
        return self.last - self.first + ONE_DAY


@dataclass(frozen=True)
class Month:
    """A month of a project; `days` are those that count, without the days of a suspension. Of one that was not finished they
    are those until the project's last day; `length` is what the whole month would have: a day is worth its part of that."""

    number: int
    first: dt.date
    last: dt.date
    days: tuple[dt.date, ...]
    length: int


@dataclass(frozen=True)
class Post:
    """An office held by somebody: `last` None while it has no end."""

    person: int
    first: dt.date
    last: dt.date | None
    stands_in: bool = False

    def covers(self, day: dt.date) -> bool:
        """Whether it is held on a day."""
        return self.first <= day and (self.last is None or day <= self.last)


@dataclass(frozen=True)
class Rate:
    """What a month is worth from a day on, in pesos."""

    valid_from: dt.date
    per_month: Decimal


@dataclass(frozen=True)
class Earned:
    """What one person earned in one month: `days` in office of the `of_days` that the month has."""

    person: int
    days: int
    of_days: int
    amount: Decimal


def months(
    first_day: dt.date,
    count: int,
    stops: Iterable[Stop] = (),
    *,
    last_day: dt.date | None = None,
    ended_on: dt.date | None = None,
) -> list[Month]:
    """The months of a project, `count` by its plan. A suspension makes the month in which it fell longer by its days, which do
    not count, and puts off those after it: as the reports' timetable does.

    Where the dates were moved and the plan kept its months, the days until `last_day` are months too, the last of them to that
    day. Of a project that ended before, the month of `ended_on` is the last one, and is counted until that day.
    """
    stops = sorted(stops, key=lambda stop: stop.first)
    found: list[Month] = []
    begins = first_day
    while len(found) < count or (last_day and begins <= last_day):
        if ended_on and begins > ended_on:
            break
        number = len(found) + 1
        ends = add_months(first_day, number)
        for stop in stops:
            if ends > stop.first:
                ends += stop.length
        whole = [day for day in _days(begins, ends) if not any(s.first <= day <= s.last for s in stops)]
        last = min(
            ends - ONE_DAY,
            last_day if last_day and number > count else dt.date.max,
            ended_on or dt.date.max,
        )
        days = tuple(day for day in whole if day <= last)
        found.append(Month(number, begins, last, days, len(whole)))
        begins = ends
    return found


def holder(posts: Iterable[Post], day: dt.date) -> int | None:
    """Who holds the office on a day; a stand-in comes before the coordinator who is away."""
    held = [post for post in posts if post.covers(day)]
    return next((post.person for post in sorted(held, key=lambda post: not post.stands_in)), None)


def rate_on(rates: Sequence[Rate], day: dt.date) -> Decimal:
    """What a month is worth by the scale of a day: the latest row that has begun; nothing before the first."""
    begun = [rate for rate in rates if rate.valid_from <= day]
    return max(begun, key=lambda rate: rate.valid_from).per_month if begun else ZERO


def earned(month: Month, posts: Sequence[Post], rates: Sequence[Rate]) -> list[Earned]:
    """What each person earned in a month: for each day in office its part of that day's scale, half up to the cent."""
    worth: dict[int, Decimal] = defaultdict(Decimal)
    days: dict[int, int] = defaultdict(int)
    for day in month.days:
        person = holder(posts, day)
        if person is not None:
            worth[person] += rate_on(rates, day)
            days[person] += 1
    length = month.length
    return [Earned(person, days[person], length, cents(worth[person] / length)) for person in days]


def within(amounts: Iterable[Decimal], most: Decimal) -> list[Decimal]:
    """Amounts one after the other, until what may be earned in all is used up: the last one is cut, the rest are nothing."""
    found, left = [], most
    for amount in amounts:
        taken = min(amount, max(left, ZERO))
        left -= taken
        found.append(taken)
    return found


def _days(first: dt.date, after: dt.date) -> Iterator[dt.date]:
    day = first
    while day < after:
        yield day
        day += ONE_DAY
