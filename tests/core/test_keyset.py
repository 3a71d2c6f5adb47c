"""Pages that go on from the last row: each row once, in order, forth and back, whatever stands in the address."""

import datetime as dt

import pytest
from django.db.models import QuerySet
from django.http import QueryDict
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.lists import KeysetPage, Order, counted
from core.models import Case
from tests.clock import NOON

pytestmark = pytest.mark.django_db

NEWEST = Order("Newest", "created_at")
OLDEST = Order("Oldest", "created_at", descending=False)


def make(minutes: list[int]) -> QuerySet[Case]:
    """Cases of these minutes; answers them alone."""
    made = Case.objects.bulk_create(
        Case(kind="group", title=f"{n}", created_at=NOON + dt.timedelta(minutes=minute))
        for n, minute in enumerate(minutes)
    )
    return Case.objects.filter(pk__in=[case.pk for case in made])


def walk(rows: QuerySet[Case], order: Order, size: int) -> list[list[int]]:
    """All pages, by going to the next one."""
    pages, query = [], QueryDict()
    while True:
        page = KeysetPage(rows, order, query, size)
        pages.append([case.pk for case in page.rows])
        if not page.next:
            return pages
        query = {"after": page.next}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(minutes=st.lists(st.integers(0, 4), max_size=17), size=st.integers(1, 6), newest=st.booleans())
def test_every_row_stands_on_one_page_in_order(db, minutes, size, newest):
    rows, order = make(minutes), NEWEST if newest else OLDEST
    pages = walk(rows, order, size)
    sign = "-" if newest else ""
    assert [pk for page in pages for pk in page] == list(
        rows.order_by(f"{sign}created_at", f"{sign}pk").values_list("pk", flat=True)
    )
    assert all(len(page) == size for page in pages[:-1])


def test_back_is_where_one_came_from():
    make([1, 1, 2, 3, 3, 3, 4])
    first = KeysetPage(Case.objects.all(), NEWEST, {}, 3)
    second = KeysetPage(Case.objects.all(), NEWEST, {"after": first.next}, 3)
    back = KeysetPage(Case.objects.all(), NEWEST, {"before": second.previous}, 3)
    assert [case.pk for case in back.rows] == [case.pk for case in first.rows]
    assert (first.previous, back.previous) == ("", "")
    assert back.next == first.next


@pytest.mark.parametrize(
    "place",
    [
        "x",
        "~",
        "~1",
        "2026-03-10~",
        "2026-99-99T00:00~1",
        "2026-03-10T12:00:00+00:00~-1",
        "a~b",
        "x~" + "9" * 30,
    ],
)
def test_a_place_that_makes_no_sense_is_the_first_page(place):
    make([1, 2])
    page = KeysetPage(Case.objects.all(), NEWEST, {"after": place}, 1)
    assert [case.title for case in page.rows] == ["1"]


def test_nobody_counts_further_than_they_page():
    make([1] * 5)
    assert (counted(Case.objects.all(), most=3), counted(Case.objects.all(), most=9)) == (4, 5)
