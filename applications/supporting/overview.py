"""What the rules say of many applications at once: for pages that list them. A constant number of queries."""

from collections.abc import Iterable
from datetime import datetime

from applications.eligibility import Result, check_facts
from applications.facts import Facts
from applications.models import Application
from core import dates


def results_of(applications: Iterable[Application], now: datetime) -> dict[int, list[Result]]:
    """What the rules say of each application, by its id."""
    today = dates.day_of(now)
    return {row.pk: check_facts(Facts(row, today=today)) for row in applications}
