"""Amendments, and the versions of the plan that they make (PROGRAMME 5).

BaselineActivity and BaselineLine stay the identity of an activity and of a line, to which reports and expenses point; what
holds of them from a version on stands in ActivityVersion and LineVersion. What an amendment adds has its identity row too,
with nothing in the baseline. grants.amendments.in_force reads what holds on a day; what the database refuses stands in the
migrations.
"""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts.permissions import THE_GROUP
from accounts.roles import Role
from core.models import Case, Document
from core.money import MoneyField
from grants.amendments.querysets import AmendmentQuerySet
from grants.models.project import BaselineActivity, BaselineLine, Project


class Amendment(models.Model):
    """A change that the group asks for, of the plan, the budget, the dates or the firms of a running project."""

    class Kind(models.TextChoices):
        DATES = "dates", gettext_lazy("Move the dates")
        EXTENSION = "extension", gettext_lazy("More months")
        ACTIVITIES = "activities", gettext_lazy("Change the activities")
        BUDGET = "budget", gettext_lazy("Move money between lines")
        AMOUNT = "amount", gettext_lazy("Change the amount")
        MEMBER = "member", gettext_lazy("A firm joins or leaves")

    class Status(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("amendment", "Draft")
        SUBMITTED = "submitted", pgettext_lazy("amendment", "Submitted")
        RETURNED = "returned", pgettext_lazy("amendment", "Returned")
        APPROVED = "approved", pgettext_lazy("amendment", "Approved")
        REJECTED = "rejected", pgettext_lazy("amendment", "Rejected")
        WITHDRAWN = "withdrawn", pgettext_lazy("amendment", "Withdrawn")

    # Not over yet, and of these: the group's turn.
    OPEN = ("draft", "submitted", "returned")
    WITH_THE_GROUP = ("draft", "returned")

    project = models.ForeignKey(Project, models.PROTECT, related_name="amendments")
    number = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=10, choices=Kind)
    status = models.CharField(max_length=10, choices=Status, default=Status.DRAFT)
    version = models.PositiveIntegerField(default=0)
    reason = models.TextField(gettext_lazy("Why the change is needed"), max_length=4000, blank=True)
    # What is asked, by kind (grants.amendments.content); only what differs from the plan of the day.
    content = models.JSONField(default=dict, blank=True)
    # The plan of the day on which it was submitted, as far as it is touched.
    before = models.JSONField(null=True, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    begun_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    begun_at = models.DateTimeField()
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    submitted_at = models.DateTimeField(null=True, blank=True)
    # What the last return asked for.
    note = models.TextField(max_length=4000, blank=True)
    returned_at = models.DateTimeField(null=True, blank=True)
    # An officer's, for the approver.
    opinion = models.TextField(max_length=4000, blank=True)
    opinion_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    # Whether money, or the smallest number of SMEs, made it the approver's; set when it is submitted.
    for_approver = models.BooleanField(default=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    grounds = models.TextField(max_length=4000, blank=True)
    resolution = models.CharField(gettext_lazy("Resolution number"), max_length=60, blank=True)

    objects = AmendmentQuerySet.as_manager()

    class Meta:
        ordering = ["project_id", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["project", "number"], name="amendment_once"),
            models.UniqueConstraint(
                fields=["project", "kind"],
                condition=Q(status__in=["draft", "submitted", "returned"]),
                name="one_open_amendment_of_a_kind",
            ),
            models.CheckConstraint(
                condition=Q(
                    status__in=["draft", "submitted", "returned", "approved", "rejected", "withdrawn"]
                ),
                name="amendment_state",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["submitted", "approved", "rejected"])
                | Q(submitted_by__isnull=False, submitted_at__isnull=False, before__isnull=False)
                & ~Q(sha256="")
                & ~Q(reason=""),
                name="submitted_amendment_is_frozen",
            ),
            models.CheckConstraint(
                condition=~Q(status="returned") | ~Q(note="") & Q(returned_at__isnull=False),
                name="returned_amendment_says_why",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["approved", "rejected"], decided_by__isnull=False)
                & Q(decided_at__isnull=False)
                | ~Q(status__in=["approved", "rejected"]) & Q(decided_by=None, decided_at=None),
                name="decided_amendment_says_by_whom",
            ),
            models.CheckConstraint(
                condition=~Q(status="rejected") | ~Q(grounds=""), name="rejected_amendment_says_why"
            ),
            # PROGRAMME 3: nobody decides on what they wrote or recommended.
            models.CheckConstraint(
                condition=Q(decided_by=None)
                | ~Q(decided_by=F("submitted_by")) & ~Q(decided_by=F("begun_by")),
                name="amendment_decided_by_another",
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None)
                | Q(for_approver=False)
                | Q(opinion_by=None)
                | ~Q(decided_by=F("opinion_by")),
                name="amendment_not_decided_by_who_advised",
            ),
            models.CheckConstraint(
                condition=~Q(status="approved") | Q(for_approver=False) | ~Q(resolution=""),
                name="amendment_of_money_has_resolution",
            ),
        ]
        indexes = [
            models.Index(
                fields=["submitted_at", "id"], condition=Q(status="submitted"), name="amendment_to_decide"
            ),
            models.Index(
                fields=["returned_at", "id"], condition=Q(status="returned"), name="amendment_to_answer"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.project} · {self.number}"

    @property
    def name(self) -> str:
        """Which one it is, in words."""
        return _("Amendment %(number)s: %(kind)s") % {"number": self.number, "kind": self.get_kind_display()}

    @property
    def case(self) -> Case:
        """The application's: one timeline from the first draft to the last payment."""
        return self.project.case

    @property
    def is_with_the_group(self) -> bool:
        return self.status in self.WITH_THE_GROUP

    @property
    def is_open(self) -> bool:
        return self.status in self.OPEN

    def roles_of(self, user) -> frozenset[Role]:
        """What was not sent yet is its group's alone."""
        roles = self.project.roles_of(user)
        return roles if self.submitted_at else roles & THE_GROUP


class AmendmentFile(models.Model):
    """A paper that goes with an amendment."""

    amendment = models.ForeignKey(Amendment, models.PROTECT, related_name="files")
    document = models.OneToOneField(Document, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return str(self.document)


class PlanVersion(models.Model):
    """A version of the plan after the baseline: what an amendment made of it, or another act that `ground` names. It is
    written in one transaction, and sealed at its end."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="plan_versions")
    # The baseline is version 0, and has no row.
    number = models.PositiveSmallIntegerField()
    in_force_from = models.DateField()
    months = models.PositiveSmallIntegerField()
    amendment = models.OneToOneField(
        Amendment, models.PROTECT, null=True, blank=True, related_name="plan_version"
    )
    ground = models.CharField(max_length=300, blank=True)
    made_at = models.DateTimeField()
    sealed = models.BooleanField(default=False)

    class Meta:
        ordering = ["project_id", "number"]
        constraints = [
            models.UniqueConstraint(fields=["project", "number"], name="plan_version_once"),
            models.CheckConstraint(
                condition=Q(number__gte=1, months__range=(1, 36)), name="plan_version_months"
            ),
            models.CheckConstraint(
                condition=Q(amendment__isnull=False) | ~Q(ground=""), name="plan_version_says_why"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.project} · {self.number}"


class ActivityVersion(models.Model):
    """What holds of an activity from a version on."""

    plan = models.ForeignKey(PlanVersion, models.PROTECT, related_name="activities")
    activity = models.ForeignKey(BaselineActivity, models.PROTECT, related_name="versions")
    first_month = models.PositiveSmallIntegerField()
    last_month = models.PositiveSmallIntegerField()
    responsible = models.CharField(max_length=330, blank=True)
    deliverable = models.CharField(max_length=200, blank=True)
    dropped = models.BooleanField(default=False)

    class Meta:
        ordering = ["plan_id", "activity_id"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "activity"], name="activity_version_once"),
            models.CheckConstraint(
                condition=Q(first_month__gte=1, last_month__gte=F("first_month")),
                name="activity_version_months",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.activity_id} in {self.plan_id}"


class LineVersion(models.Model):
    """What a budget line has from a version on."""

    plan = models.ForeignKey(PlanVersion, models.PROTECT, related_name="lines")
    line = models.ForeignKey(BaselineLine, models.PROTECT, related_name="versions")
    programme_share = MoneyField()
    group_share = MoneyField()

    class Meta:
        ordering = ["plan_id", "line_id"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "line"], name="line_version_once"),
            models.CheckConstraint(
                condition=Q(programme_share__gte=0, group_share__gte=0), name="line_version_amounts"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.line_id} in {self.plan_id}"
