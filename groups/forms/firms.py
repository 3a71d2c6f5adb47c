"""Forms about the firms of a group: registering one, its data and figures, its leaving."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.forms import DateField, Form, ModelForm, MoneyField
from groups import actions
from groups.models import Firm, Group, Membership
from groups.models.firm import clean_cuit
from groups.size import years_to_ask


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
