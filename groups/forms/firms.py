"""Forms about the firms of a group: registering one, its data and figures, its leaving."""

import datetime as dt
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.forms import DateField, Form, ModelForm, MoneyField, WholeNumberField
from groups import actions
from groups.models import EconomicActivity, Firm, Group, Membership, Sector
from groups.models.firm import clean_cuit
from groups.provinces import Province
from groups.size import years_to_ask

# What the names of the fields with yearly figures begin with.
FIGURES = ("sales_", "linked_")


class CuitField(forms.CharField):
    """A CUIT however it is typed: spaces, points and hyphens go. Cleans to its eleven digits."""

    def __init__(self, **kwargs: Any):
        kwargs.setdefault("label", gettext_lazy("CUIT"))
        kwargs.setdefault("help_text", gettext_lazy("Eleven digits, for example 30-12345678-1."))
        super().__init__(max_length=40, **kwargs)
        self.widget.attrs |= {"class": "answer-10", "inputmode": "numeric", "autocomplete": "off"}

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        return clean_cuit(text) if text.strip() or self.required else ""


class CuitForm(Form):
    """A CUIT alone: the live check."""

    cuit = CuitField()


def place_field() -> forms.CharField:
    """The firm's place in the group's chain."""
    column = Membership._meta.get_field("place_in_chain")
    return forms.CharField(
        label=column.verbose_name, help_text=column.help_text, max_length=column.max_length
    )


class ActivitySelect(forms.Select):
    """Marks the activities in which people decide: theme.css then shows the field that asks how many."""

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *args, **kwargs)
        activity = getattr(value, "instance", None)
        if activity is not None and activity.people_decide:
            option["attrs"]["data-people"] = "1"
        return option


class FirmForm(ModelForm):
    """A firm with its place in the group and its yearly sales. The years are those that can count today, and any
    older ones that the firm has."""

    place_in_chain = place_field()

    class Meta:
        model = Firm
        fields = ["name", "activity", "people", "contact_email", "sector", "province", "locality"]
        widgets = {
            "activity": ActivitySelect,
            "contact_email": forms.EmailInput(attrs={"autocomplete": "off"}),
        }
        field_classes: ClassVar = {"people": WholeNumberField}
        help_texts = {
            "activity": gettext_lazy("The one with which it earns most."),
            "contact_email": gettext_lazy(
                "The address of the firm itself, not yours: it is asked there to confirm what the group says of it."
            ),
        }

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.today, self.asked = today, years_to_ask(today)
        # People decide in few activities, which the field names.
        few = EconomicActivity.objects.filter(people_decide=True)
        self.people_decide_in = "; ".join(str(activity) for activity in few)
        if self.people_decide_in:
            hint = _("For these activities people employed decide the size, not sales: %(activities)s.")
            self.fields["people"].help_text = hint % {"activities": self.people_decide_in}
        self.add_years()

    def add_years(self) -> None:
        """A field for the sales of each year, and one for those of linked firms where there are any. None for figures
        that the firm entered itself."""
        firm = self.instance
        if firm.sales_are_private:
            return
        stored = {row.year: row for row in firm.years.all()} if firm.pk else {}
        linked = bool(firm.pk) and firm.links.exists()
        for year in sorted({*self.asked, *stored}, reverse=True):
            row = stored.get(year)
            self.fields[f"sales_{year}"] = MoneyField(
                label=_("Sales of %(year)s") % {"year": year}, required=False, initial=row and row.sales
            )
            if linked:
                self.fields[f"linked_{year}"] = MoneyField(
                    label=_("Sales of linked firms in %(year)s") % {"year": year},
                    required=False,
                    initial=row and row.linked_sales,
                )

    @property
    def sales(self) -> dict[int, Decimal | None]:
        """Pesos by year; None for a year that is left empty."""
        return self._years("sales_")

    @property
    def linked(self) -> dict[int, Decimal | None]:
        """The same of linked firms; nothing where there are none."""
        return self._years("linked_")

    def _years(self, prefix: str) -> dict[int, Decimal | None]:
        return {
            int(name.removeprefix(prefix)): value
            for name, value in self.cleaned_data.items()
            if name.startswith(prefix)
        }

    @property
    def data_of_firm(self) -> dict[str, Any]:
        """The fields that the actions take as they are."""
        return {name: self.cleaned_data[name] for name in [*self.Meta.fields, "place_in_chain"]}

    def sales_fields(self) -> list[forms.BoundField]:
        """The years, for the page."""
        return [field for field in self if field.name.startswith(FIGURES)]

    def plain_fields(self) -> list[forms.BoundField]:
        """All the others."""
        return [field for field in self if not field.name.startswith(FIGURES)]

    def clean(self) -> dict[str, Any] | None:
        data = super().clean()
        self.refuse_a_gap()
        self.refuse_links_alone()
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

    def refuse_links_alone(self) -> None:
        """Sales of linked firms count with the firm's own of the same year."""
        for year, amount in self.linked.items():
            if (
                amount
                and self.cleaned_data.get(f"sales_{year}") is None
                and f"sales_{year}" not in self.errors
            ):
                sentence = _("Write the firm's own sales of %(year)s too, even if they are 0.")
                self.add_error(f"sales_{year}", sentence % {"year": year})


