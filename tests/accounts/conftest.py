"""People for the tests of accounts: two admins, somebody without a role, and a clock."""

import datetime as dt
import functools

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.core.cache import cache
from django.utils import translation

from accounts import actions
from accounts.models import User
from accounts.roles import Role
from core.models import Case

PASSWORD = "a long enough pass phrase"
NOON = dt.datetime(2026, 3, 10, 15, 0, tzinfo=dt.UTC)  # noon in Buenos Aires


@functools.cache
def hashed() -> str:
    """The password of everybody here, hashed once: hashing is slow on purpose."""
    return make_password(PASSWORD)


@pytest.fixture(autouse=True)
def _fresh_throttles(db):
    cache.clear()


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def person(db):
    """Makes a person who confirmed their address."""

    def make(email: str, full_name: str = "", language: str = "en") -> User:
        user = User.objects.create_user(email, None, full_name or email.split("@")[0], language)
        User.objects.filter(pk=user.pk).update(password=hashed())
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        user.refresh_from_db()
        return user

    return make


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


@pytest.fixture
def signed_in(client):
    """Signs a person in, without the pages of log-in."""

    def sign_in(user: User):
        client.force_login(user)
        return client

    return sign_in
