"""The bank statement of a project's account, and to what each of its lines was matched (PROGRAMME 10, Settlement)."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy

from accounts.roles import Role
from core.models import Case
from core.money import MoneyField
from grants.models.expenses import ExpensePayment
from grants.models.money import Disbursement
from grants.models.project import Project
from grants.models.refunds import RefundReceipt
from grants.querysets import AccountLineQuerySet


class AccountLine(models.Model):
    """One line of the statement as the bank wrote it: what came in is positive. It is matched to one thing, or explained."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="account_lines")
    on = models.DateField(gettext_lazy("Date"))
    text = models.CharField(gettext_lazy("Text"), max_length=200)
    reference = models.CharField(gettext_lazy("Reference"), max_length=60, blank=True)
    amount = MoneyField(gettext_lazy("Amount"))
    # Of lines that say the same on the same day, the first is 1.
    occurrence = models.PositiveSmallIntegerField(default=1)
    brought_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    brought_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=0)
    disbursement = models.OneToOneField(
        Disbursement, models.PROTECT, null=True, blank=True, related_name="account_line"
    )
    expense_payment = models.OneToOneField(
        ExpensePayment, models.PROTECT, null=True, blank=True, related_name="account_line"
    )
    receipt = models.OneToOneField(
        RefundReceipt, models.PROTECT, null=True, blank=True, related_name="account_line"
    )
    # Bank charges, interest, money that the group moved itself.
    explanation = models.CharField(gettext_lazy("Explanation"), max_length=300, blank=True)
    matched_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    matched_at = models.DateTimeField(null=True, blank=True)

    objects = AccountLineQuerySet.as_manager()

    class Meta:
        ordering = ["on", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(amount=0), name="account_line_not_zero"),
            # The same statement brought twice adds nothing.
            models.UniqueConstraint(
                fields=["project", "on", "text", "reference", "amount", "occurrence"],
                name="account_line_once",
            ),
            models.CheckConstraint(
                condition=Q(disbursement=None, expense_payment=None, receipt=None)
                | (Q(explanation="", disbursement__isnull=False, expense_payment=None, receipt=None))
                | (Q(explanation="", disbursement=None, expense_payment__isnull=False, receipt=None))
                | (Q(explanation="", disbursement=None, expense_payment=None, receipt__isnull=False)),
                name="account_line_is_one_thing",
            ),
            models.CheckConstraint(
                condition=Q(
                    disbursement=None,
                    expense_payment=None,
                    receipt=None,
                    explanation="",
                    matched_by=None,
                    matched_at=None,
                )
                | (
                    Q(matched_by__isnull=False, matched_at__isnull=False)
                    & (
                        Q(disbursement__isnull=False)
                        | Q(expense_payment__isnull=False)
                        | Q(receipt__isnull=False)
                        | ~Q(explanation="")
                    )
                ),
                name="account_line_matched_by_somebody",
            ),
            # What comes in is a payment of the programme; what goes out pays an expense or gives back.
            models.CheckConstraint(
                condition=(Q(disbursement=None) | Q(amount__gt=0))
                & (Q(expense_payment=None) | Q(amount__lt=0))
                & (Q(receipt=None) | Q(amount__lt=0)),
                name="account_line_direction",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.on} {self.amount}"

    @property
    def case(self) -> Case:
        return self.project.case

    @property
    def is_matched(self) -> bool:
        """To something, or explained."""
        return self.matched_at is not None

    def roles_of(self, user) -> frozenset[Role]:
        return self.project.roles_of(user)
