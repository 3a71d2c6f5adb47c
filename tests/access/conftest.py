"""The world of the tests of access, made once for each module and never committed."""

import pytest
import time_machine
from django.conf import settings
from django.db import transaction
from django.test import override_settings
from django.utils import translation

from tests.access.world import TODAY, World, make_world


@pytest.fixture(scope="module", autouse=True)
def _own_files(tmp_path_factory):
    """Uploads and PDFs of a module go with it: the world's files are read by every test."""
    place = {"location": tmp_path_factory.mktemp("media")}
    storages = {**settings.STORAGES, "default": {**settings.STORAGES["default"], "OPTIONS": place}}
    with override_settings(STORAGES=storages, STAFF_SECOND_FACTOR=False):
        yield


@pytest.fixture(scope="module")
def _module_world(django_db_setup, django_db_blocker, _own_files):
    """The world, in a transaction that is rolled back. The tests may not use `db`: theirs would be another one."""
    with (
        django_db_blocker.unblock(),
        time_machine.travel(TODAY, tick=False),
        translation.override("en"),
        transaction.atomic(),
    ):
        yield make_world()
        transaction.set_rollback(True)


@pytest.fixture
def world(_module_world) -> World:
    """The world as it was made; what a test changes is undone after it."""
    with transaction.atomic():
        yield _module_world
        transaction.set_rollback(True)
