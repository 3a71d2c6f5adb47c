"""What an entry asks: at most three fields, answered standing up with a phone in one hand."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import documents
from core.forms import DocumentField, DocumentInput, Form, WholeNumberField
from grants.models import BaselineActivity, Project
from reports.models import NotebookEntry
from reports.notebook.models import LONGEST

Kind = NotebookEntry.Kind


class EntryForm(Form):
    """An entry of a kind; of one that exists the photograph stays as it was taken."""

    hides_optional = True

    activity = forms.ModelChoiceField(
        BaselineActivity.objects.none(),
        label=gettext_lazy("Activity"),
        required=False,
        empty_label=gettext_lazy("The project as a whole"),
    )
    photo = DocumentField(
        label=gettext_lazy("Photograph"),
        kinds=documents.PICTURE_TYPES,
        widget=DocumentInput(attrs={"capture": "environment"}),
    )
    people = WholeNumberField(label=gettext_lazy("How many people came"), min_value=1, max_value=100_000)
    text = forms.CharField(
        label=gettext_lazy("What happened"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, project: Project, kind: str, new: bool = True, **kwargs: Any):
        super().__init__(*args, **kwargs)
        activity = self.fields["activity"]
        assert isinstance(activity, forms.ModelChoiceField)
        activity.queryset = project.activities.order_by("order", "id")
        if kind != Kind.PHOTO or not new:
            del self.fields["photo"]
        if kind != Kind.ATTENDANCE:
            del self.fields["people"]
        if kind != Kind.NOTE:
            self.fields["text"].required = False
            self.fields["text"].label = _("Something about it")

    def clean_text(self) -> str:
        """Without the space around it."""
        text = str(self.cleaned_data["text"]).strip()
        if self.fields["text"].required and not text:
            raise ValidationError(_("Write what happened."), code="required")
        return text
