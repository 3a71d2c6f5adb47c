"""Lists of people, of their roles and of invitations."""

from datetime import date, datetime
from typing import Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from accounts.roles import NEED_SECOND_ADMIN


class UserQuerySet(models.QuerySet):
    """People."""

    def matching(self, words: str) -> Self:
        """Whose name or e-mail contains each of the words."""
        found = self
        for word in words.split():
            found = found.filter(Q(full_name__icontains=word) | Q(email__icontains=word))
        return found

    def with_role(self, role: str, now: datetime) -> Self:
        """Who holds a staff role at this moment."""
        from accounts.models import RoleGrant

        return self.filter(
            is_active=True, pk__in=RoleGrant.objects.live(now).filter(role=role).values("user_id")
        )


class RoleGrantQuerySet(models.QuerySet):
    """Roles given."""

    def not_ended(self, now: datetime) -> Self:
        """Begun or to begin, with a second admin or still without."""
        return self.filter(Q(valid_to=None) | Q(valid_to__gt=now) & Q(valid_to__gt=F("valid_from")))

    def live(self, now: datetime) -> Self:
        """In force at this moment; what was delegated, while whoever lent it is an approver in their own right."""
        lender: RoleGrantQuerySet = (
            RoleGrantQuerySet(self.model)
            .spanning(now)
            .filter(
                user=OuterRef("delegated_by"), user__is_active=True, role=OuterRef("role"), delegated_by=None
            )
        )
        return self.spanning(now).filter(Q(delegated_by=None) | Exists(lender))

    def spanning(self, now: datetime) -> Self:
        """Given for this moment, and agreed to."""
        return self.not_ended(now).filter(
            Q(seconded_by__isnull=False) | ~Q(role__in=NEED_SECOND_ADMIN), valid_from__lte=now
        )


class InvitationQuerySet(models.QuerySet):
    """Invitations."""

    def waiting(self) -> Self:
        """Neither accepted nor taken back; some of them may have expired."""
        return self.filter(accepted_at=None, revoked_at=None)

    def open(self, now: datetime) -> Self:
        """Those that can still be accepted."""
        return self.waiting().filter(expires_at__gt=now)


class CoverQuerySet(models.QuerySet):
    """Covers: who stands in for whom, from day to day."""

    def on(self, day: date) -> Self:
        """In force on this day."""
        return self.filter(first_on__lte=day, last_on__gte=day, ended_at=None)

    def to_come(self, day: date) -> Self:
        """Set, and not begun by this day."""
        return self.filter(first_on__gt=day, ended_at=None)

    def past(self, day: date) -> Self:
        """Over by this day, or ended early."""
        return self.filter(Q(last_on__lt=day) | Q(ended_at__isnull=False))

    def within(self, first: date, last: date) -> Self:
        """In force on at least one of these days."""
        return self.filter(first_on__lte=last, last_on__gte=first, ended_at=None)
