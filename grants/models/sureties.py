"""Sureties: who answers for an advance until it is proven (PROGRAMME 10, Tranches).

What the database itself refuses stands in the migrations.
"""

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts.roles import Role
from core.models import Case, Document
from core.money import MoneyField
from grants.models.project import Project
from grants.querysets import SuretyQuerySet


class Surety(models.Model):
    """A policy that covers what was advanced to a project, between two days. Only its release changes it."""

    class Status(models.TextChoices):
        HELD = "held", pgettext_lazy("surety", "Held")
        RELEASED = "released", pgettext_lazy("surety", "Released")

    project = models.ForeignKey(Project, models.PROTECT, related_name="sureties")
    insurer = models.CharField(gettext_lazy("Insurer"), max_length=200)
    policy = models.CharField(gettext_lazy("Number of the policy"), max_length=60)
    amount = MoneyField(gettext_lazy("Amount that it covers"))
    from_on = models.DateField(gettext_lazy("From"))
    expires_on = models.DateField(gettext_lazy("Until"))
    document = models.OneToOneField(Document, models.PROTECT, related_name="+")
    status = models.CharField(max_length=10, choices=Status, default=Status.HELD)
    version = models.PositiveIntegerField(default=0)
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()
    released_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    released_at = models.DateTimeField(null=True, blank=True)

    objects = SuretyQuerySet.as_manager()

    class Meta:
        ordering = ["expires_on", "id"]
        verbose_name_plural = "sureties"
        constraints = [
            models.CheckConstraint(condition=Q(status__in=["held", "released"]), name="surety_state"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="surety_amount"),
            models.CheckConstraint(condition=Q(expires_on__gte=F("from_on")), name="surety_days"),
            models.CheckConstraint(
                condition=Q(status="held", released_by=None, released_at=None)
                | Q(status="released", released_by__isnull=False, released_at__isnull=False),
                name="surety_release_whole",
            ),
            # One policy covers one project, once.
            models.UniqueConstraint(
                fields=["insurer", "policy"], condition=Q(status="held"), name="policy_once"
            ),
        ]
        indexes = [
            models.Index(fields=["expires_on"], condition=Q(status="held"), name="surety_expires"),
        ]

    def __str__(self) -> str:
        return f"{self.insurer} {self.policy}"

    @property
    def case(self) -> Case:
        return self.project.case

    def covers_on(self, day: dt.date) -> bool:
        """Whether it answers for money paid on a day."""
        return self.status == self.Status.HELD and self.from_on <= day <= self.expires_on

    def roles_of(self, user) -> frozenset[Role]:
        return self.project.roles_of(user)
