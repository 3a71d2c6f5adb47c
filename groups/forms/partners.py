"""Forms about the institutions of a group."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.forms import Form, ModelForm
from groups.actions.partners import INSTITUTION_FIELDS
from groups.forms.firms import CuitField
from groups.models import Group, Institution, Partner


class InstitutionSearch(Form):
    """Finds an institution that is in the list already."""

    hides_optional = True

    q = forms.CharField(label=gettext_lazy("Name or CUIT of the institution"), required=False, max_length=100)


class PartnerForm(ModelForm):
    """What an institution does in a group, and who speaks for it."""

    class Meta:
        model = Partner
        fields = ["contribution", "contact"]
        widgets = {"contact": forms.TextInput(attrs={"autocomplete": "off"})}


class NewInstitutionForm(ModelForm):
    """An institution that is not in the list, with what it does in the group."""

    cuit = CuitField(required=False)
    contribution = forms.CharField(
        label=Partner._meta.get_field("contribution").verbose_name,
        help_text=Partner._meta.get_field("contribution").help_text,
        max_length=Partner._meta.get_field("contribution").max_length,
    )
    contact = forms.CharField(
        label=Partner._meta.get_field("contact").verbose_name,
        max_length=Partner._meta.get_field("contact").max_length,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    class Meta:
        model = Institution
        fields = INSTITUTION_FIELDS

    def __init__(self, *args: Any, group: Group, **kwargs: Any):
        initial = {"province": group.province, "locality": group.locality}
        super().__init__(*args, initial=initial, **kwargs)

    def clean_cuit(self) -> str:
        cuit = self.cleaned_data["cuit"]
        if cuit and Institution.objects.filter(cuit=cuit).exists():
            raise ValidationError(
                _("An institution with this CUIT is in the list already: look for its number there.")
            )
        return cuit
