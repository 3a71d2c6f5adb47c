"""What an officer fills in about a visit."""

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.roles import Role
from core import dates, documents
from core.forms import DateField, DocumentsField, Form
from grants.models import Visit
from grants.visits import guards

# Rows for agreements on the page.
PLACES = 4


class PlanForm(Form):
    """When, who, how and what for."""

    on = DateField(label=gettext_lazy("Day"))
    visitor = forms.ModelChoiceField(User.objects.none(), label=gettext_lazy("Who visits"), empty_label=None)
    mode = forms.ChoiceField(label=gettext_lazy("How"), choices=Visit.Mode.choices)
    purpose = forms.CharField(
        label=gettext_lazy("What for"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("The group reads it."),
    )

    def __init__(self, *args: Any, now: dt.datetime, by: User, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.now = now
        officers = User.objects.with_role(Role.OFFICER, now).order_by("full_name")
        self.fields["visitor"].queryset = officers  # type: ignore[attr-defined]
        self.fields["visitor"].initial = by.pk

    def clean_on(self) -> dt.date:
        on = self.cleaned_data["on"]
        if sentence := guards.why_not_planned_on(on, dates.day_of(self.now)):
            raise forms.ValidationError(sentence, code="day")
        return on


class MoveForm(Form):
    """Another day, and why."""

    on = DateField(label=gettext_lazy("New day"))
    reason = forms.CharField(
        label=gettext_lazy("Why"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )


class LogForm(Form):
    """What was seen, whom one met, what was agreed; photographs from the telephone."""

    hides_optional = True

    on = DateField(label=gettext_lazy("On which day it took place"))
    mode = forms.ChoiceField(label=gettext_lazy("How"), choices=Visit.Mode.choices)
    met = forms.CharField(
        label=gettext_lazy("Whom you met"),
        max_length=500,
        help_text=gettext_lazy("Names and what they do."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    seen = forms.CharField(
        label=gettext_lazy("What was seen"),
        max_length=4000,
        help_text=gettext_lazy(
            "The group reads it. What only the office should know stands in the notes of the case."
        ),
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    photos = DocumentsField(
        label=gettext_lazy("Photographs"),
        required=False,
        kinds=documents.PICTURE_TYPES,
        most=guards.MOST_PHOTOS,
    )

    def __init__(self, *args: Any, now: dt.datetime, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.now = now
        for place in range(PLACES):
            self.fields[f"text-{place}"] = forms.CharField(
                label=_("What was agreed"), required=False, max_length=500
            )
            self.fields[f"due-{place}"] = DateField(label=_("By when"), required=False)

    def clean_on(self) -> dt.date:
        on = self.cleaned_data["on"]
        if sentence := guards.why_not_logged_on(on, dates.day_of(self.now)):
            raise forms.ValidationError(sentence, code="day")
        return on

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        today = dates.day_of(self.now)
        for place in range(PLACES):
            text, due_on = data.get(f"text-{place}"), data.get(f"due-{place}")
            if text and not due_on and f"due-{place}" not in self.errors:
                self.add_error(f"due-{place}", _("Say by when."))
            if due_on and not text:
                self.add_error(f"text-{place}", _("Say what was agreed."))
            if due_on and due_on <= today:
                self.add_error(f"due-{place}", _("Give each agreement a date to come."))
        return data

    def agreements(self) -> list[dict[str, Any]]:
        """What was agreed, of a valid form."""
        data = self.cleaned_data
        return [
            {"text": data[f"text-{place}"], "due_on": data[f"due-{place}"]}
            for place in range(PLACES)
            if data.get(f"text-{place}")
        ]

    def first_fields(self) -> list[Any]:
        return [self[name] for name in ("on", "mode", "met", "seen", "photos")]

    def agreement_rows(self) -> list[tuple[int, Any, Any]]:
        return [(place + 1, self[f"text-{place}"], self[f"due-{place}"]) for place in range(PLACES)]


class VisitFilter(Form):
    """Finds visits; always in the URL."""

    hides_optional = True

    q = forms.CharField(label=gettext_lazy("Case, group or reference"), required=False, max_length=100)
    status = forms.ChoiceField(
        label=gettext_lazy("State"),
        required=False,
        choices=[("", gettext_lazy("All")), *Visit.Status.choices],
    )
