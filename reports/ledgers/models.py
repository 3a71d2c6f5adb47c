"""The ledgers of what came of a project (PROGRAMME 1): people trained, certificates with their renewals, and machines in
joint use with their later checks.

An entry comes with a report: it changes while the report is being written, counts once the report is accepted, and then
stays; the database refuses anything else (see the migrations). Renewals and checks come afterwards, each once.
"""

from decimal import Decimal

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.roles import Role
from core.models import Case, Document
from core.money import MoneyField
from grants.models import BaselineActivity, BaselineLine, Project
from groups.models import Firm
from reports.ledgers.querysets import (
    CertificationQuerySet,
    MachineCheckQuerySet,
    MachineQuerySet,
    TrainingQuerySet,
)

WHOLE = Decimal(100)
MOST_PEOPLE = 100_000


class Entry(models.Model):
    """What every ledger's row has: the report that brought it, and a file that shows it."""

    report = models.ForeignKey("reports.ProgressReport", models.CASCADE, related_name="%(class)ss")
    document = models.OneToOneField(Document, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        abstract = True

    @property
    def project(self) -> Project:
        return self.report.project

    @property
    def case(self) -> Case:
        """The application's: one timeline from the first draft to the last check."""
        return self.report.case

    def roles_of(self, user) -> frozenset[Role]:
        return self.report.roles_of(user)


# --- People trained -----------------------------------------------------------------------------------


class Training(Entry):
    """A course or a session: how long, for how many. Nobody is named."""

    course = models.CharField(_("Course or activity"), max_length=200)
    activity = models.ForeignKey(
        BaselineActivity,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="trainings",
        verbose_name=_("Activity of the plan"),
    )
    on = models.DateField(_("On which day it ended"))
    hours = models.DecimalField(
        _("Hours"), max_digits=5, decimal_places=1, validators=[MinValueValidator(Decimal("0.5"))]
    )
    women = models.PositiveIntegerField(_("Women"), default=0, validators=[MaxValueValidator(MOST_PEOPLE)])
    men = models.PositiveIntegerField(_("Men"), default=0, validators=[MaxValueValidator(MOST_PEOPLE)])
    other = models.PositiveIntegerField(
        _("Of another gender"), default=0, validators=[MaxValueValidator(MOST_PEOPLE)]
    )
    not_said = models.PositiveIntegerField(
        _("Gender not said"), default=0, validators=[MaxValueValidator(MOST_PEOPLE)]
    )
    firms = models.ManyToManyField(Firm, related_name="+", blank=True, verbose_name=_("Of which firms"))
    text = models.CharField(_("What shows it"), max_length=500, blank=True)

    objects = TrainingQuerySet.as_manager()
    GENDERS = ("women", "men", "other", "not_said")

    class Meta:
        ordering = ["on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(women__gte=0, men__gte=0, other__gte=0, not_said__gte=0),
                name="training_counts_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(women__gt=0) | Q(men__gt=0) | Q(other__gt=0) | Q(not_said__gt=0),
                name="training_of_somebody",
            ),
            models.CheckConstraint(condition=Q(hours__gt=0), name="training_hours"),
            models.CheckConstraint(
                condition=Q(document__isnull=False) | ~Q(text=""), name="training_has_evidence"
            ),
        ]

    def __str__(self) -> str:
        return self.course

    @property
    def people(self) -> int:
        """All of them."""
        return self.women + self.men + self.other + self.not_said


# --- Certificates --------------------------------------------------------------------------------------


