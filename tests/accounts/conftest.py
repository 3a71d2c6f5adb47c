"""People for the tests of accounts: two admins, somebody without a role, and a clock."""

import pytest
from django.core.cache import cache

from accounts import actions
from accounts.models import User
from accounts.roles import Role
from core.models import Case
from tests.cast import PASSWORD
from tests.clock import NOON

__all__ = ["NOON", "PASSWORD"]


@pytest.fixture(autouse=True)
def _fresh_throttles(db):
    cache.clear()


@pytest.fixture
def admin(person) -> User:
    user = person("admin@lsp.example", "Ada Admin")
    actions.grant_first_admin(user=user, now=NOON)
    return user


@pytest.fixture
def admin2(admin, person) -> User:
    user = person("admin2@lsp.example", "Berta Admin")
    actions.grant_role(by=admin, user=user, role=Role.ADMIN, now=NOON)
    return user


@pytest.fixture
def stranger(person) -> User:
    return person("stranger@lsp.example", "Sol Stranger")


@pytest.fixture
def case(db) -> Case:
    return Case.objects.create(kind=Case.Kind.GROUP, title="Muebles del Norte", created_at=NOON)
