"""Forms by which a firm answers for itself, and those about its signed paper.

The firm's page is made of several forms in one `<form>`: `AnswerForms` holds them together.
"""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.documents import SCAN_TYPES
from core.forms import DocumentField, Form, ModelForm, MoneyField, PaperField
from groups.forms.evidence import CertificateForm, LinkForm
from groups.forms.firms import EditFirmForm
from groups.links import DIGITS
from groups.models import Firm, FirmConfirmation

MORE_LINKS = 2
ZERO = Decimal(0)


class PlainDocumentField(DocumentField):
    """A file that comes with its form at once: parts are for who has an account."""

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        attrs = super().widget_attrs(widget)
        attrs.pop("data-upload", None)
        return attrs


class CodeForm(Form):
    """The code that a shared link asks for."""

    code = forms.CharField(
        label=gettext_lazy("The code from the message"),
        max_length=20,
        widget=forms.TextInput(
            attrs={"class": "answer-5", "inputmode": "numeric", "autocomplete": "one-time-code"}
        ),
    )

    def clean_code(self) -> str:
        code = "".join(self.cleaned_data["code"].split())
        if not (code.isascii() and code.isdecimal() and len(code) == DIGITS):
            raise ValidationError(_("The code has %(n)d figures.") % {"n": DIGITS})
        return code


class WhoForm(ModelForm):
    """Who of the firm answers."""

    class Meta:
        model = FirmConfirmation
        fields = ["person_name", "person_position"]
        widgets = {
            "person_name": forms.TextInput(attrs={"autocomplete": "name"}),
            "person_position": forms.TextInput(attrs={"autocomplete": "organization-title"}),
        }
        help_texts = {"person_position": gettext_lazy("For example: owner, partner, manager.")}


class JoinForm(WhoForm):
    """The same, to join a group."""


class RefusalForm(WhoForm):
    """The same, to say that the firm does not belong."""


class ConfirmForm(WhoForm):
    """What the firm puts in, who answers, and the declaration."""

    contribution_amount = MoneyField(
        label=FirmConfirmation._meta.get_field("contribution_amount").verbose_name,
        required=False,
        min_value=ZERO,
    )
    declared = forms.BooleanField(
        label=gettext_lazy(
            "I may speak for the firm. What is written here is true, and the firm belongs to the group."
        ),
        error_messages={"required": gettext_lazy("Without this declaration the firm does not confirm.")},
    )

    class Meta(WhoForm.Meta):
        fields = ["contribution", "contribution_amount", "person_name", "person_position"]
        help_texts = WhoForm.Meta.help_texts | {
            "contribution": gettext_lazy(
                "For example: a shed, hours of work, money. Leave it empty if it puts in nothing."
            )
        }


class OwnFirmForm(EditFirmForm):
    """A firm's data and sales as it says them itself. What it entered before as its own is not shown again: a link may be
    passed on. A year that is left empty then stays as it is."""

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["contact_email"].help_text = _("Where the programme and the group write to your firm.")

    def add_years(self) -> None:
        firm = self.instance
        stored = {row.year: row for row in firm.years.all()}
        self.kept = frozenset(stored) if firm.sales_are_private else frozenset()
        for year in self.asked:
            row = None if self.kept else stored.get(year)
            words = _("Entered. Leave it empty to keep it.") if year in self.kept else ""
            self.fields[f"sales_{year}"] = MoneyField(
                label=_("Sales of %(year)s") % {"year": year},
                required=False,
                initial=row and row.sales,
                help_text=words,
            )
        for year in self.asked:
            row = None if self.kept else stored.get(year)
            self.fields[f"linked_{year}"] = MoneyField(
                label=_("Sales of linked firms in %(year)s") % {"year": year},
                required=False,
                initial=(row and row.linked_sales) or None,
            )
        for field in [*self.sales_fields()]:
            # Not even the browser keeps them: it may be somebody else's telephone.
            field.field.widget.attrs["data-private"] = ""

    @property
    def sales(self) -> dict[int, Decimal | None]:
        """Pesos by year; with figures of its own on file, only of the years that it wrote anew."""
        return self._without_kept(super().sales)

    @property
    def linked(self) -> dict[int, Decimal | None]:
        """The same of linked firms."""
        return self._without_kept(super().linked)

    def _without_kept(self, years: Mapping[int, Decimal | None]) -> dict[int, Decimal | None]:
        return {year: amount for year, amount in years.items() if amount is not None or not self.kept}

    def refuse_a_gap(self) -> None:
        """As for a group; years on file count as given."""
        given = {year for year in self.asked if self.cleaned_data.get(f"sales_{year}") is not None}
        given |= self.kept & set(self.asked)
        if not given or any(f"sales_{year}" in self.errors for year in self.asked):
            return
        for year in self.asked:
            if min(given) < year < max(given) and year not in given:
                sentence = _("The years must follow one another: write the sales of %(year)s too.")
                self.add_error(f"sales_{year}", sentence % {"year": year})

    def refuse_links_alone(self) -> None:
        """As for a group; years on file have sales."""
        for year, amount in self.linked.items():
            name = f"sales_{year}"
            missing = self.cleaned_data.get(name) is None and year not in self.kept
            if amount and missing and name not in self.errors:
                sentence = _("Write the firm's own sales of %(year)s too, even if they are 0.")
                self.add_error(name, sentence % {"year": year})

    def own_sales(self) -> list[forms.BoundField]:
        """The years, for the page."""
        return [field for field in self if field.name.startswith("sales_")]

    def linked_sales(self) -> list[forms.BoundField]:
        """The years of linked firms."""
        return [field for field in self if field.name.startswith("linked_")]


