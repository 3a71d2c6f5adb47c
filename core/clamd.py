"""Talking to ClamAV's daemon: one file, one answer, within a bounded time. Knows nothing of Django.

Only the words that say so mean clean: a silence, a refusal or anything that we do not understand is no answer.
"""

import socket
import struct
import time
from collections.abc import Iterable
from urllib.parse import urlsplit

CONNECT_SECONDS = 3.0
SECONDS = 45.0
CHUNK = 64 * 1024
LONGEST_ANSWER = 4096


class Unreachable(Exception):
    """Nobody takes the call: no file's fault."""


class NoAnswer(Exception):
    """The call was taken, and nothing that we understand was said about this file."""


def place(url: str) -> tuple[str, int] | str:
    """Where the daemon listens: (host, port), or the path of its socket. ValueError for what names no place."""
    parts = urlsplit(url)
    if parts.scheme == "tcp" and parts.hostname and parts.path in ("", "/"):
        return parts.hostname, parts.port or 3310
    if parts.scheme == "unix" and not parts.netloc and len(parts.path) > 1:
        return parts.path
    raise ValueError(url)


def scan(url: str, chunks: Iterable[bytes], *, seconds: float = SECONDS) -> str:
    """What the daemon found in these bytes: the name that it gives it, or "" when they are clean.

    Raises Unreachable or NoAnswer; then nothing is known of the file.
    """
    ends = time.monotonic() + seconds
    with _call(url, min(CONNECT_SECONDS, seconds)) as line:
        try:
            _send(line, b"zINSTREAM\0", ends)
            for chunk in chunks:
                for at in range(0, len(chunk), CHUNK):
                    piece = chunk[at : at + CHUNK]
                    _send(line, struct.pack(">I", len(piece)) + piece, ends)
            _send(line, struct.pack(">I", 0), ends)
            answer = _hear(line, ends)
        except OSError as error:  # a time-out is one
            raise NoAnswer(type(error).__name__) from error
    if answer == "stream: OK":
        return ""
    if answer.startswith("stream: ") and answer.endswith(" FOUND"):
        return answer.removeprefix("stream: ").removesuffix(" FOUND").strip() or "?"
    raise NoAnswer(answer[:200] or "an empty answer")


def _call(url: str, seconds: float) -> socket.socket:
    where = place(url)
    try:
        if isinstance(where, tuple):
            return socket.create_connection(where, timeout=seconds)
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        line.settimeout(seconds)
        try:
            line.connect(where)
        except OSError:
            line.close()
            raise
        return line
    except OSError as error:
        raise Unreachable(type(error).__name__) from error


def _send(line: socket.socket, data: bytes, ends: float) -> None:
    line.settimeout(_left(ends))
    line.sendall(data)


def _hear(line: socket.socket, ends: float) -> str:
    """The answer, to its closing zero."""
    heard = b""
    while not heard.endswith(b"\0") and len(heard) < LONGEST_ANSWER:
        line.settimeout(_left(ends))
        more = line.recv(LONGEST_ANSWER)
        if not more:
            break
        heard += more
    return heard.partition(b"\0")[0].decode("utf-8", "replace").strip()


def _left(ends: float) -> float:
    left = ends - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left
