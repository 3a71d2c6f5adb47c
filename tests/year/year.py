"""The year of the programme: the clock moves day by day, the daily jobs run as the scheduler runs them (twice on some days, not
at all for three days once), and each project lives its life.

All that is left to chance comes from one seed: what fails names it, with the day and the project.
"""

import datetime as dt
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from typing import Any

from django.db import connection

from core import dated, dates, duties
from core.models import ReminderStep
from reports.models import ProgressReport
from tests.year import invariants
from tests.year.lives import Life
from tests.year.world import INSURED, PARTNERSHIP, PROVEN, REIMBURSED, Cast, Plan, approve_many

DAY = dt.timedelta(days=1)
FIRST_DAY = dt.date(2026, 1, 2)
# The scheduler stood still on these days of the year.
GAP = range(150, 153)
# Which stories there are, in which calls they can happen, and how many of a hundred projects live them.
STORIES: tuple[tuple[str, tuple[Plan, ...], int], ...] = (
    ("never signed", (PARTNERSHIP, PROVEN, INSURED, REIMBURSED), 3),
    ("late", (PARTNERSHIP, PROVEN, INSURED, REIMBURSED), 20),
    ("skipped", (PARTNERSHIP, PROVEN), 4),
    ("lost", (PROVEN, REIMBURSED), 4),
    ("behind", (PROVEN, PARTNERSHIP), 8),
    ("returned", (PARTNERSHIP, PROVEN, INSURED, REIMBURSED), 15),
    ("observed", (PROVEN, INSURED, REIMBURSED), 8),
    ("small amendment", (PARTNERSHIP, PROVEN, INSURED, REIMBURSED), 15),
    ("large amendment", (PARTNERSHIP, PROVEN, INSURED, REIMBURSED), 10),
    ("more money", (PARTNERSHIP, PROVEN, INSURED), 6),
    ("less money", (PROVEN, INSURED), 6),
    ("amendment returned", (PARTNERSHIP, PROVEN, INSURED, REIMBURSED), 20),
    ("suspended", (PARTNERSHIP, PROVEN, INSURED, REIMBURSED), 8),
    ("ordered and suspended", (PARTNERSHIP, PROVEN, INSURED), 6),
    ("replaced", (PARTNERSHIP,), 6),
    ("stood in for", (PARTNERSHIP,), 5),
    ("salary returned", (PARTNERSHIP,), 6),
    ("terminated", (PARTNERSHIP, PROVEN, INSURED, REIMBURSED), 5),
    ("renounced", (PARTNERSHIP, PROVEN, INSURED, REIMBURSED), 4),
    ("failed", (PARTNERSHIP, PROVEN, INSURED, REIMBURSED), 8),
    ("refund", (PROVEN, INSURED), 8),
    ("rejected", (PARTNERSHIP, PROVEN, INSURED), 15),
    ("queried", (PARTNERSHIP, PROVEN, INSURED, REIMBURSED), 10),
    ("unspent", (PROVEN, INSURED, REIMBURSED), 15),
    ("counterpart missing", (PROVEN, INSURED), 6),
    ("second surety", (INSURED,), 8),
)
# Of these a project lives one at most.
EITHER = (
    {"never signed", "terminated", "renounced"},
    {"late", "skipped", "lost"},
    {"suspended", "ordered and suspended"},
    {"more money", "less money", "large amendment"},
    {"replaced", "stood in for"},
)


