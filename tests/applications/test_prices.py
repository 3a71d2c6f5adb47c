"""The indexes of prices that admins keep, and the clause that a call sets."""

import datetime as dt
from decimal import Decimal

import pytest
from django.urls import reverse

from applications import prices
from applications.forms.call_editor import PaymentForm
from applications.models import IndexFigure, PriceIndex
from core.workflow import TransitionRefused
from tests.applications.staff_pages import browser, words
from tests.clock import NOON
from tests.factories_applications import OFFICE, make_call
from tests.grants.prices.rows import FEBRUARY, JANUARY, admin2, clause, make_index

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]


def test_one_admin_enters_and_another_confirms():
    index = make_index(figures={JANUARY: Decimal(100)})
    figure = prices.enter(
        by=OFFICE.admin, index=index, month=FEBRUARY, value=Decimal("101.5"), source="Bulletin", now=NOON
    )
    assert prices.figure_of(index, FEBRUARY) is None
    with pytest.raises(TransitionRefused, match="another admin confirms it"):
        prices.confirm(by=OFFICE.admin, figure=figure, now=NOON)
    prices.confirm(by=admin2(), figure=figure, now=NOON)
    assert prices.figure_of(index, FEBRUARY) == figure
    with pytest.raises(TransitionRefused, match="stays"):
        prices.take_out(by=OFFICE.admin, figure=figure, now=NOON)


def test_the_pages_of_an_index():
    web = browser(OFFICE.admin)
    assert "No index is kept yet" in words(web.get(reverse("price_index_list")))
    wrong = web.post(reverse("price_index_list"), {"code": "I P", "name_en": "Prices"})
    assert wrong.status_code == 422
    said = {"code": "IPC", "name_en": "Prices", "name_es": "Precios", "publisher": "INDEC"}
    page = web.post(reverse("price_index_list"), said, follow=True)
    assert "No figure was entered yet" in words(page)
    assert web.post(reverse("price_index_list"), said).status_code in (409, 422)
    address = reverse("price_index", args=["IPC"])
    for month, value in (("04/2026", "1"), ("13/2026", "1"), ("02/2026", "1,23456"), ("02/2026", "-3")):
        assert web.post(address, {"month": month, "value": value, "source": "B"}).status_code == 422
    done = web.post(address, {"month": "02/2026", "value": "1.234,5678", "source": "B"}, follow=True)
    assert "another admin confirms it" in words(done)
    figure = IndexFigure.objects.get()
    assert (figure.month, figure.value) == (FEBRUARY, Decimal("1234.5678"))
    second = browser(admin2())
    second.post(reverse("price_figure_confirm", args=["IPC", figure.pk]))
    figure.refresh_from_db()
    assert figure.is_confirmed
    assert second.post(reverse("price_figure_take_out", args=["IPC", figure.pk])).status_code == 409


def test_many_figures_come_in_together_or_not_at_all():
    index = make_index(figures={JANUARY: Decimal(100)})
    web, address = browser(OFFICE.admin), reverse("price_index", args=["IPC"])
    wrong = web.post(address, {"lines": "01/2026; 3\n02/2026; x\nnothing\n02/2025; 4", "all_from": "B"})
    assert wrong.status_code == 422
    for line in (
        "Line 1: There is a figure of 01/2026 already",
        "Line 2: Write a figure",
        "Line 3: Write a month",
    ):
        assert line in words(wrong)
    assert index.figures.count() == 1
    web.post(address, {"lines": "11/2025;90,5\n12/2025\t95", "all_from": "Bulletin"})
    rows = index.figures.filter(confirmed_at=None).values_list("month", "value")
    assert set(rows) == {(dt.date(2025, 11, 1), Decimal("90.5")), (dt.date(2025, 12, 1), Decimal(95))}


def test_the_list_costs_the_same_however_many(django_assert_num_queries):
    make_index()
    web, address = browser(OFFICE.admin), reverse("price_index_list")
    web.get(address)
    counts = []
    for times in range(2):
        with django_assert_num_queries(1000, exact=False) as found:
            web.get(address)
        counts.append(len(found))
        PriceIndex.objects.bulk_create(
            PriceIndex(code=f"X-{times}-{number}", name_en="X", name_es="X", publisher="X")
            for number in range(30)
        )
    assert counts[0] == counts[1]


def test_a_call_shows_its_clause_and_the_editor_asks_for_all_of_it():
    call = make_call(**clause())
    page = words(browser(OFFICE.admin).get(reverse("call_detail", args=[call.code])))
    assert "amounts are those of 01/2026" in page
    assert "by 30 % at most in all" in page.replace("\xa0", " ")
    half = PaymentForm({"update_cap": "30"}, instance=make_call(published=False))
    assert not half.is_valid()
    assert {"update_index", "update_base_month"} <= set(half.errors)
