"""A Redis number for each process of the tests."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import redis

from tests.database import alive

NUMBERS = range(1, 16)  # 0 is the server's own user's: development, the leases
PATIENCE = 60.0


def _lease(home: redis.Redis) -> int:
    """Take a number that nobody holds, or whose holder is gone."""
    for number in NUMBERS:
        key = f"lsp-tests:{number}"
        holder = home.get(key)
        if holder is not None and not alive(holder.decode()):
            home.delete(key)
        if home.set(key, str(os.getpid()), nx=True):
            return number
    return 0


@contextmanager
def leased_number() -> Iterator[str]:
    """The address of an empty Redis number, for this process alone."""
    parts = urlsplit(os.environ["REDIS_URL"])
    home = redis.Redis.from_url(parts._replace(path="/0").geturl())
    give_up = time.monotonic() + PATIENCE
    while not (number := _lease(home)):
        if time.monotonic() > give_up:
            raise RuntimeError("every Redis number is taken by other runs of the tests")
        time.sleep(1)
    url = parts._replace(path=f"/{number}").geturl()
    mine = redis.Redis.from_url(url)
    mine.flushdb()
    try:
        yield url
    finally:
        mine.flushdb()
        home.delete(f"lsp-tests:{number}")
        mine.close()
        home.close()
