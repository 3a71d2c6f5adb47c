"""Forms of what goes with an expense: a payment, a credit note, a quote."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import dates
from core.forms import DateField, ModelForm, MoneyField, PaperField
from core.money import ZERO
from core.templatetags.lsp import day
from grants.expenses.forms import none_is_zero
from grants.models import CreditNote, ExpensePayment, ExpenseQuote


class PaymentForm(ModelForm):
    """One payment of an expense."""

    paid_on = DateField(label=gettext_lazy("Date of the payment"))
    amount = MoneyField(label=gettext_lazy("Amount paid"), min_value=ZERO)
    withheld = MoneyField(label=gettext_lazy("Tax withheld"), required=False, min_value=ZERO)

    class Meta:
        model = ExpensePayment
        fields = ("paid_on", "means", "account", "amount", "withheld", "certificate")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        none_is_zero(self, "withheld")
        if data.get("withheld") and not data.get("certificate"):
            self.add_error("certificate", _("A withholding has a certificate: write its number."))
        if not data.get("amount") and not data.get("withheld") and not self.errors:
            self.add_error("amount", _("Write the amount that was paid."))
        if data.get("paid_on") and data["paid_on"] > dates.today():
            self.add_error("paid_on", _("This day is still to come."))
        return data


class CreditNoteForm(ModelForm):
    """What a supplier gave back."""

    issued_on = DateField(label=gettext_lazy("Date of the credit note"))
    net = MoneyField(label=gettext_lazy("Net amount"), min_value=ZERO)
    tax = MoneyField(label=gettext_lazy("VAT"), required=False, min_value=ZERO)
    perceptions = MoneyField(label=gettext_lazy("Perceptions"), required=False, min_value=ZERO)

    class Meta:
        model = CreditNote
        fields = ("number", "issued_on", "net", "tax", "perceptions")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        none_is_zero(self, "tax", "perceptions")
        if not self.errors and not data["net"] and not data["tax"] and not data["perceptions"]:
            self.add_error("net", _("Write what was credited."))
        return data


class QuoteForm(ModelForm):
    """What another supplier asked."""

    amount = MoneyField(label=gettext_lazy("Amount"), min_value=Decimal("0.01"))
    valid_until = DateField(
        label=gettext_lazy("Valid until"),
        required=False,
        help_text=gettext_lazy("Empty if the quote does not say it."),
    )
    file = PaperField(
        label=gettext_lazy("The quote"), error_messages={"required": gettext_lazy("Choose a file first.")}
    )

    class Meta:
        model = ExpenseQuote
        fields = ("supplier", "amount", "valid_until")

    def clean_valid_until(self) -> dt.date | None:
        """A quote that had ended when the thing was bought counts for nothing."""
        until, bought = self.cleaned_data["valid_until"], self.instance.expense.issued_on
        if until and until < bought:
            words = {"day": day(bought)}
            raise forms.ValidationError(
                _("The voucher is of %(day)s: by then this quote was not valid any more, and does not count.")
                % words
            )
        return until
