"""The pages of the documents: the limits said first, several files each, pictures joined, files that came in parts."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from PIL import Image
from pypdf import PdfReader

from accounts.models import User
from accounts.roles import Role
from applications.models import Application
from core import uploads
from core.models import Document, Upload
from tests.applications.staff_pages import browser, words
from tests.clock import NOON
from tests.core.files import PDF
from tests.factories_applications import draft, fill, make_call, submit
from tests.factories_groups import give_place

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]


@pytest.fixture
def application(db) -> Application:
    return draft()


@pytest.fixture
def author(application) -> User:
    return application.group.representative


def a_file(name: str) -> SimpleUploadedFile:
    """A PDF like no other."""
    return SimpleUploadedFile(name, PDF + f"% {name}\n%%EOF\n".encode())


def a_picture(name: str) -> SimpleUploadedFile:
    made = io.BytesIO()
    Image.new("RGB", (30, 20), "red").save(made, "PNG" if name.endswith("png") else "JPEG")
    return SimpleUploadedFile(name, made.getvalue())


def address(application, name="application_section", *args) -> str:
    return reverse(name, args=[application.pk, *args])


def send(user, application, page, *args, **data):
    application.refresh_from_db(fields=["version"])
    data.setdefault("version", application.version)
    return browser(user).post(address(application, page, *args), data)


def section(user, application):
    return browser(user).get(address(application, "application_section", "documents"))


def error_at(page, field: str) -> str:
    start = page.text.index(f'id="id_{field}_error"')
    return page.text[start : page.text.index("</div>", start)]


def standing(application) -> list[str]:
    rows = application.documents.filter(replaced=False).select_related("document").order_by("pk")
    return [row.document.filename for row in rows]


def attach(author, application, *files, **data):
    requirement = application.call.requirements.first()
    return send(author, application, "document_attach", requirement.pk, file=list(files), **data)


# --- What stands there ---------------------------------------------------------------------------------


def test_the_limits_are_said_before_anybody_tries(author, application):
    page = words(section(author, application))
    assert "Accepted: PDF, JPEG picture, PNG picture, DOCX, XLSX, ODT, ODS. At most 10" in page
    assert "HEIC (some iPhones) are not accepted" in page
    assert "0 of at most 5 files." in page


def test_files_are_listed_with_who_sent_them_and_their_sums(author, application):
    assert attach(author, application, a_file("one.pdf"), a_file("two.pdf")).status_code == 302
    page = section(author, application)
    assert "2 of at most 5 files." in words(page)
    assert "Rosa Representante" in page.text
    for document in Document.objects.filter(case=application.case):
        assert document.sha256 in page.text
        assert reverse("document", args=[document.pk]) in page.text


def test_no_field_is_left_where_no_file_fits(author, application):
    attach(author, application, *[a_file(f"{number}.pdf") for number in range(5)])
    page = section(author, application)
    requirement = application.call.requirements.first()
    assert address(application, "document_attach", requirement.pk) not in page.text
    assert "No more files fit here." in page.text


def test_who_only_reads_gets_no_form(application):
    fill(application)
    sent = submit(application)
    page = section(sent.group.representative, sent)
    assert "minutes.pdf" in page.text
    assert "document_attach" not in page.text
    assert 'type="file"' not in page.text


def test_files_of_a_refused_and_of_a_waiting_kind_say_so(author, application):
    attach(author, application, a_file("one.pdf"), a_file("two.pdf"))
    one, two = Document.objects.filter(case=application.case).order_by("pk")
    Document.objects.filter(pk=one.pk).update(scan="pending")
    Document.objects.filter(pk=two.pk).update(scan="infected")
    page = section(author, application)
    assert "Waits for the virus scanner" in page.text
    assert "the virus scanner found something in it" in page.text
    assert f'"{reverse("document", args=[two.pk])}"' not in page.text


# --- Attaching, replacing, taking out --------------------------------------------------------------------


def test_a_file_is_attached_replaced_and_taken_out(author, application):
    attach(author, application, a_file("one.pdf"))
    row = application.documents.get()
    page = browser(author).get(address(application, "document_replace", row.pk))
    assert (page.status_code, "one.pdf" in page.text) == (200, True)
    answer = send(author, application, "document_replace", row.pk, file=a_file("two.pdf"))
    assert answer.status_code == 302
    assert standing(application) == ["two.pdf"]
    row = application.documents.get(replaced=False)
    send(author, application, "document_detach", row.pk)
    assert standing(application) == []
    # What is out cannot be replaced, nor taken out again.
    for name in ("document_replace", "document_detach"):
        assert send(author, application, name, row.pk, file=a_file("x.pdf")).status_code == 404


@pytest.mark.parametrize(
    ("upload", "sentence"),
    [
        (SimpleUploadedFile("minutes.pdf", b""), "This file is empty."),
        (SimpleUploadedFile("minutes.exe", b"MZ" + b"\0" * 100), "Files of this type are not accepted."),
        (SimpleUploadedFile("minutes.pdf", b"MZ" + b"\0" * 100), "not a whole PDF file, whatever its name says"),
        (SimpleUploadedFile("IMG_1.HEIC", b"\0" * 100), "Photographs of the kind HEIC are not accepted."),
        (None, "Choose a file first."),
    ],
)  # fmt: skip
def test_a_bad_file_is_said_at_its_field(author, application, upload, sentence):
    requirement = application.call.requirements.first()
    page = attach(author, application, *([upload] if upload else []))
    assert page.status_code == 422
    assert sentence in error_at(page, f"file_{requirement.pk}")
    assert f'href="#id_file_{requirement.pk}"' in page.text
    assert not application.documents.exists()


def test_a_name_of_emoji_and_of_direction_marks_is_kept_plain(author, application):
    attach(author, application, a_file("acta 👩‍🔧 \u202efdp.exe\u200f" + "ñ" * 150 + ".pdf"))
    name = application.documents.get().document.filename
    assert name.startswith("acta 👩🔧 fdp.exeñ")
    assert name.endswith("ñ.pdf")
    assert len(name) <= 120
    assert name in section(author, application).text


def test_a_name_of_4_kb_is_refused_whole_and_comes_in_short_by_parts(author, application):
    """No browser sends one with its form: the head of a part has but a kilobyte. By parts the name is a field."""
    requirement = application.call.requirements.first()
    head = (
        f'--x\r\nContent-Disposition: form-data; name="file_{requirement.pk}"; filename="{"ñ" * 4_096}.pdf"'
    )
    page = browser(author).post(
        address(application, "document_attach", requirement.pk),
        f"{head}\r\n\r\n".encode() + PDF + b"\r\n--x--\r\n",
        content_type="multipart/form-data; boundary=x",
    )
    assert page.status_code == 400
    assert "This request could not be read" in page.text
    assert not application.documents.exists()
    begun = browser(author).post(reverse("uploads"), {"size": "500", "filename": "ñ" * 4_096 + ".pdf"})
    assert begun.status_code == 201
    assert len(Upload.objects.get().filename) == 120


def test_a_file_that_is_too_large_is_said_at_its_field(author, application, settings):
    settings.UPLOAD_MAX_BYTES = 60
    requirement = application.call.requirements.first()
    page = attach(author, application, a_file("one.pdf"))
    assert page.status_code == 422
    assert "This file is too large" in error_at(page, f"file_{requirement.pk}")


def test_too_many_files_are_refused_whole(author, application):
    page = attach(author, application, *[a_file(f"{number}.pdf") for number in range(6)])
    assert page.status_code == 409
    assert "At most 5 files for “Minutes”, and 0 are there." in page.text
    page = attach(author, application, *[a_file(f"{number}.pdf") for number in range(21)])
    assert (page.status_code, "Choose at most 20 files at once." in page.text) == (422, True)
    assert not application.documents.exists()


def test_two_who_attach_at_once_are_no_conflict(author, application):
    shown = application.version
    for name in ("one.pdf", "two.pdf"):
        assert attach(author, application, a_file(name), version=shown).status_code == 302
    assert standing(application) == ["one.pdf", "two.pdf"]


def test_the_same_file_twice_is_said(author, application):
    attach(author, application, a_file("one.pdf"))
    page = attach(author, application, a_file("one.pdf"))
    assert (page.status_code, "attached here already" in page.text) == (409, True)


# --- Pictures ------------------------------------------------------------------------------------------


def test_photographs_are_joined_where_the_box_is_ticked(author, application):
    answer = attach(author, application, a_picture("IMG_2.jpg"), a_picture("IMG_1.png"), join="on")
    assert answer.status_code == 302
    assert standing(application) == ["IMG_1.pdf"]
    with application.documents.get().document.file.open("rb") as file:
        assert len(PdfReader(file).pages) == 2


def test_without_the_box_they_stay_pictures(author, application):
    attach(author, application, a_picture("IMG_2.jpg"), a_picture("IMG_1.png"))
    assert standing(application) == ["IMG_2.jpg", "IMG_1.png"]


def test_what_is_no_picture_cannot_be_joined(author, application):
    requirement = application.call.requirements.first()
    page = attach(author, application, a_picture("a.jpg"), a_file("b.pdf"), join="on")
    assert page.status_code == 422
    assert "Only pictures (JPEG, PNG) become one PDF: “b.pdf” is none." in error_at(
        page, f"file_{requirement.pk}"
    )


def test_replacing_by_photographs_of_the_pages(author, application):
    attach(author, application, a_file("one.pdf"))
    row = application.documents.get()
    send(author, application, "document_replace", row.pk, file=[a_picture("1.jpg"), a_picture("2.jpg")])
    assert standing(application) == ["1.pdf"]


# --- In parts --------------------------------------------------------------------------------------------


def in_parts(user, name="acta.pdf", body=PDF) -> str:
    upload = uploads.begin(by=user, filename=name, size=len(body), now=NOON)
    uploads.append(upload, offset=0, part=body, now=NOON)
    return str(upload.key)


def test_a_file_that_came_in_parts_is_attached_by_its_key(
    author, application, django_capture_on_commit_callbacks
):
    requirement = application.call.requirements.first()
    with django_capture_on_commit_callbacks(execute=True):
        answer = send(
            author, application, "document_attach", requirement.pk, **{"file-upload": in_parts(author)}
        )
    assert answer.status_code == 302
    assert standing(application) == ["acta.pdf"]
    assert not Upload.objects.exists()


def test_pictures_that_came_in_parts_are_joined(author, application, django_capture_on_commit_callbacks):
    requirement = application.call.requirements.first()
    keys = [in_parts(author, name, a_picture(name).read()) for name in ("2.jpg", "1.jpg")]
    with django_capture_on_commit_callbacks(execute=True):
        send(author, application, "document_attach", requirement.pk, **{"file-upload": keys, "join": "on"})
    assert standing(application) == ["1.pdf"]
    assert not Upload.objects.exists()


def test_the_key_of_somebody_else_is_no_file(author, application, stranger):
    requirement = application.call.requirements.first()
    page = send(author, application, "document_attach", requirement.pk, **{"file-upload": in_parts(stranger)})
    assert page.status_code == 422
    assert "This file did not arrive whole." in page.text
    assert Upload.objects.get().user == stranger


def test_a_refused_form_keeps_the_file_for_the_next_try(author, application):
    requirement = application.call.requirements.first()
    attach(author, application, *[a_file(f"{number}.pdf") for number in range(4)])
    keys = [in_parts(author, name, PDF + name.encode() + b"%%EOF") for name in ("a.pdf", "b.pdf")]
    page = send(author, application, "document_attach", requirement.pk, **{"file-upload": keys})
    assert page.status_code == 409
    assert page.text.count('name="file-upload"') == 2
    assert Upload.objects.count() == 2


# --- Who, and how much it costs --------------------------------------------------------------------------


def test_a_viewer_changes_nothing(application, viewer):
    give_place(application.group, viewer, Role.VIEWER)
    requirement = application.call.requirements.first()
    assert (
        send(viewer, application, "document_attach", requirement.pk, file=a_file("x.pdf")).status_code == 403
    )


def test_a_requirement_of_another_call_is_not_found(author, application):
    other = make_call().requirements.first()
    assert send(author, application, "document_attach", other.pk, file=a_file("x.pdf")).status_code == 404


def test_the_page_asks_the_same_questions_for_1_and_5_files(author, application):
    client = browser(author)

    def count() -> int:
        client.get(address(application, "application_section", "documents"))
        with CaptureQueriesContext(connection) as queries:
            client.get(address(application, "application_section", "documents"))
        return len(queries)

    attach(author, application, a_file("0.pdf"))
    first = count()
    attach(author, application, *[a_file(f"{number}.pdf") for number in range(1, 5)])
    assert count() == first
