"""A firm confirms: what it corrects, its sales, a certificate, linked firms; what stands afterwards and what ends it."""

import datetime as dt
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse

from core.models import Document, Message
from groups import actions
from groups.actions import voice
from groups.confirmations import State, standing, voices
from groups.models import Certificate, FirmConfirmation, LinkedFirm
from groups.size import size_of
from tests.factories_groups import (
    add_to,
    make_activity,
    make_confirmation,
    make_cuit,
    make_firm_link,
    make_group,
)
from tests.groups.test_voice_page import WHO, confirming, page_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]

PDF = b"%PDF-1.4\n1 0 obj\n<< >>\nendobj\ntrailer\n<< >>\n%%EOF\n"


def a_link(**columns):
    """A group of one firm, its link and the link's secret."""
    group = make_group(1, **columns)
    group.firms.update(legal_form="srl")
    return group, *make_firm_link(group.memberships.get())


def state_of(group, now):
    (found,) = voices(group.memberships.current().select_related("firm"), now).values()
    return found.state


# --- Nothing to correct ------------------------------------------------------------------------------


def test_three_entries_confirm(client, now, worker, mailoutbox):
    group, link, token = a_link()
    version = link.firm.version
    answer = client.post(page_of(token), confirming(link), follow=True)
    assert "confirmed that it belongs to Muebles del Norte" in answer.text
    row = FirmConfirmation.objects.get()
    assert (row.way, row.email, row.firm_version) == ("email", "own@firm.example", version)
    link.refresh_from_db()
    link.firm.refresh_from_db()
    assert link.used_at == now
    assert link.firm.contact_verified_at == now
    assert not link.firm.sales_are_private
    assert state_of(group, now) is State.CONFIRMED
    worker()
    (copy,) = mailoutbox
    assert copy.to == ["own@firm.example"]
    assert "Delia Dueña, Owner" in copy.body
    event = group.case.events.get(action="firm.confirmed")
    assert event.actor is None
    assert "Delia Dueña" in event.text.text


@pytest.mark.parametrize("missing", ["person_name", "person_position", "declared"])
def test_who_answers_and_the_declaration_are_needed(client, missing):
    _group, link, token = a_link()
    body = confirming(link, contribution="A shed") | {missing: ""}
    if missing == "declared":
        del body["declared"]
    answer = client.post(page_of(token), body)
    assert answer.status_code == 422
    assert "A shed" in answer.text  # nothing typed is lost
    link.refresh_from_db()
    assert link.used_at is None


def test_what_it_puts_in_is_seen_by_the_group(client):
    group, link, token = a_link()
    client.post(page_of(token), confirming(link, contribution="A shed", contribution_amount="1.500.000,50"))
    row = FirmConfirmation.objects.get()
    assert row.contribution_amount == Decimal("1500000.50")
    client.force_login(group.representative)
    page = client.get(reverse("group_detail", args=[group.pk])).text
    assert "A shed ($\xa01.500.000,50)" in page
    assert "Confirmed on 10/03/2026 by Delia Dueña, Owner." in page


# --- Its data ----------------------------------------------------------------------------------------


def test_a_firm_corrects_its_data_but_not_its_cuit(client, now):
    group, link, token = a_link()
    firm = link.firm
    cuit = firm.cuit
    changes = {
        "name": "Carpintería Nueva SRL",
        "locality": "Posadas",
        "contact_email": "new@firm.example",
        "place_in_chain": "Saws",
        "cuit": make_cuit(900),
        "version": 0,
        "sales_are_private": "on",
        "contact_verified_at": "2020-01-01",
    }
    client.post(page_of(token), confirming(link, **changes))
    firm.refresh_from_db()
    assert (firm.name, firm.locality, firm.cuit) == ("Carpintería Nueva SRL", "Posadas", cuit)
    assert firm.version == 1
    assert not firm.sales_are_private
    assert firm.case.title == firm.name
    assert group.memberships.get().place_in_chain == "Saws"
    # The new address has not been proved; the one that answered stays with the confirmation.
    assert firm.contact_verified_at is None
    assert FirmConfirmation.objects.get().email == "own@firm.example"
    assert state_of(group, now) is State.CONFIRMED
    assert group.case.events.filter(action="firm.edited_by_itself").exists()


def test_a_page_that_somebody_overtook_says_what_differs(client, now):
    group, link, token = a_link()
    body = confirming(link)
    actions.edit_firm(
        by=group.representative, group=group, firm=link.firm, version=0, now=now, locality="Eldorado"
    )
    answer = client.post(page_of(token), body | {"locality": "Posadas"})
    assert answer.status_code == 409
    assert "Rosa Representante saved on" in answer.text
    assert "Eldorado" in answer.text
    assert "Posadas" in answer.text
    assert not FirmConfirmation.objects.exists()
    assert client.post(page_of(token), body | {"version": 1}).status_code == 302


