"""Documents that leave the system: HTML to tagged, archival PDF, only inside a worker's job.

The renderer reaches our own static files and nothing else: no network, no other file. It is bounded in time and
memory. The same template, data and moment give the same bytes, so that a document can be made again and compared.
"""

import base64
import contextlib
import hashlib
import io
import json
import logging
import os
import posixpath
import resource
import signal
import threading
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.functional import Promise
from django.utils.text import slugify
from django.utils.translation import gettext as _

from core.jobs import JobFailed

# What they tell of each document is long, and may quote it.
for _name in ("weasyprint.progress", "fontTools"):
    logging.getLogger(_name).setLevel(logging.WARNING)

VARIANT = "pdf/a-3a"
SECONDS = 90.0
MEMORY = 1024 * 1024 * 1024
LONGEST_HTML = 20 * 1024 * 1024
# What a document may be made of. The addresses are those of the site, but nobody is asked over the network.
ASSETS = {
    ".css": "text/css",
    ".woff2": "font/woff2",
    ".svg": "image/svg+xml",
    ".png": "image/png",
}
INLINE = ("data:image/png;base64,", "data:image/svg+xml;base64,", "data:image/jpeg;base64,")


class NotAnAsset(ValueError):
    """A document asked for something that is not ours."""


def content_hash(data: dict[str, Any]) -> str:
    """What a document prints about itself: the SHA-256 of the data that it was made from, in one canonical form."""
    body = json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)
    return hashlib.sha256(body.encode()).hexdigest()


def render(
    template: str, context: dict[str, Any], *, language: str, content_hash: str, made_at: datetime
) -> bytes:
    """The PDF of a template of templates/pdf/, in a language.

    Its cover has a QR code to the page that says whether it is genuine, unless it is a draft (`draft` in the context).
    Raises JobFailed, with the sentence for who asked, when it takes too long or is too large.
    """
    of_document = {"content_hash": content_hash, "made_at": made_at, "LANGUAGE_CODE": language}
    if content_hash and not context.get("draft"):
        address = settings.SITE_URL + reverse("verify_document", args=[content_hash])
        of_document |= {"verify_url": address, "qr": qr(address)}
    with translation.override(language):
        html = render_to_string(template, {**context, **of_document})
        too_long = _("The document is too large to be made.")
    if len(html) > LONGEST_HTML:
        raise JobFailed(too_long)
    identifier = hashlib.sha256(f"{template}{content_hash}{made_at.isoformat()}{html}".encode()).digest()[:16]
    try:
        with _time_limit(SECONDS), _memory_limit(MEMORY), _font_clock(made_at):
            return to_pdf(html, identifier)
    except (_TooLong, MemoryError):
        raise JobFailed(too_long) from None


def filename(kind: str | Promise, reference: object, *more: object, language: str) -> str:
    """`LSP-2026-00042-agreement.pdf`, `LSP-2026-00042-convenio.pdf`: a document is called in its own language. `kind` is a
    translated word (of the context "file name")."""
    with translation.override(language):
        word = slugify(str(kind))
    return f"{'-'.join(str(part) for part in (reference, word, *more))}.pdf"


def to_pdf(html: str, identifier: bytes) -> bytes:
    """HTML to PDF, with our assets only."""
    # Importing it takes seconds: in the worker that needs it, never when the web process starts.
    import weasyprint

    document = weasyprint.HTML(string=html, base_url=f"{settings.SITE_URL}/", url_fetcher=_fetcher())
    return document.write_pdf(pdf_variant=VARIANT, pdf_identifier=identifier)


def _fetcher() -> Any:
    """Answers the addresses of our static files from the disk, and refuses every other."""
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class OwnAssets(URLFetcher):
        """No handler of a network or of files is ever asked: `fetch` does not call the class that it extends."""

        def fetch(self, url: str, headers: Any = None) -> Any:
            if url.startswith(INLINE):
                return super().fetch(url, headers)
            path, content_type = asset(url)
            with open(path, "rb") as file:
                return URLFetcherResponse(url, file.read(), {"Content-Type": content_type})

    return OwnAssets(allowed_protocols=("data",), allow_redirects=False)


def asset(url: str) -> tuple[str, str]:
    """The file and type behind the address of a static file of ours; NotAnAsset for anything else."""
    site, asked = urlsplit(settings.SITE_URL), urlsplit(url)
    prefix = settings.STATIC_URL
    if (asked.scheme, asked.netloc) != (site.scheme, site.netloc) or not asked.path.startswith(prefix):
        raise NotAnAsset(url)
    name = unquote(asked.path.removeprefix(prefix))
    content_type = ASSETS.get(PurePosixPath(name).suffix)
    if (
        content_type is None
        or posixpath.normpath(name) != name
        or name.startswith(("/", ".."))
        or "\0" in name
    ):
        raise NotAnAsset(url)
    found = finders.find(name)
    if not found and staticfiles_storage.exists(name):
        # A machine that has only what was collected.
        found = staticfiles_storage.path(name)
    if not found:
        raise NotAnAsset(url)
    return str(found), content_type


@contextlib.contextmanager
def _font_clock(moment: datetime) -> Iterator[None]:
    """Fonts that are cut down to the letters of a document say when that was done: at its own moment."""
    before = os.environ.get("SOURCE_DATE_EPOCH")
    os.environ["SOURCE_DATE_EPOCH"] = str(int(moment.timestamp()))
    try:
        yield
    finally:
        os.environ.pop("SOURCE_DATE_EPOCH")
        if before is not None:
            os.environ["SOURCE_DATE_EPOCH"] = before


class _TooLong(BaseException):
    """Not an Exception: the renderer catches those of what it fetches."""


@contextlib.contextmanager
def _time_limit(seconds: float) -> Iterator[None]:
    """Stop what runs longer, by a signal. Where there is none (a thread) the worker's own limit stays."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(_signal: int, _frame: Any) -> None:
        raise _TooLong

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@contextlib.contextmanager
def _memory_limit(more: int) -> Iterator[None]:
    """Refuse the process more than so many bytes beyond what it has. (Linux says how much that is; elsewhere no limit.)"""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[0])
    except OSError:
        yield
        return
    before, most = resource.getrlimit(resource.RLIMIT_AS)
    limit = pages * resource.getpagesize() + more
    if most != resource.RLIM_INFINITY:
        limit = min(limit, most)
    resource.setrlimit(resource.RLIMIT_AS, (limit, most))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (before, most))


def qr(address: str) -> str:
    """A QR code of an address, as the picture that pdf/base.html takes."""
    import segno

    picture = io.BytesIO()
    segno.make(address, error="m").save(picture, kind="svg", border=2, dark="#141414", omitsize=True)
    return "data:image/svg+xml;base64," + base64.b64encode(picture.getvalue()).decode()
