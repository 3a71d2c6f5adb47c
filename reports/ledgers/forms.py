"""Forms of the ledgers: the entries of a report, the renewal of a certificate, the checks of machines."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import documents
from core.forms import (
    CHOOSE,
    DateField,
    DocumentField,
    DocumentInput,
    DocumentsField,
    Form,
    ModelForm,
    MoneyField,
    NumberField,
    PercentField,
    WholeNumberField,
)
from core.templatetags.lsp import percent
from groups.models import Firm
from groups.provinces import Province
from reports.ledgers.actions import MOST_PHOTOS, why_not_again
from reports.ledgers.models import (
    MOST_PEOPLE,
    WHOLE,
    CertificateRenewal,
    Certification,
    CheckPlan,
    Machine,
    MachineCheck,
    Training,
)
from reports.ledgers.units import firms_of

CENT = Decimal("0.01")


class EntryForm(ModelForm):
    """What every entry's form has: the report that it is of, and days that lie in the project."""

    DAYS: tuple[str, ...] = ()

    def __init__(self, *args: Any, report: Any, today: dt.date, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.report, self.today = report, today
        self.firms = list(firms_of(report.project))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for name in self.DAYS:
            day = data.get(name)
            if day and day > self.today:
                self.add_error(name, _("This day is still to come."))
            elif day and day < self.report.project.first_day:
                self.add_error(name, _("This day is before the project began."))
        return data

    @property
    def more(self) -> dict[str, Any]:
        """What `actions.save_entry` takes besides the row itself."""
        return {"upload": self.cleaned_data.get("upload")}

    def offer_firms(self, name: str) -> None:
        """The choice of firms: those of the group."""
        field: Any = self.fields[name]
        field.queryset = Firm.objects.filter(pk__in=[firm.pk for firm in self.firms])
        field.required = name != "firms"


def people_field(label: Any) -> WholeNumberField:
    """How many people; nothing is nobody."""
    return WholeNumberField(label=label, required=False, min_value=0, max_value=MOST_PEOPLE)


class TrainingForm(EntryForm):
    """People trained: how many of each gender where that was asked, and nobody's name."""

    hides_optional = True
    DAYS = ("on",)

    on = DateField(label=Training._meta.get_field("on").verbose_name)
    hours = NumberField(
        label=Training._meta.get_field("hours").verbose_name,
        min_value=Decimal("0.5"),
        max_value=Decimal(2000),
        help_text=gettext_lazy("Of the whole course, for example 12 or 7,5."),
    )
    women = people_field(gettext_lazy("Women"))
    men = people_field(gettext_lazy("Men"))
    other = people_field(gettext_lazy("Of another gender"))
    not_said = people_field(gettext_lazy("Gender not said"))
    upload = DocumentField(label=gettext_lazy("Attendance list"), required=False)

    class Meta:
        model = Training
        fields = ["course", "activity", "on", "hours", "women", "men", "other", "not_said", "firms", "text"]
        widgets = {"firms": forms.CheckboxSelectMultiple}
        help_texts = {
            "text": gettext_lazy(
                "If the attendance list is not attached: where it is kept, or what else shows it."
            )
        }

    field_order = [
        "course", "activity", "on", "hours", "women", "men", "other", "not_said", "firms", "upload", "text",
    ]  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.offer_firms("firms")
        activity: Any = self.fields["activity"]
        activity.queryset = self.report.project.activities.all()
        activity.empty_label = _("None of them")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for name in Training.GENDERS:
            if name not in self.errors:
                data[name] = data.get(name) or 0
        if not self.errors and not any(data[name] for name in Training.GENDERS):
            self.add_error("women", _("Say how many people were trained."))
        if not (data.get("upload") or self.instance.document_id or data.get("text", "").strip()):
            self.add_error("upload", _("Attach the attendance list, or say what shows it."))
        return data

    @property
    def more(self) -> dict[str, Any]:
        return {**super().more, "firms": list(self.cleaned_data["firms"])}


class CertificationForm(EntryForm):
    """A certificate of a firm."""

    DAYS = ("issued_on",)

    issued_on = DateField(label=gettext_lazy("Issued on"))
    expires_on = DateField(
        label=gettext_lazy("Expires on"),
        required=False,
        help_text=gettext_lazy("Leave it empty if it has no end. You are reminded before it expires."),
    )
    upload = DocumentField(
        label=gettext_lazy("The certificate itself"), kinds=documents.SCAN_TYPES, required=False
    )

    class Meta:
        model = Certification
        fields = [
            "firm", "norm", "norm_other", "scope", "certifier", "number", "issued_on", "expires_on",
        ]  # fmt: skip
        help_texts = {
            "norm_other": gettext_lazy("Only if the norm is not in the list."),
            "scope": gettext_lazy("The products or processes that the certificate names."),
        }

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.offer_firms("firm")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        issued, expires = data.get("issued_on"), data.get("expires_on")
        if issued and expires and expires < issued:
            self.add_error("expires_on", _("It cannot expire before it was issued."))
        if data.get("norm") == Certification.Norm.OTHER and not data.get("norm_other"):
            self.add_error("norm_other", _("Say which norm it is."))
        elif data.get("norm") and data["norm"] != Certification.Norm.OTHER and data.get("norm_other"):
            self.add_error("norm_other", _("Choose “Another” in the list, or leave this empty."))
        if not (data.get("upload") or self.instance.document_id):
            self.add_error("upload", _("Attach the certificate: a photograph of it is enough."))
        if not self.errors and (sentence := why_not_again(self._row(data), self.report)):
            self.add_error("number", sentence)
        return data

    def _row(self, data: dict[str, Any]) -> Certification:
        return Certification(
            pk=self.instance.pk, firm=data["firm"], norm=data["norm"], norm_other=data["norm_other"],
            number=data["number"],
        )  # fmt: skip


class MachineForm(EntryForm):
    """A machine in joint use, with the share of each firm."""

    DAYS = ("on",)

    on = DateField(label=gettext_lazy("In use since"))
    cost = MoneyField(label=gettext_lazy("What it cost"), min_value=CENT)
    insured_until = DateField(label=gettext_lazy("Insured until"), required=False)
    photo = DocumentField(
        label=gettext_lazy("Take a photograph"),
        required=False,
        kinds=documents.PICTURE_TYPES,
        widget=DocumentInput(attrs={"capture": "environment"}),
    )
    photos = DocumentsField(
        label=gettext_lazy("Or choose photographs"),
        most=MOST_PHOTOS,
        required=False,
        kinds=documents.SCAN_TYPES,
    )

    class Meta:
        model = Machine
        fields = [
            "name", "serial_number", "on", "cost", "line", "custodian", "site", "insurer", "policy", "insured_until",
        ]  # fmt: skip
        help_texts = {
            "custodian": gettext_lazy("The firm or the institution, and the person."),
            "site": gettext_lazy("The address, so that somebody finds it."),
        }

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        line: Any = self.fields["line"]
        line.queryset, line.empty_label = self.report.project.lines.all(), _("None of them")
        stored = (
            {share.firm_id: share.percent for share in self.instance.shares.all()} if self.instance.pk else {}
        )
        for firm in self.firms:
            self.fields[f"share_{firm.pk}"] = PercentField(
                label=firm.name, required=False, initial=stored.get(firm.pk), min_value=Decimal(0)
            )

    @property
    def plain_fields(self) -> list[forms.BoundField]:
        """All but the shares and the photographs, for the page."""
        return [self[name] for name in self.Meta.fields]

    @property
    def share_fields(self) -> list[forms.BoundField]:
        return [self[f"share_{firm.pk}"] for firm in self.firms]

    @property
    def shares(self) -> dict[int, Decimal]:
        """Per cent by firm; a firm without a share is not in it."""
        given = {firm.pk: self.cleaned_data.get(f"share_{firm.pk}") for firm in self.firms}
        return {pk: share for pk, share in given.items() if share}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        insurance = ("insurer", "policy", "insured_until")
        if any(data.get(name) for name in insurance):
            for name in insurance:
                if not data.get(name) and name not in self.errors:
                    self.add_error(name, _("Fill in all of the insurance, or nothing of it."))
        if not any(name.startswith("share_") for name in self.errors):
            whole = sum(self.shares.values(), Decimal(0))
            if whole != WHOLE and self.firms:
                self.add_error(
                    f"share_{self.firms[0].pk}",
                    _("The shares add up to %(sum)s: they must add up to %(whole)s.")
                    % {"sum": percent(whole), "whole": percent(WHOLE)},
                )
        if not (self.uploads or (self.instance.pk and self.instance.photos.exists())):
            self.add_error("photos", _("Add a photograph of it."))
        return data

    @property
    def uploads(self) -> list[Any]:
        """The photograph that was taken and those that were chosen."""
        photo = self.cleaned_data.get("photo")
        return [*([photo] if photo else []), *(self.cleaned_data.get("photos") or [])]

    @property
    def more(self) -> dict[str, Any]:
        return {"shares": self.shares, "photos": self.uploads}


# --- After the report ----------------------------------------------------------------------------------


class RenewalForm(ModelForm):
    """The new number and the new last day of a certificate."""

    issued_on = DateField(label=gettext_lazy("Issued on"))
    expires_on = DateField(label=gettext_lazy("Expires on"))
    upload = DocumentField(label=gettext_lazy("The certificate itself"), kinds=documents.SCAN_TYPES)

    class Meta:
        model = CertificateRenewal
        fields = ["number", "issued_on", "expires_on"]

    def __init__(self, *args: Any, valid_until: dt.date | None, today: dt.date, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.valid_until, self.today = valid_until, today

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        issued, expires = data.get("issued_on"), data.get("expires_on")
        if issued and issued > self.today:
            self.add_error("issued_on", _("This day is still to come."))
        if issued and expires and expires < issued:
            self.add_error("expires_on", _("It cannot expire before it was issued."))
        elif expires and self.valid_until and expires <= self.valid_until:
            self.add_error("expires_on", _("The certificate is valid until a later day already."))
        return data


class LetGoForm(Form):
    """Why a certificate is not renewed."""

    reason = forms.CharField(
        label=gettext_lazy("Why it is not renewed"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )


class PlanForm(ModelForm):
    """How long and how often machines are looked at."""

    every_months = WholeNumberField(label=gettext_lazy("Every how many months"), min_value=1, max_value=36)
    years = WholeNumberField(label=gettext_lazy("For how many years"), min_value=1, max_value=20)

    class Meta:
        model = CheckPlan
        fields = ["every_months", "years"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        every, years = data.get("every_months"), data.get("years")
        if every and years and every > 12 * years:
            self.add_error("every_months", _("That is longer than all the years together."))
        return data


class CheckForm(Form):
    """What was found at a machine."""

    hides_optional = True

    done_on = DateField(label=gettext_lazy("On which day"))
    found = forms.ChoiceField(
        label=gettext_lazy("Was it there"), choices=MachineCheck.Found, widget=forms.RadioSelect
    )
    condition = forms.ChoiceField(
        label=gettext_lazy("Its state"),
        help_text=gettext_lazy("Leave it out if it was not found."),
        choices=[("", CHOOSE), *MachineCheck.Condition.choices],
        required=False,
    )
    note = forms.CharField(
        label=gettext_lazy("Note"),
        help_text=gettext_lazy("Needed when it was not in its place."),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    photo = DocumentField(
        label=gettext_lazy("Take a photograph"),
        required=False,
        kinds=documents.PICTURE_TYPES,
        widget=DocumentInput(attrs={"capture": "environment"}),
    )
    photos = DocumentsField(
        label=gettext_lazy("Or choose photographs"),
        most=MOST_PHOTOS,
        required=False,
        kinds=documents.SCAN_TYPES,
    )

    def __init__(self, *args: Any, machine: Machine, today: dt.date, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.machine, self.today = machine, today

    def clean_done_on(self) -> dt.date:
        """Not before the machine was there, and not to come."""
        day = self.cleaned_data["done_on"]
        if day > self.today:
            raise ValidationError(_("This day is still to come."), code="future")
        if day < self.machine.on:
            raise ValidationError(_("The machine was not in use on this day yet."), code="before")
        return day

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        found, condition = data.get("found"), data.get("condition")
        if found == MachineCheck.Found.MISSING and condition:
            self.add_error("condition", _("It was not found: its state is not known."))
        elif found and found != MachineCheck.Found.MISSING and not condition:
            self.add_error("condition", _("Say in which state it is."))
        if found and found != MachineCheck.Found.IN_PLACE and not (data.get("note") or "").strip():
            self.add_error("note", _("Say where it is, or what is known of it."))
        return data

    @property
    def uploads(self) -> list[Any]:
        photo = self.cleaned_data.get("photo")
        return [*([photo] if photo else []), *(self.cleaned_data.get("photos") or [])]


# --- Lists ---------------------------------------------------------------------------------------------


class RegisterFilter(Form):
    """What both registers are filtered by; always in the URL."""

    hides_optional = True
    STATES: list[tuple[str, Any]] = []

    q = forms.CharField(label=gettext_lazy("Words"), required=False, max_length=100)
    state = forms.ChoiceField(label=gettext_lazy("State"), required=False)
    province = forms.ChoiceField(label=gettext_lazy("Province"), required=False)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["state"].choices = [("", _("All")), *self.STATES]  # type: ignore[attr-defined]
        self.fields["province"].choices = [("", _("All")), *Province.choices]  # type: ignore[attr-defined]


class CertificateFilter(RegisterFilter):
    """By words, norm, state and province."""

    STATES = [
        ("valid", gettext_lazy("Valid")),
        ("expiring", gettext_lazy("Expires within 90 days")),
        ("expired", gettext_lazy("Expired")),
    ]
    norm = forms.ChoiceField(
        label=gettext_lazy("Norm"),
        required=False,
        choices=[("", gettext_lazy("All")), *Certification.Norm.choices],
    )
    field_order = ["q", "norm", "state", "province"]


class MachineFilter(RegisterFilter):
    """By words, state and province."""

    STATES = [
        ("overdue", gettext_lazy("A check is overdue")),
        ("due", gettext_lazy("To be checked within 90 days")),
        ("missing", gettext_lazy("Not found at the last check")),
        ("elsewhere", gettext_lazy("At another place at the last check")),
        ("unplanned", gettext_lazy("Nobody said how often it is checked")),
    ]
