"""Forms about what shows a firm's size besides its sales: certificates, linked firms."""

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.documents import SCAN_TYPES
from core.forms import CHOOSE, DateField, ModelForm, PaperField
from groups.certificates import SIZES, begins, valid_until
from groups.forms.firms import CuitField
from groups.models import Certificate, LinkedFirm


class CertificateForm(ModelForm):
    """A MiPyME certificate, with the document itself."""

    year_closed_on = DateField(
        label=Certificate._meta.get_field("year_closed_on").verbose_name,
        help_text=gettext_lazy(
            "The last day of the fiscal year that the certificate names, for example 31/12/2026. It counts until the end "
            "of the fourth month after that."
        ),
    )
    document = PaperField(label=gettext_lazy("The certificate itself"), kinds=SCAN_TYPES)

    class Meta:
        model = Certificate
        fields = ["number", "size", "year_closed_on"]
        widgets = {"number": forms.TextInput(attrs={"autocomplete": "off", "class": "answer-20"})}

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["size"].choices = [("", CHOOSE), *((size, size.label) for size in SIZES)]  # type: ignore[attr-defined]

    def clean_year_closed_on(self) -> dt.date:
        day = self.cleaned_data["year_closed_on"]
        if not 1990 <= day.year <= 2100 or begins(day) > self.today:
            raise ValidationError(_("This fiscal year has not begun. Look at the year again."))
        if (last := valid_until(day)) < self.today:
            sentence = _("This certificate was valid until %(day)s: it does not count any more.")
            raise ValidationError(sentence % {"day": f"{last:%d/%m/%Y}"})
        return day


class LinkForm(ModelForm):
    """A firm that belongs together with this one."""

    cuit = CuitField()

    class Meta:
        model = LinkedFirm
        fields = ["cuit", "name", "link"]
        widgets = {"link": forms.RadioSelect}

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        # No button for “nothing chosen”: none is pressed then.
        self.fields["link"].choices = LinkedFirm.Link.choices  # type: ignore[attr-defined]
