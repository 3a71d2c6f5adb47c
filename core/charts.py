"""Charts as SVG, drawn by the server: they print, need no script, and carry their figures as text.

Colours are attributes, because the PDF renderer applies no page CSS inside an SVG. A chart never stands alone: the
table with the same figures is beside it.
"""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from core.money import with_points

# Equal to --lsp-series-1 … 6 and the texts of theme.css (a test holds them so).
SERIES = ("#232D4F", "#0767A7", "#306D69", "#CE5701", "#6A1B99", "#8A6F12")
TEXT = "#141414"

# Narrow, so that a phone shows the text at a readable size; labels stand above their bars, whole.
WIDTH = 400
VALUE_WIDTH = 64
LABEL, BAR, GAP = 22, 18, 10
LONGEST = 46
FONT = "Encode Sans, sans-serif"

# Besides its colour each series has a pattern of its own: printed in grey, or seen without colour, they differ.
PATTERNS = (
    "",
    "M0 6 L6 0",
    "M0 3 H6",
    "M3 0 V6",
    "M0 0 L6 6",
    "M0 3 H6 M3 0 V6",
)

Number = int | float | Decimal


def bar_chart(
    rows: Iterable[tuple[str, Number | Sequence[Number]]], title: str, series: Sequence[str] = ()
) -> SafeString:
    """Horizontal bars, each with its label and its figure.

    `rows` are (label, value), or (label, [value, …]) with one value for each name in `series`. Values below zero are
    drawn as none. The chart is as wide as its place.
    """
    table = [(str(label), _values(value)) for label, value in rows]
    several = len(series) > 1
    most = max((value for _label, values in table for value in values), default=0) or 1
    drawn, y = [], LABEL + GAP if several else 0
    for label, values in table:
        drawn.append((_row(label, values, most, y),))
        y += LABEL + BAR * len(values) + GAP
    return format_html(
        '<svg class="chart" role="img" viewBox="0 0 {} {}" xmlns="http://www.w3.org/2000/svg" font-family="{}"'
        ' font-size="16"><title>{}</title>{}{}{}</svg>',
        WIDTH,
        max(y, 1),
        FONT,
        title,
        _patterns(len(series)) if several else "",
        _legend(series) if several else "",
        format_html_join("", "{}", drawn),
    )


def _values(value: Number | Sequence[Number]) -> list[Number]:
    return list(value) if isinstance(value, list | tuple) else [value]  # type: ignore[list-item]


def _row(label: str, values: list[Number], most: Number, y: int) -> SafeString:
    """The label, and under it one bar for each value with its figure at the end."""
    parts = [(_text(0, y + 16, label if len(label) <= LONGEST else f"{label[: LONGEST - 1].rstrip()}…"),)]
    for number, value in enumerate(values):
        length = max(float(value) / float(most), 0) * (WIDTH - VALUE_WIDTH)
        at = y + LABEL + number * BAR
        parts.append((_swatch(0, at, length, BAR - 2, number),))
        parts.append((_text(round(length + 6, 1), at + 14, _figure(value)),))
    return format_html_join("", "{}", parts)


def _text(x: float, y: int, words: str) -> SafeString:
    return format_html('<text x="{}" y="{}" fill="{}">{}</text>', x, y, TEXT, words)


def _swatch(x: float, y: int, width: float, height: int, number: int) -> SafeString:
    """A rectangle in the colour and the pattern of one series."""
    fills = [SERIES[number % len(SERIES)]]
    if number:
        fills.append(f"url(#pattern-{number % len(PATTERNS)})")
    return format_html_join(
        "",
        '<rect x="{}" y="{}" width="{}" height="{}" fill="{}"/>',
        ((x, y, round(width, 1), height, fill) for fill in fills),
    )


def _figure(value: Number) -> str:
    """`1.234,5`, as in the tables."""
    text = f"{Decimal(str(value)):,.1f}".removesuffix(".0")
    return with_points(text)


def _patterns(count: int) -> SafeString:
    """White lines over the colour, one kind for each series after the first."""
    lines = format_html_join(
        "",
        '<pattern id="pattern-{}" width="6" height="6" patternUnits="userSpaceOnUse">'
        '<path d="{}" stroke="#FFFFFF" stroke-width="1.2"/></pattern>',
        ((number, PATTERNS[number]) for number in range(1, min(count, len(PATTERNS)))),
    )
    return format_html("<defs>{}</defs>", lines)


def _legend(series: Sequence[str]) -> SafeString:
    """The names of the series, each with its colour and pattern."""
    parts: list[tuple[SafeString]] = []
    x = 0
    for number, name in enumerate(series):
        parts.append((_swatch(x, 2, 14, 14, number),))
        parts.append((_text(x + 20, 15, str(name)),))
        x += 44 + 9 * len(str(name))
    return format_html_join("", "{}", parts)
