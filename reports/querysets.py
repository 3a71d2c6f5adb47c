"""Which reports: lists in the programme's words. `visible_to` equals `can(VIEW_REPORT)`."""

import datetime as dt
from typing import Self

from django.db import models
from django.db.models import Q

from accounts.permissions import Action
from grants.models import Project
from grants.querysets import staff_half
from groups.querysets import member_group_ids

# Still to be handed over, and still to be handed over or judged.
OWED = ("due", "draft", "returned")
OPEN = ("planned", *OWED, "submitted")


class ReportQuerySet(models.QuerySet):
    """Progress reports."""

    def visible_to(self, user) -> Self:
        """Those of the own groups' projects, and those that a staff role opens."""
        if not user.is_authenticated:
            return self.none()
        own = Q(project__application__group__in=member_group_ids(user))
        return self.filter(own | staff_half(user, Action.VIEW_REPORT, "project__application"))

    def owed(self) -> Self:
        """Due, begun or returned, of a project that runs: somebody has to write."""
        return self.filter(status__in=OWED, project__status__in=Project.RUNNING)

    def awaiting_check(self) -> Self:
        """Submitted: an officer has to look."""
        return self.filter(status="submitted", project__status__in=Project.RUNNING)

    def open(self) -> Self:
        """Not accepted, not skipped, not cancelled."""
        return self.filter(status__in=OPEN)

    def late(self, today: dt.date) -> Self:
        """Owed, and the date has passed (late is a date, not a state)."""
        return self.owed().filter(due_on__lt=today)

    def period_over(self, today: dt.date) -> Self:
        """Planned, of a project that runs, and the period has ended: they fall due."""
        return self.filter(status="planned", period_to__lt=today, project__status__in=Project.RUNNING)

    def matching(self, words: str) -> Self:
        """By reference, title or group of the project."""
        words = words.strip()
        if not words:
            return self
        return self.filter(
            Q(project__application__case__reference__icontains=words)
            | Q(project__application__title__icontains=words)
            | Q(project__application__group__name__icontains=words)
        )

    def with_case(self) -> Self:
        """Ready for a list or a page: one query for what every row shows."""
        return self.select_related(
            "project__application__case", "project__application__call", "project__application__group"
        )


class ObservationQuerySet(models.QuerySet):
    """Observations with which reports were accepted."""

    def open(self) -> Self:
        """Not met yet, of a project that runs."""
        return self.filter(done_on=None, report__project__status__in=Project.RUNNING)
