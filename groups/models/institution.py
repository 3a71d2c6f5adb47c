"""Institutions that act with a group: known once, partners over time (PROGRAMME 2)."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from stdnum.ar import cuit as stdnum_cuit

from groups.models.firm import CuitFunction
from groups.models.group import Group
from groups.provinces import Province
from groups.querysets import InstitutionQuerySet


class Institution(models.Model):
    """A university, a chamber, a municipality … that helps firms to act together."""

    class Kind(models.TextChoices):
        UNIVERSITY = "university", _("University or school")
        RESEARCH = "research", _("Research or technology centre")
        CHAMBER = "chamber", _("Chamber or association of firms")
        MUNICIPALITY = "municipality", _("Municipality")
        PROVINCE = "province", _("Provincial government")
        NGO = "ngo", _("Non-governmental organisation")
        OTHER = "other", _("Another institution")

    kind = models.CharField(_("Kind of institution"), max_length=12, choices=Kind)
    name = models.CharField(_("Name of the institution"), max_length=200)
    cuit = models.CharField(_("CUIT"), max_length=11, blank=True)
    province = models.CharField(_("Province"), max_length=4, choices=Province)
    locality = models.CharField(_("Town or city"), max_length=100)

    objects = InstitutionQuerySet.as_manager()

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["cuit"], condition=~Q(cuit=""), name="institution_once"),
            models.CheckConstraint(
                condition=Q(cuit="") | Q(CuitFunction("cuit")), name="institution_check_digit"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def formatted_cuit(self) -> str:
        """30-12345678-1; "" without one."""
        return stdnum_cuit.format(self.cuit) if self.cuit else ""


class Partner(models.Model):
    """An institution's place in a group, over time."""

    group = models.ForeignKey(Group, models.CASCADE, related_name="partners")
    institution = models.ForeignKey(Institution, models.PROTECT, related_name="partners")
    contribution = models.CharField(
        _("What it does in the group"),
        max_length=200,
        help_text=_("For example: trains, tests, lends a hall."),
    )
    contact = models.CharField(_("Contact person"), max_length=150, blank=True)
    joined_on = models.DateField()
    left_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["joined_on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["group", "institution"], condition=Q(left_on=None), name="partner_once_in_group"
            ),
            models.CheckConstraint(
                condition=Q(left_on=None) | Q(left_on__gte=models.F("joined_on")),
                name="partner_left_after_joined",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.institution_id} with {self.group_id}"
