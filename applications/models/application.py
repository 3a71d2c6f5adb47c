"""One group's answer to one call: the plan, the budget, and what was frozen at each submission."""

from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.permissions import TABLE, Action, roles_on_case
from accounts.roles import Role
from applications.models.call import Call
from applications.querysets import DECLARED_REVIEW, ENDED, UNSENT_REVIEW, ApplicationQuerySet
from core.models import Case, Document
from core.money import MoneyField
from groups.models import Firm, Group, Size
from groups.provinces import Province


class Application(models.Model):
    """A project as the group proposes it."""

    class Status(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("application", "Draft")
        SUBMITTED = "submitted", pgettext_lazy("application", "Submitted")
        IN_REVIEW = "in_review", pgettext_lazy("application", "In review")
        CHANGES_REQUESTED = "changes_requested", pgettext_lazy("application", "Changes requested")
        RECOMMENDED = "recommended", pgettext_lazy("application", "Recommended")
        RESERVE = "reserve", pgettext_lazy("application", "On the reserve list")
        APPROVED = "approved", pgettext_lazy("application", "Approved")
        REJECTED = "rejected", pgettext_lazy("application", "Rejected")
        INELIGIBLE = "ineligible", pgettext_lazy("application", "Not eligible")
        RECONSIDERATION = "reconsideration", pgettext_lazy("application", "In reconsideration")
        WITHDRAWN = "withdrawn", pgettext_lazy("application", "Withdrawn")
        LAPSED = "lapsed", pgettext_lazy("application", "Lapsed")
        RENOUNCED = "renounced", pgettext_lazy("application", "Renounced")
        ANNULLED = "annulled", pgettext_lazy("application", "Annulled")

    # While it is the group's turn.
    OPEN = ("draft", "changes_requested")
    ENDED = ENDED
    # What a group writes of its project, in the order in which it reads. The last only where the call asks for it.
    TEXTS = ("title", "diagnosis", "objectives", "learning", "prior_support")

    case = models.OneToOneField(Case, models.PROTECT, related_name="application")
    call = models.ForeignKey(Call, models.PROTECT, related_name="applications")
    group = models.ForeignKey(Group, models.PROTECT, related_name="applications")
    status = models.CharField(max_length=20, choices=Status, default=Status.DRAFT)
    version = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    updated_at = models.DateTimeField()
    # The project
    title = models.CharField(_("Title of the project"), max_length=200, blank=True)
    diagnosis = models.TextField(_("Where you are now"), max_length=4000, blank=True)
    objectives = models.TextField(_("What you want to achieve"), max_length=4000, blank=True)
    learning = models.TextField(_("What the firms will learn together"), max_length=2000, blank=True)
    prior_support = models.TextField(_("Earlier support by the State"), max_length=1000, blank=True)
    declared = models.BooleanField(default=False)
    # An admin tries a call out: it never leaves the draft, and stands in no list and no figure.
    is_test = models.BooleanField(default=False)
    first_submitted_at = models.DateTimeField(null=True, blank=True)
    # The moment at which its present state began: the engine sets it.
    state_since = models.DateTimeField()
    # What the last submission asks of the programme, in pesos; zero before the first.
    asked = MoneyField(default=0)
    # The officer in charge of it; anybody of the office may act.
    officer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="cases_in_charge"
    )
    # Since when a message of the group waits for an answer of the office.
    message_waits_since = models.DateTimeField(null=True, blank=True)
    # While changes are requested: which sections are open, and until when an answer is in time.
    open_sections = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    answer_by = models.DateTimeField(null=True, blank=True)
    # By when staff owe the next step: eligibility while submitted, the decision while recommended.
    staff_due_on = models.DateField(null=True, blank=True)
    # Whence it came into reconsideration, and which rules were waived for it.
    reconsidered_from = models.CharField(max_length=20, blank=True)
    reconsider_by = models.DateTimeField(null=True, blank=True)
    waived_rules = ArrayField(models.CharField(max_length=30), default=list, blank=True)

    objects = ApplicationQuerySet.as_manager()

    # What an edit tells of itself, while it is made (applications.actions.editing); no column.
    noted: dict[str, Any] | None = None
    # Who of its reviewers is tied to it, once somebody asked (applications.guards.independence); no column.
    tied: dict[int, str] | None = None

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            # PROGRAMME 6.3
            models.UniqueConstraint(
                fields=["group", "call"],
                condition=~Q(status__in=list(ENDED)),
                name="one_live_application",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["draft", "lapsed", "withdrawn"])
                | Q(first_submitted_at__isnull=False),
                name="submitted_has_a_day",
            ),
            models.CheckConstraint(
                condition=Q(is_test=False)
                | Q(status__in=["draft", "lapsed", "withdrawn"], first_submitted_at=None),
                name="test_is_never_sent",
            ),
            models.CheckConstraint(
                condition=~Q(status="changes_requested") | Q(answer_by__isnull=False),
                name="return_has_a_date",
            ),
        ]
        indexes = [
            models.Index(fields=["status", "-created_at", "-id"]),
            models.Index(fields=["call", "status"]),
            # The orders of the list of applications, page after page.
            models.Index(fields=["-created_at", "-id"], name="application_newest"),
            models.Index(fields=["state_since", "id"], name="application_by_age"),
            models.Index(fields=["status", "state_since", "id"], name="application_by_state"),
            models.Index(fields=["-asked", "-id"], name="application_by_amount"),
            models.Index(fields=["officer", "status"], name="application_by_officer"),
            models.Index(
                fields=["message_waits_since"],
                condition=Q(message_waits_since__isnull=False),
                name="message_waits",
            ),
            # The daily scan of duties costs what is due, not what exists.
            models.Index(fields=["staff_due_on"], condition=Q(staff_due_on__isnull=False), name="staff_owe"),
            models.Index(fields=["answer_by"], condition=Q(status="changes_requested"), name="group_owes"),
        ]

    def __str__(self) -> str:
        return self.case.reference or self.title or str(self.group)

    @property
    def reference(self) -> str | None:
        """The public number, from the first submission on."""
        return self.case.reference

    @classmethod
    def text_labels(cls) -> dict[str, str]:
        """What the texts of the project are called."""
        fields = {field.name: field for field in cls._meta.fields}
        return {name: str(fields[name].verbose_name) for name in cls.TEXTS}

    @property
    def texts(self) -> dict[str, str]:
        """What it says of its project."""
        return {name: getattr(self, name) for name in self.TEXTS}

    @property
    def is_open(self) -> bool:
        """Whether the group can still write in it."""
        return self.status in self.OPEN

    @property
    def latest_submission(self) -> "Submission | None":
        """What was submitted last."""
        if "submissions" in getattr(self, "_prefetched_objects_cache", {}):
            return max(self.submissions.all(), key=lambda submission: submission.number, default=None)
        return self.submissions.order_by("-number").first()

    def reviewer_ids(self) -> set[int]:
        """The people who review it, once they have said that they have no interest in it."""
        return {review.reviewer_id for review in self.reviews.all() if review.status in DECLARED_REVIEW}

    def owes_review(self, user) -> bool:
        """Whether this person was asked for a review of it, and has not sent it yet."""
        return Role.REVIEWER in user.staff_roles() and any(
            review.reviewer_id == user.pk and review.status in UNSENT_REVIEW for review in self.reviews.all()
        )

    def roles_of(self, user) -> frozenset[Role]:
        """Roles in the group, or staff roles; advisers and reviewers by assignment only. A nominee sees
        nothing of the application yet, and nobody but its maker anything of a test."""
        own = self.group.own_roles(user) - {Role.NOMINEE}
        if self.is_test and not own:
            return frozenset()
        if own or not user.is_authenticated:
            return roles_on_case(user, group_roles=own, case_id=self.case_id)
        staff, assigned = user.staff_roles(), set()
        if Role.ADVISER in staff and user.pk in self.group.adviser_ids():
            assigned.add(Role.ADVISER)
        if Role.REVIEWER in staff and user.pk in self.reviewer_ids():
            assigned.add(Role.REVIEWER)
        within = (self.group.case_id, self.call.case_id) if Role.AUDITOR in staff else ()
        roles = roles_on_case(user, group_roles=(), case_id=self.case_id, assigned=assigned, within=within)
        # Nobody reads the others' reviews by another role before their own is sent.
        if not roles.isdisjoint(TABLE[Action.VIEW_REVIEWS]) and self.owes_review(user):
            roles -= TABLE[Action.VIEW_REVIEWS]
        return roles


