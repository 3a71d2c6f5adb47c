"""Rows of the call editor that are written together with their page: the cuts and the tranches."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.models import Call
from core.forms import Form, MomentField, PercentField, WholeNumberField
from core.money import ZERO

MOST_CUTS = 24
MOST_TRANCHES = 12


class CutForm(Form):
    """One dated cut; an empty row is none."""

    hides_optional = True
    at = MomentField(label=gettext_lazy("Day and hour of the cut"), required=False)


class RowSet(forms.BaseFormSet):
    """Rows of which the browser sends how many there are. Django's own sentences speak to a programmer."""

    default_error_messages = {
        **forms.BaseFormSet.default_error_messages,
        "missing_management_form": gettext_lazy("The rows did not arrive whole. Load the page again."),
        "too_many_forms": gettext_lazy("There are too many rows: at most %(num)s."),
    }


class BaseCutSet(RowSet):
    """The cuts in the order of their dates."""

    def moments(self) -> list[Any]:
        """The days that were written."""
        return [form.cleaned_data["at"] for form in self.forms if form.cleaned_data.get("at")]

    def clean(self) -> None:
        earlier = None
        for form in self.forms:
            at = form.cleaned_data.get("at") if hasattr(form, "cleaned_data") else None
            if at and earlier and at <= earlier:
                form.add_error("at", _("A cut comes after the one before it."))
            earlier = at or earlier


class TrancheForm(Form):
    """One part of the grant; an empty row is none."""

    hides_optional = True
    percent = PercentField(
        label=gettext_lazy("Part of the grant, %"), required=False, min_value=Decimal("0.01")
    )
    after_report = WholeNumberField(
        label=gettext_lazy("After report number (0: at the start)"),
        required=False,
        min_value=0,
        max_value=36,
    )
    proof_percent = PercentField(
        label=gettext_lazy("Of what was advanced before, proven first, %"),
        help_text=gettext_lazy(
            "0: this part does not wait for expenses. Only where the grant is paid in advance."
        ),
        required=False,
    )
    needs_surety = forms.BooleanField(label=gettext_lazy("A surety covers it"), required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("after_report") and data.get("percent") is None and "percent" not in self.errors:
            self.add_error("percent", _("Say which part of the grant."))
        return data


class BaseTrancheSet(RowSet):
    """The tranches in their order; a draft may still lack some of the 100 %."""

    def parts(self) -> list[dict[str, Any]]:
        """What to write for each."""
        return [
            {
                "percent": form.cleaned_data["percent"],
                "after_report": form.cleaned_data["after_report"] or 0,
                "proof_percent": form.cleaned_data["proof_percent"] or ZERO,
                "needs_surety": form.cleaned_data["needs_surety"],
            }
            for form in self.forms
            if form.cleaned_data.get("percent") is not None
        ]

    def clean(self) -> None:
        if any(self.errors):
            return
        whole = ZERO
        for form in self.forms:
            whole += form.cleaned_data.get("percent") or ZERO
            if whole > 100:
                # Said at the one with which they are too many: there it can be mended.
                form.add_error("percent", _("The tranches are more than 100 % together."))
                return


CutSet = forms.formset_factory(
    CutForm, BaseCutSet, extra=2, max_num=MOST_CUTS, absolute_max=MOST_CUTS, validate_max=True
)
TrancheSet = forms.formset_factory(
    TrancheForm,
    BaseTrancheSet,
    extra=2,
    max_num=MOST_TRANCHES,
    absolute_max=MOST_TRANCHES,
    validate_max=True,
)


def rows_form(page: str, call: Call, data: Any) -> Any:
    """The formset of a page, or None."""
    if page == "dates":
        rows = [{"at": cut.at} for cut in call.cuts.order_by("number")]
        return CutSet(data, initial=rows, prefix="cuts")
    if page == "reports":
        parts = [
            {
                "percent": tranche.percent,
                "after_report": tranche.after_report,
                "proof_percent": tranche.proof_percent,
                "needs_surety": tranche.needs_surety,
            }
            for tranche in call.tranches.all()
        ]
        return TrancheSet(data, initial=parts, prefix="tranches")
    return None
