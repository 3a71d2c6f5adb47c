"""Forms of expenses: a voucher, a counterpart in kind. What goes with one is grants.expenses.part_forms.

What the rules say (grants.expenses.checks) stands at its field, in the same words as on the page.
"""

import datetime as dt
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.models import BudgetCategory
from core.forms import (
    DateField,
    DocumentField,
    ModelForm,
    MoneyField,
    NumberField,
    WholeNumberField,
)
from core.money import ZERO, cents
from grants.expenses import qr
from grants.expenses.books import Books
from grants.expenses.checks import findings
from grants.models import BaselineLine, Expense, ExpensePayment, Statement
from groups.forms.firms import CuitField
from groups.models import Firm

# Asked on the page of the expense, not while it is written; what the QR code says has its own place in the form.
LATER = (
    "it_is_shown",
    "it_is_paid",
    "supplier_is_another",
    "voucher_is_ours",
    "voucher_is_authorised",
    "quotes_are_shown",
    "qr_agrees",
)

VOUCHER_KINDS = [choice for choice in Expense.Kind.choices if choice[0] != Expense.Kind.RECORD]


def none_is_zero(form: forms.BaseForm, *names: str) -> None:
    """An amount that is left empty is none."""
    for name in names:
        if name not in form.errors and form.cleaned_data.get(name) is None:
            form.cleaned_data[name] = ZERO


class _ExpenseForm(ModelForm):
    """What both kinds share: the line, whose it is, and the rules."""

    # Rows of one table are judged together, each beside those above it.
    judged_later = False

    line = forms.ModelChoiceField(
        BaselineLine.objects.none(),
        label=gettext_lazy("Budget line"),
        empty_label=gettext_lazy("- Select an option -"),
    )
    firm = forms.ModelChoiceField(
        Firm.objects.none(),
        label=gettext_lazy("For which firm"),
        required=False,
        empty_label=gettext_lazy("For all of them"),
    )

    def __init__(
        self, *args: Any, statement: Statement, today: dt.date, books: Books | None = None, **kwargs: Any
    ):
        super().__init__(*args, **kwargs)
        self.statement = statement
        self.books = books or Books(statement.project, today)
        self.instance.statement = statement
        line, firm = self.fields["line"], self.fields["firm"]
        assert isinstance(line, forms.ModelChoiceField)
        assert isinstance(firm, forms.ModelChoiceField)
        line.queryset = self.lines()
        line.label_from_instance = lambda row: f"{row.get_category_display()}: {row.description}"  # type: ignore[method-assign, assignment]
        members = statement.project.group.memberships.values("firm")
        firm.queryset = Firm.objects.filter(pk__in=members).order_by("name")
        firm.label_from_instance = lambda row: row.name  # type: ignore[method-assign, assignment]

    def lines(self) -> Any:
        return self.statement.project.lines.all()

    def validate_constraints(self) -> None:
        """Nothing: the rules have said it in words, and the database refuses what they say."""

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        if not self.errors and not self.judged_later:
            self.say_findings()

    def say_findings(self) -> None:
        """What the rules say against it, at its field."""
        for each in findings(self.instance, self.books, without=LATER):
            if each.fails:
                self.add_error(each.field if each.field in self.fields else None, each.sentence)


