"""The virus scanner: files wait for its word, an outage lets nothing pass, an infected file is gone and told of."""

import datetime as dt
import socket
import struct
import threading

import pytest
from django.urls import reverse

from core import clamd, documents, scanning
from core.models import Document, Message
from tests.clock import NOON
from tests.core.files import PDF, upload
from tests.factories import make_case

VIRUS = PDF + b"EICAR" + b"\n%%EOF\n"


class Scanner:
    """A little server that speaks the protocol of clamd: it finds "EICAR", or misbehaves as it is told to."""

    def __init__(self):
        self.server = socket.create_server(("127.0.0.1", 0))
        self.url = f"tcp://127.0.0.1:{self.server.getsockname()[1]}"
        self.answer: bytes | None = None
        self.hangs = self.breaks = False
        self.heard: list[bytes] = []
        self.ending = threading.Event()
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while True:
            try:
                line, _address = self.server.accept()
            except OSError:
                return
            with line:
                self._talk(line)

    def _talk(self, line):
        try:
            with line.makefile("rb") as said:
                assert said.read(10) == b"zINSTREAM\0"
                if self.breaks:
                    return
                body = b""
                while length := struct.unpack(">I", said.read(4))[0]:
                    body += said.read(length)
                self.heard.append(body)
                if self.hangs:
                    self.ending.wait(10)
                    return
                found = b"stream: Win.Test.EICAR FOUND\0" if b"EICAR" in body else b"stream: OK\0"
                line.sendall(found if self.answer is None else self.answer)
        except OSError:
            return

    def end(self):
        self.ending.set()
        self.server.close()


@pytest.fixture
def scanner(settings):
    made = Scanner()
    settings.CLAMD_URL = made.url
    yield made
    made.end()


