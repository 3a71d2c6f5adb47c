"""Documents that leave: tagged, archival, in their language, the same bytes again, and reaching nothing but our assets."""

import datetime as dt
import hashlib
import io
import json
import os
import resource
import signal
import socket
import subprocess
import sys
import threading

import pytest
from django.conf import settings
from django.utils import translation
from django.utils.functional import lazy
from pypdf import PdfReader

from core import pdf
from core.jobs import JobFailed
from tests.clock import NOON

CONTEXT = {
    "title": "Progress report ñ",
    "reference": "SPL-2026-7",
    "subtitle": "Muebles & Cía",
}
HASH = "ab" * 32


def render(template: str = "pdf/base.html", context: dict | None = None, **more) -> bytes:
    given = {"language": "es", "content_hash": HASH, "made_at": NOON}
    return pdf.render(template, {**CONTEXT, **(context or {})}, **(given | more))


@pytest.fixture(scope="module")
def made() -> bytes:
    return render()


@pytest.fixture(scope="module")
def read(made) -> PdfReader:
    return PdfReader(io.BytesIO(made))


def test_it_says_what_it_is(read):
    text = " ".join(page.extract_text() for page in read.pages)
    for words in ("Progress report ñ", "SPL-2026-7", "Muebles & Cía", "10/03/2026", HASH[:40]):
        assert words in text


def test_it_is_tagged_archival_and_names_its_language_and_title(read):
    root = read.trailer["/Root"]
    assert root["/Lang"] == "es"
    assert root["/MarkInfo"]["/Marked"]
    assert root["/StructTreeRoot"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert read.metadata.title == "Progress report ñ · SPL-2026-7"
    description = root["/Metadata"].get_object().get_data().decode()
    assert 'pdfaid:part="3"' in description
    assert 'pdfaid:conformance="A"' in description
    assert root["/OutputIntents"]


def test_the_language_is_that_of_who_asked():
    english = PdfReader(io.BytesIO(render(language="en")))
    assert english.trailer["/Root"]["/Lang"] == "en"


def test_every_font_is_embedded_and_ours(read):
    fonts = [
        font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object()
        for page in read.pages
        for font in page["/Resources"]["/Font"].get_object().values()
    ]
    assert fonts
    for font in fonts:
        assert "Encode-Sans" in font["/FontName"]
        assert "/FontFile2" in font or "/FontFile3" in font


def test_the_qr_code_leads_to_the_page_that_verifies_unless_it_is_a_draft(read):
    address = f"http://localhost:8000/verify/{HASH}/"
    notes = [note.get_object() for page in read.pages for note in page.get("/Annots", [])]
    assert {note["/A"]["/URI"] for note in notes if "/A" in note} == {address}
    draft = PdfReader(io.BytesIO(render(context={"draft": True})))
    drawn = [reader.pages[0].get_contents().get_data().count(b" m") for reader in (read, draft)]
    assert drawn[0] > drawn[1] + 100  # the squares of the code
    assert "verify" not in draft.pages[0].extract_text()


def test_it_bears_its_own_moment_not_that_of_the_machine(read):
    assert read.metadata.creation_date == NOON
    assert read.metadata.modification_date == NOON


def test_the_same_document_again_has_the_same_bytes(made):
    assert hashlib.sha256(render()).digest() == hashlib.sha256(made).digest()
    assert render(made_at=NOON + dt.timedelta(seconds=1)) != made


ANOTHER_PROCESS = """
import datetime as dt, hashlib, json, sys, django
django.setup()
import lsp_program.urls, core.views, core.tasks
from core import pdf
print("weasyprint" in sys.modules)
context, language, content_hash, made_at = json.loads(sys.argv[1])
made = pdf.render("pdf/base.html", context, language=language, content_hash=content_hash,
                  made_at=dt.datetime.fromisoformat(made_at))
print(hashlib.sha256(made).hexdigest())
"""


def test_another_process_makes_the_same_bytes_and_loads_the_renderer_only_then(made):
    ended = subprocess.run(
        [sys.executable, "-c", ANOTHER_PROCESS, json.dumps([CONTEXT, "es", HASH, NOON.isoformat()])],
        cwd=settings.BASE_DIR,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "lsp_program.settings", "PYTHONHASHSEED": "7"},
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    assert ended.stdout.split()[-2:] == ["False", hashlib.sha256(made).hexdigest()]


def test_the_hash_of_the_content_follows_the_content_alone():
    data = {"b": 1, "a": ["ñ", NOON, 2]}
    assert pdf.content_hash(data) == pdf.content_hash({"a": ["ñ", NOON, 2], "b": 1})
    assert pdf.content_hash(data) != pdf.content_hash(data | {"b": 2})
    assert len(pdf.content_hash({})) == 64


# --- What it may reach ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "http://localhost:8000/account/",
        "http://localhost:8000/static/../lsp_program/settings.py",
        "http://localhost:8000/static/%2e%2e/lsp_program/settings.py",
        "http://localhost:8000/static/..%2flsp_program/settings.css",
        "http://localhost:8000/static/%2e%2e/%2e%2e/etc/passwd.css",
        "http://localhost:8000/static//etc/passwd.css",
        "http://localhost:8000/static/app.js",
        "http://localhost:8000/static/no-such.css",
        "http://localhost:8000/static/a%00.css",
        "https://localhost:8000/static/pdf.css",
        "http://localhost:8001/static/pdf.css",
        "http://user@localhost:8000/static/pdf.css",
        "http://169.254.169.254/latest/meta-data/",
        "ftp://localhost/x.css",
        "data:text/css,body{}",
        "data:text/html;base64,PHA+",
        "pdf.css",
        "",
    ],
)
def test_nothing_but_our_assets_is_reached(url):
    with pytest.raises(pdf.NotAnAsset):
        pdf._fetcher()(url)


