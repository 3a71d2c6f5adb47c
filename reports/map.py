"""The map of projects by province, as SVG drawn by the server: true outlines, or one tile for each province.

Colour never speaks alone: each province says its name and its number, a legend says what the shades mean, and the table
with the same figures is beside it. Outlines and their licence: reports/data/README.md.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.charts import FONT, TEXT
from groups.provinces import TILES, Province

OUTLINES = Path(__file__).parent / "data" / "argentina_provinces.json"
VIEW_BOX = "0 0 349.3 596.7"
STROKE = "#555555"
# From few to many. A province without projects is white, with hatching.
FILLS = ("#E3E7ED", "#9AD7F5", "#35AFEA", "#0767A7", "#0C1A49")
DARK = frozenset({"#0767A7", "#0C1A49"})
TILE, TILE_GAP = 48, 4


@cache
def outlines() -> dict[str, str]:
    """The path of each province."""
    return json.loads(OUTLINES.read_text("utf-8"))


@dataclass(frozen=True)
class Shade:
    """One class of the map: from `low` to `high` projects."""

    low: int
    high: int
    fill: str

    @property
    def label(self) -> str:
        if self.low == self.high:
            return ngettext("%(n)d project", "%(n)d projects", self.low) % {"n": self.low}
        return _("%(low)d to %(high)d projects") % {"low": self.low, "high": self.high}


def shades(counts: Mapping[str, int]) -> list[Shade]:
    """At most five classes of equal width, from 1 to the highest number; none when there is nothing to show."""
    most = max(counts.values(), default=0)
    if not most:
        return []
    classes = min(len(FILLS), most)
    tops = [-(-most * number // classes) for number in range(1, classes + 1)]
    # The darkest shade is always the highest class.
    fills = FILLS[len(FILLS) - classes :]
    return [Shade(low + 1, high, fill) for low, high, fill in zip([0, *tops[:-1]], tops, fills, strict=True)]


def fill_of(count: int, classes: list[Shade], hatch: str) -> str:
    """The colour of a number of projects."""
    return next((shade.fill for shade in classes if shade.low <= count <= shade.high), f"url(#{hatch})")


def says(province: Province, count: int) -> str:
    """`Salta: 6 projects`."""
    number = ngettext("%(n)d project", "%(n)d projects", count) % {"n": count}
    return f"{province.label}: {number}"


def outline_map(counts: Mapping[str, int], url_of: Callable[[str], str], title: str) -> SafeString:
    """Argentina's provinces in their true shapes. `counts` by province code; `url_of(code)` is where each leads."""
    classes = shades(counts)
    shapes = format_html_join(
        "",
        '<a href="{}" aria-label="{}"><title>{}</title><path d="{}" fill="{}" stroke="{}"/></a>',
        (
            (
                url_of(province),
                says(province, counts.get(province, 0)),
                says(province, counts.get(province, 0)),
                outlines()[province],
                fill_of(counts.get(province, 0), classes, "map-none"),
                STROKE,
            )
            for province in Province
        ),
    )
    return _svg(VIEW_BOX, title, "map-none", shapes)


def tile_map(counts: Mapping[str, int], url_of: Callable[[str], str], title: str) -> SafeString:
    """One square for each province, about where it lies: readable and touchable on a phone."""
    classes = shades(counts)
    step = TILE + TILE_GAP
    drawn = []
    for letter, (column, row) in TILES.items():
        province = Province(f"AR-{letter}")
        count = counts.get(province, 0)
        fill = fill_of(count, classes, "tiles-none")
        drawn.append(
            (
                url_of(province),
                says(province, count),
                column * step,
                row * step,
                fill,
                _letters(column * step, row * step, letter, count, "#FFFFFF" if fill in DARK else TEXT),
            )
        )
    tiles = format_html_join(
        "",
        f'<a href="{{}}"><title>{{}}</title><rect x="{{}}" y="{{}}" width="{TILE}" height="{TILE}"'
        f' fill="{{}}" stroke="{STROKE}"/>{{}}</a>',
        drawn,
    )
    columns = 1 + max(column for column, _row in TILES.values())
    rows = 1 + max(row for _column, row in TILES.values())
    return _svg(f"-1 -1 {columns * step} {rows * step}", title, "tiles-none", tiles)


def _letters(x: int, y: int, letter: str, count: int, colour: str) -> SafeString:
    """The letter of the province, as on its number plates of old, and its number under it."""
    return format_html(
        '<text aria-hidden="true" x="{x}" y="{top}" fill="{colour}" font-size="13" text-anchor="middle">{letter}</text>'
        '<text aria-hidden="true" x="{x}" y="{low}" fill="{colour}" font-size="17" font-weight="600" text-anchor="middle">{count}</text>',
        x=x + TILE // 2,
        top=y + 17,
        low=y + 38,
        colour=colour,
        letter=letter,
        count=count or "",
    )


def _svg(view_box: str, title: str, hatch: str, drawn: SafeString) -> SafeString:
    """A group of links rather than one image: each province can be reached."""
    return format_html(
        '<svg class="chart" role="group" aria-label="{}" viewBox="{}" xmlns="http://www.w3.org/2000/svg"'
        ' font-family="{}"><defs><pattern id="{}" width="5" height="5" patternUnits="userSpaceOnUse">'
        '<rect width="5" height="5" fill="#FFFFFF"/><path d="M0 5 L5 0" stroke="#B0B0B0" stroke-width="0.8"/>'
        "</pattern></defs>{}</svg>",
        title,
        view_box,
        FONT,
        hatch,
        drawn,
    )


def legend(counts: Mapping[str, int]) -> list[tuple[SafeString, str]]:
    """What the shades mean: (swatch, words), from none to many."""
    none = format_html(
        '<svg width="18" height="18" viewBox="0 0 18 18" aria-hidden="true" focusable="false">'
        '<rect x="1" y="1" width="16" height="16" fill="#FFFFFF" stroke="{}"/>'
        '<path d="M1 11 L11 1 M7 17 L17 7" stroke="#B0B0B0"/></svg>',
        STROKE,
    )
    rows = [(none, _("No project"))]
    for shade in shades(counts):
        swatch = format_html(
            '<svg width="18" height="18" viewBox="0 0 18 18" aria-hidden="true" focusable="false">'
            '<rect x="1" y="1" width="16" height="16" fill="{}" stroke="{}"/></svg>',
            shade.fill,
            STROKE,
        )
        rows.append((swatch, shade.label))
    return rows