class NewFirmForm(FirmForm):
    """The same for a firm that joins: at most eight entries, since what a group's firms share is there already. For one
    that this person looks after already only its place is asked."""

    cuit = CuitField()
    field_order = [
        "cuit",
        "name",
        "activity",
        "people",
        "place_in_chain",
        "contact_email",
        "sector",
        "province",
        "locality",
    ]

    def __init__(self, *args: Any, group: Group, by: Any, **kwargs: Any):
        # A group shares its area and its chain: what is the same for most firms is there already.
        initial = {"sector": group.sector_id, "province": group.province, "locality": group.locality}
        super().__init__(*args, initial=initial, **kwargs)
        self.group, self.by = group, by
        self.known: Firm | None = None
        # Registered by others: it is asked, and only its place is asked here.
        self.asks = False

    def clean_cuit(self) -> str:
        cuit = self.cleaned_data["cuit"]
        if sentence := actions.why_not(cuit, by=self.by, group=self.group):
            raise ValidationError(sentence)
        self.known = actions.managed_firm(cuit, by=self.by)
        self.asks = actions.must_agree(cuit, by=self.by)
        return cuit

    def clean(self) -> dict[str, Any] | None:
        data = super().clean()
        activity = self.cleaned_data.get("activity")
        if "people" in self.cleaned_data and not (activity and activity.people_decide):
            # Not asked here: the page of the firm does.
            self.cleaned_data["people"] = None
        if self.known or self.asks:
            for name in list(self.errors):
                if name not in ("cuit", "place_in_chain"):
                    del self.errors[name]
        return data

    def _post_clean(self) -> None:
        # A firm that is known keeps its data: what stands in the other fields is not looked at.
        if not self.known and not self.asks:
            super()._post_clean()  # type: ignore[misc]


class EditFirmForm(FirmForm):
    """The same for a firm of the group, with all that is asked of it. Its CUIT stays: another number is another firm."""

    started_on = DateField(
        label=Firm._meta.get_field("started_on").verbose_name,
        required=False,
        help_text=gettext_lazy("The sales of its first months are then counted as those of a whole year."),
    )

    class Meta(FirmForm.Meta):
        fields = [
            "name",
            "legal_form",
            "activity",
            "sector",
            "province",
            "locality",
            "people",
            "started_on",
            "contact_name",
            "contact_email",
            "contact_phone",
        ]
        widgets = FirmForm.Meta.widgets | {
            "contact_name": forms.TextInput(attrs={"autocomplete": "off"}),
            "contact_phone": forms.TextInput(attrs={"autocomplete": "off", "inputmode": "tel"}),
        }
        help_texts = FirmForm.Meta.help_texts | {
            "legal_form": gettext_lazy("Left empty it is guessed from the CUIT and the name.")
        }

    field_order = [
        "name",
        "legal_form",
        "activity",
        "place_in_chain",
        "people",
        "started_on",
        "sector",
        "province",
        "locality",
    ]

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if self.instance.contact_verified_at:
            self.fields["contact_email"].help_text = _(
                "The firm proved that this address is its own. A new one has to be proved again."
            )

    def clean_started_on(self) -> dt.date | None:
        day = self.cleaned_data["started_on"]
        if day and day > self.today:
            raise ValidationError(_("The day cannot be in the future."))
        return day

    def clean(self) -> dict[str, Any] | None:
        data = super().clean()
        self.refuse_sales_before_the_start()
        return data

    def refuse_sales_before_the_start(self) -> None:
        """A firm sold nothing before it began: one of the two is a slip."""
        began = self.cleaned_data.get("started_on")
        for year, amount in self.sales.items():
            if began and amount and year < began.year:
                sentence = _("It began on %(day)s, and sold nothing in %(year)s: correct one of the two.")
                self.add_error(f"sales_{year}", sentence % {"day": f"{began:%d/%m/%Y}", "year": year})


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


class FirmFilter(Form):
    """Finds firms in the register."""

    hides_optional = True

    q = forms.CharField(label=gettext_lazy("Name, CUIT or town"), required=False, max_length=100)
    province = forms.ChoiceField(label=gettext_lazy("Province"), required=False)
    sector = forms.ModelChoiceField(
        Sector.objects.all(), label=gettext_lazy("Sector"), required=False, empty_label=gettext_lazy("Any")
    )

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["province"].choices = [("", _("Any")), *Province.choices]  # type: ignore[attr-defined]
