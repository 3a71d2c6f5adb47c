"""The register of firms, a firm's own page, and the pages of what shows its size."""

import datetime as dt
from decimal import Decimal

import pytest
from django.urls import reverse

from groups.models import EconomicActivity, Firm
from tests.factories_applications import a_pdf
from tests.factories_groups import (
    add_to,
    give_place,
    make_certificate,
    make_cuit,
    make_firm,
    make_group,
    make_link,
    make_partner,
    make_sector,
)
from tests.groups.test_views_firms import edit_data, firm_data

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]


# --- The register ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "asked",
    [
        {"q": "ñandú"},
        {"q": "posadas ñandú"},
        {"q": "30-60000042"},
        {"q": "60000042"},
        {"province": "AR-W"},
        {"sector": "cultural"},
    ],
)
def test_a_firm_is_found(signed_in, officer, asked):
    cultural = make_sector("cultural")
    make_firm(42, name="Muebles Ñandú SA", locality="Posadas", province="AR-W", sector=cultural)
    make_firm(43, name="Carpintería Otra")
    if "sector" in asked:
        asked = {"sector": cultural.pk}
    page = signed_in(officer).get(reverse("firm_list"), asked).text
    assert "Muebles Ñandú SA" in page
    assert "Carpintería Otra" not in page
    assert 'class="chips"' in page


def test_nothing_found_says_what_to_do(signed_in, officer):
    assert "No firm matches" in signed_in(officer).get(reverse("firm_list"), {"q": "nada"}).text
    assert signed_in(officer).get(reverse("firm_list"), {"province": "AR-9"}).status_code == 422


def test_an_adviser_sees_the_firms_of_their_groups(signed_in, adviser):
    ours, theirs = make_group(1), make_group(1)
    ours.advisers.add(adviser)
    page = signed_in(adviser).get(reverse("firm_list")).text
    assert ours.firms.get().name in page
    assert theirs.firms.get().name not in page


@pytest.mark.parametrize("rows", [1, 30])
def test_the_register_asks_a_constant_number_of_questions(
    signed_in, officer, django_assert_num_queries, rows
):
    make_group(rows)
    client = signed_in(officer)
    with django_assert_num_queries(8):
        page = client.get(reverse("firm_list")).text
    assert page.count("Oberá, Misiones") == min(rows, 25)


# --- A firm's page -----------------------------------------------------------------------------------


def test_the_page_shows_all_that_makes_the_size(signed_in, officer):
    group = make_group(1)
    firm = group.firms.get()
    make_link(firm)
    firm.years.update(linked_sales=Decimal(1_000_000))
    make_certificate(firm, year_closed_on=dt.date(2025, 10, 31))
    page = signed_in(officer).get(reverse("firm_detail", args=[firm.pk])).text
    assert "2025: $\xa02.000.000.000,00 + $\xa01.000.000,00 of linked firms = $\xa02.001.000.000,00" in page
    assert "÷ 3 = $\xa02.001.000.000,00" in page
    assert "Resolución 54/2025" in page
    assert "valid until 28/02/2026 (it does not count any more)" in page
    assert "Both have the same owner" in page
    assert group.name in page
    assert "<h2>History</h2>" in page


def test_the_people_of_a_group_reach_their_firm(signed_in, stranger):
    group = make_group(1)
    firm = group.firms.get()
    client = signed_in(group.representative)
    address = reverse("firm_detail", args=[firm.pk])
    assert address in client.get(reverse("group_detail", args=[group.pk])).text
    page = client.get(address).text
    assert reverse("firm_edit", args=[group.pk, firm.pk]) in page
    assert signed_in(stranger).get(address).status_code == 404


def test_a_group_reads_nothing_of_the_firms_other_groups(signed_in, officer):
    ours, theirs = make_group(1), make_group(0, name="Quesos del Sur")
    firm = ours.firms.get()
    add_to(theirs, firm)
    address = reverse("firm_detail", args=[firm.pk])
    page = signed_in(ours.representative).get(address).text
    assert "Quesos del Sur" not in page
    assert "<h2>History</h2>" not in page
    page = signed_in(officer).get(address).text
    assert "Quesos del Sur" in page
    assert "<h2>History</h2>" in page


