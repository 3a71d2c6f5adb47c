"""What a firm is asked for a report, its links and its answer (PROGRAMME 5: the coordinator assembles).

A firm answers once, without an account. What it said never changes afterwards; the coordinator takes of it into the
report what belongs there.
"""

from decimal import Decimal

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.roles import Role
from core.models import Case, Document
from grants.models import BaselineActivity
from groups.models import CodedLink, Firm
from reports.ledgers.models import MOST_PEOPLE


class FirmPart(models.Model):
    """A firm is asked for its part of a report, and answers."""

    class Status(models.TextChoices):
        ASKED = "asked", pgettext_lazy("part", "Asked")
        ANSWERED = "answered", pgettext_lazy("part", "Answered")
        WITHDRAWN = "withdrawn", pgettext_lazy("part", "Taken back")

    class Asks(models.TextChoices):
        DONE = "done", _("What was done in the firm")
        FIGURES = "figures", _("Figures: what changed")
        TRAINED = "trained", _("People trained")
        PHOTOS = "photos", _("Photographs and papers")

    report = models.ForeignKey("reports.ProgressReport", models.PROTECT, related_name="parts")
    firm = models.ForeignKey(Firm, models.PROTECT, related_name="+")
    status = models.CharField(max_length=10, choices=Status, default=Status.ASKED)
    asks = ArrayField(models.CharField(max_length=8, choices=Asks))
    activities = models.ManyToManyField(BaselineActivity, related_name="+", blank=True)
    message = models.TextField(_("Message"), max_length=2000, blank=True)
    answer_by = models.DateField(_("By when"))
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    # What the firm said.
    answered_at = models.DateTimeField(null=True, blank=True)
    person_name = models.CharField(_("Your full name"), max_length=150, blank=True)
    person_position = models.CharField(_("What you are in the firm"), max_length=100, blank=True)
    figures = models.TextField(_("Figures: what changed"), max_length=2000, blank=True)
    course = models.CharField(_("Course or activity"), max_length=200, blank=True)
    course_on = models.DateField(_("On which day it ended"), null=True, blank=True)
    hours = models.DecimalField(
        _("Hours"),
        max_digits=5,
        decimal_places=1,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal("0.5"))],
    )
    women = models.PositiveIntegerField(_("Women"), default=0, validators=[MaxValueValidator(MOST_PEOPLE)])
    men = models.PositiveIntegerField(_("Men"), default=0, validators=[MaxValueValidator(MOST_PEOPLE)])
    other = models.PositiveIntegerField(
        _("Of another gender"), default=0, validators=[MaxValueValidator(MOST_PEOPLE)]
    )
    not_said = models.PositiveIntegerField(
        _("Gender not said"), default=0, validators=[MaxValueValidator(MOST_PEOPLE)]
    )
    # Which pieces the coordinator took into the report: "figures", "training", "text.<id>", "file.<id>".
    adopted = ArrayField(models.CharField(max_length=30), default=list, blank=True)

    class Meta:
        ordering = ["firm__name", "-asked_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["report", "firm"], condition=Q(status="asked"), name="one_open_part_of_a_firm"
            ),
            models.CheckConstraint(
                condition=Q(status="answered", answered_at__isnull=False) & ~Q(person_name="")
                | Q(status__in=["asked", "withdrawn"], answered_at=None),
                name="part_answer_says_by_whom",
            ),
            models.CheckConstraint(
                condition=Q(women__gte=0, men__gte=0, other__gte=0, not_said__gte=0),
                name="part_counts_not_negative",
            ),
            # Who says how many says of what.
            models.CheckConstraint(
                condition=Q(women=0, men=0, other=0, not_said=0)
                | ~Q(course="") & Q(course_on__isnull=False, hours__gt=0),
                name="part_course_is_whole",
            ),
            models.CheckConstraint(condition=Q(asks__len__gt=0), name="part_asks_something"),
        ]

    def __str__(self) -> str:
        return f"{self.firm_id} for {self.report_id}"

    @property
    def case(self) -> Case:
        return self.report.case

    @property
    def people(self) -> int:
        """How many were trained."""
        return self.women + self.men + self.other + self.not_said

    def roles_of(self, user) -> frozenset[Role]:
        return self.report.roles_of(user)


class FirmPartText(models.Model):
    """What was done in the firm: for one activity of the plan, or in general."""

    part = models.ForeignKey(FirmPart, models.CASCADE, related_name="texts")
    activity = models.ForeignKey(BaselineActivity, models.PROTECT, null=True, blank=True, related_name="+")
    text = models.TextField(max_length=2000)

    class Meta:
        ordering = ["activity__order", "id"]
        constraints = [
            models.UniqueConstraint(fields=["part", "activity"], name="part_says_once_of_activity"),
        ]

    def __str__(self) -> str:
        return self.text[:50]


class FirmPartFile(models.Model):
    """A photograph or a paper of the firm."""

    part = models.ForeignKey(FirmPart, models.CASCADE, related_name="files")
    document = models.OneToOneField(Document, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return str(self.document)


class FirmPartLink(CodedLink):
    """The address by which a firm answers."""

    part = models.ForeignKey(FirmPart, models.CASCADE, related_name="links")
    # The address to which it went, or to which its code goes.
    email = models.EmailField()

    class Meta(CodedLink.Meta):
        constraints = [
            # A new link takes the place of the one before it.
            models.UniqueConstraint(
                fields=["part", "shared"],
                condition=Q(used_at=None, revoked_at=None),
                name="one_open_link_of_a_part",
            ),
            models.CheckConstraint(
                condition=Q(code_tries__lte=5, codes_sent__lte=3), name="part_link_codes_are_few"
            ),
            models.CheckConstraint(
                condition=Q(shared=True) | Q(codes_sent=0), name="part_link_code_of_shared"
            ),
        ]

    def __str__(self) -> str:
        return f"link of {self.part_id}"
