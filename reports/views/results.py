"""The public results: five figures, two tables with their charts, the map, and the tables as CSV."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from applications.models import Line
from core import charts
from groups.provinces import Province
from reports import exports, figures, map
from reports.figures import Only
from reports.filters import ResultsFilter
from reports.wording import figure

MILLION = Decimal(1_000_000)


@login_not_required
@require_safe
def results(request: HttpRequest) -> HttpResponse:
    """What the programme came to, for everybody."""
    form = ResultsFilter(request.GET, years=figures.years())
    only = form.only if form.is_valid() else Only()
    by_province = figures.by_province(only.without_province())
    by_sector = figures.by_sector(only)
    counts = {province.value: number for province, number in by_province}
    address = _address_of(only)
    context = {
        "form": form,
        "chips": _chips(only),
        "key_figures": key_figures(figures.totals(only)),
        "by_province": by_province,
        "by_sector": by_sector,
        "all_provinces": sum(counts.values()),
        "all_sectors": sum(number for _sector, number in by_sector),
        "province": Province(only.province) if only.province else None,
        "province_chart": _chart(by_province, _("Projects by province"), lambda row: row.label),
        "sector_chart": _chart(by_sector, _("Projects by sector"), str),
        "outline_map": map.outline_map(counts, address, _("Map: projects by province"))
        if settings.MAP == "svg"
        else "",
        "tile_map": map.tile_map(counts, address, _("Map in tiles: projects by province")),
        "legend": map.legend(counts),
        "query": _query(only),
        "places_query": _query(only.without_province()),
    }
    return render(request, "reports/results.html", context, status=200 if form.is_valid() else 422)


def key_figures(totals: figures.Totals) -> list[tuple[str, str]]:
    """The five figures, in words."""
    return [
        (_("Projects"), figure(totals.projects)),
        (_("Firms that took part"), figure(totals.firms)),
        (_("People trained"), figure(totals.trained)),
        (_("Quality certifications"), figure(totals.certifications)),
        (_("Approved, in millions of pesos"), figure(round(totals.money / MILLION, 1))),
    ]


def _chart(rows: list, title: str, label: Callable[[Any], str]) -> str:
    return charts.bar_chart([(str(label(row)), number) for row, number in rows], title) if rows else ""


def _query(only: Only, **changed: Any) -> str:
    """`?year=2009&line=grant`, or nothing."""
    asked = {"year": only.year, "line": only.line, "province": only.province, **changed}
    words = urlencode({key: value for key, value in asked.items() if value})
    return f"?{words}" if words else ""


def _address_of(only: Only) -> Callable[[str], str]:
    """Where a province of the map leads: the same results, of that province."""
    base = reverse("results")
    return lambda code: base + _query(only, province=code)


def _chips(only: Only) -> list[dict[str, str]]:
    """The filters that are on, each with the page without it."""
    base = reverse("results")
    chips = []
    if only.year:
        chips.append({"label": str(only.year), "url": base + _query(only, year=None)})
    if only.line:
        chips.append({"label": str(Line(only.line).label), "url": base + _query(only, line="")})
    if only.province:
        chips.append({"label": Province(only.province).label, "url": base + _query(only, province="")})
    return chips


@login_not_required
@require_safe
def provinces_csv(request: HttpRequest) -> HttpResponse:
    """Projects by province, by name; provinces without projects are left out."""
    return _csv(request, "provinces.csv", ("province", "projects"), _province_rows)


@login_not_required
@require_safe
def sectors_csv(request: HttpRequest) -> HttpResponse:
    """Projects by sector, in the programme's order, with their English names in every language."""
    return _csv(request, "sectors.csv", ("sector", "projects"), _sector_rows)


def _province_rows(only: Only) -> list[tuple[str, int]]:
    return [(province.label, number) for province, number in figures.by_province(only)]


def _sector_rows(only: Only) -> list[tuple[str, int]]:
    return [(sector.name_en, number) for sector, number in figures.by_sector(only)]


def _csv(request: HttpRequest, name: str, header: tuple[str, ...], rows: Callable) -> HttpResponse:
    form = ResultsFilter(request.GET, years=figures.years())
    if not form.is_valid():
        sentences = [sentence for field in form.errors.values() for sentence in field]
        return HttpResponse("\n".join(sentences) + "\n", status=422, content_type="text/plain; charset=utf-8")
    return exports.csv_response(name, header, rows(form.only))
