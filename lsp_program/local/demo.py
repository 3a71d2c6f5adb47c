"""`make demo`: the whole site with its demonstration world in one terminal, until Ctrl-C.

Everything that is started here ends here: when asked to, and also when one part dies.
"""

import argparse
import errno
import fcntl
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import IO

from lsp_program.local import servers
from lsp_program.local.environment import COMPILE, NO_FILE, ROOT, VAR, kept_secret
from lsp_program.local.processes import CannotStart, end_with_us, free_port, stop

BASE = VAR / "demo"
PASSWORD = "demo-2026-lsp"
ROLES = (
    ("representative", "writes and submits for a group"),
    ("member", "writes drafts with the representative"),
    ("coordinator", "reports on a project"),
    ("adviser", "helps groups to write"),
    ("reviewer1", "scores what is assigned"),
    ("reviewer2", "… the second reviewer"),
    ("officer", "checks, assigns, recommends, follows projects"),
    ("approver", "decides"),
    ("approver2", "… the second approver"),
    ("finance", "orders payments"),
    ("finance2", "… and confirms those that the other ordered"),
    ("auditor", "reads what they were given"),
    ("admin", "calls, people and roles"),
    ("admin2", "… the second admin"),
)
START_PATIENCE = 180.0
LOUDEST = threading.Lock()


def say(line: str = "") -> None:
    with LOUDEST:
        print(line, flush=True)


# --- Before anything is started --------------------------------------------------------------


@contextmanager
def alone() -> Iterator[None]:
    """One demonstration at a time in one checkout: they would share their data."""
    BASE.mkdir(parents=True, exist_ok=True)
    with (BASE / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise CannotStart(
                "The demonstration of this checkout is running already: stop it first (Ctrl-C)."
            ) from None
        yield


def check_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            taken = error.errno == errno.EADDRINUSE
            why = "is in use" if taken else f"cannot be used ({error.strerror})"
            other = port + 123 if port + 123 < 65_536 else 8123
            raise CannotStart(
                f"Port {port} {why}: take another one, for example make demo PORT={other}"
            ) from None


def settings_for(port: int, mail_port: int, addresses: servers.Addresses) -> dict[str, str]:
    """The environment of every process of the demonstration."""
    return {
        **os.environ,
        **addresses.environment(),
        "ENV_FILE": NO_FILE,
        "DJANGO_SETTINGS_MODULE": "lsp_program.settings",
        "SECRET_KEY": kept_secret("secret_key"),
        "TIMELINE_KEY": kept_secret("timeline_key"),
        "SITE_URL": f"http://localhost:{port}",
        "ALLOWED_HOSTS": "localhost,127.0.0.1,[::1]",
        "DEMO": "1",
        "DEBUG": "0",
        "STAFF_SECOND_FACTOR": "0",
        "EMAIL_URL": f"smtp://127.0.0.1:{mail_port}",
        "DEFAULT_FROM_EMAIL": "programme@demo.example",
        "LOG_LEVEL": "WARNING",
        "MEDIA_ROOT": str(BASE / "media"),
        "STATIC_ROOT": str(BASE / "static"),
        "PYTHONUNBUFFERED": "1",
        # Celery says that root should not run workers that read pickles: ours read JSON only.
        "PYTHONWARNINGS": "ignore",
    }


def manage(environment: dict[str, str], *arguments: str) -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=end_with_us(signal.SIGTERM),
        check=False,
    )
    if done.returncode:
        raise CannotStart(f"manage.py {arguments[0]} failed: see above.")


def compile_and_collect(environment: dict[str, str]) -> None:
    """The catalogues, and the static files under the names that browsers may keep."""
    manage(environment, *COMPILE)
    manage(environment, "collectstatic", "--no-input", "--verbosity=0")


def prepare(environment: dict[str, str], *, empty: bool) -> None:
    """Files, database, and the world, unless it is there from an earlier start."""
    compile_and_collect(environment)
    manage(environment, "set_up_database", "--verbosity=0")
    if not empty:
        say("The demonstration world …")
        manage(environment, "demo")


# --- The processes ---------------------------------------------------------------------------


class Child:
    """One process of the demonstration; its lines appear under its name."""

    def __init__(self, name: str, command: list[str], environment: dict[str, str]):
        self.name = name
        self.process = subprocess.Popen(
            [sys.executable, "-m", *command],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            # A session of its own: Ctrl-C reaches us alone, and we end all in order.
            start_new_session=True,
            preexec_fn=end_with_us(signal.SIGTERM),
        )
        threading.Thread(target=self._repeat, args=(self.process.stdout,), daemon=True).start()

    def _repeat(self, lines: IO[bytes]) -> None:
        for line in lines:
            say(f"{self.name:9} | {line.decode(errors='replace').rstrip()}")

    def ask_to_end(self) -> None:
        if self.process.poll() is None:
            self.process.terminate()

    def end(self) -> None:
        stop(self.process)
        # What it had started itself.
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)


