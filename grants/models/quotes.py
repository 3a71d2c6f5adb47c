"""Quotes of suppliers that an expense shows besides those of its budget line (PROGRAMME 10, Expenses)."""

import datetime as dt

from django.db import models
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
