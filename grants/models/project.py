"""A project: opened from an approved application, run under an agreement, against the plan that was approved.

What the database itself refuses (PROGRAMME 6.3, 6.10) stands in the migrations.
"""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.roles import Role
from applications.models import Activity, Application, BudgetCategory, BudgetLine, Call, Line
from core.models import Case, Document
from core.money import MoneyField, total
from grants.querysets import OPEN, RUNNING, ProjectQuerySet
from groups.models import Group


class Project(models.Model):
    """The work that the programme pays for, from the opening by an officer to its end."""

    class Status(models.TextChoices):
        AWAITING_AGREEMENT = "awaiting_agreement", pgettext_lazy("project", "Awaiting agreement")
        ACTIVE = "active", pgettext_lazy("project", "Active")
        CLOSING = "closing", pgettext_lazy("project", "Closing")
        CLOSED = "closed", pgettext_lazy("project", "Closed")
        SUSPENDED = "suspended", pgettext_lazy("project", "Suspended")
        TERMINATED = "terminated", pgettext_lazy("project", "Terminated")

    class End(models.TextChoices):
        CLOSED = "close", _("Closed at its end")
        RENOUNCED = "renounce", _("Renounced by the group")
        LAPSED = "lapse", _("Lapsed: the agreement was not signed in time")
        TERMINATED = "terminate", _("Terminated by the programme")

    # Not ended: duties and money may still follow.
    OPEN = OPEN
    # Reports and payments go on.
    RUNNING = RUNNING

    application = models.OneToOneField(Application, models.PROTECT, related_name="project")
    status = models.CharField(max_length=20, choices=Status, default=Status.AWAITING_AGREEMENT)
    version = models.PositiveIntegerField(default=0)
    opened_on = models.DateField()
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    # Both count from the day of opening, by the call's numbers of days.
    sign_by = models.DateField()
    appoint_by = models.DateField()
    # The days of the plan: given at activation; the last one moves when the project was suspended.
    first_day = models.DateField(null=True, blank=True)
    last_day = models.DateField(null=True, blank=True)
    approved_amount = MoneyField()
    suspended_from = models.CharField(max_length=20, blank=True)
    suspended_on = models.DateField(null=True, blank=True)
    ended_on = models.DateField(null=True, blank=True)
    ended_why = models.CharField(max_length=12, choices=End, blank=True)

    objects = ProjectQuerySet.as_manager()

    class Meta:
        ordering = ["-opened_on", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    status__in=[
                        "awaiting_agreement",
                        "active",
                        "closing",
                        "closed",
                        "suspended",
                        "terminated",
                    ]
                ),
                name="project_state",
            ),
            models.CheckConstraint(condition=Q(approved_amount__gt=0), name="project_amount"),
            models.CheckConstraint(
                condition=Q(first_day=None, last_day=None)
                | Q(first_day__isnull=False, last_day__isnull=False, last_day__gte=F("first_day")),
                name="project_days",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["active", "closing", "closed", "suspended"])
                | Q(first_day__isnull=False),
                name="running_project_has_first_day",
            ),
            models.CheckConstraint(
                condition=Q(
                    status="suspended", suspended_from__in=["active", "closing"], suspended_on__isnull=False
                )
                | (~Q(status="suspended") & Q(suspended_from="", suspended_on=None)),
                name="suspended_from_somewhere",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["closed", "terminated"], ended_on__isnull=False) & ~Q(ended_why="")
                | (~Q(status__in=["closed", "terminated"]) & Q(ended_on=None, ended_why="")),
                name="ended_project_says_how",
            ),
        ]
        indexes = [
            models.Index(fields=["status", "-opened_on", "-id"], name="project_by_state"),
            # The daily scan of duties costs what is due, not what exists.
            models.Index(fields=["sign_by"], condition=Q(status="awaiting_agreement"), name="agreement_owed"),
            models.Index(
                fields=["appoint_by"],
                condition=Q(status__in=["awaiting_agreement", "active", "closing"]),
                name="coordinator_owed",
            ),
        ]

    def __str__(self) -> str:
        return self.reference or self.title

    @property
    def case(self) -> Case:
        """The application's: one timeline from the first draft to the last payment."""
        return self.application.case

    @property
    def call(self) -> Call:
        return self.application.call

    @property
    def group(self) -> Group:
        return self.application.group

    @property
    def reference(self) -> str | None:
        """The public number of the case."""
        return self.case.reference

    @property
    def title(self) -> str:
        return self.application.title

    @property
    def is_open(self) -> bool:
        """Not closed and not terminated."""
        return self.status in self.OPEN

    @property
    def is_running(self) -> bool:
        """Reports and payments go on."""
        return self.status in self.RUNNING

    @property
    def must_appoint(self) -> bool:
        """Whether a coordinator must be appointed. In the other lines the representative coordinates unless
        the group names another (PROGRAMME 12)."""
        return self.call.line == Line.PARTNERSHIP

    @property
    def payee(self):
        """Who is paid, as the group said last; None when it has not. A coordinator's own account is another matter."""
        return self.payees.filter(current=True, person=None).first()

    def payments(self) -> list[Any]:
        """All its payments. Two queries; none where the tranches were read with them."""
        tranches = list(self.tranches.all())
        models.prefetch_related_objects(tranches, "disbursements")
        return [payment for tranche in tranches for payment in tranche.disbursements.all()]

    def committed(self) -> Decimal:
        """What is ordered and paid, in pesos."""
        return self._sum_of("ordered", "paid")

    def paid(self) -> Decimal:
        """What is paid, in pesos."""
        return self._sum_of("paid")

    def _sum_of(self, *states: str) -> Decimal:
        return total(self.tranches.filter(disbursements__status__in=states), "disbursements__amount")

    def coordinator_on(self, day: dt.date):
        """The confirmed coordinator in office on a day, or None."""
        return self.group.confirmed_coordinator(day)

    def reporter_on(self, day: dt.date):
        """Who reports on a day: the coordinator in office, else the representative."""
        return self.coordinator_on(day) or self.group.representative

    def people_to_tell(self, day: dt.date) -> list:
        """Who hears what happens to the project: the coordinator first, with copy to the representative."""
        found = [self.coordinator_on(day), self.group.representative]
        return list({person.pk: person for person in found if person}.values())

    def roles_of(self, user) -> frozenset[Role]:
        """As in the application that it comes from; who reviewed that has no part in the project."""
        return self.application.roles_of(user) - {Role.REVIEWER}


