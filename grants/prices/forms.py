"""What people fill in about updates of prices."""

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from applications.models import Call, IndexFigure
from applications.prices import month_text
from core.forms import DateField, Form
from grants.models import PriceUpdate
from grants.prices import guards

FIELDS: Any = {field.name: field for field in PriceUpdate._meta.concrete_fields}


def months_of(call: Call) -> list[IndexFigure]:
    """The confirmed figures to which the call can be updated, the newest first."""
    rows = IndexFigure.objects.filter(index=call.update_index_id, confirmed_at__isnull=False)
    return list(rows.filter(month__gt=call.update_base_month).order_by("-month"))


class MonthForm(Form):
    """To the prices of which month; always in the address, so that a preview can be shared."""

    month = forms.ChoiceField(label=gettext_lazy("To the prices of"))

    def __init__(self, *args: Any, months: list[IndexFigure], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.months = {f"{each.month:%Y-%m}": each for each in months}
        self.fields["month"].choices = [  # type: ignore[attr-defined]
            (code, month_text(each.month)) for code, each in self.months.items()
        ]

    @property
    def figure(self) -> IndexFigure:
        """Of a valid form."""
        return self.months[self.cleaned_data["month"]]


class PrepareForm(MonthForm):
    """The month that was looked at, and what the officer says of it."""

    opinion = forms.CharField(
        label=FIELDS["opinion"].verbose_name,
        max_length=FIELDS["opinion"].max_length,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("Why now, and what was checked."),
    )

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["month"].widget = forms.HiddenInput()


class IssueForm(Form):
    """The act of the authority, on the figures that the page shows."""

    resolution = forms.CharField(
        label=FIELDS["resolution"].verbose_name,
        max_length=FIELDS["resolution"].max_length,
        widget=forms.TextInput(attrs={"autocomplete": "off", "class": "answer-20"}),
    )
    resolved_on = DateField(label=FIELDS["resolved_on"].verbose_name)
    grounds = forms.CharField(
        label=FIELDS["grounds"].verbose_name,
        max_length=FIELDS["grounds"].max_length,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    figures = forms.CharField(max_length=64, widget=forms.HiddenInput())

    def __init__(self, *args: Any, update: PriceUpdate, today: dt.date, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.issued, self.today = update, today

    def clean_resolved_on(self) -> dt.date:
        day: dt.date = self.cleaned_data["resolved_on"]
        if said := guards.resolution_day_fits(self.issued, day, today=self.today):
            raise forms.ValidationError(said)
        return day

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("resolution") and data.get("resolved_on"):
            said = guards.resolution_is_new(self.issued, data["resolution"], data["resolved_on"])
            if said:
                self.add_error("resolution", said)
        return data
