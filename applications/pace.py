"""How long the steps after sending take: since when an application is in its present one, how long that one usually
takes, and the next date that is expected. Read only; nothing is promised here."""

import datetime as dt
from dataclasses import dataclass

from django.core.cache import cache
from django.db import connection

from applications.models import Application
from core import dates

# The steps that the programme owes, by state.
WAITING = ("submitted", "in_review", "recommended", "reconsideration")
# Fewer cases than that say nothing of the usual.
FEWEST = 5
LOOK_BACK = dt.timedelta(days=365)
# Whatever left a step in the last year entered it within that time.
LONGEST_STEP = dt.timedelta(days=3 * 365)

# Each state that an application entered, and when it left it (NULL: it has not).
STEPS = """
    SELECT object_id, at, to_state, lead(at) OVER (PARTITION BY object_id ORDER BY sequence) AS left_at
    FROM core_event
    WHERE object_kind = 'application' AND to_state <> '' AND from_state <> to_state AND at >= %s
"""
# The median time from entering a state to the next change of state, of those who left it lately.
USUAL = f"""
    SELECT to_state, percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM left_at - at))
    FROM ({STEPS}) AS steps
    WHERE left_at >= %s
    GROUP BY to_state HAVING count(*) >= %s
"""  # noqa: S608  (names of ours)
# What is usual hardly moves from hour to hour, and it is read from all that happened in a year.
KEPT_SECONDS = 3600


@dataclass(frozen=True)
class Pace:
    """The present step of an application: days in it, days that it usually takes (None: too few cases), and the next
    date that is expected (None: none is set)."""

    days: int
    usual: int | None
    expected: dt.date | None


def of(application: Application, now: dt.datetime) -> Pace | None:
    """The pace of an application that waits for the programme; None otherwise. Two queries at most."""
    if application.status not in WAITING:
        return None
    since = dates.day_of(application.state_since)
    usual = usual_by_state(now).get(application.status)
    return Pace((dates.day_of(now) - since).days, usual, expected_on(application))


def measured(now: dt.datetime) -> dict[str, int]:
    """By state, the median of the days that applications spent in it, of those that left it in the last twelve months;
    nothing for a state that fewer than five left. Reads what happened in some years."""
    with connection.cursor() as cursor:
        cursor.execute(USUAL, [now - LONGEST_STEP, now - LOOK_BACK, FEWEST])
        return {state: round(float(seconds) / 86400) for state, seconds in cursor.fetchall()}


def usual_by_state(now: dt.datetime) -> dict[str, int]:
    """The same, kept for an hour."""
    key = f"pace.usual.{dates.day_of(now)}"
    found = cache.get(key)
    if found is None:
        found = measured(now)
        cache.set(key, found, KEPT_SECONDS)
    return found


def expected_on(application: Application) -> dt.date | None:
    """By when the programme owes the next step: the reviews, or what the call gives it days for."""
    if application.status == Application.Status.IN_REVIEW:
        unfinished = [row for row in application.reviews.all() if row.is_live and row.status != "sent"]
        return max((row.due_on for row in unfinished), default=None)
    return application.staff_due_on
