"""What people fill in about projects: signatures, the first day, reasons, the payee, the Treasury's order."""

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from stdnum.ar import cbu as stdnum_cbu

from applications.models import Call
from core.forms import DateField, Form, MoneyField
from core.money import ZERO
from grants import guards
from grants.models import Disbursement, Payee, Project
from grants.querysets import SIGNERS
from groups.models.firm import clean_cuit
from groups.provinces import Province

BANK, ACCOUNT = slice(0, 7), slice(8, 21)


def clean_cbu(text: str) -> str:
    """The 22 digits of a CBU typed with spaces, points or hyphens. Raises ValidationError with the sentence."""
    digits = stdnum_cbu.compact(text.replace(".", "").replace("-", "").replace("/", "").strip())
    if not digits.isascii() or not digits.isdecimal() or len(digits) != 22 or set(digits) == {"0"}:
        raise ValidationError(
            _("A CBU has 22 digits. Here are %(count)s.") % {"count": sum(c.isdecimal() for c in digits)},
            code="length",
        )
    if stdnum_cbu.calc_check_digit(digits[BANK]) != digits[7]:
        raise ValidationError(
            _(
                "The check digit of the bank (the eighth) does not match: look for a mistyped digit among the first 8."
            ),
            code="bank",
        )
    if stdnum_cbu.calc_check_digit(digits[ACCOUNT]) != digits[21]:
        raise ValidationError(
            _(
                "The check digit of the account (the last) does not match: look for a mistyped digit among the last 14."
            ),
            code="account",
        )
    return digits


class ProjectFilter(Form):
    """Finds projects; always in the URL."""

    hides_optional = True

    q = forms.CharField(label=gettext_lazy("Project, group or reference"), required=False, max_length=100)
    status = forms.ChoiceField(label=gettext_lazy("State"), required=False)
    call = forms.ModelChoiceField(
        label=gettext_lazy("Call"), queryset=Call.objects.none(), to_field_name="code", required=False
    )
    province = forms.ChoiceField(label=gettext_lazy("Province"), required=False)
    waits = forms.ChoiceField(label=gettext_lazy("Who has to sign the agreement"), required=False)

    def __init__(self, *args: Any, user: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        calls = self.fields["call"]
        assert isinstance(calls, forms.ModelChoiceField)
        calls.queryset = Call.objects.visible_to(user).order_by("-opens_at", "-id")
        calls.empty_label = _("All")
        signers = [(role.value, role.label) for role in SIGNERS]
        offered: dict[str, list[tuple[str, Any]]] = {
            "status": Project.Status.choices,
            "province": Province.choices,
            "waits": signers,
        }
        for name, choices in offered.items():
            self.fields[name].choices = [("", _("All")), *choices]  # type: ignore[attr-defined]
        if not user.is_staff_member:
            del self.fields["waits"]


class PaymentFilter(Form):
    """Finds payments by project."""

    hides_optional = True

    q = forms.CharField(label=gettext_lazy("Project, group or reference"), required=False, max_length=100)


class SignForm(Form):
    """A signature: the name once more, and the declaration."""

    name = forms.CharField(
        label=gettext_lazy("Your full name"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "off", "class": "answer-20"}),
    )
    declared = forms.BooleanField(
        label="", error_messages={"required": gettext_lazy("Confirm the declaration.")}
    )

    def __init__(self, *args: Any, user: Any, declaration: str, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.user = user
        self.fields["name"].help_text = _("Write it as it stands in your account: %(name)s.") % {
            "name": user.full_name
        }
        self.fields["declared"].label = declaration

    def clean_name(self) -> str:
        if refusal := guards.name_is_own(self.user, self.cleaned_data["name"]):
            raise ValidationError(refusal, code="name")
        return self.cleaned_data["name"]


class FirstDayForm(Form):
    """When a project starts."""

    first_day = DateField(
        label=gettext_lazy("First day of the project"),
        help_text=gettext_lazy("Months, reports and their dates count from this day."),
    )


class ReasonForm(Form):
    """An act that needs no more than its reason."""

    reason = forms.CharField(
        label=gettext_lazy("Why"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4})
    )


class ShortReasonForm(Form):
    """Why a payment was not made, as its row keeps it."""

    reason = forms.CharField(
        label=gettext_lazy("Why"),
        max_length=Disbursement._meta.get_field("reason").max_length,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class ConfirmForm(Form):
    """An act that asks nothing but to be sure."""


class PayeeForm(Form):
    """Who is paid, and on which account."""

    name = forms.CharField(
        label=Payee._meta.get_field("name").verbose_name,
        help_text=gettext_lazy("The holder of the account, as the bank has it."),
        max_length=200,
    )
    cuit = forms.CharField(
        label=Payee._meta.get_field("cuit").verbose_name,
        help_text=gettext_lazy("11 digits, for example 30-12345678-1."),
        max_length=20,
        widget=forms.TextInput(attrs={"class": "answer-10", "inputmode": "numeric", "autocomplete": "off"}),
    )
    cbu = forms.CharField(
        label=Payee._meta.get_field("cbu").verbose_name,
        help_text=gettext_lazy("22 digits. You find it in your home banking."),
        max_length=40,
        widget=forms.TextInput(attrs={"class": "answer-20", "inputmode": "numeric", "autocomplete": "off"}),
    )

    def clean_name(self) -> str:
        return " ".join(self.cleaned_data["name"].split())

    def clean_cuit(self) -> str:
        return clean_cuit(self.cleaned_data["cuit"])

    def clean_cbu(self) -> str:
        return clean_cbu(self.cleaned_data["cbu"])


class TreasuryForm(Form):
    """What the Treasury says of a payment. Each field is judged by the guards of the transition itself."""

    JUDGES = (
        ("treasury_date", guards.treasury_date_fits),
        ("treasury_date", guards.paid_while_running),
        ("treasury_number", guards.treasury_order_is_new),
        ("gross", guards.gross_is_what_was_ordered),
        ("withheld", guards.withheld_is_a_part),
        ("net", guards.net_is_the_rest),
    )

    treasury_number = forms.CharField(
        label=Disbursement._meta.get_field("treasury_number").verbose_name,
        max_length=40,
        widget=forms.TextInput(attrs={"class": "answer-20", "autocomplete": "off"}),
    )
    treasury_date = DateField(label=Disbursement._meta.get_field("treasury_date").verbose_name)
    gross = MoneyField(label=Disbursement._meta.get_field("gross").verbose_name)
    withheld = MoneyField(
        label=Disbursement._meta.get_field("withheld").verbose_name,
        help_text=gettext_lazy("0 if nothing was."),
        initial=ZERO,
    )
    net = MoneyField(
        label=Disbursement._meta.get_field("net").verbose_name,
        help_text=gettext_lazy("The gross amount less what was withheld."),
    )

    def __init__(self, *args: Any, disbursement: Disbursement, by: Any, now: dt.datetime, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.disbursement, self.by, self.now = disbursement, by, now
        self.fields["gross"].initial = disbursement.amount

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for name, guard in self.JUDGES:
            sentence = data and guard(self.disbursement, by=self.by, now=self.now, data=data)
            if sentence and name not in self.errors:
                self.add_error(name, sentence)
        return data
