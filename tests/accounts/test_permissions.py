"""The one table: complete, in words, and without force on a case of one's own group."""

import datetime as dt

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import translation

from accounts import actions
from accounts.access import fetch, require
from accounts.models import User
from accounts.permissions import TABLE, Action, holds, roles_on_case, staff_scope
from accounts.roles import DESCRIPTIONS, STAFF, Role
from accounts.wording import SECTIONS
from core import dates
from core.models import Case
from core.workflow import NotAllowed
from tests.accounts.conftest import NOON

pytestmark = pytest.mark.django_db


def test_every_action_has_a_row_somebody_who_may_and_words():
    assert set(TABLE) == set(Action)
    assert all(TABLE.values())
    worded = [action for _heading, actions_ in SECTIONS for action in actions_]
    assert worded == list(Action)
    assert set(DESCRIPTIONS) == set(Role)


def test_duties_that_must_be_apart_are_never_one_role():
    assert TABLE[Action.DECIDE] == {Role.APPROVER}
    assert TABLE[Action.RECOMMEND].isdisjoint(TABLE[Action.DECIDE])
    assert Role.ADMIN not in TABLE[Action.DECIDE] | TABLE[Action.CONFIRM_PAYMENT] | TABLE[Action.RECOMMEND]
    # An auditor reads, and writes nothing but what is an auditor's own.
    acts = {
        action for action in Action if Role.AUDITOR in TABLE[action] and not action.name.startswith("VIEW")
    }
    assert acts == {Action.FOLLOW_MONEY, Action.DRAW_SAMPLE, Action.WRITE_FINDING}


def test_an_action_names_who_may():
    with translation.override("en"):
        assert Action.SUSPEND_PROJECT.allowed_to() == "Programme officer, Approver"


def give(admin: User, user: User, role: Role, second: User | None = None, **more):
    grant = actions.grant_role(by=admin, user=user, role=role, now=NOON, **more)
    if second:
        actions.second_role(by=second, grant=grant, now=NOON)
    return User.objects.get(pk=user.pk)


def test_staff_roles_are_void_on_a_case_of_ones_own_group(admin, stranger, case):
    officer = give(admin, stranger, Role.OFFICER)
    assert roles_on_case(officer, group_roles=set(), case_id=case.pk) == {Role.OFFICER}
    assert roles_on_case(officer, group_roles={Role.VIEWER}, case_id=case.pk) == {Role.VIEWER}


@pytest.mark.parametrize("role", [Role.ADVISER, Role.REVIEWER])
def test_advisers_and_reviewers_act_only_where_assigned(admin, stranger, case, role):
    user = give(admin, stranger, role)
    assert roles_on_case(user, group_roles=set(), case_id=case.pk) == frozenset()
    assert roles_on_case(user, group_roles=set(), case_id=case.pk, assigned={role}) == {role}


def test_an_assignment_without_the_role_gives_nothing(stranger, case):
    assert (
        roles_on_case(stranger, group_roles=set(), case_id=case.pk, assigned={Role.REVIEWER}) == frozenset()
    )


def test_an_auditor_reads_what_they_were_given_until_it_ends(admin, stranger, case):
    other = Case.objects.create(kind=Case.Kind.GROUP, title="Other", created_at=NOON)
    until = dates.now() + dt.timedelta(days=10)
    auditor = give(admin, stranger, Role.AUDITOR, valid_to=until, cases=[case])
    assert roles_on_case(auditor, group_roles=set(), case_id=case.pk) == {Role.AUDITOR}
    assert roles_on_case(auditor, group_roles=set(), case_id=other.pk) == frozenset()
    assert roles_on_case(auditor, group_roles=set(), case_id=other.pk, within=[case.pk]) == {Role.AUDITOR}
    assert roles_on_case(auditor, group_roles=set(), case_id=None) == frozenset()
    assert auditor.staff_roles(until) == frozenset()
    assert auditor.audited_cases(until) == frozenset()


