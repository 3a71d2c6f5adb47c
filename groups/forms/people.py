"""Forms about the people of a group."""

from django import forms
from django.utils.translation import gettext_lazy

from accounts.roles import Role
from core.forms import Form
from groups.actions.people import INVITED_TO


class InviteForm(Form):
    """Somebody to invite to the group."""

    email = forms.EmailField(
        label=gettext_lazy("E-mail"), widget=forms.EmailInput(attrs={"autocomplete": "off"})
    )
    role = forms.ChoiceField(
        label=gettext_lazy("What the person may do"),
        choices=[
            (Role.MEMBER, gettext_lazy("Write together with you")),
            (Role.VIEWER, gettext_lazy("Only read")),
        ],
        widget=forms.RadioSelect,
        initial=INVITED_TO[0],
    )
