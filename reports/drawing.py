"""Plan against done as SVG, drawn by the server: an S-curve, and bars by month. They print and need no script.

They never stand alone: a table with the same figures is beside each. Colours are attributes, as in core/charts.py, and
no series is told from another by its colour alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from core.charts import FONT, LONGEST, SERIES, TEXT

WIDTH = 400
GRID = "#DDDDDD"
# Of the curve: room for the figures on the left and the months below.
LEFT, TOP, PLOT, FOOT = 52, 32, 180, 26
# Of the bars, as in applications/gantt.py.
HEAD, LABEL, BAR, GAP = 52, 22, 16, 12
# So many fit a printed page.
ROWS = 10
# Below this width the figures of neighbouring months would touch.
NARROWEST = 24


def _svg(height: float, title: str, body: SafeString) -> SafeString:
    return format_html(
        '<svg class="chart" role="img" viewBox="0 0 {} {}" xmlns="http://www.w3.org/2000/svg" font-family="{}"'
        ' font-size="16"><title>{}</title>{}</svg>',
        WIDTH,
        height,
        FONT,
        title,
        body,
    )


def _text(x: float, y: float, words: Any, *, size: int = 14, anchor: str = "start") -> SafeString:
    return format_html(
        '<text x="{}" y="{}" fill="{}" font-size="{}" text-anchor="{}">{}</text>',
        round(x, 1),
        round(y, 1),
        TEXT,
        size,
        anchor,
        words,
    )


def _all(parts: Sequence[SafeString]) -> SafeString:
    return format_html_join("", "{}", ((part,) for part in parts))


def _numbered(months: int, column: float) -> list[int]:
    """The months whose number has room."""
    if column >= NARROWEST:
        return list(range(1, months + 1))
    return [month for month in range(1, months + 1) if month == 1 or month % 3 == 0]


# --- The S-curve -------------------------------------------------------------------------------------


def s_curve(points: Sequence[dict[str, Any]], title: str) -> SafeString:
    """Planned and done over the months, in per cent; `points` are those of reports.curve. "" without any."""
    if not points:
        return SafeString("")
    months = len(points)
    column = (WIDTH - LEFT - 8) / months

    def at(month: int, share: int) -> str:
        return f"{LEFT + month * column:.1f},{TOP + PLOT * (100 - share) / 100:.1f}"

    planned = " ".join([at(0, 0), *(at(row["month"], row["planned"]) for row in points)])
    said = [(row["month"], row["done"]) for row in points if row["done"] is not None]
    parts = [_shares(), _months_below(months, column), _legend_of_curve()]
    parts.append(_line(planned, SERIES[0], dashed=True))
    if said:
        parts.append(_line(" ".join([at(0, 0), *(at(*place) for place in said)]), SERIES[3]))
        parts += [_dot(*at(*place).split(",")) for place in said]
    return _svg(TOP + PLOT + FOOT, title, _all(parts))


def _line(places: str, colour: str, *, dashed: bool = False) -> SafeString:
    return format_html(
        '<polyline points="{}" fill="none" stroke="{}" stroke-width="3" stroke-dasharray="{}"/>',
        places,
        colour,
        "7 4" if dashed else "none",
    )


def _dot(x: str, y: str) -> SafeString:
    return format_html('<circle cx="{}" cy="{}" r="5" fill="{}"/>', x, y, SERIES[3])


def _shares() -> SafeString:
    """The lines of 0, 25 … 100 per cent with their figures."""
    parts = []
    for share in (0, 25, 50, 75, 100):
        y = TOP + PLOT * (100 - share) / 100
        parts.append(
            format_html(
                '<path d="M{} {}H{}" stroke="{}" stroke-width="1"/>', LEFT, round(y, 1), WIDTH - 8, GRID
            )
        )
        parts.append(_text(LEFT - 8, y + 5, f"{share} %", anchor="end"))
    return _all(parts)


def _months_below(months: int, column: float) -> SafeString:
    y = TOP + PLOT + 20
    return _all(
        [_text(LEFT + month * column, y, month, anchor="middle") for month in _numbered(months, column)]
    )


def _legend_of_curve() -> SafeString:
    half = WIDTH / 2
    return _all(
        [
            _line(f"0,10 {28},10", SERIES[0], dashed=True),
            _text(36, 15, _("Planned")),
            _line(f"{half},10 {half + 28},10", SERIES[3]),
            _dot(f"{half + 14}", "10"),
            _text(half + 36, 15, _("Done")),
        ]
    )


# --- Bars by month -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Bar:
    """An activity: its months in the plan, how much of it is done in per cent, and the month to which it slipped."""

    name: str
    first: int
    last: int
    done: int
    expected: int | None = None


def bars(rows: Sequence[Bar], months: int, title: str) -> list[SafeString]:
    """A long plan in several drawings, each with its months: none is cut by the end of a page."""
    parts = [rows[start : start + ROWS] for start in range(0, len(rows), ROWS)]
    if len(parts) < 2:
        return [_bars(part, months, title) for part in parts]
    return [
        _bars(
            part,
            months,
            _("%(title)s (%(number)d of %(all)d)") % {"title": title, "number": number, "all": len(parts)},
        )
        for number, part in enumerate(parts, 1)
    ]


def _bars(rows: Sequence[Bar], months: int, title: str) -> SafeString:
    column = WIDTH / max(months, 1)
    height = HEAD + len(rows) * (LABEL + BAR + GAP)
    parts = [_legend_of_bars(), _months_above(months, column, height)]
    parts += [_bar(row, number, months, column) for number, row in enumerate(rows)]
    return _svg(height, title, _all(parts))


def _months_above(months: int, column: float, height: int) -> SafeString:
    lines = format_html_join(
        "",
        '<path d="M{} {}V{}" stroke="{}" stroke-width="1"/>',
        ((round(month * column, 1), HEAD - 4, height, GRID) for month in range(months + 1)),
    )
    numbers = _all(
        [
            _text((month - 0.5) * column, HEAD - 10, month, anchor="middle")
            for month in _numbered(months, column)
        ]
    )
    return format_html("{}{}", lines, numbers)


def _bar(row: Bar, number: int, months: int, column: float) -> SafeString:
    """The name; under it the months of the plan as a frame, filled as far as it is done; then where it slipped to."""
    top = HEAD + number * (LABEL + BAR + GAP)
    first, last = min(max(row.first, 1), months), min(max(row.last, 1), months)
    x, width = (first - 1) * column, (last - first + 1) * column
    name = row.name if len(row.name) <= LONGEST else f"{row.name[: LONGEST - 1].rstrip()}…"
    parts = [
        _text(0, top + 16, name, size=16),
        _frame(x, top + LABEL, width, "none"),
        format_html(
            '<rect x="{}" y="{}" width="{}" height="{}" fill="{}"/>',
            round(x, 1),
            top + LABEL,
            round(width * row.done / 100, 1),
            BAR,
            SERIES[3],
        ),
    ]
    if row.expected and last < min(row.expected, months):
        until = min(row.expected, months)
        parts.append(_frame(last * column, top + LABEL, (until - last) * column, "5 3"))
    return _all(parts)


def _frame(x: float, y: float, width: float, dashes: str) -> SafeString:
    return format_html(
        '<rect x="{}" y="{}" width="{}" height="{}" fill="none" stroke="{}" stroke-width="2"'
        ' stroke-dasharray="{}"/>',
        round(x + 1, 1),
        y,
        round(max(width - 2, 1), 1),
        BAR,
        SERIES[0],
        dashes,
    )


def _legend_of_bars() -> SafeString:
    third = WIDTH / 3
    return _all(
        [
            _frame(0, 2, 24, "none"),
            _text(32, 15, _("Planned")),
            format_html(
                '<rect x="{}" y="2" width="24" height="{}" fill="{}"/>', round(third, 1), BAR, SERIES[3]
            ),
            _text(third + 32, 15, _("Done")),
            _frame(2 * third, 2, 24, "5 3"),
            _text(2 * third + 32, 15, _("Slipped to")),
        ]
    )
