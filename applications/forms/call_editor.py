"""The pages of the call editor: one form for each, of the columns that applications.calls.pages gives it. A draft saves
incomplete; nonsense is refused at its field."""

from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import RoleGrant, User
from accounts.roles import Role
from applications.calls.pages import BY_CODE
from applications.forms.call_page import CallPageForm, writing
from applications.models import BudgetCategory, Call, Line
from core import dates
from core.forms import (
    MomentField,
    MoneyField,
    MonthField,
    NumberField,
    PercentField,
    WholeNumberField,
)
from core.money import ZERO
from groups.provinces import Province

DAYS = ((False, gettext_lazy("Days of the calendar")), (True, gettext_lazy("Working days")))


class TextsForm(CallPageForm):
    page = "texts"
    title_en = forms.CharField(max_length=200, required=False)
    title_es = forms.CharField(max_length=200, required=False)
    text_en = forms.CharField(max_length=8000, required=False, widget=writing(10))
    text_es = forms.CharField(max_length=8000, required=False, widget=writing(10))

    class Meta(CallPageForm.Meta):
        fields = BY_CODE["texts"].fields

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        call = self.instance
        for name in self.Meta.fields:
            if call.status != Call.Status.DRAFT and name in data and not data[name]:
                self.add_error(name, _("A published call has its title and its text in both languages."))
        return data


class DatesForm(CallPageForm):
    page = "dates"
    empty = {"envelope": ZERO}
    opens_at = MomentField()
    closes_at = MomentField(required=False)
    envelope = MoneyField(required=False)

    class Meta(CallPageForm.Meta):
        fields = BY_CODE["dates"].fields
        widgets = {"intake": forms.RadioSelect}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        opens, closes, intake = data.get("opens_at"), data.get("closes_at"), data.get("intake")
        if closes is None:
            return data
        if intake and intake != Call.Intake.CLOSING:
            self.add_error("closes_at", _("Leave it empty: this way of coming in has no closing day."))
        elif opens and closes <= opens:
            self.add_error("closes_at", _("The call has to close after it opens."))
        return data


class WhoForm(CallPageForm):
    page = "who"
    line = forms.ChoiceField(choices=Line.choices, widget=forms.RadioSelect)
    provinces = forms.MultipleChoiceField(
        choices=Province.choices, required=False, widget=forms.CheckboxSelectMultiple
    )

    class Meta(CallPageForm.Meta):
        fields = (
            "line",
            "min_firms",
            "others_admitted",
            "provinces",
            "sectors",
            "min_group_months",
            "joint_work_proof",
            "needs_prior_support",
            "certificate_accepted",
            "confirmations",
            "quorum",
        )
        widgets = {
            "sectors": forms.CheckboxSelectMultiple,
            "confirmations": forms.RadioSelect,
        }

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("line") == Line.JOINT_INVESTMENT and not data.get("needs_prior_support"):
            self.add_error(
                "needs_prior_support", _("A call for joint investment always asks for earlier support.")
            )
        return data

    def write(self, call: Call) -> None:
        super().write(call)
        call.sectors.set(self.cleaned_data["sectors"])


