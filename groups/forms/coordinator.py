"""Forms about the coordinator's appointment: the nomination, and each step that answers it."""

import datetime as dt
from collections.abc import Callable
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy

from core.forms import DateField, DocumentField, Form, ModelForm
from core.workflow import Transition
from groups import actions, workflow
from groups.models import Appointment, Group


def reason_field(**kwargs: Any) -> forms.CharField:
    """Why, in words."""
    kwargs.setdefault("label", gettext_lazy("Why"))
    return forms.CharField(max_length=1000, widget=forms.Textarea(attrs={"rows": 3}), **kwargs)


class NominationForm(ModelForm):
    """Whom a group wants as its coordinator, and why."""

    cv = DocumentField(label=gettext_lazy("Curriculum"))
    why = reason_field(
        label=gettext_lazy("Why the coordinator is replaced"),
        help_text=gettext_lazy(
            "The one in office stays until the day before the new one begins; both are told this."
        ),
    )

    class Meta:
        model = Appointment
        fields = ["full_name", "email", "background", "no_conflict"]
        widgets = {
            "full_name": forms.TextInput(attrs={"autocomplete": "off"}),
            "email": forms.EmailInput(attrs={"autocomplete": "off"}),
        }
        help_texts = {
            "no_conflict": gettext_lazy("Leave it empty if there is a link: an officer then decides.")
        }

    def __init__(self, *args: Any, replaces: Appointment | None = None, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if replaces is None:
            del self.fields["why"]


class StandInForm(ModelForm):
    """Who holds the coordinator's office for some days, and why."""

    stand_in_from = DateField(label=gettext_lazy("First day of the mandate"))
    stand_in_until = DateField(label=gettext_lazy("Last day of the mandate"))
    why = reason_field(label=gettext_lazy("Why the coordinator is away"))

    class Meta:
        model = Appointment
        fields = ["full_name", "email", "background", "no_conflict"]
        labels = {"email": gettext_lazy("E-mail")}
        widgets = NominationForm.Meta.widgets
        help_texts = NominationForm.Meta.help_texts

    field_order = [
        "why",
        "stand_in_from",
        "stand_in_until",
        "full_name",
        "email",
        "background",
        "no_conflict",
    ]

    def __init__(self, *args: Any, group: Group, today: dt.date, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.group, self.today = group, today

    def clean(self) -> dict[str, Any]:
        """Each sentence at its field; the action refuses the same."""
        data = super().clean() or self.cleaned_data
        first, last, email = data.get("stand_in_from"), data.get("stand_in_until"), data.get("email", "")
        for name, sentence in actions.stand_in_faults(self.group, email, first, last, self.today):
            if name in data:
                self.add_error(name, sentence)
        return data


class StepForm(Form):
    """What a step asks, with the sentence of a guard at the field that it is about. The guards refuse the same."""

    # In which order the guards are asked, and where what they say stands.
    at: ClassVar[dict[Callable[..., str], str]] = {}

    def __init__(
        self, *args: Any, row: Transition, appointment: Appointment, now: dt.datetime, **kwargs: Any
    ):
        super().__init__(*args, **kwargs)
        self.row, self.appointment, self.now = row, appointment, now

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if self.appointment.status not in self.row.sources:
            return data
        for guard, name in self.at.items():
            # A field that is wrong by itself has its own sentence.
            if name in data and (sentence := guard(self.appointment, by=None, now=self.now, data=dict(data))):
                self.add_error(name, sentence)
        return data


class ReasonForm(StepForm):
    """A step that says why."""

    reason = reason_field()


class AcceptForm(StepForm):
    """The person accepts, and says whether there is a link with a member firm (PROGRAMME 12)."""

    no_conflict = forms.TypedChoiceField(
        label=gettext_lazy("Have you a link with a firm of the group?"),
        help_text=gettext_lazy("You own it or part of it, are a relative of an owner, or work for it."),
        choices=[
            ("yes", gettext_lazy("I have none")),
            ("no", gettext_lazy("I have one, or am not sure. An officer decides.")),
        ],
        coerce=lambda answer: answer == "yes",
        widget=forms.RadioSelect,
    )


class DeclineForm(StepForm):
    """The person declines; nobody has to say why."""

    reason = reason_field(required=False)


class ConfirmForm(StepForm):
    """The officer confirms from a day on; where a link was not ruled out, with the ground."""

    at: ClassVar = {
        workflow.has_first_day: "confirmed_from",
        workflow.is_the_only_one: "confirmed_from",
        workflow.ground_for_a_link: "reason",
    }

    confirmed_from = DateField(label=gettext_lazy("First day in office"))
    reason = reason_field(
        required=False,
        label=gettext_lazy("Ground"),
        help_text=gettext_lazy("Needed where a link with a member firm was not ruled out."),
    )


class EndForm(StepForm):
    """The last day in office, and why."""

    at: ClassVar = {workflow.has_last_day: "ended_on"}

    ended_on = DateField(label=gettext_lazy("Last day in office"))
    reason = reason_field()


STEPS: dict[str, type[StepForm]] = {
    "accept": AcceptForm,
    "decline": DeclineForm,
    "confirm": ConfirmForm,
    "refuse": ReasonForm,
    "withdraw": ReasonForm,
    "end": EndForm,
    "dismiss": EndForm,
}
