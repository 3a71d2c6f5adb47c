"""What an admin fills in about indexes of prices."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications import prices
from applications.models import IndexFigure, PriceIndex
from core.forms import Form, ModelForm, MonthField

MOST_LINES = 240
SOURCE = IndexFigure._meta.get_field("source")
HIGHEST = Decimal("9999999999.9999")


class FigureField(forms.CharField):
    """A figure with four places at most, as people write it: `1.234,5678`, `1234.5678`. Cleans to a Decimal."""

    def __init__(self, **kwargs: Any):
        super().__init__(
            max_length=30, widget=forms.TextInput({"class": "answer-20", "inputmode": "decimal"}), **kwargs
        )

    def clean(self, value: Any) -> Any:
        return read_figure(super().clean(value))


def read_figure(text: str) -> Decimal:
    """The figure that a text says. Raises ValidationError."""
    plain = text.strip()
    # A comma is the decimal sign; the points before it are then those of thousands.
    plain = plain.replace(".", "").replace(",", ".") if "," in plain else plain
    places = plain.partition(".")[2]
    if not plain.isascii() or not plain.replace(".", "", 1).isdecimal() or len(places) > 4:
        raise ValidationError(_("Write a figure with four decimals at most, for example 1234,5678."))
    figure = Decimal(plain)
    if not 0 < figure <= HIGHEST:
        raise ValidationError(_("A figure is above zero, and not larger than an index is."))
    return figure


class IndexForm(ModelForm):
    """A new index."""

    class Meta:
        model = PriceIndex
        fields = ("code", "name_en", "name_es", "publisher")
        help_texts = {"code": gettext_lazy("Short, for example IPC-GBA.")}


class FigureForm(Form):
    """What an index says of a month."""

    month = MonthField(label=IndexFigure._meta.get_field("month").verbose_name)
    value = FigureField(label=IndexFigure._meta.get_field("value").verbose_name)
    source = forms.CharField(
        label=SOURCE.verbose_name,
        max_length=SOURCE.max_length,
        help_text=gettext_lazy("The bulletin or the page, with its date."),
    )

    def __init__(self, *args: Any, index: PriceIndex, today: dt.date, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.index, self.today = index, today

    def clean_month(self) -> dt.date:
        month: dt.date = self.cleaned_data["month"]
        if sentence := prices.month_refusal(month, known=prices.months_of(self.index), today=self.today):
            raise ValidationError(sentence)
        return month


class FiguresForm(Form):
    """Many figures at once: a month and its figure in each line, as they come out of a spreadsheet or a CSV."""

    lines = forms.CharField(
        label=gettext_lazy("One month in each line, with its figure"),
        max_length=MOST_LINES * 60,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=gettext_lazy("For example: 03/2026; 1234,56. A tab or a semicolon parts the two."),
    )
    all_from = forms.CharField(label=SOURCE.verbose_name, max_length=SOURCE.max_length)

    def __init__(self, *args: Any, index: PriceIndex, today: dt.date, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.index, self.today = index, today

    def clean_lines(self) -> list[tuple[dt.date, Decimal]]:
        """(month, figure) of each line; every line that is wrong is named with why."""
        text: list[str] = self.cleaned_data["lines"].splitlines()
        known = prices.months_of(self.index)
        found: list[tuple[dt.date, Decimal]] = []
        wrong: list[str] = []
        for number, line in enumerate(text, 1):
            if not line.strip():
                continue
            try:
                found.append(self._read(line, known, {month for month, _value in found}))
            except ValidationError as error:
                words = {"number": number, "problem": " ".join(error.messages)}
                wrong.append(_("Line %(number)s: %(problem)s") % words)
        if len(found) > MOST_LINES:
            wrong = [_("Bring at most %(most)s lines at a time.") % {"most": MOST_LINES}]
        if wrong:
            raise ValidationError(wrong)
        return found

    def _read(self, line: str, known: set[dt.date], before: set[dt.date]) -> tuple[dt.date, Decimal]:
        parts = [part.strip() for part in line.replace("\t", ";").split(";") if part.strip()]
        if len(parts) != 2:
            raise ValidationError(_("Write a month and its figure."))
        month = MonthField().clean(parts[0])
        if month in before:
            raise ValidationError(_("This month stands in a line above."))
        if sentence := prices.month_refusal(month, known=known, today=self.today):
            raise ValidationError(sentence)
        return month, read_figure(parts[1])

    @property
    def rows(self) -> list[tuple[dt.date, Decimal, str]]:
        """What to enter; of a valid form."""
        source = self.cleaned_data["all_from"]
        return [(month, value, source) for month, value in self.cleaned_data["lines"]]
