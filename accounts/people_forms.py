"""Forms about people: one's own account, finding people, giving and ending roles."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.roles import STAFF, Role
from core import dates
from core.forms import Form, ModelForm
from core.models import Case


class ProfileForm(ModelForm):
    """What a person may change about themselves here; e-mail and password have pages of their own."""

    class Meta:
        model = User
        fields = ["full_name", "language"]
        widgets = {"full_name": forms.TextInput(attrs={"autocomplete": "name"})}


def _offer_roles(field: Any, none: str) -> None:
    """The staff roles as choices, after the words for none of them."""
    field.choices = [("", none), *((role.value, role.label) for role in Role if role in STAFF)]


class PeopleFilter(Form):
    """Finds people by name, e-mail and role."""

    q = forms.CharField(label=gettext_lazy("Name or e-mail"), required=False, max_length=100)
    role = forms.ChoiceField(label=gettext_lazy("Role"), required=False)
    waiting = forms.BooleanField(label=gettext_lazy("A role waits for a second admin"), required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        _offer_roles(self.fields["role"], _("Any"))


class GrantForm(Form):
    """A role to give. For an auditor: which cases, until when."""

    role = forms.ChoiceField(label=gettext_lazy("Role"))
    last_day = forms.DateField(
        label=gettext_lazy("Last day"),
        required=False,
        help_text=gettext_lazy("An auditor's role always has one. For the others leave it empty."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d", "%d/%m/%Y"],
    )
    cases = forms.CharField(
        label=gettext_lazy("References of the cases that the auditor may read"),
        required=False,
        max_length=4000,
        help_text=gettext_lazy("One in each line, as they stand on the case's page."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        _offer_roles(self.fields["role"], _("Choose a role"))

    def clean_last_day(self):
        """The day itself still counts."""
        day = self.cleaned_data["last_day"]
        if day and day < dates.today():
            raise forms.ValidationError(_("The last day must not be in the past."))
        return day

    def clean_cases(self) -> list[Case]:
        """The cases that the references name."""
        references = set(self.cleaned_data["cases"].split())
        found = list(Case.objects.filter(reference__in=references))
        if unknown := sorted(references - {case.reference for case in found}):
            raise forms.ValidationError(
                _("No case has this reference: %(list)s.") % {"list": ", ".join(unknown)}
            )
        return found

    def clean(self):
        data = super().clean() or {}
        if data.get("role") == Role.AUDITOR:
            if not data.get("last_day") and "last_day" not in self.errors:
                self.add_error("last_day", _("Say until when the auditor may read."))
            if not data.get("cases") and "cases" not in self.errors:
                self.add_error("cases", _("Say which cases the auditor may read."))
        return data

    @property
    def valid_to(self):
        """The moment at which it ends; None when it has no last day."""
        day = self.cleaned_data["last_day"]
        return dates.end_of(day) if day else None


class EndForm(Form):
    """Why a role ends."""

    reason = forms.CharField(label=gettext_lazy("Why it ends"), max_length=500)
