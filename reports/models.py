"""A project's progress reports: what was planned, what was done, and what came of it (PROGRAMME 5).

Once submitted a report's content stands still, and once accepted it never changes again: the database itself refuses
(see the migrations). What was returned stays readable with the return.
"""

import datetime as dt

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.roles import Role
from core.models import Case, Document
from grants.models import BaselineActivity, Project, Tranche
from groups.models import Firm
from reports.closing.models import ClosingReport
from reports.ledgers.models import (
    CertificateRenewal,
    Certification,
    CheckPhoto,
    CheckPlan,
    Machine,
    MachineCheck,
    MachinePhoto,
    MachineShare,
    Training,
)
from reports.machines.models import MachineInsurance, MachineInvoice
from reports.parts.models import FirmPart, FirmPartFile, FirmPartLink, FirmPartText
from reports.querysets import OPEN, OWED, ObservationQuerySet, ReportQuerySet

__all__ = [
    "CertificateRenewal",
    "Certification",
    "CheckPhoto",
    "CheckPlan",
    "ClosingReport",
    "FirmPart",
    "FirmPartFile",
    "FirmPartLink",
    "FirmPartText",
    "Machine",
    "MachineCheck",
    "MachineInsurance",
    "MachineInvoice",
    "MachinePhoto",
    "MachineShare",
    "Observation",
    "Outcome",
    "ProgressReport",
    "ReportActivity",
    "ReportEvidence",
    "ReportReturn",
    "Training",
]

# Extra reports count from here: no timetable has as many months (PROGRAMME 4), so that no number is in two series, and no
# tranche waits for one by its number.
EXTRA = 100


def label_of(number: int) -> str:
    """`2`, or `E1` for the first extra report."""
    return f"E{number - EXTRA}" if number > EXTRA else str(number)


def name_of(number: int, *, is_final: bool = False) -> str:
    """Which report it is, in words."""
    if number > EXTRA:
        return str(_("Extra report %(number)s")) % {"number": number - EXTRA}
    return str(_("Final report (%(number)s)") if is_final else _("Report %(number)s")) % {"number": number}


