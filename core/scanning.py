"""The virus scanner, where one is set up (CLAMD_URL): every upload waits for its word, and nobody has the file before.

It fails closed. While the scanner is away files wait, and a worker asks again every minute. Any number of workers may
scan at once, each file by one of them. Of an infected file the bytes go; the row stays, and says what it was.
"""

import logging
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from core import clamd, documents, outbox, timeline
from core.models import Document, Event

log = logging.getLogger(__name__)

BATCH = 200
SECONDS = 50.0  # one call begins no further file after this
MOST_SILENCES = 3  # in a row: then it is the scanner, and the others wait

INFECTED = "document.infected"
# Nothing that counts is sent with such a file.
NOT_PASSED = (Document.Scan.PENDING, Document.Scan.INFECTED)


def run_waiting(now: datetime) -> int:
    """Have the waiting files scanned; answers how many were. Without a scanner nothing is, and what waits waits on."""
    if not settings.CLAMD_URL:
        return 0
    began, scanned, silences = time.monotonic(), 0, 0
    # In no order: a file on which the scanner breaks off each time does not keep the others from it.
    waiting = Document.objects.filter(scan=Document.Scan.PENDING).order_by("?").values_list("pk", flat=True)
    for pk in list(waiting[:BATCH]):
        if time.monotonic() - began > SECONDS or silences >= MOST_SILENCES:
            break
        with _alone(pk) as mine:
            document = Document.objects.filter(pk=pk, scan=Document.Scan.PENDING).first() if mine else None
            if document is None:
                continue
            try:
                found = _ask(document)
            except clamd.Unreachable as error:
                log.warning("virus scanner not reached", extra={"reason": str(error)})
                break
            except clamd.NoAnswer as error:
                log.warning("virus scanner did not answer", extra={"document": pk, "reason": str(error)})
                silences += 1
                continue
            except OSError:
                log.exception(
                    "a file that waits for the virus scanner cannot be read", extra={"document": pk}
                )
                continue
            silences = 0
            _write_down(document, found, now)
            scanned += 1
    return scanned


@contextmanager
def _alone(pk: int) -> Iterator[bool]:
    """Whether this worker alone has the file. PostgreSQL lets go of it when the worker dies; no transaction is held
    open while the scanner works."""
    key = f"scan:{pk}"
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", [key])
        mine = bool(cursor.fetchone()[0])
    try:
        yield mine
    finally:
        if mine:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", [key])


def _ask(document: Document) -> str:
    with documents.open_unscanned(document) as file:
        return clamd.scan(settings.CLAMD_URL, file.chunks(clamd.CHUNK))


def _write_down(document: Document, found: str, now: datetime) -> None:
    """What the scanner said. Of an infected file everybody concerned hears in the same transaction."""
    if not found:
        Document.objects.filter(pk=document.pk, scan=Document.Scan.PENDING).update(scan=Document.Scan.CLEAN)
        return
    log.warning("virus scanner refused a file", extra={"document": document.pk, "found": found})
    with transaction.atomic():
        timeline.record(
            document.case, INFECTED, by=None, now=now, obj=document, found=found[:100], text=document.filename
        )
        document.scan = Document.Scan.INFECTED
        document.save(update_fields=["scan"])
        kind = documents.kind_of(document)
        if kind and kind.infected:
            kind.infected(document, now)
        tell(document, document.uploaded_by, now=now)
        transaction.on_commit(lambda: _delete(document), robust=True)


def tell(document: Document, person: Any, *, now: datetime, url: str = "") -> None:
    """Tell somebody that a file was refused: once, whoever asks again. `url` is where to send another one."""
    if person is None:
        return
    outbox.queue(
        key=f"document_refused.{document.pk}.{person.pk}",
        to=person,
        template="document_refused",
        now=now,
        case=document.case,
        context={"filename": document.filename, "url": url or reverse("notices")},
    )


def _delete(document: Document) -> None:
    document.file.storage.delete(str(document.file.name))


# --- Before something is sent with its files ---------------------------------------------------------


def why_not_sent(not_passed: Iterable[Document]) -> str:
    """Why something cannot be sent with these files, which the scanner has not passed, in a sentence; "" without any."""
    not_passed = list(not_passed)
    infected = [row for row in not_passed if row.scan == Document.Scan.INFECTED]
    if infected:
        return refused_sentence(infected)
    if not_passed:
        return _(
            "The virus scanner has not looked at these files yet: %(names)s. Try again in a few minutes."
        ) % {"names": names_of(not_passed)}
    return ""


def refused_sentence(infected: Iterable[Document]) -> str:
    """What to do about files that the virus scanner refused."""
    return _(
        "The virus scanner refused these files: %(names)s. Take each out, or put another one in its place."
    ) % {"names": names_of(infected)}


def names_of(documents: Iterable[Document]) -> str:
    """Names of files in a sentence."""
    return ", ".join(f"“{row.filename}”" for row in documents)


# --- Afterwards --------------------------------------------------------------------------------------


def sweep(now: datetime) -> None:
    """Delete the bytes of infected files that a worker which died left behind."""
    for document in Document.objects.filter(scan=Document.Scan.INFECTED).iterator():
        if document.file.storage.exists(str(document.file.name)):
            _delete(document)


def sentence(_event: Event) -> str:
    """How it reads on the timeline; the name of the file stands below it."""
    return _("The virus scanner refused a file. Its content was deleted.")