class Certification(Entry):
    """A quality certificate of one firm."""

    class Norm(models.TextChoices):
        ISO_9001 = "iso_9001", "ISO 9001"
        ISO_14001 = "iso_14001", "ISO 14001"
        ISO_22000 = "iso_22000", "ISO 22000"
        ISO_45001 = "iso_45001", "ISO 45001"
        GLOBALGAP = "globalgap", "GLOBALG.A.P. (EurepGAP)"
        GAP = "gap", _("GAP: good agricultural practices")
        GMP = "gmp", _("GMP: good manufacturing practices")
        HACCP = "haccp", "HACCP"
        OTHER = "other", _("Another: say which")

    firm = models.ForeignKey(Firm, models.PROTECT, related_name="certifications", verbose_name=_("Firm"))
    norm = models.CharField(_("Norm"), max_length=10, choices=Norm)
    norm_other = models.CharField(_("Which other norm"), max_length=100, blank=True)
    scope = models.CharField(_("What it covers"), max_length=300)
    certifier = models.CharField(_("Who certified it"), max_length=150)
    number = models.CharField(_("Number of the certificate"), max_length=60)
    issued_on = models.DateField(_("Issued on"))
    expires_on = models.DateField(_("Expires on"), null=True, blank=True)
    # The group says that it does not renew it: nobody is reminded any more.
    let_go_on = models.DateField(null=True, blank=True)
    let_go_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    let_go_why = models.CharField(max_length=500, blank=True)

    objects = CertificationQuerySet.as_manager()

    class Meta:
        ordering = ["issued_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_on=None) | Q(expires_on__gte=F("issued_on")),
                name="certificate_expires_after_issue",
            ),
            models.CheckConstraint(
                condition=Q(norm="other") & ~Q(norm_other="") | ~Q(norm="other") & Q(norm_other=""),
                name="other_norm_is_named",
            ),
            models.CheckConstraint(
                condition=~Q(number="") & ~Q(certifier="") & ~Q(scope=""), name="certificate_is_whole"
            ),
            models.CheckConstraint(
                condition=Q(let_go_on=None, let_go_by=None, let_go_why="")
                | Q(let_go_on__isnull=False, let_go_by__isnull=False) & ~Q(let_go_why=""),
                name="certificate_let_go_whole",
            ),
            models.UniqueConstraint(
                fields=["report", "firm", "norm", "number"], name="certificate_in_report_once"
            ),
        ]
        indexes = [
            models.Index(fields=["expires_on", "id"], name="certificate_by_expiry"),
        ]

    def __str__(self) -> str:
        return f"{self.norm_name} {self.number}"

    @property
    def norm_name(self) -> str:
        """As people call it."""
        return self.norm_other or str(self.get_norm_display())


class CertificateRenewal(models.Model):
    """A certificate was renewed: its new number and its new last day. Never changed."""

    certification = models.ForeignKey(Certification, models.PROTECT, related_name="renewals")
    number = models.CharField(_("Number of the certificate"), max_length=60)
    issued_on = models.DateField(_("Issued on"))
    expires_on = models.DateField(_("Expires on"))
    document = models.OneToOneField(Document, models.PROTECT, null=True, blank=True, related_name="+")
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["expires_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_on__gte=F("issued_on")), name="renewal_expires_after_issue"
            ),
            models.UniqueConstraint(fields=["certification", "expires_on"], name="renewed_once_until"),
        ]

    def __str__(self) -> str:
        return self.number


# --- Machines in joint use -----------------------------------------------------------------------------


