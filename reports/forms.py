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
    WholeNumberField,
)
from core.templatetags.lsp import day
from grants.models import Project, Tranche
from reports import extra, guards
from reports.actions import MOST_EVIDENCE
from reports.content import Progress
from reports.ledgers.units import firms_of, unit_of
from reports.models import Observation, Outcome, ProgressReport
from reports.returning import LONGEST, SUMMARY, Opened, Place


class SummaryForm(ModelForm):
    """How the period went, and files of the report as a whole. It may be left out while the report is a draft. What was
    not returned is shown and not changed."""

    hides_optional = True

    papers = DocumentsField(
        label=gettext_lazy("Files of the report as a whole"), most=MOST_EVIDENCE, required=False
    )

    def __init__(self, *args: Any, opened: Opened, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["summary"].disabled = not opened.is_open(SUMMARY)
        if not opened.files_are_open(None):
            del self.fields["papers"]

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
    expected_last_month = WholeNumberField(
        label=gettext_lazy("Month in which it will be done"), required=False, min_value=1, max_value=60
    )
    photo = DocumentField(
        label=gettext_lazy("Take a photograph"),
        required=False,
        kinds=documents.PICTURE_TYPES,
        widget=DocumentInput(attrs={"capture": "environment"}),
    )
    papers = DocumentsField(label=gettext_lazy("Or choose files"), most=MOST_EVIDENCE, required=False)

    def __init__(self, *args: Any, progress: Progress, report: ProgressReport, opened: Opened, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.progress, self.report = progress, report
        self.fields["expected_last_month"].help_text = _(
            "Only if it is not done in month %(month)d: a later month of the project, up to %(last)d. The plan stays as it "
            "was approved."
        ) % {"month": progress.ends, "last": progress.project_months}
        self.answers_open = opened.activity_is_open(progress)
        for name in ("done_percent", "what_was_done", "reason", "expected_last_month"):
            self.fields[name].disabled = not self.answers_open
        if not opened.files_are_open(progress.activity.pk):
            del self.fields["photo"], self.fields["papers"]
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
        """A month has its cause (the database asks for both). What is only missing is asked at the check
        (reports.guards.gaps)."""
        data = super().clean() or self.cleaned_data
        done, said = data.get("done_percent"), (data.get("reason") or "").strip()
        if not self.answers_open or "expected_last_month" in self.errors:
            return data
        month, months = data.get("expected_last_month"), self.progress.project_months
        if sentence := guards.month_holds(self.report, month, done, said or "-", months=months):
            self.add_error("expected_last_month", sentence)
        elif month is not None and done != 100 and not said:
            self.add_error("reason", _("Say why it slipped."))
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

    def clean_figure(self) -> Decimal:
        """Nothing is no outcome."""
        figure = self.cleaned_data["figure"]
        if figure == 0:
            raise ValidationError(
                _("Write a figure above 0: what did not come about is no outcome."), code="none"
            )
        return figure

    def clean_on(self) -> dt.date:
        """Between the first day of the project and today."""
        on = self.cleaned_data["on"]
        if on > self.today:
            raise ValidationError(_("This day is still to come."), code="future")
        if on < self.report.project.first_day:
            raise ValidationError(_("This day is before the project began."), code="before")
        return on


class ReturnForm(Form):
    """What to change, in the whole and part by part (reports.returning)."""

    hides_optional = True

    reason = forms.CharField(
        label=gettext_lazy("What to change in the whole"),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy(
            "The group reads this, word by word, above its report. With notes on parts only these parts open for it; "
            "without any, the whole report does."
        ),
    )

    def __init__(self, *args: Any, places: list[Place], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.places = places
        for place in places:
            label = f"{place.under}: {place.label}" if place.under else str(place.label)
            self.fields[f"note_{place.name}"] = forms.CharField(
                label=label,
                required=False,
                max_length=LONGEST,
                widget=forms.Textarea(attrs={"rows": 2}),
            )

    @property
    def rows(self) -> list[Any]:
        """The fields of the parts."""
        return [self[f"note_{place.name}"] for place in self.places]

    @property
    def has_notes(self) -> bool:
        """Whether something stands at a part."""
        return any(field.value() for field in self.rows)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        notes = {
            place.name: text for place in self.places if (text := data.pop(f"note_{place.name}", "").strip())
        }
        if not self.errors and not notes and not data.get("reason", "").strip():
            self.add_error("reason", _("Say what to change."))
        return {**data, "notes": notes}


class AskForm(Form):
    """A report besides those of the timetable."""

    period_from = DateField(label=gettext_lazy("First day of its period"))
    period_to = DateField(label=gettext_lazy("Last day of its period"))
    due_on = DateField(label=gettext_lazy("Due on"))
    reason = forms.CharField(
        label=gettext_lazy("Why it is asked for"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("The group reads this."),
    )
    opens = forms.ModelChoiceField(
        Tranche.objects.none(),
        label=gettext_lazy("Tranche that opens with it"),
        required=False,
        empty_label=gettext_lazy("None"),
        help_text=gettext_lazy("Only payments whose own report was skipped or cancelled."),
    )

    def __init__(self, *args: Any, project: Project, today: dt.date, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.project, self.today = project, today
        opens: Any = self.fields["opens"]
        opens.queryset = extra.tranches_to_name(project)
        opens.label_from_instance = lambda tranche: _("Tranche %(number)s") % {"number": tranche.number}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not {"period_from", "period_to", "due_on"} & self.errors.keys():
            days = {name: data[name] for name in ("period_from", "period_to", "due_on")}
            for name, sentence in extra.dates_refusal(self.project, **days, today=self.today).items():
                self.add_error(name, sentence)
        return data


class ReasonForm(Form):
    """Why."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )


class MoveForm(ReasonForm):
    """Another date, and why."""

    due_on = DateField(label=gettext_lazy("New date"))
    field_order = ["due_on", "reason"]

    def __init__(self, *args: Any, report: ProgressReport, now: dt.datetime, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.report, self.now = report, now
        self.fields["due_on"].help_text = _("It is due on %(due)s.") % {"due": day(report.due_on)}

    def clean_due_on(self) -> dt.date:
        due_on = self.cleaned_data["due_on"]
        if sentence := guards.has_a_new_date(self.report, by=None, now=self.now, data={"due_on": due_on}):
            raise ValidationError(sentence)
        return due_on


class ObservationForm(ModelForm):
    """Something still to be done; a row that is left empty counts for nothing."""

    due_on = DateField(label=gettext_lazy("By when"))

    class Meta:
        model = Observation
        fields = ["text", "due_on", "tranche"]
        widgets = {"text": forms.Textarea(attrs={"rows": 2})}

    def __init__(self, *args: Any, tranches: Any, today: dt.date, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.today = today
        field: Any = self.fields["tranche"]
        field.queryset, field.empty_label, field.required = tranches, _("None"), False
        field.label = _("Tranche that waits for it")
        field.label_from_instance = lambda tranche: _("Tranche %(number)s") % {"number": tranche.number}

    def clean_due_on(self) -> dt.date:
        due_on = self.cleaned_data["due_on"]
        if sentence := guards.observation_is_to_come(due_on, self.today):
            raise ValidationError(sentence)
        return due_on


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
