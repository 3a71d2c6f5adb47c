"""The money of a project: to whom it goes, its tranches, and each payment (PROGRAMME 10, Payees and Tranches).

What the database itself refuses (PROGRAMME 6.5) stands in the migrations.
"""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from stdnum.ar import cbu as stdnum_cbu
from stdnum.ar import cuit as stdnum_cuit

from accounts.roles import Role
from core.models import Case
from core.money import MoneyField
from grants.models.project import Project
from grants.querysets import LIVE, DisbursementQuerySet, TrancheQuerySet
from grants.wording import condition
from groups.models.firm import CuitFunction


class CbuFunction(models.Func):
    """The database's own check of both digits of a CBU (see the migrations)."""

    function = "cbu_is_valid"
    output_field = models.BooleanField()


class Payee(models.Model):
    """Who is paid for a project, and on which account. A change is a new row: nothing is paid to it until an
    officer has checked it."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="payees")
    # Whose salary goes there; null for who is paid for the project.
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    name = models.CharField(gettext_lazy("Name of the payee"), max_length=200)
    cuit = models.CharField(gettext_lazy("CUIT of the payee"), max_length=11)
    cbu = models.CharField(gettext_lazy("CBU of the account"), max_length=22)
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    checked_at = models.DateTimeField(null=True, blank=True)
    current = models.BooleanField(default=True)

    class Meta:
        ordering = ["-entered_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["project"], condition=Q(current=True, person=None), name="one_current_payee"
            ),
            models.UniqueConstraint(
                fields=["project", "person"],
                condition=Q(current=True, person__isnull=False),
                name="one_current_account_of_a_person",
            ),
            # A salary goes to the account that the person gave.
            models.CheckConstraint(
                condition=Q(person=None) | Q(person=F("entered_by")), name="own_account_entered_oneself"
            ),
            models.CheckConstraint(condition=Q(CuitFunction("cuit")), name="payee_cuit_check_digit"),
            models.CheckConstraint(condition=Q(CbuFunction("cbu")), name="payee_cbu_check_digits"),
            models.CheckConstraint(
                condition=Q(checked_by=None, checked_at=None)
                | Q(checked_by__isnull=False, checked_at__isnull=False),
                name="payee_check_whole",
            ),
            models.CheckConstraint(
                condition=Q(checked_by=None) | ~Q(checked_by=F("entered_by")), name="payee_checked_by_another"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_checked(self) -> bool:
        return self.checked_at is not None

    @property
    def open_stop(self):
        """Why nothing is paid to it now; None when nothing stands against it."""
        return self.stops.filter(lifted_at=None).first()

    @property
    def formatted_cuit(self) -> str:
        """30-12345678-1."""
        return stdnum_cuit.format(self.cuit)

    @property
    def formatted_cbu(self) -> str:
        """28505909 40090418135201: the blocks of bank and account."""
        return stdnum_cbu.format(self.cbu)


class Tranche(models.Model):
    """A planned part of the grant, with what it waits for; or a month of the coordinator's salary that was accepted. The
    amount never changes."""

    class Kind(models.TextChoices):
        GRANT = "grant", gettext_lazy("Tranche of the grant")
        SALARY = "salary", gettext_lazy("Salary of the coordinator")

    class Basis(models.TextChoices):
        ADVANCE = "advance", gettext_lazy("Advance, proven afterwards")
        REIMBURSEMENT = "reimbursement", gettext_lazy("Against verified expenses")
        SALARY = "salary", gettext_lazy("A month of the coordinator's salary")

    project = models.ForeignKey(Project, models.PROTECT, related_name="tranches")
    kind = models.CharField(max_length=6, choices=Kind, default=Kind.GRANT, db_default=Kind.GRANT)
    # Of a salary they follow the order in which months were accepted.
    number = models.PositiveSmallIntegerField()
    # Of the grant; a salary is none of its parts.
    percent = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    amount = MoneyField()
    # The number of the report that must be accepted first; 0 is none: it opens when the project starts.
    after_report = models.PositiveSmallIntegerField(default=0)
    # An advance, or against verified expenses; and what an advance waits for besides (grants.conditions).
    basis = models.CharField(max_length=13, choices=Basis, default=Basis.ADVANCE)
    proof_percent = models.DecimalField(max_digits=5, decimal_places=2, default=0)
    needs_surety = models.BooleanField(default=False)
    opened_at = models.DateTimeField(null=True, blank=True)
    cancelled_on = models.DateField(null=True, blank=True)
    version = models.PositiveIntegerField(default=0)

    objects = TrancheQuerySet.as_manager()

    class Meta:
        ordering = ["project_id", "kind", "number"]
        constraints = [
            models.UniqueConstraint(fields=["project", "kind", "number"], name="tranche_once"),
            models.CheckConstraint(
                condition=Q(amount__gt=0)
                & (
                    Q(kind="grant", percent__isnull=False, percent__gt=0, percent__lte=100)
                    | Q(kind="salary", percent=None, after_report=0, opened_at__isnull=False)
                ),
                name="tranche_amount",
            ),
            models.CheckConstraint(
                condition=Q(
                    kind="grant",
                    basis__in=["advance", "reimbursement"],
                    proof_percent__gte=0,
                    proof_percent__lte=100,
                )
                | Q(kind="salary", basis="salary", proof_percent=0, needs_surety=False),
                name="tranche_conditions",
            ),
        ]
        indexes = [
            models.Index(
                fields=["opened_at", "id"],
                condition=Q(opened_at__isnull=False, cancelled_on=None),
                name="tranche_opened",
            )
        ]

    def __str__(self) -> str:
        return f"{self.project} · {self.number}"

    @property
    def case(self) -> Case:
        return self.project.case

    @property
    def is_salary(self) -> bool:
        return self.kind == self.Kind.SALARY

    @property
    def name(self) -> str:
        """Which one it is, in words."""
        if self.is_salary:
            month = self.salary
            return _("Salary of month %(number)s, %(person)s") % {
                "number": month.number,
                "person": month.person,
            }
        return _("Tranche %(number)s") % {"number": self.number}

    @property
    def payee(self) -> "Payee | None":
        """Who is to be paid: who earned the salary, else who is paid for the project."""
        return self.salary.payee if self.is_salary else self.project.payee

    @property
    def condition(self) -> str:
        """What it waits for, in words."""
        if self.is_salary:
            return _("Invoice and note were accepted")
        return condition(
            self.after_report,
            proof_percent=self.proof_percent,
            needs_surety=self.needs_surety,
            basis=self.basis,
        )

    @property
    def last_disbursement(self) -> "Disbursement | None":
        """The newest payment of it, whatever became of it (prefetch `disbursements` for lists)."""
        return max(self.disbursements.all(), key=lambda row: row.pk, default=None)

    @property
    def state(self) -> str:
        """planned, open, ordered, paid, failed or cancelled: a failed payment may be ordered again."""
        last = self.last_disbursement
        if last and last.status in Disbursement.LIVE:
            return last.status
        if self.cancelled_on:
            return "cancelled"
        if self.opened_at is None:
            return "planned"
        return "failed" if last and last.status == Disbursement.Status.FAILED else "open"

    @property
    def state_label(self) -> str:
        return {
            "planned": _("Planned"),
            "open": _("Open: ready to order"),
            "ordered": _("Ordered"),
            "paid": _("Paid"),
            "failed": _("The payment failed"),
            "cancelled": _("Cancelled"),
        }[self.state]

    def roles_of(self, user) -> frozenset[Role]:
        return self.project.roles_of(user)


class Disbursement(models.Model):
    """A payment of one tranche: ordered by one finance officer, confirmed by another. What was paid never changes."""

    class Status(models.TextChoices):
        ORDERED = "ordered", pgettext_lazy("payment", "Ordered")
        PAID = "paid", pgettext_lazy("payment", "Paid")
        FAILED = "failed", pgettext_lazy("payment", "Failed")
        CANCELLED = "cancelled", pgettext_lazy("payment", "Cancelled")

    # They count against the approved amount; one at most for a tranche.
    LIVE = LIVE

    tranche = models.ForeignKey(Tranche, models.PROTECT, related_name="disbursements")
    payee = models.ForeignKey(Payee, models.PROTECT, related_name="disbursements")
    amount = MoneyField()
    status = models.CharField(max_length=10, choices=Status, default=Status.ORDERED)
    version = models.PositiveIntegerField(default=0)
    ordered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    ordered_at = models.DateTimeField()
    # Who confirmed that it was paid, with what the Treasury says of it.
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    confirmed_at = models.DateTimeField(null=True, blank=True)
    treasury_number = models.CharField(
        gettext_lazy("Number of the Treasury's order"), max_length=40, blank=True
    )
    treasury_date = models.DateField(gettext_lazy("Date of the Treasury's order"), null=True, blank=True)
    gross = MoneyField(gettext_lazy("Gross amount"), null=True, blank=True)
    withheld = MoneyField(gettext_lazy("Withheld"), null=True, blank=True)
    net = MoneyField(gettext_lazy("Net amount, as it was credited"), null=True, blank=True)
    # Why it failed or was cancelled, and when.
    reason = models.CharField(gettext_lazy("Reason"), max_length=500, blank=True)
    unpaid_at = models.DateTimeField(null=True, blank=True)

    objects = DisbursementQuerySet.as_manager()

    class Meta:
        ordering = ["-ordered_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["ordered", "paid", "failed", "cancelled"]), name="disbursement_state"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="disbursement_amount"),
            # PROGRAMME 6.5: no tranche is paid twice.
            models.UniqueConstraint(
                fields=["tranche"],
                condition=Q(status__in=["ordered", "paid"]),
                name="one_live_disbursement",
            ),
            # PROGRAMME 3: nobody confirms a disbursement that they ordered.
            models.CheckConstraint(
                condition=Q(confirmed_by=None) | ~Q(confirmed_by=F("ordered_by")),
                name="confirmed_by_another",
            ),
            models.CheckConstraint(
                condition=~Q(status="paid")
                | Q(
                    confirmed_by__isnull=False,
                    confirmed_at__isnull=False,
                    treasury_date__isnull=False,
                    gross__isnull=False,
                    withheld__isnull=False,
                    net__isnull=False,
                )
                & ~Q(treasury_number=""),
                name="paid_by_the_treasury",
            ),
            models.CheckConstraint(
                condition=Q(gross=None, withheld=None, net=None)
                | Q(
                    gross__isnull=False,
                    withheld__isnull=False,
                    net__isnull=False,
                    gross=F("amount"),
                    withheld__gte=0,
                    withheld__lte=F("gross"),
                    net=F("gross") - F("withheld"),
                ),
                name="disbursement_adds_up",
            ),
            models.UniqueConstraint(
                fields=["treasury_number", "treasury_date"],
                condition=Q(status="paid"),
                name="treasury_order_once",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["failed", "cancelled"]) | ~Q(reason=""),
                name="unpaid_says_why",
            ),
        ]
        indexes = [models.Index(fields=["status", "-ordered_at", "-id"], name="disbursement_by_state")]

    def __str__(self) -> str:
        return f"{self.tranche} {self.status}"

    @property
    def case(self) -> Case:
        return self.tranche.project.case

    @property
    def project(self) -> Project:
        return self.tranche.project

    def roles_of(self, user) -> frozenset[Role]:
        return self.tranche.project.roles_of(user)
