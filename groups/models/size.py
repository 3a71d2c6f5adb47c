"""What makes a firm an SME: its activity, its closed years, its certificate, its links; and the norm's ceilings
(PROGRAMME 4)."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from stdnum.ar import cuit as stdnum_cuit

from core import bilingual
from core.models import Document
from core.money import MoneyField


class Branch(models.TextChoices):
    """The branches that the norm on SMEs knows."""

    AGRICULTURE = "agriculture", _("Agriculture")
    INDUSTRY_MINING = "industry_mining", _("Industry and mining")
    COMMERCE = "commerce", _("Commerce")
    SERVICES = "services", _("Services")
    CONSTRUCTION = "construction", _("Construction")


class Size(models.TextChoices):
    """Sizes of an SME, smallest first. `medium` is the single medium size of the norm of 2006."""

    MICRO = "micro", _("Micro")
    SMALL = "small", _("Small")
    MEDIUM = "medium", _("Medium")
    MEDIUM_1 = "medium_1", _("Medium 1")
    MEDIUM_2 = "medium_2", _("Medium 2")


class SizeCeiling(models.Model):
    """The highest average yearly sales of one size in one branch, from a day on. Kept by an admin."""

    valid_from = models.DateField()
    # The norm's year is sure, its first day in force is not until an admin confirms it.
    provisional = models.BooleanField(default=True)
    norm = models.CharField(max_length=120)
    branch = models.CharField(max_length=20, choices=Branch)
    size = models.CharField(max_length=10, choices=Size)
    yearly_sales = MoneyField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["valid_from", "branch", "size"], name="one_ceiling_per_day"),
            models.CheckConstraint(condition=models.Q(yearly_sales__gt=0), name="ceiling_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.norm} {self.branch} {self.size}"


class HeadcountCeiling(models.Model):
    """The most people employed by a firm of one size in one branch, from a day on: for the activities of which the norm
    says that people decide. Kept by an admin, as the ceilings of sales."""

    valid_from = models.DateField()
    provisional = models.BooleanField(default=True)
    norm = models.CharField(max_length=120)
    branch = models.CharField(max_length=20, choices=Branch)
    size = models.CharField(max_length=10, choices=Size)
    people = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["valid_from", "branch", "size"], name="one_headcount_per_day"),
            models.CheckConstraint(condition=models.Q(people__gt=0), name="headcount_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.norm} {self.branch} {self.size}"


class EconomicActivity(models.Model):
    """A section of the classifier of economic activities (CLAE), or a part of one that the norm treats apart, with the
    branch whose ceilings it takes."""

    code = models.CharField(max_length=6, unique=True)
    name_en = models.CharField(max_length=120)
    name_es = models.CharField(max_length=120)
    branch = models.CharField(_("Branch"), max_length=20, choices=Branch)
    # The norm counts people instead of sales for it.
    people_decide = models.BooleanField(_("People employed decide its size, not sales"), default=False)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return bilingual.text(self, "name")


class FirmYear(models.Model):
    """A closed year of a firm."""

    firm = models.ForeignKey("groups.Firm", models.CASCADE, related_name="years")
    year = models.PositiveSmallIntegerField(_("Year closed"))
    sales = MoneyField(_("Sales without VAT"))
    # Those of the firms linked to it, together: they count with its own.
    linked_sales = MoneyField(_("Sales of linked firms"), default=0)

    class Meta:
        ordering = ["-year"]
        constraints = [
            models.UniqueConstraint(fields=["firm", "year"], name="firm_year_once"),
            models.CheckConstraint(
                condition=models.Q(sales__gte=0, linked_sales__gte=0), name="sales_not_negative"
            ),
            models.CheckConstraint(condition=models.Q(year__range=(1990, 2100)), name="year_plausible"),
        ]

    def __str__(self) -> str:
        return f"{self.firm_id} {self.year}"


class LinkedFirm(models.Model):
    """A firm that belongs together with this one: it controls it, is controlled, or both have the same owner."""

    class Link(models.TextChoices):
        OWNS = "owns", _("It owns half or more of the other")
        OWNED = "owned", _("The other owns half or more of it")
        COMMON = "common", _("Both have the same owner")

    firm = models.ForeignKey("groups.Firm", models.CASCADE, related_name="links")
    cuit = models.CharField(_("CUIT"), max_length=11)
    name = models.CharField(_("Name of the firm"), max_length=200)
    link = models.CharField(_("How they are linked"), max_length=8, choices=Link)

    class Meta:
        ordering = ["name", "id"]
        constraints = [models.UniqueConstraint(fields=["firm", "cuit"], name="firm_linked_once")]

    def __str__(self) -> str:
        return self.name

    @property
    def formatted_cuit(self) -> str:
        """30-12345678-1."""
        return stdnum_cuit.format(self.cuit)


class Certificate(models.Model):
    """A MiPyME certificate of a firm: shows its size where the call accepts it (PROGRAMME 4)."""

    firm = models.ForeignKey("groups.Firm", models.CASCADE, related_name="certificates")
    number = models.CharField(_("Number of the certificate"), max_length=40)
    size = models.CharField(_("Size on the certificate"), max_length=10, choices=Size)
    year_closed_on = models.DateField(_("Close of its fiscal year"))
    # The last day of the fourth month after the close of the fiscal year; groups.certificates works it out.
    valid_until = models.DateField(_("Valid until"))
    document = models.ForeignKey(Document, models.PROTECT, null=True, blank=True, related_name="+")
    added_at = models.DateTimeField()
    # Null: the firm itself, through its link.
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["-valid_until", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["firm", "number"], name="certificate_once"),
            models.CheckConstraint(
                condition=models.Q(valid_until__gt=models.F("year_closed_on")), name="certificate_days"
            ),
        ]

    def __str__(self) -> str:
        return self.number
