"""Quotes of suppliers that an expense shows besides those of its budget line, and why there are fewer than the call asks for
(PROGRAMME 10, Expenses)."""

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy

from core.models import Document
from core.money import MoneyField
from grants.models.expenses import Expense


class ExpenseQuote(models.Model):
    """What a supplier asked for the same thing, before it was bought."""

    expense = models.ForeignKey(Expense, models.CASCADE, related_name="quotes")
    supplier = models.CharField(gettext_lazy("Supplier"), max_length=200)
    amount = MoneyField(gettext_lazy("Amount"))
    valid_until = models.DateField(gettext_lazy("Valid until"), null=True, blank=True)
    document = models.ForeignKey(Document, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["amount", "id"]
        constraints = [
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="expense_quote_positive"),
            models.CheckConstraint(condition=~models.Q(supplier=""), name="expense_quote_of_somebody"),
        ]

    def __str__(self) -> str:
        return self.supplier

    def is_valid_on(self, day: dt.date) -> bool:
        """Whether the supplier still stood by it."""
        return self.valid_until is None or self.valid_until >= day


class FewQuotes(models.Model):
    """Why an expense shows fewer quotes than its call asks for, as a sole supplier: the group says it, somebody of the
    programme accepts it. Without that the expense is not verified."""

    expense = models.OneToOneField(Expense, models.CASCADE, related_name="few_quotes")
    ground = models.CharField(max_length=1000)
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    given_at = models.DateTimeField()
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    accepted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(ground=""), name="few_quotes_say_why"),
            models.CheckConstraint(
                condition=Q(accepted_by=None, accepted_at=None)
                | Q(accepted_by__isnull=False, accepted_at__isnull=False),
                name="few_quotes_accepted_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(accepted_by=None) | ~Q(accepted_by=F("given_by")),
                name="few_quotes_accepted_by_another",
            ),
        ]

    def __str__(self) -> str:
        return self.ground

    @property
    def is_accepted(self) -> bool:
        return self.accepted_by_id is not None
