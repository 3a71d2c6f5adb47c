"""Files: what may come in, how it is kept, and who may have it."""

import datetime as dt
import hashlib
import io
import re
import struct
import time
import tracemalloc
import zipfile
from pathlib import Path
from urllib.parse import quote

import pytest
from django.core.exceptions import ValidationError
from django.core.files.storage import FileSystemStorage
from django.db import transaction
from django.urls import reverse
from PIL import Image

from core import documents, filetypes
from core.filetypes import LONGEST_SIDE, MOST_ENTRIES, MOST_PIXELS, MOST_SCANS
from core.forms import DocumentField, Form
from core.models import Case, Document
from tests.clock import NOON
from tests.core.files import (
    PDF,
    WHOLE,
    archive,
    docx,
    jpeg,
    lying_archive,
    odf,
    png,
    upload,
    upload_on_disk,
    xlsx,
)
from tests.factories import make_case

# --- What may come in --------------------------------------------------------------------------------


@pytest.mark.parametrize("name, body", WHOLE.items())
@pytest.mark.parametrize("how", [upload, upload_on_disk])
def test_a_whole_file_of_an_accepted_type_comes_in(name, body, how):
    file = how(name, body)
    found = documents.check_upload(file)
    assert Path(name).suffix.lower() in found.extensions
    assert file.read() == body  # and is at its beginning again


def said(name: str, body: bytes, **limits) -> str:
    with pytest.raises(ValidationError) as error:
        documents.check_upload(upload(name, body), **limits)
    (sentence,) = error.value.messages
    return sentence


@pytest.mark.parametrize("name", ["a.exe", "a.html", "a.svg", "a.zip", "a.docm", "a.pdf.exe", "a", "pdf"])
def test_other_types_are_refused_by_name(name):
    assert "Files of this type are not accepted. Choose one of these: PDF, JPEG picture" in said(name, PDF)


@pytest.mark.parametrize("name", sorted({Path(name).suffix.lower() for name in WHOLE}))
@pytest.mark.parametrize("body", [b"<html><script>alert(1)</script></html>", b"MZ\x90\0" + b"\0" * 100, b"x"])
def test_a_file_that_is_not_what_its_name_says_is_refused(name, body):
    assert "whatever its name says" in said(f"a{name}", body)


@pytest.mark.parametrize("name", [name for name in WHOLE if name != "a.PDF"])
@pytest.mark.parametrize("other", [name for name in WHOLE if name != "a.PDF"])
def test_each_type_is_told_from_each_other(name, other):
    alike = {Path(name).suffix, Path(other).suffix} <= {".jpg", ".jpeg"}
    if alike or name == other:
        documents.check_upload(upload(name, WHOLE[other]))
    else:
        said(name, WHOLE[other])


