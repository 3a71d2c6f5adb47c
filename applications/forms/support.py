"""What people fill in about technical support: what a group needs, who helps it, the log of sessions, suggestions."""

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import User
from applications.forms.staff import offer, writing
from applications.models import Suggestion, Support, SupportSession
from applications.supporting import actions, suggestions
from core.forms import DateField, Form, NumberField

MOST_HOURS = Decimal("24")


class NeedForm(Form):
    """What a group needs."""

    need = forms.CharField(
        label=gettext_lazy("What do you need help with?"),
        help_text=gettext_lazy(
            "For example: to write the work plan; to find out who could join; to fill in the forms."
        ),
        max_length=2000,
        widget=writing(5),
    )


class AdviserForm(Form):
    """Who is asked to help. `candidates` are (person, groups that they help, offers that wait)."""

    adviser = forms.TypedChoiceField(label=gettext_lazy("Adviser"), coerce=int)

    def __init__(self, *args: Any, candidates: Iterable[tuple[User, int, int]], **kwargs: Any):
        super().__init__(*args, **kwargs)
        rows = list(candidates)
        self.people = {person.pk: person for person, _active, _offers in rows}
        choices = [(person.pk, f"{person} · {load(active, offers)}") for person, active, offers in rows]
        offer(self, "adviser", [("", _("Choose a person")), *choices])

    @property
    def person(self) -> User:
        """Who was chosen."""
        return self.people[self.cleaned_data["adviser"]]


def load(active: int, offers: int) -> str:
    """`helps 3 groups, has 1 offer to answer`."""
    helps = ngettext("helps %(n)s group", "helps %(n)s groups", active) % {"n": active}
    if not offers:
        return helps
    waits = ngettext("has %(n)s offer to answer", "has %(n)s offers to answer", offers) % {"n": offers}
    return f"{helps}, {waits}"


class OfferForm(AdviserForm):
    """Help for a group that did not ask."""

    need = forms.CharField(
        label=gettext_lazy("What the group needs help with"),
        help_text=gettext_lazy("The adviser and the group read it."),
        max_length=2000,
        widget=writing(4),
    )


class SessionForm(Form):
    """One session of support."""

    on = DateField(label=SupportSession._meta.get_field("on").verbose_name)
    mode = forms.ChoiceField(
        label=SupportSession._meta.get_field("mode").verbose_name,
        choices=[("", gettext_lazy("Choose one")), *SupportSession.Mode.choices],
    )
    hours = NumberField(
        label=SupportSession._meta.get_field("hours").verbose_name,
        help_text=gettext_lazy("For example 1,5"),
        min_value=Decimal("0.01"),
        max_value=MOST_HOURS,
    )
    people = forms.CharField(
        label=SupportSession._meta.get_field("people").verbose_name,
        help_text=gettext_lazy("Names, or how many of which firms."),
        max_length=300,
    )
    done = forms.CharField(
        label=SupportSession._meta.get_field("done").verbose_name, max_length=2000, widget=writing(4)
    )

    def __init__(self, *args: Any, support: Support, now: dt.datetime, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.support, self.now = support, now

    def clean_on(self) -> dt.date:
        day = self.cleaned_data["on"]
        if sentence := actions.why_not_on(self.support, day, self.now):
            raise ValidationError(sentence, code="day")
        return day


class SuggestForm(Form):
    """What an adviser suggests for a section; where it has texts, also a wording for one of them."""

    comment = forms.CharField(
        label=Suggestion._meta.get_field("comment").verbose_name,
        help_text=gettext_lazy("What to change, and why. The group decides."),
        max_length=2000,
        widget=writing(4),
    )
    field = forms.ChoiceField(label=gettext_lazy("A wording for"), required=False)
    proposed = forms.CharField(
        label=gettext_lazy("The wording that you propose"),
        help_text=gettext_lazy("If the group adopts it, it takes the place of the whole text."),
        required=False,
        max_length=4000,
        widget=writing(8),
    )

    def __init__(self, *args: Any, section: str, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.texts = suggestions.texts_of(section)
        if self.texts:
            offer(self, "field", [("", _("No text: only what is written above")), *self.texts.items()])
        else:
            del self.fields["field"], self.fields["proposed"]

    def wording(self) -> list[BoundField]:
        """The fields of the wording, where the section has texts."""
        return [self[name] for name in ("field", "proposed") if name in self.fields]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        field, proposed = data.get("field", ""), data.get("proposed", "")
        if field and not proposed and "proposed" not in self.errors:
            self.add_error("proposed", _("Write the wording that you propose."))
        elif proposed and not field and "field" not in self.errors:
            self.add_error("field", _("Say for which text this wording is."))
        elif field and (sentence := suggestions.too_long(field, proposed)):
            self.add_error("proposed", sentence)
        return data


class DismissForm(Form):
    """Why the group does not take a suggestion."""

    reason = forms.CharField(
        label=Suggestion._meta.get_field("reason").verbose_name,
        max_length=500,
        required=False,
        widget=writing(2),
    )


class SupportFilter(Form):
    """Which supports a list shows."""

    hides_optional = True
    status = forms.ChoiceField(
        label=gettext_lazy("State"),
        choices=[("", gettext_lazy("Open ones")), *Support.Status.choices],
        required=False,
    )
    q = forms.CharField(label=gettext_lazy("Group or adviser"), max_length=100, required=False)
