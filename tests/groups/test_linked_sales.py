"""Linked firms whose sales are 0: the pages with the figures say that they count together (PROGRAMME 4)."""

import pytest
from django.urls import reverse

from groups.size import linked_sales_doubt, size_of
from tests.clock import NOON
from tests.factories_groups import make_certificate, make_firm_link, make_group, make_link

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]
DOUBT = "their sales are 0 in every year that counts"


def doubt(firm) -> str:
    return linked_sales_doubt(firm, size_of(firm, NOON.date(), figures=True))


@pytest.fixture
def firm(db):
    return make_group(1).firms.get()


def test_it_is_said_only_where_sales_decide_and_none_of_linked_firms_is_there(firm):
    assert doubt(firm) == ""
    make_link(firm)
    assert DOUBT in doubt(firm)
    firm.years.filter(year=2024).update(linked_sales=1)
    assert doubt(firm) == ""
    firm.years.update(linked_sales=0)
    make_certificate(firm)
    assert doubt(firm) == "", "the certificate decides"


def test_the_pages_with_the_figures_say_it(firm, signed_in, officer):
    make_link(firm)
    group = firm.memberships.get().group
    client = signed_in(group.representative)
    pages = [reverse("firm_edit", args=[group.pk, firm.pk]), reverse("firm_detail", args=[firm.pk])]
    assert all(DOUBT in client.get(page).text for page in pages)
    _link, token = make_firm_link(firm.memberships.get())
    assert DOUBT in client.get(reverse("firm_answer", args=[token])).text
    firm.sales_are_private = True
    firm.save()
    assert not any(DOUBT in client.get(page).text for page in pages)
    client.force_login(officer)
    assert DOUBT in client.get(pages[1]).text