def test_private_figures_are_for_the_programme(signed_in, officer):
    group = make_group(1)
    firm = group.firms.get()
    make_link(firm)
    Firm.objects.update(sales_are_private=True)
    client = signed_in(group.representative)
    for address in (
        reverse("firm_detail", args=[firm.pk]),
        reverse("firm_edit", args=[group.pk, firm.pk]),
        reverse("group_detail", args=[group.pk]),
    ):
        page = client.get(address).text
        assert "Small" in page
        assert "2.000.000.000" not in page
        assert "Linked 9001" not in page
        assert 'name="sales_2025"' not in page
    assert "2.000.000.000" in signed_in(officer).get(reverse("firm_detail", args=[firm.pk])).text


def test_posted_figures_do_not_replace_private_ones(signed_in):
    group = make_group(1)
    firm = group.firms.get()
    Firm.objects.update(sales_are_private=True)
    address = reverse("firm_edit", args=[group.pk, firm.pk])
    assert signed_in(group.representative).post(address, edit_data(sales_2025="1")).status_code == 302
    assert firm.years.get(year=2025).sales == Decimal(2_000_000_000)


# --- Registering and editing -------------------------------------------------------------------------


def test_people_are_asked_where_they_decide(signed_in):
    group = make_group(0)
    client, address = signed_in(group.representative), reverse("firm_add", args=[group.pk])
    page = client.get(address).text
    assert "decide the size, not sales: Commission trade, for others; Travel agencies." in page
    assert page.count('data-people="1"') == 2
    travel = EconomicActivity.objects.get(code="N791")
    data = firm_data(activity=travel.pk, people="7", sales_2025="")
    assert "Size: Micro." in client.post(address, data, follow=True).text
    assert Firm.objects.get().people == 7


def test_the_firm_has_an_address_and_a_legal_form(signed_in):
    group = make_group(0)
    client, address = signed_in(group.representative), reverse("firm_add", args=[group.pk])
    assert client.post(address, firm_data(contact_email="not an address")).status_code == 422
    client.post(address, firm_data(contact_email="firma@lsp.example"))
    firm = Firm.objects.get()
    assert (firm.contact_email, firm.legal_form) == ("firma@lsp.example", "srl")
    address = reverse("firm_edit", args=[group.pk, firm.pk])
    client.post(address, edit_data(legal_form="sas"))
    assert Firm.objects.get().legal_form == "sas"
    client.post(address, edit_data(version=1, legal_form="", contact_name="Ana", contact_phone="3755 1"))
    firm = Firm.objects.get()
    assert (firm.legal_form, firm.contact_name, firm.contact_phone) == ("srl", "Ana", "3755 1")
    assert client.post(address, edit_data(version=2, legal_form="kingdom")).status_code == 422


def test_linked_sales_are_asked_once_there_is_a_linked_firm(signed_in):
    group = make_group(1)
    firm = group.firms.get()
    client, address = signed_in(group.representative), reverse("firm_edit", args=[group.pk, firm.pk])
    assert "linked_2025" not in client.get(address).text
    make_link(firm)
    assert 'name="linked_2025"' in client.get(address).text
    alone = client.post(address, edit_data(sales_2025="", linked_2025="5"))
    assert (alone.status_code, "own sales of 2025 too" in alone.text) == (422, True)
    client.post(address, edit_data(linked_2025="5"))
    assert firm.years.get(year=2025).linked_sales == Decimal(5)


# --- Certificates and linked firms -------------------------------------------------------------------


def certificate_data(**changes) -> dict:
    return {"number": "0042", "size": "small", "year_closed_on": "31/12/2026", "document": a_pdf()} | changes


