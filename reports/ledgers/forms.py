"""Forms of the ledgers' entries, while their report is written."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from core import documents
from core.forms import (
    DateField,
    DocumentField,
    DocumentInput,
    DocumentsField,
    ModelForm,
    MoneyField,
    NumberField,
    PercentField,
    WholeNumberField,
)
from core.templatetags.lsp import percent
from grants.models import Expense
from groups.models import Firm
from reports.ledgers.actions import MOST_PHOTOS, why_not_again
from reports.ledgers.models import (
    MOST_PEOPLE,
    WHOLE,
    Certification,
    Machine,
    Training,
)
from reports.ledgers.units import firms_of
from reports.machines.forms import InvoicesField
from reports.machines.invoices import choices_of

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
        activity.empty_label = pgettext("activity", "None of them")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for name in Training.GENDERS:
            if name not in self.errors:
                data[name] = data.get(name) or 0
        if not any(name in self.errors or data[name] for name in Training.GENDERS):
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
        self.fields["upload"].required = not self.instance.document_id
        self.fields["upload"].error_messages["required"] = _(
            "Attach the certificate: a photograph of it is enough."
        )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        issued, expires = data.get("issued_on"), data.get("expires_on")
        if issued and expires and expires < issued:
            self.add_error("expires_on", _("It cannot expire before it was issued."))
        if data.get("norm") == Certification.Norm.OTHER and not data.get("norm_other"):
            self.add_error("norm_other", _("Say which norm it is."))
        elif data.get("norm") and data["norm"] != Certification.Norm.OTHER and data.get("norm_other"):
            self.add_error("norm_other", _("Choose “Another” in the list, or leave this empty."))
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
    invoices = InvoicesField(
        Expense.objects.none(),
        label=gettext_lazy("Bought with"),
        help_text=gettext_lazy(
            "The expenses of fixed investment that bought it, as far as they were handed in."
        ),
        required=False,
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
        bought: Any = self.fields["invoices"]
        bought.queryset = choices_of(self.report.project)
        if self.instance.pk:
            bought.initial = [row.expense_id for row in self.instance.invoices.all()]
        if not bought.queryset.exists():
            del self.fields["invoices"]
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
        more = ["invoices"] if "invoices" in self.fields else []
        return [self[name] for name in (*self.Meta.fields, *more)]

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
        bought = self.cleaned_data.get("invoices")
        return {"shares": self.shares, "photos": self.uploads, "invoices": bought}