class Machine(Entry):
    """A machine or another asset that several use: whose it is, who keeps it, where it stands."""

    name = models.CharField(_("What it is"), max_length=200)
    serial_number = models.CharField(_("Serial number"), max_length=80, blank=True)
    on = models.DateField(_("In use since"))
    cost = MoneyField(_("What it cost"))
    line = models.ForeignKey(
        BaselineLine,
        models.PROTECT,
        related_name="machines",
        null=True,
        blank=True,
        verbose_name=_("Budget line"),
    )
    custodian = models.CharField(_("Who keeps it"), max_length=200)
    site = models.CharField(_("Place of the machine"), max_length=200)
    insurer = models.CharField(_("Insurer"), max_length=120, blank=True)
    policy = models.CharField(_("Number of the policy"), max_length=60, blank=True)
    insured_until = models.DateField(_("Insured until"), null=True, blank=True)

    objects = MachineQuerySet.as_manager()

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(cost__gt=0), name="machine_cost"),
            models.CheckConstraint(
                condition=Q(insurer="", policy="", insured_until=None)
                | ~Q(insurer="") & ~Q(policy="") & Q(insured_until__isnull=False),
                name="machine_insurance_whole",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class MachineShare(models.Model):
    """The part of a machine that is one firm's. Those of one machine add up to 100 per cent."""

    machine = models.ForeignKey(Machine, models.CASCADE, related_name="shares")
    firm = models.ForeignKey(Firm, models.PROTECT, related_name="+")
    percent = models.DecimalField(max_digits=5, decimal_places=2)

    class Meta:
        ordering = ["-percent", "id"]
        constraints = [
            models.UniqueConstraint(fields=["machine", "firm"], name="one_share_of_a_firm"),
            models.CheckConstraint(condition=Q(percent__gt=0, percent__lte=WHOLE), name="machine_share"),
        ]

    def __str__(self) -> str:
        return f"{self.firm_id} {self.percent}"


class MachinePhoto(models.Model):
    """A photograph of a machine, as the report showed it."""

    machine = models.ForeignKey(Machine, models.CASCADE, related_name="photos")
    document = models.OneToOneField(Document, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return str(self.document)


class CheckPlan(models.Model):
    """How long and how often the machines of a project are looked at, as an officer says."""

    project = models.OneToOneField(Project, models.PROTECT, related_name="check_plan")
    every_months = models.PositiveSmallIntegerField(
        _("Every how many months"), validators=[MinValueValidator(1), MaxValueValidator(36)]
    )
    years = models.PositiveSmallIntegerField(
        _("For how many years"), validators=[MinValueValidator(1), MaxValueValidator(20)]
    )
    version = models.PositiveIntegerField(default=0)
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    set_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(every_months__range=(1, 36), years__range=(1, 20)), name="check_plan"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.every_months} months, {self.years} years"


class MachineCheck(models.Model):
    """A look at a machine: planned for a day, or made between two such days. What was found never changes."""

    class Found(models.TextChoices):
        IN_PLACE = "in_place", _("In place")
        ELSEWHERE = "elsewhere", _("At another place")
        MISSING = "missing", _("Not found")

    class Condition(models.TextChoices):
        GOOD = "good", pgettext_lazy("machine", "Works well")
        WORN = "worn", pgettext_lazy("machine", "Works, with faults")
        BROKEN = "broken", pgettext_lazy("machine", "Does not work")

    machine = models.ForeignKey(Machine, models.PROTECT, related_name="checks")
    # None: nobody had planned it.
    due_on = models.DateField(null=True, blank=True)
    done_on = models.DateField(_("On which day"), null=True, blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    found = models.CharField(_("Was it there"), max_length=10, choices=Found, blank=True)
    condition = models.CharField(_("Its state"), max_length=6, choices=Condition, blank=True)
    note = models.TextField(_("Note"), max_length=2000, blank=True)

    objects = MachineCheckQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "done_on", "id"]
        constraints = [
            models.UniqueConstraint(fields=["machine", "due_on"], name="machine_checked_once_a_day"),
            models.CheckConstraint(
                condition=Q(done_on=None, done_by=None, found="", condition="", note="", due_on__isnull=False)
                | Q(done_on__isnull=False, done_by__isnull=False)
                & (
                    Q(found="missing", condition="")
                    | Q(found__in=["in_place", "elsewhere"]) & ~Q(condition="")
                ),
                name="machine_check_whole",
            ),
            # What is not as it should be is explained.
            models.CheckConstraint(
                condition=Q(found__in=["", "in_place"]) | ~Q(note=""), name="machine_check_explained"
            ),
        ]
        indexes = [
            models.Index(fields=["due_on", "id"], condition=Q(done_on=None), name="machine_check_owed")
        ]

    def __str__(self) -> str:
        return f"{self.machine_id} {self.due_on or self.done_on}"

    @property
    def case(self) -> Case:
        return self.machine.case


class CheckPhoto(models.Model):
    """A photograph taken at a check."""

    check_of = models.ForeignKey(MachineCheck, models.PROTECT, related_name="photos")
    document = models.OneToOneField(Document, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return str(self.document)
