"""The closing report of a project: frozen when it closes, never changed (PROGRAMME 6.10, 8)."""

from typing import Any

from django.conf import settings
from django.db import models

from accounts.roles import Role
from core.models import Case, Document
from grants.models import Project


class ClosingReport(models.Model):
    """`content` is all that it says, in no language (reports.closing.content); the PDF is made from nothing else."""

    project = models.OneToOneField(Project, models.PROTECT, related_name="closing_report")
    content = models.JSONField()
    sha256 = models.CharField(max_length=64)
    frozen_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    frozen_at = models.DateTimeField()
    # The PDF, once a worker has made it.
    document = models.ForeignKey(Document, models.PROTECT, null=True, blank=True, related_name="+")

    def __str__(self) -> str:
        return f"closing report of {self.project_id}"

    @property
    def case(self) -> Case:
        return self.project.case

    def roles_of(self, user: Any) -> frozenset[Role]:
        return self.project.roles_of(user)
