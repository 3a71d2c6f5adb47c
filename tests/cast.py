"""The people of the tests. Staff have their roles through the real actions, given by the admins.

The people of a group (representative, member, viewer, coordinator) are made here and get their place from the
factories of the app that owns it.
"""

import functools

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password

from accounts import actions
from accounts.models import RoleGrant, User
from accounts.roles import NEED_SECOND_ADMIN, Role
from core import timeline
from core.models import Case
from tests.clock import LONG_AFTER, LONG_BEFORE, NOON

PASSWORD = "a long enough pass phrase"


@functools.cache
def hashed() -> str:
    """Everybody's password, hashed once: hashing is slow on purpose."""
    return make_password(PASSWORD)


def make_person(email: str, full_name: str = "", language: str = "en") -> User:
    """Somebody who confirmed their address and speaks English. `email` may be the part before the @."""
    email = email if "@" in email else f"{email}@lsp.example"
    user = User(email=email, full_name=full_name or email.split("@")[0].capitalize(), language=language)
    user.password = hashed()
    user.save()
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return user


def standing_person(email: str) -> User | None:
    """Somebody whom the case brought along that stands in this module (`tests.standing`)."""
    return User.objects.filter(email=f"{email}@lsp.example").first()


def give_role(user: User, role: Role, *, by: User, second: User | None = None) -> RoleGrant:
    """A staff role from long before, with the second admin's agreement where the role needs one."""
    grant = actions.grant_role(by=by, user=user, role=role, now=LONG_BEFORE)
    if role in NEED_SECOND_ADMIN:
        actions.second_role(by=second, grant=grant, now=LONG_BEFORE)
    user.forget_roles()
    return grant


def give_audit(user: User, *cases: Case, by: User) -> RoleGrant:
    """Let somebody audit these cases, for ever."""
    grant = actions.grant_role(
        by=by, user=user, role=Role.AUDITOR, now=LONG_BEFORE, valid_to=LONG_AFTER, cases=cases
    )
    user.forget_roles()
    return grant


@pytest.fixture
def person(db):
    """Makes a person: `person("name")`."""
    return make_person


@pytest.fixture
def signed_in(client):
    """Signs a person in, without the pages of log-in: `signed_in(user)` answers the client."""

    def sign_in(user: User):
        client.force_login(user)
        return client

    return sign_in


@pytest.fixture
def admin(db) -> User:
    if found := standing_person("admin"):
        return found
    user = make_person("admin", "Ada Admin")
    actions.grant_first_admin(user=user, now=LONG_BEFORE)
    return user


@pytest.fixture
def admin2(admin) -> User:
    if found := standing_person("admin2"):
        return found
    user = make_person("admin2", "Berta Admin")
    give_role(user, Role.ADMIN, by=admin)
    return user


@pytest.fixture
def staff(admin, admin2):
    """Makes somebody of the programme's staff: `staff("name", Role.OFFICER)`."""

    def make(email: str, role: Role, full_name: str = "") -> User:
        user = standing_person(email) or make_person(email, full_name)
        if role not in user.staff_roles(NOON):
            give_role(user, role, by=admin, second=admin2)
        return user

    return make


@pytest.fixture
def adviser(staff) -> User:
    return staff("adviser", Role.ADVISER)


@pytest.fixture
def reviewer1(staff) -> User:
    return staff("reviewer1", Role.REVIEWER)


@pytest.fixture
def reviewer2(staff) -> User:
    return staff("reviewer2", Role.REVIEWER)


@pytest.fixture
def officer(staff) -> User:
    return staff("officer", Role.OFFICER)


@pytest.fixture
def approver(staff) -> User:
    return staff("approver", Role.APPROVER)


@pytest.fixture
def approver2(staff) -> User:
    return staff("approver2", Role.APPROVER)


@pytest.fixture
def finance(staff) -> User:
    return staff("finance", Role.FINANCE)


@pytest.fixture
def finance2(staff) -> User:
    return staff("finance2", Role.FINANCE)


@pytest.fixture
def auditor(admin) -> User:
    """Audits the system's own case; `give_audit(auditor, case, by=admin)` gives more."""
    user = make_person("auditor")
    give_audit(user, timeline.system_case(LONG_BEFORE), by=admin)
    return user


@pytest.fixture
def representative(db) -> User:
    return make_person("representative")


@pytest.fixture
def member(db) -> User:
    return make_person("member")


@pytest.fixture
def viewer(db) -> User:
    return make_person("viewer")


@pytest.fixture
def coordinator(db) -> User:
    return make_person("coordinator")


@pytest.fixture
def stranger(db) -> User:
    return make_person("stranger")
