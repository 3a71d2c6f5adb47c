"""What an auditor finds on a case, what the office answers, and when it is closed (PROGRAMME 12)."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts.roles import Role
from core.models import Case
from core.money import MoneyField
from grants.models.expenses import Expense
from grants.models.money import Disbursement
from grants.models.project import Project
from grants.querysets import FindingQuerySet


class Finding(models.Model):
    """One finding. The office answers by a day; an auditor closes it, or asks again by another day."""

    class Status(models.TextChoices):
        OPEN = "open", pgettext_lazy("finding", "To answer")
        ANSWERED = "answered", pgettext_lazy("finding", "Answered")
        CLOSED = "closed", pgettext_lazy("finding", "Closed")

    project = models.ForeignKey(Project, models.PROTECT, related_name="findings")
    number = models.PositiveSmallIntegerField()
    # What it is about, where it is about one of them.
    expense = models.ForeignKey(Expense, models.PROTECT, null=True, blank=True, related_name="+")
    disbursement = models.ForeignKey(Disbursement, models.PROTECT, null=True, blank=True, related_name="+")
    text = models.TextField(gettext_lazy("Finding"), max_length=4000)
    amount = MoneyField(gettext_lazy("Amount that it is about"), null=True, blank=True)
    due_on = models.DateField(gettext_lazy("To be answered by"))
    status = models.CharField(max_length=10, choices=Status, default=Status.OPEN)
    version = models.PositiveIntegerField(default=0)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    written_at = models.DateTimeField()
    # The last answer; those before it stand on the timeline.
    answer = models.TextField(gettext_lazy("Answer"), max_length=4000, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    answered_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = FindingQuerySet.as_manager()

    class Meta:
        ordering = ["project_id", "number"]
        constraints = [
            models.UniqueConstraint(fields=["project", "number"], name="finding_once"),
            models.CheckConstraint(
                condition=Q(status__in=["open", "answered", "closed"]), name="finding_state"
            ),
            models.CheckConstraint(
                condition=Q(status="open")
                | (Q(answered_by__isnull=False, answered_at__isnull=False) & ~Q(answer="")),
                name="finding_answered_whole",
            ),
            models.CheckConstraint(
                condition=Q(status="closed", closed_by__isnull=False, closed_at__isnull=False)
                | (~Q(status="closed") & Q(closed_by=None, closed_at=None)),
                name="finding_closed_whole",
            ),
            # Nobody closes a finding that they answered.
            models.CheckConstraint(
                condition=Q(closed_by=None) | ~Q(closed_by=F("answered_by")), name="finding_closed_by_another"
            ),
        ]
        indexes = [models.Index(fields=["due_on"], condition=Q(status="open"), name="finding_owed")]

    def __str__(self) -> str:
        return f"{self.project} · {self.number}"

    @property
    def case(self) -> Case:
        return self.project.case

    def roles_of(self, user) -> frozenset[Role]:
        return self.project.roles_of(user)
