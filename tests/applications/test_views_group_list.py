"""The list of applications: who sees which, filters, pages, and what it costs."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from applications.models import Application
from core.lists import BoundedPaginator
from tests.applications.staff_pages import browser, problems, words
from tests.clock import NOON
from tests.factories_applications import (
    DAY,
    OFFICE,
    application_at,
    draft,
    make_call,
)
from tests.factories_groups import make_group

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]


def the_list(user: User, **query) -> str:
    return words(browser(user).get(reverse("application_list"), query))


# --- The list ----------------------------------------------------------------------------------------


@pytest.fixture
def two():
    """Applications of two groups, in two calls and two provinces."""
    first = application_at("submitted", group=make_group(name="Muebles"), call=make_call("grant", code="G-1"))
    second = draft(
        group=make_group(name="Quesos", province="AR-X"), call=make_call("partnership", code="P-1")
    )
    return first, second


def test_each_sees_their_own_and_the_office_sees_all(two, stranger):
    first, _second = two
    assert "Muebles" in the_list(first.group.representative)
    assert "Quesos" not in the_list(first.group.representative)
    everything = the_list(OFFICE.officer)
    assert "Muebles" in everything
    assert "Quesos" in everything
    nothing = the_list(stranger)
    assert "You have no application yet." in nothing
    assert "Muebles" not in nothing


@pytest.mark.parametrize(
    ("query", "found", "hidden"),
    [
        ({"status": "draft"}, "Quesos", "A shared drying kiln"),
        ({"status": "submitted"}, "A shared drying kiln", "Quesos"),
        ({"call": "P-1"}, "Quesos", "A shared drying kiln"),
        ({"line": "grant"}, "A shared drying kiln", "Quesos"),
        ({"province": "AR-X"}, "Quesos", "A shared drying kiln"),
        ({"q": "kiln"}, "A shared drying kiln", "Quesos"),
        ({"q": "KILN muebles"}, "A shared drying kiln", "Quesos"),
        ({"q": "LSP-2026"}, "A shared drying kiln", "Quesos"),
    ],
)
def test_filters_are_in_the_address_and_can_be_taken_away(two, query, found, hidden):
    page = browser(OFFICE.officer).get(reverse("application_list"), query)
    table = page.text[page.text.index("<tbody>") : page.text.index("</tbody>")]
    assert found in table
    assert hidden not in table
    chips = page.text[page.text.index('class="chips"') :]
    assert 'href="?"' in chips[: chips.index("</ul>")]


def test_nothing_found_says_how_to_go_on(two):
    text = the_list(OFFICE.officer, q="nobody wrote this")
    assert "No application matches." in text


@pytest.mark.parametrize(
    "query", ["status=emperor", "call=NO", "line=x", "province=AR-Ñ", "q=%00", "q=" + "x" * 300]
)
def test_nonsense_in_the_filter_is_said_at_the_field(query):
    page = browser(OFFICE.officer).get(f"{reverse('application_list')}?{query}")
    assert page.status_code == 422
    assert problems(page)


@pytest.mark.parametrize("page", ["0", "-1", "99999999999999999999", "x"])
def test_a_page_that_is_not_there_is_the_nearest_one(two, page):
    assert browser(OFFICE.officer).get(reverse("application_list"), {"page": page}).status_code == 200


def test_the_list_asks_the_same_few_questions_for_1_and_30_rows():
    call = make_call()
    user = browser(OFFICE.officer)
    url = reverse("application_list")

    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert user.get(url).status_code == 200
        return len(queries)

    draft(group=make_group(1), call=call)
    user.get(url)
    # session, user, roles and the bell are the frame's; then the filter's calls, how many rows, the rows
    few = count()
    assert few == 7
    for number in range(30):
        draft(group=make_group(1, name=f"G {number}"), call=call)
    assert count() == few


def test_the_list_counts_no_further_than_anybody_pages(two):
    paginator = BoundedPaginator(Application.objects.order_by("pk"), 25, most=1)
    assert (paginator.count, paginator.has_more) == (1, True)


def test_the_list_says_how_long_each_is_in_its_state(two, frozen):
    frozen.move_to(NOON + 9 * DAY)
    text = the_list(OFFICE.officer, status="submitted")
    assert "Submitted 9 $ 3.000.000,00" in text
