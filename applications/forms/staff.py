"""What officers fill in: eligibility, returns for changes, and who reviews."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from applications import figures_in_words
from applications.eligibility import Result
from applications.models import EligibilitySignOff
from applications.sections import SECTIONS, Section
from core.forms import DateField, Form

LONGEST_DAYS = 366


def writing(rows: int = 3) -> forms.Textarea:
    """A box for a few sentences."""
    return forms.Textarea(attrs={"rows": rows})


def day_ahead(day: dt.date, today: dt.date) -> dt.date:
    """A day to come, within a year; raises ValidationError with the sentence."""
    if day <= today:
        raise ValidationError(_("Choose a day after today."), code="past")
    if day > today + dt.timedelta(days=LONGEST_DAYS):
        raise ValidationError(_("Choose a day within a year from today."), code="far")
    return day


def offer(form: Form, name: str, choices: list[tuple[Any, str]]) -> None:
    """Fill the choices of a field, which are only known when the form is made."""
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = choices


class ReasonForm(Form):
    """An act that needs no more than its reason."""

    reason = forms.CharField(label=gettext_lazy("Why"), max_length=2000, widget=writing())

    def __init__(self, *args: Any, label: str = "", **kwargs: Any):
        super().__init__(*args, **kwargs)
        if label:
            self.fields["reason"].label = label


class EligibilityForm(Form):
    """What an officer judges of each warning, and what only a person can see."""

    def __init__(self, *args: Any, results: Iterable[Result], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.results = list(results)
        for result in self.results:
            if result.outcome == "warn":
                self.fields[f"judgement_{result.rule}"] = forms.CharField(
                    label=_("Your judgement"),
                    help_text=_("Why this may stand, in one or two sentences."),
                    max_length=1000,
                    widget=writing(2),
                    error_messages={
                        "required": _("Say what you judge of this: %(sentence)s")
                        % {"sentence": result.sentence}
                    },
                )
        self.fields["note"] = forms.CharField(
            label=EligibilitySignOff._meta.get_field("note").verbose_name,
            help_text=_("For example: you called the chamber; you saw the register."),
            required=False,
            max_length=2000,
            widget=writing(),
        )

    def rows(self) -> list[tuple[Result, list[tuple[str, str]], BoundField | None]]:
        """Each result, with its figures in words and the field for its judgement where one is due."""
        return [
            (
                result,
                figures_in_words.rows(result),
                self[name] if (name := f"judgement_{result.rule}") in self.fields else None,
            )
            for result in self.results
        ]

    @property
    def judgements(self) -> dict[str, str]:
        """{rule: what the officer judged}."""
        return {
            name.removeprefix("judgement_"): text
            for name, text in self.cleaned_data.items()
            if name.startswith("judgement_")
        }


class IneligibleForm(Form):
    """Which rules are not met, and the grounds."""

    rules = forms.MultipleChoiceField(
        label=gettext_lazy("Rules that are not met"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose at least one rule that is not met.")},
    )
    reason = forms.CharField(
        label=gettext_lazy("Grounds"),
        help_text=gettext_lazy("The group reads them."),
        max_length=4000,
        widget=writing(4),
    )

    def __init__(self, *args: Any, results: Iterable[Result], **kwargs: Any):
        super().__init__(*args, **kwargs)
        worst_first = sorted(results, key=lambda result: ("fail", "warn", "pass").index(result.outcome))
        offer(self, "rules", [(result.rule, self.words(result)) for result in worst_first])
        self.fields["rules"].initial = [result.rule for result in worst_first if result.outcome == "fail"]

    @staticmethod
    def words(result: Result) -> str:
        """The rule by its name, with what the figures say of it: a person may see that they are not true."""
        return f"{figures_in_words.RULE_NAMES.get(result.rule, result.rule)} ({result.label})"


class ReturnForm(Form):
    """What the group has to change, by section, and until when it may answer."""

    def __init__(
        self,
        *args: Any,
        today: dt.date,
        last_day: dt.date,
        sections: Iterable[Section] = SECTIONS,
        **kwargs: Any,
    ):
        super().__init__(*args, **kwargs)
        self.today = today
        for section in sections:
            self.fields[f"note_{section.code}"] = forms.CharField(
                label=str(section.label), required=False, max_length=2000, widget=writing(2)
            )
        self.fields["answer_by"] = DateField(label=_("Last day to answer"), initial=last_day)

    def note_fields(self) -> list[BoundField]:
        """The fields of the sections."""
        return [self[name] for name in self.fields if name.startswith("note_")]

    def clean_answer_by(self) -> dt.date:
        return day_ahead(self.cleaned_data["answer_by"], self.today)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not self.notes and not any(name.startswith("note_") for name in self.errors):
            first = next(name for name in self.fields if name.startswith("note_"))
            self.add_error(first, _("Say what to change in at least one section."))
        return data

    @property
    def notes(self) -> dict[str, str]:
        """{section: what to change}, without the empty ones."""
        return {
            name.removeprefix("note_"): text
            for name, text in self.cleaned_data.items()
            if name.startswith("note_") and text
        }


class ExtendForm(Form):
    """More time for an answer."""

    answer_by = DateField(label=gettext_lazy("New last day to answer"))
    reason = forms.CharField(label=gettext_lazy("Why"), max_length=1000, widget=writing(2))

    def __init__(self, *args: Any, today: dt.date, present: dt.date, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.today, self.present = today, present

    def clean_answer_by(self) -> dt.date:
        day = day_ahead(self.cleaned_data["answer_by"], self.today)
        if day <= self.present:
            raise ValidationError(_("The new day must be after the present one."), code="earlier")
        return day


class AssignForm(Form):
    """Who reviews, and until when."""

    reviewers = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Reviewers"),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose at least one reviewer.")},
    )
    due_on = DateField(label=gettext_lazy("Reviews are due on"))

    def __init__(
        self,
        *args: Any,
        candidates: Iterable[tuple[User, str]],
        today: dt.date,
        last_day: dt.date,
        **kwargs: Any,
    ):
        super().__init__(*args, **kwargs)
        rows = list(candidates)
        self.today = today
        self.people = {person.pk: person for person, _load in rows}
        offer(self, "reviewers", [(person.pk, f"{person} · {load}") for person, load in rows])
        self.fields["due_on"].initial = last_day

    def clean_due_on(self) -> dt.date:
        return day_ahead(self.cleaned_data["due_on"], self.today)

    @property
    def chosen(self) -> list[User]:
        """The people who were chosen."""
        return [self.people[pk] for pk in self.cleaned_data["reviewers"]]


class ReassignForm(ReasonForm):
    """Another reviewer in the place of one, with the reason."""

    reviewer = forms.TypedChoiceField(label=gettext_lazy("New reviewer"), coerce=int)
    field_order = ["reviewer", "reason"]

    def __init__(self, *args: Any, candidates: Iterable[tuple[User, str]], **kwargs: Any):
        super().__init__(*args, **kwargs)
        rows = list(candidates)
        self.people = {person.pk: person for person, _load in rows}
        offer(
            self,
            "reviewer",
            [
                ("", _("Choose a person")),
                *((person.pk, f"{person} · {load}") for person, load in rows),
            ],
        )

    @property
    def person(self) -> User:
        """Who was chosen."""
        return self.people[self.cleaned_data["reviewer"]]