def test_data_that_the_group_changes_afterwards_must_be_confirmed_again(client, now):
    group, link, token = a_link()
    client.post(page_of(token), confirming(link))
    firm = link.firm
    actions.edit_firm(by=group.representative, group=group, firm=firm, version=0, now=now, locality="Posadas")
    assert state_of(group, now) is State.CHANGED
    link, token = make_firm_link(group.memberships.get())
    client.post(page_of(token), confirming(link))
    assert state_of(group, now) is State.CONFIRMED
    assert FirmConfirmation.objects.filter(superseded_at=None).count() == 1
    assert FirmConfirmation.objects.count() == 2


def test_what_a_firm_changed_itself_it_need_not_confirm_in_its_other_group(client, now):
    _group, link, token = a_link()
    others = [make_group(0), make_group(0)]
    current = make_confirmation(add_to(others[0], link.firm))
    old = make_confirmation(add_to(others[1], link.firm), firm_version=7)
    client.post(page_of(token), confirming(link, locality="Posadas"))
    assert state_of(others[0], now) is State.CONFIRMED
    assert state_of(others[1], now) is State.CHANGED
    current.refresh_from_db()
    old.refresh_from_db()
    assert (current.firm_version, old.firm_version) == (1, 7)


# --- Its size ----------------------------------------------------------------------------------------


def test_sales_that_the_firm_enters_become_its_own_affair(client, now):
    group, link, token = a_link(sales=None)
    sales = {"sales_2025": "3.000.000.000", "sales_2024": "2.000.000.000", "sales_2023": "1.000.000.000"}
    page = client.post(page_of(token), confirming(link, **sales), follow=True).text
    firm = link.firm
    firm.refresh_from_db()
    assert firm.sales_are_private
    assert firm.years.get(year=2025).sales == Decimal(3_000_000_000)
    assert "Your sales stay between you and the programme" in page
    assert size_of(firm, now.date()).is_sme
    assert state_of(group, now) is State.CONFIRMED


def test_figures_of_its_own_are_not_shown_again_and_stay_if_left_empty(client):
    group, link, token = a_link(sales=None)
    client.post(page_of(token), confirming(link, sales_2025="3.456.789.000", sales_2024="2.222.333.000"))
    link, token = make_firm_link(group.memberships.get())
    page = client.get(page_of(token)).text
    assert "3.456.789" not in page
    assert "2.222.333" not in page
    assert "Entered. Leave it empty to keep it." in page
    client.post(page_of(token), confirming(link, sales_2024="2.000.000.000"))
    years = {row.year: row.sales for row in link.firm.years.all()}
    assert years == {2025: Decimal(3_456_789_000), 2024: Decimal(2_000_000_000)}


@pytest.mark.parametrize(
    ("sales", "sentence"),
    [
        ({"sales_2025": "10", "sales_2023": "10"}, "write the sales of 2024 too"),
        ({"sales_2025": "a lot"}, "amount"),
        ({"sales_2025": "-5"}, "amount"),
        ({"linked_2025": "10"}, "Write the firm&#x27;s own sales of 2025 too"),
    ],
)
def test_bad_sales_are_said_at_their_field(client, sales, sentence):
    _group, link, token = a_link(sales=None)
    answer = client.post(page_of(token), confirming(link, **sales))
    assert answer.status_code == 422
    assert sentence in answer.text
    assert not link.firm.years.exists()


def test_a_certificate_instead_of_sales(client, now):
    group, link, token = a_link(sales=None)
    body = confirming(link) | {
        "certificate-number": "MIPYME-77",
        "certificate-size": "small",
        "certificate-year_closed_on": "2026-12-31",
        "certificate-document": SimpleUploadedFile("c.pdf", PDF, "application/pdf"),
    }
    assert client.post(page_of(token), body).status_code == 302
    certificate = Certificate.objects.get()
    assert certificate.added_by is None
    assert certificate.valid_until == dt.date(2027, 4, 30)
    assert Document.objects.get().uploaded_by is None
    assert size_of(link.firm, now.date()).label == "Small"
    assert state_of(group, now) is State.CONFIRMED
    link, token = make_firm_link(group.memberships.get())
    again = {name: value for name, value in body.items() if name != "certificate-document"}
    answer = client.post(page_of(token), again | {"version": link.firm.version})
    assert answer.status_code == 409
    assert "A certificate with this number is there already." in answer.text


def test_half_a_certificate_or_a_wrong_file_is_refused(client):
    _group, link, token = a_link()
    answer = client.post(page_of(token), confirming(link) | {"certificate-number": "MIPYME-77"})
    assert answer.status_code == 422
    program = SimpleUploadedFile("c.pdf", b"MZ not a pdf", "application/pdf")
    whole = {
        "certificate-number": "1",
        "certificate-size": "small",
        "certificate-year_closed_on": "2026-12-31",
        "certificate-document": program,
    }
    assert client.post(page_of(token), confirming(link) | whole).status_code == 422
    assert not Certificate.objects.exists()


