"""What a reviewer fills in: interest first, then scores with their reasons."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.forms.staff import writing
from applications.models import Criterion, Review
from core.forms import Form

NO_INTEREST, INTEREST = "none", "some"


class InterestForm(Form):
    """Whether the reviewer has an interest in the case, and which."""

    interest = forms.ChoiceField(
        label=gettext_lazy("Your interest in this case"),
        choices=[
            (NO_INTEREST, gettext_lazy("I have no interest in this group, its firms or its people")),
            (INTEREST, gettext_lazy("I have an interest: somebody else must review it")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Say whether you have an interest.")},
    )
    reason = forms.CharField(
        label=gettext_lazy("Which interest"),
        help_text=gettext_lazy("Only if you have one: ownership, work, family, a past quarrel."),
        required=False,
        max_length=1000,
        widget=writing(2),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("interest") == INTEREST and not data.get("reason") and "reason" not in self.errors:
            self.add_error("reason", _("Say which interest you have."))
        return data

    @property
    def is_free(self) -> bool:
        """Whether they declared that they have none."""
        return self.cleaned_data["interest"] == NO_INTEREST


@dataclass(frozen=True)
class ScoreRow:
    """A criterion with its two fields, as the page shows it."""

    criterion: Criterion
    percent: Decimal
    score: BoundField
    reason: BoundField


@dataclass(frozen=True)
class Missing:
    """A field that is not filled in yet: in words, and its place on the page."""

    words: str
    target: str


def score_field(criterion: Criterion, label: str, **more: Any) -> forms.IntegerField:
    """A score within the scale of a criterion; its label has %(name)s and %(most)s. A mistake names the criterion: the
    summary of errors stands apart from the field."""
    words = {"name": criterion, "most": criterion.max_score}
    outside = _("“%(name)s”: a score from 0 to %(most)s.") % words
    no_number = _("“%(name)s”: a whole number from 0 to %(most)s.") % words
    return forms.IntegerField(
        label=label % words,
        error_messages={"invalid": no_number, "min_value": outside, "max_value": outside},
        min_value=0,
        max_value=criterion.max_score,
        widget=forms.NumberInput(attrs={"class": "answer-5", "inputmode": "numeric"}),
        **more,
    )


class ReviewForm(Form):
    """Scores, comment and advice. A draft may be incomplete; `complete` asks for everything, to send it."""

    def __init__(
        self, *args: Any, review: Review, criteria: Iterable[Criterion], complete: bool = False, **kwargs: Any
    ):
        super().__init__(*args, **kwargs)
        self.criteria = list(criteria)
        written = {score.criterion_id: score for score in review.scores.all()} if review.pk else {}
        for criterion in self.criteria:
            saved = written.get(criterion.pk)
            self.fields[f"score_{criterion.pk}"] = score_field(
                criterion,
                _("Score for “%(name)s”, from 0 to %(most)s"),
                required=complete,
                initial=saved.score if saved else None,
            )
            self.fields[f"reason_{criterion.pk}"] = forms.CharField(
                label=_("Why this score for “%(name)s”") % {"name": criterion},
                max_length=2000,
                required=complete,
                initial=saved.reason if saved else "",
                widget=writing(2),
            )
        self.fields["comment"] = forms.CharField(
            label=Review._meta.get_field("comment").verbose_name,
            help_text=_("The group reads it after the decision, without your name."),
            max_length=4000,
            required=complete,
            initial=review.comment,
            widget=writing(4),
        )
        self.fields["advice"] = forms.ChoiceField(
            label=Review._meta.get_field("advice").verbose_name,
            choices=Review.Advice.choices,
            required=complete,
            initial=review.advice,
            widget=forms.RadioSelect,
        )
        if not complete:
            # Everything is due in the end: "(optional)" beside each field would mislead.
            self.hides_optional = True

    def rows(self) -> list[ScoreRow]:
        """The criteria with their fields and their part of the whole, in per cent."""
        weights = sum(criterion.weight for criterion in self.criteria)
        return [
            ScoreRow(
                criterion,
                Decimal(criterion.weight * 100) / weights,
                self[f"score_{criterion.pk}"],
                self[f"reason_{criterion.pk}"],
            )
            for criterion in self.criteria
        ]

    @property
    def scores(self) -> dict[int, tuple[int | None, str]]:
        """{criterion: (score, reason)} of those that came; a score that is not given yet, or is wrong, is None."""
        data = self.cleaned_data
        return {
            criterion.pk: (data.get(f"score_{criterion.pk}"), data.get(f"reason_{criterion.pk}", ""))
            for criterion in self.criteria
            if f"score_{criterion.pk}" in self.data
        }

    def stands(self, name: str) -> Any:
        """What stands in a field: typed, or saved before; None for what makes no sense."""
        return self.cleaned_data.get(name) if self.is_bound else self[name].initial

    def missing(self) -> list[Missing]:
        """What is not filled in yet, in the order of the page: everything is due before it is sent."""
        words = {"comment": self["comment"].label, "advice": self["advice"].label}
        for criterion in self.criteria:
            words[f"score_{criterion.pk}"] = _("%(criterion)s: the score") % {"criterion": criterion}
            words[f"reason_{criterion.pk}"] = _("%(criterion)s: the reason") % {"criterion": criterion}
        # A group of radio buttons has no id of its own: the link goes to its first button.
        return [
            Missing(str(words[field.name]), field.id_for_label or f"{field.auto_id}_0")
            for field in self
            if self.stands(field.name) in (None, "")
        ]


class DeclineForm(Form):
    """Why somebody does not review a case that they were given: at any moment before the review is sent."""

    interest = forms.ChoiceField(
        label=gettext_lazy("Why you decline"),
        choices=[
            (NO_INTEREST, gettext_lazy("I cannot review it: no time, not my field, or something else")),
            (INTEREST, gettext_lazy("I found that I have an interest in the group, its firms or its people")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Say why you decline.")},
    )
    reason = forms.CharField(
        label=gettext_lazy("In a few words"),
        help_text=gettext_lazy("The programme's officers read it; the group and the other reviewers do not."),
        max_length=1000,
        widget=writing(2),
    )

    @property
    def given(self) -> dict[str, Any]:
        """What the transition takes. Who has an interest is not asked to review this case again."""
        found = {"no_interest": False} if self.cleaned_data["interest"] == INTEREST else {}
        return {"reason": self.cleaned_data["reason"], **found}
