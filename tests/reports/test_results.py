"""The results: what counts, the two tables, the CSV to the byte, and how many queries it costs."""

import datetime as dt
from decimal import Decimal
from xml.etree import ElementTree

import pytest
from django.urls import reverse

from groups.provinces import Province
from reports import exports, figures
from reports.figures import Only
from reports.models import Outcome
from reports.workflow import REPORT
from tests.clock import NOON
from tests.factories_groups import make_group, make_sector
from tests.factories_ledgers import make_certification, make_training
from tests.factories_reports import make_call, make_project, report_at, the_officer

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    """Six projects that count, and one that does not yet."""
    grant, partnership = make_call(line="grant"), make_call(line="partnership")
    rows = [
        (Province.SANTA_FE, "wood", grant, 2024, "active"),
        (Province.CORDOBA, "agribusiness", grant, 2024, "closed"),
        (Province.CORDOBA, "wood", grant, 2025, "terminated"),
        (Province.CORRIENTES, "tourism", partnership, 2025, "suspended"),
        (Province.TUCUMAN, "agribusiness", partnership, 2025, "active"),
        (Province.TUCUMAN, "agribusiness", grant, 2025, "active"),
        (Province.CHACO, "mining", grant, 2025, "awaiting_agreement"),
    ]
    for number, (province, sector, call, year, status) in enumerate(rows):
        group = make_group(name=f"Group {number}", province=province, sector=make_sector(sector))
        make_project(group, call=call, first_day=dt.date(year, 3, 10), status=status)


# --- What counts ---------------------------------------------------------------------------------------------


def test_a_project_counts_from_its_first_day_whatever_became_of_it(world):
    assert figures.projects().count() == 6
    assert [(province.label, number) for province, number in figures.by_province()] == [
        ("Córdoba", 2),
        ("Corrientes", 1),
        ("Santa Fe", 1),
        ("Tucumán", 2),
    ]
    assert [(sector.code, number) for sector, number in figures.by_sector()] == [
        ("agribusiness", 3),
        ("wood", 2),
        ("tourism", 1),
    ]
    assert figures.by_line() == {"grant": 4, "partnership": 2}
    assert figures.years() == [2025, 2024]


def test_both_tables_have_the_same_sum(world):
    for only in (Only(), Only(year=2025), Only(line="grant"), Only(2025, "grant", Province.TUCUMAN)):
        every = figures.projects(only).count()
        assert sum(number for _row, number in figures.by_province(only)) == every
        assert sum(number for _row, number in figures.by_sector(only)) == every


def test_totals(world):
    totals = figures.totals()
    assert (totals.projects, totals.firms, totals.money) == (6, 30, Decimal("6000000.00"))
    assert figures.totals(Only(year=2024)).projects == 2
    assert figures.totals(Only(line="grant", province=Province.TUCUMAN)).firms == 5
    assert figures.totals(Only(year=1999)) == figures.Totals(0, 0, 0, 0, Decimal("0.00"))


def test_a_firm_of_two_projects_is_one_firm():
    group = make_group()
    make_project(group, call=make_call())
    make_project(group, call=make_call())
    assert (figures.totals().projects, figures.totals().firms) == (2, 5)


def test_people_trained_are_those_of_accepted_reports():
    report = report_at("draft")
    for kind, figure in (("trained", 12), ("certifications", 3), ("marketing", 99)):
        Outcome.objects.create(report=report, kind=kind, figure=figure, on="2026-01-15", text="The list")
    make_training(report, women=8, men=4, other=0, not_said=0)
    make_training(report, women=0, men=0, other=1, not_said=7)
    for number in ("A-1", "A-2"):
        make_certification(report, number=number)
    report = REPORT.apply(report, "submit", by=report.group.representative, now=NOON)
    assert figures.totals().trained == 0
    REPORT.apply(report, "accept", by=the_officer(report.project), now=NOON)
    assert (figures.totals().trained, figures.totals().certifications) == (20, 2)


