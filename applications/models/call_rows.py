"""What belongs to a call row by row: criteria, checks, documents, tranches, cuts, and the money that it commits."""

from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from applications.models.call import Call
from applications.parts import part_in_words
from applications.querysets import EnvelopeQuerySet
from core import bilingual
from core.money import MoneyField


class Criterion(models.Model):
    """What reviewers score, with its weight."""

    call = models.ForeignKey(Call, models.CASCADE, related_name="criteria")
    order = models.PositiveSmallIntegerField()
    name_en = models.CharField(max_length=120)
    name_es = models.CharField(max_length=120)
    help_en = models.CharField(max_length=300, blank=True)
    help_es = models.CharField(max_length=300, blank=True)
    weight = models.PositiveSmallIntegerField(help_text="Weights are relative to their sum")
    max_score = models.PositiveSmallIntegerField(default=10)
    # What the ends and the middle of the scale mean, in words.
    low_en = models.CharField(max_length=200, blank=True)
    low_es = models.CharField(max_length=200, blank=True)
    middle_en = models.CharField(max_length=200, blank=True)
    middle_es = models.CharField(max_length=200, blank=True)
    high_en = models.CharField(max_length=200, blank=True)
    high_es = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["order"]
        constraints = [
            models.UniqueConstraint(fields=["call", "order"], name="criterion_order"),
            models.CheckConstraint(condition=Q(weight__gt=0, max_score__gt=0), name="criterion_positive"),
        ]

    def __str__(self) -> str:
        return bilingual.text(self, "name")

    @property
    def help(self) -> str:
        return bilingual.text(self, "help")

    @property
    def anchors(self) -> list[tuple[str, str]]:
        """What points of the scale mean, in words: (points, words), for those that the call describes."""
        words = (bilingual.text(self, name) for name in ("low", "middle", "high"))
        half = (
            f"{self.max_score // 2}–{self.max_score // 2 + 1}"
            if self.max_score % 2
            else f"{self.max_score // 2}"
        )
        return [pair for pair in zip(("0", half, str(self.max_score)), words, strict=True) if pair[1]]


class CallCheck(models.Model):
    """Something that an officer looks at in every application of the call: one line of its checklist."""

    call = models.ForeignKey(Call, models.CASCADE, related_name="checks")
    order = models.PositiveSmallIntegerField()
    name_en = models.CharField(max_length=200)
    name_es = models.CharField(max_length=200)
    help_en = models.CharField(max_length=300, blank=True)
    help_es = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["order"]
        constraints = [models.UniqueConstraint(fields=["call", "order"], name="check_order")]

    def __str__(self) -> str:
        return bilingual.text(self, "name")

    @property
    def help(self) -> str:
        return bilingual.text(self, "help")


class DocumentRequirement(models.Model):
    """A document that the call asks for."""

    call = models.ForeignKey(Call, models.CASCADE, related_name="requirements")
    order = models.PositiveSmallIntegerField()
    code = models.SlugField()
    name_en = models.CharField(max_length=120)
    name_es = models.CharField(max_length=120)
    help_en = models.CharField(max_length=300, blank=True)
    help_es = models.CharField(max_length=300, blank=True)
    required = models.BooleanField(default=True)
    most_files = models.PositiveSmallIntegerField(default=5)

    class Meta:
        ordering = ["order"]
        constraints = [
            models.UniqueConstraint(fields=["call", "code"], name="requirement_once"),
            models.CheckConstraint(condition=Q(most_files__range=(1, 20)), name="requirement_files"),
        ]

    def __str__(self) -> str:
        return bilingual.text(self, "name")

    @property
    def help(self) -> str:
        return bilingual.text(self, "help")


class CallTranche(models.Model):
    """A planned part of each grant: how much, and which accepted report it waits for (0: none, the start)."""

    call = models.ForeignKey(Call, models.CASCADE, related_name="tranches")
    number = models.PositiveSmallIntegerField()
    percent = models.DecimalField(max_digits=5, decimal_places=2)
    after_report = models.PositiveSmallIntegerField(default=0)
    # Of an advance (PROGRAMME 10): how much of what was paid before, in per cent, has to be proven first; and whether a
    # surety has to cover it.
    proof_percent = models.DecimalField(max_digits=5, decimal_places=2, default=0)
    needs_surety = models.BooleanField(default=False)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["call", "number"], name="call_tranche_once"),
            models.CheckConstraint(condition=Q(percent__gt=0, percent__lte=100), name="call_tranche_percent"),
            models.CheckConstraint(
                condition=Q(proof_percent__gte=0, proof_percent__lte=100), name="call_tranche_proof"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}: {self.percent} %"

    @property
    def in_words(self) -> str:
        """What it is and waits for; proof is asked of what is paid in advance."""
        in_advance = self.call.payment == Call.Payment.ADVANCE
        return part_in_words(
            self.percent,
            after_report=self.after_report,
            proof_percent=self.proof_percent if in_advance else Decimal(0),
            needs_surety=self.needs_surety,
        )


class CallCut(models.Model):
    """A dated cut of a call without a closing day: what arrived by then is ranked and decided together."""

    call = models.ForeignKey(Call, models.CASCADE, related_name="cuts")
    number = models.PositiveSmallIntegerField()
    at = models.DateTimeField()

    class Meta:
        ordering = ["at"]
        constraints = [
            models.UniqueConstraint(fields=["call", "number"], name="cut_once"),
            models.UniqueConstraint(fields=["call", "at"], name="one_cut_a_moment"),
        ]

    def __str__(self) -> str:
        return f"{self.call_id}/{self.number}"


class ReserveEnd(models.Model):
    """The reserve list of a cut has ended: what waited on it lapsed (PROGRAMME 12). Never changed."""

    cut = models.OneToOneField(CallCut, models.PROTECT, related_name="reserve_end")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"reserve of {self.cut_id}"


class EnvelopeEntry(models.Model):
    """Money that a call commits (+) or gets back (-). Only added to; the sum never passes the envelope, and
    the database itself refuses it (PROGRAMME 6.4)."""

    class Why(models.TextChoices):
        APPROVE = "approve", _("Approval")
        AMEND = "amend", _("Amendment")
        RENOUNCE = "renounce", _("Renounced")
        ANNUL = "annul", _("Annulled")
        RELEASE = "release", _("Released by the project")
        UPDATE = "update", _("Update of prices")

    call = models.ForeignKey(Call, models.PROTECT, related_name="entries")
    application = models.ForeignKey("applications.Application", models.PROTECT, related_name="entries")
    amount = MoneyField()
    why = models.CharField(max_length=30, choices=Why)
    at = models.DateTimeField()

    objects = EnvelopeQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["call"])]
        constraints = [
            models.CheckConstraint(condition=~Q(amount=0), name="entry_not_zero"),
            models.UniqueConstraint(
                fields=["application"], condition=Q(why="approve"), name="entry_of_approval_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.call_id} {self.amount} {self.why}"
