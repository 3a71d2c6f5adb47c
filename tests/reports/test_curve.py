"""Plan against done: the figures, and the drawings that carry them."""

import xml.etree.ElementTree as ET

from reports.curve import done_by_month, mean, points
from reports.drawing import Bar, bars, s_curve

SVG = "{http://www.w3.org/2000/svg}"


def test_the_mean_of_percentages_is_whole_and_half_up():
    assert (mean([]), mean([0, 1]), mean([50, 51]), mean([33, 33, 34])) == (0, 1, 51, 33)


def test_a_curve_says_each_month_and_only_what_reports_said():
    found = points([(1, 2), (3, 4)], 4, {2: 40, 4: 100})
    assert [row["planned"] for row in found] == [25, 50, 75, 100]
    assert [row["done"] for row in found] == [None, 40, None, 100]


def test_a_plan_without_activities_has_no_curve():
    assert points([], 12, {}) == []
    assert s_curve([], "Nothing") == ""


def test_of_two_reports_on_one_month_the_later_one_stands():
    said = [
        {"last_month": 3, "activities": [{"done": 20}]},
        {"last_month": 3, "activities": [{"done": 30}, {"done": 50}]},
    ]
    assert done_by_month(said) == {3: 40}


def test_the_curve_is_drawn_within_its_frame():
    drawn = ET.fromstring(s_curve(points([(1, 36)], 36, {3: 8, 36: 100}), "Planned & done"))
    assert drawn.find(f"{SVG}title").text == "Planned & done"
    _x, _y, width, height = (float(part) for part in drawn.get("viewBox").split())
    for line in drawn.iter(f"{SVG}polyline"):
        for place in line.get("points").split():
            x, y = (float(part) for part in place.split(","))
            assert 0 <= x <= width
            assert 0 <= y <= height
    assert len(list(drawn.iter(f"{SVG}circle"))) == 3  # two reports, and the legend


def test_names_are_no_markup():
    (drawn,) = bars([Bar("<script>alert(1)</script>", 1, 3, 40, 5)], 12, "Bars")
    assert "<script>" not in drawn
    assert len(list(ET.fromstring(drawn).iter(f"{SVG}rect"))) == 6  # legend 3, frame, done, slipped to


def test_a_long_plan_is_parted():
    drawn = bars([Bar(f"Activity {number}", 1, 12, 0) for number in range(25)], 12, "Bars")
    assert len(drawn) == 3
    assert "Bars (3 of 3)" in drawn[2]
    assert bars([], 12, "Bars") == []


def test_what_lies_beyond_the_plan_stays_in_the_frame():
    (drawn,) = bars([Bar("Late", 10, 40, 50, 60)], 12, "Bars")
    for rect in ET.fromstring(drawn).iter(f"{SVG}rect"):
        assert float(rect.get("x")) + float(rect.get("width")) <= 400
