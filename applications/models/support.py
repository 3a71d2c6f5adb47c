"""Technical support: a group asks, an officer assigns an adviser who accepts; sessions and suggestions (PROGRAMME 1, 3)."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.permissions import roles_on_case
from accounts.roles import Role
from applications.querysets import SupportQuerySet
from groups.models import Group


class Support(models.Model):
    """The help of one adviser to one group, from the question to its end."""

    class Status(models.TextChoices):
        ASKED = "asked", pgettext_lazy("support", "Asked for")
        OFFERED = "offered", pgettext_lazy("support", "Waits for the adviser")
        ACTIVE = "active", pgettext_lazy("support", "Active")
        ENDED = "ended", pgettext_lazy("support", "Ended")
        WITHDRAWN = "withdrawn", pgettext_lazy("support", "Taken back")

    OPEN = ("asked", "offered", "active")

    group = models.ForeignKey(Group, models.PROTECT, related_name="supports")
    status = models.CharField(max_length=10, choices=Status, default=Status.ASKED)
    version = models.PositiveIntegerField(default=0)
    need = models.TextField(_("What you need help with"), max_length=2000)
    # Null: an officer began it without being asked.
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    asked_at = models.DateTimeField()
    adviser = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="supports"
    )
    assigned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    # By when somebody owes the next step: the officer to assign, the adviser to answer.
    due_on = models.DateField(null=True, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = SupportQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["group"],
                condition=Q(status__in=["asked", "offered"]),
                name="one_open_support_request",
            ),
            models.UniqueConstraint(
                fields=["group", "adviser"],
                condition=Q(status__in=["offered", "active"]),
                name="one_support_by_adviser",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["offered", "active"]) | Q(adviser__isnull=False),
                name="support_has_its_adviser",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["active", "ended"]) | Q(accepted_at__isnull=False),
                name="support_that_began_has_a_day",
            ),
        ]
        indexes = [models.Index(fields=["due_on"], condition=Q(due_on__isnull=False), name="support_owed")]

    def __str__(self) -> str:
        return f"{self.group_id} {self.status}"

    @property
    def case(self):
        """The case on whose timeline it stands: the group's."""
        return self.group.case

    @property
    def case_id(self) -> int:
        return self.group.case_id

    def roles_of(self, user) -> frozenset[Role]:
        """Roles in the group, or staff roles; the adviser is the one who was assigned."""
        assigned = {Role.ADVISER} if user.pk is not None and user.pk == self.adviser_id else set()
        return roles_on_case(
            user,
            group_roles=self.group.own_roles(user),
            case_id=self.group.case_id,
            assigned=assigned,
        )


class SupportSession(models.Model):
    """One session of support: when, how, for how long, with whom, what was done. Logged by the adviser, who may correct
    it for some days; never changed by anybody else."""

    class Mode(models.TextChoices):
        VISIT = "visit", _("Visit")
        OFFICE = "office", _("At the office")
        CALL = "call", _("By telephone")
        VIDEO = "video", _("By video")
        MESSAGES = "messages", _("By messages")

    support = models.ForeignKey(Support, models.PROTECT, related_name="sessions")
    on = models.DateField(_("Day"))
    mode = models.CharField(_("How"), max_length=8, choices=Mode)
    hours = models.DecimalField(_("Hours"), max_digits=4, decimal_places=2)
    people = models.CharField(_("With whom"), max_length=300)
    done = models.TextField(_("What was done"), max_length=2000)
    logged_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    logged_at = models.DateTimeField()

    class Meta:
        ordering = ["-on", "-id"]
        constraints = [models.CheckConstraint(condition=Q(hours__gt=0, hours__lte=24), name="session_hours")]

    def __str__(self) -> str:
        return f"{self.support_id} {self.on}"


class Suggestion(models.Model):
    """What an adviser suggests for a section; the group adopts or dismisses it. With `field`, adopting it writes
    `proposed` there."""

    application = models.ForeignKey("applications.Application", models.CASCADE, related_name="suggestions")
    section = models.CharField(max_length=20)
    field = models.CharField(max_length=30, blank=True)
    proposed = models.TextField(max_length=4000, blank=True)
    comment = models.TextField(_("What you suggest"), max_length=2000)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    # Null while it waits.
    adopted = models.BooleanField(null=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    answered_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(_("Why not"), max_length=500, blank=True)

    class Meta:
        ordering = ["made_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(adopted=None, answered_at=None)
                | Q(adopted__isnull=False, answered_at__isnull=False),
                name="suggestion_answer_has_a_day",
            )
        ]

    def __str__(self) -> str:
        return f"{self.application_id}/{self.section}"
