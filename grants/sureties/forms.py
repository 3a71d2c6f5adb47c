"""What people fill in about a surety."""

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.forms import DateField, Form, MoneyField, PaperField
from core.money import CENT
from grants.models import Surety
from grants.sureties import guards


class SuretyForm(Form):
    """A policy, and its paper."""

    insurer = forms.CharField(label=Surety._meta.get_field("insurer").verbose_name, max_length=200)
    policy = forms.CharField(
        label=Surety._meta.get_field("policy").verbose_name,
        max_length=60,
        widget=forms.TextInput(attrs={"class": "answer-20", "autocomplete": "off"}),
    )
    amount = MoneyField(label=Surety._meta.get_field("amount").verbose_name, min_value=CENT)
    from_on = DateField(label=Surety._meta.get_field("from_on").verbose_name)
    expires_on = DateField(label=Surety._meta.get_field("expires_on").verbose_name)
    paper = PaperField(label=gettext_lazy("The policy"))

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_insurer(self) -> str:
        return " ".join(self.cleaned_data["insurer"].split())

    def clean_policy(self) -> str:
        return " ".join(self.cleaned_data["policy"].split())

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        first, last = data.get("from_on"), data.get("expires_on")
        if first and last and last < first:
            self.add_error("expires_on", _("It ends before it begins."))
        elif last and (said := guards.still_runs(last, today=self.today)):
            self.add_error("expires_on", said)
        return data
