"""What people fill in about amendments: one form for each kind, and what staff say of one.

A form says what cannot be written; whether what is asked for can be is said by grants.amendments.checks, on the page of the
amendment, so that a draft is saved incomplete.
"""

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.models import BudgetCategory
from core.forms import CHOOSE, DateField, DocumentsField, Form, MoneyField, WholeNumberField
from core.money import ZERO
from grants.amendments.actions import MOST_FILES
from grants.amendments.in_force import OF_AN_ACTIVITY
from grants.models import Amendment

# Empty rows for what is added, at each visit of the page; and of all of them.
BLANK, MOST_NEW = 2, 20
Kind = Amendment.Kind


class AmendmentForm(Form):
    """What all kinds share: the reason and the papers. `before` is the plan of the day."""

    hides_optional = True

    reason = forms.CharField(
        label=gettext_lazy("Why the change is needed"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy("What happened, and what it means for the results."),
    )
    papers = DocumentsField(label=gettext_lazy("Papers that show it"), required=False, most=MOST_FILES)

    def __init__(self, *args: Any, amendment: Amendment, before: Mapping[str, Any], **kwargs: Any):
        self.amendment, self.before, self.asked = amendment, before, amendment.content
        super().__init__(*args, **kwargs)
        self.fields["reason"].initial = amendment.reason
        self.begin()
        self.order_fields([*(name for name in self.fields if name not in ("reason", "papers")), "reason"])

    def begin(self) -> None:
        """Add the fields of the kind, with what was saved."""

    def content(self) -> dict[str, Any]:
        """What is asked for, as data; only what differs from the plan of the day. Of a valid form."""
        return {}

    def rows(self) -> list[dict[str, Any]]:
        """What there is, with its fields, where the kind has rows."""
        return []

    def new_rows(self) -> list[dict[str, Any]]:
        """What is added, with empty rows at the end."""
        return []

    def last_fields(self) -> Iterator[Any]:
        """Those below the ones of the kind."""
        return (self[name] for name in ("reason", "papers"))


class DatesForm(AmendmentForm):
    """A new last day; the reports to come move along."""

    last_day = DateField(
        label=gettext_lazy("New last day of the project"),
        required=False,
        help_text=gettext_lazy(
            "The work is late as a whole: the last day and the reports to come move by the same days. The months of the "
            "plan stay as they are."
        ),
    )

    def begin(self) -> None:
        self.fields["last_day"].initial = self.asked.get("last_day") or self.before["last_day"]

    def content(self) -> dict[str, Any]:
        day = self.cleaned_data["last_day"]
        text = f"{day:%Y-%m-%d}" if day else ""
        return {"last_day": text} if text and text != self.before["last_day"] else {}


class ExtensionForm(AmendmentForm):
    """More months."""

    months = WholeNumberField(
        label=gettext_lazy("How many months more"),
        required=False,
        min_value=1,
        max_value=35,
        help_text=gettext_lazy(
            "The plan gets so many months at its end, with reports of their own; the last report, and the payment that "
            "waits for it, come after them."
        ),
    )

    def begin(self) -> None:
        self.fields["months"].initial = self.asked.get("months")

    def content(self) -> dict[str, Any]:
        months = self.cleaned_data["months"]
        return {"months": months} if months else {}


class _RowsForm(AmendmentForm):
    """A form with rows: what there is of the part of the plan that `name` says, and what is added, each with its columns."""

    name: str
    columns: tuple[str, ...]
    new_columns: tuple[str, ...]
    field_of: Callable[[str], forms.Field]

    def begin(self) -> None:
        saved = self.asked.get(self.name, {})
        self.added = list(self.asked.get("new", ()))
        self.places = min(len(self.added) + BLANK, MOST_NEW)
        for row in self.before[self.name]:
            self._add(f"row-{row['id']}", {**row, **saved.get(str(row["id"]), {})}, self.columns)
        for place in range(self.places):
            self._add(f"new-{place}", self.added[place] if place < len(self.added) else {}, self.new_columns)

    def _add(self, prefix: str, values: Mapping[str, Any], columns: tuple[str, ...]) -> None:
        for column in columns:
            field = self.field_of(column)
            field.initial = self.shown(column, values.get(column))
            self.fields[f"{prefix}-{column}"] = field

    def shown(self, column: str, value: Any) -> Any:
        return value

    def rows(self) -> list[dict[str, Any]]:
        return [
            {"row": row, "fields": [self[f"row-{row['id']}-{column}"] for column in self.columns]}
            for row in self.before[self.name]
        ]

    def new_rows(self) -> list[dict[str, Any]]:
        return [
            {"number": place + 1, "fields": [self[f"new-{place}-{column}"] for column in self.new_columns]}
            for place in range(self.places)
        ]

    def label_of(self, name: str) -> str:
        """What a field is called, with its row."""
        label = str(self[name].label)
        for each in self.rows():
            if name in [field.name for field in each["fields"]]:
                return f"{each['row'].get('name') or each['row'].get('description')}: {label}"
        for each in self.new_rows():
            if name in [field.name for field in each["fields"]]:
                return f"{label} {each['number']}"
        return label

    def value(self, column: str, typed: Any, before: Any) -> Any:
        """What is kept of what was typed; `before` where nothing was."""
        return typed

    def content(self) -> dict[str, Any]:
        data, found, added = self.cleaned_data, {}, []
        for row in self.before[self.name]:
            asked = {
                column: self.value(column, data.get(f"row-{row['id']}-{column}"), row[column])
                for column in self.columns
            }
            if changed := {column: value for column, value in asked.items() if value != row[column]}:
                found[str(row["id"])] = changed
        for place in range(self.places):
            values = {
                column: self.value(column, data.get(f"new-{place}-{column}"), None)
                for column in self.new_columns
            }
            if any(value not in (None, "", "0.00") for value in values.values()):
                added.append(values)
        content = {self.name: found, "new": added}
        return {name: value for name, value in content.items() if value}


class ActivitiesForm(_RowsForm):
    """Months, who is responsible, what it leaves; dropped and added."""

    name = "activities"
    columns = (*OF_AN_ACTIVITY, "dropped")
    new_columns = ("name", *OF_AN_ACTIVITY)

    def field_of(self, column: str) -> forms.Field:
        if column in ("first_month", "last_month"):
            label = _("From month") if column == "first_month" else _("To month")
            return WholeNumberField(label=label, required=False, min_value=1, max_value=36)
        if column == "dropped":
            return forms.BooleanField(label=_("Drop this activity"), required=False)
        labels = {
            "name": _("New activity"),
            "responsible": _("Who is responsible"),
            "deliverable": _("What it leaves"),
        }
        most = 330 if column == "responsible" else 200
        return forms.CharField(label=labels[column], required=False, max_length=most)

    def value(self, column: str, typed: Any, before: Any) -> Any:
        return bool(typed) if column == "dropped" else typed

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for name in list(data):
            first, last = data.get(name), data.get(name.replace("-first_month", "-last_month"))
            if name.endswith("-first_month") and first and last and last < first:
                self.add_error(name.replace("-first_month", "-last_month"), _("It ends before it begins."))
        return data


class LinesForm(_RowsForm):
    """What each line has of the programme and of the group; lines that are added."""

    name = "lines"
    columns = ("programme", "group")
    new_columns = ("category", "description", *columns)

    def field_of(self, column: str) -> forms.Field:
        if column == "category":
            admitted = self.amendment.project.call.categories
            choices = [(code, label) for code, label in BudgetCategory.choices if code in admitted]
            return forms.ChoiceField(label=_("Category"), required=False, choices=[("", CHOOSE), *choices])
        if column == "description":
            return forms.CharField(label=_("New line"), required=False, max_length=200)
        label = _("The programme pays") if column == "programme" else _("The group pays")
        return MoneyField(label=label, required=False, min_value=ZERO)

    def shown(self, column: str, value: Any) -> Any:
        return Decimal(value) if column in ("programme", "group") and value not in (None, "") else value

    def value(self, column: str, typed: Any, before: Any) -> Any:
        if column not in ("programme", "group"):
            return typed or ""
        return f"{typed:.2f}" if typed is not None else before or "0.00"


class MemberForm(AmendmentForm):
    """A firm that joins the project or leaves it."""

    change = forms.ChoiceField(
        label=gettext_lazy("What happens"),
        required=False,
        choices=[
            ("leaves", gettext_lazy("A firm leaves the project")),
            ("joins", gettext_lazy("A firm of the group joins the project")),
        ],
        widget=forms.RadioSelect,
    )
    leaves = forms.ChoiceField(
        label=gettext_lazy("Which firm leaves"),
        required=False,
        help_text=gettext_lazy("If it leaves the group too, take it out on the page of the group as well."),
    )
    joins = forms.ChoiceField(
        label=gettext_lazy("Which firm joins"),
        required=False,
        help_text=gettext_lazy("Firms of the group that do not belong to the project yet."),
    )

    def begin(self) -> None:
        change, firm = self.asked.get("change", "leaves"), self.asked.get("firm")
        self.fields["change"].initial = change
        for name, rows in (("leaves", self.before["firms"]), ("joins", self.before["others"])):
            choices = [("", CHOOSE), *((str(row["id"]), f"{row['name']} ({row['cuit']})") for row in rows)]
            self.fields[name].choices = choices  # type: ignore[attr-defined]
            self.fields[name].initial = str(firm) if firm and change == name else ""

    def content(self) -> dict[str, Any]:
        change = self.cleaned_data["change"]
        firm = self.cleaned_data.get(change) if change else ""
        return {"change": change, "firm": int(firm)} if firm else {}


FORMS: dict[str, type[AmendmentForm]] = {
    Kind.DATES: DatesForm,
    Kind.EXTENSION: ExtensionForm,
    Kind.ACTIVITIES: ActivitiesForm,
    Kind.BUDGET: LinesForm,
    Kind.AMOUNT: LinesForm,
    Kind.MEMBER: MemberForm,
}


class KindForm(Form):
    """What one asks for."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What should change"), choices=Kind.choices, widget=forms.RadioSelect
    )


class AmendmentFilter(Form):
    """Finds amendments; always in the URL."""

    hides_optional = True

    q = forms.CharField(label=gettext_lazy("Project, group or reference"), required=False, max_length=100)
    kind = forms.ChoiceField(
        label=gettext_lazy("What changes"), required=False, choices=[("", gettext_lazy("All")), *Kind.choices]
    )
    status = forms.ChoiceField(
        label=gettext_lazy("State"),
        required=False,
        choices=[("", gettext_lazy("All")), *Amendment.Status.choices],
    )
    whose = forms.ChoiceField(
        label=gettext_lazy("Waits for"),
        required=False,
        choices=[
            ("", gettext_lazy("All")),
            ("officer", gettext_lazy("An officer")),
            ("approver", gettext_lazy("An approver")),
        ],
    )


class OpinionForm(Form):
    """What the officer thinks of it, for the approver."""

    opinion = forms.CharField(
        label=gettext_lazy("What you think of it"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("The approver reads it beside the amendment; the group reads it too."),
    )


class NoteForm(Form):
    """What the group has to change, or the grounds of a rejection."""

    reason = forms.CharField(
        label=gettext_lazy("Why"), max_length=4000, widget=forms.Textarea(attrs={"rows": 4})
    )

    def __init__(self, *args: Any, label: str = "", **kwargs: Any):
        super().__init__(*args, **kwargs)
        if label:
            self.fields["reason"].label = label


class ApproveForm(Form):
    """An officer's approval; a remark may go with it."""

    reason = forms.CharField(
        label=gettext_lazy("Grounds"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class ResolveForm(ApproveForm):
    """The approver's, with its act."""

    field_order = ("resolution", "reason")

    resolution = forms.CharField(
        label=gettext_lazy("Resolution number"),
        max_length=60,
        widget=forms.TextInput(attrs={"class": "answer-20", "autocomplete": "off"}),
    )


class RefuseForm(NoteForm):
    """The approver's rejection; an act of the authority may have a number."""

    resolution = forms.CharField(
        label=gettext_lazy("Resolution number"),
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"class": "answer-20", "autocomplete": "off"}),
    )
