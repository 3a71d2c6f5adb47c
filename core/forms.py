"""Base classes of the project's forms, and fields that several apps use.

How a field looks (label, hint, error, control; "(optional)" rather than asterisks) is in templates/bootstrap5/.
"""

import datetime as dt
import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.urls import reverse_lazy
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import dates, documents, pictures, uploads
from core.money import PESOS, format_money, parse_money, parse_number, parse_whole, written

# Django's own words of a list in which nothing is chosen yet: its Spanish catalogue leaves them out, ours has them.
CHOOSE = gettext_lazy("- Select an option -")

# No day of ours lies later: a year beyond it is mistyped, and days and reminders are still counted from it.
LAST_YEAR = 2199

# Marks that turn the direction of all that follows: a name with one of them turns the amount beside it too.
TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")


def helper() -> FormHelper:
    """Crispy's layout for a form whose <form>, token and buttons the page writes itself."""
    made = FormHelper()
    made.form_tag = False
    made.disable_csrf = True
    return made


def posted_version(request: HttpRequest) -> int:
    """The hidden `version` that the page showed. Without a readable one the page counts as stale: -1."""
    text = request.POST.get("version", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else -1


class BoundField(forms.BoundField):
    """A field on the page. A browser cuts what is pasted over `maxlength` without a word: in long texts the server says
    how much is too much instead, and nothing is lost. Marks that turn the direction of a line are left out."""

    @property
    def data(self) -> Any:
        typed = super().data
        is_text = isinstance(typed, str) and not isinstance(self.field.widget, forms.PasswordInput)
        return TURNING.sub("", typed) if is_text else typed

    def build_widget_attrs(self, attrs: Any, widget: forms.Widget | None = None) -> dict[str, Any]:
        made = super().build_widget_attrs(attrs, widget)
        if isinstance(widget or self.field.widget, forms.Textarea):
            made["maxlength"] = False
        return made


class Form(forms.Form):
    """A form that the server checks: the browser's own bubbles would hide our sentences."""

    use_required_attribute = False
    bound_field_class = BoundField

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.helper = helper()


class ModelForm(forms.ModelForm):
    """The same for a model."""

    use_required_attribute = False
    bound_field_class = BoundField

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.helper = helper()


# --- Numbers -----------------------------------------------------------------------------------


class NumberInput(forms.TextInput):
    """A text field with the keyboard of figures; type=number would refuse the comma."""

    look = "answer-10"

    def __init__(self, attrs: dict[str, Any] | None = None):
        super().__init__({"inputmode": "decimal", "autocomplete": "off", "class": self.look, **(attrs or {})})


class MoneyInput(NumberInput):
    """The same, as wide as an amount."""

    look = "answer-money"


class PercentInput(NumberInput):
    """The same, as wide as a percentage."""

    look = "answer-5"


class NumberField(forms.Field):
    """A number of so many places at most, as people write it: `1.234,5`, `1234.5`. Cleans to a Decimal, or None."""

    widget: Any = NumberInput

    def __init__(
        self,
        *,
        min_value: Decimal | None = None,
        max_value: Decimal | None = None,
        places: int = 2,
        **kwargs: Any,
    ):
        self.min_value, self.max_value, self.places = min_value, max_value, places
        super().__init__(**kwargs)

    def read(self, text: str) -> Decimal:
        """The number that a text says; ValueError with the sentence for the person."""
        return parse_number(text, self.places)

    def written(self, value: Decimal) -> str:
        """A number as people write it into the field."""
        return written(value)

    def outside(self, low: str | None, high: str | None) -> str:
        """The sentence for a number below `low` or above `high`."""
        if low is not None:
            return _("The number must be at least %(limit)s.") % {"limit": low}
        return _("The number must be at most %(limit)s.") % {"limit": high}

    def to_python(self, value: Any) -> Decimal | None:
        if value in self.empty_values:
            return None
        if isinstance(value, Decimal):
            return value
        try:
            return self.read(str(value).strip())
        except ValueError as error:
            raise ValidationError(str(error), code="invalid") from error

    def validate(self, value: Decimal | None) -> None:
        super().validate(value)
        if value is None:
            return
        if self.min_value is not None and value < self.min_value:
            raise ValidationError(self.outside(self.written(self.min_value), None), code="min_value")
        if self.max_value is not None and value > self.max_value:
            raise ValidationError(self.outside(None, self.written(self.max_value)), code="max_value")

    def prepare_value(self, value: Any) -> Any:
        """A stored number as people write it; what was typed stays as it was typed."""
        return self.written(value) if isinstance(value, Decimal) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return self.to_python(initial) != self.to_python(data)
        except ValidationError:
            return True


class WholeNumberField(forms.IntegerField):
    """A whole number as people write it, `1.000` is a thousand; with limits said in the same words as those of the other
    numbers."""

    widget: Any = forms.TextInput
    default_error_messages = {
        "min_value": gettext_lazy("The number must be at least %(limit_value)s."),
        "max_value": gettext_lazy("The number must be at most %(limit_value)s."),
    }

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {"inputmode": "numeric", "autocomplete": "off", "class": "answer-5"}

    def to_python(self, value: Any) -> int | None:
        if value in self.empty_values:
            return None
        if isinstance(value, int):
            return value
        try:
            return parse_whole(str(value))
        except ValueError as error:
            raise ValidationError(str(error) or self.error_messages["invalid"], code="invalid") from error


class MoneyField(NumberField):
    """An amount in pesos, as people write it: `1.234,56`, `1234.56`. Cleans to a Decimal with two places, or None."""

    widget = MoneyInput

    def read(self, text: str) -> Decimal:
        return parse_money(text)

    def written(self, value: Decimal) -> str:
        return format_money(value).replace(PESOS, "")

    def outside(self, low: str | None, high: str | None) -> str:
        if low is not None:
            return _("The amount must be at least %(limit)s.") % {"limit": f"{PESOS}{low}"}
        return _("The amount must be at most %(limit)s.") % {"limit": f"{PESOS}{high}"}


class PercentField(NumberField):
    """A percentage from 0 to 100, as people write it: `62,5`, `62.5`, `62,5 %`. Cleans to a Decimal, or None."""

    widget = PercentInput

    def __init__(self, *, min_value: Decimal = Decimal(0), max_value: Decimal = Decimal(100), **kwargs: Any):
        super().__init__(min_value=min_value, max_value=max_value, **kwargs)

    def read(self, text: str) -> Decimal:
        return parse_number(text.removesuffix("%").strip())

    def outside(self, low: str | None, high: str | None) -> str:
        if low is not None:
            return _("The percentage must be at least %(limit)s.") % {"limit": low}
        return _("The percentage must be at most %(limit)s.") % {"limit": high}


# --- Days and moments --------------------------------------------------------------------------


class DateInput(forms.DateInput):
    """The browser's own picker, which speaks ISO; where there is none, a text field."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None):
        super().__init__({"class": "answer-10", **(attrs or {})}, format="%Y-%m-%d")


class DateField(forms.DateField):
    """A day: from the picker (ISO), or as people write it, `24/11/2026`."""

    widget = DateInput
    default_error_messages = {
        "invalid": gettext_lazy("Write a day that exists, for example 24/11/2026."),
        "far": gettext_lazy("This day is too far away. Look at its year."),
    }

    def __init__(self, **kwargs: Any):
        super().__init__(input_formats=["%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y"], **kwargs)

    def to_python(self, value: Any) -> dt.date | None:
        day = super().to_python(value)
        if day is not None and day.year > LAST_YEAR:
            raise ValidationError(self.error_messages["far"], code="far")
        return day


class MonthInput(forms.DateInput):
    """A month as people write it. Not every browser has a picker for months."""

    def __init__(self, attrs: dict[str, Any] | None = None):
        super().__init__({"class": "answer-10", "inputmode": "numeric", **(attrs or {})}, format="%m/%Y")


class MonthField(forms.DateField):
    """A month, `10/2026`. Cleans to its first day, or None."""

    widget = MonthInput
    default_error_messages = {"invalid": gettext_lazy("Write a month and a year, for example 10/2026.")}

    def __init__(self, **kwargs: Any):
        super().__init__(input_formats=["%m/%Y", "%Y-%m", "%m-%Y"], **kwargs)


class MomentInput(forms.DateTimeInput):
    """The browser's own picker of a day with its hour."""

    input_type = "datetime-local"

    def __init__(self, attrs: dict[str, Any] | None = None):
        super().__init__({"class": "answer-20", **(attrs or {})}, format="%Y-%m-%dT%H:%M")


class MomentField(forms.DateTimeField):
    """A moment in Buenos Aires: from the picker, or as people write it, `24/11/2026 14:32`. Cleans to an aware one."""

    widget = MomentInput
    FORMATS = ("%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%d/%m/%Y %H:%M", "%d-%m-%Y %H:%M")
    default_error_messages = {
        "invalid": gettext_lazy("Write a day and an hour that exist, for example 24/11/2026 14:32.")
    }

    def to_python(self, value: Any) -> dt.datetime | None:
        if value in self.empty_values:
            return None
        if isinstance(value, dt.datetime):
            return value
        for form in self.FORMATS:
            try:
                # Naive on purpose: the hour that was typed is one of Buenos Aires.
                read = dt.datetime.strptime(str(value).strip(), form)  # noqa: DTZ007
            except ValueError:
                continue
            if 1900 <= read.year <= LAST_YEAR:
                return read.replace(tzinfo=dates.BUENOS_AIRES)
        raise ValidationError(self.error_messages["invalid"], code="invalid")

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, dt.datetime) and value.tzinfo:
            return value.astimezone(dates.BUENOS_AIRES).replace(tzinfo=None)
        return value


