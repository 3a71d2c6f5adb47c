"""Forms of the firms' parts: asking, answering on the firm's own page, taking into the report."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import documents
from core.forms import DateField, DocumentsField, Form, NumberField
from groups.models import Firm
from reports.ledgers.forms import people_field
from reports.ledgers.models import Training
from reports.models import FirmPart, ProgressReport
from reports.parts.actions import MOST_DAYS, MOST_FILES, Answer, Piece


class AskForm(Form):
    """Which firms, what, and by when."""

    hides_optional = True

    firms = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Which firms"), queryset=Firm.objects.none(), widget=forms.CheckboxSelectMultiple
    )
    asks = forms.MultipleChoiceField(
        label=gettext_lazy("What you ask"), choices=FirmPart.Asks, widget=forms.CheckboxSelectMultiple
    )
    activities = forms.ModelMultipleChoiceField(
        label=gettext_lazy("About which activities"),
        help_text=gettext_lazy(
            "If you leave all of them out, each firm writes about its own work in general."
        ),
        queryset=Firm.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    message = forms.CharField(
        label=gettext_lazy("Message"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    answer_by = DateField(label=gettext_lazy("By when"))

    def __init__(
        self, *args: Any, report: ProgressReport, firms: Any, activities: Any, today: dt.date, **kwargs: Any
    ):
        kwargs.setdefault("initial", {"asks": list(FirmPart.Asks.values)})
        super().__init__(*args, **kwargs)
        self.today = today
        for name, rows in (("firms", firms), ("activities", activities)):
            field: Any = self.fields[name]
            field.queryset = rows
        named: Any = self.fields["firms"]
        named.label_from_instance = _with_address

    def clean_answer_by(self) -> dt.date:
        day = self.cleaned_data["answer_by"]
        if not self.today <= day <= self.today + dt.timedelta(days=MOST_DAYS):
            raise ValidationError(_("Choose a day within the next %(n)d days.") % {"n": MOST_DAYS})
        return day


def _with_address(firm: Firm) -> str:
    if firm.contact_email:
        return f"{firm.name} ({firm.contact_email})"
    return _("%(firm)s (has no e-mail on file)") % {"firm": firm.name}


class PlainDocumentsField(DocumentsField):
    """Files that come with their form at once: parts are for who has an account."""

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        attrs = super().widget_attrs(widget)
        attrs.pop("data-upload", None)
        return attrs


class AnswerForm(Form):
    """A firm's page: only what it was asked for."""

    figures = forms.CharField(
        label=gettext_lazy("Figures: what changed"),
        help_text=gettext_lazy("For example: pieces per month, kilos sold, people employed, before and now."),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    course = forms.CharField(label=gettext_lazy("Course or activity"), required=False, max_length=200)
    course_on = DateField(label=gettext_lazy("On which day it ended"), required=False)
    hours = NumberField(
        label=gettext_lazy("Hours"), required=False, min_value=Decimal("0.5"), max_value=Decimal(2000)
    )
    women = people_field(gettext_lazy("Women"))
    men = people_field(gettext_lazy("Men"))
    other = people_field(gettext_lazy("Of another gender"))
    not_said = people_field(gettext_lazy("Gender not said"))
    papers = PlainDocumentsField(
        label=gettext_lazy("Photographs and papers"),
        kinds=documents.SCAN_TYPES,
        most=MOST_FILES,
        required=False,
    )
    person_name = forms.CharField(
        label=gettext_lazy("Your full name"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    person_position = forms.CharField(
        label=gettext_lazy("What you are in the firm"),
        help_text=gettext_lazy("For example: owner, partner, manager."),
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "organization-title"}),
    )

    def __init__(self, *args: Any, part: FirmPart, today: dt.date, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.part, self.today = part, today
        self.activities = list(part.activities.all()) if FirmPart.Asks.DONE in part.asks else []
        self._leave_out()
        if FirmPart.Asks.DONE in part.asks:
            for activity in self.activities:
                self.fields[f"text_{activity.pk}"] = self._text(activity.name)
            if not self.activities:
                self.fields["text"] = self._text(_("What was done in your firm"))

    def _leave_out(self) -> None:
        """What was not asked has no field."""
        of = {
            FirmPart.Asks.FIGURES: ("figures",),
            FirmPart.Asks.TRAINED: ("course", "course_on", "hours", *Training.GENDERS),
            FirmPart.Asks.PHOTOS: ("papers",),
        }
        for ask, names in of.items():
            if ask not in self.part.asks:
                for name in names:
                    del self.fields[name]

    @staticmethod
    def _text(label: str) -> forms.CharField:
        return forms.CharField(
            label=label, required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 4})
        )

    def named(self, *names: str) -> list[forms.BoundField]:
        """Those of these fields that the page has."""
        return [self[name] for name in names if name in self.fields]

    @property
    def text_fields(self) -> list[forms.BoundField]:
        return self.named("text", *(f"text_{activity.pk}" for activity in self.activities))

    @property
    def training_fields(self) -> list[forms.BoundField]:
        return self.named("course", "course_on", "hours", *Training.GENDERS)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        self._clean_training(data)
        said = [
            *(data.get(field.name) for field in self.text_fields),
            data.get("figures"),
            data.get("papers"),
        ]
        if not self.errors and not any(said) and not any(data.get(name) for name in Training.GENDERS):
            raise ValidationError(_("Write or attach something before you send it."))
        return data

    def _clean_training(self, data: dict[str, Any]) -> None:
        """A course is said whole, or not at all."""
        if "course" not in self.fields:
            return
        day, people = data.get("course_on"), any(data.get(name) for name in Training.GENDERS)
        if day and day > self.today:
            self.add_error("course_on", _("This day is still to come."))
        elif day and day < self.part.report.project.first_day:
            self.add_error("course_on", _("This day is before the project began."))
        given = [name for name in ("course", "course_on", "hours") if data.get(name)]
        if people or given:
            for name in ("course", "course_on", "hours"):
                if not data.get(name) and name not in self.errors:
                    self.add_error(name, _("Fill in the whole course, or nothing of it."))
            if not people and not any(name in self.errors for name in Training.GENDERS):
                self.add_error("women", _("Say how many people were trained."))

    @property
    def said(self) -> Answer:
        """As the action takes it."""
        data = self.cleaned_data
        texts: dict[int | None, str] = {row.pk: data[f"text_{row.pk}"] for row in self.activities}
        if "text" in self.fields:
            texts[None] = data["text"]
        return Answer(
            person_name=data["person_name"],
            person_position=data["person_position"],
            texts=texts,
            figures=data.get("figures", ""),
            course=data.get("course", ""),
            course_on=data.get("course_on"),
            hours=data.get("hours"),
            people={name: data.get(name) or 0 for name in Training.GENDERS},
            files=tuple(data.get("papers", ())),
        )


class AdoptForm(Form):
    """Which pieces of an answer go into the report, and to which activity its files belong."""

    hides_optional = True

    pieces = forms.MultipleChoiceField(
        label=gettext_lazy("Take into the report"), widget=forms.CheckboxSelectMultiple
    )
    files_to = forms.ModelChoiceField(
        label=gettext_lazy("To which activity the files belong"),
        queryset=Firm.objects.none(),
        required=False,
        empty_label=gettext_lazy("To the whole report"),
    )

    def __init__(self, *args: Any, left: list[Piece], activities: Any, **kwargs: Any):
        kwargs.setdefault("initial", {"pieces": [piece.code for piece in left]})
        super().__init__(*args, **kwargs)
        chosen: Any = self.fields["pieces"]
        chosen.choices = [
            (piece.code, f"{piece.label}: {_short(piece.text)} → {piece.where}") for piece in left
        ]
        to: Any = self.fields["files_to"]
        to.queryset = activities
        if not any(piece.code.startswith("file.") for piece in left):
            del self.fields["files_to"]


def _short(text: str) -> str:
    return text if len(text) <= 80 else f"{text[:79].rstrip()}…"
