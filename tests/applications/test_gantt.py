"""The months of a work plan as bars."""

import re

from applications.gantt import WIDTH, charts, gantt


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


def test_a_long_plan_is_several_charts_each_with_its_months():
    drawn = charts([(f"Activity {n}", 1, 2) for n in range(1, 62)], 12, "Months")
    assert [len(bars(each)) for each in drawn] == [10, 10, 10, 10, 10, 10, 1]
    assert "Months: activities 11 to 20 of 61" in drawn[1]
    assert "Months: activity 61 of 61" in drawn[-1]
    assert all(">12</text>" in each for each in drawn)
    assert charts([], 12, "Months") == []
    assert "<title>Months</title>" in charts([("A", 1, 2)], 12, "Months")[0]
