"""What officers fill in: eligibility, returns for changes, and who reviews."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from applications import figures_in_words, returning
from applications.eligibility import Result
from applications.models import CallCheck, EligibilitySignOff
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


Answer = EligibilitySignOff.Answer


class EligibilityForm(Form):
    """What an officer judges of each rule, how they answer the checklist of the call, and what else they saw."""

    def __init__(
        self, *args: Any, results: Iterable[Result], checks: Iterable[CallCheck] = (), **kwargs: Any
    ):
        super().__init__(*args, **kwargs)
        self.results, self.checks = list(results), list(checks)
        for result in self.results:
            warns = result.outcome == "warn"
            self.fields[f"judgement_{result.rule}"] = forms.CharField(
                label=_("Your judgement"),
                help_text=_("Why this may stand, in one or two sentences.") if warns else "",
                required=warns,
                max_length=1000,
                widget=writing(2),
                error_messages={
                    "required": _("Say what you judge of this: %(sentence)s") % {"sentence": result.sentence}
                },
            )
        for check in self.checks:
            self.fields[f"check_{check.pk}"] = forms.ChoiceField(
                label=str(check),
                help_text=check.help,
                choices=Answer.choices,
                widget=forms.RadioSelect,
                error_messages={"required": _("Answer this: %(check)s") % {"check": check}},
            )
            self.fields[f"check_note_{check.pk}"] = forms.CharField(
                label=_("What you saw"), required=False, max_length=1000, widget=writing(2)
            )
        self.fields["note"] = forms.CharField(
            label=EligibilitySignOff._meta.get_field("note").verbose_name,
            help_text=_("For example: you called the chamber; you saw the register."),
            required=False,
            max_length=2000,
            widget=writing(),
        )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for check in self.checks:
            if data.get(f"check_{check.pk}") == Answer.NO and not data.get(f"check_note_{check.pk}"):
                self.add_error(f"check_note_{check.pk}", _("Say why it may stand although the answer is no."))
        return data

    def rows(self) -> list[tuple[Result, list[tuple[str, str]], BoundField]]:
        """Each result, with its figures in words and the field for its judgement."""
        return [
            (result, figures_in_words.rows(result), self[f"judgement_{result.rule}"])
            for result in self.results
        ]

    def check_rows(self) -> list[tuple[BoundField, BoundField]]:
        """For each line of the checklist the field of its answer and that of its note."""
        return [(self[f"check_{each.pk}"], self[f"check_note_{each.pk}"]) for each in self.checks]

    @property
    def judgements(self) -> dict[str, str]:
        """{rule: what the officer judged}, of those that say something."""
        return {
            result.rule: text
            for result in self.results
            if (text := self.cleaned_data.get(f"judgement_{result.rule}"))
        }

    @property
    def checklist(self) -> dict[int, tuple[str, str]]:
        """{id of the check: (answer, what was seen)}."""
        data = self.cleaned_data
        return {each.pk: (data[f"check_{each.pk}"], data[f"check_note_{each.pk}"]) for each in self.checks}


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
    """What the group has to change, by section and by what stands in it, and until when it may answer.

    `places` is {section: {name: label}} (applications.returning).
    """

    def __init__(
        self,
        *args: Any,
        today: dt.date,
        last_day: dt.date,
        sections: Iterable[Section] = SECTIONS,
        places: Mapping[str, Mapping[str, str]] | None = None,
        **kwargs: Any,
    ):
        super().__init__(*args, **kwargs)
        self.today, self.sections, self.places = today, list(sections), places or {}
        for section in self.sections:
            self.fields[f"note_{section.code}"] = forms.CharField(
                label=str(section.label), required=False, max_length=2000, widget=writing(2)
            )
            for name, label in self.places.get(section.code, {}).items():
                self.fields[f"place_{section.code}_{name}"] = forms.CharField(
                    label=label, required=False, max_length=returning.LONGEST, widget=writing(2)
                )
        self.fields["answer_by"] = DateField(label=_("Last day to answer"), initial=last_day)

    def rows(self) -> list[tuple[BoundField, list[BoundField], bool]]:
        """For each section the field of its note, those of its places, and whether something stands in one of these."""
        found = []
        for section in self.sections:
            places = [self[f"place_{section.code}_{name}"] for name in self.places.get(section.code, {})]
            found.append((self[f"note_{section.code}"], places, any(field.value() for field in places)))
        return found

    def clean_answer_by(self) -> dt.date:
        return day_ahead(self.cleaned_data["answer_by"], self.today)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        wrong = any(name.startswith(("note_", "place_")) for name in self.errors)
        if not wrong and not self.notes and not self.field_notes:
            first = next(name for name in self.fields if name.startswith("note_"))
            self.add_error(first, _("Say what to change in at least one section."))
        return data

    @property
    def notes(self) -> dict[str, str]:
        """{section code: what to change}."""
        return {
            section.code: text
            for section in self.sections
            if (text := self.cleaned_data.get(f"note_{section.code}"))
        }

    @property
    def field_notes(self) -> dict[str, dict[str, str]]:
        """{section code: {name of the place: what to change there}}."""
        found = {
            code: {name: text for name in names if (text := self.cleaned_data.get(f"place_{code}_{name}"))}
            for code, names in self.places.items()
        }
        return {code: notes for code, notes in found.items() if notes}


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
    """Who reviews, and until when. Those who are suggested are chosen already; the officer decides."""

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
        suggested: Iterable[int] = (),
        **kwargs: Any,
    ):
        super().__init__(*args, **kwargs)
        rows = list(candidates)
        self.today = today
        self.fields["reviewers"].initial = list(suggested)
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
