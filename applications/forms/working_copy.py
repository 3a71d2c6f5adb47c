"""Bringing a working copy back."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy

from applications.models import Application
from applications.working_copy import Brought, read
from core.forms import Form


class WorkingCopyForm(Form):
    """The file of a working copy that was filled in."""

    file = forms.FileField(
        label=gettext_lazy("The file that you filled in"),
        help_text=gettext_lazy("XLSX. At most 2 MB."),
        widget=forms.FileInput(attrs={"accept": ".xlsx"}),
        error_messages={
            "required": gettext_lazy("Choose a file first."),
            "empty": gettext_lazy("This file is empty. Choose another one."),
        },
    )

    def __init__(self, *args: Any, application: Application, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.application = application
        self.brought: Brought | None = None

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        try:
            self.brought = read(file, application=self.application)
        except ValidationError as error:
            raise ValidationError(error.messages) from error
        return file
