"""Forms around a call: the self-check of a visitor, and which group applies."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from applications.models import Call
from core.forms import Form, MoneyField, WholeNumberField
from groups.models import Group, Sector
from groups.provinces import Province

MOST_FIRMS = 500
MOST_MONTHS = 1200
MONEY = ("cost", "amount")


class SelfCheckForm(Form):
    """A few questions, without log-in; only those that this call makes a difference of."""

    smes = WholeNumberField(
        label=_("How many small and medium firms are you?"),
        help_text=_("Count those whose sales are below the ceilings for SMEs."),
        min_value=0,
        max_value=MOST_FIRMS,
    )
    others = WholeNumberField(
        label=_("How many other firms belong to the group?"),
        min_value=0,
        max_value=MOST_FIRMS,
        required=False,
    )
    months = WholeNumberField(
        label=_("For how many months have you worked together?"),
        min_value=0,
        max_value=MOST_MONTHS,
    )
    province = forms.ChoiceField(label=_("In which province?"), choices=[("", "—"), *Province.choices])
    sector = forms.ModelChoiceField(
        label=_("In which sector?"), queryset=Sector.objects.all(), to_field_name="code", empty_label="—"
    )
    cost = MoneyField(
        label=_("What will the project cost in all?"),
        help_text=_("As far as you know today. Only if you want it looked at."),
        required=False,
    )
    amount = MoneyField(label=_("How much of that will you ask the programme for?"), required=False)
    prior = forms.TypedChoiceField(
        label=_("Did the State give your group technical support before?"),
        choices=[("yes", _("Yes")), ("no", _("No"))],
        widget=forms.RadioSelect,
        coerce=lambda answer: answer == "yes",
    )

    def __init__(self, *args: Any, call: Call, **kwargs: Any):
        super().__init__(*args, **kwargs)
        asked = {
            "others": not call.others_admitted,
            "months": call.min_group_months > 0,
            "province": bool(call.provinces),
            "sector": bool(call.sectors.all()),
            "prior": call.needs_prior_support,
        }
        for name, needed in asked.items():
            if not needed:
                del self.fields[name]
        self.order_fields([*(name for name in self.fields if name not in MONEY), *MONEY])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        cost, amount = data.get("cost"), data.get("amount")
        if cost is not None and amount is not None and amount > cost:
            self.add_error("amount", gettext("You cannot ask for more than it costs."))
        if cost is None and amount is not None and "cost" not in self.errors:
            self.add_error("cost", gettext("Say what the project costs, too."))
        return data


class GroupChoice(forms.ModelChoiceField):
    """A group with its place, so that two of one name can be told apart."""

    def label_from_instance(self, group: Group) -> str:  # type: ignore[override]
        return f"{group.name} ({group.locality}, {group.get_province_display()})"


class StartForm(Form):
    """Which of one's own groups applies."""

    group = GroupChoice(
        queryset=Group.objects.none(),
        label=_("Which group applies?"),
        widget=forms.RadioSelect,
        empty_label=None,
        error_messages={"required": _("Choose the group that applies.")},
    )

    def __init__(self, *args: Any, groups: list[Group], **kwargs: Any):
        super().__init__(*args, **kwargs)
        field = self.fields["group"]
        assert isinstance(field, GroupChoice)
        field.queryset = Group.objects.filter(pk__in=[group.pk for group in groups]).order_by("name", "pk")
        field.error_messages["invalid_choice"] = gettext("Choose one of your groups.")
        if len(groups) == 1:
            field.initial = groups[0].pk