def test_a_certificate_is_added_and_taken_away(signed_in):
    group = make_group(1, sales=None)
    firm = group.firms.get()
    client = signed_in(group.representative)
    address = reverse("certificate_add", args=[group.pk, firm.pk])
    assert address in client.get(reverse("firm_edit", args=[group.pk, firm.pk])).text
    answer = client.post(address, certificate_data(), follow=True)
    assert "Its MiPyME certificate 0042 says so; it is valid until 30/04/2027." in answer.text
    assert "Certificate valid until 30/04/2027" in client.get(reverse("group_detail", args=[group.pk])).text
    again = client.post(address, certificate_data())
    assert (again.status_code, "there already" in again.text) == (409, True)
    remove = reverse("certificate_remove", args=[group.pk, firm.pk, firm.certificates.get().pk])
    assert client.get(remove).url == reverse("firm_edit", args=[group.pk, firm.pk])
    assert client.post(remove).status_code == 302
    assert client.post(remove).status_code == 404


@pytest.mark.parametrize(
    "change, field, sentence",
    [
        ({"number": ""}, "number", "Fill in"),
        ({"size": "medium"}, "size", "medium"),
        ({"size": "giant"}, "size", "giant"),
        ({"year_closed_on": "31/10/2025"}, "year_closed_on", "was valid until 28/02/2026"),
        ({"year_closed_on": "31/12/2027"}, "year_closed_on", "has not begun"),
        ({"year_closed_on": "31/12/0001"}, "year_closed_on", "has not begun"),
        ({"document": ""}, "document", "Fill in"),
        ({"document": a_pdf("tool.exe")}, "document", "not accepted"),
    ],
)
def test_a_bad_certificate_is_told_at_the_field(signed_in, change, field, sentence):
    group = make_group(1)
    firm = group.firms.get()
    address = reverse("certificate_add", args=[group.pk, firm.pk])
    answer = signed_in(group.representative).post(address, certificate_data(**change))
    assert (answer.status_code, sentence in answer.text) == (422, True)
    assert f'href="#id_{field}"' in answer.text
    assert not firm.certificates.exists()


def test_a_linked_firm_is_added_and_taken_away(signed_in):
    group = make_group(1)
    firm = group.firms.get()
    client = signed_in(group.representative)
    address = reverse("linked_firm_add", args=[group.pk, firm.pk])
    data = {"cuit": make_cuit(77), "name": "Other SA", "link": "owned"}
    for change in ({"cuit": "30-1"}, {"name": ""}, {"link": ""}, {"link": "cousin"}):
        assert client.post(address, data | change).status_code == 422
    own = client.post(address, data | {"cuit": firm.cuit})
    assert (own.status_code, "the firm itself" in own.text) == (409, True)
    assert "Sales of linked firms in 2025" in client.post(address, data, follow=True).text
    remove = reverse("linked_firm_remove", args=[group.pk, firm.pk, firm.links.get().pk])
    assert client.post(remove).status_code == 302
    assert client.post(remove).status_code == 404


def test_rows_of_another_firm_are_not_there(signed_in, member):
    group = make_group(1)
    give_place(group, member)
    firm, other = group.firms.get(), make_firm()
    client = signed_in(member)
    for name, row in (
        ("certificate_remove", make_certificate(other)),
        ("linked_firm_remove", make_link(other)),
    ):
        assert client.post(reverse(name, args=[group.pk, firm.pk, row.pk])).status_code == 404
        assert client.post(reverse(name, args=[group.pk, other.pk, row.pk])).status_code == 404


# --- The group's page --------------------------------------------------------------------------------


def test_the_group_shows_what_its_firms_are_and_who_left(signed_in):
    group = make_group(1)
    firm = group.firms.get()
    firm.legal_form = "srl"
    firm.save()
    gone = add_to(group, make_firm(name="La que se fue"))
    gone.left_on = dt.date(2026, 1, 5)
    gone.save()
    make_partner(group, contribution="Lends a hall")
    page = signed_in(group.representative).get(reverse("group_detail", args=[group.pk])).text
    assert "Limited liability company (SRL)" in page
    assert str(firm.activity) in page
    assert "÷ 3 = $\xa02.000.000.000,00" in page
    assert "La que se fue: joined on 01/02/2025, left on 05/01/2026" in page
    assert "Lends a hall" in page
