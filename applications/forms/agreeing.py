"""What an officer fills in of a meeting of reviewers: the day, who was there, the scores, and why."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from applications import agreeing
from applications.comparison import CriterionRow
from applications.forms.review import score_field
from applications.forms.staff import offer, writing
from applications.models import Consensus
from core.forms import DateField, Form


@dataclass(frozen=True)
class AgreedRow:
    """A criterion with what each reviewer gave, and the field of what they agreed on."""

    row: CriterionRow
    field: BoundField


class ConsensusForm(Form):
    """The record of a meeting. `first` is the first day on which they can have met."""

    held_on = DateField(label=Consensus._meta.get_field("held_on").verbose_name)
    present = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Who was there"),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Say who was there.")},
    )
    why_missing = forms.CharField(
        label=gettext_lazy("Why somebody was missing"),
        help_text=gettext_lazy("Only if a reviewer was not there."),
        required=False,
        max_length=1000,
        widget=writing(2),
    )

    def __init__(
        self,
        *args: Any,
        reviewers: Iterable[User],
        rows: Iterable[CriterionRow],
        first: dt.date,
        today: dt.date,
        **kwargs: Any,
    ):
        super().__init__(*args, **kwargs)
        self.rows, self.first, self.today = list(rows), first, today
        people = list(reviewers)
        self.reviewers = [person.pk for person in people]
        offer(self, "present", [(person.pk, str(person)) for person in people])
        for row in self.rows:
            criterion = row.criterion
            self.fields[f"score_{criterion.pk}"] = score_field(
                criterion, _("Agreed score for “%(name)s”, from 0 to %(most)s")
            )
        self.fields["text"] = forms.CharField(
            label=Consensus._meta.get_field("text").verbose_name,
            help_text=_("Staff and auditors read it, and the reviewers who were there. The group does not."),
            max_length=4000,
            widget=writing(5),
        )

    def clean_held_on(self) -> dt.date:
        held_on: dt.date = self.cleaned_data["held_on"]
        if sentence := agreeing.why_not_on(held_on, first=self.first, today=self.today):
            raise forms.ValidationError(sentence, code="day")
        return held_on

    def clean_present(self) -> list[int]:
        present: list[int] = self.cleaned_data["present"]
        if sentence := agreeing.why_not_these(present, self.reviewers):
            raise forms.ValidationError(sentence, code="people")
        return present

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if "present" in data and "why_missing" in data:
            sentence = agreeing.why_missing_unsaid(data["present"], self.reviewers, data["why_missing"])
            if sentence:
                self.add_error("why_missing", sentence)
        return data

    def agreed_rows(self) -> list[AgreedRow]:
        """The criteria with their fields."""
        return [AgreedRow(row, self[f"score_{row.criterion.pk}"]) for row in self.rows]

    @property
    def scores(self) -> dict[int, int | None]:
        """{criterion id: score}; a score that is missing or wrong is None."""
        data = getattr(self, "cleaned_data", {})
        return {row.criterion.pk: data.get(f"score_{row.criterion.pk}") for row in self.rows}
