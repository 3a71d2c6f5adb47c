"""Forms about a group itself."""

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.forms import DateField, Form, ModelForm
from groups.models import Group
from groups.provinces import Province

EARLIEST = dt.date(1900, 1, 1)


class GroupForm(ModelForm):
    """What a group says of itself."""

    working_since = DateField(
        label=Group._meta.get_field("working_since").verbose_name,
        help_text=Group._meta.get_field("working_since").help_text,
    )

    class Meta:
        model = Group
        fields = ["name", "value_chain", "sector", "province", "locality", "working_since", "description"]

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_working_since(self) -> dt.date:
        day = self.cleaned_data["working_since"]
        if day > self.today:
            raise ValidationError(_("The day cannot be in the future."))
        if day < EARLIEST:
            raise ValidationError(_("Look at the year again."))
        return day


class GroupFilter(Form):
    """Finds groups, for staff."""

    hides_optional = True

    q = forms.CharField(label=gettext_lazy("Name, chain or town"), required=False, max_length=100)
    province = forms.ChoiceField(label=gettext_lazy("Province"), required=False)
    waits = forms.BooleanField(label=gettext_lazy("Only with a coordinator to confirm"), required=False)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["province"].choices = [("", _("Any")), *Province.choices]  # type: ignore[attr-defined]
