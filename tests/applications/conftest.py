"""A draft of a group, and who writes it: what the tests of the pages of an application begin with."""

import pytest

from accounts.models import User
from applications.models import Application
from tests.factories_applications import draft


@pytest.fixture
def application(db) -> Application:
    return draft()


@pytest.fixture
def author(application) -> User:
    return application.group.representative
