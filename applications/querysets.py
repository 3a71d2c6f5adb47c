"""Which calls, applications, reviews: lists in the programme's words. `visible_to` equals `can(VIEW_…)`."""

from decimal import Decimal
from typing import Self

from django.db import models
from django.db.models import Q, Sum

from accounts.permissions import Action, staff_scope
from accounts.roles import Role
from core.money import ZERO
from groups.querysets import member_group_ids, own_group_ids

LIVE_REVIEW = ("assigned", "interest_declared", "draft", "sent")
UNSENT_REVIEW = ("assigned", "interest_declared", "draft")
# Its reviewer has said that they have no interest, and reads the application from then on (PROGRAMME 3).
DECLARED_REVIEW = ("interest_declared", "draft", "sent")
# Over: its group may apply again, its firms are free (PROGRAMME 4 and 6.3).
ENDED = ("lapsed", "withdrawn", "rejected", "ineligible", "renounced", "annulled")


class CallQuerySet(models.QuerySet):
    """Calls."""

    def visible_to(self, user) -> Self:
        """Everybody sees what was published; drafts are for those who prepare them, and for whom it was given to audit."""
        return self.filter(~Q(status="draft") | staff_scope(user, Action.VIEW_DRAFT_CALL, case="case"))

    def open_at(self, now) -> Self:
        """Calls that take applications at this moment."""
        return self.filter(status="published", opens_at__lte=now).filter(
            Q(closes_at=None) | Q(closes_at__gte=now)
        )


class ApplicationQuerySet(models.QuerySet):
    """Applications."""

    def visible_to(self, user) -> Self:
        """The own groups' applications, and those that a staff role opens; advisers and reviewers only what was
        assigned to them. Subqueries, not joins: a list counts and pages without DISTINCT."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        within = ("group__case", "call__case")
        scope = staff_scope(user, Action.VIEW_APPLICATION, case="case", within=within)
        roles = user.staff_roles()
        if Role.ADVISER in roles:
            scope |= Q(group__in=user.advised_groups.values("pk"))
        if Role.REVIEWER in roles:
            mine = user.reviews.filter(status__in=DECLARED_REVIEW)
            scope |= Q(pk__in=mine.values("application_id"))
        return self.filter(Q(group__in=member_group_ids(user)) | (scope & Q(is_test=False)))

    def real(self) -> Self:
        """All but the tests of admins, which stand in no list and no figure."""
        return self.filter(is_test=False)

    def of_group(self, user) -> Self:
        """Those of the person's own groups."""
        return self.real().filter(group__in=member_group_ids(user))

    def live(self) -> Self:
        """Not ended."""
        return self.exclude(status__in=ENDED)

    def in_state(self, *states: str) -> Self:
        """In one of these states."""
        return self.filter(status__in=states)

    def draft_of_closed_calls(self, moment) -> Self:
        """Drafts that can never be submitted: their call closed before a moment, or ended."""
        closed = Q(call__status="published", call__closes_at__lt=moment)
        return self.real().filter(closed | Q(call__status__in=["wound_up", "cancelled"]), status="draft")

    def unanswered(self, moment) -> Self:
        """Returned for changes, the answer due before a moment."""
        return self.filter(status="changes_requested", answer_by__lt=moment)

    def with_case(self) -> Self:
        """Ready for a list: one query for what every row shows."""
        return self.select_related("case", "call", "group", "group__sector")

    def with_roles(self) -> Self:
        """Ready for many questions of `can` on each: what `roles_of` reads, in a constant number of queries."""
        return self.select_related("case", "call", "group", "group__case").prefetch_related(
            "reviews", "group__people", "group__appointments", "group__advisers"
        )


class ReviewQuerySet(models.QuerySet):
    """Reviews."""

    def with_roles(self) -> Self:
        """Ready for many questions of `can` on each, in a constant number of queries."""
        return self.select_related(
            "application__case", "application__call", "application__group__case"
        ).prefetch_related(
            "application__reviews", "application__group__people", "application__group__appointments"
        )

    def live(self) -> Self:
        """Assigned, being written or sent."""
        return self.filter(status__in=LIVE_REVIEW)

    def unfinished(self) -> Self:
        """Still to be sent."""
        return self.live().exclude(status="sent")

    def sent(self) -> Self:
        """Sent, and not voided since."""
        return self.filter(status="sent")

    def counting_for(self, submission) -> Self:
        """Live reviews of a submission: written on it, or kept for it."""
        return self.live().filter(Q(submission=submission) | Q(kept_for=submission))

    def of(self, user) -> Self:
        """A reviewer's own."""
        return self.filter(reviewer_id=user.pk)

    def visible_to(self, user) -> Self:
        """A reviewer's own live ones, and all for staff who read reviews; never the group's people."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        within = ("application__group__case", "application__call__case")
        scope = staff_scope(user, Action.VIEW_REVIEW, case="application__case", within=within)
        if Role.REVIEWER in user.staff_roles():
            scope |= Q(reviewer_id=user.pk, status__in=LIVE_REVIEW)
        return self.filter(scope).exclude(application__group__in=member_group_ids(user))


class EnvelopeQuerySet(models.QuerySet):
    """Entries of a call's envelope."""

    def committed(self) -> Decimal:
        """Approvals ± amendments − releases, in pesos."""
        return self.aggregate(sum=Sum("amount"))["sum"] or ZERO


class SupportQuerySet(models.QuerySet):
    """Technical support of groups."""

    def open(self) -> Self:
        """Asked for, offered to an adviser, or active."""
        return self.filter(status__in=["asked", "offered", "active"])

    def visible_to(self, user) -> Self:
        """The own groups' support, and what a staff role opens; an adviser's own."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        scope = staff_scope(user, Action.VIEW_SUPPORT, case="group__case", adviser="adviser")
        own = Q(group__in=own_group_ids(user))
        return self.filter(Q(group__in=member_group_ids(user)) | (scope & ~own))
