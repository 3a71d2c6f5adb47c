"""Long work as a row."""

from django.conf import settings
from django.db import models
from django.utils.translation import pgettext_lazy

from core.models.case import Case
from core.models.document import Document


class Job(models.Model):
    """Work that takes longer than a page: asked for in a request, done by a worker, with progress and an end
    that a person can see."""

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("job", "Waiting")
        RUNNING = "running", pgettext_lazy("job", "Running")
        DONE = "done", pgettext_lazy("job", "Done")
        FAILED = "failed", pgettext_lazy("job", "Failed")

    kind = models.CharField(max_length=40)
    # The same work asked for twice is one row.
    key = models.CharField(max_length=200, unique=True)
    case = models.ForeignKey(Case, models.PROTECT, null=True, blank=True, related_name="jobs")
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    # Whoever asked for the same work sees the same row.
    askers = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="jobs")
    params = models.JSONField(default=dict)
    language = models.CharField(max_length=5)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    done_steps = models.PositiveIntegerField(default=0)
    all_steps = models.PositiveIntegerField(default=1)
    result = models.ForeignKey(Document, models.PROTECT, null=True, blank=True, related_name="+")
    error = models.CharField(max_length=500, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField()
    leased_until = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["created_at"],
                condition=models.Q(state__in=["waiting", "running"]),
                name="job_to_do",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk} {self.state}"

    @property
    def is_open(self) -> bool:
        """Waiting or running."""
        return self.state in (self.State.WAITING, self.State.RUNNING)
