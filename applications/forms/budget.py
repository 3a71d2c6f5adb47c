"""One cost of the budget."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.models import Activity, Application, BudgetCategory, BudgetLine
from core.forms import ModelForm, MoneyField, NumberField
from core.money import CENT, HIGHEST, cents, format_money

MOST_OF_A_THING = Decimal("99999999.99")


class BudgetLineForm(ModelForm):
    """Category, activity, quantity × unit cost, and what the programme pays of it.

    A share above what the call pays is saved in a draft, and said by the rules; a share above the cost is no amount
    that could ever be right, and refused.
    """

    # What may be left empty says so in its hint: the activity, for a salary; the share, for the most there is.
    hides_optional = True

    quantity = NumberField(label=gettext_lazy("Quantity"), min_value=CENT, max_value=MOST_OF_A_THING)
    unit_cost = MoneyField(
        label=gettext_lazy("Cost of one"), help_text=gettext_lazy("In pesos, for example 1.234,56.")
    )
    programme_share = MoneyField(label=gettext_lazy("Paid by the programme"), required=False)

    class Meta:
        model = BudgetLine
        fields = ["category", "activity", "description", "quantity", "unit_cost", "programme_share"]
        labels = {"description": gettext_lazy("What it is for")}

    def __init__(self, *args: Any, application: Application, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.call = application.call
        offered = [(code, BudgetCategory(code).label) for code in self.call.categories]
        present = self.instance.category
        if present and present not in self.call.categories:
            offered.append((present, BudgetCategory(present).label))
        category, activity = self.fields["category"], self.fields["activity"]
        assert isinstance(category, forms.ChoiceField)
        category.choices = [("", "—"), *offered]
        assert isinstance(activity, forms.ModelChoiceField)
        activity.queryset = Activity.objects.filter(application=application)
        activity.empty_label = "—"
        activity.help_text = _("The activity of your work plan that needs it. Only a salary is for none.")
        self.fields["quantity"].initial = Decimal(1)
        self.fields["programme_share"].help_text = _(
            "Leave it empty for the most that this call pays. You pay the rest."
        )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        quantity, unit_cost = data.get("quantity"), data.get("unit_cost")
        if quantity is None or unit_cost is None:
            return data
        cost, share = cents(quantity * unit_cost), data.get("programme_share")
        if cost > HIGHEST:
            self.add_error(
                "unit_cost", _("Together they cost too much: %(cost)s.") % {"cost": format_money(cost)}
            )
        elif share is None and data.get("category") and "programme_share" not in self.errors:
            data["programme_share"] = self.call.highest_share(data["category"], cost)
        elif share is not None and share > cost:
            sentence = _("The programme cannot pay more than the whole cost, which is %(cost)s.")
            self.add_error("programme_share", sentence % {"cost": format_money(cost)})
        return data
