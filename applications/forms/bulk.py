"""What is asked once for many cases."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from applications.forms.staff import offer, writing
from applications.office import thread
from core.forms import Form


class PersonForm(Form):
    """Who is to do it; or, where `suggested` says so in words, for each case whoever is suggested for it."""

    SUGGESTED = "suggested"

    person = forms.ChoiceField(
        label=gettext_lazy("Who"), error_messages={"required": gettext_lazy("Choose a person.")}
    )

    def __init__(self, *args: Any, people: Iterable[User], suggested: str = "", **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.people = {str(person.pk): person for person in people}
        choices = [(pk, str(person)) for pk, person in self.people.items()]
        if suggested:
            choices.insert(0, (self.SUGGESTED, suggested))
        offer(self, "person", [("", _("Choose a person")), *choices])

    @property
    def chosen(self) -> User | None:
        """The person; None for whoever is suggested for each case."""
        return self.people.get(self.cleaned_data["person"])


class MessageForm(Form):
    """A message to a group, or to the office."""

    text = forms.CharField(
        label=gettext_lazy("Message"),
        max_length=thread.LONGEST,
        widget=writing(),
        error_messages={"required": gettext_lazy("Write a message.")},
    )
