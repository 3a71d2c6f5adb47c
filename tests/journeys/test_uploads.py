"""Files on a poor connection, in a real browser: in parts, photographs reduced, on after the line was lost."""

import datetime as dt
import io
import re

import pytest
from django.urls import reverse
from PIL import Image
from playwright.sync_api import Page, Route, expect

from core import dates
from core.models import Upload
from tests.core.files import PDF
from tests.factories_applications import draft, make_call, make_questions
from tests.journeys.people import Person

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

LARGE = PDF + b"%" + b"x" * 700_000 + b"\n%%EOF\n"
PAPER = {"name": "acta.pdf", "mimeType": "application/pdf", "buffer": LARGE}


@pytest.fixture
def application(db):
    today = dates.now()
    call = make_call(closes_at=today + dt.timedelta(days=20))
    call.requirements.create(order=99, code="plans", name_en="Plans", name_es="Planos", required=False)
    return draft(call=call, now=today)


@pytest.fixture
def author(browser, site, application):
    person = Person(browser, site, application.group.representative.email)
    person.sign_in()
    yield person
    person.context.close()


def documents_page(person: Person, application) -> Page:
    person.open(reverse("application_section", args=[application.pk, "documents"]))
    return person.page


def choose(page: Page, *files) -> None:
    page.locator("input[type=file]").first.set_input_files(list(files))


def send(page: Page) -> None:
    page.get_by_role("button", name=re.compile("^Attach")).first.click()
    page.wait_for_selector("[data-saved]")


def only_document(application):
    return application.documents.get(replaced=False).document


def parts_sent(page: Page) -> list[str]:
    """The offsets of the parts, as they leave."""
    offsets: list[str] = []
    page.on(
        "request",
        lambda request: (
            offsets.append(request.headers["upload-offset"]) if request.method == "PATCH" else None
        ),
    )
    return offsets


def test_a_file_goes_in_parts_while_the_form_is_filled_in(author, application):
    page = documents_page(author, application)
    offsets = parts_sent(page)
    choose(page, PAPER)
    page.get_by_text("“acta.pdf” has arrived.").wait_for()
    assert offsets == [str(at) for at in range(0, len(LARGE), 128 * 1024)]
    send(page)
    assert only_document(application).size == len(LARGE)
    assert not Upload.objects.exists()
    assert author.faults == []


def test_a_file_that_waits_is_attached_by_whoever_goes_on(author, application):
    page = documents_page(author, application)
    fields = page.locator("input[type=file]")
    for at in range(2):
        fields.nth(at).set_input_files(PAPER)
    expect(page.get_by_text("“acta.pdf” has arrived. It counts once you press “Attach”.")).to_have_count(2)
    page.get_by_role("link", name="Continue").click()
    page.wait_for_url("**/check/")
    assert application.documents.filter(replaced=False).count() == 2
    expect(page.locator("main")).to_contain_text("1 file was attached to “Quotes”.")


def test_a_file_on_its_way_is_waited_for_by_whoever_goes_on(author, application):
    page = documents_page(author, application)
    choose(page, PAPER)
    page.get_by_role("link", name="Continue").click()
    page.wait_for_url("**/check/")
    assert only_document(application).size == len(LARGE)


def test_a_file_that_is_refused_stops_whoever_goes_on(author, application):
    page = documents_page(author, application)
    choose(page, {"name": "acta.pdf", "mimeType": "application/pdf", "buffer": b"no PDF at all"})
    page.get_by_role("link", name="Continue").click()
    page.locator("main .error-summary").wait_for()
    assert not application.documents.exists()


def test_sending_the_form_waits_for_the_file(author, application):
    page = documents_page(author, application)
    choose(page, PAPER)
    send(page)
    assert only_document(application).size == len(LARGE)


def test_a_large_photograph_is_reduced_and_stands_upright(author, application):
    exif = Image.Exif()
    exif[0x0112] = 6
    made = io.BytesIO()
    Image.effect_noise((3000, 1500), 60).convert("RGB").save(made, "JPEG", quality=90, exif=exif)
    page = documents_page(author, application)
    choose(page, {"name": "IMG_1.jpg", "mimeType": "image/jpeg", "buffer": made.getvalue()})
    page.get_by_text("“IMG_1.jpg” has arrived.").wait_for()
    send(page)
    document = only_document(application)
    assert document.size < len(made.getvalue())
    with document.file.open("rb") as file, Image.open(file) as picture:
        assert picture.size == (1000, 2000)


