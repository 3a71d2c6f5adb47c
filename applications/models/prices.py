"""Indexes of prices, by which calls with an update clause follow them (PROGRAMME 10): one figure a month, kept by admins."""

from decimal import Decimal

from django.conf import settings
from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core import bilingual


class PriceIndex(models.Model):
    """An index that somebody publishes month by month."""

    code = models.CharField(
        _("Code"),
        max_length=20,
        unique=True,
        validators=[RegexValidator(r"^[A-Za-z0-9-]+$", _("A code has letters, figures and hyphens."))],
    )
    name_en = models.CharField(_("Name in English"), max_length=120)
    name_es = models.CharField(_("Name in Spanish"), max_length=120)
    publisher = models.CharField(_("Who publishes it"), max_length=120)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return bilingual.text(self, "name")


class IndexFigure(models.Model):
    """What an index says of a month. It counts once another admin has confirmed it; from then on it stays."""

    index = models.ForeignKey(PriceIndex, models.PROTECT, related_name="figures")
    # The first day of the month.
    month = models.DateField(_("Month"))
    value = models.DecimalField(
        _("Value"), max_digits=14, decimal_places=4, validators=[MinValueValidator(Decimal("0.0001"))]
    )
    source = models.CharField(_("Where it was published"), max_length=200)
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    confirmed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["index_id", "-month"]
        constraints = [
            models.UniqueConstraint(fields=["index", "month"], name="one_figure_a_month"),
            models.CheckConstraint(
                condition=Q(value__gt=0, month__day=1) & ~Q(source=""), name="figure_of_a_month"
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by=None, confirmed_at=None)
                | Q(confirmed_by__isnull=False, confirmed_at__isnull=False),
                name="figure_confirmed_whole",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by=None) | ~Q(confirmed_by=F("entered_by")),
                name="figure_confirmed_by_another",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.index_id} {self.month:%m/%Y}"

    @property
    def is_confirmed(self) -> bool:
        return self.confirmed_at is not None
