"""What the officer recommends, and what the authority decides: amounts, numbers, grounds."""

import datetime as dt
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.forms.staff import writing
from applications.guards import MOST_CONDITIONS
from applications.models import BudgetLine, Decision, Recommendation
from core import dates
from core.forms import DateField, Form, MoneyField
from core.money import ZERO

# The transitions among which the authority chooses, in the order of the page.
DECISIONS = [
    ("approve", gettext_lazy("Approve")),
    ("reject", gettext_lazy("Reject")),
    ("put_on_reserve", gettext_lazy("Put on the reserve list: it passes, but there is no money left")),
    ("send_back", gettext_lazy("Send back to the officer for more work")),
]
# Acts with a number of their own; on the reserve list it may follow later.
NEED_RESOLUTION = ("approve", "reject")


class AmountsForm(Form):
    """An amount for each budget line, from 0 to what the group asked."""

    def __init__(
        self,
        *args: Any,
        lines: Iterable[BudgetLine],
        proposed: Mapping[int, Decimal] | None = None,
        **kwargs: Any,
    ):
        super().__init__(*args, **kwargs)
        self.lines = list(lines)
        for line in self.lines:
            self.fields[f"amount_{line.pk}"] = MoneyField(
                label=_("Amount for “%(line)s”") % {"line": line.description},
                min_value=ZERO,
                max_value=line.programme_share,
                initial=(proposed or {}).get(line.pk, line.programme_share),
            )

    def rows(self) -> list[tuple[BudgetLine, BoundField]]:
        """Each line with its field."""
        return [(line, self[f"amount_{line.pk}"]) for line in self.lines]

    @property
    def amounts(self) -> dict[int, Decimal]:
        """{line: amount}, of the lines whose amount can be read."""
        data = getattr(self, "cleaned_data", {})
        found = {line.pk: data.get(f"amount_{line.pk}") for line in self.lines}
        return {pk: amount for pk, amount in found.items() if amount is not None}

    @property
    def total(self) -> Decimal:
        """The sum of the lines, in pesos: of what was typed, else of what is proposed."""
        if self.is_bound:
            return sum(self.amounts.values(), ZERO)
        return sum((self[f"amount_{line.pk}"].initial for line in self.lines), ZERO)


class RecommendForm(AmountsForm):
    """An officer's proposal to the authority."""

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["reason"] = forms.CharField(
            label=Recommendation._meta.get_field("grounds").verbose_name, max_length=4000, widget=writing(5)
        )


