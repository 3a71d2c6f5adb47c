"""PostgreSQL and Redis on this machine: found where they are named, else started here and ended with us.

Each server for itself: its address in the environment; else the machine's own binaries; else those that a Python
package brings (the dependency group `local`). What is started listens on loopback only, on a free port.
"""

import os
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

import psycopg2
import redis

from lsp_program.local.postgres import (
    Postgres,
    forget,
    machines_postgres,
    make_database,
    packaged_postgres,
    reachable,
)
from lsp_program.local.processes import CannotStart, server_user
from lsp_program.local.redis_server import Redis, machines_redis, packaged_redis


class Addresses(NamedTuple):
    """What a site needs to know of its servers."""

    database_url: str
    migration_database_url: str
    redis_url: str

    def environment(self) -> dict[str, str]:
        return {name.upper(): value for name, value in self._asdict().items()}


def named_database() -> tuple[str, str] | None:
    """The two addresses of a database that the environment names."""
    names = ("DATABASE_URL", "MIGRATION_DATABASE_URL")
    application, owner = (os.environ.get(name, "") for name in names)
    if not application and not owner:
        return None
    if not (application and owner):
        raise CannotStart("DATABASE_URL and MIGRATION_DATABASE_URL go together: set both, or none.")
    try:
        psycopg2.connect(owner).close()
    except psycopg2.Error as error:
        why = str(error).strip().splitlines()[0]
        raise CannotStart(f"The server of MIGRATION_DATABASE_URL does not answer: {why}") from None
    return application, owner


def named_redis() -> str | None:
    url = os.environ.get("REDIS_URL", "")
    if url:
        try:
            redis.Redis.from_url(url, socket_timeout=5, socket_connect_timeout=5).ping()
        except (redis.RedisError, ValueError) as error:
            raise CannotStart(f"The server of REDIS_URL does not answer: {error}") from None
    return url or None


@contextmanager
def running(
    base: Path, *, kept: bool, machine: bool = True, durable: bool = False
) -> Iterator[tuple[Addresses, dict[str, subprocess.Popen]]]:
    """Both servers, and the processes among them that are ours by name, for as long as this lasts.

    `base` holds the data, which stay only when `kept`; `machine` False looks at the packages alone; `durable` as
    `Postgres` says.
    """
    with ExitStack() as ending:
        ours: dict[str, subprocess.Popen] = {}
        database = named_database() if machine else None
        if database is None:
            binaries = (machines_postgres() if machine else None) or packaged_postgres()
            if binaries is None:
                raise CannotStart(
                    "PostgreSQL 15 or later is not here: install it, or set DATABASE_URL and MIGRATION_DATABASE_URL."
                )
            user = server_user()
            if not kept:
                ending.callback(forget, base)
            reached = ending.enter_context(reachable(binaries, user))
            postgres = Postgres(reached, base, user, kept=kept, durable=durable)
            ending.callback(postgres.stop)
            ours["postgres"] = postgres.start()
            database = make_database(postgres, "lsp")
        redis_url = named_redis() if machine else None
        if redis_url is None:
            binary = (machines_redis() if machine else None) or packaged_redis()
            if binary is None:
                raise CannotStart("Redis is not here: install it, or set REDIS_URL.")
            server = Redis(binary)
            ending.callback(server.stop)
            ours["redis"] = server.start()
            redis_url = server.url
        yield Addresses(*database, redis_url), ours
