"""Lists of ordered payments for the bank: made once, numbered, the same bytes whenever they are taken again.

What the database itself refuses stands in the migrations.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from core.money import MoneyField
from grants.models.money import Disbursement


class BankList(models.Model):
    """What goes to the bank in one file. A list that was not sent is voided, and its payments may go on another."""

    class Status(models.TextChoices):
        LIVE = "live", pgettext_lazy("bank list", "Made")
        VOIDED = "voided", pgettext_lazy("bank list", "Voided")

    number = models.PositiveIntegerField(unique=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    count = models.PositiveIntegerField()
    total = MoneyField()
    # The file itself, and the hash of its bytes in UTF-8.
    content = models.TextField()
    sha256 = models.CharField(max_length=64)
    status = models.CharField(max_length=10, choices=Status, default=Status.LIVE)
    version = models.PositiveIntegerField(default=0)
    voided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    voided_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(gettext_lazy("Reason"), max_length=500, blank=True)

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=["live", "voided"]), name="bank_list_state"),
            models.CheckConstraint(condition=Q(count__gt=0, total__gt=0), name="bank_list_amounts"),
            models.CheckConstraint(
                condition=Q(status="live", voided_by=None, voided_at=None, reason="")
                | (Q(status="voided", voided_by__isnull=False, voided_at__isnull=False) & ~Q(reason="")),
                name="bank_list_void_whole",
            ),
        ]

    def __str__(self) -> str:
        return str(self.number)

    @property
    def filename(self) -> str:
        """In the language of who downloads it."""
        return f"{pgettext('file name', 'payments')}-{self.number:05d}.csv"


class BankListItem(models.Model):
    """A payment on a list; `live` until the list is voided. Of one payment there is one live item."""

    bank_list = models.ForeignKey(BankList, models.PROTECT, related_name="items")
    position = models.PositiveIntegerField()
    disbursement = models.ForeignKey(Disbursement, models.PROTECT, related_name="bank_items")
    amount = MoneyField()
    live = models.BooleanField(default=True)

    class Meta:
        ordering = ["bank_list_id", "position"]
        constraints = [
            models.UniqueConstraint(fields=["bank_list", "position"], name="bank_item_place"),
            models.UniqueConstraint(
                fields=["disbursement"], condition=Q(live=True), name="one_live_bank_list"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.bank_list_id}/{self.position}"