# --- Files -------------------------------------------------------------------------------------


class DocumentInput(forms.FileInput):
    """A file field. A file that came in parts stays chosen while the form comes back with errors."""

    template_name = "core/widgets/document_input.html"

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        files = value if isinstance(value, list | tuple) else [value]
        kept = [file for file in files if isinstance(file, uploads.TakenUpload) and not file.refused]
        return {**super().get_context(name, value, attrs), "kept": kept, "key_name": name + uploads.ENDING}


class DocumentsInput(DocumentInput):
    """The same for several files."""

    allow_multiple_selected = True


class DocumentField(forms.FileField):
    """A file whose name, size and content were checked (core.documents). The limits stand in its hint.

    Where the browser runs scripts the file comes in parts before the form is sent (core.uploads, static/upload.js).
    """

    widget = DocumentInput
    default_error_messages = {
        "empty": gettext_lazy("This file is empty. Choose another one."),
        "missing": gettext_lazy("No file arrived. Choose it again."),
        "invalid": gettext_lazy("No file arrived. Choose it again."),
    }

    def __init__(
        self,
        *,
        kinds: Iterable[str] = documents.DOCUMENT_TYPES,
        max_bytes: int | None = None,
        **kwargs: Any,
    ):
        self.kinds = tuple(kinds)
        self.max_bytes = max_bytes or settings.UPLOAD_MAX_BYTES
        kwargs.setdefault("help_text", documents.limits(self.kinds, self.max_bytes))
        super().__init__(**kwargs)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """What is accepted, and where parts go."""
        attrs = {"data-upload": reverse_lazy("uploads"), **super().widget_attrs(widget)}
        return attrs if "accept" in widget.attrs else {**attrs, "accept": documents.accepted(self.kinds)}

    def bound_data(self, data: Any, initial: Any) -> Any:
        """What the widget shows of a form that comes back: the files that came in parts."""
        return data or initial

    def clean(self, data: Any, initial: Any = None) -> Any:
        if isinstance(data, uploads.LostUpload):
            raise ValidationError(uploads.lost(), code="lost")
        upload = super().clean(data, initial)
        if upload and hasattr(upload, "chunks") and hasattr(upload, "content_type"):
            try:
                documents.check_upload(upload, kinds=self.kinds, max_bytes=self.max_bytes)
            except ValidationError:
                if isinstance(upload, uploads.TakenUpload):
                    upload.refused = True
                raise
        return upload


