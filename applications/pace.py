"""How long the steps after sending take: since when an application is in its present one, how long that one usually
takes, and the next date that is expected. Read only; nothing is promised here."""

import datetime as dt
from dataclasses import dataclass

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

# The median time from entering a state to the next change of state, of those who left it lately.
USUAL = """
    SELECT count(*), percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM left_at - at))
    FROM (
        SELECT at, to_state, lead(at) OVER (PARTITION BY object_id ORDER BY sequence) AS left_at
        FROM core_event
        WHERE object_kind = 'application' AND to_state <> '' AND from_state <> to_state AND at >= %s
    ) AS steps
    WHERE to_state = %s AND left_at >= %s
"""


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
    return Pace(
        (dates.day_of(now) - since).days, usual_days(application.status, now), expected_on(application)
    )


def usual_days(status: str, now: dt.datetime) -> int | None:
    """The median of the days that applications spent in a state, of those that left it in the last twelve months; None
    with fewer than five of them."""
    with connection.cursor() as cursor:
        cursor.execute(USUAL, [now - LONGEST_STEP, status, now - LOOK_BACK])
        count, seconds = cursor.fetchone()
    return round(float(seconds) / 86400) if count >= FEWEST else None


def expected_on(application: Application) -> dt.date | None:
    """By when the programme owes the next step: the reviews, or what the call gives it days for."""
    if application.status == Application.Status.IN_REVIEW:
        return application.reviews.unfinished().order_by("-due_on").values_list("due_on", flat=True).first()
    return application.staff_due_on
