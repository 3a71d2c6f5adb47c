"""Forms about groups, their firms, their people and the coordinator."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.roles import Role
from core.forms import DateField, DocumentField, Form, ModelForm, MoneyField
from groups import actions
from groups.actions.people import INVITED_TO
from groups.models import Appointment, Firm, Group, Membership
from groups.models.firm import clean_cuit
from groups.provinces import Province
from groups.size import years_to_ask

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

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["province"].choices = [("", _("Any")), *Province.choices]  # type: ignore[attr-defined]


# --- Firms -------------------------------------------------------------------------------------------


class CuitField(forms.CharField):
    """A CUIT however it is typed: spaces, points and hyphens go. Cleans to its eleven digits."""

    def __init__(self, **kwargs: Any):
        kwargs.setdefault("label", gettext_lazy("CUIT"))
        kwargs.setdefault("help_text", gettext_lazy("Eleven digits, for example 30-12345678-1."))
        super().__init__(max_length=40, **kwargs)
        self.widget.attrs |= {"class": "answer-10", "inputmode": "numeric", "autocomplete": "off"}

    def clean(self, value: Any) -> str:
        return clean_cuit(super().clean(value))


class CuitForm(Form):
    """A CUIT alone: the live check."""

    cuit = CuitField()


def place_field() -> forms.CharField:
    """The firm's place in the group's chain."""
    column = Membership._meta.get_field("place_in_chain")
    return forms.CharField(
        label=column.verbose_name, help_text=column.help_text, max_length=column.max_length
    )


class FirmForm(ModelForm):
    """A firm with its place in the group and its yearly sales. The years are those that can count today, and any
    older ones that the firm has."""

    place_in_chain = place_field()

    class Meta:
        model = Firm
        fields = ["name", "activity", "sector", "province", "locality"]

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.asked = years_to_ask(today)
        stored = {row.year: row.sales for row in self.instance.years.all()} if self.instance.pk else {}
        for year in sorted({*self.asked, *stored}, reverse=True):
            self.fields[f"sales_{year}"] = MoneyField(
                label=_("Sales of %(year)s") % {"year": year}, required=False, initial=stored.get(year)
            )

    @property
    def sales(self) -> dict[int, Decimal | None]:
        """Pesos by year; None for a year that is left empty."""
        return {
            int(name.removeprefix("sales_")): value
            for name, value in self.cleaned_data.items()
            if name.startswith("sales_")
        }

    @property
    def data_of_firm(self) -> dict[str, Any]:
        """The fields that the actions take as they are."""
        return {name: self.cleaned_data[name] for name in [*self.Meta.fields, "place_in_chain"]}

    def sales_fields(self) -> list[forms.BoundField]:
        """The years, for the page."""
        return [field for field in self if field.name.startswith("sales_")]

    def plain_fields(self) -> list[forms.BoundField]:
        """All the others."""
        return [field for field in self if not field.name.startswith("sales_")]

    def clean(self) -> dict[str, Any] | None:
        data = super().clean()
        self.refuse_a_gap()
        return data

    def refuse_a_gap(self) -> None:
        """The years given follow one another: leaving a good year out would make a firm look smaller."""
        given = [year for year in self.asked if self.cleaned_data.get(f"sales_{year}") is not None]
        wrong = any(f"sales_{year}" in self.errors for year in self.asked)
        if not given or wrong:
            return
        for year in self.asked:
            if min(given) < year < max(given) and year not in given:
                sentence = _("The years must follow one another: write the sales of %(year)s too.")
                self.add_error(f"sales_{year}", sentence % {"year": year})


class NewFirmForm(FirmForm):
    """The same for a firm that joins. For one that this person looks after already only its place is asked."""

    cuit = CuitField()
    field_order = ["cuit", "name", "activity", "place_in_chain", "sector", "province", "locality"]

    def __init__(self, *args: Any, group: Group, by: Any, **kwargs: Any):
        # A group shares its area and its chain: what is the same for most firms is there already.
        initial = {"sector": group.sector_id, "province": group.province, "locality": group.locality}
        super().__init__(*args, initial=initial, **kwargs)
        self.group, self.by = group, by
        self.known: Firm | None = None

    def clean_cuit(self) -> str:
        cuit = self.cleaned_data["cuit"]
        if sentence := actions.why_not(cuit, by=self.by, group=self.group):
            raise ValidationError(sentence)
        self.known = actions.managed_firm(cuit, by=self.by)
        return cuit

    def clean(self) -> dict[str, Any] | None:
        data = super().clean()
        if self.known:
            for name in list(self.errors):
                if name not in ("cuit", "place_in_chain"):
                    del self.errors[name]
        return data

    def _post_clean(self) -> None:
        # A firm that is known keeps its data: what stands in the other fields is not looked at.
        if not self.known:
            super()._post_clean()  # type: ignore[misc]


class EditFirmForm(FirmForm):
    """The same for a firm of the group. Its CUIT stays: another number is another firm."""

    class Meta(FirmForm.Meta):
        fields = ["name", "activity", "sector", "province", "locality", "people"]

    field_order = ["name", "activity", "place_in_chain", "sector", "province", "locality", "people"]


class AdmitForm(Form):
    """A registered firm that an officer brings into a group."""

    cuit = CuitField()
    place_in_chain = place_field()
    reason = forms.CharField(
        label=gettext_lazy("Who of the firm agreed, and how"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class LeaveForm(Form):
    """The day from which a firm is no member any more."""

    on = DateField(label=gettext_lazy("First day without the firm"))
    reason = forms.CharField(
        label=gettext_lazy("Why it leaves"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


# --- People ------------------------------------------------------------------------------------------


class InviteForm(Form):
    """Somebody to invite to the group."""

    email = forms.EmailField(
        label=gettext_lazy("E-mail"), widget=forms.EmailInput(attrs={"autocomplete": "off"})
    )
    role = forms.ChoiceField(
        label=gettext_lazy("What the person may do"),
        choices=[
            (Role.MEMBER, gettext_lazy("Write together with you")),
            (Role.VIEWER, gettext_lazy("Only read")),
        ],
        widget=forms.RadioSelect,
        initial=INVITED_TO[0],
    )


# --- The coordinator ---------------------------------------------------------------------------------


class NominationForm(ModelForm):
    """Whom a group wants as its coordinator, and why."""

    cv = DocumentField(label=gettext_lazy("Curriculum"), required=False)

    class Meta:
        model = Appointment
        fields = ["full_name", "email", "background", "no_conflict"]
        widgets = {
            "full_name": forms.TextInput(attrs={"autocomplete": "off"}),
            "email": forms.EmailInput(attrs={"autocomplete": "off"}),
        }
        help_texts = {
            "no_conflict": gettext_lazy("Leave it empty if there is a link: an officer then decides.")
        }


def reason_field(**kwargs: Any) -> forms.CharField:
    """Why, in words."""
    kwargs.setdefault("label", gettext_lazy("Why"))
    return forms.CharField(max_length=1000, widget=forms.Textarea(attrs={"rows": 3}), **kwargs)


class ReasonForm(Form):
    """A step that says why."""

    reason = reason_field()


class AcceptForm(Form):
    """The person accepts, and says whether there is a link with a member firm (PROGRAMME 12)."""

    no_conflict = forms.TypedChoiceField(
        label=gettext_lazy("Have you a link with a firm of the group?"),
        help_text=gettext_lazy("You own it or part of it, are a relative of an owner, or work for it."),
        choices=[
            ("yes", gettext_lazy("I have none")),
            ("no", gettext_lazy("I have one, or am not sure. An officer decides.")),
        ],
        coerce=lambda answer: answer == "yes",
        widget=forms.RadioSelect,
    )


class DeclineForm(Form):
    """The person declines; nobody has to say why."""

    reason = reason_field(required=False)


class ConfirmForm(Form):
    """The officer confirms from a day on; where a link was not ruled out, with the ground."""

    confirmed_from = DateField(label=gettext_lazy("First day in office"))
    reason = reason_field(
        required=False,
        label=gettext_lazy("Ground"),
        help_text=gettext_lazy("Needed where a link with a member firm was not ruled out."),
    )


class EndForm(Form):
    """The last day in office, and why."""

    ended_on = DateField(label=gettext_lazy("Last day in office"))
    reason = reason_field()


STEPS: dict[str, type[Form]] = {
    "accept": AcceptForm,
    "decline": DeclineForm,
    "confirm": ConfirmForm,
    "refuse": ReasonForm,
    "withdraw": ReasonForm,
    "end": EndForm,
    "dismiss": EndForm,
}
