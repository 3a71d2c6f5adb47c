"""Forms about bringing many firms: the table itself, and one row of it."""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import translation
from django.utils.translation import gettext as _

from core.cells import plain
from core.forms import Form, MoneyField, NumberField
from core.imports import LANGUAGES, TableForm
from groups.forms.firms import CuitField, EditFirmForm, FirmForm
from groups.imports import COLUMNS, Source
from groups.models import EconomicActivity, Firm, Group, LegalForm, Membership, Sector
from groups.provinces import Province
from groups.size import years_to_ask

MOST_PEOPLE = Decimal(1_000_000)


class ImportForm(TableForm):
    """A table of firms, pasted or as a file."""

    kind = Source


# --- One row -----------------------------------------------------------------------------------------


class NamedField(forms.CharField):
    """One of a list, by its code or its name as people write them: without capitals or accents, or only its beginning."""

    def __init__(self, names: Mapping[str, Any], sentence: str, **kwargs: Any):
        self.names, self.sentence = names, sentence
        super().__init__(**kwargs)

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        words = plain(text)
        if not words:
            return "" if not self.required else self._unknown(text)
        if words in self.names:
            return self.names[words]
        beginning = {
            id(what): what for name, what in self.names.items() if name.startswith(words) and len(words) > 3
        }
        return next(iter(beginning.values())) if len(beginning) == 1 else self._unknown(text)

    def _unknown(self, text: str) -> Any:
        raise ValidationError(self.sentence % {"text": text})


class WholeField(NumberField):
    """A whole number as people write it; "" for none."""

    def clean(self, value: Any) -> int | None:
        number = super().clean(value)
        if number is not None and number != int(number):
            raise ValidationError(_("Write a whole number."))
        return None if number is None else int(number)


@dataclass
class Names:
    """What cells may name, by what people write: read once for all rows."""

    activities: dict[str, Any]
    sectors: dict[str, Any]
    provinces: dict[str, Any]
    legal_forms: dict[str, Any]
    # The words to choose from, in the language of the moment, by the code of the column.
    choices: dict[str, list[str]]

    @classmethod
    def read(cls) -> "Names":
        activities, sectors = list(EconomicActivity.objects.all()), list(Sector.objects.all())
        return cls(
            {plain(name): row for row in activities for name in (row.code, row.name_en, row.name_es)},
            {plain(name): row for row in sectors for name in (row.code, row.name_en, row.name_es)},
            {plain(name): code for code, label in Province.choices for name in (code, label)}
            | {"caba": Province.CITY, "capital federal": Province.CITY},
            _words_of(LegalForm),
            {
                "activity": [str(row) for row in activities],
                "sector": [str(row) for row in sectors],
                "province": [str(label) for label in Province.labels],
                "legal_form": [str(label) for label in LegalForm.labels],
            },
        )


def _words_of(choices: Any) -> dict[str, str]:
    """The values of choices by their words in each language, and by the short form in brackets: `SRL`."""
    found = {}
    for language in LANGUAGES:
        with translation.override(language):
            for value, label in choices.choices:
                inside = re.search(r"\((.+)\)", str(label))
                for name in (
                    value,
                    str(label),
                    re.sub(r"\(.+\)", "", str(label)),
                    inside[1] if inside else value,
                ):
                    found[plain(name)] = value
    return found


def _text_of(model: Any, name: str, **kwargs: Any) -> forms.CharField:
    """A text as long as its column."""
    return forms.CharField(max_length=model._meta.get_field(name).max_length, **kwargs)


class RowForm(Form):
    """A firm as its row says it: the rules of the form of one firm, with names in the place of choices. What the rows of
    one table share is read once, in `Names`."""

    cuit = CuitField()
    name = _text_of(Firm, "name")
    place_in_chain = _text_of(Membership, "place_in_chain")
    locality = _text_of(Firm, "locality")
    contact_email = forms.EmailField(max_length=254, required=False)
    people = WholeField(required=False, max_value=MOST_PEOPLE)

    def __init__(self, data: Mapping[str, str], *, names: Names, group: Group, today: dt.date):
        # What is empty and the same for most firms of a group: what the form writes, and what people read.
        fallback = {
            "sector": (group.sector.code, str(group.sector)),
            "province": (group.province, group.get_province_display()),
            "locality": (group.locality, group.locality),
        }
        self.fallback = {code: words for code, words in fallback.items() if not data.get(code)}
        super().__init__({**data, **{code: words[0] for code, words in self.fallback.items()}})
        self.fields["activity"] = NamedField(
            names.activities, _("No activity is called “%(text)s”: choose one of the list.")
        )
        self.fields["sector"] = NamedField(
            names.sectors, _("No sector of the programme is called “%(text)s”.")
        )
        self.fields["province"] = NamedField(names.provinces, _("No province is called “%(text)s”."))
        self.fields["legal_form"] = NamedField(
            names.legal_forms, _("No legal form is called “%(text)s”."), required=False
        )
        self.asked = years_to_ask(today)
        for year in self.asked:
            self.fields[f"sales_{year}"] = MoneyField(required=False)

    def clean(self) -> dict[str, Any] | None:
        data = super().clean()
        # The same rule as in the form of one firm, which has the same fields of years.
        FirmForm.refuse_a_gap(self)  # type: ignore[arg-type]
        return data

    @property
    def sales(self) -> dict[int, Decimal | None]:
        """Pesos by year; None for a year that is left empty."""
        return {year: self.cleaned_data.get(f"sales_{year}") for year in self.asked}

    @property
    def digits(self) -> str:
        """The CUIT, if it is right."""
        return "" if "cuit" in self.errors else self.cleaned_data["cuit"]

    @property
    def shown_name(self) -> str:
        """What the row calls the firm."""
        return str(self.data.get("name", ""))

    @property
    def data_of_row(self) -> dict[str, Any]:
        """What the row says of the firm, as `actions.add_firm` takes it."""
        return {
            column.code: self.cleaned_data[column.code]
            for column in COLUMNS
            if column.code != "cuit" and column.code in self.cleaned_data
        }


class MemberRowForm(RowForm):
    """The same for a firm that is in the group already: what is saved of it besides the row counts too."""

    def __init__(self, data: Mapping[str, str], *, firm: Firm, names: Names, group: Group, today: dt.date):
        self.firm = firm
        super().__init__(data, names=names, group=group, today=today)

    @property
    def linked(self) -> dict[int, Decimal]:
        """Sales of linked firms by year, which no table has."""
        return {row.year: row.linked_sales for row in self.firm.years.all() if row.year in self.asked}

    def clean(self) -> dict[str, Any] | None:
        data = super().clean()
        # The rules of the form of a member, as above.
        self.cleaned_data["started_on"] = self.firm.started_on
        EditFirmForm.refuse_sales_before_the_start(self)  # type: ignore[arg-type]
        EditFirmForm.refuse_links_alone(self)  # type: ignore[arg-type]
        return data
