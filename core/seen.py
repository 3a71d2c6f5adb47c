"""How far a person has read a case, and what is new since: the one rule of every page that says so."""

import datetime as dt
from typing import Any

from django.db.models import Count, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from core import dates
from core.models import Case, CaseSeen, Event


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


def by_others(user: Any) -> QuerySet[Event]:
    """What others did, after this person looked, on the case of a row (its column `case`): a subquery. Nothing on a case
    that they never looked at; and what somebody did themselves is no news to them."""
    since = {"case__seen_by__user": user, "sequence__gt": F("case__seen_by__sequence")}
    return Event.objects.filter(case=OuterRef("case"), **since).exclude(actor=user).order_by()


def news(user: Any) -> dict[str, Any]:
    """What to annotate rows with: `seen`, how far this person has read the case (None: not at all), and `news`, how much
    others did since."""
    seen = CaseSeen.objects.filter(user=user, case=OuterRef("case")).values("sequence")[:1]
    count = by_others(user).values("case").annotate(n=Count("pk")).values("n")
    return {"seen": Subquery(seen), "news": Coalesce(Subquery(count), 0)}