def test_it_goes_on_after_the_connection_was_lost(author, application):
    page = documents_page(author, application)
    offsets = parts_sent(page)
    lost = {"left": 2}

    def lose(route: Route) -> None:
        if route.request.method == "PATCH" and route.request.headers["upload-offset"] != "0" and lost["left"]:
            lost["left"] -= 1
            route.abort("internetdisconnected")
        else:
            route.continue_()

    page.route("**/uploads/**", lose)
    choose(page, PAPER)
    page.get_by_text("the connection is lost").wait_for()
    page.get_by_text("“acta.pdf” has arrived.").wait_for()
    assert offsets.count("131072") == 3
    send(page)
    assert only_document(application).size == len(LARGE)


def test_it_goes_on_after_the_page_was_left(author, application):
    page = documents_page(author, application)
    page.route(
        "**/uploads/**",
        lambda route: (
            route.abort()
            if route.request.method == "PATCH" and int(route.request.headers["upload-offset"]) >= 262_144
            else route.continue_()
        ),
    )
    choose(page, PAPER)
    page.get_by_text("the connection is lost").wait_for()
    page.unroute_all()
    page = documents_page(author, application)
    offsets = parts_sent(page)
    # Chosen again from the same disk it has the same day; a file of a test gets the hour of now.
    page.evaluate(
        """() => { for (const key of Object.keys(localStorage).filter((key) => key.includes(":upload:"))) {
             window.keptUpload = localStorage.getItem(key); } }"""
    )
    page.locator("input[type=file]").first.evaluate(
        """(input) => { input.addEventListener("change", (event) => {
             const file = input.files[0];
             const person = document.querySelector("meta[name=person]").content;
             localStorage.setItem(`lsp:${person}:upload:${file.name}:${file.size}:${file.lastModified}`, window.keptUpload);
           }, { once: true, capture: true }); }"""
    )
    choose(page, PAPER)
    page.get_by_text("“acta.pdf” has arrived.").wait_for()
    assert offsets[0] == "262144"
    send(page)
    assert only_document(application).size == len(LARGE)


def test_what_cannot_go_in_parts_goes_with_the_form(author, application):
    page = documents_page(author, application)
    page.route(
        "**/uploads/", lambda route: route.fulfill(status=404, body="{}", content_type="application/json")
    )
    choose(page, PAPER)
    page.get_by_text("“acta.pdf” is sent together with the form.").wait_for()
    send(page)
    assert only_document(application).size == len(LARGE)


def test_a_file_can_be_left_out_again(author, application):
    page = documents_page(author, application)
    choose(page, PAPER)
    page.get_by_text("“acta.pdf” has arrived.").wait_for()
    page.get_by_role("button", name="Do not send it").click()
    assert page.locator("input[type=file]").first.evaluate("(input) => input.files.length") == 0
    assert page.locator("input[name='file-upload']").count() == 0


def test_a_form_that_saves_itself_sends_the_key_and_never_the_file(browser, site):
    today = dates.now()
    call = make_call(closes_at=today + dt.timedelta(days=20))
    make_questions(call, "file", "text", required=False)
    application = draft(call=call, now=today)
    person = Person(browser, site, application.group.representative.email)
    person.sign_in()
    person.open(reverse("application_section", args=[application.pk, "questions"]))
    page, sizes = person.page, []
    page.on(
        "request",
        lambda request: (
            sizes.append(len(request.post_data_buffer or b""))
            if request.method == "POST" and "/questions" in request.url
            else None
        ),
    )
    offsets = parts_sent(page)
    choose(page, PAPER)
    page.get_by_role("link", name="acta.pdf").wait_for()
    assert len(offsets) == len(set(offsets)) > 1
    assert sizes
    assert max(sizes) < 20_000
    # The field came anew with the answer, and is heard like the first.
    choose(page, {**PAPER, "name": "plano.pdf"})
    page.get_by_role("link", name="plano.pdf").wait_for()
    assert max(sizes) < 20_000
    assert application.answers.get().document.size == len(LARGE)
    assert not Upload.objects.exists()
    assert person.faults == []
    person.context.close()


def test_photographs_become_one_pdf_also_without_scripts(browser, site, application):
    person = Person(browser, site, application.group.representative.email, javascript=False, width=320)
    person.sign_in()
    page = documents_page(person, application)
    made = io.BytesIO()
    Image.new("RGB", (300, 200), "red").save(made, "JPEG")
    choose(
        page,
        *[
            {"name": f"{n}.jpg", "mimeType": "image/jpeg", "buffer": made.getvalue() + bytes([n])}
            for n in (1, 2)
        ],
    )
    page.get_by_label(re.compile("join them into one PDF")).first.check()
    page.get_by_role("button", name=re.compile("^Attach")).first.click()
    page.wait_for_selector("[data-saved]")
    assert only_document(application).content_type == "application/pdf"
    person.context.close()
