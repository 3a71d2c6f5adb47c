"""Five firms, from nothing to the receipt, in Chromium: with and without scripts, in both languages, on a phone and at a
desk, and by the keyboard alone. Nobody needs more than 60 entries and 14 pages from choosing the call."""

import datetime as dt
import re
from urllib.parse import urlsplit

import pytest

from applications.models import Application, Question
from core import dates
from tests.clock import NOON
from tests.factories_applications import make_call
from tests.factories_groups import make_cuit
from tests.journeys import steps
from tests.journeys.keyboard import KeyboardPerson
from tests.journeys.people import Person

pytestmark = pytest.mark.django_db(transaction=True)
MOST_ENTRIES, MOST_PAGES = 60, 14

# What a person reads in their language, where a page asks to choose by words.
WORDS = {
    "en-GB": {
        "sector": "Wood and furniture",
        "fixed": "Machinery",
        "soft": "Certifications",
        "titles": "CUIT\tName of the firm\tActivity\tPlace in the chain\tSales of 2025",
        "activity": "Manufacturing, food and crafts included",
        "sent": "LSP-2026-",
    },
    "es-AR": {
        "sector": "Madera y muebles",
        "fixed": "Maquinaria",
        "soft": "Certificaciones",
        "titles": "CUIT\tNombre de la empresa\tActividad\tSu lugar en la cadena\tVentas de 2025",
        "activity": "Industria, con alimentos y artesanías",
        "sent": "LSP-2026-",
    },
}


def sign_up(person: Person) -> None:
    """An account, and the link of the message."""
    person.open("/accounts/signup/")
    person.password = steps.PASSWORD
    person.write(email=person.email, password1=steps.PASSWORD, full_name="Rosa Benítez")
    person.press_at("form[method=post] button[type=submit]")
    person.open(steps.link_sent_to(person.email, "account_email_confirmation_signup"))
    person.press_at("form[method=post] button[type=submit]")


def form_group(person: Person, words: dict[str, str]) -> str:
    """The group, and its five firms pasted from a table; answers the group's address."""
    person.open("/groups/new/")
    person.write(
        name="Muebles del Norte", value_chain="Muebles de madera", sector=words["sector"], province="Misiones",
        locality="Oberá", working_since="01/05/2023",
    )  # fmt: skip
    person.press_at("form[method=post] button[type=submit]")
    group = urlsplit(person.page.url).path
    rows = [
        f"{make_cuit(number)}\tCarpintería {number} SRL\t{words['activity']}\tFabrica\t2.000.000.000,00"
        for number in range(1, 6)
    ]
    person.open(f"{group}firms/import/")
    person.write(pasted="\n".join([words["titles"], *rows]))
    person.press_at("form[method=post] button[type=submit]")
    person.press_at("button[name=confirm]")
    person.open(group)
    assert person.text.count("Carpintería") >= 5
    return group


def write_all(person: Person, application: Application, words: dict[str, str]) -> None:
    """Every section in its turn, each led to by the one before."""
    save = "form[data-keep] button[type=submit]"
    person.press_at("a.btn-primary[href*='sections/']")
    assert "/sections/" in person.page.url
    if "/sections/members/" in person.page.url:
        person.press_at("a.btn-primary")
    person.write(
        title="Secadero común", diagnosis="Cada una seca mal por su cuenta.", objectives="Un secadero para todas.",
        learning="A planificar juntas.",
    )  # fmt: skip
    person.press_at(save)
    for name, first, last in (("Acordar el uso", 1, 3), ("Construir y usar", 2, 12)):
        person.write(
            name=name, first_month=first, last_month=last, who="Carpintería 1 SRL", deliverable="Acta"
        )
        person.press_at(save)
        person.sees(name)
    person.press_at("form[data-keep] button[name=onward]")
    for category, description, cost in (
        ("fixed", "Secadero", "4.000.000,00"),
        ("soft", "Norma", "1000000.50"),
    ):
        person.write(
            category=words[category], activity="Construir y usar", description=description, unit_cost=cost
        )
        person.press_at(save)
        person.sees(description)
    person.press_at("form[data-keep] button[name=onward]")
    person.press_at("a.btn-primary[href*='sections/questions']")
    asked, declared = application.call.questions.order_by("order")
    person.write(**{f"q{asked.pk}": "yes"})
    person.press_at(save)
    person.write(file=steps.PAPER)
    person.click(person.page.locator("main form[action*='/attach/'] button[type=submit]").first)
    # With scripts the file goes first, in parts, and the page follows.
    person.page.wait_for_selector(".attached-files")
    person.look()
    person.sees("minutes.pdf")
    person.press_at("a.btn-primary[href*='sections/declarations']")
    person.write(**{f"q{declared.pk}": True})
    person.press_at(save)


def apply(person: Person, language: str) -> Person:
    """The whole road."""
    words = WORDS[language]
    call = make_call(code="G-1")
    Question.objects.create(
        call=call, order=1, kind="yes_no", text_en="Do you sell together?", text_es="¿Venden juntas?"
    )
    Question.objects.create(
        call=call, order=2, kind="declaration", text_en="We let the programme visit us.",
        text_es="Aceptamos que el programa nos visite.",
    )  # fmt: skip
    sign_up(person)
    form_group(person, words)

    person.entries, person.visited = 0, []
    person.open("/calls/G-1/")
    person.press_at("a.btn-primary[href$='/start/']")
    person.press_at("form[method=post] button[type=submit]")
    application = Application.objects.get()
    write_all(person, application, words)
    if "/check/" not in person.page.url:
        person.press_at("a[href*='/check/']")
    person.write(declared=True)
    person.press_at("form[action$='/submit/'] button[type=submit]")
    assert re.search(words["sent"], person.text)
    assert Application.objects.get().status == "submitted"
    assert person.entries <= MOST_ENTRIES
    pages = [urlsplit(address).path for address in person.visited]
    walked = [page for number, page in enumerate(pages) if not number or page != pages[number - 1]]
    assert len(walked) <= MOST_PAGES, walked
    return person


@pytest.fixture(autouse=True)
def _in_march(time_machine):
    time_machine.move_to(NOON, tick=True)
    assert dates.today() == dt.date(2026, 3, 10)


def test_on_a_phone_in_spanish_without_scripts(person):
    apply(person("rosa@lsp.example", width=320, language="es-AR", javascript=False), "es-AR")


@pytest.mark.slow
@pytest.mark.parametrize("language", ["es-AR", "en-GB"])
@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("javascript", [True, False], ids=["scripts", "plain"])
def test_with_and_without_scripts_in_both_languages_at_both_widths(person, language, width, javascript):
    apply(person("rosa@lsp.example", width=width, language=language, javascript=javascript), language)


@pytest.mark.slow
@pytest.mark.parametrize("language", ["es-AR", "en-GB"])
def test_by_the_keyboard_alone(person, language):
    apply(person("rosa@lsp.example", width=1280, language=language, kind=KeyboardPerson), language)
