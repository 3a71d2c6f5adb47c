"""Processes that are started here, end with us, and run as somebody who may."""

import ctypes
import os
import pwd
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

# How long a server may take to come up, in seconds.
PATIENCE = 60.0


class CannotStart(Exception):
    """Something on this machine stands in the way; the sentence says what to do."""


def end_with_us(how: signal.Signals) -> Callable[[], None]:
    """For a child that must not outlive this process, even when this one is killed (Linux)."""
    if not sys.platform.startswith("linux"):
        return lambda: None
    prctl, set_parent_death_signal = ctypes.CDLL(None, use_errno=True).prctl, 1
    return lambda: prctl(set_parent_death_signal, int(how)) and None


def stop(process: subprocess.Popen, how: signal.Signals = signal.SIGTERM, patience: float = 15.0) -> None:
    """End a process that we started, kindly at first."""
    for number in (how, signal.SIGKILL):
        if process.poll() is None:
            process.send_signal(number)
            try:
                process.wait(timeout=patience)
            except subprocess.TimeoutExpired:
                continue


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def server_user() -> str | None:
    """PostgreSQL refuses root: the user to run it as, or None when we are not root."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name).pw_name
        except KeyError:
            continue
    raise CannotStart(
        "PostgreSQL cannot run as root, and there is no user “postgres” or “nobody” to run it as."
    )


def can_enter(folder: Path, user: str | None) -> bool:
    """Whether a user can get into a folder, through all that lie above it."""
    done = subprocess.run(
        ["/bin/sh", "-c", 'cd "$1"', "sh", str(folder)], user=user, stderr=subprocess.DEVNULL, check=False
    )
    return done.returncode == 0
