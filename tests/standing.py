"""A case that stands when each test of a module begins: made once for the module, and never committed.

To reach a state through the real transitions takes hundreds of queries; to go on from it, few. A module of which most
tests begin with the same case says so, and nothing else changes:

    pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("approved_stands")]

The first time that a test asks a factory for just that case (no group, call, moment or plan of its own) it gets the one
that stands; what it asks for more is made beside it. A module whose tests begin with something else makes that itself:

    three_stand = standing.made_once(make_three)

    @pytest.fixture
    def three(three_stand):
        return standing.again(three_stand)

Each test's own transaction lies inside that of the module, so that
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

# What stands in this module by the name of its factory, and what of it this test did not ask for yet; its files.
_standing: dict[str, Model] = {}
_waiting: dict[str, Model] = {}
_media: list[Path] = []


def may_stand(make: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Lets a factory answer what stands. Its one argument says how to make; the usual way is that without any wish."""

    @functools.wraps(make)
    def made(how):
        if how == type(how)() and (row := _waiting.pop(make.__name__, None)):
            return again(row)
        return make(how)

    return made


def again(row: Any) -> Any:
    """What stands, read anew: a row, or several."""
    if isinstance(row, list | tuple):
        return [again(each) for each in row]
    return type(row)._base_manager.get(pk=row.pk)


@pytest.fixture(autouse=True)
def _as_it_stood(_own_files, tmp_path) -> None:
    """Each test may ask for the case anew, and has files of its own to change."""
    _waiting.clear()
    _waiting.update(_standing)
    for media in _media:
        shutil.copytree(media, tmp_path / "media", dirs_exist_ok=True)


def made_once(make: Callable[[], Any], name: str = "") -> Callable:
    """The fixture of rows that stand for a module: made at noon, before its first test. With a name they are what the
    factory of that name answers."""

    @pytest.fixture(scope="module", name=f"{name}_stands" if name else None)
    def stands(request, django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[Any]:
        _refuse_commits(request)
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
            row = make()
            # What waits for the commit is asked now, once, and not again by each test.
            connection.check_constraints()
        _media.append(media)
        if name:
            _standing[name] = row
        yield row
        _media.remove(media)
        _standing.pop(name, None)
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


def _of(name: str) -> Callable:
    """The fixture of a factory's usual case."""

    def make() -> Model:
        from tests import factories_applications, factories_grants

        if name == "active":
            return factories_grants.active(factories_grants.Wish())
        return getattr(factories_applications, name)(factories_applications.How())

    return made_once(make, name)


filled_stands = _of("filled")
submitted_stands = _of("submitted")
in_review_stands = _of("in_review")
recommended_stands = _of("recommended")
approved_stands = _of("approved")
active_stands = _of("active")
