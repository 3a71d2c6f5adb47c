"""What a group fills in about its application as a whole, and how anybody filters the list of applications."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from applications.models import Application
from core.forms import Form, ModelForm


def lines_of(rows: int) -> forms.Textarea:
    """A box for so many lines of text."""
    return forms.Textarea(attrs={"rows": rows})


class ProjectForm(ModelForm):
    """What the project is. A draft is saved as it is: what is missing is said by the rules, not by the form."""

    class Meta:
        model = Application
        fields = Application.TEXTS
        widgets = {
            "diagnosis": lines_of(6),
            "objectives": lines_of(6),
            "learning": lines_of(4),
            "prior_support": lines_of(3),
        }
        help_texts = {
            "diagnosis": gettext_lazy(
                "What the firms make and sell today, and what holds them back together."
            ),
            "objectives": gettext_lazy(
                "What will be different when the project ends, and how one will see it."
            ),
            "learning": gettext_lazy("Not only what is bought: what the firms will know and do after it."),
            "prior_support": gettext_lazy("Which body of the State, when, and what it did with you."),
        }

    # Drafts may be empty; what a submission needs is marked by the rules, so nothing here says "(optional)".
    hides_optional = True

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if not self.instance.call.needs_prior_support:
            del self.fields["prior_support"]


class AssignForm(Form):
    """Who of the group writes a section."""

    hides_optional = True
    person = forms.ModelChoiceField(
        label=gettext_lazy("Who writes this section"), queryset=User.objects.none(), required=False
    )

    def __init__(self, *args: Any, people: list[User], **kwargs: Any):
        super().__init__(*args, **kwargs)
        field = self.fields["person"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = User.objects.filter(pk__in=[person.pk for person in people])
        field.empty_label = _("Nobody in particular")


class DeclarationForm(Form):
    """What the representative declares when they send it."""

    declared = forms.BooleanField(
        label=gettext_lazy(
            "I declare that what this application says is true, that the firms know it and agree to it, and that I may "
            "represent them."
        ),
        error_messages={"required": gettext_lazy("Accept the declaration before you send.")},
    )


class ReasonForm(Form):
    """Why something is done, in one's own words."""

    reason = forms.CharField(
        label=gettext_lazy("Why"),
        max_length=4000,
        widget=lines_of(5),
        error_messages={"required": gettext_lazy("Say why.")},
    )

    def __init__(self, *args: Any, label: Any = None, hint: Any = "", **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["reason"].label = label or self.fields["reason"].label
        self.fields["reason"].help_text = hint


class ResolutionForm(ReasonForm):
    """An act of the authority, which may have a number of its own."""

    resolution = forms.CharField(label=gettext_lazy("Resolution number"), max_length=40, required=False)

    field_order = ["resolution", "reason"]


class AnnulForm(ResolutionForm):
    """The act that annuls an approval must have one."""

    resolution = forms.CharField(label=gettext_lazy("Resolution number"), max_length=40)
