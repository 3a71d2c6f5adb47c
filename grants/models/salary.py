"""The coordinator's salary (PROGRAMME 10): the line of the budget that pays it, and what each person earned in each month.

How much a month is worth is worked out in grants.salary.arithmetic; what the database refuses stands in the migrations.
"""

import datetime as dt
from decimal import Decimal

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from accounts.permissions import roles_on_case
from accounts.roles import Role
from core import dates
from core.models import Case, Document
from core.money import MoneyField
from grants.models.money import Payee, Tranche
from grants.models.project import Project
from grants.salary.querysets import SalaryLineQuerySet, SalaryMonthQuerySet


class SalaryLine(models.Model):
    """The part of the approved amount that pays the coordinator month by month, apart from the tranches of the grant."""

    project = models.OneToOneField(Project, models.PROTECT, related_name="salary_line")
    # What the budget has for it.
    amount = MoneyField()
    # The same, or the call's cap on the salary if that is less: what may be earned in all.
    most = MoneyField()
    # Which month of the project is counted next, and its last day; null after the last one.
    next_month = models.PositiveSmallIntegerField(null=True, default=1)
    next_on = models.DateField(null=True)

    objects = SalaryLineQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0, most__gt=0, most__lte=F("amount")), name="salary_line_amounts"
            ),
            models.CheckConstraint(
                condition=Q(next_month=None, next_on=None)
                | Q(next_month__isnull=False, next_on__isnull=False),
                name="salary_line_next",
            ),
        ]
        indexes = [
            models.Index(fields=["next_on", "id"], condition=Q(next_on__isnull=False), name="salary_to_count")
        ]

    def __str__(self) -> str:
        return f"salary of {self.project_id}"

    @property
    def case(self) -> Case:
        return self.project.case

    def roles_of(self, user) -> frozenset[Role]:
        """As in the project; whoever held the office keeps the coordinator's role for what they earned."""
        return with_own_months(self.project, user)


