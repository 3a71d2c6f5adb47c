"""What the office writes for itself on a case: notes, contacts, who is in charge; and its snippets of text."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from applications.forms.staff import offer, writing
from applications.models import Snippet
from applications.office import notes
from core.forms import DateField, Form, ModelForm


class NoteForm(Form):
    """A note, and the colleagues who are to hear of it."""

    text = forms.CharField(
        label=gettext_lazy("Note"),
        max_length=notes.LONGEST,
        widget=writing(5),
        error_messages={"required": gettext_lazy("Write the note.")},
    )
    mentions = forms.MultipleChoiceField(
        label=gettext_lazy("Colleagues who should read it"),
        help_text=gettext_lazy("They hear of it by notice."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, people: Iterable[User], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.people = {str(person.pk): person for person in people}
        offer(self, "mentions", [(pk, str(person)) for pk, person in self.people.items()])

    @property
    def mentioned(self) -> list[User]:
        """The colleagues who were ticked."""
        return [self.people[pk] for pk in self.cleaned_data["mentions"]]


class ContactForm(Form):
    """A call, a visit or a message outside the site."""

    kind = forms.ChoiceField(
        label=gettext_lazy("How"),
        choices=notes.Contact.choices,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose how you were in contact.")},
    )
    on = DateField(label=gettext_lazy("Day"))
    text = forms.CharField(
        label=gettext_lazy("What was said or seen"),
        max_length=notes.LONGEST,
        widget=writing(5),
        error_messages={"required": gettext_lazy("Say what was said or seen.")},
    )

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_on(self) -> dt.date:
        on = self.cleaned_data["on"]
        if sentence := notes.why_not_on(on, self.today):
            raise ValidationError(sentence, code="day")
        return on


class OfficerForm(Form):
    """The officer in charge, or nobody."""

    officer = forms.ChoiceField(label=gettext_lazy("Officer in charge"), required=False)

    def __init__(self, *args: Any, people: Iterable[User], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.people = {str(person.pk): person for person in people}
        choices = [("", _("Nobody: every officer looks after it"))]
        offer(self, "officer", choices + [(pk, str(person)) for pk, person in self.people.items()])

    @property
    def chosen(self) -> User | None:
        """The officer; None for nobody."""
        return self.people.get(self.cleaned_data["officer"])


class SnippetForm(ModelForm):
    """A snippet, under a name that its owner has not used yet."""

    class Meta:
        model = Snippet
        fields = ["name", "text", "shared"]
        widgets = {"text": writing(5)}

    def clean_name(self) -> str:
        name = self.cleaned_data["name"]
        others = Snippet.objects.filter(owner=self.instance.owner, name=name).exclude(pk=self.instance.pk)
        if others.exists():
            raise ValidationError(_("You have a text of this name already."), code="taken")
        return name
