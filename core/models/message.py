"""Messages that leave, and what a person was reminded of."""

from django.conf import settings
from django.db import models

from core.models.case import Case


class Message(models.Model):
    """One message to one person, written in the transaction of what it tells, sent by a worker afterwards."""

    # The same fact tells the same person once, whoever asks for it again.
    key = models.CharField(max_length=200, unique=True)
    case = models.ForeignKey(Case, models.PROTECT, null=True, blank=True, related_name="messages")
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="messages"
    )
    # An invited person has no account yet.
    address = models.EmailField(blank=True)
    language = models.CharField(max_length=5)
    template = models.CharField(max_length=60)
    # Emptied after sending when the message is confidential (log-in links).
    context = models.JSONField(default=dict)
    confidential = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField()
    leased_until = models.DateTimeField(null=True, blank=True)
    # Handed to the mail server, its answer not known yet: a worker that dies here leaves a doubt, counted below.
    handed_over_at = models.DateTimeField(null=True, blank=True)
    doubts = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True, blank=True)
    parked_at = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=500, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["next_attempt_at", "id"],
                condition=models.Q(sent_at=None, parked_at=None),
                name="message_to_send",
            ),
            models.Index(fields=["recipient"], condition=models.Q(read_at=None), name="message_unread"),
            models.Index(fields=["recipient", "-created_at"]),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(recipient__isnull=False) | ~models.Q(address=""),
                name="message_to_somebody",
            )
        ]

    def __str__(self) -> str:
        return self.key


class ReminderStep(models.Model):
    """That a person was told of one step of one due date (PROGRAMME 6.11: once, however often the job runs)."""

    duty = models.CharField(max_length=120)
    due_on = models.DateField()
    step = models.SmallIntegerField(help_text="Days before (negative) or after the due date")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    message = models.ForeignKey(Message, models.SET_NULL, null=True, blank=True, related_name="steps")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["duty", "due_on", "step", "user"], name="reminded_once_per_step")
        ]

    def __str__(self) -> str:
        return f"{self.duty} {self.step:+d} {self.user_id}"
