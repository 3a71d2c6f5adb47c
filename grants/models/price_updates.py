"""Updates of prices (PROGRAMME 10, Prices move): one resolution raises what is not paid yet of a call's projects, one row each.

What a project gets is worked out in grants.prices; what the database refuses stands in the migrations.
"""

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts.roles import Role
from applications.models import Call, EnvelopeEntry, IndexFigure
from applications.prices import month_text
from core.models import Case
from core.money import MoneyField
from grants.models.amendments import PlanVersion
from grants.models.project import Project
from grants.prices.querysets import PriceUpdateQuerySet


class PriceUpdate(models.Model):
    """The update of a call's projects to the prices of a month: prepared by an officer, issued by an approver."""

    class Status(models.TextChoices):
        PREPARED = "prepared", pgettext_lazy("update of prices", "Prepared")
        ISSUED = "issued", pgettext_lazy("update of prices", "Issued")
        WITHDRAWN = "withdrawn", pgettext_lazy("update of prices", "Withdrawn")

    call = models.ForeignKey(Call, models.PROTECT, related_name="price_updates")
    # The figure of the month to which prices are updated.
    figure = models.ForeignKey(IndexFigure, models.PROTECT, related_name="+")
    status = models.CharField(max_length=10, choices=Status, default=Status.PREPARED)
    version = models.PositiveIntegerField(default=0)
    prepared_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    prepared_at = models.DateTimeField()
    # What the officer says of it to the approver.
    opinion = models.TextField(gettext_lazy("What the approver should know"), max_length=2000)
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    issued_at = models.DateTimeField(null=True, blank=True)
    resolution = models.CharField(gettext_lazy("Resolution number"), max_length=60, blank=True)
    resolved_on = models.DateField(gettext_lazy("Date of the resolution"), null=True, blank=True)
    grounds = models.TextField(gettext_lazy("Grounds"), max_length=4000, blank=True)

    objects = PriceUpdateQuerySet.as_manager()

    class Meta:
        ordering = ["-prepared_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["prepared", "issued", "withdrawn"]), name="price_update_state"
            ),
            # One at a time: the next one is worked out on what this one leaves.
            models.UniqueConstraint(
                fields=["call"], condition=Q(status="prepared"), name="one_price_update_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(status="issued", issued_by__isnull=False, issued_at__isnull=False)
                & Q(resolved_on__isnull=False)
                & ~Q(resolution="")
                & ~Q(grounds="")
                | ~Q(status="issued") & Q(issued_by=None, issued_at=None, resolved_on=None, resolution=""),
                name="issued_price_update_has_resolution",
            ),
            # PROGRAMME 3: nobody decides on what they proposed.
            models.CheckConstraint(
                condition=Q(issued_by=None) | ~Q(issued_by=F("prepared_by")), name="price_update_by_another"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.call.code} {self.month_text}"

    @property
    def case(self) -> Case:
        return self.call.case

    @property
    def month_text(self) -> str:
        """10/2026."""
        return month_text(self.figure.month)

    @property
    def name(self) -> str:
        """Which one it is, in words."""
        return _("Prices of %(month)s, call %(code)s") % {"month": self.month_text, "code": self.call.code}

    def roles_of(self, user) -> frozenset[Role]:
        return self.call.roles_of(user)


class PriceUpdateRow(models.Model):
    """What one project got by an update; written when it is issued, and never changed."""

    update = models.ForeignKey(PriceUpdate, models.PROTECT, related_name="rows")
    project = models.ForeignKey(Project, models.PROTECT, related_name="price_updates")
    month = models.DateField()
    # Prices of the base month count 1: at which level the unpaid rest was, and is now.
    level_before = models.DecimalField(max_digits=12, decimal_places=6)
    level_after = models.DecimalField(max_digits=12, decimal_places=6)
    approved_before = MoneyField()
    rest = MoneyField()
    more = MoneyField()
    # What the group puts in more, so that the call's shares stay.
    group_more = MoneyField()
    plan = models.OneToOneField(PlanVersion, models.PROTECT, related_name="price_update")
    entry = models.OneToOneField(EnvelopeEntry, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["update_id", "id"]
        constraints = [
            models.UniqueConstraint(fields=["project", "month"], name="one_price_update_a_month"),
            models.CheckConstraint(
                condition=Q(
                    level_before__gte=1,
                    level_after__gt=F("level_before"),
                    more__gt=0,
                    group_more__gte=0,
                    rest__gt=0,
                    rest__lte=F("approved_before"),
                ),
                name="price_update_raises",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.update_id} · {self.project_id}"

    @property
    def approved_after(self) -> Decimal:
        return self.approved_before + self.more

    def roles_of(self, user) -> frozenset[Role]:
        return self.project.roles_of(user)
