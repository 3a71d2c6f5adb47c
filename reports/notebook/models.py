"""One entry of a notebook. Once a report took it in, it belongs to that report and stays as it is: the database refuses
everything else (reports/migrations/0011)."""

import datetime as dt
from typing import Self

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.models import Document
from grants.models import BaselineActivity, Project

# A report that ended without being handed over lets its entries go.
LET_GO = ("skipped", "cancelled")
LONGEST = 1000


class EntryQuerySet(models.QuerySet):
    """Entries of notebooks."""

    def free(self) -> Self:
        """Those that no report has taken in."""
        return self.filter(Q(report=None) | Q(report__status__in=LET_GO))

    def until(self, day: dt.date) -> Self:
        """Those of that day and before."""
        return self.filter(on__lte=day)


class NotebookEntry(models.Model):
    """A note, a photograph or how many came, of one activity or of the project as a whole."""

    class Kind(models.TextChoices):
        NOTE = "note", _("Note")
        PHOTO = "photo", _("Photograph")
        ATTENDANCE = "attendance", _("Attendance")

    project = models.ForeignKey(Project, models.PROTECT, related_name="notebook")
    activity = models.ForeignKey(
        BaselineActivity, models.PROTECT, null=True, blank=True, related_name="notebook"
    )
    kind = models.CharField(max_length=10, choices=Kind)
    on = models.DateField()
    text = models.TextField(_("What happened"), max_length=LONGEST, blank=True)
    people = models.PositiveIntegerField(
        _("How many people came"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(100_000)],
    )
    document = models.OneToOneField(Document, models.PROTECT, null=True, blank=True, related_name="+")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=0)
    report = models.ForeignKey(
        "reports.ProgressReport", models.PROTECT, null=True, blank=True, related_name="notebook"
    )

    objects = EntryQuerySet.as_manager()

    class Meta:
        ordering = ["-on", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="note", people=None, document=None) & ~Q(text="")
                | Q(kind="photo", people=None, document__isnull=False)
                | Q(kind="attendance", people__gte=1, people__lte=100_000, document=None),
                name="notebook_entry_is_whole",
            ),
        ]
        indexes = [models.Index(fields=["project", "-on", "-id"], name="notebook_by_day")]

    def __str__(self) -> str:
        return f"{self.on:%Y-%m-%d} {self.kind}"

    @property
    def is_used(self) -> bool:
        """A report took it in."""
        return self.report is not None and self.report.status not in LET_GO
