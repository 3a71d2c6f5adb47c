"""What every test has: its own PostgreSQL database and Redis number, English, a place for files, a cast.

The servers are real. `make test` starts throw-away ones; else DATABASE_URL, MIGRATION_DATABASE_URL and REDIS_URL name
servers to use. Tests connect as the application's user, who owns nothing.
"""

import os
import shutil

import hypothesis
import pytest
from django.conf import settings as django_settings
from django.db import connections
from django.test import Client, TransactionTestCase
from django.utils import translation

from core import memory
from tests import database, queue
from tests.clock import NOON

pytest_plugins = ["tests.cast", "tests.standing"]

# How fast a shared machine makes examples says nothing about what they show.
hypothesis.settings.register_profile(
    "lsp", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("lsp")


def pytest_make_parametrize_id(val, argname):
    """The content of a file is no name for a test: it may hold the hour, and then two workers disagree."""
    return f"{argname}-{len(val)}-bytes" if isinstance(val, bytes) else None


OF_A_DATABASE = {"db", "transactional_db", "live_server", "django_db_setup"}


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    """Of two processes one makes the database, which takes half a minute: the other begins meanwhile, in the middle of the
    list, with what needs none."""

    def needs_it(item) -> bool:
        return bool(item.get_closest_marker("django_db") or OF_A_DATABASE.intersection(item.fixturenames))

    bare = [item for item in items if not needs_it(item)]
    others = [item for item in items if needs_it(item)]
    middle = len(items) // 2
    items[:] = [*others[:middle], *bare, *others[middle:]]


def pytest_collection_finish():
    """As a web process begins: what is loaded stays to the end."""
    memory.settle()


@pytest.fixture(scope="session", autouse=True)
def _static_files(tmp_path_factory):
    """No collected files: pages name the plain ones, and a live server finds them in their packages."""
    django_settings.STATIC_ROOT = tmp_path_factory.mktemp("static")


@pytest.fixture(scope="session", autouse=True)
def _own_redis():
    """A Redis number that no other run uses, emptied."""
    with queue.leased_number() as url:
        os.environ["REDIS_URL"] = django_settings.REDIS_URL = django_settings.CELERY_BROKER_URL = url
        from lsp_program.celery import app

        app.conf.broker_url = url
        yield


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment, django_db_blocker):
    """Replaces pytest-django's: the owner makes the database, the application's user works in it."""
    with django_db_blocker.unblock():
        name = database.create_run_database()
        connection = connections["default"]
        connection.close()
        home = connection.settings_dict["NAME"]
        connection.settings_dict["NAME"] = name
        # What a test starts as a process of its own works on the same database.
        for variable in ("DATABASE_URL", "MIGRATION_DATABASE_URL"):
            os.environ[variable] = os.environ[variable].rpartition("/")[0] + f"/{name}"
        cleaner = database.Cleaner(name)
    TransactionTestCase._fixture_teardown = lambda _case: cleaner.clean()
    yield
    with django_db_blocker.unblock():
        connection.close()
        cleaner.close()
        for variable in ("DATABASE_URL", "MIGRATION_DATABASE_URL"):
            os.environ[variable] = os.environ[variable].rpartition("/")[0] + f"/{home}"
        connection.settings_dict["NAME"] = home
        database.drop_run_database(name)


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


@pytest.fixture(autouse=True)
def _own_files(tmp_path, settings):
    """Uploads and PDFs of a test go with it."""
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {**settings.STORAGES["default"], "OPTIONS": {"location": tmp_path / "media"}},
    }


@pytest.fixture
def client() -> Client:
    """A browser that asks for English."""
    return Client(headers={"accept-language": "en"})


@pytest.fixture
def now():
    """The moment at which most tests happen: noon in Buenos Aires on 10 March 2026. The clock itself runs on."""
    return NOON


@pytest.fixture
def frozen(time_machine):
    """Stops the clock at that moment; `frozen.move_to(…)` sets it."""
    time_machine.move_to(NOON, tick=False)
    return time_machine


@pytest.fixture
def worker(db):
    """Does what workers would: `worker()` sends the messages and runs the jobs that wait."""

    def work() -> None:
        from core import tasks

        tasks.send_messages()
        tasks.run_waiting_jobs()

    return work


# --- A browser (pytest-playwright's fixtures `page` and `context`, on the machine's own Chromium) ---

CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def browser_type_launch_args():
    # Playwright waits in an event loop of its own, in this thread; the ORM is right to be called beside it.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    return {"executable_path": shutil.which("chromium"), "args": CHROMIUM_FLAGS}


@pytest.fixture(scope="session")
def browser_context_args():
    return {"locale": "en-GB", "timezone_id": "America/Argentina/Buenos_Aires"}


@pytest.fixture
def site(live_server, settings) -> str:
    """The running site's address, also in the messages that it sends. What it commits is gone after the test."""
    settings.SITE_URL = live_server.url
    return live_server.url
