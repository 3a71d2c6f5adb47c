"""What people fill in about signed papers and stopped accounts."""

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.forms import DateField, Form, PaperField
from grants.agreements import guards
from grants.models import PayeeStop, Project, SignedPaper
from groups.models import Firm


class SignedPaperForm(Form):
    """A signed paper: the file, who signed it and when; why, where it takes the place of another."""

    upload = PaperField(label=gettext_lazy("The signed paper"), kinds=("pdf", "jpeg", "png"))
    signed_on = DateField(label=SignedPaper._meta.get_field("signed_on").verbose_name)
    signer = forms.CharField(
        label=SignedPaper._meta.get_field("signer").verbose_name,
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    why = forms.CharField(
        label=SignedPaper._meta.get_field("why").verbose_name,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("The earlier one stays readable, with this reason beside it."),
    )
    # Which paper the page showed as the one in place.
    replaces = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, project: Project, before: SignedPaper | None, today: dt.date, **kwargs: Any
    ):
        super().__init__(*args, **kwargs)
        self.project, self.today = project, today
        self.initial.setdefault("replaces", before.pk if before else None)
        if before is None:
            del self.fields["why"]

    def clean_signed_on(self) -> dt.date:
        day = self.cleaned_data["signed_on"]
        if sentence := guards.signed_on_fits(self.project, day, self.today):
            raise forms.ValidationError(sentence)
        return day


class FirmPaperForm(SignedPaperForm):
    """What one firm signed, and what it says of the machines (PROGRAMME 10)."""

    kind = forms.ChoiceField(
        label=SignedPaper._meta.get_field("kind").verbose_name,
        choices=[(kind.value, kind.label) for kind in SignedPaper.OF_A_FIRM],
        widget=forms.RadioSelect,
    )
    machines = forms.CharField(
        label=SignedPaper._meta.get_field("machines").verbose_name,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy(
            "As the paper says it: the machine, its owner, who keeps it and where, who insures it. If the project buys none, "
            "write so."
        ),
    )

    field_order = ["kind", "machines", "upload", "signed_on", "signer", "why", "replaces"]

    def __init__(self, *args: Any, firm: Firm, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["signer"].help_text = _("The person who signed for %(firm)s.") % {"firm": firm.name}


class StopForm(Form):
    """Why nothing is paid to an account."""

    why = forms.ChoiceField(
        label=PayeeStop._meta.get_field("why").verbose_name,
        choices=PayeeStop.Why.choices,
        widget=forms.RadioSelect,
    )
    text = forms.CharField(
        label=PayeeStop._meta.get_field("text").verbose_name,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class ReleaseForm(Form):
    """What was checked, so that payments may go on."""

    ground = forms.CharField(
        label=PayeeStop._meta.get_field("ground").verbose_name,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
