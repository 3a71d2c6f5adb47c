"""Charts as SVG, drawn by the server: they print, need no script, and carry their figures as text.

Colours are attributes, because the PDF renderer applies no page CSS inside an SVG. A chart never stands alone: the
table with the same figures is beside it.
"""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

# Equal to --lsp-series-1 … 6 and the texts of theme.css (a test holds them so).
SERIES = ("#232D4F", "#0767A7", "#306D69", "#CE5701", "#6A1B99", "#8A6F12")
TEXT = "#141414"
AXIS = "#555555"

WIDTH = 640
LABEL_WIDTH = 200
VALUE_WIDTH = 60
BAR, GAP = 18, 10
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
    top = 26 * bool(several)
    drawn, y = [], top
    for label, values in table:
        drawn.append(_row(label, values, most, y))
        y += BAR * len(values) + GAP
    return format_html(
        '<svg class="chart" role="img" viewBox="0 0 {} {}" xmlns="http://www.w3.org/2000/svg" font-family="{}"'
        ' font-size="13"><title>{}</title>{}{}{}</svg>',
        WIDTH,
        max(y, 1),
        FONT,
        title,
        _patterns(len(series)) if several else "",
        _legend(series) if several else "",
        SafeString("".join(drawn)),
    )


def _values(value: Number | Sequence[Number]) -> list[Number]:
    return list(value) if isinstance(value, list | tuple) else [value]  # type: ignore[list-item]


def _row(label: str, values: list[Number], most: Number, y: int) -> SafeString:
    """The label, and one bar for each value with its figure at the end."""
    room = WIDTH - LABEL_WIDTH - VALUE_WIDTH
    bars = []
    for number, value in enumerate(values):
        length = max(float(value) / float(most), 0) * room
        at = y + number * BAR
        fill = SERIES[number % len(SERIES)]
        bars.append(_bar(at, length, fill))
        if number:
            bars.append(_bar(at, length, f"url(#pattern-{number % len(PATTERNS)})"))
        bars.append(
            format_html(
                '<text x="{}" y="{}" fill="{}">{}</text>',
                round(LABEL_WIDTH + length + 6, 1),
                at + 13,
                TEXT,
                _figure(value),
            )
        )
    middle = y + BAR * len(values) // 2 + 4
    name = format_html(
        '<text x="{}" y="{}" fill="{}" text-anchor="end">{}</text>',
        LABEL_WIDTH - 8,
        middle,
        TEXT,
        _short(label),
    )
    return name + SafeString("").join(bars)


def _bar(y: int, length: float, fill: str) -> SafeString:
    return format_html(
        '<rect x="{}" y="{}" width="{}" height="{}" fill="{}"/>',
        LABEL_WIDTH,
        y,
        round(length, 1),
        BAR - 3,
        fill,
    )


def _figure(value: Number) -> str:
    """`1.234,5`, as in the tables."""
    text = f"{Decimal(str(value)):,.1f}".removesuffix(".0")
    return text.replace(",", "\0").replace(".", ",").replace("\0", ".")


def _short(label: str) -> str:
    """What fits left of the bars; the table beside the chart has it whole."""
    return label if len(label) <= 28 else f"{label[:27].rstrip()}…"


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
    parts, x = [], LABEL_WIDTH
    for number, name in enumerate(series):
        fills = [SERIES[number % len(SERIES)]]
        if number:
            fills.append(f"url(#pattern-{number % len(PATTERNS)})")
        parts += [
            format_html('<rect x="{}" y="2" width="14" height="14" fill="{}"/>', x, fill) for fill in fills
        ]
        parts.append(format_html('<text x="{}" y="14" fill="{}">{}</text>', x + 20, TEXT, name))
        x += 40 + 8 * len(str(name))
    return SafeString("").join(parts)