class ProgressReport(models.Model):
    """The report on one period of a project."""

    class Status(models.TextChoices):
        PLANNED = "planned", pgettext_lazy("report", "Planned")
        DUE = "due", pgettext_lazy("report", "Due")
        DRAFT = "draft", pgettext_lazy("report", "Draft")
        SUBMITTED = "submitted", pgettext_lazy("report", "Submitted")
        RETURNED = "returned", pgettext_lazy("report", "Returned")
        ACCEPTED = "accepted", pgettext_lazy("report", "Accepted")
        SKIPPED = "skipped", pgettext_lazy("report", "Skipped")
        CANCELLED = "cancelled", pgettext_lazy("report", "Cancelled")

    OWED, OPEN = OWED, OPEN

    project = models.ForeignKey(Project, models.PROTECT, related_name="reports")
    # In the order of the timetable. A report that an officer asked for besides stands outside it: 101, 102 …
    number = models.PositiveSmallIntegerField()
    # The months of the plan that it covers; the days may move with a suspension, the months do not.
    first_month = models.PositiveSmallIntegerField()
    last_month = models.PositiveSmallIntegerField()
    period_from = models.DateField()
    period_to = models.DateField()
    due_on = models.DateField()
    is_final = models.BooleanField(default=False)
    is_extra = models.BooleanField(default=False)
    # Of an extra report: why an officer asked for it, and the payment that opens with it, if one does.
    asked_why = models.TextField(max_length=1000, blank=True)
    opens = models.ForeignKey(Tranche, models.PROTECT, null=True, blank=True, related_name="opened_by_extra")
    # The group said that nothing changed in the activities that it was not asked about.
    unchanged_confirmed = models.BooleanField(default=False)
    status = models.CharField(max_length=10, choices=Status, default=Status.PLANNED)
    version = models.PositiveIntegerField(default=0)
    summary = models.TextField(_("How the period went"), max_length=4000, blank=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    # What was handed over, and from the acceptance on that too; the PDF is made from nothing else.
    snapshot = models.JSONField(null=True, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    pdf = models.OneToOneField(Document, models.PROTECT, null=True, blank=True, related_name="+")

    objects = ReportQuerySet.as_manager()

    class Meta:
        ordering = ["project_id", "number"]
        constraints = [
            models.UniqueConstraint(fields=["project", "number"], name="report_once"),
            models.UniqueConstraint(fields=["project"], condition=Q(is_final=True), name="one_final_report"),
            models.CheckConstraint(
                condition=Q(is_extra=False, number__lte=100, asked_why="", opens=None)
                | Q(is_extra=True, is_final=False, number__gt=100) & ~Q(asked_why=""),
                name="extra_report_outside_the_timetable",
            ),
            models.CheckConstraint(
                condition=Q(
                    status__in=[
                        "planned",
                        "due",
                        "draft",
                        "submitted",
                        "returned",
                        "accepted",
                        "skipped",
                        "cancelled",
                    ]
                ),
                name="report_state",
            ),
            models.CheckConstraint(
                condition=Q(
                    number__gte=1,
                    first_month__gte=1,
                    last_month__gte=F("first_month"),
                    period_to__gte=F("period_from"),
                    due_on__gte=F("period_to"),
                ),
                name="report_period",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["submitted", "accepted"])
                | Q(submitted_at__isnull=False, submitted_by__isnull=False, snapshot__isnull=False)
                & ~Q(sha256=""),
                name="submitted_report_is_frozen",
            ),
            models.CheckConstraint(
                condition=~Q(status="accepted") | Q(accepted_at__isnull=False, accepted_by__isnull=False),
                name="accepted_report_says_by_whom",
            ),
            models.CheckConstraint(
                condition=Q(accepted_by=None) | ~Q(accepted_by=F("submitted_by")),
                name="report_accepted_by_another",
            ),
        ]
        indexes = [
            models.Index(fields=["status", "due_on", "id"], name="report_by_state"),
            models.Index(fields=["due_on", "id"], name="report_by_date"),
            models.Index(fields=["period_to"], condition=Q(status="planned"), name="report_to_fall_due"),
            models.Index(
                fields=["submitted_at", "id"], condition=Q(status="submitted"), name="report_to_check"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.project} · {self.number}"

    @property
    def case(self) -> Case:
        """The application's: one timeline from the first draft to the last payment."""
        return self.project.application.case

    @property
    def group(self):
        return self.project.application.group

    @property
    def name(self) -> str:
        """Which report it is, in words."""
        return name_of(self.number, is_final=self.is_final)

    @property
    def label(self) -> str:
        """Its number as people write it: `2`; `E1` of one that was asked for besides."""
        return label_of(self.number)

    @property
    def is_owed(self) -> bool:
        """Somebody has to write it, or to go on."""
        return self.status in OWED

    def is_late(self, today: dt.date) -> bool:
        """Owed, and its date has passed."""
        return self.is_owed and self.due_on < today

    def roles_of(self, user) -> frozenset[Role]:
        return self.project.roles_of(user)


class ReportActivity(models.Model):
    """What one activity of the approved plan came to in the period. A row only for what was answered."""

    report = models.ForeignKey(ProgressReport, models.CASCADE, related_name="activities")
    activity = models.ForeignKey(BaselineActivity, models.PROTECT, related_name="reported")
    planned_percent = models.PositiveSmallIntegerField()
    done_percent = models.PositiveSmallIntegerField(
        _("Done so far, in per cent"),
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )
    what_was_done = models.TextField(_("What was done"), max_length=4000, blank=True)
    reason = models.TextField(_("Why it is behind"), max_length=2000, blank=True)
    # Of one that slipped: the month of the project in which it should be done now. The baseline stays as it is.
    expected_last_month = models.PositiveSmallIntegerField(
        _("Month in which it will be done"), null=True, blank=True
    )

    class Meta:
        ordering = ["activity__order", "activity_id"]
        constraints = [
            models.UniqueConstraint(fields=["report", "activity"], name="activity_reported_once"),
            models.CheckConstraint(
                condition=Q(planned_percent__lte=100)
                & (Q(done_percent=None) | Q(done_percent__gte=0, done_percent__lte=100)),
                name="report_percent",
            ),
            models.CheckConstraint(
                condition=Q(expected_last_month=None)
                | Q(expected_last_month__gte=1, expected_last_month__lte=60)
                & (Q(done_percent=None) | Q(done_percent__lt=100))
                & ~Q(reason=""),
                name="slipped_activity_says_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.report_id} {self.activity_id}"


class ReportEvidence(models.Model):
    """A photograph or a paper that shows what was done: of one activity, or of the report as a whole."""

    report = models.ForeignKey(ProgressReport, models.CASCADE, related_name="evidence")
    activity = models.ForeignKey(
        BaselineActivity, models.PROTECT, null=True, blank=True, related_name="evidence"
    )
    document = models.OneToOneField(Document, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return str(self.document)


class Outcome(models.Model):
    """What the programme is judged by (PROGRAMME 1): a figure, a day and its evidence."""

    class Kind(models.TextChoices):
        GROUPS = "groups", _("Groups created or consolidated")
        TECHNOLOGY = "technology", _("Technology developed and learnt together")
        TRAINED = "trained", _("People trained and qualified")
        TRAINING = "training", _("Permanent training set up")
        ORGANISATION = "organisation", _("Production organised better")
        CAPACITY = "capacity", _("Productive capacity and scale")
        LINKS = "links", _("Links with institutions, public and private")
        INTEGRATION = "integration", _("Activities integrated that firms did alone")
        PRODUCTS = "products", _("New products from shared market research")
        MARKETING = "marketing", _("Marketing actions")
        CERTIFICATIONS = "certifications", _("Quality certifications")

    report = models.ForeignKey(ProgressReport, models.CASCADE, related_name="outcomes")
    kind = models.CharField(_("What came of it"), max_length=14, choices=Kind)
    figure = models.DecimalField(
        _("How many"), max_digits=12, decimal_places=2, validators=[MinValueValidator(0)]
    )
    on = models.DateField(_("On which day"))
    text = models.CharField(_("What shows it"), max_length=500)
    firms = models.ManyToManyField(Firm, related_name="+", blank=True, verbose_name=_("Of which firms"))
    document = models.OneToOneField(Document, models.PROTECT, null=True, blank=True, related_name="+")

    # These have ledgers of their own (reports.ledgers), and are counted from there.
    IN_LEDGERS = (Kind.TRAINED, Kind.CERTIFICATIONS)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(figure__gte=0), name="outcome_figure"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.figure}"


class ReportReturn(models.Model):
    """An officer's return for changes, with the report as it was then. Never changed.

    `notes` are what was said of single parts, by the part's name (reports.returning): only these open. Without any the
    whole report does.
    """

    report = models.ForeignKey(ProgressReport, models.PROTECT, related_name="returns")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    note = models.TextField(max_length=4000, blank=True)
    notes = models.JSONField(default=dict, blank=True)
    submitted_at = models.DateTimeField()
    snapshot = models.JSONField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        ordering = ["-asked_at", "-id"]

    def __str__(self) -> str:
        return f"return of {self.report_id}"


class Observation(models.Model):
    """Something that the group still owes after its report was accepted: a duty with a date. Only the money that it
    names waits (PROGRAMME 5)."""

    report = models.ForeignKey(ProgressReport, models.PROTECT, related_name="observations")
    text = models.TextField(_("What is still to be done"), max_length=1000)
    due_on = models.DateField(_("By when"))
    tranche = models.ForeignKey(
        Tranche,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="observations",
        verbose_name=_("Payment that waits for it"),
    )
    done_on = models.DateField(null=True, blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = ObservationQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(done_on=None, done_by=None) | Q(done_on__isnull=False, done_by__isnull=False),
                name="observation_met_by_somebody",
            ),
        ]
        indexes = [models.Index(fields=["due_on", "id"], condition=Q(done_on=None), name="observation_open")]

    def __str__(self) -> str:
        return self.text

    @property
    def case(self) -> Case:
        return self.report.case

    def roles_of(self, user) -> frozenset[Role]:
        return self.report.roles_of(user)


from reports.notebook.models import NotebookEntry  # noqa: E402, F401  (a model of this app, in a file of its own)
