"""Salaries of coordinators: lists in the programme's words. `visible_to` equals `can(VIEW_…)`."""

from typing import Self

from django.db.models import Q

from accounts.permissions import Action
from grants.querysets import PAYS_SALARY, RUNNING, MoneyQuerySet
from groups.models import Appointment


class SalaryLineQuerySet(MoneyQuerySet):
    """Lines of the budget that pay a coordinator."""

    project = "project__"

    def visible_to(self, user) -> Self:
        """As payments; and the own one, also when the appointment has ended."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        own = Appointment.objects.held().filter(person_id=user.pk).values("group_id")
        seen = self._seen_with(user, Action.VIEW_PAYMENTS).values("pk")
        return self.filter(Q(pk__in=seen) | Q(**{f"{self.project}application__group__in": own}))

    def to_count(self, day) -> Self:
        """With a month that has ended and was not counted, in a project that runs."""
        return self.filter(next_on__lt=day, project__status__in=RUNNING)


class SalaryMonthQuerySet(SalaryLineQuerySet):
    """What people earned by month."""

    also = ("person", "invoice", "accepted_by", "tranche")

    def visible_to(self, user) -> Self:
        """As payments; and what one earned oneself."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        seen = self._seen_with(user, Action.VIEW_PAYMENTS).values("pk")
        return self.filter(Q(pk__in=seen) | Q(person_id=user.pk))

    def real(self) -> Self:
        """Without what was found to be nobody's."""
        return self.exclude(status="void")

    def owed(self) -> Self:
        """Invoice and note are to be handed in, in a project that runs or was terminated."""
        return self.filter(status__in=["accrued", "returned"], project__status__in=PAYS_SALARY)

    def to_accept(self) -> Self:
        """Handed in, and not judged yet, in a project that runs or was terminated."""
        return self.filter(status="submitted", project__status__in=PAYS_SALARY)
