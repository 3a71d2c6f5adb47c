"""What staff judge: eligibility, reviews, the recommendation and the decision."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.roles import Role
from applications.merging import Merge
from applications.models.application import Application, Submission
from applications.models.call_rows import Criterion
from applications.models.plan import BudgetLine
from applications.querysets import ReviewQuerySet
from core.models import Case
from core.money import MoneyField

GROUP_ROLES = {Role.REPRESENTATIVE, Role.MEMBER, Role.VIEWER, Role.COORDINATOR}


class EligibilitySignOff(models.Model):
    """An officer's judgement on one submission, with the rules and their figures as they were."""

    class Answer(models.TextChoices):
        YES = "yes", _("Yes")
        NO = "no", _("No")
        NOT_APPLICABLE = "not_applicable", _("Does not apply")

    submission = models.OneToOneField(Submission, models.PROTECT, related_name="sign_off")
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    signed_at = models.DateTimeField()
    # [{"rule", "outcome", "sentence", "figures"}], and what the person judged of the warnings.
    results = models.JSONField()
    # [{"en", "es", "answer", "note"}]: the checklist of the call as it was answered.
    checklist = models.JSONField(default=list, blank=True)
    note = models.TextField(_("What you checked besides"), max_length=2000, blank=True)

    def __str__(self) -> str:
        return f"eligibility of {self.submission_id}"


class ReturnForChanges(models.Model):
    """What the group was asked to change, by section, and until when."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="returns")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    answer_by = models.DateTimeField()
    # {section code: what to change}
    notes = models.JSONField()
    # {section code: {name of the field: what to change in it}}, within those sections.
    field_notes = models.JSONField(default=dict, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-asked_at"]

    def __str__(self) -> str:
        return f"return of {self.application_id}"


class Review(models.Model):
    """An expert's scores, comments and recommendation on one version of one application."""

    class Status(models.TextChoices):
        ASSIGNED = "assigned", pgettext_lazy("review", "Assigned")
        INTEREST_DECLARED = "interest_declared", pgettext_lazy("review", "Interest declared")
        DRAFT = "draft", pgettext_lazy("review", "Being written")
        SENT = "sent", pgettext_lazy("review", "Sent")
        DECLINED = "declined", pgettext_lazy("review", "Declined")
        REASSIGNED = "reassigned", pgettext_lazy("review", "Reassigned")
        VOIDED = "voided", pgettext_lazy("review", "Voided")

    class Advice(models.TextChoices):
        APPROVE = "approve", _("Approve")
        APPROVE_LESS = "approve_less", _("Approve with a smaller amount")
        REJECT = "reject", _("Reject")

    LIVE = ("assigned", "interest_declared", "draft", "sent")
    # What came of each field when it was saved (applications.judging.save_review).
    merge: Merge | None = None

    application = models.ForeignKey(Application, models.PROTECT, related_name="reviews")
    submission = models.ForeignKey(Submission, models.PROTECT, related_name="reviews")
    # The later submission for which an officer keeps it (PROGRAMME 5: reviews belong to a version).
    kept_for = models.ForeignKey(
        Submission, models.PROTECT, null=True, blank=True, related_name="kept_reviews"
    )
    reviewer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="reviews")
    assigned_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    assigned_on = models.DateField()
    due_on = models.DateField()
    status = models.CharField(max_length=20, choices=Status, default=Status.ASSIGNED)
    version = models.PositiveIntegerField(default=0)
    no_interest = models.BooleanField(null=True)
    comment = models.TextField(_("Comment for the group"), max_length=4000, blank=True)
    advice = models.CharField(_("Your advice"), max_length=12, choices=Advice, blank=True)
    # The weighted mean in per cent, frozen when sent.
    total = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)

    objects = ReviewQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "id"]
        indexes = [
            models.Index(
                fields=["due_on"],
                condition=Q(status__in=["assigned", "interest_declared", "draft"]),
                name="review_owed",
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["submission", "reviewer"],
                condition=Q(status__in=["assigned", "interest_declared", "draft", "sent"]),
                name="one_live_review_each",
            ),
            # Nobody scores before saying that they have no interest (PROGRAMME 3).
            models.CheckConstraint(
                condition=~Q(status__in=["interest_declared", "draft", "sent"])
                | Q(no_interest__isnull=False, no_interest=True),
                name="interest_declared_first",
            ),
            models.CheckConstraint(
                condition=~Q(status="sent") | Q(total__isnull=False, sent_at__isnull=False),
                name="sent_review_has_total",
            ),
        ]

    def __str__(self) -> str:
        return f"review {self.pk} of {self.application_id}"

    @property
    def case(self) -> Case:
        return self.application.case

    def counts_for(self, submission: Submission) -> bool:
        """Whether it judges this submission: written on it, or kept for it."""
        return submission.pk in (self.submission_id, self.kept_for_id)

    @property
    def is_live(self) -> bool:
        """Still the work of its reviewer, or sent."""
        return self.status in self.LIVE

    def roles_of(self, user) -> frozenset[Role]:
        """The reviewer of this review, and staff; another reviewer of the same case is nobody here, and the
        group neither."""
        roles = self.application.roles_of(user) - GROUP_ROLES - {Role.REVIEWER}
        mine = self.reviewer_id == user.pk and self.is_live and Role.REVIEWER in user.staff_roles()
        # With a role in the group a staff role is void (PROGRAMME 3).
        if mine and not self.application.group.own_roles(user) - {Role.NOMINEE}:
            roles |= {Role.REVIEWER}
        return roles


