"""The work plan and the budget of an application: activities, costs, quotes."""

import datetime as dt

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Round
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from applications.models.call import BudgetCategory
from core.models import Document
from core.money import MoneyField
from groups.models import Firm, Institution


class Activity(models.Model):
    """One line of the work plan: who does what, in which months, with what deliverable."""

    application = models.ForeignKey("applications.Application", models.CASCADE, related_name="activities")
    order = models.PositiveSmallIntegerField(default=0)
    name = models.CharField(_("Activity"), max_length=200)
    first_month = models.PositiveSmallIntegerField(_("First month"), validators=[MinValueValidator(1)])
    last_month = models.PositiveSmallIntegerField(_("Last month"), validators=[MaxValueValidator(36)])
    # Who is responsible: a firm, an institution of the group, its coordinator, or (also with one) a person in words.
    firm = models.ForeignKey(Firm, models.PROTECT, null=True, blank=True, related_name="+")
    institution = models.ForeignKey(Institution, models.PROTECT, null=True, blank=True, related_name="+")
    coordinator = models.BooleanField(default=False)
    responsible = models.CharField(_("Who is responsible"), max_length=120, blank=True)
    deliverable = models.CharField(_("What it leaves"), max_length=200, blank=True)
    indicator = models.CharField(_("How one measures it"), max_length=200, blank=True)

    class Meta:
        ordering = ["order", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(first_month__gte=1, last_month__gte=F("first_month"), last_month__lte=36),
                name="activity_months",
            ),
            models.CheckConstraint(
                condition=Q(firm=None) | Q(institution=None), name="activity_one_responsible"
            ),
            models.CheckConstraint(
                condition=Q(coordinator=False) | Q(firm=None, institution=None),
                name="activity_coordinator_alone",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def responsible_name(self) -> str:
        """Who is responsible, in words: `Carpintería Sol SRL (Ana Paz)`; "" for nobody yet."""
        body = gettext("The coordinator") if self.coordinator else str(self.firm or self.institution or "")
        return f"{body} ({self.responsible})" if body and self.responsible else body or self.responsible


class BudgetLine(models.Model):
    """One cost. The group's share is what the programme does not pay (PROGRAMME 10): a generated column, so
    that the shares add up to the cent whatever writes them (PROGRAMME 6.6)."""

    application = models.ForeignKey("applications.Application", models.CASCADE, related_name="lines")
    order = models.PositiveSmallIntegerField(default=0)
    category = models.CharField(_("Category"), max_length=20, choices=BudgetCategory)
    # What kind of cost of its category (applications.kinds); "other" says which in `other_kind`.
    kind = models.CharField(_("Kind of cost"), max_length=20, blank=True)
    other_kind = models.CharField(_("Which other"), max_length=80, blank=True)
    # The firm for which it is, and which pays its own share; null is the whole group.
    firm = models.ForeignKey(
        Firm, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("For which firm")
    )
    activity = models.ForeignKey(
        Activity, models.SET_NULL, null=True, blank=True, related_name="lines", verbose_name=_("Activity")
    )
    description = models.CharField(_("What it is for"), max_length=200)
    quantity = models.DecimalField(_("Quantity"), max_digits=10, decimal_places=2)
    unit_cost = MoneyField(_("Unit cost"))
    cost = models.GeneratedField(
        expression=Round(F("quantity") * F("unit_cost"), precision=2),
        output_field=MoneyField(max_digits=20),
        db_persist=True,
    )
    programme_share = MoneyField(_("Paid by the programme"))
    group_share = models.GeneratedField(
        expression=Round(F("quantity") * F("unit_cost"), precision=2) - F("programme_share"),
        output_field=MoneyField(max_digits=20),
        db_persist=True,
    )

    class Meta:
        ordering = ["order", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0, unit_cost__gte=0), name="line_cost_positive"),
            models.CheckConstraint(
                condition=Q(programme_share__gte=0)
                & Q(programme_share__lte=Round(F("quantity") * F("unit_cost"), precision=2)),
                name="line_shares_add_up",
            ),
        ]

    def __str__(self) -> str:
        return self.description


class BudgetQuote(models.Model):
    """A supplier's quote for a cost."""

    application = models.ForeignKey("applications.Application", models.CASCADE, related_name="quotes")
    line = models.ForeignKey(BudgetLine, models.CASCADE, related_name="quotes")
    supplier = models.CharField(_("Supplier"), max_length=200)
    amount = MoneyField(_("Amount"))
    valid_until = models.DateField(_("Valid until"), null=True, blank=True)
    document = models.OneToOneField(Document, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["amount", "id"]
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="quote_positive")]

    def __str__(self) -> str:
        return self.supplier

    def is_valid_on(self, day: dt.date) -> bool:
        """Whether the supplier still stands by it."""
        return self.valid_until is None or self.valid_until >= day
