"""Forms of reports: writing one and judging one."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import documents
from core.forms import (
    CHOOSE,
    DateField,
    DocumentField,
    DocumentInput,
    DocumentsField,
    Form,
    ModelForm,
    NumberField,
    PercentField,
)
from reports.actions import MOST_EVIDENCE
from reports.content import Progress, wants_reason
from reports.ledgers.units import firms_of, unit_of
from reports.models import Observation, Outcome, ProgressReport


class SummaryForm(ModelForm):
    """How the period went. It may be left out while the report is a draft."""

    hides_optional = True

    class Meta:
        model = ProgressReport
        fields = ["summary"]
        widgets = {"summary": forms.Textarea(attrs={"rows": 5})}
        help_texts = {
            "summary": gettext_lazy(
                "In a few sentences: what moved on, what got in the way, what comes next."
            )
        }


class ActivityForm(Form):
    """How far one activity is. What is not whole yet can be saved; what contradicts itself cannot."""

    hides_optional = True

    done_percent = PercentField(
        label=gettext_lazy("Done so far, in per cent"),
        required=False,
        help_text=gettext_lazy("Of the whole activity, since it began: from 0 to 100."),
    )
    what_was_done = forms.CharField(
        label=gettext_lazy("What was done in this period"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    reason = forms.CharField(
        label=gettext_lazy("Why it is behind"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    photo = DocumentField(
        label=gettext_lazy("Take a photograph"),
        required=False,
        kinds=documents.PICTURE_TYPES,
        widget=DocumentInput(attrs={"capture": "environment"}),
    )
    papers = DocumentsField(label=gettext_lazy("Or choose files"), most=MOST_EVIDENCE, required=False)

    def __init__(self, *args: Any, progress: Progress, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.progress = progress
        self.fields["reason"].help_text = _(
            "Needed when it is more than %(points)d points behind the plan, or less far than last time."
        ) % {"points": progress.points_behind}

    def clean_done_percent(self) -> int | None:
        """A whole number."""
        value = self.cleaned_data["done_percent"]
        if value is None:
            return None
        if value != value.to_integral_value():
            raise ValidationError(_("Write a whole number from 0 to 100."), code="whole")
        return int(value)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        done, said = data.get("done_percent"), (data.get("reason") or "").strip()
        row = self.progress
        if done is not None and not said and wants_reason(row.planned, done, row.before, row.points_behind):
            self.add_error(
                "reason",
                _("Less is done than the last report said (%(before)d %%): say why.") % {"before": row.before}
                if done < row.before
                else _("The plan says %(planned)d %% by now: say why it is behind.")
                % {"planned": row.planned},
            )
        return data

    @property
    def uploads(self) -> list:
        """The photograph and the files."""
        photo = self.cleaned_data.get("photo")
        return [*([photo] if photo else []), *(self.cleaned_data.get("papers") or [])]


class OutcomeForm(ModelForm):
    """One outcome, with its figure, its day and what shows it."""

    figure = NumberField(
        label=gettext_lazy("How many"), min_value=Decimal(0), max_value=Decimal("9999999999.99")
    )
    on = DateField(label=gettext_lazy("On which day"))
    upload = DocumentField(label=gettext_lazy("A document that shows it"), required=False)

    class Meta:
        model = Outcome
        fields = ["kind", "figure", "on", "firms", "text"]
        widgets = {"firms": forms.CheckboxSelectMultiple}
        help_texts = {
            "text": gettext_lazy(
                "Which one it is and what shows it: for a product or a marketing action its name, and a photograph, a "
                "catalogue or a page."
            ),
            "firms": gettext_lazy("Leave all of them out if it is of the whole group."),
        }

    field_order = ["kind", "figure", "on", "firms", "text", "upload"]

    def __init__(self, *args: Any, report: ProgressReport, today: dt.date, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.report, self.today = report, today
        kind: Any = self.fields["kind"]
        # People trained and certificates have ledgers of their own; what was written before there were any can be changed.
        kinds = [row for row in Outcome.Kind if row not in Outcome.IN_LEDGERS or row == self.instance.kind]
        kind.choices = [("", CHOOSE), *((row.value, f"{row.label} ({unit_of(row)})") for row in kinds)]
        firms: Any = self.fields["firms"]
        firms.queryset = firms_of(report.project)

    def clean_on(self) -> dt.date:
        """Between the first day of the project and today."""
        on = self.cleaned_data["on"]
        if on > self.today:
            raise ValidationError(_("This day is still to come."), code="future")
        if on < self.report.project.first_day:
            raise ValidationError(_("This day is before the project began."), code="before")
        return on


class ReturnForm(Form):
    """What to change."""

    reason = forms.CharField(
        label=gettext_lazy("What to change"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy("The group reads this, word by word, above its report."),
    )


class ReasonForm(Form):
    """Why."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )


class MoveForm(ReasonForm):
    """Another date, and why."""

    due_on = DateField(label=gettext_lazy("New date"))
    field_order = ["due_on", "reason"]


class ObservationForm(ModelForm):
    """Something still to be done; a row that is left empty counts for nothing."""

    due_on = DateField(label=gettext_lazy("By when"))

    class Meta:
        model = Observation
        fields = ["text", "due_on", "tranche"]
        widgets = {"text": forms.Textarea(attrs={"rows": 2})}

    def __init__(self, *args: Any, tranches: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        field: Any = self.fields["tranche"]
        field.queryset, field.empty_label, field.required = tranches, _("None"), False
        field.label_from_instance = lambda tranche: _("Payment %(number)s") % {"number": tranche.number}


class BaseObservations(forms.BaseFormSet):
    """Up to a few observations at once."""

    @property
    def rows(self) -> list[dict[str, Any]]:
        """As the workflow takes them."""
        return [
            {
                "text": form.cleaned_data["text"],
                "due_on": form.cleaned_data["due_on"],
                "tranche": form.cleaned_data["tranche"].pk if form.cleaned_data["tranche"] else None,
            }
            for form in self.forms
            if form.has_changed()
        ]


Observations = forms.formset_factory(
    ObservationForm, formset=BaseObservations, extra=3, max_num=3, absolute_max=3
)
