"""Visits: lists in the programme's words. `visible_to` equals `can(VIEW_…)`."""

from typing import Any, Self

from django.db import models
from django.db.models import Q

from accounts.permissions import Action
from grants.querysets import staff_half, words_in
from groups.querysets import member_group_ids


class VisitQuerySet(models.QuerySet):
    """Visits."""

    def visible_to(self, user) -> Self:
        """Those of the own groups, and those that a staff role opens."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        own = Q(application__group__in=member_group_ids(user))
        return self.filter(own | staff_half(user, Action.VIEW_VISIT, "application"))

    def to_come(self) -> Self:
        """Planned, and neither logged nor called off."""
        return self.filter(status="planned")

    def with_case(self) -> Self:
        """Ready for a list or a page."""
        return self.select_related(
            "application__case", "application__call", "application__group", "visitor", "logged_by"
        )

    def with_roles(self) -> Self:
        """Ready for many questions of `can`: what the roles in the group are read from, in two queries."""
        return self.prefetch_related("application__group__people", "application__group__appointments")

    def asked_for(self, asked: dict[str, Any]) -> Self:
        """Those that the filters of the list ask for."""
        found = self.filter(words_in(asked.get("q") or "", "application"))
        if asked.get("status"):
            found = found.filter(status=asked["status"])
        return found


class VisitAgreementQuerySet(models.QuerySet):
    """What was agreed at visits."""

    def open(self) -> Self:
        """Not done yet, of cases that go on."""
        ended = Q(visit__application__project__status__in=["closed", "terminated"]) | Q(
            visit__application__status__in=["withdrawn", "rejected", "ineligible", "renounced", "annulled"]
        )
        return self.filter(done_on=None).exclude(ended)
