"""Forms of the documents that a call asks for."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.models import ApplicationDocument, DocumentRequirement
from core import pictures
from core.forms import DocumentsField, Form, PaperField


class AttachForm(Form):
    """Files for one requirement of the call: as they are, or pictures joined into one PDF."""

    hides_optional = True

    file = DocumentsField(
        label=gettext_lazy("Files"), error_messages={"required": gettext_lazy("Choose a file first.")}
    )
    join = forms.BooleanField(
        label=gettext_lazy("They are photographs of one paper: join them into one PDF"),
        help_text=gettext_lazy("In the order of their names. JPEG and PNG only."),
        required=False,
    )

    def __init__(self, *args: Any, requirement: DocumentRequirement, most: int | None = None, **kwargs: Any):
        # Several of these stand on one page: each has ids of its own.
        super().__init__(*args, auto_id=f"id_%s_{requirement.pk}", **kwargs)
        self.requirement = requirement
        field = self.fields["file"]
        assert isinstance(field, DocumentsField)
        field.label = _("Files for: %(name)s") % {"name": requirement}
        # How many the call takes is said by the action, which knows how many are there; here only what bounds the work.
        field.most = pictures.MOST_PICTURES
        # The limits stand once, above all requirements.
        field.help_text = _("You can choose up to %(n)d at once.") % {"n": most} if most and most > 1 else ""

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        files = data.get("file") or []
        if data.get("join") and files:
            try:
                data["file"] = [pictures.join(files)]
            except ValidationError as error:
                self.add_error("file", error)
        return data

    @property
    def uploads(self) -> list[Any]:
        """What is to be attached."""
        return self.cleaned_data["file"]


class ReplaceForm(Form):
    """One file in the place of another, or the photographs of its pages."""

    file = PaperField(
        label=gettext_lazy("File"), error_messages={"required": gettext_lazy("Choose a file first.")}
    )

    def __init__(self, *args: Any, row: ApplicationDocument, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["file"].label = _("File in the place of: %(name)s") % {"name": row.document.filename}
