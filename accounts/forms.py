"""The form with which people register; the other forms about people are in people_forms.py."""

from allauth.account.forms import SignupForm as BaseSignupForm
from django import forms
from django.conf import settings
from django.utils.translation import get_language, gettext_lazy

from accounts.models import User


class SignupForm(BaseSignupForm):
    """Name, language, e-mail and password."""

    full_name = forms.CharField(
        label=gettext_lazy("Full name"),
        max_length=User._meta.get_field("full_name").max_length,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language"),
        choices=settings.LANGUAGES,
        help_text=gettext_lazy("Of the screens and of the messages that we send you."),
    )
    field_order = ["full_name", "email", "password1", "language"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["language"].initial = get_language()
