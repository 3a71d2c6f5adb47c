"""Which calls, applications, reviews: lists in the programme's words. `visible_to` equals `can(VIEW_…)`."""

from django.db import models
from django.db.models import Q

from accounts.permissions import Action, holds, staff_scope
from core.money import ZERO
from groups.querysets import member_group_ids

LIVE_REVIEW = ("assigned", "interest_declared", "draft", "sent")


class CallQuerySet(models.QuerySet):
    """Calls."""

    def visible_to(self, user) -> "CallQuerySet":
        """Everybody sees what was published; drafts are for those who prepare them."""
        if user.is_authenticated and holds(user, Action.VIEW_DRAFT_CALL):
            return self
        return self.exclude(status="draft")

    def open_at(self, now) -> "CallQuerySet":
        """Calls that take applications at this moment."""
        return self.filter(status="published", opens_at__lte=now).filter(
            Q(closes_at=None) | Q(closes_at__gte=now)
        )


class ApplicationQuerySet(models.QuerySet):
    """Applications."""

    def visible_to(self, user) -> "ApplicationQuerySet":
        """The own groups' applications, and those that a staff role opens; reviewers only the assigned."""
        own = Q(group__in=member_group_ids(user))
        review = Q(
            pk__in=self.model._meta.get_field("reviews")
            .related_model.objects.filter(reviewer_id=user.pk, status__in=LIVE_REVIEW)
            .values("application_id")
        )
        scope = staff_scope(
            user, Action.VIEW_APPLICATION, case="case", adviser="group__advisers", reviewer=review
        )
        return self.filter(own | scope).distinct()

    def live(self) -> "ApplicationQuerySet":
        """Not ended."""
        return self.exclude(status__in=self.model.ENDED)

    def with_case(self) -> "ApplicationQuerySet":
        """Ready for a list: one query for what every row shows."""
        return self.select_related("case", "call", "group", "group__sector")


class ReviewQuerySet(models.QuerySet):
    """Reviews."""

    def live(self) -> "ReviewQuerySet":
        """Assigned, being written or sent."""
        return self.filter(status__in=LIVE_REVIEW)

    def of(self, user) -> "ReviewQuerySet":
        """A reviewer's own."""
        return self.filter(reviewer_id=user.pk)

    def visible_to(self, user) -> "ReviewQuerySet":
        """A reviewer's own live ones, and all for staff who read reviews; never the group's people."""
        own_group = Q(application__group__in=member_group_ids(user))
        mine = Q(reviewer_id=user.pk, status__in=LIVE_REVIEW)
        scope = staff_scope(user, Action.VIEW_REVIEW, case="application__case", adviser=None, reviewer=mine)
        return self.filter(scope).exclude(own_group).distinct()


class EnvelopeQuerySet(models.QuerySet):
    """Entries of a call's envelope."""

    def committed(self):
        """Approvals ± amendments − releases, in pesos."""
        return self.aggregate(sum=models.Sum("amount"))["sum"] or ZERO
