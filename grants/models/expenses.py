"""What a project proves that it spent: its expenses, how each was paid, what was credited (PROGRAMME 5, 10).

What an expense counts for is worked out in grants.expenses.counting; what the database refuses (PROGRAMME 6.7, and an
invoice charged above 100 %) stands in the migrations.
"""

from decimal import Decimal

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Round
from django.utils.translation import gettext_lazy, pgettext_lazy
from stdnum.ar import cuit as stdnum_cuit

from accounts.roles import Role
from core.models import Case, Document
from core.money import MoneyField
from grants.expenses.counting import Amounts, Paid
from grants.models.project import BaselineLine, Project
from grants.models.statements import Statement
from grants.querysets import ExpenseQuerySet
from groups.models import Firm
from groups.models.firm import CuitFunction


class Expense(models.Model):
    """What one invoice, or one record of a counterpart in kind, charges to one budget line."""

    class Status(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("expense", "Draft")
        SUBMITTED = "submitted", pgettext_lazy("expense", "Submitted")
        QUERIED = "queried", pgettext_lazy("expense", "Queried")
        VERIFIED = "verified", pgettext_lazy("expense", "Verified")
        REJECTED = "rejected", pgettext_lazy("expense", "Rejected")

    class Kind(models.TextChoices):
        """As the tax authority names vouchers; a record is the group's own, of a counterpart in kind."""

        INVOICE_A = "A", gettext_lazy("Invoice A")
        INVOICE_B = "B", gettext_lazy("Invoice B")
        INVOICE_C = "C", gettext_lazy("Invoice C")
        INVOICE_M = "M", gettext_lazy("Invoice M")
        INVOICE_E = "E", gettext_lazy("Invoice E, or of a supplier abroad")
        RECEIPT = "receipt", pgettext_lazy("voucher", "Receipt")
        TICKET = "ticket", gettext_lazy("Till receipt")
        RECORD = "record", gettext_lazy("Record of a counterpart in kind")

    class BuyerVat(models.TextChoices):
        REGISTERED = "registered", gettext_lazy("Registered: gets the VAT back")
        SIMPLIFIED = "simplified", gettext_lazy("Simplified regime (monotributo)")
        EXEMPT = "exempt", gettext_lazy("Exempt")
        FINAL = "final", gettext_lazy("Final consumer")

    class Currency(models.TextChoices):
        ARS = "ARS", gettext_lazy("Pesos")
        USD = "USD", gettext_lazy("US dollars")
        EUR = "EUR", gettext_lazy("Euros")
        BRL = "BRL", gettext_lazy("Reais")

    # What the tax authority calls invoices: they have a point of sale and its authorisation.
    INVOICES = (Kind.INVOICE_A, Kind.INVOICE_B, Kind.INVOICE_C, Kind.INVOICE_M)

    statement = models.ForeignKey(Statement, models.PROTECT, related_name="expenses")
    line = models.ForeignKey(
        BaselineLine, models.PROTECT, related_name="expenses", verbose_name=gettext_lazy("Budget line")
    )
    # Whose benefit it is, whoever bought it; none: of all of them.
    firm = models.ForeignKey(
        Firm,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=gettext_lazy("For which firm"),
    )
    description = models.CharField(gettext_lazy("What was bought or given"), max_length=200)
    kind = models.CharField(gettext_lazy("Kind of voucher"), max_length=8, choices=Kind)
    supplier_name = models.CharField(gettext_lazy("Supplier"), max_length=200, blank=True)
    supplier_cuit = models.CharField(gettext_lazy("CUIT of the supplier"), max_length=11, blank=True)
    # A supplier abroad has a number of its own country.
    supplier_abroad = models.CharField(
        gettext_lazy("Tax number of a supplier abroad"), max_length=40, blank=True
    )
    point_of_sale = models.PositiveIntegerField(
        gettext_lazy("Point of sale"), null=True, blank=True, validators=[MaxValueValidator(99999)]
    )
    number = models.CharField(gettext_lazy("Number"), max_length=20, blank=True)
    issued_on = models.DateField(gettext_lazy("Date of the voucher"))
    # Of a counterpart in kind: the last day on which it was given; `issued_on` is the first.
    until_on = models.DateField(gettext_lazy("Until"), null=True, blank=True)
    cae = models.CharField(
        gettext_lazy("CAE (authorisation code)"),
        max_length=14,
        blank=True,
        validators=[RegexValidator(r"^\d{14}$", gettext_lazy("A CAE has 14 digits."))],
    )
    buyer_cuit = models.CharField(gettext_lazy("CUIT of the buyer"), max_length=11, blank=True)
    buyer_vat = models.CharField(
        gettext_lazy("VAT status of the buyer on that day"), max_length=10, choices=BuyerVat, blank=True
    )
    currency = models.CharField(
        gettext_lazy("Currency"), max_length=3, choices=Currency, default=Currency.ARS
    )
    rate = models.DecimalField(
        gettext_lazy("Pesos for one unit"),
        max_digits=14,
        decimal_places=4,
        default=Decimal(1),
        validators=[MinValueValidator(Decimal("0.0001"))],
    )
    rate_source = models.CharField(gettext_lazy("Source of the rate"), max_length=100, blank=True)
    rate_on = models.DateField(gettext_lazy("Day of the rate"), null=True, blank=True)
    # In the currency of the voucher.
    net = MoneyField(gettext_lazy("Net amount"))
    tax = MoneyField(gettext_lazy("VAT and other taxes that are a cost"), default=Decimal(0))
    perceptions = MoneyField(gettext_lazy("Perceptions"), default=Decimal(0))
    # Of a counterpart in kind: net is quantity × what one is worth.
    quantity = models.DecimalField(
        gettext_lazy("Hours, days or uses"), max_digits=10, decimal_places=2, null=True, blank=True
    )
    unit_value = MoneyField(gettext_lazy("What one of them is worth"), null=True, blank=True)
    # Whether the tax is a cost, by the call and by who bought, when it was written down.
    tax_counts = models.BooleanField(default=False)
    total = models.GeneratedField(
        expression=Round(F("net") * F("rate"), 2)
        + Round(F("tax") * F("rate"), 2)
        + Round(F("perceptions") * F("rate"), 2),
        output_field=MoneyField(),
        db_persist=True,
    )
    programme_share = MoneyField(gettext_lazy("Charged to the programme"))
    group_share = MoneyField(gettext_lazy("Charged to the group"), default=Decimal(0))
    # What corrects a rejected one shows the same paper.
    document = models.ForeignKey(Document, models.PROTECT, null=True, blank=True, related_name="+")
    # What the QR code of its paper says (grants.expenses.qr), and the fields that are as it says.
    qr = models.JSONField(null=True, blank=True)
    from_qr = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    status = models.CharField(max_length=10, choices=Status, default=Status.DRAFT)
    version = models.PositiveIntegerField(default=0)
    # What finance asked or why it was rejected; what the group answered.
    remark = models.CharField(gettext_lazy("Remark"), max_length=1000, blank=True)
    answer = models.CharField(gettext_lazy("Answer"), max_length=1000, blank=True)
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    checked_at = models.DateTimeField(null=True, blank=True)
    # Why an officer lets a supplier stand who is a member, a linked firm or the coordinator.
    related_ground = models.CharField(max_length=1000, blank=True)
    related_ground_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    # The rejected one of an earlier statement that it corrects.
    corrects = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="corrected_by"
    )

    objects = ExpenseQuerySet.as_manager()

    class Meta:
        ordering = ["issued_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["draft", "submitted", "queried", "verified", "rejected"]),
                name="expense_state",
            ),
            models.CheckConstraint(
                condition=Q(net__gt=0, tax__gte=0, perceptions__gte=0, rate__gt=0), name="expense_amounts"
            ),
            models.CheckConstraint(
                condition=Q(programme_share__gte=0, group_share__gte=0)
                & (Q(programme_share__gt=0) | Q(group_share__gt=0)),
                name="expense_charges_something",
            ),
            models.CheckConstraint(
                condition=Q(supplier_cuit="") | Q(CuitFunction("supplier_cuit")),
                name="supplier_cuit_check_digit",
            ),
            models.CheckConstraint(
                condition=Q(buyer_cuit="") | Q(CuitFunction("buyer_cuit")), name="buyer_cuit_check_digit"
            ),
            # A voucher says whose it is and which one.
            models.CheckConstraint(
                condition=Q(kind="record")
                | (~Q(number="") & ~Q(supplier_name="") & (~Q(supplier_cuit="") | ~Q(supplier_abroad=""))),
                name="voucher_says_whose",
            ),
            # A counterpart in kind is the group's own, and is worth quantity × value.
            models.CheckConstraint(
                condition=~Q(kind="record")
                | Q(
                    firm__isnull=False,
                    until_on__isnull=False,
                    until_on__gte=F("issued_on"),
                    programme_share=0,
                    tax=0,
                    perceptions=0,
                    currency="ARS",
                    quantity__isnull=False,
                    unit_value__isnull=False,
                    net=Round(F("quantity") * F("unit_value"), 2),
                ),
                name="in_kind_adds_up",
            ),
            models.CheckConstraint(
                condition=Q(currency="ARS", rate=1)
                | (~Q(currency="ARS") & ~Q(rate_source="") & Q(rate_on__isnull=False)),
                name="foreign_money_has_its_rate",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["verified", "rejected"])
                | Q(checked_by__isnull=False, checked_at__isnull=False),
                name="expense_judged_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["queried", "rejected"]) | ~Q(remark=""),
                name="expense_remark_says_why",
            ),
            models.CheckConstraint(
                condition=Q(related_ground="", related_ground_by=None)
                | (~Q(related_ground="") & Q(related_ground_by__isnull=False)),
                name="related_ground_of_somebody",
            ),
        ]
        indexes = [
            # Where else an invoice stands.
            models.Index(
                fields=["supplier_cuit", "number", "point_of_sale", "kind"], name="expense_by_voucher"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.supplier_name or self.description} {self.number}"

    @property
    def case(self) -> Case:
        return self.statement.case

    @property
    def project(self) -> Project:
        return self.statement.project

    @property
    def is_to_judge(self) -> bool:
        """Neither verified nor rejected: what the rules say of it can still change."""
        return self.status in (self.Status.DRAFT, self.Status.SUBMITTED, self.Status.QUERIED)

    @property
    def waits_to_be_judged(self) -> bool:
        """Handed in, and neither verified nor rejected; also while something is asked about it."""
        return self.status in (self.Status.SUBMITTED, self.Status.QUERIED)

    @property
    def may_be_written(self) -> bool:
        """The group may still change it: it was not handed in, or something was asked about it."""
        return self.status in (self.Status.DRAFT, self.Status.QUERIED)

    @property
    def is_in_kind(self) -> bool:
        return self.kind == self.Kind.RECORD

    @property
    def whose(self) -> str:
        """Who sold it, or which firm gave it."""
        return self.supplier_name or (self.firm.name if self.firm else "")

    @property
    def charged(self) -> Decimal:
        """Both shares."""
        return self.programme_share + self.group_share

    @property
    def amounts(self) -> Amounts:
        """What the voucher says, in pesos, without what was credited."""
        return Amounts(self.net, self.tax, self.perceptions).in_pesos(self.rate)

    @property
    def formatted_number(self) -> str:
        """0003-00001234."""
        if not self.number.isdecimal() or self.point_of_sale is None:
            return self.number
        return f"{self.point_of_sale:05d}-{int(self.number):08d}"

    @property
    def formatted_cuit(self) -> str:
        """30-12345678-1, or the number of a supplier abroad."""
        return stdnum_cuit.format(self.supplier_cuit) if self.supplier_cuit else self.supplier_abroad

    @property
    def formatted_buyer(self) -> str:
        """30-12345678-1; "" when nobody said."""
        return stdnum_cuit.format(self.buyer_cuit) if self.buyer_cuit else ""

    def roles_of(self, user) -> frozenset[Role]:
        return self.statement.roles_of(user)


class CreditNote(models.Model):
    """What a supplier gave back of an invoice, in the invoice's currency."""

    expense = models.ForeignKey(Expense, models.CASCADE, related_name="credit_notes")
    number = models.CharField(gettext_lazy("Number of the credit note"), max_length=20)
    issued_on = models.DateField(gettext_lazy("Date of the credit note"))
    net = MoneyField(gettext_lazy("Net amount"))
    tax = MoneyField(gettext_lazy("VAT and other taxes that are a cost"), default=Decimal(0))
    perceptions = MoneyField(gettext_lazy("Perceptions"), default=Decimal(0))

    class Meta:
        ordering = ["issued_on", "id"]
        constraints = [
            models.UniqueConstraint(fields=["expense", "number"], name="credit_note_once"),
            models.CheckConstraint(
                condition=Q(net__gte=0, tax__gte=0, perceptions__gte=0)
                & (Q(net__gt=0) | Q(tax__gt=0) | Q(perceptions__gt=0)),
                name="credit_note_amounts",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class ExpensePayment(models.Model):
    """One payment of an expense, with what was withheld of it for the tax authority. In pesos."""

    class Means(models.TextChoices):
        TRANSFER = "transfer", gettext_lazy("Bank transfer")
        CARD = "card", gettext_lazy("Card")
        CHEQUE = "cheque", gettext_lazy("Cheque")
        CASH = "cash", gettext_lazy("Cash")

    expense = models.ForeignKey(Expense, models.CASCADE, related_name="payments")
    paid_on = models.DateField(gettext_lazy("Date of the payment"))
    means = models.CharField(gettext_lazy("Means"), max_length=8, choices=Means)
    account = models.CharField(gettext_lazy("Account or reference"), max_length=60, blank=True)
    amount = MoneyField(gettext_lazy("Amount paid"))
    withheld = MoneyField(gettext_lazy("Tax withheld"), default=Decimal(0))
    certificate = models.CharField(gettext_lazy("Certificate of the withholding"), max_length=40, blank=True)

    class Meta:
        ordering = ["paid_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gte=0, withheld__gte=0) & (Q(amount__gt=0) | Q(withheld__gt=0)),
                name="expense_payment_amounts",
            ),
            models.CheckConstraint(
                condition=Q(withheld=0) | ~Q(certificate=""), name="withholding_has_certificate"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.paid_on} {self.amount}"

    @property
    def as_paid(self) -> Paid:
        """For the counting."""
        return Paid(self.amount, self.withheld, in_cash=self.means == self.Means.CASH)
