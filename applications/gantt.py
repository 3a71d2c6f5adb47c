"""The months of a work plan as bars: drawn by the server, without script, and printable.

It never stands alone: the table of the same activities is beside it. Colours are attributes, as in core/charts.py.
"""

from collections.abc import Iterable

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from core.charts import FONT, LONGEST, SERIES, TEXT

WIDTH = 400
HEAD, LABEL, BAR, GAP = 24, 22, 14, 10
GRID = "#DDDDDD"
# Below this width the figures of neighbouring months would touch.
NARROWEST = 24
# So many fit a printed page, under their own row of months.
ROWS = 10


def charts(activities: Iterable[tuple[str, int, int]], months: int, title: str) -> list[SafeString]:
    """A long plan in several charts, each with its months: none is cut by the end of a page, or runs out of sight."""
    rows = list(activities)
    parts = [rows[start : start + ROWS] for start in range(0, len(rows), ROWS)]
    if len(parts) < 2:
        return [gantt(part, months, title) for part in parts]
    return [
        gantt(part, months, _part_title(title, number * ROWS + 1, len(part), len(rows)))
        for number, part in enumerate(parts)
    ]


def _part_title(title: str, first: int, count: int, of: int) -> str:
    last = first + count - 1
    words = {"title": title, "first": first, "last": last, "of": of}
    if first == last:
        return _("%(title)s: activity %(last)s of %(of)s") % words
    return _("%(title)s: activities %(first)s to %(last)s of %(of)s") % words


def gantt(activities: Iterable[tuple[str, int, int]], months: int, title: str) -> SafeString:
    """`activities` are (name, first month, last month), months from 1 to `months`; as wide as its place."""
    rows = list(activities)
    column = WIDTH / max(months, 1)
    height = HEAD + len(rows) * (LABEL + BAR + GAP)
    return format_html(
        '<svg class="chart" role="img" viewBox="0 0 {} {}" xmlns="http://www.w3.org/2000/svg" font-family="{}"'
        ' font-size="16"><title>{}</title>{}{}</svg>',
        WIDTH,
        height,
        FONT,
        title,
        _months(months, column, height),
        format_html_join("", "{}", ((_row(row, number, months, column),) for number, row in enumerate(rows))),
    )


def _months(months: int, column: float, height: int) -> SafeString:
    """A line before each month, and its number where there is room."""
    every = 1 if column >= NARROWEST else 3
    lines = format_html_join(
        "",
        '<path d="M{} {}V{}" stroke="{}" stroke-width="1"/>',
        ((round(month * column, 1), HEAD - 4, height, GRID) for month in range(months + 1)),
    )
    numbers = format_html_join(
        "",
        '<text x="{}" y="14" fill="{}" font-size="14" text-anchor="middle">{}</text>',
        (
            (round((month - 0.5) * column, 1), TEXT, month)
            for month in range(1, months + 1)
            if every == 1 or month % every == 0 or month == 1
        ),
    )
    return format_html("{}{}", lines, numbers)


def _row(row: tuple[str, int, int], number: int, months: int, column: float) -> SafeString:
    """The name, and under it the bar; what lies beyond the plan is cut off, and said by the rules."""
    name, first, last = row
    top = HEAD + number * (LABEL + BAR + GAP)
    first, last = min(max(first, 1), months), min(max(last, 1), months)
    return format_html(
        '<text x="0" y="{}" fill="{}">{}</text><rect x="{}" y="{}" width="{}" height="{}" rx="2" fill="{}"/>',
        top + 16,
        TEXT,
        name if len(name) <= LONGEST else f"{name[: LONGEST - 1].rstrip()}…",
        round((first - 1) * column, 1),
        top + LABEL,
        round(max(last - first + 1, 1) * column, 1),
        BAR,
        SERIES[1],
    )
