"""The letters about a project: what the authority told the group, with its grounds, how the group was notified, and what it
answered (PROGRAMME 5, 11). What was written stays: the database refuses anything else (see the migrations).
"""

import datetime as dt
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts.roles import Role
from applications.days import last_day
from applications.models.notices import Notice
from core import dates
from core.models import Case, Document
from grants.letters.querysets import LetterQuerySet
from grants.models.project import Project
from grants.models.refunds import Refund


class ProjectLetter(models.Model):
    """One letter. `content` is all that it says, in no language (grants.letters.content): the PDF is made from nothing
    else."""

    class Kind(models.TextChoices):
        HEARING = "hearing", pgettext_lazy("letter", "Proposal to terminate")
        WITHDRAWAL = "withdraw", pgettext_lazy("letter", "Withdrawal of a proposal")
        SUSPENSION = "suspend", pgettext_lazy("letter", "Suspension")
        RESUMPTION = "resume", pgettext_lazy("letter", "Resumption")
        TERMINATION = "terminate", pgettext_lazy("letter", "Termination")

    project = models.ForeignKey(Project, models.PROTECT, related_name="letters")
    number = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=10, choices=Kind)
    grounds = models.TextField(gettext_lazy("Grounds"), max_length=4000)
    resolution = models.CharField(gettext_lazy("Resolution number"), max_length=40, blank=True)
    file_number = models.CharField(gettext_lazy("File number (expediente)"), max_length=40, blank=True)
    # Of a proposal: how many days the group has to answer, by the call's way of counting.
    days_to_answer = models.PositiveSmallIntegerField(gettext_lazy("Days to answer"), null=True, blank=True)
    # Of a withdrawal: the proposal that is taken back.
    withdraws = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="withdrawal")
    content = models.JSONField()
    sha256 = models.CharField(max_length=64)
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    signed_at = models.DateTimeField()
    # The PDF, once a worker has made it.
    document = models.ForeignKey(Document, models.PROTECT, null=True, blank=True, related_name="+")

    objects = LetterQuerySet.as_manager()

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["project", "number"], name="letter_once"),
            models.CheckConstraint(
                condition=Q(kind__in=["hearing", "withdraw", "suspend", "resume", "terminate"])
                & ~Q(grounds=""),
                name="letter_has_grounds",
            ),
            models.CheckConstraint(
                condition=Q(kind="hearing", days_to_answer__gte=1)
                | ~Q(kind="hearing") & Q(days_to_answer=None),
                name="proposal_gives_days",
            ),
            models.CheckConstraint(
                condition=Q(kind="withdraw", withdraws__isnull=False)
                | ~Q(kind="withdraw") & Q(withdraws=None),
                name="withdrawal_of_a_proposal",
            ),
        ]
        indexes = [models.Index(fields=["kind", "signed_at"], name="letter_by_kind")]

    def __str__(self) -> str:
        return f"{self.project} · {self.kind} {self.number}"

    @property
    def case(self) -> Case:
        return self.project.case

    @property
    def is_proposal(self) -> bool:
        """It asks the group to be heard."""
        return self.kind == self.Kind.HEARING

    @property
    def notice(self) -> "ProjectNotice | None":
        """The notification that counts: the last that was written down. Of rows `with_answers` it costs no query."""
        return next(iter(self.notices.all()), None)

    @property
    def counts_from(self) -> dt.date:
        """The day after which its days begin: that of the notification, and until one is proven that of the letter."""
        return self.notice.notified_on if self.notice else dates.day_of(self.signed_at)

    @property
    def answer_by(self) -> dt.date | None:
        """The last day on which the group is heard; None of a letter that asks nothing."""
        if self.days_to_answer is None:
            return None
        return last_day(self.project.call, self.counts_from, self.days_to_answer)

    @property
    def is_withdrawn(self) -> bool:
        """A proposal that was taken back. Of rows `with_answers` it costs no query."""
        return getattr(self, "withdrawal", None) is not None

    @property
    def answered(self) -> "HearingAnswer | None":
        """What the group said; None while it said nothing."""
        return getattr(self, "answer", None)

    def roles_of(self, user: Any) -> frozenset[Role]:
        return self.project.roles_of(user)


class HearingAnswer(models.Model):
    """What the group said to a proposal, on the record. Never changed."""

    letter = models.OneToOneField(ProjectLetter, models.PROTECT, related_name="answer")
    text = models.TextField(gettext_lazy("What the group says"), max_length=8000)
    document = models.OneToOneField(Document, models.PROTECT, null=True, blank=True, related_name="+")
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    answered_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="hearing_answer_says_something")]

    def __str__(self) -> str:
        return f"answer to {self.letter_id}"


class ProjectNotice(Notice):
    """How the group was notified of a letter, or of a refund that is asked of it."""

    letter = models.ForeignKey(ProjectLetter, models.PROTECT, null=True, blank=True, related_name="notices")
    refund = models.ForeignKey(Refund, models.PROTECT, null=True, blank=True, related_name="notices")

    class Meta(Notice.Meta):
        abstract = False
        constraints = [
            models.CheckConstraint(
                condition=Q(letter=None, refund__isnull=False) | Q(letter__isnull=False, refund=None),
                name="notice_of_one_thing",
            )
        ]
