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
from applications.calls.pages import BY_CODE, LABELS
from applications.models import BudgetCategory, Call, Line
from core import dates
from core.forms import (
    ModelForm,
    MomentField,
    MoneyField,
    MonthField,
    NumberField,
    PercentField,
    WholeNumberField,
)
from core.money import ZERO
from groups.provinces import Province

# (smallest, largest) of each whole number. Five firms is the law of the programme (PROGRAMME 4).
LIMITS: dict[str, tuple[int, int]] = {
    "min_firms": (5, 200),
    "min_group_months": (0, 600),
    "quorum": (1, 100),
    "months": (1, 36),
    "quotes_needed": (0, 10),
    "reviews_needed": (1, 9),
    "report_every_months": (1, 36),
    "report_due_days": (1, 180),
    "final_report_due_days": (1, 365),
    "points_behind": (0, 100),
    **dict.fromkeys(
        (
            "days_to_check",
            "days_to_answer",
            "days_to_review",
            "days_to_decide",
            "days_to_reconsider",
            "days_to_sign",
            "days_to_appoint",
        ),
        (1, 365),
    ),
}
HINTS: dict[str, Any] = {
    "text_en": gettext_lazy(
        "What it is for, for whom, and what is different this time. Empty lines make paragraphs."
    ),
    "opens_at": gettext_lazy("Buenos Aires. Groups can begin an application from then on."),
    "closes_at": gettext_lazy("Buenos Aires. Only for a call with a closing day."),
    "min_firms": gettext_lazy("Five at least; a call may ask for more."),
    "provinces": gettext_lazy("None chosen: groups of every province may apply."),
    "sectors": gettext_lazy("None chosen: groups of every sector may apply."),
    "min_group_months": gettext_lazy("0 where any group may apply."),
    "joint_work_proof": gettext_lazy("Ask for the document that shows it on the page of documents."),
    "needs_prior_support": gettext_lazy("Always for joint investment."),
    "quorum": gettext_lazy("Of the firms; counts only where a part of them confirms."),
    "months": gettext_lazy("Always 12 for a new partnership."),
    "max_per_firm": gettext_lazy("Empty where there is none."),
    "max_share": gettext_lazy("Of the whole cost, and of each category that has none of its own."),
    "salary_per_month": gettext_lazy("Only for a new partnership; the programme pays it whole."),
    "salary_cap": gettext_lazy("Empty where there is none."),
    "in_kind_cap": gettext_lazy("Counts only where in kind is admitted."),
    "salary_waits_for_report": gettext_lazy(
        "Only for a report that the coordinator has not handed in by its day; never while the programme looks at one."
    ),
    "agreement_copies": gettext_lazy("Besides both signatures in the system."),
    "firms_sign": gettext_lazy("Each paper says who owns, keeps and insures each machine."),
    "quotes_from": gettext_lazy("Empty where the call asks for none."),
    "quotes_needed": gettext_lazy("For each cost from that amount on."),
    "cash_limit": gettext_lazy(
        "What is paid in cash above it proves nothing. Empty where there is no limit."
    ),
    "tolerance": gettext_lazy("How much more than planned may be charged to a line, within the whole."),
    "update_index": gettext_lazy(
        "None chosen: amounts stay as they were approved. With one, a resolution may raise what is not paid yet of all projects."
    ),
    "update_base_month": gettext_lazy(
        "For example 03/2026: the index is compared with its figure of this month."
    ),
    "update_cap": gettext_lazy(
        "By all updates of a project together. The coordinator's salary has a scale of its own."
    ),
    "reconsidered_by": gettext_lazy(
        "By law the one that decided looks at it again; for a hierarchical appeal, its superior. It may be changed later."
    ),
    "max_spread": gettext_lazy("Empty where it does not matter how far apart they lie."),
    "spread_asks": gettext_lazy(
        "A further review counts like the others. If the reviewers meet, the score that they agree on counts instead."
    ),
    "report_due_days": gettext_lazy("Days of the calendar."),
    "final_report_due_days": gettext_lazy("Days of the calendar."),
    "check_every_months": gettext_lazy(
        "From the day on which the report that brought the machine is accepted, also after the project has closed. Empty "
        "where the officer of each project says it."
    ),
    "working_days": gettext_lazy(
        "They count from the day after the notice, and end at 23:59:59. Working days leave out Saturdays, Sundays and "
        "Argentina's public holidays."
    ),
}
DAYS = ((False, gettext_lazy("Days of the calendar")), (True, gettext_lazy("Working days")))


class CallPageForm(ModelForm):
    """Columns of a call. It only reads and checks: what is saved, `calls.editing` saves."""

    page = ""
    # A draft may leave out what publishing needs: “(optional)” would say the wrong thing. Hints say what may stay empty.
    hides_optional = True
    # What a draft may leave out though the column holds something: what stands there then.
    empty: dict[str, Any] = {}

    class Meta:
        model = Call
        fields: tuple[str, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.label = str(LABELS.get(name, field.label))
            field.help_text = HINTS.get(name, "")
            if name in LIMITS:
                self.fields[name] = whole_number(name)

    def validate_constraints(self) -> None:
        """The database's own checks are said at their fields, by the forms."""

    def values(self) -> dict[str, Any]:
        """What to write into the call, by column."""
        found = {name: self.cleaned_data[name] for name in self.fields if name in BY_CODE[self.page].fields}
        return {name: self.empty.get(name) if value is None else value for name, value in found.items()}

    def write(self, call: Call) -> None:
        """Set the columns on the fresh call."""
        for name, value in self.values().items():
            setattr(call, name, value)


def whole_number(name: str) -> WholeNumberField:
    """A whole number within its limits."""
    low, high = LIMITS[name]
    return WholeNumberField(
        label=str(LABELS[name]), help_text=HINTS.get(name, ""), min_value=low, max_value=high
    )


def writing(rows: int) -> forms.Textarea:
    return forms.Textarea({"rows": rows})


class TextsForm(CallPageForm):
    page = "texts"
    title_en = forms.CharField(max_length=200, required=False)
    title_es = forms.CharField(max_length=200, required=False)
    text_en = forms.CharField(max_length=8000, required=False, widget=writing(10))
    text_es = forms.CharField(max_length=8000, required=False, widget=writing(10))

    class Meta(CallPageForm.Meta):
        fields = ("title_en", "title_es", "text_en", "text_es")

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
        fields = ("opens_at", "intake", "closes_at", "envelope")
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
        fields = (
            "payment",
            "payee",
            "counterpart_kinds",
            "in_kind_cap",
            "reduced_counterpart",
            "vat_eligible",
            "expenses_from",
            "quotes_from",
            "quotes_needed",
            "cash_limit",
            "tolerance",
            "update_index",
            "update_base_month",
            "update_cap",
            "agreement_copies",
            "firms_sign",
        )
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
        fields = ("reviews_needed", "pass_mark", "max_spread", "spread_asks", "tie_rule")
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
        fields = ("reconsidered_by",)

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
