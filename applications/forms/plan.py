"""One activity of the work plan."""

from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.models import Activity
from core.forms import ModelForm


class MonthField(forms.IntegerField):
    """A month of the project, from 1 on, written as a figure."""

    def __init__(self, **kwargs: Any):
        attrs = {"inputmode": "numeric", "autocomplete": "off", "class": "answer-2"}
        super().__init__(widget=forms.TextInput(attrs=attrs), **kwargs)

    def within(self, months: int) -> None:
        """Set how many months the plan has."""
        sentence = _("Write a month from 1 to %(months)s.") % {"months": months}
        self.error_messages["invalid"] = sentence
        self.validators = [
            MinValueValidator(1, message=sentence),
            MaxValueValidator(months, message=sentence),
        ]


class ActivityForm(ModelForm):
    """Who does what, when, with what deliverable. Who and what it leaves may be written later."""

    # A draft is saved as it is; what is missing is said by the rules.
    hides_optional = True

    first_month = MonthField(label=gettext_lazy("First month"))
    last_month = MonthField(label=gettext_lazy("Last month"))

    class Meta:
        model = Activity
        fields = ["name", "first_month", "last_month", "responsible", "deliverable"]
        labels = {"name": gettext_lazy("What will be done")}
        help_texts = {
            "responsible": gettext_lazy("A person, a firm or an institution."),
            "deliverable": gettext_lazy("What one can see or hold when it is done."),
        }

    def __init__(self, *args: Any, months: int, **kwargs: Any):
        super().__init__(*args, **kwargs)
        for name in ("first_month", "last_month"):
            field = self.fields[name]
            assert isinstance(field, MonthField)
            field.within(months)
        self.fields["first_month"].help_text = _("From 1 to %(months)s.") % {"months": months}

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        first, last = data.get("first_month"), data.get("last_month")
        if first is not None and last is not None and last < first:
            self.add_error("last_month", _("The last month cannot be before the first one."))
        return data
