"""What the rules say of many applications at once: for pages that list them. A constant number of queries."""

from collections.abc import Iterable
from datetime import datetime

from applications.eligibility import Result, check_facts
from applications.facts import Facts
from applications.models import Application
from core import dates


def results_of(applications: Iterable[Application], now: datetime) -> dict[int, list[Result]]:
    """What the rules say of each application that is being written, by its id."""
    many = Facts.of_many(applications, today=dates.day_of(now))
    return {facts.application.pk: check_facts(facts) for facts in many}