def test_linked_firms_are_added_and_taken_away(client):
    group, link, token = a_link()
    firm = link.firm
    old = LinkedFirm.objects.create(firm=firm, cuit=make_cuit(800), name="Old SA", link="owns")
    body = confirming(link) | {
        "gone": [old.pk],
        "link1-cuit": make_cuit(801),
        "link1-name": "New SA",
        "link1-link": "common",
        "linked_2025": "5",
    }
    client.post(page_of(token), body)
    assert list(firm.links.values_list("name", flat=True)) == ["New SA"]
    firm.refresh_from_db()
    assert firm.sales_are_private  # sales of linked firms are figures too
    link, token = make_firm_link(group.memberships.get())
    assert "New SA" not in client.get(page_of(token)).text


@pytest.mark.parametrize("of_others", [True, False])
def test_only_links_that_were_shown_are_taken_away(client, of_others):
    _group, link, token = a_link()
    other = make_group(1).firms.get() if of_others else link.firm
    if not of_others:
        link.firm.sales_are_private = True
        link.firm.save()
    row = LinkedFirm.objects.create(firm=other, cuit=make_cuit(800), name="Secret SA", link="owns")
    assert client.post(page_of(token), confirming(link) | {"gone": [row.pk]}).status_code == 422
    assert LinkedFirm.objects.filter(pk=row.pk).exists()


def test_the_firm_itself_is_not_linked_to_itself(client):
    _group, link, token = a_link()
    body = {"link1-cuit": link.firm.cuit, "link1-name": "Me", "link1-link": "owns"}
    answer = client.post(page_of(token), confirming(link) | body)
    assert answer.status_code == 422
    assert "This is the firm itself" in answer.text


@pytest.mark.parametrize(
    "bad",
    [
        {"person_name": "x" * 151},
        {"contribution": "x" * 301},
        {"contribution_amount": "-1"},
        {"contribution_amount": "1e9"},
        {"name": ""},
        {"activity": "999999"},
        {"province": "AR-?"},
        {"people": "-3"},
        {"contact_email": "no address"},
        {"version": "x" * 50},
    ],
)
def test_bad_input_changes_nothing(client, bad):
    _group, link, token = a_link()
    answer = client.post(page_of(token), confirming(link, **bad))
    assert answer.status_code in (409, 422)
    assert not FirmConfirmation.objects.exists()


def test_other_activities_than_its_own_can_be_chosen(client):
    _group, link, token = a_link()
    activity = make_activity("commerce")
    client.post(page_of(token), confirming(link, activity=activity.pk))
    link.firm.refresh_from_db()
    assert link.firm.activity == activity


# --- What stands -------------------------------------------------------------------------------------


def test_one_confirmation_of_a_place_stands_says_the_database():
    row = make_confirmation(make_group(1).memberships.get())
    with pytest.raises(IntegrityError), transaction.atomic():
        make_confirmation(row.membership)
    with pytest.raises(IntegrityError), transaction.atomic():
        FirmConfirmation.objects.filter(pk=row.pk).update(way="paper")
    with pytest.raises(IntegrityError), transaction.atomic():
        FirmConfirmation.objects.filter(pk=row.pk).update(contribution_amount=-1)


def test_a_firm_that_left_and_came_back_confirms_anew(now):
    group = make_group(1)
    place = group.memberships.get()
    make_confirmation(place)
    place.left_on = now.date()
    place.save()
    add_to(group, place.firm, joined_on=now.date())
    assert state_of(group, now) is State.NOT_ASKED
    assert standing(group) == {}


@pytest.mark.parametrize("firms", [1, 20])
def test_standing_and_voices_ask_a_constant_number_of_questions(now, django_assert_num_queries, firms):
    group = make_group(firms)
    for place in group.memberships.select_related("firm"):
        make_confirmation(place)
    with django_assert_num_queries(1):
        assert len(standing(group)) == firms
    places = list(group.memberships.current().select_related("firm"))
    with django_assert_num_queries(2):
        assert len(voices(places, now)) == firms


def test_confirming_in_a_thousand_words_of_others(client):
    """Emoji and markup are text, and nothing else; a mark that turns the line around is left out."""
    group, link, token = a_link()
    name = "\u202eD\N{PILE OF POO}lia <script>alert(1)</script>"
    client.post(page_of(token), confirming(link, **WHO | {"person_name": name}))
    client.force_login(group.representative)
    page = client.get(reverse("group_detail", args=[group.pk])).text
    assert "<script>alert(1)" not in page
    assert FirmConfirmation.objects.get().person_name == name.removeprefix("\u202e")
    assert Message.objects.count() == 1


def test_an_unknown_field_is_a_mistake_of_the_callers(now):
    _group, link, _token = a_link()
    answer = voice.Answer("A", "B", fields={"cuit": make_cuit(900)})
    with pytest.raises(TypeError):
        voice.confirm(link=link, version=link.firm.version, answer=answer, now=now)
