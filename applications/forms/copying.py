"""Which former application a draft begins from."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.models import Application
from core.forms import Form


class CopyForm(Form):
    """One of the group's own; and that what is written may go, when something is."""

    source = forms.ChoiceField(label=gettext_lazy("Begin from"), widget=forms.RadioSelect)
    replace = forms.BooleanField(
        label=gettext_lazy("Replace what is written in this draft"),
        help_text=gettext_lazy(
            "Its texts, activities, costs with their quotes, and answers to the same questions go."
        ),
    )

    def __init__(self, *args: Any, former: Iterable[Application], empty: bool, **kwargs: Any):
        super().__init__(*args, **kwargs)
        source = self.fields["source"]
        assert isinstance(source, forms.ChoiceField)
        source.choices = [(str(each.pk), _called(each)) for each in former]
        if empty:
            del self.fields["replace"]


def _called(application: Application) -> str:
    words = {
        "title": application.title or _("Without a title"),
        "call": application.call.title,
        "state": application.get_status_display(),
        "day": f"{application.created_at:%d/%m/%Y}",
    }
    return _("%(title)s: %(call)s, begun on %(day)s (%(state)s)") % words