class DocumentsField(DocumentField):
    """Several files at once; cleans to a list of them, in the order in which they were chosen, each one checked."""

    widget = DocumentsInput

    def __init__(self, *, most: int = 20, **kwargs: Any):
        self.most = most
        super().__init__(**kwargs)

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        files = data if isinstance(data, list | tuple) else [data] if data else []
        if len(files) > self.most:
            raise ValidationError(
                _("Choose at most %(n)d files at once.") % {"n": self.most}, code="too_many"
            )
        if self.required and not files:
            raise ValidationError(self.error_messages["required"], code="required")
        return [super(DocumentsField, self).clean(file, initial) for file in files]


class PaperField(DocumentsField):
    """One document, or the photographs of its pages: several pictures become one PDF, in the order of their names.
    Cleans to one file, or None."""

    def __init__(self, *, max_bytes: int | None = None, **kwargs: Any):
        kwargs.setdefault("most", pictures.MOST_PICTURES)
        super().__init__(max_bytes=max_bytes, **kwargs)
        self.help_text = kwargs.get("help_text") or format_lazy(
            "{} {}",
            documents.limits(self.kinds, self.max_bytes),
            gettext_lazy("Several photographs become one PDF, in the order of their names."),
        )

    def clean(self, data: Any, initial: Any = None) -> Any:
        files = super().clean(data, initial)
        if len(files) > 1:
            return pictures.join(files, max_bytes=self.max_bytes)
        return files[0] if files else None


class CodeForm(Form):
    """The code that a document prints about its content."""

    hides_optional = True
    code = forms.CharField(
        label=gettext_lazy("Code of the document"),
        help_text=gettext_lazy("The 64 letters and figures after “Content” at the foot of each page."),
        max_length=200,
        required=False,
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
    )

    def clean_code(self) -> str:
        """As it is kept: no spaces, small letters."""
        return "".join(self.cleaned_data["code"].split()).lower()
