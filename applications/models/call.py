"""A call and everything that it sets: rules are data of the call, not code (PROGRAMME 4)."""

from decimal import Decimal

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.permissions import roles_on_case
from accounts.roles import Role
from applications.querysets import CallQuerySet
from core import bilingual
from core.models import Case
from core.money import MoneyField, cents
from groups.models import Sector
from groups.provinces import Province

WHOLE = Decimal(100)  # per cent


class Line(models.TextChoices):
    """The programme's lines of action (PROGRAMME 1)."""

    PARTNERSHIP = "partnership", _("New partnerships among firms")
    JOINT_INVESTMENT = "joint_investment", _("Joint investment")
    GRANT = "grant", _("Non-refundable grant")


class BudgetCategory(models.TextChoices):
    """What money may be asked for (PROGRAMME 1)."""

    FIXED_INVESTMENT = "fixed_investment", _("Fixed investment")
    INNOVATION = "innovation", _("Innovation")
    SOFT_TECHNOLOGY = "soft_technology", _("Soft technology")
    COORDINATION = "coordination", _("Coordination (the coordinator's salary)")


def counterpart_in_money() -> list[str]:
    """The kinds of counterpart of a call that does not say more."""
    return ["money"]


class Call(models.Model):
    """The programme's invitation to apply."""

    class Status(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("call", "Draft")
        PUBLISHED = "published", pgettext_lazy("call", "Published")
        WOUND_UP = "wound_up", pgettext_lazy("call", "Wound up")
        CANCELLED = "cancelled", pgettext_lazy("call", "Cancelled")

    class Payment(models.TextChoices):
        ADVANCE = "advance", _("Advance, proven later")
        REIMBURSEMENT = "reimbursement", _("Reimbursement of proven expenses")

    class Intake(models.TextChoices):
        CLOSING = "closing", _("Until a closing day")
        ARRIVAL = "arrival", _("In order of arrival, until the money ends")
        CUTS = "cuts", _("By dated cuts, until the money ends")

    class Confirmations(models.TextChoices):
        ALL = "all", _("Every firm confirms")
        QUORUM = "quorum", _("A part of the firms confirms")
        NONE = "none", _("No firm has to confirm")

    class Counterpart(models.TextChoices):
        MONEY = "money", _("Money")
        IN_KIND = "in_kind", _("In kind: hours, use of machines and rooms")

    class ReducedCounterpart(models.TextChoices):
        AS_OFFERED = "as_offered", _("The group puts in what it offered")
        MINIMUM = "minimum", _("The group may put in less, down to its smallest share")

    class Tie(models.TextChoices):
        ARRIVAL = "arrival", _("The one that arrived first")
        CRITERION = "criterion", _("The higher score in the first criterion, then arrival")
        AMOUNT = "amount", _("The one that asks for less, then arrival")

    class Spread(models.TextChoices):
        REVIEW = "review", _("One more review")
        CONSENSUS = "consensus", _("The reviewers meet and agree")

    class ExpensesFrom(models.TextChoices):
        SUBMISSION = "submission", _("The day of the submission")
        APPROVAL = "approval", _("The day of the approval")
        AGREEMENT = "agreement", _("The first day of the project")

    class Payee(models.TextChoices):
        ONE = "one", _("One administrator for all")
        EACH = "each", _("Each firm for its own costs")

    case = models.OneToOneField(Case, models.PROTECT, related_name="call")
    code = models.CharField(_("Code"), max_length=20, unique=True)
    line = models.CharField(_("Line of action"), max_length=20, choices=Line)
    title_en = models.CharField(_("Title in English"), max_length=200)
    title_es = models.CharField(_("Title in Spanish"), max_length=200)
    text_en = models.TextField(_("Text in English"))
    text_es = models.TextField(_("Text in Spanish"))
    status = models.CharField(max_length=12, choices=Status, default=Status.DRAFT)
    version = models.PositiveIntegerField(default=0)
    opens_at = models.DateTimeField(_("Opens"))
    closes_at = models.DateTimeField(_("Closes"), null=True, blank=True)
    # Without a closing day, applications are decided in order of arrival or by the dated cuts (CallCut).
    intake = models.CharField(
        _("How applications come in"), max_length=8, choices=Intake, default=Intake.CLOSING
    )
    envelope = MoneyField(_("Envelope of money"))
    # Rules of eligibility
    min_firms = models.PositiveSmallIntegerField(_("Smallest number of SMEs"), default=5)
    others_admitted = models.BooleanField(
        _("Firms that are not SMEs may belong, at no cost to it"), default=True
    )
    provinces = ArrayField(models.CharField(max_length=4, choices=Province), default=list, blank=True)
    sectors = models.ManyToManyField(Sector, blank=True, related_name="calls")
    min_group_months = models.PositiveSmallIntegerField(_("Smallest age of the group, in months"), default=0)
    needs_prior_support = models.BooleanField(_("Needs earlier support by the State"), default=False)
    joint_work_proof = models.BooleanField(_("Asks for proof of joint work"), default=False)
    certificate_accepted = models.BooleanField(_("A valid MiPyME certificate shows the size"), default=True)
    confirmations = models.CharField(
        _("Which firms have to confirm"), max_length=6, choices=Confirmations, default=Confirmations.NONE
    )
    # Of the firms, in per cent; counts only with a quorum.
    quorum = models.PositiveSmallIntegerField(_("Quorum, % of the firms"), default=80)
    # Plan and money
    months = models.PositiveSmallIntegerField(_("Length in months"), default=12)
    max_per_project = MoneyField(_("Highest amount per project"))
    max_per_firm = MoneyField(_("Highest amount per firm"), null=True, blank=True)
    max_share = models.DecimalField(_("Highest share of the programme, %"), max_digits=5, decimal_places=2)
    # Limits per category: {"fixed_investment": "50.00"}; what is not here has the call's share, and a salary 100 %.
    share_by_category = models.JSONField(default=dict, blank=True)
    categories = ArrayField(models.CharField(max_length=20, choices=BudgetCategory), default=list)
    salary_per_month = MoneyField(_("Coordinator's salary per month"), null=True, blank=True)
    salary_cap = MoneyField(_("Cap of the salary in the whole"), null=True, blank=True)
    # A month's salary also waits while a report of the coordinator is late.
    salary_waits_for_report = models.BooleanField(
        _("The salary waits while a report is late"), default=False, db_default=False
    )
    # Besides both signatures in the system, before a project starts.
    agreement_copies = models.BooleanField(
        _("Signed copies of the agreement are kept on file"), default=False, db_default=False
    )
    firms_sign = models.BooleanField(
        _("Every firm signs the agreement, or a mandate"), default=False, db_default=False
    )
    payment = models.CharField(_("How it is paid"), max_length=13, choices=Payment, default=Payment.ADVANCE)
    payee = models.CharField(_("Who is paid"), max_length=4, choices=Payee, default=Payee.ONE)
    counterpart_kinds = ArrayField(
        models.CharField(max_length=7, choices=Counterpart), default=counterpart_in_money
    )
    # Of the counterpart, in per cent.
    in_kind_cap = models.DecimalField(
        _("Most of the counterpart in kind, %"), max_digits=5, decimal_places=2, default=0
    )
    reduced_counterpart = models.CharField(
        _("If less is approved than asked"),
        max_length=10,
        choices=ReducedCounterpart,
        default=ReducedCounterpart.AS_OFFERED,
    )
    vat_eligible = models.BooleanField(_("VAT counts as a cost"), default=False)
    expenses_from = models.CharField(
        _("Expenses count from"), max_length=10, choices=ExpensesFrom, default=ExpensesFrom.AGREEMENT
    )
    # From which cost on a line needs quotes, and how many; null where the call asks for none.
    quotes_from = MoneyField(_("Quotes are asked from a cost of"), null=True, blank=True)
    quotes_needed = models.PositiveSmallIntegerField(_("How many quotes"), default=0)
    # Of one voucher; null where it does not matter how it was paid.
    cash_limit = MoneyField(_("Most of a voucher in cash"), null=True, blank=True)
    # The update clause: all three or none. The base month is its first day; the cap bounds all updates of a project together.
    update_index = models.ForeignKey(
        "applications.PriceIndex",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="calls",
        verbose_name=_("Index that amounts follow"),
    )
    update_base_month = models.DateField(_("Month of the prices"), null=True, blank=True)
    update_cap = models.DecimalField(
        _("Most that amounts rise, %"), max_digits=5, decimal_places=2, null=True, blank=True
    )
    # Reviews
    reviews_needed = models.PositiveSmallIntegerField(_("Reviews of each application"), default=2)
    pass_mark = models.DecimalField(max_digits=5, decimal_places=2, default=60)
    # Points of spread between reviews that call for one more; null where the call does not use it.
    max_spread = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    spread_asks = models.CharField(
        _("Where reviews lie too far apart"), max_length=9, choices=Spread, default=Spread.REVIEW
    )
    # Who decides on reconsiderations; null: whoever decided what is to be reconsidered.
    reconsidered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("Who decides on reconsiderations"),
    )
    tie_rule = models.CharField(
        _("Equal scores: who comes first"), max_length=9, choices=Tie, default=Tie.ARRIVAL
    )
    # Dates and days
    working_days = models.BooleanField(_("Days are working days"), default=False)
    final_report_due_days = models.PositiveSmallIntegerField(default=30)
    report_every_months = models.PositiveSmallIntegerField(default=3)
    report_due_days = models.PositiveSmallIntegerField(default=10)
    # How often and for how long machines are looked at; null where the officer of each project says it.
    check_every_months = models.PositiveSmallIntegerField(
        _("Machines are looked at every so many months"), null=True, blank=True
    )
    check_years = models.PositiveSmallIntegerField(
        _("For how many years machines are looked at"), null=True, blank=True
    )
    days_to_check = models.PositiveSmallIntegerField(default=10, help_text="For eligibility")
    days_to_answer = models.PositiveSmallIntegerField(default=10)
    days_to_reconsider = models.PositiveSmallIntegerField(default=10)
    days_to_appoint = models.PositiveSmallIntegerField(default=30)
    days_to_sign = models.PositiveSmallIntegerField(default=30)
    days_to_review = models.PositiveSmallIntegerField(default=15)
    days_to_decide = models.PositiveSmallIntegerField(default=15)
    points_behind = models.PositiveSmallIntegerField(
        default=15, help_text="Percentage points behind plan from which a reason is due"
    )
    tolerance = models.DecimalField(
        max_digits=5, decimal_places=2, default=10, help_text="% between budget lines"
    )

    objects = CallQuerySet.as_manager()

    class Meta:
        ordering = ["-opens_at", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(min_firms__gte=5), name="five_firms_or_more"),
            models.CheckConstraint(
                condition=Q(closes_at=None) | Q(closes_at__gt=F("opens_at")), name="closes_after_opening"
            ),
            models.CheckConstraint(
                condition=Q(max_share__gt=0, max_share__lte=100), name="call_share_percent"
            ),
            # A draft may still lack its amounts.
            models.CheckConstraint(
                condition=Q(envelope__gte=0, max_per_project__gte=0)
                & (Q(status="draft") | Q(max_per_project__gt=0)),
                name="call_money",
            ),
            models.CheckConstraint(condition=Q(months__range=(1, 36)), name="call_months"),
            # PROGRAMME 1 and 4: what a line of action fixes for each of its calls.
            models.CheckConstraint(
                condition=~Q(line="partnership") | Q(months=12), name="partnership_takes_a_year"
            ),
            models.CheckConstraint(
                condition=Q(line="partnership") | ~Q(categories__contains=["coordination"]),
                name="salary_only_in_partnership",
            ),
            models.CheckConstraint(
                condition=~Q(line="joint_investment") | Q(needs_prior_support=True),
                name="joint_investment_needs_support",
            ),
            models.CheckConstraint(
                condition=Q(update_index=None, update_base_month=None, update_cap=None)
                | Q(update_index__isnull=False, update_base_month__isnull=False, update_base_month__day=1)
                & Q(update_cap__isnull=False, update_cap__gt=0),
                name="call_update_clause_whole",
            ),
            models.CheckConstraint(condition=Q(reviews_needed__gte=1), name="call_reviews"),
            models.CheckConstraint(condition=Q(quorum__range=(1, 100)), name="call_quorum"),
            models.CheckConstraint(condition=Q(in_kind_cap__range=(0, 100)), name="call_in_kind_cap"),
            models.CheckConstraint(
                condition=Q(check_every_months=None, check_years=None)
                | Q(check_every_months__range=(1, 36), check_years__range=(1, 20)),
                name="call_checks_of_machines",
            ),
            models.CheckConstraint(
                condition=Q(intake="closing") | Q(closes_at=None), name="closing_day_only_with_intake"
            ),
        ]

    @property
    def asks_to_meet(self) -> bool:
        """Whether reviewers who lie too far apart meet and agree, instead of one more who reviews."""
        return self.max_spread is not None and self.spread_asks == self.Spread.CONSENSUS

    def __str__(self) -> str:
        return f"{self.code} · {self.title}"

    @property
    def title(self) -> str:
        return bilingual.text(self, "title")

    @property
    def text(self) -> str:
        return bilingual.text(self, "text")

    def is_open(self, now) -> bool:
        """Published, begun and not closed at this moment."""
        return (
            self.status == self.Status.PUBLISHED
            and self.opens_at <= now
            and (self.closes_at is None or now <= self.closes_at)
        )

    def share_of(self, category: str) -> Decimal:
        """The highest share of the programme in a category, in per cent. A salary is paid whole unless the call
        says otherwise (PROGRAMME 10)."""
        usual = WHOLE if category == BudgetCategory.COORDINATION else self.max_share
        return Decimal(self.share_by_category.get(category, usual))

    def highest_share(self, category: str, cost: Decimal) -> Decimal:
        """What the programme may pay at most of a cost of this category, in pesos."""
        return cents(cost * self.share_of(category) / WHOLE)

    def roles_of(self, user) -> frozenset[Role]:
        """Staff roles only: nobody holds a role of a call."""
        return roles_on_case(user, group_roles=(), case_id=self.case_id)
