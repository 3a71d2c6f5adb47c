"""What the forms of the rows of a plan and of a budget share."""

from typing import Any

from django import forms
from django.db import models
from django.db.models import Q, QuerySet
from django.utils.text import capfirst

from applications.models import Application
from core.forms import ModelForm
from groups.models import Firm


class OursField(forms.ChoiceField):
    """One of what belongs to the application. The form reads the choices when it draws them, and asks about the one
    that came in its own `clean` (`not_ours`): so a save costs one question, however many choices there are."""

    def valid_value(self, value: str) -> bool:
        return True


class RowForm(ModelForm):
    """One row of an application. A draft is saved as it is: what is missing is said by the rules."""

    hides_optional = True

    def __init__(self, *args: Any, application: Application, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.application = application

    def validate_constraints(self) -> None:
        """Nothing: `clean` has said it in words, and the database refuses what it says, without being asked before."""

    def firms(self) -> QuerySet[Firm]:
        """Of the group now, and the one of the row."""
        members = self.application.group.memberships.current()
        return Firm.objects.filter(Q(pk__in=members.values("firm")) | Q(pk=self.instance.firm_id))

    def not_ours(self, name: str) -> None:
        """Say at a field that what came is none of the choices."""
        field = self.fields[name]
        sentence = field.error_messages["invalid_choice"] % {"value": self.cleaned_data.get(name)}
        self.add_error(name, forms.ValidationError(sentence, code="invalid_choice"))

    def columns(self) -> dict[str, Any]:
        """What is written into the row: a field may stand for several columns, or for another one."""
        return dict(self.cleaned_data)

    def differences(self, row: models.Model) -> list[tuple[str, Any, Any]]:
        """(label, saved, typed) of each field of which a saved row says something else, in words."""
        saved = type(self)(instance=row, application=self.application)
        found = []
        for name, field in self.fields.items():
            theirs = saved.in_words(name, saved.get_initial_for_field(field, name))
            mine = self.in_words(name, self.typed(name))
            if theirs != mine:
                found.append((str(field.label or capfirst(name)), theirs, mine))
        return found

    def typed(self, name: str) -> Any:
        """What this person wants in a field."""
        return self.cleaned_data.get(name)

    def in_words(self, name: str, value: Any) -> str:
        """A value of a field as people read it."""
        field = self.fields[name]
        if value is None:
            value = ""
        if isinstance(field, forms.ChoiceField):
            return _label_of(field.choices, value)
        return str(field.prepare_value(value))


def _label_of(choices: Any, value: Any) -> str:
    """The label of a choice, also in a group of them: then with the name of the group."""
    for code, label in choices:
        if isinstance(label, list | tuple):
            for inner, words in label:
                if str(inner) == str(value):
                    return f"{code}: {words}"
        elif str(code) == str(value):
            return str(label)
    return str(value)


def id_of(text: str) -> int | None:
    """The id that a choice stands for; None for none, and for what is no id."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None
