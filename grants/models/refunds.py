"""What a group gives back: what was asked of it and why, and each receipt of the bank (PROGRAMME 10, Settlement).

What the database itself refuses stands in the migrations.
"""

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy, pgettext_lazy
from stdnum.ar import cbu as stdnum_cbu

from accounts.roles import Role
from core.models import Case, Document
from core.money import MoneyField, total
from grants.models.expenses import Expense
from grants.models.money import CbuFunction
from grants.models.project import Project
from grants.querysets import RefundQuerySet, RefundReceiptQuerySet


class Refund(models.Model):
    """Money that is asked back, by a day and to an account of the State. It is settled when receipts cover it."""

    class Status(models.TextChoices):
        ASKED = "asked", pgettext_lazy("refund", "Asked")
        SETTLED = "settled", pgettext_lazy("refund", "Given back")
        CANCELLED = "cancelled", pgettext_lazy("refund", "Cancelled")

    class Why(models.TextChoices):
        UNSPENT = "unspent", gettext_lazy("An advance that was not spent")
        REJECTED = "rejected", gettext_lazy("An expense that was rejected")
        TERMINATION = "termination", gettext_lazy("The project ended before its time")
        INTEREST = "interest", gettext_lazy("Interest that the money earned")

    project = models.ForeignKey(Project, models.PROTECT, related_name="refunds")
    number = models.PositiveSmallIntegerField()
    why = models.CharField(gettext_lazy("Why"), max_length=12, choices=Why)
    # The rejected one, where that is why.
    expense = models.ForeignKey(
        Expense,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="refunds",
        verbose_name=gettext_lazy("Which rejected expense"),
    )
    amount = MoneyField(gettext_lazy("Amount"))
    due_on = models.DateField(gettext_lazy("By when"))
    account_name = models.CharField(gettext_lazy("Holder of the account"), max_length=200)
    account_cbu = models.CharField(gettext_lazy("CBU of the account"), max_length=22)
    explanation = models.CharField(gettext_lazy("Explanation"), max_length=1000)
    status = models.CharField(max_length=10, choices=Status, default=Status.ASKED)
    version = models.PositiveIntegerField(default=0)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()

    objects = RefundQuerySet.as_manager()

    class Meta:
        ordering = ["project_id", "number"]
        constraints = [
            models.UniqueConstraint(fields=["project", "number"], name="refund_once"),
            models.CheckConstraint(
                condition=Q(status__in=["asked", "settled", "cancelled"]), name="refund_state"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="refund_amount"),
            models.CheckConstraint(
                condition=Q(why__in=["unspent", "rejected", "termination", "interest"]), name="refund_why"
            ),
            models.CheckConstraint(
                condition=Q(expense=None) | Q(why="rejected"), name="refund_of_rejected_expense"
            ),
            models.CheckConstraint(condition=Q(CbuFunction("account_cbu")), name="refund_cbu_check_digits"),
        ]
        indexes = [
            # The daily scan of duties costs what is due, not what exists.
            models.Index(fields=["due_on"], condition=Q(status="asked"), name="refund_owed")
        ]

    def __str__(self) -> str:
        return f"{self.project} · {self.number}"

    @property
    def case(self) -> Case:
        return self.project.case

    @property
    def formatted_cbu(self) -> str:
        return stdnum_cbu.format(self.account_cbu)

    def returned(self) -> Decimal:
        """What confirmed receipts cover, in pesos."""
        return total(self.receipts.filter(status=RefundReceipt.Status.CONFIRMED), "amount")

    def announced(self) -> Decimal:
        """What receipts say, confirmed or not yet."""
        return total(self.receipts.exclude(status=RefundReceipt.Status.REFUSED), "amount")

    def roles_of(self, user) -> frozenset[Role]:
        return self.project.roles_of(user)


class RefundReceipt(models.Model):
    """What the bank says of money that was given back: written down by one, confirmed by another."""

    class Status(models.TextChoices):
        GIVEN = "given", pgettext_lazy("receipt", "To confirm")
        CONFIRMED = "confirmed", pgettext_lazy("receipt", "Confirmed")
        REFUSED = "refused", pgettext_lazy("receipt", "Not found")

    refund = models.ForeignKey(Refund, models.PROTECT, related_name="receipts")
    amount = MoneyField(gettext_lazy("Amount"))
    paid_on = models.DateField(gettext_lazy("Date of the transfer"))
    reference = models.CharField(gettext_lazy("Reference of the bank"), max_length=60)
    document = models.OneToOneField(Document, models.PROTECT, related_name="+")
    status = models.CharField(max_length=10, choices=Status, default=Status.GIVEN)
    version = models.PositiveIntegerField(default=0)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    written_at = models.DateTimeField()
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    checked_at = models.DateTimeField(null=True, blank=True)
    # Why it was not found.
    reason = models.CharField(gettext_lazy("Reason"), max_length=500, blank=True)

    objects = RefundReceiptQuerySet.as_manager()

    class Meta:
        ordering = ["paid_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["given", "confirmed", "refused"]), name="refund_receipt_state"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="refund_receipt_amount"),
            models.CheckConstraint(
                condition=Q(checked_by=None) | ~Q(checked_by=F("written_by")),
                name="receipt_checked_by_another",
            ),
            models.CheckConstraint(
                condition=Q(status="given", checked_by=None, checked_at=None)
                | (~Q(status="given") & Q(checked_by__isnull=False, checked_at__isnull=False)),
                name="refund_receipt_check_whole",
            ),
            models.CheckConstraint(
                condition=~Q(status="refused") | ~Q(reason=""), name="refused_receipt_says_why"
            ),
        ]
        indexes = [
            models.Index(fields=["written_at", "id"], condition=Q(status="given"), name="receipt_to_confirm")
        ]

    def __str__(self) -> str:
        return f"{self.paid_on} {self.amount}"

    @property
    def case(self) -> Case:
        return self.refund.case

    @property
    def project(self) -> Project:
        return self.refund.project

    def roles_of(self, user) -> frozenset[Role]:
        return self.refund.roles_of(user)
