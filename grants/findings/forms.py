"""What people fill in about findings."""

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.forms import DateField, Form, MoneyField
from core.money import CENT
from grants.models import Finding


class _Dated(Form):
    """A form with the day by which the office answers."""

    due_on = DateField(label=Finding._meta.get_field("due_on").verbose_name)

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_due_on(self) -> dt.date:
        due_on: dt.date = self.cleaned_data["due_on"]
        if due_on < self.today:
            raise forms.ValidationError(_("The day by which it is answered is over already."))
        return due_on


class FindingForm(_Dated):
    """What was found."""

    text = forms.CharField(
        label=Finding._meta.get_field("text").verbose_name,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    amount = MoneyField(label=Finding._meta.get_field("amount").verbose_name, min_value=CENT, required=False)
    field_order = ("text", "amount", "due_on")


class FindingAnswerForm(Form):
    """What the office says."""

    answer = forms.CharField(
        label=gettext_lazy("Your answer"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 6}),
    )


class AskAgainForm(_Dated):
    """Why the answer is not enough, and by when another is given."""

    reason = forms.CharField(
        label=gettext_lazy("Why it is not enough"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4})
    )
    field_order = ("reason", "due_on")
