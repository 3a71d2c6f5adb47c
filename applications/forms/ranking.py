"""What is tried on the ranking of a call, and the recommendation of many of it at once."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.forms.staff import writing
from applications.models import Application
from applications.places import Candidate
from core.forms import Form, MoneyField
from core.money import ZERO

# Together they fit the grounds of a recommendation.
LONGEST_REASON, LONGEST_NOTE = 3000, 900


def amount_field(application: Application, amount: Decimal, **kwargs: Any) -> MoneyField:
    """An amount for one application: from 0 to what it asked, and to what the call pays a project."""
    return MoneyField(
        label=_("Amount for %(reference)s") % {"reference": application.reference},
        min_value=ZERO,
        max_value=min(application.asked, application.call.max_per_project),
        initial=amount,
        **kwargs,
    )


class RankingForm(Form):
    """Amounts and an envelope to try. Nothing of it is saved: it lives in the page."""

    envelope = MoneyField(label=gettext_lazy("With another envelope"), required=False)

    def __init__(self, *args: Any, candidates: Iterable[Candidate], committed: Decimal, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["envelope"].min_value = committed  # type: ignore[attr-defined]
        self.candidates = {each.application.pk: each for each in candidates}
        for pk, candidate in self.candidates.items():
            self.fields[f"amount_{pk}"] = amount_field(
                candidate.application, candidate.amount, required=False
            )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for pk, candidate in self.candidates.items():
            name = f"amount_{pk}"
            if name not in self.errors and data.get(name) is None:
                # Left empty is a mistake; that it was not on the page, because it came since, is none.
                if name in self.data:
                    self.add_error(name, _("Write an amount; it may be zero."))
                else:
                    data[name] = candidate.amount
        return data

    @property
    def amounts(self) -> dict[int, Decimal]:
        """What is tried, by application; what cannot be read counts as it was."""
        data = getattr(self, "cleaned_data", {})
        found = {pk: data.get(f"amount_{pk}") for pk in self.candidates}
        return {pk: amount for pk, amount in found.items() if amount is not None}

    @property
    def other_envelope(self) -> Decimal | None:
        """The envelope that is tried, if one is."""
        return getattr(self, "cleaned_data", {}).get("envelope")

    @property
    def unread(self) -> list[str]:
        """The references of the amounts that cannot be read."""
        return [
            str(each.application.reference)
            for pk, each in self.candidates.items()
            if f"amount_{pk}" in self.errors
        ]


class RecommendManyForm(Form):
    """The grounds of many recommendations: once for all, and what is to be said of one besides."""

    hides_optional = True
    reason = forms.CharField(
        label=gettext_lazy("Grounds, for all of them"), max_length=LONGEST_REASON, widget=writing(5)
    )

    def __init__(self, *args: Any, chosen: Iterable[tuple[Application, Decimal]], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.chosen = list(chosen)
        for application, amount in self.chosen:
            words = {"reference": application.reference}
            self.fields[f"amount_{application.pk}"] = amount_field(
                application, amount, widget=forms.HiddenInput()
            )
            self.fields[f"note_{application.pk}"] = forms.CharField(
                label=_("Besides, for %(reference)s") % words,
                max_length=LONGEST_NOTE,
                required=False,
                widget=writing(2),
            )

    def rows(self) -> list[dict[str, Any]]:
        """Each that was chosen, with its fields."""
        return [
            {
                "application": application,
                "amount": amount,
                "field": self[f"amount_{application.pk}"],
                "note": self[f"note_{application.pk}"],
            }
            for application, amount in self.chosen
        ]

    def amount_of(self, pk: int) -> Decimal:
        """The amount of one."""
        return self.cleaned_data[f"amount_{pk}"]

    def grounds_of(self, pk: int) -> str:
        """The common grounds, and its own below them."""
        own = self.cleaned_data[f"note_{pk}"].strip()
        return "\n\n".join(filter(None, [self.cleaned_data["reason"].strip(), own]))
