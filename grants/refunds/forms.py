"""What people fill in about refunds: what is asked back, and what the bank says of it."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.forms import DateField, Form, MoneyField, PaperField
from core.money import CENT
from grants.forms import clean_cbu
from grants.models import Expense, Project, Refund, RefundReceipt
from grants.refunds import guards


class RefundForm(Form):
    """What is asked back, by when and to which account."""

    why = forms.ChoiceField(label=gettext_lazy("Why"), choices=Refund.Why.choices)
    expense = forms.ModelChoiceField(
        Expense.objects.none(),
        label=gettext_lazy("Which rejected expense"),
        help_text=gettext_lazy("Where a rejected expense is why; else leave it empty."),
        required=False,
        empty_label=gettext_lazy("- Select an option -"),
    )
    amount = MoneyField(label=gettext_lazy("Amount"), min_value=CENT)
    due_on = DateField(label=gettext_lazy("By when"))
    account_name = forms.CharField(
        label=gettext_lazy("Holder of the account"),
        help_text=gettext_lazy("The account of the State to which it is given back."),
        max_length=200,
    )
    account_cbu = forms.CharField(
        label=gettext_lazy("CBU of the account"),
        help_text=gettext_lazy("22 digits."),
        max_length=40,
        widget=forms.TextInput(attrs={"class": "answer-20", "inputmode": "numeric", "autocomplete": "off"}),
    )
    explanation = forms.CharField(
        label=gettext_lazy("Explanation"),
        help_text=gettext_lazy("The group reads it."),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args: Any, project: Project, today: dt.date, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.project, self.today = project, today
        expense = self.fields["expense"]
        assert isinstance(expense, forms.ModelChoiceField)
        # What was corrected is judged where it stands now.
        rejected = Expense.objects.of_project(project).filter(status=Expense.Status.REJECTED)
        expense.queryset = rejected.filter(corrected_by=None)

    def clean_account_cbu(self) -> str:
        return clean_cbu(self.cleaned_data["account_cbu"])

    def clean_due_on(self) -> dt.date:
        due_on: dt.date = self.cleaned_data["due_on"]
        if due_on < self.today:
            raise forms.ValidationError(_("The day by which it is given back is over already."))
        return due_on

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("why") and "expense" not in self.errors:
            said = guards.names_its_expense(why=data["why"], expense=data.get("expense"))
            if said:
                self.add_error("expense", said)
        if data.get("amount") is not None and data.get("why"):
            said = guards.within_what_was_paid(self.project, why=data["why"], amount=data["amount"])
            if said:
                self.add_error("amount", said)
        return data


class ReceiptForm(Form):
    """What the bank says of money that was given back."""

    amount = MoneyField(label=RefundReceipt._meta.get_field("amount").verbose_name, min_value=CENT)
    paid_on = DateField(label=RefundReceipt._meta.get_field("paid_on").verbose_name)
    reference = forms.CharField(
        label=RefundReceipt._meta.get_field("reference").verbose_name,
        max_length=60,
        widget=forms.TextInput(attrs={"class": "answer-20", "autocomplete": "off"}),
    )
    paper = PaperField(label=gettext_lazy("Receipt of the bank"))

    def __init__(self, *args: Any, refund: Refund, today: dt.date, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.refund, self.today = refund, today
        self.fields["amount"].initial = refund.amount - refund.announced()

    def clean_amount(self) -> Decimal:
        amount: Decimal = self.cleaned_data["amount"]
        if said := guards.receipt_refusal(self.refund, amount=amount):
            raise forms.ValidationError(said)
        return amount

    def clean_paid_on(self) -> dt.date:
        paid_on: dt.date = self.cleaned_data["paid_on"]
        if paid_on > self.today:
            raise forms.ValidationError(_("This day is still to come."))
        return paid_on
