"""Forms of what comes after a report: the renewal of a certificate, the checks of machines, the filters of the registers."""

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import documents
from core.forms import (
    CHOOSE,
    DateField,
    DocumentField,
    DocumentInput,
    DocumentsField,
    Form,
    ModelForm,
    WholeNumberField,
)
from groups.provinces import Province
from reports.ledgers.actions import MOST_PHOTOS
from reports.ledgers.models import CertificateRenewal, Certification, CheckPlan, Machine, MachineCheck


class RenewalForm(ModelForm):
    """The new number and the new last day of a certificate."""

    issued_on = DateField(label=gettext_lazy("Issued on"))
    expires_on = DateField(label=gettext_lazy("Expires on"))
    upload = DocumentField(label=gettext_lazy("The certificate itself"), kinds=documents.SCAN_TYPES)

    class Meta:
        model = CertificateRenewal
        fields = ["number", "issued_on", "expires_on"]

    def __init__(self, *args: Any, valid_until: dt.date | None, today: dt.date, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.valid_until, self.today = valid_until, today

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        issued, expires = data.get("issued_on"), data.get("expires_on")
        if issued and issued > self.today:
            self.add_error("issued_on", _("This day is still to come."))
        if issued and expires and expires < issued:
            self.add_error("expires_on", _("It cannot expire before it was issued."))
        elif expires and self.valid_until and expires <= self.valid_until:
            self.add_error("expires_on", _("The certificate is valid until a later day already."))
        return data


class LetGoForm(Form):
    """Why a certificate is not renewed."""

    reason = forms.CharField(
        label=gettext_lazy("Why it is not renewed"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )


class PlanForm(ModelForm):
    """How long and how often machines are looked at."""

    every_months = WholeNumberField(label=gettext_lazy("Every how many months"), min_value=1, max_value=36)
    years = WholeNumberField(label=gettext_lazy("For how many years"), min_value=1, max_value=20)

    class Meta:
        model = CheckPlan
        fields = ["every_months", "years"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        every, years = data.get("every_months"), data.get("years")
        if every and years and every > 12 * years:
            self.add_error("every_months", _("That is longer than all the years together."))
        return data


class CheckForm(Form):
    """What was found at a machine."""

    hides_optional = True

    done_on = DateField(label=gettext_lazy("On which day"))
    found = forms.ChoiceField(
        label=gettext_lazy("Was it there"), choices=MachineCheck.Found, widget=forms.RadioSelect
    )
    condition = forms.ChoiceField(
        label=gettext_lazy("Its state"),
        help_text=gettext_lazy("Leave it out if it was not found."),
        choices=[("", CHOOSE), *MachineCheck.Condition.choices],
        required=False,
    )
    note = forms.CharField(
        label=gettext_lazy("Note"),
        help_text=gettext_lazy("Needed when it was not in its place."),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    photo = DocumentField(
        label=gettext_lazy("Take a photograph"),
        required=False,
        kinds=documents.PICTURE_TYPES,
        widget=DocumentInput(attrs={"capture": "environment"}),
    )
    photos = DocumentsField(
        label=gettext_lazy("Or choose photographs"),
        most=MOST_PHOTOS,
        required=False,
        kinds=documents.SCAN_TYPES,
    )

    def __init__(self, *args: Any, machine: Machine, today: dt.date, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.machine, self.today = machine, today

    def clean_done_on(self) -> dt.date:
        """Not before the machine was there, and not to come."""
        day = self.cleaned_data["done_on"]
        if day > self.today:
            raise ValidationError(_("This day is still to come."), code="future")
        if day < self.machine.on:
            raise ValidationError(_("The machine was not in use on this day yet."), code="before")
        return day

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        found, condition = data.get("found"), data.get("condition")
        if found == MachineCheck.Found.MISSING and condition:
            self.add_error("condition", _("It was not found: its state is not known."))
        elif found and found != MachineCheck.Found.MISSING and not condition:
            self.add_error("condition", _("Say in which state it is."))
        if found and found != MachineCheck.Found.IN_PLACE and not (data.get("note") or "").strip():
            self.add_error("note", _("Say where it is, or what is known of it."))
        return data

    @property
    def uploads(self) -> list[Any]:
        photo = self.cleaned_data.get("photo")
        return [*([photo] if photo else []), *(self.cleaned_data.get("photos") or [])]


# --- Lists ---------------------------------------------------------------------------------------------


class RegisterFilter(Form):
    """What both registers are filtered by; always in the URL."""

    hides_optional = True
    STATES: list[tuple[str, Any]] = []

    q = forms.CharField(label=gettext_lazy("Words"), required=False, max_length=100)
    state = forms.ChoiceField(label=gettext_lazy("State"), required=False)
    province = forms.ChoiceField(label=gettext_lazy("Province"), required=False)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["state"].choices = [("", _("All")), *self.STATES]  # type: ignore[attr-defined]
        self.fields["province"].choices = [("", _("All")), *Province.choices]  # type: ignore[attr-defined]


class CertificateFilter(RegisterFilter):
    """By words, norm, state and province."""

    STATES = [
        ("valid", gettext_lazy("Valid")),
        ("expiring", gettext_lazy("Expires within 90 days")),
        ("expired", gettext_lazy("Expired")),
    ]
    norm = forms.ChoiceField(
        label=gettext_lazy("Norm"),
        required=False,
        choices=[("", gettext_lazy("All")), *Certification.Norm.choices],
    )
    field_order = ["q", "norm", "state", "province"]


class MachineFilter(RegisterFilter):
    """By words, state and province."""

    STATES = [
        ("overdue", gettext_lazy("A check is overdue")),
        ("due", gettext_lazy("To be checked within 90 days")),
        ("missing", gettext_lazy("Not found at the last check")),
        ("elsewhere", gettext_lazy("At another place at the last check")),
        ("unplanned", gettext_lazy("Nobody said how often it is checked")),
    ]