class SalaryMonth(models.Model):
    """What one person earned in one month of a project: accrued, handed in with invoice and note, accepted, paid."""

    class Status(models.TextChoices):
        ACCRUED = "accrued", pgettext_lazy("salary", "To hand in")
        SUBMITTED = "submitted", pgettext_lazy("salary", "Handed in")
        RETURNED = "returned", pgettext_lazy("salary", "Returned to correct")
        ACCEPTED = "accepted", pgettext_lazy("salary", "Accepted by an officer")
        VOID = "void", pgettext_lazy("salary", "Nobody earned it")

    # It is the coordinator's turn.
    OWED = ("accrued", "returned")

    project = models.ForeignKey(Project, models.PROTECT, related_name="salary_months")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="salary_months")
    # The month of the project; the days may move with a suspension.
    number = models.PositiveSmallIntegerField()
    first_on = models.DateField()
    last_on = models.DateField()
    # Days in office, of the days that the month has.
    days = models.PositiveSmallIntegerField()
    of_days = models.PositiveSmallIntegerField()
    amount = MoneyField()
    # By when invoice and note are to be handed in.
    due_on = models.DateField()
    status = models.CharField(max_length=10, choices=Status, default=Status.ACCRUED)
    # Of a void one that was earned: the day on which it went back to the call, since nobody handed it in.
    lapsed_on = models.DateField(null=True, blank=True)
    version = models.PositiveIntegerField(default=0)
    invoice_number = models.CharField(gettext_lazy("Number of the invoice"), max_length=20, blank=True)
    invoice_on = models.DateField(gettext_lazy("Date of the invoice"), null=True, blank=True)
    invoice_amount = MoneyField(
        gettext_lazy("Amount of the invoice"),
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal("0.01"))],
    )
    invoice = models.OneToOneField(Document, models.PROTECT, null=True, blank=True, related_name="+")
    note = models.TextField(gettext_lazy("What you did this month"), max_length=3000, blank=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    remark = models.CharField(max_length=1000, blank=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    accepted_at = models.DateTimeField(null=True, blank=True)
    # Once accepted it is paid like any tranche.
    tranche = models.OneToOneField(Tranche, models.PROTECT, null=True, blank=True, related_name="salary")

    objects = SalaryMonthQuerySet.as_manager()

    class Meta:
        ordering = ["project_id", "number", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "number", "person"], name="salary_once_a_month_and_person"
            ),
            models.CheckConstraint(
                condition=Q(status__in=["accrued", "submitted", "returned", "accepted", "void"]),
                name="salary_state",
            ),
            models.CheckConstraint(
                condition=Q(lapsed_on=None) | Q(status="void"), name="salary_lapsed_is_void"
            ),
            models.CheckConstraint(
                condition=Q(status="void")
                | Q(days__gt=0, days__lte=F("of_days"), amount__gt=0, last_on__gte=F("first_on")),
                name="salary_of_some_days",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["submitted", "accepted"])
                | Q(
                    invoice__isnull=False,
                    invoice_on__isnull=False,
                    invoice_amount=F("amount"),
                    submitted_at__isnull=False,
                )
                & ~Q(invoice_number="")
                & ~Q(note=""),
                name="salary_handed_in_whole",
            ),
            models.CheckConstraint(
                condition=~Q(status="returned") | ~Q(remark=""), name="salary_return_says_why"
            ),
            models.CheckConstraint(
                condition=Q(status="accepted", accepted_by__isnull=False, accepted_at__isnull=False)
                & Q(tranche__isnull=False)
                | (~Q(status="accepted") & Q(accepted_by=None, accepted_at=None, tranche=None)),
                name="salary_accepted_by_somebody",
            ),
            # PROGRAMME 3: nobody accepts what they earned themselves.
            models.CheckConstraint(
                condition=Q(accepted_by=None) | ~Q(accepted_by=F("person")), name="salary_accepted_by_another"
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_on", "id"],
                condition=Q(status__in=["accrued", "returned"]),
                name="salary_to_hand_in",
            ),
            models.Index(
                fields=["submitted_at", "id"], condition=Q(status="submitted"), name="salary_to_accept"
            ),
            models.Index(fields=["person", "-last_on", "-id"], name="salary_of_person"),
        ]

    def __str__(self) -> str:
        return f"{self.project_id} · {self.number} · {self.person_id}"

    @property
    def case(self) -> Case:
        return self.project.case

    @property
    def state_label(self) -> str:
        """The state in words. Who earned a month and did not hand it in reads no word of a month that nobody earned."""
        return pgettext("salary", "Lapsed") if self.lapsed_on else self.get_status_display()

    @property
    def name(self) -> str:
        """Which month it is, in words."""
        return _("Salary of month %(number)s") % {"number": self.number}

    @property
    def is_owed(self) -> bool:
        """Whether the coordinator has still to hand it in."""
        return self.status in self.OWED

    @property
    def is_late(self) -> bool:
        """Still to be handed in, and its day has passed."""
        return self.is_owed and self.due_on < dates.today()

    @property
    def payee(self) -> Payee | None:
        """The person's own account, as they gave it last."""
        return self.project.payees.filter(current=True, person_id=self.person_id).first()

    def roles_of(self, user) -> frozenset[Role]:
        """As in the project; whoever earned it keeps the coordinator's role for it when the office has ended."""
        own = user.pk == self.person_id
        return with_own_months(self.project, user) if own else self.project.roles_of(user)


class Pause(models.Model):
    """Days on which a project was suspended: nobody earns on them, and the months after them come later."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="pauses")
    first_day = models.DateField()
    days = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["project_id", "first_day"]
        constraints = [
            models.UniqueConstraint(fields=["project", "first_day"], name="pause_once"),
            models.CheckConstraint(condition=Q(days__gt=0), name="pause_of_some_days"),
        ]

    def __str__(self) -> str:
        return f"{self.project_id} {self.first_day}"

    @property
    def last_day(self) -> dt.date:
        return self.first_day + dt.timedelta(days=self.days - 1)


def with_own_months(project: Project, user) -> frozenset[Role]:
    """The roles in a project, with the coordinator's for whoever held the office, also when it has ended. Staff roles are
    void for them then (PROGRAMME 3)."""
    posts = project.group.appointments.all()
    if user.is_authenticated and any(post.person_id == user.pk and post.was_held for post in posts):
        own = project.group.own_roles(user) | {Role.COORDINATOR}
        return roles_on_case(user, group_roles=own, case_id=project.case.pk)
    return project.roles_of(user)