class VoucherForm(_ExpenseForm):
    """An invoice, a receipt, a till receipt."""

    kind = forms.ChoiceField(
        label=gettext_lazy("Kind of voucher"),
        choices=[
            ("", gettext_lazy("- Select an option -")),
            *VOUCHER_KINDS,
        ],
    )
    supplier_cuit = CuitField(
        label=gettext_lazy("CUIT of the supplier"),
        required=False,
        help_text=gettext_lazy("Of a supplier abroad leave it empty."),
    )
    issued_on = DateField(label=gettext_lazy("Date of the voucher"))
    buyer_cuit = CuitField(label=gettext_lazy("CUIT of the buyer"), required=False)
    rate = NumberField(
        label=gettext_lazy("Pesos for one unit"),
        required=False,
        places=4,
        min_value=Decimal("0.0001"),
        max_value=Decimal(10**9),
    )
    rate_on = DateField(label=gettext_lazy("Day of the rate"), required=False)
    net = MoneyField(label=gettext_lazy("Net amount"), min_value=Decimal("0.01"))
    tax = MoneyField(label=gettext_lazy("VAT"), required=False, min_value=ZERO)
    perceptions = MoneyField(
        label=gettext_lazy("Perceptions"),
        required=False,
        min_value=ZERO,
        help_text=gettext_lazy("They never count: the tax authority gives them back."),
    )
    programme_share = MoneyField(
        label=gettext_lazy("Charged to the programme"), required=False, min_value=ZERO
    )
    group_share = MoneyField(label=gettext_lazy("Charged to the group"), required=False, min_value=ZERO)
    voucher = DocumentField(
        label=gettext_lazy("The voucher, as a photograph or PDF"),
        required=False,
        help_text=gettext_lazy(
            "Where it shows the tax authority's QR code, what you leave empty is filled in from that."
        ),
    )
    as_typed = forms.BooleanField(
        label=gettext_lazy("What I typed is right, whatever the QR code says"), required=False
    )
    paid_on = DateField(
        label=gettext_lazy("Paid on"),
        required=False,
        help_text=gettext_lazy("If it was paid whole, in one go. Other payments are added on its page."),
    )
    means = forms.ChoiceField(
        label=gettext_lazy("How it was paid"),
        required=False,
        choices=[("", "—"), *ExpensePayment.Means.choices],
    )

    class Meta:
        model = Expense
        fields = (
            "line",
            "description",
            "kind",
            "supplier_name",
            "supplier_cuit",
            "supplier_abroad",
            "point_of_sale",
            "number",
            "issued_on",
            "cae",
            "buyer_cuit",
            "buyer_vat",
            "currency",
            "rate",
            "rate_source",
            "rate_on",
            "net",
            "tax",
            "perceptions",
            "programme_share",
            "group_share",
            "firm",
        )
        field_classes: ClassVar = {"point_of_sale": WholeNumberField}

    field_order = ("voucher",)
    # Of a supplier abroad, or in other money: most vouchers need none of them.
    SELDOM = ("supplier_abroad", "currency", "rate", "rate_source", "rate_on")

    def __init__(self, *args: Any, said: dict[str, str] | None = None, **kwargs: Any):
        """`said` is what the QR code of the file says that comes with the form."""
        super().__init__(*args, **kwargs)
        self.said, self.contradicted = said, False
        self.fields["supplier_name"].required = True
        self.fields["number"].required = True
        if self.files.get("voucher"):
            self.instance.qr = said
        typed = {name for name in qr.COMPARED if said and str(self.data.get(name) or "") == said.get(name)}
        for name in typed if said else self.instance.from_qr:
            self.fields[name].help_text = _("From the QR code of the voucher.")
        if self.instance.pk:
            del self.fields["paid_on"], self.fields["means"]
        for name in ("rate", "tax", "perceptions", "group_share", "programme_share"):
            if self.initial.get(name) in (ZERO, Decimal(1)):
                self.initial[name] = ""

    def clean_number(self) -> str:
        """Without the point of sale and the zeros in front, so that two ways to write it are one voucher."""
        text = self.cleaned_data["number"].strip()
        return str(int(text)) if text.isascii() and text.isdecimal() else text.upper()

    def clean_rate(self) -> Decimal:
        """Of pesos it is one: none is written."""
        return self.cleaned_data.get("rate") or Decimal(1)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        none_is_zero(self, "tax", "perceptions", "programme_share", "group_share")
        if (
            not data.get("supplier_cuit")
            and not data.get("supplier_abroad")
            and "supplier_cuit" not in self.errors
        ):
            self.add_error(
                "supplier_cuit", _("Say who sold it: the CUIT, or the number of a supplier abroad.")
            )
        if (
            data.get("supplier_cuit")
            and data.get("kind") in Expense.INVOICES
            and not data.get("point_of_sale")
        ):
            self.add_error("point_of_sale", _("An invoice has a point of sale: the figures before the dash."))
        if not data.get("programme_share") and not data.get("group_share") and not self.errors.keys() & {
            "programme_share", "group_share"
        }:  # fmt: skip
            self.add_error("programme_share", _("Say how much of it the programme or the group bears."))
        self._clean_currency(data)
        if bool(data.get("paid_on")) != bool(data.get("means")) and "paid_on" not in self.errors:
            missing = "means" if data.get("paid_on") else "paid_on"
            self.add_error(missing, _("Say both: on which day and how it was paid."))
        return data

    def _clean_currency(self, data: dict[str, Any]) -> None:
        if data.get("currency") == Expense.Currency.ARS:
            data["rate"], data["rate_source"], data["rate_on"] = Decimal(1), "", None
            return
        if "rate" not in self.errors and data.get("rate") == 1:
            self.add_error("rate", _("Say how many pesos one unit was on that day."))
        if not data.get("rate_source"):
            self.add_error("rate_source", _("Say where the rate is from."))
        if not data.get("rate_on") and "rate_on" not in self.errors:
            self.add_error("rate_on", _("Say of which day the rate is."))

    @property
    def usual(self) -> list[Any]:
        """What every voucher is asked for, the file apart."""
        return [each for each in self if each.name not in ("voucher", "as_typed", *self.SELDOM)]

    @property
    def seldom(self) -> list[Any]:
        return [self[name] for name in self.SELDOM]

    @property
    def shows_seldom(self) -> bool:
        """Whether one of them says something, or is wrong."""
        return any(
            each.errors or (each.value() and str(each.value()) != Expense.Currency.ARS)
            for each in self.seldom
        )

    def _post_clean(self) -> None:
        super()._post_clean()
        if self.said and not self.errors and not self.cleaned_data.get("as_typed"):
            self.say_contradictions()

    def say_contradictions(self) -> bool:
        """What was typed and the QR code denies, at its field; answers whether there is any."""
        found = qr.contradictions(self.said, self.instance) if self.said else []
        for name, sentence in found:
            self.add_error(name, sentence)
        self.contradicted = bool(found)
        return self.contradicted

    def payment(self) -> ExpensePayment | None:
        """The one payment with which a new one was paid whole."""
        if not self.cleaned_data.get("paid_on"):
            return None
        return ExpensePayment(
            paid_on=self.cleaned_data["paid_on"],
            means=self.cleaned_data["means"],
            amount=self.instance.amounts.total,
        )


