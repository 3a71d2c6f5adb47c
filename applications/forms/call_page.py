"""What every page of the call editor has in common: its base form, the limits of whole numbers, and the hints beside the
fields."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from applications.calls.pages import BY_CODE, LABELS
from applications.models import Call
from core.forms import ModelForm, WholeNumberField

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