@pytest.mark.parametrize(
    "name, content_type",
    [
        ("pdf.css", "text/css"),
        ("pdf-draft.svg", "image/svg+xml"),
        ("encode-sans/encode-sans-latin-wght-normal.woff2", "font/woff2"),
    ],
)
def test_our_assets_come_from_the_disk(name, content_type):
    answer = pdf._fetcher()(f"http://localhost:8000/static/{name}")
    assert answer.content_type == content_type
    assert len(answer.read()) > 100


def test_a_picture_in_the_document_itself_is_taken():
    assert pdf._fetcher()(pdf.qr("x")).content_type == "image/svg+xml"


HOSTILE = """<!doctype html><html lang="es"><head><title>x</title>
<link rel="stylesheet" href="http://127.0.0.1:{port}/a.css"><link rel="attachment" href="file:///etc/passwd">
<style>@import url("http://127.0.0.1:{port}/b.css"); p {{ background: url("http://127.0.0.1:{port}/c.png") }}</style>
</head><body><p>Hello</p><img src="http://127.0.0.1:{port}/d.png"><img src="file:///etc/hostname">
<object data="file:///etc/passwd"></object><embed src="http://127.0.0.1:{port}/e.svg">
<svg><image href="http://127.0.0.1:{port}/f.png"/><use href="file:///etc/passwd#x"/></svg>
<img src="data:image/svg+xml;base64,{svg}"></body></html>"""


def test_a_hostile_document_calls_nobody_and_reads_nothing():
    """Every way in which HTML and CSS name other files, at once."""
    import base64

    called = []
    server = socket.create_server(("127.0.0.1", 0))
    server.settimeout(0.2)
    port = server.getsockname()[1]
    inner = f'<svg xmlns="http://www.w3.org/2000/svg"><image href="http://127.0.0.1:{port}/g.png"/></svg>'

    def listen():
        try:
            server.accept()
            called.append(True)
        except OSError:
            pass

    listener = threading.Thread(target=listen)
    listener.start()
    html = HOSTILE.format(port=port, svg=base64.b64encode(inner.encode()).decode())
    made = pdf.to_pdf(html, b"0" * 16)
    listener.join()
    server.close()
    assert called == []
    text = PdfReader(io.BytesIO(made)).pages[0].extract_text()
    assert "Hello" in text
    assert b"root:" not in made
    assert not PdfReader(io.BytesIO(made)).attachments


def test_text_of_people_is_text(tmp_path):
    made = render(context={"title": '</title><img src="file:///etc/passwd"> ana'})
    assert '<img src="file:///etc/passwd"> ana' in PdfReader(io.BytesIO(made)).metadata.title


# --- Its bounds --------------------------------------------------------------------------------------


def test_it_stops_when_it_takes_too_long(monkeypatch):
    monkeypatch.setattr(pdf, "SECONDS", 0.2)

    def for_ever(_html, _identifier):
        while True:
            pass

    monkeypatch.setattr(pdf, "to_pdf", for_ever)
    with pytest.raises(JobFailed, match=r"demasiado|too large"):
        render()
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_what_runs_inside_cannot_swallow_the_end(monkeypatch):
    """The renderer catches every Exception of what it fetches: the end is none."""
    monkeypatch.setattr(pdf, "SECONDS", 0.2)

    def stubborn(_html, _identifier):
        while True:
            try:
                while True:
                    pass
            except Exception:
                continue

    monkeypatch.setattr(pdf, "to_pdf", stubborn)
    with pytest.raises(JobFailed):
        render()


def test_it_stops_when_it_takes_too_much_memory(monkeypatch):
    monkeypatch.setattr(pdf, "MEMORY", 64 * 1024 * 1024)
    before = resource.getrlimit(resource.RLIMIT_AS)
    monkeypatch.setattr(pdf, "to_pdf", lambda *_args: bytearray(512 * 1024 * 1024))
    with pytest.raises(JobFailed):
        render()
    assert resource.getrlimit(resource.RLIMIT_AS) == before


def test_a_document_without_end_is_refused_before_it_is_made(monkeypatch):
    monkeypatch.setattr(pdf, "LONGEST_HTML", 1000)
    monkeypatch.setattr(pdf, "to_pdf", lambda *_args: pytest.fail("was made"))
    with pytest.raises(JobFailed):
        render()


def test_the_environment_is_as_it_was():
    before = dict(os.environ)
    render()
    assert dict(os.environ) == before


def test_the_parts_for_signatures_and_drafts_print():
    made = render(context={"draft": True})
    text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(made)).pages)
    assert "SPL-2026-7" in text


def test_a_document_is_called_in_its_own_language():
    kind = lazy(lambda: {"es": "Rendición de gastos"}.get(translation.get_language(), "expenses"), str)()
    assert pdf.filename(kind, "LSP-2026-00042", 3, language="en") == "LSP-2026-00042-expenses-3.pdf"
    assert (
        pdf.filename(kind, "LSP-2026-00042", 3, language="es") == "LSP-2026-00042-rendicion-de-gastos-3.pdf"
    )