class Agreement(models.Model):
    """What group and State sign. The terms are frozen when the project is opened; each signature is given once."""

    project = models.OneToOneField(Project, models.PROTECT, related_name="agreement")
    # Parties, object, money, tranches and duties as data, in no language (grants.terms).
    terms = models.JSONField()
    digest = models.CharField(max_length=64)
    group_signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    group_signed_at = models.DateTimeField(null=True, blank=True)
    # As they wrote it under the declaration.
    group_signed_name = models.CharField(max_length=150, blank=True)
    state_signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    state_signed_at = models.DateTimeField(null=True, blank=True)
    state_signed_name = models.CharField(max_length=150, blank=True)
    # The PDF, once a worker has made it.
    document = models.ForeignKey(Document, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(group_signed_by=None, group_signed_at=None, group_signed_name="")
                | Q(group_signed_by__isnull=False, group_signed_at__isnull=False) & ~Q(group_signed_name=""),
                name="group_signature_whole",
            ),
            models.CheckConstraint(
                condition=Q(state_signed_by=None, state_signed_at=None, state_signed_name="")
                | Q(state_signed_by__isnull=False, state_signed_at__isnull=False) & ~Q(state_signed_name=""),
                name="state_signature_whole",
            ),
            models.CheckConstraint(
                condition=Q(state_signed_at=None)
                | Q(group_signed_at__isnull=False, group_signed_at__lte=F("state_signed_at")),
                name="group_signs_first",
            ),
            models.CheckConstraint(
                condition=Q(state_signed_by=None) | ~Q(state_signed_by=F("group_signed_by")),
                name="signed_by_two_people",
            ),
        ]

    def __str__(self) -> str:
        return f"agreement of {self.project_id}"

    @property
    def is_signed(self) -> bool:
        """Signed by both."""
        return self.group_signed_at is not None and self.state_signed_at is not None


class BaselineActivity(models.Model):
    """An activity as it was approved: its identity, to which reports point. Never changed; what an amendment makes of it
    stands in ActivityVersion."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="activities")
    # One that an amendment added has none, but the version that brought it.
    source = models.ForeignKey(Activity, models.PROTECT, null=True, blank=True, related_name="+")
    added_by = models.ForeignKey(
        "grants.PlanVersion", models.PROTECT, null=True, blank=True, related_name="added_activities"
    )
    order = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=200)
    first_month = models.PositiveSmallIntegerField()
    last_month = models.PositiveSmallIntegerField()
    # A firm or an institution with its person, in words.
    responsible = models.CharField(max_length=330, blank=True)
    deliverable = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["order", "id"]
        constraints = [
            models.UniqueConstraint(fields=["project", "source"], name="baseline_activity_once"),
            models.CheckConstraint(
                condition=Q(first_month__gte=1, last_month__gte=F("first_month"), last_month__lte=36),
                name="baseline_activity_months",
            ),
            models.CheckConstraint(
                condition=Q(source__isnull=False, added_by=None) | Q(source=None, added_by__isnull=False),
                name="baseline_activity_comes_from_somewhere",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class BaselineLine(models.Model):
    """A budget line as it was approved: its identity, to which expenses point. Never changed; what an amendment makes of
    it stands in LineVersion."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="lines")
    # One that an amendment added has none, but the version that brought it, and nothing in the baseline.
    source = models.ForeignKey(BudgetLine, models.PROTECT, null=True, blank=True, related_name="+")
    added_by = models.ForeignKey(
        "grants.PlanVersion", models.PROTECT, null=True, blank=True, related_name="added_lines"
    )
    order = models.PositiveSmallIntegerField()
    category = models.CharField(max_length=20, choices=BudgetCategory)
    description = models.CharField(max_length=200)
    activity = models.ForeignKey(
        BaselineActivity, models.PROTECT, null=True, blank=True, related_name="lines"
    )
    programme_share = MoneyField()
    group_share = MoneyField()

    class Meta:
        ordering = ["order", "id"]
        constraints = [
            models.UniqueConstraint(fields=["project", "source"], name="baseline_line_once"),
            models.CheckConstraint(
                condition=Q(programme_share__gte=0, group_share__gte=0), name="baseline_line_amounts"
            ),
            models.CheckConstraint(
                condition=Q(source__isnull=False, added_by=None)
                | Q(source=None, added_by__isnull=False, programme_share=0, group_share=0),
                name="baseline_line_comes_from_somewhere",
            ),
        ]

    def __str__(self) -> str:
        return self.description

    @property
    def total(self):
        """Both shares."""
        return self.programme_share + self.group_share
