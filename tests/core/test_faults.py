"""Workers that are killed in the middle of their work, for real: nothing is lost, nothing is done twice but where the
mail server had the text already."""

import os
import signal
import subprocess
import sys
from collections import Counter

import pytest
from django.conf import settings

from core import jobs, outbox
from core.models import Job, Message
from tests.clock import NOON
from tests.core.mail_server import MailServer
from tests.core.test_outbox import letter, queue

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def start(script: str, **environment: str) -> subprocess.Popen:
    """A process of its own, on the database of this run."""
    return subprocess.Popen(
        [sys.executable, "-c", f"import django; django.setup()\n{script}"],
        cwd=settings.BASE_DIR,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "lsp_program.settings", **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


@pytest.fixture
def server():
    made = MailServer()
    yield made
    made.stop()


def send_and_die(server: MailServer, dies_at: int) -> None:
    """Start a worker that is killed when the mail server has the text of that message."""
    at = f"dt.datetime.fromisoformat('{NOON.isoformat()}')"
    worker = start(
        f"import datetime as dt; from core import outbox; outbox.send_due({at})",
        EMAIL_URL=f"smtp://127.0.0.1:{server.port}",
    )
    seen = []

    def kill():
        seen.append(1)
        if len(seen) == dies_at:
            os.kill(worker.pid, signal.SIGKILL)
            worker.wait(10)

    server.on_text = kill
    assert worker.wait(60) == -signal.SIGKILL
    server.on_text = lambda: None


def use(settings, server: MailServer) -> None:
    settings.MAILERS = {
        "default": {
            "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "OPTIONS": {"host": "127.0.0.1", "port": server.port, "timeout": 2},
        }
    }


def test_of_what_a_killed_worker_was_sending_one_message_is_in_doubt(server, settings):
    for number in range(6):
        queue(str(number))
    send_and_die(server, dies_at=3)
    assert Message.objects.filter(sent_at=None).count() == 4
    use(settings, server)
    assert outbox.send_due(NOON) == 0  # the lease of the dead still runs
    assert outbox.send_due(NOON + outbox.LEASE) == 4
    copies = Counter(letter(text)["Message-ID"] for text in server.received)
    assert len(copies) == 6
    assert sorted(copies.values()) == [1, 1, 1, 1, 1, 2]
    assert sorted(Message.objects.values_list("doubts", flat=True)) == [0, 0, 0, 0, 0, 1]


def test_a_job_whose_worker_was_killed_is_done_by_the_next(stranger):
    jobs.ask(kind="export", key="x", by=stranger, now=NOON)
    worker = start(
        "import datetime as dt, sys, time; from core import jobs\n"
        "def work(job, progress):\n    progress(1, 3); print('at work', flush=True); time.sleep(60)\n"
        "jobs.register('export', work, 'Export')\n"
        f"jobs.run_waiting(dt.datetime.fromisoformat('{NOON.isoformat()}'))"
    )
    assert b"at work" in worker.stdout.readline()
    worker.kill()
    worker.wait(10)
    assert (Job.objects.get().state, Job.objects.get().done_steps) == ("running", 1)
    done = []
    jobs.register("export", lambda job, _progress: done.append(job.pk), "Export")
    assert jobs.run_waiting(NOON) == 0
    assert jobs.run_waiting(NOON + 2 * jobs.LEASE) == 1
    assert (Job.objects.get().state, len(done)) == ("done", 1)


def test_a_transaction_whose_process_was_killed_has_told_nobody(stranger):
    """Killed before the commit: neither the state nor the message. After it: both."""
    for commits in (False, True):
        process = start(
            "import os, signal; from django.db import transaction; from core import outbox, doorbell, dates\n"
            "doorbell.ring = lambda task: os.kill(os.getpid(), signal.SIGKILL)\n"
            "with transaction.atomic():\n"
            f"    outbox.queue(key='{commits}', template='invitation', now=dates.now(), address='a@lsp.example')\n"
            f"    {commits} or os.kill(os.getpid(), signal.SIGKILL)\n"
        )
        assert process.wait(60) == -signal.SIGKILL
        assert Message.objects.filter(key=str(commits)).exists() == commits
