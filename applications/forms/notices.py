"""What an officer fills in when a group was notified: of a decision, of a letter about its project, of a refund."""

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from applications.models import DecisionNotice
from applications.notices import why_not_on
from core.forms import DateField, Form, PaperField


class NoticeForm(Form):
    """How, when, and what proves it. `first` is the day of the act."""

    means = forms.ChoiceField(
        label=DecisionNotice._meta.get_field("means").verbose_name,
        choices=DecisionNotice.Means.choices,
        widget=forms.RadioSelect,
    )
    notified_on = DateField(
        label=DecisionNotice._meta.get_field("notified_on").verbose_name,
        help_text=gettext_lazy("The days of the group count from the day after it."),
    )
    paper = PaperField(
        label=gettext_lazy("What proves it: the receipt, the signed copy, the page of the gazette")
    )

    def __init__(self, *args: Any, first: dt.date, today: dt.date, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.first, self.today = first, today

    def clean_notified_on(self) -> dt.date:
        notified_on: dt.date = self.cleaned_data["notified_on"]
        if sentence := why_not_on(notified_on, first=self.first, today=self.today):
            raise forms.ValidationError(sentence, code="day")
        return notified_on

    @property
    def answer(self) -> dict[str, Any]:
        """What the action takes of a valid form."""
        data = self.cleaned_data
        return {"means": data["means"], "notified_on": data["notified_on"], "upload": data["paper"]}