class InKindForm(_ExpenseForm):
    """A counterpart in kind: hours, uses of a machine or a room, with their value and the signed record."""

    description = forms.CharField(label=gettext_lazy("What was given"), max_length=200)
    issued_on = DateField(label=gettext_lazy("From"))
    until_on = DateField(label=gettext_lazy("Until"))
    quantity = NumberField(label=gettext_lazy("Hours, days or uses"), min_value=Decimal("0.01"))
    unit_value = MoneyField(label=gettext_lazy("What one of them is worth"), min_value=Decimal("0.01"))
    voucher = DocumentField(label=gettext_lazy("The signed record"), required=False)

    class Meta:
        model = Expense
        fields = ("line", "description", "firm", "issued_on", "until_on", "quantity", "unit_value")

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        firm = self.fields["firm"]
        assert isinstance(firm, forms.ModelChoiceField)
        firm.required, firm.label, firm.empty_label = True, _("Which firm gave it"), _("- Select an option -")
        self.instance.kind = Expense.Kind.RECORD

    def lines(self) -> Any:
        return super().lines().exclude(category=BudgetCategory.COORDINATION)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("issued_on") and data.get("until_on") and data["until_on"] < data["issued_on"]:
            self.add_error("until_on", _("The last day is before the first."))
        if data.get("quantity") and data.get("unit_value"):
            value = cents(data["quantity"] * data["unit_value"])
            self.instance.net, self.instance.group_share = value, value
            self.instance.programme_share = ZERO
        return data
