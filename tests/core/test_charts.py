"""Charts: figures as text, one palette with theme.css, safe with any label."""

import re
from decimal import Decimal
from xml.etree import ElementTree

from django.conf import settings

from core import charts

SVG = "{http://www.w3.org/2000/svg}"
CSS = (settings.BASE_DIR / "static" / "theme.css").read_text("utf-8")


def texts(svg: str) -> list[str]:
    return [element.text or "" for element in ElementTree.fromstring(svg).iter(f"{SVG}text")]


def test_the_palette_is_that_of_the_style_sheet():
    assert re.findall(r"--lsp-series-\d: (#\w+);", CSS) == list(charts.SERIES)
    assert f"--lsp-text: {charts.TEXT};" in CSS


def test_bars_carry_label_and_figure():
    svg = charts.bar_chart([("Salta", 2), ("Jujuy", Decimal("1234.5")), ("Chaco", 0)], "By province")
    assert texts(svg) == ["Salta", "2", "Jujuy", "1.234,5", "Chaco", "0"]
    root = ElementTree.fromstring(svg)
    assert root.get("role") == "img"
    assert root.find(f"{SVG}title").text == "By province"


def test_the_longest_bar_fits():
    svg = charts.bar_chart([("a", 3), ("b", 5)], "t")
    widths = [float(bar.get("width")) for bar in ElementTree.fromstring(svg).iter(f"{SVG}rect")]
    assert max(widths) == charts.WIDTH - charts.VALUE_WIDTH
    assert widths[0] == round(max(widths) * 3 / 5, 1)


def test_several_series_have_a_legend_and_patterns():
    svg = charts.bar_chart([("Month 1", [20, 10])], "t", ("Planned", "Done"))
    assert texts(svg) == ["Planned", "Done", "Month 1", "20", "10"]
    assert 'fill="url(#pattern-1)"' in svg
    assert '<pattern id="pattern-1"' in svg


def test_labels_are_escaped_and_odd_figures_do_not_break_it():
    svg = charts.bar_chart([("<script>", -3), ("x" * 200, 0)], "a & b")
    assert "<script>" not in svg
    assert len(texts(svg)[2]) == charts.LONGEST
    assert charts.bar_chart([], "Nothing").startswith("<svg")
