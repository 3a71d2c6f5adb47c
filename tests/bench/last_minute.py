"""The last minute of a call: 500 groups send at once, to real web processes; the call closes while they wait.

None is lost, none counts twice, nobody is refused who arrived in time; and all at once they are served about as fast as
a few who wait for one another would be.
"""

import http.client
import threading
import time
import urllib.parse
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from django.middleware.csrf import _get_new_csrf_string
from django.urls import reverse

from applications.models import Application, Call, Submission
from core import dates
from core.models import Message
from tests import database
from tests.bench import report
from tests.factories_applications import DAY, draft, fill, make_call
from tests.factories_groups import make_group
from tests.web import WebServer

GROUPS = 500
CALIBRATION = 120
WORKERS, THREADS = 2, 4
TWICE = 10  # every tenth sends twice at the same moment
MINUTE = 60.0


@dataclass
class Sender:
    """One representative at the button: the cookie of their session and what the form sends."""

    application: int
    version: int
    session: str
    token: str
    status: int = 0
    place: str = ""
    seconds: float = 0.0

    def send(self, port: int) -> None:
        """Send it, as a proxy passes it on: with the moment at which it arrived."""
        body = urllib.parse.urlencode(
            {"csrfmiddlewaretoken": self.token, "version": self.version, "declared": "on"}
        )
        begun = time.time()
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Cookie": f"{settings.SESSION_COOKIE_NAME}={self.session}; {settings.CSRF_COOKIE_NAME}={self.token}",
            "X-Request-Start": f"t={begun:.3f}",
            "Host": f"localhost:{port}",
        }
        server = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        try:
            server.request("POST", reverse("application_submit", args=[self.application]), body, headers)
            answer = server.getresponse()
            answer.read()
            self.status, self.place = answer.status, answer.headers.get("Location", "")
        finally:
            server.close()
        self.seconds = time.time() - begun


def measure(name: str) -> None:
    now = dates.now()
    call = make_call(opens_at=now - 20 * DAY, closes_at=now + DAY)
    senders = [_sender(call, number) for number in range(GROUPS + CALIBRATION)]
    calibration, burst = senders[:CALIBRATION], senders[CALIBRATION:]
    again = [Sender(s.application, s.version, s.session, s.token) for s in burst[::TWICE]]
    web = WebServer(workers=WORKERS, threads=THREADS, TRUST_REQUEST_START="1")
    web.start()
    try:
        alone = _closed_loop(calibration, web.port)
        assert all("receipt" in sender.place for sender in calibration), "the calibration was refused"
        _close_in(call, name, seconds=2.0)
        together = _all_at_once([*burst, *again], web.port)
    finally:
        web.stop()
    _report(call, burst, again, alone, together)


def _sender(call: Call, number: int) -> Sender:
    now = dates.now()
    group = make_group(name=f"Group {number}")
    application = fill(draft(group=group, call=call, now=now), now=now)
    user = group.representative
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[-1]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return Sender(application.pk, application.version, session.session_key, _get_new_csrf_string())


def _closed_loop(senders: list[Sender], port: int) -> float:
    """As many at a time as can be served; each next one when one has its answer. Answers how many a second."""
    waiting, lock = list(senders), threading.Lock()

    def work() -> None:
        while True:
            with lock:
                if not waiting:
                    return
                sender = waiting.pop()
            sender.send(port)

    begun = time.monotonic()
    threads = [threading.Thread(target=work) for _ in range(WORKERS * THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(senders) / (time.monotonic() - begun)


def _all_at_once(senders: list[Sender], port: int) -> float:
    """Everybody at the same moment. Answers the seconds until the last has an answer."""
    gate = threading.Barrier(len(senders) + 1)

    def work(sender: Sender) -> None:
        gate.wait()
        sender.send(port)

    threads = [threading.Thread(target=work, args=[sender]) for sender in senders]
    for thread in threads:
        thread.start()
    gate.wait()
    begun = time.monotonic()
    for thread in threads:
        thread.join()
    return time.monotonic() - begun


def _close_in(call: Call, name: str, *, seconds: float) -> None:
    """Let the call close in so many seconds: only the owner can, with the trigger off, that days are only extended."""
    at = dates.now() + DAY * (seconds / DAY.total_seconds())
    owner = database.connect_as_owner(name)
    with owner.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute("ALTER TABLE applications_call DISABLE TRIGGER call_stands")
        cursor.execute("UPDATE applications_call SET closes_at = %s WHERE id = %s", [at, call.pk])
        cursor.execute("ALTER TABLE applications_call ENABLE TRIGGER call_stands")
        cursor.execute("COMMIT")
    owner.close()


def _report(call: Call, burst: list[Sender], again: list[Sender], alone: float, together: float) -> None:
    ours = [sender.application for sender in burst]
    sent = Submission.objects.filter(application__in=ours)
    submitted = Application.objects.filter(pk__in=ours, status="submitted", case__reference__isnull=False)
    heard = {s.application for s in [*burst, *again] if s.status == 302 and "receipt" in s.place}
    references = submitted.values("case__reference").distinct().count()
    receipts = Message.objects.filter(template__in=["application_received", "application_submitted"])
    refused = sum(s.application not in heard for s in burst)
    report.figure("last minute: groups refused that arrived in time", refused, goal=0)
    report.figure("last minute: groups lost", GROUPS - submitted.count(), goal=0)
    report.figure("last minute: submissions more than groups", sent.count() - GROUPS, goal=0)
    report.figure("last minute: numbers given twice", submitted.count() - references, goal=0)
    report.figure("last minute: groups without a receipt on its way", GROUPS - _told(receipts, ours), goal=0)
    report.figure(f"last minute: seconds for {GROUPS} groups", together, goal=MINUTE, unit=" s")
    rate = (len(burst) + len(again)) / together
    report.figure(
        "last minute: all at once against one after another", rate / alone, goal=0.9, at_least=True, unit="×"
    )
    connection.close()


def _told(receipts, applications: list[int]) -> int:
    cases = Application.objects.filter(pk__in=applications).values("case_id")
    return receipts.filter(case__in=cases).values("case_id").distinct().count()