class OwnCertificateForm(CertificateForm):
    """A certificate, if the firm has one; its document may be left out. All or nothing."""

    document = PlainDocumentField(  # type: ignore[assignment]
        label=gettext_lazy("The certificate itself"), kinds=SCAN_TYPES, required=False
    )


class AnswerForms:
    """The whole page of a firm: its data, its sales, a certificate, linked firms, what it puts in and who answers."""

    def __init__(self, data: Any = None, files: Any = None, *, firm: Firm, place: str, today: dt.date):
        self.firm = firm
        self.data = OwnFirmForm(data, instance=firm, initial={"place_in_chain": place}, today=today)
        self.certificate = OwnCertificateForm(
            data, files, prefix="certificate", empty_permitted=True, today=today
        )
        self.links = [
            LinkForm(data, prefix=f"link{number}", empty_permitted=True)
            for number in range(1, MORE_LINKS + 1)
        ]
        self.gone = GoneForm(data, firm=firm)
        self.confirm = ConfirmForm(data)

    @property
    def all(self) -> list[Any]:
        """Every form, in the order of the page: for the summary of errors."""
        return [self.data, self.certificate, *self.links, self.gone, self.confirm]

    def is_valid(self) -> bool:
        """Whether all are right; each says what is wrong with it."""
        each = [form.is_valid() for form in self.all]
        right = all(each)
        for form in self.links:
            if form.is_valid() and form.cleaned_data and form.cleaned_data["cuit"] == self.firm.cuit:
                form.add_error("cuit", _("This is the firm itself: write the CUIT of the other one."))
                right = False
        return right

    @property
    def wrong_data(self) -> bool:
        return bool([name for name in self.data.errors if not name.startswith(("sales_", "linked_"))])

    @property
    def wrong_sales(self) -> bool:
        return bool([name for name in self.data.errors if name.startswith("sales_")])

    @property
    def wrong_links(self) -> bool:
        linked = [name for name in self.data.errors if name.startswith("linked_")]
        return bool(linked or any(form.errors for form in self.links))

    @property
    def cleaned(self) -> dict[str, Any]:
        """What `actions.voice.Answer` takes."""
        said = self.data.data_of_firm
        certificate = self.certificate.cleaned_data if self.certificate.has_changed() else None
        who = self.confirm.cleaned_data
        return {
            "place_in_chain": said.pop("place_in_chain"),
            "fields": said,
            "sales": self.data.sales,
            "linked": self.data.linked,
            "links": tuple(form.cleaned_data for form in self.links if form.has_changed()),
            "gone": frozenset(int(pk) for pk in self.gone.cleaned_data.get("gone", ())),
            "certificate": certificate or None,
            "contribution": who["contribution"],
            "contribution_amount": who["contribution_amount"],
            "person_name": who["person_name"],
            "person_position": who["person_position"],
        }


class GoneForm(Form):
    """Linked firms that are none any more. Those of a firm with figures of its own are not shown."""

    gone = forms.MultipleChoiceField(
        label=gettext_lazy("Not linked any more"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, firm: Firm, **kwargs: Any):
        super().__init__(*args, **kwargs)
        rows = [] if firm.sales_are_private else list(firm.links.all())
        self.fields["gone"].choices = [(row.pk, f"{row.name} ({row.cuit})") for row in rows]  # type: ignore[attr-defined]


# --- A signed paper ----------------------------------------------------------------------------------


class PaperForm(ModelForm):
    """The photographs of a signed paper, and what it says."""

    paper = PaperField(label=gettext_lazy("The signed paper"), kinds=SCAN_TYPES)
    contribution_amount = MoneyField(
        label=FirmConfirmation._meta.get_field("contribution_amount").verbose_name,
        required=False,
        min_value=ZERO,
    )
    field_order = ["paper", "person_name", "person_position", "contribution", "contribution_amount"]

    class Meta:
        model = FirmConfirmation
        fields = ["person_name", "person_position", "contribution", "contribution_amount"]
        labels = {
            "person_name": gettext_lazy("Who signed it"),
            "person_position": gettext_lazy("What that person is in the firm"),
        }
        widgets = {
            "person_name": forms.TextInput(attrs={"autocomplete": "off"}),
            "person_position": forms.TextInput(attrs={"autocomplete": "off"}),
        }


class CheckForm(Form):
    """What an officer says of a paper, or of a firm's answer."""

    reason = forms.CharField(
        label=gettext_lazy("Why not"),
        help_text=gettext_lazy("The group reads it. Needed only to refuse."),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class DeclinedForm(Form):
    """An officer asked a firm, and it said no."""

    reason = forms.CharField(
        label=gettext_lazy("Who of the firm declined, and how"),
        help_text=gettext_lazy("The group does not read it."),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
