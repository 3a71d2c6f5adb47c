"""Letters of projects: lists in the programme's words."""

from typing import Self

from django.db import models
from django.db.models import Q

from accounts.permissions import Action
from grants.querysets import staff_half
from groups.querysets import member_group_ids


class LetterQuerySet(models.QuerySet):
    """Letters. `visible_to` equals `can(VIEW_PROJECT)`."""

    def visible_to(self, user) -> Self:
        """Of the own groups' projects, and of those that a staff role opens."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        own = Q(project__application__group__in=member_group_ids(user))
        return self.filter(own | staff_half(user, Action.VIEW_PROJECT, "project__application"))

    def with_case(self) -> Self:
        """Ready for a page: one query for what it shows besides its notices."""
        return self.select_related(
            "project__application__case",
            "project__application__call",
            "project__application__group",
            "signed_by",
            "document",
        )

    def with_answers(self) -> Self:
        """With how the group was notified, what it answered, and whether it was taken back: two queries more."""
        return self.select_related("answer__answered_by", "answer__document", "withdrawal").prefetch_related(
            "notices__document", "notices__recorded_by"
        )

    def proposals(self) -> Self:
        """Those on which the group is heard, and that nobody took back."""
        return self.filter(kind="hearing", withdrawal=None)
