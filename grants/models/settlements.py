"""The final settlement of a project: what was due of its grant, frozen when it closes (PROGRAMME 10, Settlement)."""

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from core.money import MoneyField
from grants.expenses.counting import Settlement
from grants.models.project import Project


class FinalSettlement(models.Model):
    """Every figure of the arithmetic, as it stood at closing. Never changed."""

    project = models.OneToOneField(Project, models.PROTECT, related_name="settlement")
    approved = MoneyField()
    proven_programme = MoneyField()
    proven_group = MoneyField()
    # What the call's shares allow of the verified cost.
    cap = MoneyField()
    # What the group had to put in for the base.
    group_due = MoneyField()
    # The coordinator's, among what is proven: it asks for no counterpart.
    salary = MoneyField(default=Decimal(0))
    paid = MoneyField()
    returned = MoneyField()
    interest = MoneyField()
    due = MoneyField()
    frozen_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    frozen_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(due__gte=0, due__lte=F("approved"))
                & Q(due__lte=F("proven_programme"))
                & Q(due__lte=F("cap"), salary__lte=F("due")),
                name="settlement_due_is_the_lowest",
            ),
            # Nothing stays with the group beyond what is due.
            models.CheckConstraint(
                condition=Q(paid__lte=F("returned") + F("due")), name="settlement_balance_came_back"
            ),
        ]

    def __str__(self) -> str:
        return f"settlement of {self.project_id}"

    @property
    def arithmetic(self) -> Settlement:
        """The same figures, to be shown."""
        return Settlement(
            approved=self.approved,
            proven_programme=self.proven_programme,
            proven_group=self.proven_group,
            group_due=self.group_due,
            paid=self.paid,
            returned=self.returned,
            cap=self.cap,
            salary=self.salary,
        )