class ReviewScore(models.Model):
    """A score on one criterion, with its reason."""

    review = models.ForeignKey(Review, models.CASCADE, related_name="scores")
    criterion = models.ForeignKey(Criterion, models.PROTECT, related_name="+")
    score = models.PositiveSmallIntegerField(null=True, blank=True)
    reason = models.TextField(max_length=2000, blank=True)

    class Meta:
        ordering = ["criterion__order"]
        constraints = [
            models.UniqueConstraint(fields=["review", "criterion"], name="one_score_per_criterion")
        ]

    def __str__(self) -> str:
        return f"{self.review_id} {self.criterion_id}"


class Consensus(models.Model):
    """What the reviewers of a submission agreed on when they met, where the call asks for it. Never changed."""

    submission = models.OneToOneField(Submission, models.PROTECT, related_name="consensus")
    held_on = models.DateField(_("Day of the meeting"))
    present = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+")
    # {criterion id: score}, and their weighted mean in per cent.
    scores = models.JSONField()
    total = models.DecimalField(max_digits=5, decimal_places=2)
    text = models.TextField(_("What was agreed, and why"), max_length=4000)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"consensus on {self.submission_id}"

    def score_of(self, criterion: Criterion) -> int | None:
        """The score that was agreed on for a criterion."""
        return self.scores.get(str(criterion.pk))


class Recommendation(models.Model):
    """An officer's proposal to the authority."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="recommendations")
    submission = models.ForeignKey(Submission, models.PROTECT, related_name="+")
    recommended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recommended_at = models.DateTimeField()
    amount = MoneyField()
    score = models.DecimalField(max_digits=5, decimal_places=2)
    grounds = models.TextField(_("Grounds"), max_length=4000)

    class Meta:
        ordering = ["-recommended_at"]

    def __str__(self) -> str:
        return f"recommendation on {self.application_id}"


class RecommendationLine(models.Model):
    """What an officer proposes for a line; 0 is allowed. A group whose plan comes back to it may delete the line:
    then this keeps what it was for."""

    recommendation = models.ForeignKey(Recommendation, models.PROTECT, related_name="lines")
    line = models.ForeignKey(BudgetLine, models.SET_NULL, null=True, related_name="+")
    description = models.CharField(max_length=200)
    amount = MoneyField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["recommendation", "line"], name="recommended_line_once"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="recommended_line_amount"),
        ]

    def __str__(self) -> str:
        return f"{self.description} {self.amount}"


class Decision(models.Model):
    """The act that approves or rejects: resolution number, grounds, amount. Never changed."""

    class Kind(models.TextChoices):
        APPROVE = "approve", _("Approval")
        REJECT = "reject", _("Rejection")
        RESERVE = "reserve", _("Reserve list")
        INELIGIBLE = "ineligible", _("Not eligible")
        GRANT_RECONSIDERATION = "grant_reconsideration", _("Reconsideration granted")
        DENY_RECONSIDERATION = "deny_reconsideration", _("Reconsideration denied")
        ANNUL = "annul", _("Annulment")

    application = models.ForeignKey(Application, models.PROTECT, related_name="decisions")
    submission = models.ForeignKey(Submission, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=22, choices=Kind)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()
    resolution = models.CharField(_("Resolution number"), max_length=40, unique=True, null=True, blank=True)
    file_number = models.CharField(_("File number (expediente)"), max_length=40, blank=True)
    grounds = models.TextField(_("Grounds"), max_length=4000)
    conditions = models.TextField(_("Conditions"), max_length=4000, blank=True)
    amount = MoneyField(null=True, blank=True)
    rules = ArrayField(models.CharField(max_length=30), default=list, blank=True)

    class Meta:
        ordering = ["-decided_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind="approve")
                | Q(amount__isnull=False, amount__gt=0, resolution__isnull=False),
                name="approval_has_amount_and_number",
            )
        ]

    def __str__(self) -> str:
        return self.resolution or f"{self.kind} {self.pk}"


class DecisionLine(models.Model):
    """What was approved for a line (0 is allowed), and the group's own share of it as it stands after."""

    decision = models.ForeignKey(Decision, models.PROTECT, related_name="lines")
    line = models.ForeignKey(BudgetLine, models.PROTECT, related_name="+")
    amount = MoneyField()
    group_share = MoneyField()

    class Meta:
        ordering = ["line__order", "line_id"]
        constraints = [
            models.UniqueConstraint(fields=["decision", "line"], name="decided_line_once"),
            models.CheckConstraint(
                condition=Q(amount__gte=0, group_share__gte=0), name="decided_line_amount"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.line_id} {self.amount}"


class DecisionCondition(models.Model):
    """Something that an approval asks of the group by a day."""

    decision = models.ForeignKey(Decision, models.PROTECT, related_name="dated_conditions")
    order = models.PositiveSmallIntegerField()
    text = models.CharField(_("What the group does"), max_length=500)
    due_on = models.DateField(_("By when"))
    met_on = models.DateField(null=True, blank=True)
    met_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["order"]
        constraints = [
            models.UniqueConstraint(fields=["decision", "order"], name="condition_order"),
            models.CheckConstraint(
                condition=Q(met_on=None, met_by=None) | Q(met_on__isnull=False, met_by__isnull=False),
                name="condition_met_by_somebody",
            ),
        ]
        indexes = [models.Index(fields=["due_on"], condition=Q(met_on=None), name="condition_owed")]

    def __str__(self) -> str:
        return self.text