class DecideForm(AmountsForm):
    """The decision: which, its numbers, its grounds, and the amounts of an approval."""

    def __init__(self, *args: Any, possible: Iterable[str], **kwargs: Any):
        super().__init__(*args, **kwargs)
        possible = set(possible)
        # What is due depends on the decision: each hint says it.
        self.hides_optional = True
        self.fields["decision"] = forms.ChoiceField(
            label=_("Your decision"),
            choices=[(name, label) for name, label in DECISIONS if name in possible],
            widget=forms.RadioSelect,
            error_messages={
                "required": _("Choose a decision."),
                "invalid_choice": _("Choose one of the decisions that are possible now."),
            },
        )
        self.fields["resolution"] = forms.CharField(
            label=Decision._meta.get_field("resolution").verbose_name,
            help_text=_("Needed to approve or reject, for example RES-2026-184. Each act has its own."),
            max_length=40,
            required=False,
            widget=forms.TextInput(attrs={"class": "answer-20", "autocomplete": "off"}),
        )
        self.fields["file_number"] = forms.CharField(
            label=Decision._meta.get_field("file_number").verbose_name,
            help_text=_("If it has one already."),
            max_length=40,
            required=False,
            widget=forms.TextInput(attrs={"class": "answer-20", "autocomplete": "off"}),
        )
        self.fields["reason"] = forms.CharField(
            label=Decision._meta.get_field("grounds").verbose_name,
            help_text=_("They stand in the letter. If you send it back: what the officer has to do."),
            max_length=4000,
            widget=writing(5),
        )
        for number in range(1, MOST_CONDITIONS + 1):
            self.fields[f"condition_{number}"] = forms.CharField(
                label=_("Condition %(n)s") % {"n": number}, max_length=500, required=False
            )
            self.fields[f"condition_{number}_on"] = DateField(
                label=_("Condition %(n)s: by when") % {"n": number}, required=False
            )
        self.fields["conditions"] = forms.CharField(
            label=_("Conditions without a day"),
            help_text=_("What the group must do before or after it signs, if anything."),
            max_length=4000,
            required=False,
            widget=writing(3),
        )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        decision = data.get("decision")
        if decision != "approve":
            # Amounts belong to an approval: what stands in their fields refuses nothing else.
            for line in self.lines:
                self.errors.pop(f"amount_{line.pk}", None)
            for name in self.condition_names():
                self.errors.pop(name, None)
        else:
            self._check_conditions(data)
        if decision in NEED_RESOLUTION and not data.get("resolution") and "resolution" not in self.errors:
            self.add_error("resolution", _("Write the number of the resolution."))
        number = data.get("resolution")
        if number and decision != "send_back" and Decision.objects.filter(resolution=number).exists():
            self.add_error("resolution", _("This number belongs to another resolution."))
        if decision == "approve" and not self.errors and self.total == ZERO:
            first = f"amount_{self.lines[0].pk}" if self.lines else None
            self.add_error(first, _("An approval needs an amount above zero in at least one line."))
        return data

    def typed(self) -> list[tuple[str, str]]:
        """What was sent, with its labels, to be read where the form is not shown any more."""
        chosen = self.data.get(self.add_prefix("decision"), "")
        rows = [(str(self.fields["decision"].label), str(dict(DECISIONS).get(chosen, chosen)))]
        amounts = {f"amount_{line.pk}" for line in self.lines} if chosen != "approve" else set()
        for name, field in self.fields.items():
            if name != "decision" and name not in amounts:
                text = self.data.get(self.add_prefix(name), "")
                # Browsers send a day as no person writes it.
                day = parse_date(text) if name.endswith("_on") else None
                rows.append((str(field.label), f"{day:%d/%m/%Y}" if day else text))
        return [(label, text) for label, text in rows if text.strip()]

    @staticmethod
    def condition_names() -> list[str]:
        """The fields of the conditions with a day."""
        numbers = range(1, MOST_CONDITIONS + 1)
        return [name for number in numbers for name in (f"condition_{number}", f"condition_{number}_on")]

    def condition_rows(self) -> list[tuple[BoundField, BoundField]]:
        """What and by when, in pairs, for the page."""
        names = self.condition_names()
        return [(self[what], self[day]) for what, day in zip(names[::2], names[1::2], strict=True)]

    @property
    def more_conditions(self) -> bool:
        """Whether one is written further down than the page shows at first."""
        return any(what.value() or day.value() for what, day in self.condition_rows()[2:])

    def _check_conditions(self, data: dict[str, Any]) -> None:
        today = dates.today()
        for what, day in zip(self.condition_names()[::2], self.condition_names()[1::2], strict=True):
            if data.get(what) and day in data and not data[day]:
                self.add_error(day, _("Say by when the group does it."))
            elif data.get(day) and what in data and not data[what]:
                self.add_error(what, _("Say what the group does by this day."))
            elif data.get(day) and data[day] <= today:
                self.add_error(day, _("The day of a condition has to be after today."))

    @property
    def dated_conditions(self) -> list[tuple[str, dt.date]]:
        """What was written, in its order."""
        names, data = self.condition_names(), self.cleaned_data
        pairs = zip(names[::2], names[1::2], strict=True)
        return [(data[what], data[day]) for what, day in pairs if data.get(what) and data.get(day)]

    @property
    def answer(self) -> dict[str, Any]:
        """The `data` of the transition that was chosen (see applications.workflow)."""
        data = self.cleaned_data
        name = data["decision"]
        if name == "send_back":
            return {"reason": data["reason"]}
        answer = {
            "reason": data["reason"],
            "resolution": data["resolution"],
            "file_number": data["file_number"],
        }
        if name == "approve":
            answer |= {
                "amounts": self.amounts,
                "conditions": data["conditions"],
                "dated_conditions": self.dated_conditions,
            }
        return answer


class MetForm(Form):
    """When a condition of an approval was met, and what shows it."""

    met_on = DateField(label=gettext_lazy("Met on"))
    proof = forms.CharField(label=gettext_lazy("What shows it"), max_length=2000, widget=writing(3))
