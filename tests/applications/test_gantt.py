"""The months of a work plan as bars."""

import re

from applications.gantt import WIDTH, gantt


def bars(svg: str) -> list[tuple[float, float]]:
    """(left, width) of each bar."""
    return [
        (float(x), float(width))
        for x, width in re.findall(r'<rect x="([\d.]+)" y="\d+" width="([\d.]+)"', svg)
    ]


def test_a_bar_runs_from_its_first_month_to_its_last():
    month = WIDTH / 12
    (whole, first, last) = bars(gantt([("A", 1, 12), ("B", 1, 1), ("C", 12, 12)], 12, "Months"))
    assert whole == (0, WIDTH)
    assert first == (0, round(month, 1))
    assert last == (round(11 * month, 1), round(month, 1))


def test_what_lies_beyond_the_plan_is_cut_off():
    assert bars(gantt([("A", 1, 36)], 12, "Months")) == [(0, WIDTH)]


def test_many_months_get_fewer_numbers():
    numbers = re.findall(r'text-anchor="middle">(\d+)<', gantt([("A", 1, 2)], 36, "Months"))
    assert numbers[:3] == ["1", "3", "6"]
    assert numbers[-1] == "36"


def test_names_are_escaped_and_cut():
    svg = gantt([("<b>" + "x" * 100, 1, 2)], 12, "Months & more")
    assert "<b>" not in svg
    assert "Months &amp; more" in svg
    assert "x" * 60 not in svg
