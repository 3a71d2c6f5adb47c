"""What a month of a coordinator is worth from a day on."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from applications.calls import scales
from applications.models import Call, SalaryScale
from core.forms import DateField, Form, MoneyField


class ScaleForm(Form):
    """A new row of the scale."""

    valid_from = DateField(label=SalaryScale._meta.get_field("valid_from").verbose_name)
    per_month = MoneyField(
        label=SalaryScale._meta.get_field("per_month").verbose_name, min_value=Decimal("0.01")
    )
    resolution = forms.CharField(
        label=SalaryScale._meta.get_field("resolution").verbose_name,
        max_length=60,
        help_text=gettext_lazy("The act that sets it, for every project of the call."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "class": "answer-20"}),
    )

    def __init__(self, *args: Any, call: Call, today: dt.date, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.call, self.today = call, today

    def clean_valid_from(self) -> dt.date:
        day = self.cleaned_data["valid_from"]
        if sentence := scales.day_refusal(self.call, day, self.today):
            raise forms.ValidationError(sentence)
        return day