# --- CSV -------------------------------------------------------------------------------------------------------


def test_the_provinces_to_the_byte(client, world):
    response = client.get(reverse("results_provinces_csv"))
    assert response.content == "province,projects\nCórdoba,2\nCorrientes,1\nSanta Fe,1\nTucumán,2\n".encode()
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert 'filename="provinces.csv"' in response.headers["Content-Disposition"]


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_sectors_to_the_byte_in_english_whatever_the_language(client, world, language):
    response = client.get(reverse("results_sectors_csv"), headers={"accept-language": language})
    assert (
        response.content
        == b"sector,projects\nAgribusiness and primary sector,3\nWood and furniture,2\nTourism,1\n"
    )


def test_an_empty_world_has_a_header(client):
    assert client.get(reverse("results_provinces_csv")).content == b"province,projects\n"


def test_filters_hold_in_the_csv_too(client, world):
    response = client.get(reverse("results_provinces_csv") + "?year=2025&line=grant")
    assert response.content == "province,projects\nCórdoba,1\nTucumán,1\n".encode()


@pytest.mark.parametrize("query", ["?year=1999", "?year=x", "?line=wealth", "?province=AR-9"])
def test_a_filter_that_is_none_is_said(client, world, query):
    for name in ("results", "results_provinces_csv", "results_sectors_csv"):
        response = client.get(reverse(name) + query)
        assert response.status_code == 422
        assert "Select a valid choice" in response.content.decode()


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\t=1", "\r=1", "\n=1"])
def test_a_cell_that_begins_like_a_formula_stays_text(text):
    assert exports.cell(text) == f"'{text}"
    assert exports.csv_text(["a"], [[text]]).startswith("a\n")


def test_figures_stay_figures():
    assert exports.csv_text(["a", "b"], [[-3, 'Say "x", y']]) == 'a,b\n-3,"Say ""x"", y"\n'


# --- The page ----------------------------------------------------------------------------------------------------


def test_the_page_shows_both_tables_with_their_charts(client, world):
    response = client.get(reverse("results"))
    text = response.content.decode()
    assert response.context["all_provinces"] == response.context["all_sectors"] == 6
    for chart, words in (("province_chart", "Tucumán"), ("sector_chart", "Wood and furniture")):
        svg = ElementTree.fromstring(response.context[chart])
        assert svg.get("role") == "img"
        assert words in response.context[chart]
    for words in ("Projects by province", "Projects by sector", "30", "This table as CSV"):
        assert words in text


def test_filters_stand_in_the_address_and_can_be_taken_off(client, world):
    response = client.get(reverse("results") + "?year=2025&province=AR-T")
    assert [chip["label"] for chip in response.context["chips"]] == ["2025", "Tucumán"]
    assert response.context["chips"][0]["url"] == reverse("results") + "?province=AR-T"
    # The other provinces stay in sight; the sectors are those of the one.
    assert response.context["all_provinces"] == 4
    assert response.context["all_sectors"] == 2
    assert reverse("results_sectors_csv") + "?year=2025&amp;province=AR-T" in response.content.decode()


def test_the_renderer_of_the_map_is_a_setting(client, world, settings):
    assert 'aria-label="Map: projects by province"' in client.get(reverse("results")).content.decode()
    settings.MAP = "tiles"
    text = client.get(reverse("results")).content.decode()
    assert 'aria-label="Map: projects by province"' not in text
    assert 'aria-label="Map in tiles: projects by province"' in text


def test_an_empty_programme_says_why(client):
    text = client.get(reverse("results")).content.decode()
    assert "A project counts once its agreement is signed" in text


@pytest.mark.parametrize("number", [1, 30])
def test_the_page_costs_the_same_with_one_and_with_thirty(client, number, django_assert_num_queries):
    group = make_group()
    for _number in range(number):
        make_project(group, call=make_call())
    # Years, provinces, sectors (2), totals (4).
    with django_assert_num_queries(8):
        assert client.get(reverse("results")).status_code == 200
