"""Forms of the catalogues: a norm's whole grid, its first day, an activity."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.forms import DateField, Form, ModelForm, MoneyField, WholeNumberField
from groups.actions.catalogues import Ceilings
from groups.certificates import SIZES
from groups.models import Branch, EconomicActivity, Size

CENT = Decimal("0.01")
# The most that the column of people holds.
MOST_PEOPLE = 2_147_483_647


def cell(branch: str, size: str) -> str:
    """The name of the field of one ceiling."""
    return f"{branch}_{size}"


class NormForm(Form):
    """A new norm: its name, its first day, and a ceiling for every branch and size."""

    name = forms.CharField(
        label=gettext_lazy("Name of the norm"),
        help_text=gettext_lazy("As people cite it, for example Resolución 54/2025."),
        max_length=120,
    )
    valid_from = DateField(label=gettext_lazy("First day in force"))
    sure = forms.BooleanField(
        label=gettext_lazy("The first day is sure"),
        help_text=gettext_lazy("Otherwise pages say “day to be confirmed” until you confirm it."),
        required=False,
    )

    def __init__(self, *args: Any, kind: Ceilings, **kwargs: Any):
        super().__init__(*args, **kwargs)
        for branch in Branch:
            for size in SIZES:
                field = (
                    MoneyField(min_value=CENT)
                    if kind is Ceilings.SALES
                    else WholeNumberField(min_value=1, max_value=MOST_PEOPLE)
                )
                field.label = f"{branch.label}, {size.label}"
                self.fields[cell(branch, size)] = field

    def about(self) -> list[forms.BoundField]:
        """The fields before the grid."""
        return [self[name] for name in ("name", "valid_from", "sure")]

    def grid(self) -> list[tuple[Branch, list[forms.BoundField]]]:
        """The fields of the ceilings, a row for each branch."""
        return [(branch, [self[cell(branch, size)] for size in SIZES]) for branch in Branch]

    @property
    def ceilings(self) -> dict[tuple[str, str], Any]:
        """What the grid says, by branch and size."""
        return {
            (branch.value, size.value): self.cleaned_data[cell(branch, size)]
            for branch in Branch
            for size in SIZES
        }

    def clean(self) -> dict[str, Any] | None:
        data = super().clean()
        for branch in Branch:
            self.refuse_a_fall(branch)
        return data

    def refuse_a_fall(self, branch: Branch) -> None:
        """A larger size has a higher ceiling."""
        before: tuple[Size, Any] | None = None
        for size in SIZES:
            amount = self.cleaned_data.get(cell(branch, size))
            if amount is None:
                continue
            if before and amount <= before[1]:
                sentence = _("This must be more than the ceiling of %(size)s.") % {"size": before[0].label}
                self.add_error(cell(branch, size), sentence)
            before = (size, amount)


class FirstDayForm(Form):
    """The first day of a norm, confirmed or corrected."""

    day = DateField(label=gettext_lazy("First day in force"))


class ActivityForm(ModelForm):
    """Which ceilings an activity takes."""

    class Meta:
        model = EconomicActivity
        fields = ["branch", "people_decide"]
        help_texts = {
            "branch": gettext_lazy("Its ceilings decide the size of every firm with this activity."),
            "people_decide": gettext_lazy("Only where the norm says so."),
        }
