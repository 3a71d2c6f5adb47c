"""The two tables of a working copy, with their columns, and the words that stand in their cells.

Columns are the fields of the forms of one row (applications/forms/plan.py, budget.py): the same names, the same rules.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.db import models
from django.utils import translation
from django.utils.translation import gettext as _

from applications.forms.budget import BudgetLineForm
from applications.forms.plan import ActivityForm
from applications.forms.rows import RowForm
from applications.models import Application
from applications.sections import BY_CODE
from core.cells import clean_text, plain, text_of

LANGUAGES = ("en", "es")


@dataclass(frozen=True)
class CopyTable:
    """One table: its section, its rows, its form, its columns with their widths. `title` is the column that says what
    a row is called; what a cell of a `grouped` column names stands after the name of its group."""

    code: str
    related: str
    form: type[RowForm]
    widths: Mapping[str, int]
    title: str
    grouped: tuple[str, ...] = ()

    @property
    def fields(self) -> tuple[str, ...]:
        return tuple(self.widths)

    @property
    def label(self) -> str:
        """What the sheet is called."""
        return str(BY_CODE[self.code].label)

    def heading(self, name: str) -> str:
        """The title of a column in the reader's language."""
        return str(self.form.base_fields[name].label)

    def titles(self) -> dict[str, str]:
        """The column by each of its titles, in every language, as `plain` writes them."""
        found: dict[str, str] = {}
        for language in LANGUAGES:
            with translation.override(language):
                found |= {plain(self.heading(name)): name for name in self.fields}
                found[plain(number_heading())] = NUMBER
        return found


NUMBER = "number"


def number_heading() -> str:
    """The title of the column that says which saved row it is."""
    return _("Number (leave as it is)")


PLAN = CopyTable(
    "plan",
    "activities",
    ActivityForm,
    {
        "name": 44,
        "first_month": 10,
        "last_month": 10,
        "who": 30,
        "responsible": 26,
        "deliverable": 36,
        "indicator": 30,
    },
    "name",
)
BUDGET = CopyTable(
    "budget",
    "lines",
    BudgetLineForm,
    {
        "category": 34,
        "other_kind": 20,
        "activity": 36,
        "description": 40,
        "firm": 28,
        "quantity": 10,
        "unit_cost": 18,
        "programme_share": 18,
    },
    "description",
    ("category",),
)
TABLES = {PLAN.code: PLAN, BUDGET.code: BUDGET}


# --- Words ------------------------------------------------------------------------------------------


@dataclass
class Words:
    """What the cells of one table may name: by column, the words of each code (in the reader's language), and the code of
    each of its words (in any)."""

    of_code: dict[str, dict[str, str]] = field(default_factory=dict)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)

    def code_of(self, name: str, text: str) -> str | None:
        """What a cell names; None for nothing that can be chosen."""
        return "" if not text else self.codes[name].get(plain(text))


def words_of(table: CopyTable, application: Application, rows: Iterable[models.Model]) -> Words:
    """What the cells of a table may name, whoever is in the group now or stands in a saved row: a constant number of
    queries."""
    words = Words()
    for language in dict.fromkeys([translation.get_language() or "en", *LANGUAGES]):
        with translation.override(language):
            form = table.form(application=application)
            for name in table.fields:
                choice = form.fields[name]
                if name == "activity" or not isinstance(choice, forms.ChoiceField):
                    continue
                found = _flat(choice, grouped=name in table.grouped)
                mine = words.of_code.setdefault(name, {})
                for code, text in found:
                    mine.setdefault(code, text)
                    words.codes.setdefault(name, {}).setdefault(plain(text), code)
    _add_former(table, application, rows, words)
    return words


def _flat(choice: forms.ChoiceField, *, grouped: bool) -> Iterator[tuple[str, str]]:
    """(code, words) of each choice, none twice; the empty choice has no words."""
    seen: dict[str, int] = {}
    for code, label, group in _pairs(choice):
        text = f"{group}: {label}" if grouped and group and group != label else label
        text = clean_text(text)
        seen[text] = seen.get(text, 0) + 1
        yield code, text if seen[text] == 1 else f"{text} ({seen[text]})"


def _pairs(choice: forms.ChoiceField) -> Iterator[tuple[str, str, str]]:
    for code, label in list(choice.choices):  # type: ignore[arg-type]
        if isinstance(label, list | tuple):
            for inner, words in label:
                yield str(inner), str(words), str(code)
        elif str(code):
            yield str(code), str(label), ""


def _add_former(
    table: CopyTable, application: Application, rows: Iterable[models.Model], words: Words
) -> None:
    """Who stands in a saved row and is in the group no longer may stay there."""
    for row in rows:
        form = table.form(instance=row, application=application)
        for name, known in words.of_code.items():
            code = str(form.get_initial_for_field(form.fields[name], name) or "")
            if not code or code in known:
                continue
            text = clean_text(form.in_words(name, code))
            known[code] = text
            words.codes[name].setdefault(plain(text), code)


# --- What is saved ------------------------------------------------------------------------------------


def values_of(table: CopyTable, row: models.Model, application: Application, words: Words) -> dict[str, Any]:
    """The cells of a saved row: texts, figures, words in the place of codes."""
    form = table.form(instance=row, application=application)
    found = {}
    for name in table.fields:
        if name == "activity":
            found[name] = row.activity.name if row.activity_id else ""  # type: ignore[attr-defined]
            continue
        value = form.get_initial_for_field(form.fields[name], name)
        found[name] = words.of_code[name].get(str(value or ""), "") if name in words.of_code else value
    return found


def texts_of(values: Mapping[str, Any]) -> dict[str, str]:
    """The same as they come back from a spreadsheet."""
    return {name: text_of(value) for name, value in values.items()}


def saved_rows(table: CopyTable, application: Application) -> list[Any]:
    """The rows of a table in their order: one query."""
    rows = getattr(application, table.related)
    return list(rows.select_related("activity") if table is BUDGET else rows.all())
