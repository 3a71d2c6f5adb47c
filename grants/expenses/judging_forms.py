"""Forms of what is said about an expense: what finance decides and asks, what the group answers, an officer's ground."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.forms import Form
from grants.models import Expense


class RemarkForm(Form):
    """What finance asks about an expense, or why it rejects it."""

    remark = forms.CharField(
        label=gettext_lazy("What is it about?"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("The group reads it."),
    )


class JudgeForm(Form):
    """What finance says of one expense on the screen of a whole statement. `why_not` is what keeps it from being verified."""

    hides_optional = True

    decision = forms.ChoiceField(label=gettext_lazy("Decision"), required=False, widget=forms.RadioSelect)
    remark = forms.CharField(
        label=gettext_lazy("What to ask, or why it is rejected"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any, *, expense: Expense, why_not: str):
        super().__init__(data, prefix=f"e{expense.pk}", initial={"version": expense.version, "decision": ""})
        self.expense = expense
        choices = [("", _("Leave it for now"))]
        if not why_not:
            choices.append(("verify", _("Verify it")))
        choices += [("query", _("Ask the group about it")), ("reject", _("Reject it"))]
        decision = self.fields["decision"]
        assert isinstance(decision, forms.ChoiceField)
        decision.choices = choices
        if why_not:
            decision.help_text = _("It cannot be verified now: %(why)s") % {"why": why_not}
            decision.error_messages["invalid_choice"] = decision.help_text

    def is_chosen(self) -> bool:
        """Whether something was decided about this one."""
        return self.is_bound and bool(self.data.get(self.add_prefix("decision")))

    def clean_version(self) -> int:
        """Without a readable one the page counts as stale."""
        version = self.cleaned_data.get("version")
        return -1 if version is None else version

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("decision") in ("query", "reject") and not (data.get("remark") or "").strip():
            # Its name: many stand on one page, and the summary of errors names each.
            sentence = _("“%(expense)s”: say what it is about. The group reads it.")
            self.add_error("remark", sentence % {"expense": self.expense.description})
        return data


class AnswerForm(Form):
    """What the group answers."""

    answer = forms.CharField(
        label=gettext_lazy("Your answer"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )


class GroundForm(Form):
    """Why a supplier of the group's own stands."""

    ground = forms.CharField(
        label=gettext_lazy("Why it stands"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )


class FewQuotesForm(Form):
    """Why there are fewer quotes than the call asks for."""

    ground = forms.CharField(
        label=gettext_lazy("Why there are fewer quotes"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("For example that nobody else in the country makes it, and how you know."),
    )
