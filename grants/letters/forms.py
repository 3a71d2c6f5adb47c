"""What people fill in about letters: the act with its numbers, the proposal to terminate, the group's answer."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from core.forms import DocumentField, Form, WholeNumberField
from grants.letters.writing import why_not_for
from grants.models import HearingAnswer, Project, ProjectLetter


class LetterForm(Form):
    """The grounds of an act, and the numbers under which it is filed. The group reads them."""

    reason = forms.CharField(
        label=gettext_lazy("Why"),
        help_text=gettext_lazy("It stands in the letter to the group, as its grounds."),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    resolution = forms.CharField(
        label=ProjectLetter._meta.get_field("resolution").verbose_name,
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"class": "answer-20", "autocomplete": "off"}),
    )
    file_number = forms.CharField(
        label=ProjectLetter._meta.get_field("file_number").verbose_name,
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"class": "answer-20", "autocomplete": "off"}),
    )


class ProposalForm(LetterForm):
    """The same, and how many days the group has to answer."""

    days_to_answer = WholeNumberField(
        label=ProjectLetter._meta.get_field("days_to_answer").verbose_name,
        help_text=gettext_lazy("They count from the day after the group was notified."),
        min_value=1,
        max_value=365,
    )

    def __init__(self, *args: Any, project: Project, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.project = project
        self.fields["days_to_answer"].initial = project.call.days_to_answer

    def clean_days_to_answer(self) -> int:
        days: int = self.cleaned_data["days_to_answer"]
        if sentence := why_not_for(self.project, days):
            raise forms.ValidationError(sentence, code="days")
        return days


class AnswerForm(Form):
    """What the group says to a proposal."""

    text = forms.CharField(
        label=HearingAnswer._meta.get_field("text").verbose_name,
        help_text=gettext_lazy("It is put on the record, and the authority reads it before it decides."),
        max_length=8000,
        widget=forms.Textarea(attrs={"rows": 10}),
    )
    upload = DocumentField(label=gettext_lazy("A document that shows it"), required=False)
