"""One activity of the work plan."""

from functools import cache
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.forms.rows import OursField, RowForm, id_of
from applications.models import Activity
from core.forms import WholeNumberField
from groups.models import Institution

COORDINATOR = "coordinator"


class MonthField(WholeNumberField):
    """A month of the project, from 1 on, written as a figure."""

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {**super().widget_attrs(widget), "class": "answer-2"}

    def within(self, months: int) -> None:
        """Set how many months the plan has."""
        sentence = _("Write a month from 1 to %(months)s.") % {"months": months}
        self.error_messages |= dict.fromkeys(("invalid", "min_value", "max_value"), sentence)
        self.validators = [
            MinValueValidator(1, message=sentence),
            MaxValueValidator(months, message=sentence),
        ]


class ActivityForm(RowForm):
    """Who does what, when, with what deliverable. Who and what it leaves may be written later."""

    first_month = MonthField(label=gettext_lazy("First month"))
    last_month = MonthField(label=gettext_lazy("Last month"))
    # `firm:12`, `institution:3`, `coordinator`; empty for whoever is named in words.
    who = OursField(label=gettext_lazy("Who is responsible"), required=False)

    field_order = ["name", "first_month", "last_month", "who", "responsible", "deliverable", "indicator"]

    class Meta:
        model = Activity
        fields = ["name", "first_month", "last_month", "responsible", "deliverable", "indicator"]
        labels = {
            "name": gettext_lazy("What will be done"),
            "responsible": gettext_lazy("Which person, or who else"),
        }
        help_texts = {
            "responsible": gettext_lazy("May be left empty if you chose somebody above."),
            "deliverable": gettext_lazy("What one can see or hold when it is done."),
            "indicator": gettext_lazy(
                "May be left empty. For example: 12 people trained, a third less wood is lost."
            ),
        }

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        months = self.application.call.months
        for name in ("first_month", "last_month"):
            field = self.fields[name]
            assert isinstance(field, MonthField)
            field.within(months)
        self.fields["first_month"].help_text = _("From 1 to %(months)s.") % {"months": months}
        who = self.fields["who"]
        assert isinstance(who, OursField)
        who.choices = cache(self.bodies)
        self.initial["who"] = self.body_of(self.instance)

    @staticmethod
    def body_of(row: Activity) -> str:
        """Who is responsible, as the field says it."""
        if row.coordinator:
            return COORDINATOR
        if row.firm_id:
            return f"firm:{row.firm_id}"
        return f"institution:{row.institution_id}" if row.institution_id else ""

    def partners(self) -> QuerySet[Institution]:
        """The same."""
        now = self.application.group.partners.filter(left_on=None)
        return Institution.objects.filter(
            Q(pk__in=now.values("institution")) | Q(pk=self.instance.institution_id)
        )

    def bodies(self) -> list[tuple[str, Any]]:
        """Whom one can choose: the firms and institutions of the group, and its coordinator."""
        firms, partners = self.firms(), self.partners()
        found: list[tuple[str, Any]] = [
            ("", _("Somebody else, in words")),
            (COORDINATOR, _("The coordinator of the group")),
            (str(_("Firms of the group")), [(f"firm:{firm.pk}", firm.name) for firm in firms]),
            (str(_("Institutions")), [(f"institution:{body.pk}", body.name) for body in partners]),
        ]
        return [choice for choice in found if choice[1]]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        first, last = data.get("first_month"), data.get("last_month")
        if first is not None and last is not None and last < first:
            self.add_error("last_month", _("The last month cannot be before the first one."))
        if not self._is_ours(data.get("who", "")):
            self.not_ours("who")
        return data

    def _is_ours(self, who: str) -> bool:
        kind, _colon, pk = who.partition(":")
        if who in ("", COORDINATOR, self.initial["who"]):
            return True
        rows: QuerySet | None = {"firm": self.firms(), "institution": self.partners()}.get(kind)
        return rows is not None and id_of(pk) is not None and rows.filter(pk=id_of(pk)).exists()

    def columns(self) -> dict[str, Any]:
        data = super().columns()
        who = data.pop("who")
        kind, _colon, pk = who.partition(":")
        return {
            **data,
            "coordinator": who == COORDINATOR,
            "firm_id": id_of(pk) if kind == "firm" else None,
            "institution_id": id_of(pk) if kind == "institution" else None,
        }
