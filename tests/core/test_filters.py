"""Lists that people come back to: kept under a name, shared or not, taken out by their owner alone."""

import pytest
from django.urls import reverse

from core import filters
from core.models import SavedFilter
from core.workflow import TransitionRefused
from tests.applications.staff_pages import browser, words
from tests.factories_applications import OFFICE

pytestmark = pytest.mark.django_db
PAGE = "application_list"


def keep(user, **data):
    sent = {"page": PAGE, "query": "status=submitted&after=x~1&q=", "name": "To check", **data}
    return browser(user).post(reverse("filter_save"), sent)


def test_a_list_is_kept_without_the_place_in_it_and_offered_again():
    answer = keep(OFFICE.officer)
    assert answer.url == reverse(PAGE) + "?status=submitted"
    page = browser(OFFICE.officer).get(reverse(PAGE))
    assert "To check" in words(page)
    assert 'href="/applications/?status=submitted"' in page.text


def test_the_same_name_is_written_over():
    keep(OFFICE.officer)
    keep(OFFICE.officer, query="status=draft")
    assert SavedFilter.objects.get().query == "status=draft"


def test_another_sees_it_only_when_it_is_shared():
    keep(OFFICE.officer)
    assert "To check" not in words(browser(OFFICE.approver).get(reverse(PAGE)))
    keep(OFFICE.officer, shared="on")
    assert "To check" in words(browser(OFFICE.approver).get(reverse(PAGE)))


def test_what_the_office_shares_is_not_for_those_from_outside():
    """Nor does somebody from outside put a list before the office."""
    keep(OFFICE.officer, shared="on")
    reviewer = OFFICE.reviewers[0]
    page = browser(reviewer).get(reverse(PAGE))
    assert "To check" not in words(page)
    assert "Show it to the whole office" not in words(page)
    keep(reviewer, name="From outside", shared="on")
    assert "From outside" in words(browser(reviewer).get(reverse(PAGE)))
    assert "From outside" not in words(browser(OFFICE.officer).get(reverse(PAGE)))


def test_only_its_owner_takes_it_out():
    keep(OFFICE.officer, shared="on")
    url = reverse("filter_take_out", args=[SavedFilter.objects.get().pk])
    assert browser(OFFICE.approver).post(url).status_code == 404
    assert browser(OFFICE.officer).post(url).status_code == 302
    assert not SavedFilter.objects.exists()


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"name": " "}, "Give the list a name"),
        ({"name": "x" * 81}, "at most 80"),
        ({"query": "q=&after=1"}, "There is no filter to keep"),
        ({"query": "q=" + "x" * 1100}, "too many filters"),
    ],
)
def test_what_cannot_be_kept_says_why(data, sentence):
    user = browser(OFFICE.officer)
    answer = user.post(
        reverse("filter_save"), {"page": PAGE, "query": "status=draft", "name": "Mine", **data}
    )
    assert answer.status_code == 302
    assert sentence in words(user.get(reverse("home")))
    assert not SavedFilter.objects.exists()


@pytest.mark.parametrize("page", ["", "nowhere", "application_detail", "https://elsewhere.example/"])
def test_a_page_that_is_no_list_is_not_there(page):
    assert keep(OFFICE.officer, page=page).status_code == 404


def test_a_person_keeps_so_many(monkeypatch):
    monkeypatch.setattr(filters, "MOST_OF_A_PERSON", 1)
    keep(OFFICE.officer)
    with pytest.raises(TransitionRefused, match="1 lists already"):
        filters.save(by=OFFICE.officer, page=PAGE, name="Another", query="status=draft", shared=False)
    filters.save(by=OFFICE.officer, page=PAGE, name="To check", query="status=draft", shared=False)


def test_groups_keep_none(stranger):
    assert keep(stranger).status_code == 404
