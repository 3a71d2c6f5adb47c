"""Amendments: lists in the programme's words. `visible_to` equals `can(VIEW_…)`."""

from typing import Any, Self

from django.db import models
from django.db.models import Q

from accounts.permissions import Action
from grants.querysets import RUNNING, staff_half, words_in
from groups.querysets import member_group_ids


class AmendmentQuerySet(models.QuerySet):
    """Amendments."""

    def visible_to(self, user) -> Self:
        """Those of the projects that the person sees; what the group has not sent yet, its own people alone."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        own = Q(project__application__group__in=member_group_ids(user))
        staff = staff_half(user, Action.VIEW_AMENDMENT, "project__application")
        return self.filter(own | staff & Q(submitted_at__isnull=False))

    def awaiting_decision(self) -> Self:
        """Submitted, of projects that run."""
        return self.filter(status="submitted", project__status__in=RUNNING)

    def awaiting_answer(self) -> Self:
        """Returned to the group, of projects that run."""
        return self.filter(status="returned", project__status__in=RUNNING)

    def with_case(self) -> Self:
        """Ready for a list or a page."""
        return self.select_related(
            "project__application__case", "project__application__call", "project__application__group"
        )

    def with_roles(self) -> Self:
        """Ready for many questions of `can`: what the roles in the group are read from, in two queries."""
        return self.prefetch_related(
            "project__application__group__people", "project__application__group__appointments"
        )

    def matching(self, text: str) -> Self:
        """Whose project's reference, title or group contains each of the words."""
        return self.filter(words_in(text, "project__application"))

    def asked_for(self, asked: dict[str, Any]) -> Self:
        """Those that the filters of the list ask for."""
        found = self.matching(asked.get("q") or "")
        if asked.get("kind"):
            found = found.filter(kind=asked["kind"])
        if asked.get("status"):
            found = found.filter(status=asked["status"])
        if asked.get("whose"):
            # The approver's once an officer has looked at it.
            theirs = Q(for_approver=True, opinion_by__isnull=False)
            found = found.filter(theirs if asked["whose"] == "approver" else ~theirs, status="submitted")
        return found
