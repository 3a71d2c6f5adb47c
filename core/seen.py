"""How far a person has read a case, so that its page can say what is new since."""

import datetime as dt
from typing import Any

from core import dates
from core.models import Case, CaseSeen


def look(user: Any, case: Case, now: dt.datetime) -> CaseSeen | None:
    """What this person had seen of a case before, None on the first visit; from now on they have seen all of it.

    One query, and one more when there is something new, or a new day, to write down.
    """
    before = CaseSeen.objects.filter(user=user, case=case).first()
    today = dates.day_of(now)
    if before is None or before.sequence < case.length or dates.day_of(before.at) != today:
        CaseSeen.objects.bulk_create(
            [CaseSeen(user=user, case=case, sequence=case.length, at=now)],
            update_conflicts=True,
            unique_fields=["user", "case"],
            update_fields=["sequence", "at"],
        )
    return before
