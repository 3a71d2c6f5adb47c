"""The statements in which a project shows what it spent (PROGRAMME 5)."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from accounts.roles import Role
from core.models import Case, Document
from grants.models.project import Project
from grants.querysets import StatementQuerySet


class Statement(models.Model):
    """The expenses that a project shows together, with one report. It is settled when each of them was judged."""

    class Status(models.TextChoices):
        OPEN = "open", pgettext_lazy("statement", "Open")
        SUBMITTED = "submitted", pgettext_lazy("statement", "Submitted")
        SETTLED = "settled", pgettext_lazy("statement", "Settled")

    project = models.ForeignKey(Project, models.PROTECT, related_name="statements")
    number = models.PositiveSmallIntegerField()
    status = models.CharField(max_length=10, choices=Status, default=Status.OPEN)
    version = models.PositiveIntegerField(default=0)
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField(null=True, blank=True)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    settled_at = models.DateTimeField(null=True, blank=True)
    # What was settled, as it was; the PDF is made from nothing else.
    snapshot = models.JSONField(null=True, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    pdf = models.OneToOneField(Document, models.PROTECT, null=True, blank=True, related_name="+")

    objects = StatementQuerySet.as_manager()

    class Meta:
        ordering = ["project_id", "number"]
        constraints = [
            models.UniqueConstraint(fields=["project", "number"], name="statement_once"),
            models.UniqueConstraint(
                fields=["project"], condition=Q(status="open"), name="one_open_statement"
            ),
            models.CheckConstraint(
                condition=Q(status="open", submitted_at=None, submitted_by=None, settled_at=None)
                | Q(
                    status="submitted",
                    submitted_at__isnull=False,
                    submitted_by__isnull=False,
                    settled_at=None,
                )
                | Q(
                    status="settled",
                    submitted_at__isnull=False,
                    settled_at__isnull=False,
                    snapshot__isnull=False,
                )
                & ~Q(sha256=""),
                name="statement_state",
            ),
        ]
        indexes = [
            models.Index(
                fields=["submitted_at", "id"], condition=Q(status="submitted"), name="statement_to_check"
            )
        ]

    def __str__(self) -> str:
        return f"{self.project} · {self.number}"

    @property
    def name(self) -> str:
        """Which one it is, in words."""
        return _("Expense statement %(number)s") % {"number": self.number}

    @property
    def case(self) -> Case:
        """The application's: one timeline from the first draft to the last payment."""
        return self.project.case

    def roles_of(self, user) -> frozenset[Role]:
        return self.project.roles_of(user)
