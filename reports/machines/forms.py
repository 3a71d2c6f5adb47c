"""What people fill in about a machine after its report: a new insurance, and the invoices that bought it."""

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy

from core import documents
from core.forms import DateField, DocumentField, Form
from core.money import format_money
from grants.models import Expense
from reports.ledgers.models import Machine
from reports.machines.insurance import why_not_until
from reports.machines.invoices import choices_of
from reports.machines.models import MachineInsurance


class InvoicesField(forms.ModelMultipleChoiceField):
    """Expenses to choose, each with supplier, number and amount."""

    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, obj: Any) -> str:
        return in_one_line(obj)


def in_one_line(expense: Expense) -> str:
    """Supplier, number, amount, and the state where it is not verified yet."""
    words = f"{expense.supplier_name or expense.description} {expense.formatted_number}: {format_money(expense.total)}"
    if expense.status == Expense.Status.VERIFIED:
        return words
    return f"{words} ({expense.get_status_display()})"


class InsuranceForm(Form):
    """The policy that takes the place of the one before."""

    insurer = forms.CharField(label=MachineInsurance._meta.get_field("insurer").verbose_name, max_length=120)
    policy = forms.CharField(
        label=MachineInsurance._meta.get_field("policy").verbose_name,
        max_length=60,
        widget=forms.TextInput(attrs={"class": "answer-20", "autocomplete": "off"}),
    )
    insured_until = DateField(label=MachineInsurance._meta.get_field("insured_until").verbose_name)
    upload = DocumentField(
        label=gettext_lazy("The policy itself"), kinds=documents.SCAN_TYPES, required=False
    )

    def __init__(self, *args: Any, machine: Machine, today: dt.date, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.machine, self.today = machine, today

    def clean_insured_until(self) -> dt.date:
        day: dt.date = self.cleaned_data["insured_until"]
        if sentence := why_not_until(self.machine, day, self.today):
            raise ValidationError(sentence, code="day")
        return day


class InvoicesForm(Form):
    """Which of the project's expenses bought the machine, besides those that are said already."""

    expenses = InvoicesField(
        Expense.objects.none(),
        label=gettext_lazy("Bought with"),
        help_text=gettext_lazy("Expenses of fixed investment that were handed in. What is saved stays."),
    )

    def __init__(self, *args: Any, machine: Machine, **kwargs: Any):
        super().__init__(*args, **kwargs)
        said = machine.invoices.values("expense")
        self.fields["expenses"].queryset = choices_of(machine.project).exclude(pk__in=said)  # type: ignore[attr-defined]