@pytest.mark.parametrize(
    "name, body",
    [
        ("a.pdf", PDF[: len(PDF) // 2]),
        ("a.pdf", b" " + PDF),
        ("a.png", png()[:-20]),
        ("a.jpg", jpeg()[:-2]),
        ("a.jpg", b"\xff\xd8\xff\xd9"),
        ("a.docx", docx()[:-30]),
        ("a.docx", docx()[:60]),
        ("a.docx", b"PK\x05\x06" + b"\0" * 18),
        ("a.xlsx", b"PK\x03\x04" + b"\0" * 100),
    ],
)
def test_a_broken_transfer_is_told(name, body):
    assert "Save it again" in said(name, body)


def test_an_empty_file_and_one_that_is_too_large_are_told():
    assert "empty" in said("a.pdf", b"")
    big = PDF[:-7] + b"x" * 3_000_000 + b"\n%%EOF\n"
    sentence = said("a.pdf", big, max_bytes=2 * 1024 * 1024)
    assert sentence == "This file is too large: 2,9\N{NO-BREAK SPACE}MB. The most is 2\N{NO-BREAK SPACE}MB."
    documents.check_upload(upload("a.pdf", big))


def test_the_limit_of_the_settings_stands_where_none_is_given(settings):
    settings.UPLOAD_MAX_BYTES = 10
    assert "too large" in said("a.pdf", PDF)


@pytest.mark.parametrize("make, name", [(png, "a.png"), (jpeg, "a.jpg")])
@pytest.mark.parametrize("sides", [(65535, 65535), (LONGEST_SIDE + 1, 1), (MOST_PIXELS // 1000 + 1, 1000)])
def test_a_picture_that_would_fill_the_memory_is_refused_unopened(make, name, sides):
    if make is jpeg and max(sides) > 65535:
        sides = (60000, 60000)
    assert "too large" in said(name, make(*sides))


@pytest.mark.parametrize("make, name", [(png, "a.png"), (jpeg, "a.jpg")])
def test_a_picture_without_a_size_is_refused(make, name):
    assert "no size" in said(name, make(0, 5))


def test_a_jpeg_with_two_frames_is_judged_by_the_larger():
    small = jpeg(3, 2)
    large = b"\xff\xc2" + struct.pack(">HBHHB", 11, 8, 60000, 60000, 1) + b"\1\x11\0"
    at = small.index(b"\xff\xda")
    assert "too large" in said("a.jpg", small[:at] + large + small[at:])


def test_a_jpeg_of_endless_segments_is_soon_done_with():
    body = b"\xff\xd8" + b"\xff\xe1\0\2" * 500_000 + b"\xff\xd9"
    began = time.monotonic()
    assert "Save it again" in said("a.jpg", body)
    assert time.monotonic() - began < 1


def progressive(scans: int) -> bytes:
    """A picture that goes over its points again and again: 75 bytes each time, and time as for the whole picture."""
    made = io.BytesIO()
    Image.new("L", (200, 200), 128).save(made, "JPEG", progressive=True)
    body = made.getvalue()[:-2]
    at = [found.start() for found in re.finditer(b"\xff\xda", body)]
    return body + body[at[-1] :] * (scans - len(at)) + b"\xff\xd9"


def test_a_jpeg_of_many_scans_is_refused_unopened():
    camera_adds = b"\xff\xda" * 1_000
    documents.check_upload(upload("a.jpg", progressive(MOST_SCANS) + camera_adds + b"\xff\xd9"))
    assert "too many parts" in said("a.jpg", progressive(MOST_SCANS + 1))
    began = time.process_time()
    endless = progressive(10)[:-2] + b"\xff\xe1\0\2" * 500_000 + b"\xff\xd9"
    assert "too many parts" in said("a.jpg", endless)
    assert time.process_time() - began < 1


def test_an_archive_that_unpacks_to_far_too_much_is_refused_unopened(monkeypatch):
    monkeypatch.setattr(filetypes, "MOST_UNPACKED", 1_000_000)
    bomb = archive(
        {"[Content_Types].xml": b"", "word/document.xml": b"\0" * 1_000_001},
        compression=zipfile.ZIP_DEFLATED,
    )
    assert len(bomb) < 3_000
    assert "far too large" in said("a.docx", bomb)


@pytest.mark.parametrize("claims", [39, 200])
def test_an_archive_that_holds_more_than_it_claims_is_never_unpacked(claims):
    bomb = lying_archive({"content.xml": b"<office/>"}, "mimetype", claims=claims)
    assert len(bomb) < 400_000
    tracemalloc.start()
    try:
        assert "not a whole ODT" in said("a.odt", bomb)
        assert tracemalloc.get_traced_memory()[1] < 30_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("method", [0, 8, 12, 14, 99])
def test_an_archive_whose_parts_cannot_be_read_is_refused(method):
    body = bytearray(odf())
    first, listed = body.index(b"PK\3\4"), body.index(b"PK\1\2")
    body[first + 8] = body[listed + 10] = method
    body[first + 30 + len("mimetype")] ^= 0xFF
    assert "not a whole ODT" in said("a.odt", bytes(body))


def test_a_packing_that_no_office_program_uses_is_refused():
    """658 bytes of it unpack to a gigabyte."""
    body = archive({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w/>"}, zipfile.ZIP_BZIP2)
    assert "not a whole DOCX" in said("a.docx", body)


def test_an_archive_of_too_many_parts_is_refused_before_its_table_is_read(monkeypatch):
    many = docx(**{f"p{number}": b"" for number in range(MOST_ENTRIES)})

    def must_not(*_args):
        raise AssertionError("the table was read")

    monkeypatch.setattr(zipfile, "ZipFile", must_not)
    assert "too many parts" in said("a.docx", many)


@pytest.mark.parametrize(
    "name, body",
    [
        ("a.docx", docx(**{"word/vbaProject.bin": b"x"})),
        ("a.xlsx", xlsx(**{"xl/vbaProject.bin": b"x"})),
        ("a.xlsx", xlsx(**{"run.exe": b"x"})),
        ("a.odt", odf(**{"Basic/Standard/Module1.xml": b"x"})),
        ("a.ods", odf("spreadsheet", **{"Basic/script-lc.xml": b"x"})),
    ],
)
def test_macros_and_programs_are_refused(name, body):
    assert "macros or programs" in said(name, body)


def test_a_locked_file_is_refused():
    body = bytearray(docx())
    at = body.index(b"PK\x01\x02")
    body[at + 8] |= 1  # the flag of encryption, in the table of contents
    assert "password" in said("a.docx", bytes(body))


@pytest.mark.parametrize(
    "name, kept",
    [
        ("Balance 2025.pdf", "Balance 2025.pdf"),
        ("C:\\Users\\ana\\acta.pdf", "acta.pdf"),
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("a\r\nSet-Cookie: x=1.pdf", "a Set-Cookie_ x=1.pdf"),
        ("factura\u202efdp.exe", "facturafdp.exe"),
        ("n\u0303u.pdf", "ñu.pdf"),
        ('say "hi"; x=<y>.pdf', "say _hi__ x=_y_.pdf"),
        ("a\0b.pdf", "ab.pdf"),
        (".pdf", "document.pdf"),
        ("...", "document"),
        ("", "document"),
        ("x" * 300 + ".pdf", "x" * 116 + ".pdf"),
        ("🪵" * 2_000 + ".pdf", "🪵" * 59 + ".pdf"),
        ("x" * 115 + " y.pdf", "x" * 115 + ".pdf"),
        ("  spaces   inside .pdf", "spaces inside.pdf"),
    ],
)
def test_a_name_is_cleaned(name, kept):
    assert documents.clean_name(name) == kept
    assert documents.clean_name(kept) == kept


# --- The field ---------------------------------------------------------------------------------------


class ScanForm(Form):
    scan = DocumentField(label="Scan", kinds=documents.SCAN_TYPES, max_bytes=1024)


def test_the_field_says_its_limits_first():
    html = str(ScanForm()["scan"])
    assert 'accept=".pdf,.jpg,.jpeg,.png"' in html
    hint = str(ScanForm().fields["scan"].help_text)
    assert hint == "PDF, JPEG picture, PNG picture. At most 0,1\N{NO-BREAK SPACE}MB."


@pytest.mark.parametrize(
    "file, sentence",
    [
        (None, "This field is required."),
        (upload("a.docx", docx()), "Files of this type are not accepted"),
        (upload("a.pdf", b""), "This file is empty"),
        (upload("a.pdf", b"x"), "whatever its name says"),
        (upload("a.pdf", PDF + b"x" * 2000), "too large"),
    ],
)
def test_the_field_says_what_is_wrong(file, sentence):
    form = ScanForm({}, {"scan": file} if file else {})
    assert sentence in form.errors["scan"][0]


def test_a_text_instead_of_a_file_is_no_file():
    assert ScanForm({"scan": "a.pdf"}, {}).errors["scan"] == ["This field is required."]


# --- Keeping it --------------------------------------------------------------------------------------


def keep(name="a.pdf", body=PDF, kind="test", by=None) -> Document:
    return documents.store(
        case=make_case(), kind=kind, owner_id=1, upload=upload(name, body), by=by, now=NOON
    )


@pytest.mark.django_db
@pytest.mark.parametrize("how", [upload, upload_on_disk])
def test_a_file_is_kept_under_a_name_that_says_nothing(how, admin):
    file = how("Acta n\u0303.PDF", PDF)
    document = documents.store(case=make_case(), kind="test", owner_id=7, upload=file, by=admin, now=NOON)
    document.refresh_from_db()
    assert (document.filename, document.content_type, document.owner_id) == (
        "Acta ñ.PDF",
        "application/pdf",
        7,
    )
    assert (document.size, document.sha256) == (len(PDF), hashlib.sha256(PDF).hexdigest())
    assert (document.uploaded_by, document.created_at) == (admin, NOON)
    assert "acta" not in document.file.name.lower()
    assert len(document.file.name) > 40
    assert document.file.read() == PDF
    assert documents.is_whole(document)


@pytest.mark.django_db
def test_two_files_of_one_name_are_two():
    assert keep().file.name != keep().file.name


@pytest.mark.django_db
def test_nothing_is_kept_unchecked():
    with pytest.raises(ValidationError):
        keep("a.exe", PDF)
    with pytest.raises(ValidationError):
        keep("a.pdf", b"<script>")
    assert not Document.objects.exists()


@pytest.mark.django_db
def test_what_the_system_made_is_kept_with_the_hash_of_its_content():
    document = documents.store_bytes(
        case=make_case(),
        kind="test",
        owner_id=1,
        filename="../informe.pdf",
        content_type="application/pdf",
        data=PDF,
        by=None,
        now=NOON,
        content_hash="ab" * 32,
    )
    assert (document.filename, document.content_hash) == ("informe.pdf", "ab" * 32)
    assert documents.is_whole(document)


@pytest.mark.django_db
def test_a_full_disk_is_said_and_nothing_is_saved(monkeypatch):
    def full(*_args, **_kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(FileSystemStorage, "_save", full)
    with pytest.raises(documents.CannotStore, match="Try again later"):
        keep()
    assert not Document.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_what_a_rolled_back_transaction_left_on_the_disk_harms_nothing(tmp_path):
    def keep_and_fail():
        with transaction.atomic():
            keep()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        keep_and_fail()
    assert not Document.objects.exists()
    assert len([path for path in (tmp_path / "media").rglob("*") if path.is_file()]) == 1
    assert documents.is_whole(keep())


@pytest.mark.django_db
def test_a_file_that_was_changed_or_is_gone_is_not_whole(tmp_path):
    document = keep()
    path = Path(document.file.path)
    path.write_bytes(PDF + b" ")
    assert not documents.is_whole(document)
    path.unlink()
    assert not documents.is_whole(document)


# --- Having it ---------------------------------------------------------------------------------------


@pytest.fixture
def mine(stranger):
    """A document that one person may read."""
    documents.register("test", can_read=lambda user, document: user == stranger, label="Test")
    return keep("Acta ñ “final”.pdf", by=stranger)


@pytest.mark.django_db
def test_who_may_read_it_gets_it_with_headers_that_keep_it_harmless(signed_in, stranger, mine):
    answer = signed_in(stranger).get(reverse("document", args=[mine.pk]))
    assert answer.status_code == 200
    assert b"".join(answer.streaming_content) == PDF
    headers = answer.headers
    assert headers["Content-Type"] == "application/pdf"
    assert headers["Content-Length"] == str(len(PDF))
    assert headers["Content-Disposition"] == "attachment; filename*=utf-8''" + quote("Acta ñ “final”.pdf")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "private, no-store"
    assert headers["Content-Security-Policy"] == "sandbox; default-src 'none'"


@pytest.mark.django_db
def test_nobody_else_learns_that_it_exists(client, signed_in, admin, officer, mine):
    address = reverse("document", args=[mine.pk])
    assert client.get(address).status_code == 302  # to the log-in page
    for user in (admin, officer):
        assert signed_in(user).get(address).status_code == 404
    assert signed_in(admin).get(reverse("document", args=[mine.pk + 1])).status_code == 404


@pytest.mark.django_db
def test_a_kind_that_no_app_registered_is_read_by_nobody(signed_in, admin, stranger):
    document = keep(kind="unknown", by=stranger)
    for user in (admin, stranger):
        assert signed_in(user).get(reverse("document", args=[document.pk])).status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_it_is_only_read(signed_in, stranger, mine, method):
    assert getattr(signed_in(stranger), method)(reverse("document", args=[mine.pk])).status_code == 405


@pytest.mark.django_db
@pytest.mark.parametrize("number", ["0", "99999999999999999999999", "-1", "x"])
def test_a_number_that_is_none_is_not_found(signed_in, stranger, number):
    assert signed_in(stranger).get(f"/documents/{number}/").status_code == 404


@pytest.mark.django_db
def test_a_file_that_cannot_be_read_is_said_not_a_crash(signed_in, stranger, mine):
    Path(mine.file.path).unlink()
    page = signed_in(stranger).get(reverse("document", args=[mine.pk]))
    assert page.status_code == 503
    assert "cannot be read just now" in page.text


@pytest.mark.django_db
def test_a_document_is_named_by_its_kind(mine):
    assert documents.label_of(mine) == "Test"


@pytest.mark.django_db
def test_a_number_with_a_slash_stays_whole_in_the_name_of_what_the_system_made():
    made = documents.store_bytes(
        case=make_case(),
        kind="test",
        owner_id=1,
        filename="decision-U2-184/2026.pdf",
        content_type="application/pdf",
        data=PDF,
        by=None,
        now=NOON,
    )
    assert made.filename == "decision-U2-184-2026.pdf"


# --- Whether one is genuine ----------------------------------------------------------------------------


def made(content_hash: str, case, when=NOON, kind="test") -> Document:
    return documents.store_bytes(
        case=case,
        kind=kind,
        owner_id=1,
        filename="a.pdf",
        content_type="application/pdf",
        data=PDF,
        by=None,
        now=when,
        content_hash=content_hash,
    )


FIRST, SECOND = "a1" * 32, "b2" * 32


@pytest.fixture
def two(db):
    """A document, and a later one in its place."""
    documents.register("test", can_read=lambda *_args: False, label="Progress report")
    case = make_case()
    Case.objects.filter(pk=case.pk).update(reference="SPL-2026-7")
    return made(FIRST, case), made(SECOND, case, NOON + dt.timedelta(days=1))


def test_a_genuine_document_is_known_by_its_content(client, two):
    page = client.get(reverse("verify_document", args=[SECOND]))
    assert page.status_code == 200
    for words in ("This document is genuine.", "Progress report", "SPL-2026-7", "11/03/2026", "Current"):
        assert words in page.text


def test_a_document_that_another_replaced_says_so(client, two):
    page = client.get(reverse("verify_document", args=[FIRST]))
    assert page.status_code == 200
    assert "Replaced by a later one" in page.text


def test_the_same_content_made_again_replaces_nothing(two, client):
    made(SECOND, two[1].case, NOON + dt.timedelta(days=2))
    page = client.get(reverse("verify_document", args=[SECOND])).text
    assert "Current" in page
    assert page.count("<h2>Progress report</h2>") == 1


def test_what_verifying_tells_is_no_more_than_the_paper_says(client, two):
    page = client.get(reverse("verify_document", args=[SECOND])).text
    assert "Muebles del Norte" not in page
    assert "/documents/" not in page
    assert "a.pdf" not in page


@pytest.mark.parametrize("code", ["c3" * 32, "x", "a1" * 31, "%", "a1" * 32 + "'", "ñ" * 64, "../.."])
def test_a_code_that_is_none_of_ours_is_said_to_be_none(client, two, code):
    page = client.get(reverse("verify"), {"code": code})
    assert page.status_code == 404
    assert "No document has this code." in page.text


@pytest.mark.parametrize("typed", [FIRST.upper(), f" {FIRST[:32]} {FIRST[32:]}\n"])
def test_a_code_may_be_typed_with_spaces_and_capitals(client, two, typed):
    assert client.get(reverse("verify"), {"code": typed}).status_code == 200


@pytest.mark.parametrize("code", ["x" * 201, "a\0b"])
def test_a_code_that_is_no_text_is_said_at_the_field(client, two, code):
    assert client.get(reverse("verify"), {"code": code}).status_code == 422


def test_the_page_asks_for_a_code(client, db):
    page = client.get(reverse("verify"))
    assert page.status_code == 200
    assert 'name="code"' in page.text
    assert "No document has" not in page.text


def test_an_upload_has_no_code_to_be_found_by(client, db):
    documents.register("test", can_read=lambda *_args: False, label="Test")
    keep()
    assert documents.genuine("") == []
