"""The main navigation: who sees what, which page is marked, and that every entry leads somewhere."""

from types import SimpleNamespace

import pytest
from django.test import RequestFactory
from django.urls import reverse

from core import navigation


@pytest.fixture(autouse=True)
def _own_entries(monkeypatch):
    monkeypatch.setattr(navigation, "_entries", dict(navigation._entries))


def links(path: str, user=None) -> dict[str, str]:
    request = RequestFactory().get(path)
    request.user = user or SimpleNamespace(is_authenticated=False)
    return {str(link.label): link.current for link in navigation.links_for(request)}


def test_every_entry_leads_somewhere():
    for entry in navigation.entries():
        assert reverse(entry.url_name)


def test_every_entry_has_a_place_of_its_own():
    orders = [entry.order for entry in navigation.entries()]
    assert len(orders) == len(set(orders))


def test_entries_stand_in_order_and_once():
    navigation.register("Last", "account_login", order=999)
    navigation.register("Last again", "account_login", order=999)
    assert [entry.label for entry in navigation.entries()][-1] == "Last again"
    assert len([entry for entry in navigation.entries() if entry.url_name == "account_login"]) == 1


@pytest.mark.django_db
def test_an_entry_is_shown_to_whom_it_is_for(stranger):
    navigation.register("Staff", "account_login", shown=lambda user: user.is_authenticated)
    assert "Staff" not in links("/")
    assert "Staff" in links("/", stranger)


def test_the_present_page_is_marked():
    navigation.register("Here", "account_login")
    url = reverse("account_login")
    assert links(url)["Here"] == "page"
    assert links(url + "below/")["Here"] == "true"
    assert links("/elsewhere/")["Here"] == ""


def test_nothing_is_below_the_home_page():
    assert (
        links("/elsewhere/")[str(next(e.label for e in navigation.entries() if e.url_name == "home"))] == ""
    )
