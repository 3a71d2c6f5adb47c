"""One cost of the budget, and its quotes."""

from decimal import Decimal
from functools import cache
from typing import Any

from django import forms
from django.db.models import Exists, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications import kinds
from applications.forms.rows import OursField, RowForm, id_of
from applications.kinds import KINDS
from applications.models import Activity, Application, BudgetCategory, BudgetLine, BudgetQuote
from core.forms import DateField, ModelForm, MoneyField, NumberField, PaperField
from core.money import CENT, HIGHEST, cents, format_money

MOST_OF_A_THING = Decimal("99999999.99")


class BudgetLineForm(RowForm):
    """Category and kind, activity, for which firm, quantity × unit cost, and what the programme pays of it.

    A share above what the call pays is saved in a draft, and said by the rules; a share above the cost is no amount
    that could ever be right, and refused.
    """

    # `fixed_investment`, or with its kind `fixed_investment:machinery`: one entry for both.
    category = forms.ChoiceField(label=gettext_lazy("Category and kind of cost"))
    activity = OursField(label=gettext_lazy("Activity"), required=False)
    firm = OursField(label=gettext_lazy("For which firm"), required=False)
    quantity = NumberField(label=gettext_lazy("Quantity"), min_value=CENT, max_value=MOST_OF_A_THING)
    unit_cost = MoneyField(
        label=gettext_lazy("Cost of one"), help_text=gettext_lazy("In pesos, for example 1.234,56.")
    )
    programme_share = MoneyField(label=gettext_lazy("Paid by the programme"), required=False)

    field_order = [
        "category",
        "other_kind",
        "activity",
        "description",
        "firm",
        "quantity",
        "unit_cost",
        "programme_share",
    ]

    class Meta:
        model = BudgetLine
        fields = ["other_kind", "description", "quantity", "unit_cost", "programme_share"]
        labels = {
            "description": gettext_lazy("What it is for"),
            "other_kind": gettext_lazy("If you chose “Other”: which kind"),
        }

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.call = self.application.call
        present = self.instance.category
        category, activity, firm = self.fields["category"], self.fields["activity"], self.fields["firm"]
        assert isinstance(category, forms.ChoiceField)
        codes = [*self.call.categories]
        category.choices = [("", "—"), *map(_kinds_of, codes)]
        if present and present not in codes:
            category.choices += [_kinds_of(present)]
        self.initial["category"] = f"{present}:{self.instance.kind}" if self.instance.kind else present
        assert isinstance(activity, OursField)
        activity.choices = cache(lambda: _named("—", self.activities()))
        activity.help_text = _("The activity of your work plan that needs it. Only a salary is for none.")
        self.initial["activity"] = str(self.instance.activity_id or "")
        assert isinstance(firm, OursField)
        firm.choices = cache(lambda: _named(_("The whole group"), self.firms()))
        firm.help_text = _("The firm that gets it, and pays its own share of it.")
        self.initial["firm"] = str(self.instance.firm_id or "")
        self.fields["quantity"].initial = Decimal(1)
        self.fields["programme_share"].help_text = _(
            "Leave it empty for the most that this call pays. You pay the rest."
        )

    def activities(self) -> QuerySet[Activity]:
        """Those of the plan."""
        return Activity.objects.filter(application=self.application)

    def _check_ours(self, data: dict[str, Any]) -> None:
        """Whether the activity and the firm are ours: one question for both, none for those that were there."""
        choices = {"activity": self.activities(), "firm": self.firms()}
        asked = {
            name: rows.filter(pk=id_of(data[name]) or 0)
            for name, rows in choices.items()
            if data.get(name) not in (None, "", self.initial[name])
        }
        if not asked:
            return
        found: Any = (
            Application.objects.filter(pk=self.application.pk)
            .values(**{f"has_{name}": Exists(rows) for name, rows in asked.items()})
            .get()
        )
        for name in asked:
            if not found[f"has_{name}"]:
                self.not_ours(name)

    @property
    def code(self) -> str:
        """The category that was chosen; "" for none."""
        return str(self.cleaned_data.get("category", "")).partition(":")[0]

    def columns(self) -> dict[str, Any]:
        data = super().columns()
        category, _colon, kind = data["category"].partition(":")
        other = data["other_kind"] if kind == kinds.OTHER else ""
        ours = {"activity_id": id_of(data.pop("activity")), "firm_id": id_of(data.pop("firm"))}
        return {**data, **ours, "category": category, "kind": kind, "other_kind": other}

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        self._check_ours(data)
        quantity, unit_cost = data.get("quantity"), data.get("unit_cost")
        if quantity is None or unit_cost is None:
            return data
        cost, share = cents(quantity * unit_cost), data.get("programme_share")
        if cost > HIGHEST:
            self.add_error(
                "unit_cost", _("Together they cost too much: %(cost)s.") % {"cost": format_money(cost)}
            )
        elif share is None and self.code and "programme_share" not in self.errors:
            data["programme_share"] = self.call.highest_share(self.code, cost)
        elif share is not None and share > cost:
            sentence = _("The programme cannot pay more than the whole cost, which is %(cost)s.")
            self.add_error("programme_share", sentence % {"cost": format_money(cost)})
        return data


def _named(none: str, rows: QuerySet) -> list[tuple[str, str]]:
    """Rows to choose from by their names, and none of them."""
    return [("", none), *((str(row.pk), row.name) for row in rows)]


def _kinds_of(category: str) -> tuple[str, list[tuple[str, Any]]]:
    """A category with its kinds, as a group of choices; the first of them says no kind."""
    label = str(BudgetCategory(category).label)
    return label, [
        (category, label),
        *((f"{category}:{kind}", words) for kind, words in KINDS[category].items()),
    ]


class QuoteForm(ModelForm):
    """A supplier's quote for a cost, with its file."""

    hides_optional = True

    amount = MoneyField(label=gettext_lazy("Amount"), min_value=CENT)
    valid_until = DateField(
        label=gettext_lazy("Valid until"),
        required=False,
        help_text=gettext_lazy("Empty if the quote does not say it."),
    )
    file = PaperField(
        label=gettext_lazy("The quote"), error_messages={"required": gettext_lazy("Choose a file first.")}
    )

    class Meta:
        model = BudgetQuote
        fields = ["supplier", "amount", "valid_until"]
