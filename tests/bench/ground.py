"""The ground that every benchmark stands on: a database of its own, and one that is its twin.

A twin is a copy made at one moment. What a page sent to the first database can then be sent to the twin by psycopg2
alone: the same statements, with the same parameters, on the same rows.
"""

import contextlib
import os
import tempfile
import time
from collections.abc import Iterator
from typing import Any

import psycopg2
from django.conf import settings
from django.db import connection, connections

from tests import database, queue

Statement = tuple[bool, str, Any]  # within a transaction, SQL, parameters


@contextlib.contextmanager
def own_database() -> Iterator[str]:
    """A fresh database and Redis number for this run; the environment names them, for processes that are started."""
    with queue.leased_number() as redis, tempfile.TemporaryDirectory() as media:
        os.environ["REDIS_URL"] = settings.REDIS_URL = settings.CELERY_BROKER_URL = redis
        os.environ["MEDIA_ROOT"] = media
        settings.STORAGES = {
            **settings.STORAGES,
            "default": {**settings.STORAGES["default"], "OPTIONS": {"location": media}},
        }
        name = database.create_run_database()
        default = connections["default"]
        default.close()
        home = default.settings_dict["NAME"]
        _name_everywhere(name)
        try:
            yield name
        finally:
            default.close()
            _name_everywhere(home)
            database.drop_run_database(name)


def _name_everywhere(name: str) -> None:
    """Which database Django uses, and whatever process is started."""
    connections["default"].settings_dict["NAME"] = name
    for variable in ("DATABASE_URL", "MIGRATION_DATABASE_URL"):
        os.environ[variable] = os.environ[variable].rpartition("/")[0] + f"/{name}"


@contextlib.contextmanager
def twin(name: str) -> Iterator[Any]:
    """A connection of psycopg2 to a copy of a database as it is now."""
    connection.close()
    copy = f"{name}_twin"
    home = _home()
    with home.cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{copy}"')
        cursor.execute(f'CREATE DATABASE "{copy}" TEMPLATE "{name}"')
    conf = connection.settings_dict
    bare = psycopg2.connect(
        host=conf["HOST"],
        port=conf["PORT"] or 5432,
        user=conf["USER"],
        password=conf["PASSWORD"],
        dbname=copy,
    )
    try:
        yield bare
    finally:
        bare.close()
        with home.cursor() as cursor:
            cursor.execute(f'DROP DATABASE "{copy}"')
        home.close()


def _home():
    """The owner's connection to the database from which copies are made: none of the two may be in use."""
    owner = database.owner_settings()
    found = psycopg2.connect(
        host=owner["HOST"], port=owner["PORT"] or 5432, user=owner["USER"], password=owner["PASSWORD"],
        dbname="postgres",
    )  # fmt: skip
    found.autocommit = True
    return found


@contextlib.contextmanager
def recorded() -> Iterator[list[Statement]]:
    """The statements that Django sends while this lasts."""
    sent: list[Statement] = []

    def note(execute, sql, params, many, context):
        sent.append((connection.in_atomic_block, sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield sent


def replay(bare: Any, sent: list[Statement]) -> float:
    """Send the same statements by psycopg2 alone, with the same commits; answers the seconds that it took."""
    begun = time.perf_counter()
    cursor = bare.cursor()
    for within, sql, params in sent:
        if bare.autocommit == within:
            if not bare.autocommit:
                bare.commit()
            bare.autocommit = not within
        cursor.execute(sql, params)
        if cursor.description:
            cursor.fetchall()
    if not bare.autocommit:
        bare.commit()
    cursor.close()
    return time.perf_counter() - begun
