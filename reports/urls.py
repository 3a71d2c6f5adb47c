"""Addresses of this app's pages."""

from django.urls import path

from reports.views import home, results

urlpatterns = [
    path("", home.front, name="home"),
    path("results/", results.results, name="results"),
    path("results/provinces.csv", results.provinces_csv, name="results_provinces_csv"),
    path("results/sectors.csv", results.sectors_csv, name="results_sectors_csv"),
]
