"""Expense statements on the Monday list: which wait to be judged, and since when. Read only."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.roles import Role
from applications.turns import Turn
from core import dates
from grants.expenses.duties import DAYS_TO_VERIFY
from grants.models import Expense, Statement
from reports.home_rows import Row as Link


@dataclass(frozen=True)
class Waiting:
    """A statement with expenses to judge: how many, how many of them the group answered about, how many it still has to."""

    pk: int
    name: str
    since: dt.date
    to_judge: int
    answered: int
    asked: int

    @property
    def due_on(self) -> dt.date:
        return self.since + dt.timedelta(days=DAYS_TO_VERIFY)

    @property
    def turn(self) -> Turn:
        """Whose turn it is with it."""
        words = ngettext(
            "Waits for finance or an officer: judge %(n)s expense of %(statement)s.",
            "Waits for finance or an officer: judge %(n)s expenses of %(statement)s.",
            self.to_judge,
        )
        return Turn(
            words % {"n": self.to_judge, "statement": self.name}, Role.FINANCE, "statement", self.due_on
        )

    @property
    def act(self) -> Link:
        """What one can do about it, with what came in since the group was asked."""
        label = _("Judge %(statement)s (%(n)s to judge)") % {"statement": self.name, "n": self.to_judge}
        if self.answered:
            said = ngettext("%(n)s was answered", "%(n)s were answered", self.answered) % {"n": self.answered}
            label = f"{label}: {said}"
        return Link(label, reverse("statement_judge", args=[self.pk]))


def waiting_of(projects: Iterable[int]) -> dict[int, Waiting]:
    """By project, the first statement in which something waits to be judged. One query."""
    to_judge = Q(expenses__status=Expense.Status.SUBMITTED)
    rows = Statement.objects.waiting().filter(project__in=projects)
    rows = rows.annotate(
        to_judge=Count("expenses", filter=to_judge),
        answered=Count("expenses", filter=to_judge & ~Q(expenses__answer="")),
        asked=Count("expenses", filter=Q(expenses__status=Expense.Status.QUERIED)),
    )
    found: dict[int, Waiting] = {}
    for row in rows.order_by("number").defer("snapshot"):
        assert row.submitted_at is not None
        waits = Waiting(
            row.pk,
            row.name,
            dates.day_of(row.submitted_at),
            row.to_judge,  # type: ignore[attr-defined]
            row.answered,  # type: ignore[attr-defined]
            row.asked,  # type: ignore[attr-defined]
        )
        found.setdefault(row.project_id, waits)
    return found