def end_all(children: list[Child]) -> None:
    for child in children:
        child.ask_to_end()
    for child in children:
        child.end()


def commands(port: int, mail_port: int, page_port: int) -> dict[str, list[str]]:
    celery = ["celery", "--app", "lsp_program", "--quiet"]
    folder = str(BASE / "mail")
    return {
        "mail": [
            "lsp_program.local.mail", "--smtp", str(mail_port), "--web", str(page_port), "--folder", folder,
        ],
        "web": [
            "gunicorn", "--config", "docker/gunicorn.conf.py", "--workers", "2", "--graceful-timeout", "3",
            "--bind", f"127.0.0.1:{port}", "lsp_program.wsgi",
        ],
        "worker": [
            *celery, "worker", "--concurrency", "2", "--loglevel", "warning", "--without-gossip", "--without-mingle",
        ],
        "scheduler": [
            *celery, "beat", "--loglevel", "warning", "--schedule", str(BASE / "beat"), "--pidfile", "",
        ],
    }  # fmt: skip


def wait_for_site(port: int, children: list[Child]) -> None:
    give_up = time.monotonic() + START_PATIENCE
    while time.monotonic() < give_up and all(child.process.poll() is None for child in children):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise CannotStart("The site did not come up: see above.")


class Asked(Exception):
    """We were asked to end before the site was up."""


class Ending:
    """Notes that we were asked to end (Ctrl-C, SIGTERM), once; while the site comes up, that interrupts it."""

    def __init__(self) -> None:
        self.asked, self.may_interrupt = threading.Event(), True
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self)

    def __call__(self, _number: int, _frame: object) -> None:
        first = not self.asked.is_set()
        self.asked.set()
        if first and self.may_interrupt:
            raise Asked

    def wait(self, processes: dict[str, subprocess.Popen]) -> str:
        """Wait until we are asked to end (answers "") or a part ends by itself (answers its name)."""
        while not self.asked.wait(0.5):
            for name, process in processes.items():
                if process.poll() is not None:
                    return name
        return ""


def greet(port: int, page_port: int) -> None:
    say()
    say(f"  LSP is running:  http://localhost:{port}/")
    say(f"  Messages sent:   http://localhost:{page_port}/")
    say()
    say(f"  Log in with one of these; the password of all is {PASSWORD}")
    for name, does in ROLES:
        say(f"    {name + '@demo.example':32} {does}")
    say()
    say("  Ctrl-C ends everything; the data stay for the next start (remove var/demo to begin anew).")
    say()


def run(port: int, ending: Ending, *, empty: bool) -> int:
    with alone():
        check_port(port)
        page_port = port + 1 if _is_free(port + 1) else free_port()
        with servers.running(BASE, kept=True) as (addresses, ours):
            mail_port = free_port()
            environment = settings_for(port, mail_port, addresses)
            prepare(environment, empty=empty)
            children: list[Child] = []
            try:
                for name, command in commands(port, mail_port, page_port).items():
                    children.append(Child(name, command, environment))
                wait_for_site(port, children)
                greet(port, page_port)
                ending.may_interrupt = False
                ended = ending.wait({**ours, **{child.name: child.process for child in children}})
            finally:
                ending.may_interrupt = False
                end_all(children)
    if ended:
        say(f"“{ended}” ended by itself, so everything else was ended too.")
        return 1
    say("Everything has ended.")
    return 0


def _is_free(port: int) -> bool:
    try:
        check_port(port)
    except (CannotStart, OverflowError):
        return False
    return True


def main() -> int:
    parser = argparse.ArgumentParser(prog="make demo")
    parser.add_argument("--port", default="8000")
    parser.add_argument("--empty", action="store_true", help="without the demonstration world")
    options = parser.parse_args()
    given = options.port
    try:
        ending = Ending()
        if not given.isdecimal() or not 1 <= int(given) <= 65_535:
            raise CannotStart(f"PORT must be a number from 1 to 65535, not “{given}”.")
        return run(int(given), ending, empty=options.empty)
    except CannotStart as reason:
        say(f"make demo: {reason}")
        return 1
    except Asked:
        say("Everything has ended.")
        return 0


if __name__ == "__main__":
    sys.exit(main())
