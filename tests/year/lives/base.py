"""What every step of a life has: its day, its people, its stories, and the year to which the next step is told."""

import datetime as dt
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.db.models import QuerySet

from accounts.models import User
from grants.models import Disbursement, Project
from grants.workflow import DISBURSEMENT, PROJECT

DAY = dt.timedelta(days=1)


def while_running(step: Callable[..., None]) -> Callable[..., None]:
    """Waits while the project is suspended; of one that has ended nothing comes."""

    @wraps(step)
    def taken(self, *args: Any) -> None:
        project = self.project
        if project.status == Project.Status.SUSPENDED:
            self.after(6, getattr(self, step.__name__), *args)
        elif project.is_running:
            step(self, *args)

    return taken


class Steps:
    """A project in the year, without what happens to it."""

    def __init__(self, year: Any, number: int, plan: Any, application: Any, fate: frozenset[str]):
        self.year, self.number, self.plan, self.application, self.fate = year, number, plan, application, fate
        self.cast, self.draw = year.cast, year.draw
        self.done: set[str] = set()
        self.tries = 0

    def __str__(self) -> str:
        return (
            f"project {self.number} ({self.plan.code}: {', '.join(sorted(self.fate)) or 'nothing special'})"
        )

    @property
    def now(self) -> dt.datetime:
        return self.year.now

    @property
    def today(self) -> dt.date:
        return self.year.today

    @property
    def project(self) -> Project:
        """As it is now."""
        return Project.objects.with_case().get(application=self.application)

    @property
    def representative(self) -> User:
        return self.application.group.representative

    def after(self, days: int, step: Callable[..., None], *args: Any) -> None:
        """Plan a step for a day to come."""
        self.on(self.today + days * DAY, step, *args)

    def on(self, day: dt.date, step: Callable[..., None], *args: Any) -> None:
        self.year.plan(day, self, step, args)

    def once(self, story: str) -> bool:
        """Whether a story of this life begins now: it is among its fate, and did not happen yet."""
        if story not in self.fate or story in self.done:
            return False
        self.done.add(story)
        self.year.happened[story] += 1
        return True

    def count(self, what: str) -> None:
        self.year.happened[what] += 1

    def act(self, name: str, by: User, **data: Any) -> Project:
        """One transition of the project."""
        self.count(name)
        return PROJECT.apply(self.project, name, by=by, now=self.now, data=data)

    def under_way(self) -> QuerySet[Disbursement]:
        """What was ordered, and is neither paid nor refused yet."""
        return Disbursement.objects.awaiting_confirmation().filter(tranche__project=self.project)

    def cancel_order(self, payment: Disbursement, reason: str) -> None:
        DISBURSEMENT.apply(payment, "cancel", by=self.cast.finance, now=self.now, data={"reason": reason})
        self.count("order cancelled")