class Year:
    """The programme, on a day."""

    def __init__(self, *, seed: int, projects: int, clock: Any):
        self.seed, self.clock = seed, clock
        self.draw, self.cast = random.Random(seed), Cast()
        self.happened: Counter[str] = Counter()
        self.begun: set[tuple[Life, int]] = set()
        self.memory = invariants.Memory()
        self.untold: list[str] = []
        self.agenda: dict[dt.date, list[tuple[Life, Callable[..., None], tuple]]] = defaultdict(list)
        self._go_to(FIRST_DAY - DAY, 12)
        approved = approve_many(projects, self.draw, self.cast)
        fates = self._fates([plan for plan, _application in approved])
        self.lives = [
            Life(self, number, plan, application, frozenset(fate))
            for number, ((plan, application), fate) in enumerate(zip(approved, fates, strict=True))
        ]
        for life in self.lives:
            self.plan(FIRST_DAY + self.draw.randint(0, 25) * DAY, life, life.open, ())

    def _fates(self, plans: list[Plan]) -> list[set[str]]:
        """For each project its stories; each story as often as it says, and at least once where a call has it."""
        fates: list[set[str]] = [set() for _plan in plans]
        for story, where, share in STORIES:
            places = [
                number
                for number, plan in enumerate(plans)
                if plan in where and not any(story in either and either & fates[number] for either in EITHER)
            ]
            wanted = max(1, round(share * len(plans) / 100))
            for number in self.draw.sample(places, min(wanted, len(places))):
                fates[number].add(story)
        return fates

    # --- Days -----------------------------------------------------------------------------------------

    def _go_to(self, day: dt.date, hour: int, minute: int = 0) -> None:
        self.today = day
        self.now = dt.datetime.combine(day, dt.time(hour, minute), dates.BUENOS_AIRES)
        self.clock.move_to(self.now, tick=False)

    def plan(self, day: dt.date, life: Life, step: Callable[..., None], args: tuple) -> None:
        """What was planned for a day that has gone happens tomorrow."""
        self.agenda[max(day, self.today + DAY)].append((life, step, args))

    def days(self, until: dt.date) -> Iterator[dt.date]:
        """Lives each day up to this one."""
        day = FIRST_DAY
        while day <= until:
            self._live(day)
            yield day
            day += DAY

    def _live(self, day: dt.date) -> None:
        works = (day - FIRST_DAY).days not in GAP
        twice = self.draw.random() < 0.1
        self._go_to(day, 8, 5)
        if works:
            self._jobs()
            if (day + DAY).day == 1:
                self.untold += self._not_told()
            if twice:
                self._jobs()
        self._go_to(day, 12)
        for life, step, args in self.agenda.pop(day, ()):
            try:
                step(*args)
            except Exception as error:
                raise AssertionError(f"{self._where()}, {life}, {step.__name__}: {error!r}") from error
        if works and self.draw.random() < 0.06:
            self._go_to(day, 20, 5)
            self._jobs()

    def _jobs(self) -> None:
        """What the scheduler does: states that a date changes, then the reminders of the day."""
        failed = dated.run_due(self.now)
        assert not failed, f"{self._where()}: {failed} failed"
        duties.remind(self.today, self.now)

    def _where(self) -> str:
        return f"seed {self.seed}, {self.today}"

    # --- What must hold -------------------------------------------------------------------------------

    def check(self) -> None:
        """All that must always be true, the ledgers, and that everybody who owes something was told."""
        with connection.cursor() as cursor:
            found = [*invariants.all_wrong(cursor), *self.memory.changed(cursor)]
        found += [*self.untold, *self._late_and_not_told()]
        assert not found, f"{self._where()}: " + "; ".join(found[:20])

    def _not_told(self) -> list[str]:
        """Who owes something and did not hear of its latest step, right after the first run of the day."""
        told = set(ReminderStep.objects.values_list("duty", "due_on", "step", "user_id"))
        window = range(-14, duties.STEPS[-1] + duties.CATCH_UP + 1)
        return [
            f"{duty.key}: {duty.user_id} was not told of step {duty.step(self.today)}"
            for duty in duties.every(self.today)
            if duty.days_late(self.today) in window
            and duty.step(self.today) is not None
            and (duty.key, duty.due_on, duty.step(self.today), duty.user_id) not in told
        ]

    def _late_and_not_told(self) -> list[str]:
        """The same of late reports, as their rows say it: each step after the due date was told to somebody."""
        rows = ProgressReport.objects.filter(
            status="due",
            due_on__lt=self.today,
            project__status__in=["active", "closing"],
            project__pauses=None,
        )
        told = set(ReminderStep.objects.filter(step__gt=0).values_list("duty", "due_on", "step"))
        return [
            f"report {row.pk}: nobody was told of step {step}"
            for row in rows
            for step in (1, 7, 14)
            if row.due_on + step * DAY <= self.today
            and (row.due_on + step * DAY - FIRST_DAY).days not in GAP
            and (f"report.{row.pk}", row.due_on, step) not in told
        ]
