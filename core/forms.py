"""Base classes of the project's forms, and fields that several apps use.

How a field looks (label, hint, error, control; "(optional)" rather than asterisks) is in templates/bootstrap5/.
"""

from decimal import Decimal
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from core.money import format_money, parse_money


def helper() -> FormHelper:
    """Crispy's layout for a form whose <form>, token and buttons the page writes itself."""
    made = FormHelper()
    made.form_tag = False
    made.disable_csrf = True
    return made


class Form(forms.Form):
    """A form that the server checks: the browser's own bubbles would hide our sentences."""

    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.helper = helper()


class ModelForm(forms.ModelForm):
    """The same for a model."""

    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.helper = helper()


class MoneyInput(forms.TextInput):
    """A text field with the keyboard of figures; type=number would refuse the comma."""

    def __init__(self, attrs: dict[str, Any] | None = None):
        super().__init__(
            {"inputmode": "decimal", "autocomplete": "off", "class": "answer-money", **(attrs or {})}
        )


class MoneyField(forms.Field):
    """An amount in pesos, as people write it: `1.234,56`, `1234.56`. Cleans to a Decimal with two places, or None."""

    widget = MoneyInput

    def __init__(self, *, min_value: Decimal | None = None, max_value: Decimal | None = None, **kwargs: Any):
        self.min_value, self.max_value = min_value, max_value
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> Decimal | None:
        if value in self.empty_values:
            return None
        if isinstance(value, Decimal):
            return value
        try:
            return parse_money(str(value).strip())
        except ValueError as error:
            raise ValidationError(str(error), code="invalid") from error

    def validate(self, value: Decimal | None) -> None:
        super().validate(value)
        if value is None:
            return
        if self.min_value is not None and value < self.min_value:
            sentence = _("The amount must be at least %(limit)s.")
            raise ValidationError(sentence, code="min_value", params={"limit": format_money(self.min_value)})
        if self.max_value is not None and value > self.max_value:
            sentence = _("The amount must be at most %(limit)s.")
            raise ValidationError(sentence, code="max_value", params={"limit": format_money(self.max_value)})

    def prepare_value(self, value: Any) -> Any:
        """A stored amount as people write it; what was typed stays as it was typed."""
        if isinstance(value, Decimal):
            return format_money(value).replace("$ ", "")
        return value

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return self.to_python(initial) != self.to_python(data)
        except ValidationError:
            return True
