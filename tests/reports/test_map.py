"""The map: every province once, with its number in words, and shades that cover every number."""

from xml.etree import ElementTree

import pytest

from groups.provinces import TILES, Province
from reports import map as maps

SVG = "{http://www.w3.org/2000/svg}"
COUNTS = {"AR-B": 17, "AR-S": 15, "AR-J": 1, "AR-T": 4}


def url_of(code: str) -> str:
    return f"/results/?province={code}&year=2009"


@pytest.mark.parametrize("draw", [maps.outline_map, maps.tile_map])
def test_each_province_is_one_link_with_its_name_and_number(draw):
    root = ElementTree.fromstring(draw(COUNTS, url_of, "Projects by province"))
    assert root.get("aria-label") == "Projects by province"
    links = {link.get("href"): link for link in root.iter(f"{SVG}a")}
    assert set(links) == {url_of(code) for code in Province.values}
    says = {link.find(f"{SVG}title").text for link in links.values()}
    assert {"Buenos Aires: 17 projects", "San Juan: 1 project", "Salta: 0 projects"} <= says


def test_outlines_and_tiles_hold_every_province():
    assert set(maps.outlines()) == set(Province.values)
    assert {f"AR-{letter}" for letter in TILES} == set(Province.values)


@pytest.mark.parametrize("most", [1, 2, 3, 5, 6, 17, 100])
def test_shades_cover_every_number_once(most):
    classes = maps.shades({"AR-B": most})
    assert len(classes) <= 5
    assert [number for shade in classes for number in range(shade.low, shade.high + 1)] == list(
        range(1, most + 1)
    )
    assert classes[-1].fill == maps.FILLS[-1]


def test_without_projects_every_province_is_hatched():
    root = ElementTree.fromstring(maps.outline_map({}, url_of, "t"))
    assert {path.get("fill") for path in root.iter(f"{SVG}path") if path.get("d") != "M0 5 L5 0"} == {
        "url(#map-none)"
    }
    assert [words for _swatch, words in maps.legend({})] == ["No project"]


def test_a_hostile_address_is_escaped():
    svg = maps.tile_map({}, lambda code: '/"><script>', "<b>")
    assert "<script>" not in svg
    assert "<b>" not in svg
