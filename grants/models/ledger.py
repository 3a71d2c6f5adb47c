"""The ledger of a project: every peso that was approved, committed, ordered, paid, proven and given back (PROGRAMME 10).

Its rows are written by the database itself, when what they tell of happens, and by nobody else (see the migrations and
docs/adr/ledger-written-by-the-database.md). A sum of the ledger is therefore a sum of what it tells of.
"""

from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from accounts.roles import Role
from applications.models import EnvelopeEntry
from core.money import MoneyField
from grants.models.expenses import Expense
from grants.models.money import Disbursement, Tranche
from grants.models.project import Project
from grants.models.refunds import RefundReceipt
from grants.querysets import LedgerQuerySet


class LedgerEntry(models.Model):
    """One movement, in pesos; what takes a former one back is negative. Only added to, by triggers."""

    class Kind(models.TextChoices):
        APPROVED = "approved", pgettext_lazy("ledger", "Approved")
        COMMITTED = "committed", pgettext_lazy("ledger", "Committed by the call")
        ORDERED = "ordered", pgettext_lazy("ledger", "Ordered")
        PAID = "paid", pgettext_lazy("ledger", "Paid")
        PROVEN = "proven", pgettext_lazy("ledger", "Proven")
        # A salary is paid on its invoice and note: proven as it is paid.
        SALARY = "salary", pgettext_lazy("ledger", "Salary, proven by invoice and note")
        RETURNED = "returned", pgettext_lazy("ledger", "Given back")
        # Beside the grant: it is no part of what was paid.
        INTEREST = "interest", pgettext_lazy("ledger", "Interest given back")

    project = models.ForeignKey(Project, models.PROTECT, related_name="ledger")
    kind = models.CharField(max_length=10, choices=Kind)
    amount = MoneyField()
    at = models.DateTimeField()
    # What happened: the state into which its source moved, or why the envelope changed.
    state = models.CharField(max_length=30)
    tranche = models.ForeignKey(Tranche, models.PROTECT, null=True, blank=True, related_name="+")
    disbursement = models.ForeignKey(Disbursement, models.PROTECT, null=True, blank=True, related_name="+")
    expense = models.ForeignKey(Expense, models.PROTECT, null=True, blank=True, related_name="+")
    receipt = models.ForeignKey(RefundReceipt, models.PROTECT, null=True, blank=True, related_name="+")
    envelope_entry = models.ForeignKey(EnvelopeEntry, models.PROTECT, null=True, blank=True, related_name="+")

    objects = LedgerQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=~Q(amount=0), name="ledger_entry_not_zero"),
            # A movement of money happens once.
            models.UniqueConstraint(fields=["kind", "disbursement", "state"], name="ledger_payment_once"),
            models.UniqueConstraint(fields=["expense"], name="ledger_expense_once"),
            models.UniqueConstraint(fields=["receipt"], name="ledger_receipt_once"),
            models.UniqueConstraint(fields=["envelope_entry"], name="ledger_envelope_once"),
        ]
        indexes = [models.Index(fields=["project", "id"], name="ledger_of_project")]

    def __str__(self) -> str:
        return f"{self.project_id} {self.kind} {self.amount}"

    def roles_of(self, user) -> frozenset[Role]:
        return self.project.roles_of(user)
