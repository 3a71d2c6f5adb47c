"""What people fill in about the salary: invoice and note, why they come back, the own account."""

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.forms import DateField, Form, ModelForm, MoneyField, PaperField
from grants.forms import PayeeForm
from grants.models import SalaryMonth
from grants.salary import guards

# How the CUIT of whoever is no person of flesh and blood begins.
COMPANIES = ("30", "33", "34")


class HandInForm(ModelForm):
    """Invoice and note of a month."""

    invoice_on = DateField(label=SalaryMonth._meta.get_field("invoice_on").verbose_name)
    invoice_amount = MoneyField(label=SalaryMonth._meta.get_field("invoice_amount").verbose_name)
    upload = PaperField(label=gettext_lazy("The invoice"))

    class Meta:
        model = SalaryMonth
        fields = ("invoice_number", "invoice_on", "invoice_amount", "note")
        widgets = {
            "invoice_number": forms.TextInput(attrs={"autocomplete": "off", "class": "answer-20"}),
            "note": forms.Textarea(attrs={"rows": 12}),
        }
        help_texts = {
            "invoice_number": gettext_lazy("As it stands on it, for example 0001-00000123."),
            "note": gettext_lazy("One page at most: meetings, visits, what moved forward, what is held up."),
        }

    def __init__(self, *args: Any, now: dt.datetime, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.now = now
        for name in ("invoice_number", "note"):
            self.fields[name].required = True
        if self.instance.invoice_amount is None:
            self.initial["invoice_amount"] = self.instance.amount
        if self.instance.invoice_id:
            self.fields["upload"].required = False
            self.fields["upload"].label = _("Another file, if the invoice changed")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for name, alone in (("invoice_on", "invoice_amount"), ("invoice_amount", "invoice_on")):
            # Each of the two is judged on its own, by the guard of the transition itself.
            asked = {**data, alone: None}
            if data.get(name) is not None and (
                sentence := guards.invoice_fits(self.instance, by=None, now=self.now, data=asked)
            ):
                self.add_error(name, sentence)
        return data


class RemarkForm(Form):
    """Why a month comes back."""

    remark = forms.CharField(
        label=gettext_lazy("What to change"),
        max_length=SalaryMonth._meta.get_field("remark").max_length,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class AccountForm(PayeeForm):
    """The own account: its holder is the person."""

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        del self.fields["name"]
        self.fields["cuit"].label = _("Your CUIT or CUIL")
        self.fields["cuit"].help_text = _("11 digits, for example 27-12345678-0.")
        self.fields["cbu"].label = _("CBU of your own account")

    def clean_cuit(self) -> str:
        cuit = super().clean_cuit()
        if cuit.startswith(COMPANIES):
            raise forms.ValidationError(_("This is the number of a company: write your own."))
        return cuit


class MonthFilter(Form):
    """Which months of the salary; always in the URL."""

    hides_optional = True

    q = forms.CharField(label=gettext_lazy("Project, group or reference"), required=False, max_length=100)
    status = forms.ChoiceField(label=gettext_lazy("State"), required=False)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        states = [(value, label) for value, label in SalaryMonth.Status.choices if value != "void"]
        self.fields["status"].choices = [("", _("All")), *states]  # type: ignore[attr-defined]