class MoneyForm(CallPageForm):
    page = "money"
    empty = {"max_per_project": ZERO}
    max_per_project = MoneyField(required=False)
    max_per_firm = MoneyField(required=False, min_value=Decimal("0.01"))
    max_share = PercentField(min_value=Decimal("0.01"))
    categories = forms.MultipleChoiceField(
        choices=BudgetCategory.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    salary_per_month = MoneyField(required=False, min_value=Decimal("0.01"))
    salary_cap = MoneyField(required=False, min_value=Decimal("0.01"))

    class Meta(CallPageForm.Meta):
        fields = (
            "months",
            "max_per_project",
            "max_per_firm",
            "max_share",
            "categories",
            "salary_per_month",
            "salary_cap",
            "salary_waits_for_report",
        )

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        own = self.instance.share_by_category
        if self.instance.line != Line.PARTNERSHIP:
            # The programme pays a coordinator only in new partnerships.
            for name in ("salary_per_month", "salary_cap", "salary_waits_for_report"):
                del self.fields[name]
        categories = self.fields["categories"]
        assert isinstance(categories, forms.MultipleChoiceField)
        categories.choices = [(each.value, each.label) for each in self.admitted]
        for category in self.admitted:
            field = PercentField(
                label=_("Highest share of “%(category)s”, %%") % {"category": category.label},
                required=False,
                min_value=Decimal("0.01"),
            )
            field.initial = Decimal(own[category.value]) if category.value in own else None
            self.fields[f"share_{category.value}"] = field
        order = list(self.fields)
        after = order.index("categories") + 1
        shares = [name for name in order if name.startswith("share_")]
        rest = [name for name in order if name not in shares]
        self.order_fields([*rest[:after], *shares, *rest[after:]])

    @property
    def admitted(self) -> list[BudgetCategory]:
        """The categories that the line of action knows."""
        salary = self.instance.line == Line.PARTNERSHIP
        return [each for each in BudgetCategory if salary or each != BudgetCategory.COORDINATION]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.instance.line == Line.PARTNERSHIP and data.get("months") not in (None, 12):
            self.add_error("months", _("A project of a new partnership takes 12 months."))
        whole, firm = data.get("max_per_project"), data.get("max_per_firm")
        if whole and firm and firm > whole:
            self.add_error("max_per_firm", _("It cannot be above the highest amount per project."))
        return data

    def values(self) -> dict[str, Any]:
        shares = {
            category.value: f"{share:.2f}"
            for category in BudgetCategory
            if (share := self.cleaned_data.get(f"share_{category.value}")) is not None
        }
        return {**super().values(), "share_by_category": shares}


class PaymentForm(CallPageForm):
    page = "payment"
    counterpart_kinds = forms.MultipleChoiceField(
        choices=Call.Counterpart.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    in_kind_cap = PercentField(required=False)
    quotes_from = MoneyField(required=False, min_value=Decimal("0.01"))
    cash_limit = MoneyField(required=False, min_value=Decimal(0))
    tolerance = PercentField()
    update_base_month = MonthField(required=False)
    update_cap = PercentField(required=False, min_value=Decimal("0.01"), max_value=Decimal("999.99"))
    empty = {"in_kind_cap": Decimal(0)}

    class Meta(CallPageForm.Meta):
        fields = BY_CODE["payment"].fields
        widgets = {
            "payment": forms.RadioSelect,
            "payee": forms.RadioSelect,
            "reduced_counterpart": forms.RadioSelect,
            "expenses_from": forms.RadioSelect,
        }

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("quotes_needed") and data.get("quotes_from") is None and "quotes_from" not in self.errors:
            self.add_error("quotes_from", _("Say from which cost on quotes are asked for."))
        self._clause_is_whole(data)
        return data

    def _clause_is_whole(self, data: dict[str, Any]) -> None:
        """Index, month and cap go together."""
        names = ("update_index", "update_base_month", "update_cap")
        if not any(data.get(name) for name in names):
            return
        for name in names:
            if not data.get(name) and name not in self.errors:
                self.add_error(name, _("An update clause needs the index, the month and the cap."))


class ReviewsForm(CallPageForm):
    page = "reviews"
    pass_mark = NumberField(min_value=Decimal(0), max_value=Decimal(100))
    max_spread = NumberField(required=False, min_value=Decimal(0), max_value=Decimal(100))

    class Meta(CallPageForm.Meta):
        fields = BY_CODE["reviews"].fields
        widgets = {"spread_asks": forms.RadioSelect, "tie_rule": forms.RadioSelect}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        meets = data.get("spread_asks") == Call.Spread.CONSENSUS
        if meets and data.get("max_spread") is None and "max_spread" not in self.errors:
            self.add_error("max_spread", _("Say how far reviews may lie apart before the reviewers meet."))
        return data


class AuthorityForm(CallPageForm):
    page = "authority"

    class Meta(CallPageForm.Meta):
        fields = BY_CODE["authority"].fields

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        own = RoleGrant.objects.live(dates.now()).filter(role=Role.APPROVER, delegated_by=None)
        people = Q(pk__in=own.values("user_id"), is_active=True) | Q(pk=self.instance.reconsidered_by_id)
        field: Any = self.fields["reconsidered_by"]
        field.queryset = User.objects.filter(people).order_by("full_name", "pk")
        field.empty_label = _("Whoever decided: the approver who signed, while they hold the role")


class ReportsForm(CallPageForm):
    page = "reports"
    check_every_months = WholeNumberField(required=False, min_value=1, max_value=36)
    check_years = WholeNumberField(required=False, min_value=1, max_value=20)

    class Meta(CallPageForm.Meta):
        fields = BY_CODE["reports"].fields

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        every, years = data.get("check_every_months"), data.get("check_years")
        if every and years is None and "check_years" not in self.errors:
            self.add_error("check_years", _("Say for how many years."))
        if years and every is None and "check_every_months" not in self.errors:
            self.add_error("check_every_months", _("Say every how many months."))
        if every and years and every > 12 * years:
            self.add_error("check_every_months", _("That is longer than all the years together."))
        return data


class DaysForm(CallPageForm):
    page = "days"
    working_days = forms.TypedChoiceField(
        choices=DAYS, coerce=lambda value: value == "True", widget=forms.RadioSelect
    )

    class Meta(CallPageForm.Meta):
        fields = BY_CODE["days"].fields


FORMS: dict[str, type[CallPageForm]] = {
    form.page: form
    for form in (
        TextsForm,
        DatesForm,
        WhoForm,
        MoneyForm,
        PaymentForm,
        ReviewsForm,
        AuthorityForm,
        ReportsForm,
        DaysForm,
    )
}
