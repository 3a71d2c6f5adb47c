"""Visits of the programme to a group, before its approval and while its project runs (PROGRAMME 12): planned, then logged
with what was seen and what was agreed. Each agreement is a duty of the group, with a date.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts.roles import Role
from applications.models import Application
from core.models import Case, Document
from grants.visits.querysets import VisitAgreementQuerySet, VisitQuerySet


class Visit(models.Model):
    """One visit to one case."""

    class Status(models.TextChoices):
        PLANNED = "planned", pgettext_lazy("visit", "Planned")
        DONE = "done", pgettext_lazy("visit", "Took place")
        CANCELLED = "cancelled", pgettext_lazy("visit", "Called off")

    class Mode(models.TextChoices):
        ON_SITE = "on_site", gettext_lazy("At the group's place")
        OFFICE = "office", gettext_lazy("At the programme's office")
        VIDEO = "video", gettext_lazy("By video")

    application = models.ForeignKey(Application, models.PROTECT, related_name="visits")
    status = models.CharField(max_length=10, choices=Status, default=Status.PLANNED)
    version = models.PositiveIntegerField(default=0)
    mode = models.CharField(gettext_lazy("How"), max_length=8, choices=Mode, default=Mode.ON_SITE)
    # While it is planned: the day foreseen; afterwards the day on which it took place.
    on = models.DateField(gettext_lazy("Day"))
    visitor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    planned_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    planned_at = models.DateTimeField()
    purpose = models.CharField(gettext_lazy("What for"), max_length=500, blank=True)
    met = models.CharField(gettext_lazy("Whom they met"), max_length=500, blank=True)
    seen = models.TextField(gettext_lazy("What was seen"), max_length=4000, blank=True)
    logged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    logged_at = models.DateTimeField(null=True, blank=True)

    objects = VisitQuerySet.as_manager()

    class Meta:
        ordering = ["-on", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["planned", "done", "cancelled"]), name="visit_state"
            ),
            models.CheckConstraint(
                condition=~Q(status="done")
                | Q(logged_by__isnull=False, logged_at__isnull=False) & ~Q(met="") & ~Q(seen=""),
                name="visit_that_took_place_says_what",
            ),
        ]
        indexes = [
            models.Index(fields=["on", "id"], condition=Q(status="planned"), name="visit_to_come"),
        ]

    def __str__(self) -> str:
        return f"{self.application} · {self.on}"

    @property
    def name(self) -> str:
        """Which one it is, in words."""
        return _("Visit of %(day)s") % {"day": f"{self.on:%d/%m/%Y}"}

    @property
    def case(self) -> Case:
        return self.application.case

    def roles_of(self, user) -> frozenset[Role]:
        """As in the application; who reviews that has no part in visits."""
        return self.application.roles_of(user) - {Role.REVIEWER}


class VisitPhoto(models.Model):
    """A photograph that was taken at a visit."""

    visit = models.ForeignKey(Visit, models.PROTECT, related_name="photos")
    document = models.OneToOneField(Document, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return str(self.document)


class VisitAgreement(models.Model):
    """Something that was agreed at a visit: the group does it by a day, and an officer says that it is done."""

    visit = models.ForeignKey(Visit, models.PROTECT, related_name="agreements")
    text = models.CharField(gettext_lazy("What was agreed"), max_length=500)
    due_on = models.DateField(gettext_lazy("By when"))
    done_on = models.DateField(null=True, blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = VisitAgreementQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(done_on=None, done_by=None) | Q(done_on__isnull=False, done_by__isnull=False),
                name="visit_agreement_met_by_somebody",
            ),
        ]
        indexes = [
            models.Index(fields=["due_on", "id"], condition=Q(done_on=None), name="visit_agreement_open")
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def case(self) -> Case:
        return self.visit.case

    def roles_of(self, user) -> frozenset[Role]:
        return self.visit.roles_of(user)
