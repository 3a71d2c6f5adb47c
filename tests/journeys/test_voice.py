"""Firms answer for themselves in Chromium: on a telephone, without an account, with and without JavaScript."""

import os
import re
from pathlib import Path

import pytest
from django.urls import reverse

from core.models import Message
from groups.models import FirmConfirmation
from tests.factories_groups import add_to, make_confirmation, make_firm, make_group, make_paper
from tests.journeys.people import Album, Person

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def person(browser, site, request):
    """Makes people at browsers of their own; `ALBUM=folder` in the environment keeps a picture of each page."""
    folder = os.environ.get("ALBUM")
    album = Album(Path(folder) / request.node.originalname) if folder else None
    made: list[Person] = []

    def make(email: str = "", **how) -> Person:
        made.append(Person(browser, site, email, album=album, **how))
        return made[-1]

    yield make
    for one in made:
        one.context.close()


@pytest.fixture
def group(db):
    """Four firms: one confirmed, one with an address of its own, one with a paper that waits, one with nothing."""
    group = make_group(0)
    for number in range(1, 5):
        add_to(group, make_firm(number, legal_form="srl", sales=None if number == 2 else 1000))
    first, second, third, _fourth = group.memberships.select_related("firm", "group__case")
    make_confirmation(first, contribution="A shed")
    make_paper(third)
    second.firm.contact_email = "own@firm.example"
    second.firm.save()
    return group


def sent_to(address: str, template: str) -> dict:
    return Message.objects.filter(address=address, template=template).latest("pk").context


def test_a_firm_is_asked_by_mail_and_confirms_on_its_telephone(person, group):
    rosa = person(group.representative.email)
    rosa.sign_in()
    rosa.open(reverse("group_detail", args=[group.pk]))
    rosa.page.get_by_text(re.compile("^Ask it to confirm")).first.click()
    rosa.press("Send the link by e-mail")
    rosa.sees("A link to confirm is on its way to Carpintería 2 SRL.")

    delia = person(width=320)
    url = sent_to("own@firm.example", "firm_confirm")["url"]
    delia.open(url)
    assert delia.heading == "Does Carpintería 2 SRL belong to Muebles del Norte?"
    delia.page.evaluate("document.querySelectorAll('main details').forEach((part) => { part.open = true; })")
    delia.look()
    delia.write(sales_2025="2.000.000.000", sales_2024="1.500.000.000")
    delia.write(person_name="Delia Dueña", person_position="Owner", contribution="Hours", declared=True)
    delia.press("Confirm", exact=True)
    delia.sees("Carpintería 2 SRL confirmed that it belongs", "Your sales stay between you and")
    assert FirmConfirmation.objects.filter(way="email", person_name="Delia Dueña").exists()

    rosa.open(reverse("group_detail", args=[group.pk]))
    rosa.sees("by Delia Dueña, Owner")
    assert "2.000.000.000" not in rosa.page.content()


def test_a_shared_link_needs_the_firms_own_code_without_scripts_too(person, group):
    rosa = person(group.representative.email, javascript=False)
    rosa.sign_in()
    firm = group.firms.get(contact_email="own@firm.example")
    rosa.open(reverse("firm_link_share", args=[group.pk, firm.pk]))
    rosa.press("Make the link")
    url = re.search(r"https?://\S+/firm-links/\S+", rosa.page.locator("#share-text").input_value())[0]

    delia = person(width=320, javascript=False)
    delia.open(url)
    assert firm.name not in delia.page.content()
    delia.press("Send the code")
    delia.write(code=sent_to("own@firm.example", "firm_code")["code"])
    delia.press("Go on")
    delia.write(person_name="Delia Dueña", person_position="Owner", declared=True)
    delia.press("Confirm", exact=True)
    delia.sees("confirmed that it belongs")
    assert FirmConfirmation.objects.get(way="code").membership.firm == firm


def test_a_registered_firm_is_asked_and_joins(person, group):
    theirs = make_firm(9, name="Quesos SRL", contact_email="quesos@firm.example", legal_form="srl")
    add_to(make_group(0, name="Quesos del Sur"), theirs)
    rosa = person(group.representative.email, width=320)
    rosa.sign_in()
    rosa.open(reverse("firm_add", args=[group.pk]))
    rosa.write(cuit=theirs.cuit, place_in_chain="Packs")
    rosa.press("Add the firm", exact=True)
    rosa.sees("It was asked, and joins if it agrees.", "Waits for the firm's answer")

    quesos = person(width=320)
    quesos.open(sent_to("quesos@firm.example", "firm_join")["url"])
    quesos.write(person_name="Quique Quesero", person_position="Partner")
    quesos.press("We agree to join")
    quesos.sees("Please confirm its data next")
    assert group.firms.filter(pk=theirs.pk).exists()


def test_an_officer_looks_at_a_paper(person, group, officer):
    clerk = person(officer.email)
    clerk.sign_in()
    clerk.open(reverse("paper_list"))
    clerk.follow("Carpintería 3 SRL")
    clerk.press("Accept it")
    clerk.sees("No paper waits.")
    clerk.open(reverse("join_request_list"))

    rosa = person(group.representative.email, width=320)
    rosa.sign_in()
    firm = group.memberships.last().firm
    rosa.open(reverse("firm_paper_add", args=[group.pk, firm.pk]))
    rosa.follow("Print the text")
    rosa.sees("I, who sign below", firm.name)