class Submission(models.Model):
    """What was submitted, frozen (PROGRAMME 6.10): the data, their hash, the time of arrival. Never changed."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="submissions")
    number = models.PositiveSmallIntegerField()
    submitted_at = models.DateTimeField()
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    snapshot = models.JSONField()
    sha256 = models.CharField(max_length=64)
    amount = MoneyField()
    # The smallest number of SMEs that the call asked on that day (PROGRAMME 6.1, held by a trigger).
    min_firms = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["application", "number"], name="submission_once"),
            models.CheckConstraint(condition=Q(min_firms__gte=5), name="submission_five_firms"),
        ]

    def __str__(self) -> str:
        return f"{self.application_id}/{self.number}"


class SubmissionMember(models.Model):
    """A member firm as it was on the day of a submission."""

    submission = models.ForeignKey(Submission, models.PROTECT, related_name="members")
    firm = models.ForeignKey(Firm, models.PROTECT, related_name="+")
    cuit = models.CharField(max_length=11)
    name = models.CharField(max_length=200)
    province = models.CharField(max_length=4, choices=Province)
    size = models.CharField(max_length=10, choices=Size, blank=True)
    is_sme = models.BooleanField()

    class Meta:
        ordering = ["name", "id"]
        constraints = [models.UniqueConstraint(fields=["submission", "firm"], name="frozen_member_once")]

    def __str__(self) -> str:
        return self.name


class FirmClaim(models.Model):
    """A firm is in one live application of a call; the row goes when that application ends (PROGRAMME 4)."""

    call = models.ForeignKey(Call, models.PROTECT, related_name="claims")
    firm = models.ForeignKey(Firm, models.PROTECT, related_name="claims")
    application = models.ForeignKey(Application, models.PROTECT, related_name="claims")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["call", "firm"], name="firm_in_one_application")]

    def __str__(self) -> str:
        return f"{self.firm_id} in {self.application_id}"


class ApplicationDocument(models.Model):
    """A file that answers one requirement of the call; those that were not replaced or taken out count."""

    application = models.ForeignKey(Application, models.CASCADE, related_name="documents")
    requirement = models.ForeignKey("applications.DocumentRequirement", models.PROTECT, related_name="+")
    document = models.OneToOneField(Document, models.PROTECT, related_name="+")
    replaced = models.BooleanField(default=False)

    class Meta:
        ordering = ["requirement__order", "id"]

    def __str__(self) -> str:
        return str(self.document)


class SectionMark(models.Model):
    """Who writes a section, and whether it is ready: a help among the people of a group, no rule looks at it."""

    application = models.ForeignKey(Application, models.CASCADE, related_name="marks")
    section = models.CharField(max_length=20)
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    ready_at = models.DateTimeField(null=True, blank=True)
    ready_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["application", "section"], name="section_marked_once")]

    def __str__(self) -> str:
        return f"{self.application_id}/{self.section}"
