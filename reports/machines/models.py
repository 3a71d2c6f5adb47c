"""What follows a machine after the report that brought it (PROGRAMME 10, 12): each insurance that took the place of one before,
and the invoices with which it was bought. Rows are added, never changed; the database refuses the rest (see the migrations).
"""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.models import Document
from grants.models import Expense
from reports.ledgers.models import Machine


class MachineInsurance(models.Model):
    """A machine was insured, or insured for longer."""

    machine = models.ForeignKey(Machine, models.PROTECT, related_name="insurances")
    insurer = models.CharField(_("Insurer"), max_length=120)
    policy = models.CharField(_("Number of the policy"), max_length=60)
    insured_until = models.DateField(_("Insured until"))
    document = models.OneToOneField(Document, models.PROTECT, null=True, blank=True, related_name="+")
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["-insured_until", "-id"]
        constraints = [
            models.CheckConstraint(condition=~Q(insurer="") & ~Q(policy=""), name="insurance_says_which"),
            models.UniqueConstraint(fields=["machine", "insured_until"], name="insured_once_until"),
        ]

    def __str__(self) -> str:
        return f"{self.insurer} {self.policy}"


class MachineInvoice(models.Model):
    """An expense with which a machine was bought. One invoice may buy several, and several invoices one."""

    machine = models.ForeignKey(Machine, models.CASCADE, related_name="invoices")
    expense = models.ForeignKey(Expense, models.PROTECT, related_name="machine_invoices")
    linked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    linked_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["machine", "expense"], name="invoice_of_machine_once"),
        ]

    def __str__(self) -> str:
        return f"{self.machine_id} {self.expense_id}"
