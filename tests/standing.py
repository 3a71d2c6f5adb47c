"""A case that stands when each test of a module begins: made once for the module, and never committed.

To reach a state through the real transitions takes hundreds of queries; to go on from it, few. A module of which most
tests begin with the same case says so, and nothing else changes:

    pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("approved_stands")]

The first time that a test asks a factory for just that case (no group, call, moment or plan of its own) it gets the one
that stands; what it asks for more is made beside it. Each test's own transaction lies inside that of the module, so that
what a test did to the case is undone. A test that commits cannot be in such a module.
"""

import functools
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.db import connection, transaction
from django.db.models import Model
from django.test import override_settings
from django.utils import translation

from tests.clock import NOON

# What stands in this module, by the name of its factory, and where its files are; what of it this test did not ask for yet.
_standing: dict[str, tuple[Model, Path]] = {}
_waiting: dict[str, Model] = {}


def may_stand(make: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Lets a factory answer what stands. Its one argument says how to make; the usual way is that without any wish."""

    @functools.wraps(make)
    def made(how):
        if how == type(how)() and (row := _waiting.pop(make.__name__, None)):
            return type(row)._base_manager.get(pk=row.pk)
        return make(how)

    return made


@pytest.fixture(autouse=True)
def _as_it_stood(_own_files, tmp_path) -> None:
    """Each test may ask for the case anew, and has files of its own to change."""
    _waiting.clear()
    for name, (row, media) in _standing.items():
        _waiting[name] = row
        shutil.copytree(media, tmp_path / "media", dirs_exist_ok=True)


def _stands(name: str) -> Callable:
    """The fixture of a factory's case."""

    @pytest.fixture(scope="module", name=f"{name}_stands")
    def stands(request, django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[None]:
        _refuse_commits(request)
        from tests import factories_applications as factories

        media = tmp_path_factory.mktemp("media")
        place = {**settings.STORAGES["default"], "OPTIONS": {"location": media}}
        undone = transaction.atomic()
        with (
            django_db_blocker.unblock(),
            override_settings(STORAGES={**settings.STORAGES, "default": place}),
            time_machine.travel(NOON, tick=False),
            translation.override("en"),
        ):
            undone.__enter__()
            _waiting.clear()
            _standing[name] = getattr(factories, name)(factories.How()), media
            # What waits for the commit is asked now, once, and not again by each test.
            connection.check_constraints()
        yield
        del _standing[name]
        with django_db_blocker.unblock():
            transaction.set_rollback(True)
            undone.__exit__(None, None, None)

    return stands


def _refuse_commits(request) -> None:
    """A test that commits would find itself inside the module's transaction."""
    for item in request.session.items:
        marker = item.get_closest_marker("django_db")
        commits = {"transactional_db", "live_server"}.intersection(item.fixturenames)
        if item.path == request.path and (commits or (marker and marker.kwargs.get("transaction"))):
            raise AssertionError(f"{item.nodeid} commits: it belongs into a module where nothing stands")


filled_stands = _stands("filled")
submitted_stands = _stands("submitted")
in_review_stands = _stands("in_review")
recommended_stands = _stands("recommended")
approved_stands = _stands("approved")