@pytest.fixture
def nobody(settings):
    """A place where nobody takes the call."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    settings.CLAMD_URL = f"tcp://127.0.0.1:{port}"


# --- The conversation --------------------------------------------------------------------------------


def test_a_clean_file_and_an_infected_one(scanner):
    assert clamd.scan(scanner.url, [b"a" * 200_000, b"b"]) == ""
    assert scanner.heard == [b"a" * 200_000 + b"b"]
    assert clamd.scan(scanner.url, [VIRUS]) == "Win.Test.EICAR"


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"\0",
        b"INSTREAM size limit exceeded. ERROR\0",
        b"stream: FOUND OK but not so\0",
        b"stream: OK, more or less\0",
        b"OK\0",
        b"x" * 100_000,
        b"\xff\xfe\0",
    ],
)
def test_only_the_words_that_say_so_mean_clean(scanner, answer):
    scanner.answer = answer
    with pytest.raises(clamd.NoAnswer):
        clamd.scan(scanner.url, [PDF])


def test_who_hangs_or_breaks_off_is_left_in_time(scanner):
    scanner.hangs = True
    with pytest.raises(clamd.NoAnswer, match="TimeoutError"):
        clamd.scan(scanner.url, [PDF], seconds=0.2)
    scanner.end()


def test_who_breaks_off_has_said_nothing(scanner):
    scanner.breaks = True
    with pytest.raises(clamd.NoAnswer):
        clamd.scan(scanner.url, [b"x" * 1_000_000] * 50, seconds=5)


def test_nobody_there(nobody, settings, tmp_path):
    for url in (settings.CLAMD_URL, f"unix://{tmp_path}/clamd.sock"):
        with pytest.raises(clamd.Unreachable):
            clamd.scan(url, [PDF])


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("tcp://clamav:3310", ("clamav", 3310)),
        ("tcp://127.0.0.1", ("127.0.0.1", 3310)),
        ("unix:///run/clamav/clamd.sock", "/run/clamav/clamd.sock"),
        ("unix:/run/clamd.ctl", "/run/clamd.ctl"),
    ],
)
def test_a_place(url, place):
    assert clamd.place(url) == place


@pytest.mark.parametrize(
    "url", ["clamav:3310", "http://clamav", "tcp://", "unix://", "tcp://x:99999", "tcp://x/y", "unix://h/x"]
)
def test_what_names_no_place(url):
    with pytest.raises(ValueError):  # noqa: PT011
        clamd.place(url)


# --- Documents ---------------------------------------------------------------------------------------


@pytest.fixture
def keep(db, stranger):
    """Stores what a person uploads; one person may read it."""
    told = []
    documents.register(
        "test",
        can_read=lambda user, _document: user == stranger,
        label="Test",
        infected=lambda document, _now: told.append(document.pk),
    )

    def made(body=PDF, name="acta.pdf") -> Document:
        return documents.store(
            case=make_case(), kind="test", owner_id=1, upload=upload(name, body), by=stranger, now=NOON
        )

    made.told = told
    return made


def test_without_a_scanner_nothing_changes(keep, settings):
    settings.CLAMD_URL = ""
    document = keep()
    assert (document.scan, documents.why_closed(document)) == ("", "")
    assert scanning.run_waiting(NOON) == 0


def test_a_file_waits_and_nobody_has_it_before(keep, scanner, signed_in, stranger):
    document = keep()
    assert document.scan == "pending"
    page = signed_in(stranger).get(reverse("document", args=[document.pk]))
    assert page.status_code == 409
    assert "is being checked by the virus scanner" in page.text
    with pytest.raises(documents.NotScanned):
        documents.open_file(document)
    assert scanning.run_waiting(NOON) == 1
    assert scanner.heard == [PDF]
    answer = signed_in(stranger).get(reverse("document", args=[document.pk]))
    assert (answer.status_code, b"".join(answer.streaming_content)) == (200, PDF)
    assert scanning.run_waiting(NOON) == 0


def test_what_the_system_made_needs_no_scanner(db, scanner):
    document = documents.store_bytes(
        case=make_case(), kind="test", owner_id=1, filename="a.pdf", content_type="application/pdf",
        data=PDF, by=None, now=NOON,
    )  # fmt: skip
    assert document.scan == ""


def test_an_infected_file_is_gone_and_told_of(
    keep, scanner, signed_in, stranger, django_capture_on_commit_callbacks
):
    document = keep(VIRUS, "nómina 😀.pdf")
    with django_capture_on_commit_callbacks(execute=True):
        scanning.run_waiting(NOON)
    document.refresh_from_db()
    assert document.scan == "infected"
    assert not document.file.storage.exists(document.file.name)
    page = signed_in(stranger).get(reverse("document", args=[document.pk]))
    assert page.status_code == 410
    assert "Its content was deleted" in page.text or "its content was deleted" in page.text
    (event,) = document.case.events.all()
    assert (event.action, event.data["found"], event.text.text) == (
        "document.infected",
        "Win.Test.EICAR",
        "nómina 😀.pdf",
    )
    (message,) = Message.objects.all()
    assert (message.recipient, message.template) == (stranger, "document_refused")
    assert keep.told == [document.pk]
    assert scanning.run_waiting(NOON) == 0


def test_bytes_that_a_dead_worker_left_behind_are_swept(keep, scanner):
    document = keep(VIRUS)
    scanning.run_waiting(NOON)  # in the test's transaction: what follows the commit does not happen
    assert document.file.storage.exists(document.file.name)
    scanning.sweep(NOON)
    assert not document.file.storage.exists(document.file.name)
    scanning.sweep(NOON)


@pytest.mark.parametrize("trouble", ["nobody", "error", "breaks"])
def test_an_outage_lets_nothing_pass_and_is_tried_again(keep, scanner, settings, trouble):
    document = keep(VIRUS)
    if trouble == "nobody":
        settings.CLAMD_URL = "tcp://127.0.0.1:9"
    scanner.answer = b"ERROR\0" if trouble == "error" else None
    scanner.breaks = trouble == "breaks"
    assert scanning.run_waiting(NOON) == 0
    document.refresh_from_db()
    assert document.scan == "pending"
    settings.CLAMD_URL, scanner.answer, scanner.breaks = scanner.url, None, False
    assert scanning.run_waiting(NOON + dt.timedelta(minutes=1)) == 1
    document.refresh_from_db()
    assert document.scan == "infected"


def test_after_a_few_silences_the_others_wait(keep, scanner):
    scanner.breaks = True
    for number in range(5):
        keep(PDF, f"{number}.pdf")
    scanning.run_waiting(NOON)
    assert not scanner.heard
    assert Document.objects.filter(scan="pending").count() == 5


def test_a_scanner_that_was_taken_away_leaves_files_waiting(keep, scanner, settings):
    document = keep()
    settings.CLAMD_URL = ""
    assert scanning.run_waiting(NOON) == 0
    assert documents.why_closed(document)


def test_a_file_that_is_gone_stays_waiting_and_harms_no_other(keep, scanner):
    lost, there = keep(PDF, "lost.pdf"), keep(PDF, "there.pdf")
    lost.file.storage.delete(lost.file.name)
    assert scanning.run_waiting(NOON) == 1
    lost.refresh_from_db()
    there.refresh_from_db()
    assert (lost.scan, there.scan) == ("pending", "clean")


@pytest.mark.django_db(transaction=True)
def test_a_file_is_scanned_by_one_worker(scanner, stranger):
    """What another worker has in hand is left to it."""
    from django.db import connection

    document = documents.store(
        case=make_case(), kind="test", owner_id=1, upload=upload(), by=stranger, now=NOON
    )
    held, let_go = threading.Event(), threading.Event()

    def other_worker():
        with scanning._alone(document.pk) as mine:
            assert mine
            held.set()
            let_go.wait(10)
        connection.close()

    worker = threading.Thread(target=other_worker)
    worker.start()
    held.wait(10)
    assert scanning.run_waiting(NOON) == 0
    let_go.set()
    worker.join()
    assert scanning.run_waiting(NOON) == 1