def test_two_times_of_one_auditor_do_not_mix_their_cases(admin, stranger, case):
    other = Case.objects.create(kind=Case.Kind.GROUP, title="Other", created_at=NOON)
    soon, later = NOON + dt.timedelta(days=1), NOON + dt.timedelta(days=9)
    give(admin, stranger, Role.AUDITOR, valid_to=soon, cases=[case])
    auditor = give(admin, stranger, Role.AUDITOR, valid_to=later, cases=[other])
    assert auditor.audited_cases(NOON) == {case.pk, other.pk}
    assert auditor.audited_cases(soon) == {other.pk}


def test_a_closed_account_has_no_role(admin, stranger, case):
    officer = give(admin, stranger, Role.OFFICER)
    officer.is_active = False
    assert officer.staff_roles() == frozenset()
    assert roles_on_case(officer, group_roles={Role.MEMBER}, case_id=case.pk) == frozenset()


def test_a_visitor_holds_nothing(case):
    visitor = AnonymousUser()
    assert not holds(visitor, Action.MANAGE_ROLES)
    assert roles_on_case(visitor, group_roles=set(), case_id=case.pk) == frozenset()
    with pytest.raises(NotAllowed):
        require(visitor, Action.MANAGE_ROLES)


def test_staff_scope_opens_what_roles_on_case_opens(admin, stranger, person, case):
    """The staff half of a list and the roles on one object are the same rule, on a model that has both."""
    from accounts.models import Invitation

    invitation = Invitation.objects.create(
        case=case,
        email="x@lsp.example",
        role="member",
        invited_by=admin,
        token_digest="0",
        created_at=NOON,
        expires_at=NOON,
    )
    until = dates.now() + dt.timedelta(days=10)
    people = {
        role: person(f"{role}@lsp.example") for role in STAFF - {Role.ADMIN, Role.APPROVER, Role.FINANCE}
    }
    for role, user in people.items():
        more = {"valid_to": until, "cases": [case]} if role == Role.AUDITOR else {}
        people[role] = give(admin, user, role, **more)
    people |= {"stranger": stranger, Role.ADMIN: admin}
    for user in people.values():
        for action in Action:
            scope = staff_scope(user, action, case="case", adviser="accepted_by", reviewer="accepted_by")
            listed = Invitation.objects.filter(scope).exists()
            may = bool(TABLE[action] & roles_on_case(user, group_roles=set(), case_id=invitation.case_id))
            assert listed == may, (user, action)


def test_roles_are_read_once_per_request(admin, django_assert_num_queries):
    user = User.objects.get(pk=admin.pk)
    with django_assert_num_queries(1):
        for action in Action:
            user.can(action)
            holds(user, action)


class Thing:
    """Something that two people see, and one may change."""

    def __init__(self, roles):
        self.roles = roles

    def roles_of(self, user):
        return frozenset(self.roles)


def test_can_asks_the_object_for_the_roles(stranger):
    assert stranger.can(Action.EDIT_GROUP, Thing({Role.MEMBER}))
    assert not stranger.can(Action.EDIT_GROUP, Thing({Role.VIEWER}))
    assert not stranger.can(Action.EDIT_GROUP)


def test_fetch_hides_what_is_invisible_and_names_who_may(stranger, monkeypatch):
    from django.http import Http404

    from accounts.querysets import UserQuerySet

    monkeypatch.setattr(UserQuerySet, "visible_to", lambda self, user: self.filter(pk=user.pk), raising=False)
    monkeypatch.setattr(User, "roles_of", lambda self, user: frozenset({Role.VIEWER}), raising=False)
    assert fetch(stranger, User, Action.VIEW_GROUP, pk=stranger.pk) == stranger
    with pytest.raises(Http404):
        fetch(stranger, User, Action.VIEW_GROUP, pk=stranger.pk + 1)
    with translation.override("en"), pytest.raises(NotAllowed, match="Group representative, Group member"):
        fetch(stranger, User.objects.all(), Action.EDIT_GROUP, pk=stranger.pk)
