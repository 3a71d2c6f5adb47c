"""A case and its timeline: what happened, in order, chained so that nothing can be taken out unseen."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Case(models.Model):
    """What a timeline, documents and messages belong to: a firm, a group, a call, an application with its
    project, or the system itself. It carries the head of the chain of its events."""

    class Kind(models.TextChoices):
        FIRM = "firm", _("Firm")
        GROUP = "group", _("Group")
        CALL = "call", _("Call")
        APPLICATION = "application", _("Application")
        SYSTEM = "system", _("System")

    kind = models.CharField(max_length=20, choices=Kind)
    title = models.CharField(max_length=300)
    # The public number of the case; an application has none before its first submission.
    reference = models.CharField(max_length=30, unique=True, null=True, blank=True)
    created_at = models.DateTimeField()
    length = models.PositiveIntegerField(default=0)
    head = models.CharField(max_length=64, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind"], condition=models.Q(kind="system"), name="one_system_case"
            )
        ]

    def __str__(self) -> str:
        return self.reference or self.title

    @property
    def subject(self) -> models.Model | None:
        """What the case is about (a group, an application …); None for the system."""
        return getattr(self, self.kind, None)

    def roles_of(self, user) -> frozenset:
        """The roles that a person holds for what the case is about; for the system, their staff roles."""
        roles_of = getattr(self.subject, "roles_of", None)
        return roles_of(user) if roles_of else user.staff_roles()

    @property
    def name(self) -> str:
        """The reference with the title, as messages and lists show it."""
        return f"{self.reference} · {self.title}" if self.reference else self.title


class EventText(models.Model):
    """Free text of an event, apart from it: a person's words can be erased, and the chain, which holds only
    the salted digest, still verifies (PROGRAMME 11)."""

    salt = models.UUIDField(default=uuid.uuid4)
    text = models.TextField()

    def __str__(self) -> str:
        return f"text {self.pk}"


class Event(models.Model):
    """One thing that happened to a case. Rows are never changed: the database refuses it."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="events")
    sequence = models.PositiveIntegerField()
    at = models.DateTimeField()
    # Null is the system (a date that passed, a job).
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    action = models.CharField(max_length=60)
    object_kind = models.CharField(max_length=40)
    object_id = models.BigIntegerField()
    from_state = models.CharField(max_length=30, blank=True)
    to_state = models.CharField(max_length=30, blank=True)
    # Ids, figures and states only: no names and no free text of people.
    data = models.JSONField(default=dict)
    text = models.OneToOneField(EventText, models.PROTECT, null=True, blank=True)
    text_digest = models.CharField(max_length=64, blank=True)
    previous_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)

    class Meta:
        ordering = ["case_id", "sequence"]
        constraints = [models.UniqueConstraint(fields=["case", "sequence"], name="event_once_per_place")]
        indexes = [
            models.Index(fields=["object_kind", "object_id"]),
            # How long states last: changes of state alone, by their day.
            models.Index(
                fields=["object_kind", "at"], condition=~models.Q(to_state=""), name="event_of_state"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id}/{self.sequence} {self.action}"


class AccessLog(models.Model):
    """One reading by somebody whose every access is logged (the auditor, PROGRAMME 3)."""

    at = models.DateTimeField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    method = models.CharField(max_length=10)
    path = models.CharField(max_length=500)
    status = models.PositiveSmallIntegerField()

    class Meta:
        indexes = [models.Index(fields=["user", "-at"])]

    def __str__(self) -> str:
        return f"{self.user_id} {self.path}"
