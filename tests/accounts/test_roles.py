"""Giving, seconding and ending roles: refused by the actions, and by the database itself."""

import datetime as dt

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, IntegrityError, connection, transaction

from accounts import actions
from accounts.models import RoleGrant, User
from accounts.roles import Role
from core import timeline
from core.models import Event
from core.workflow import NotAllowed, TransitionRefused
from tests.accounts.conftest import NOON

pytestmark = pytest.mark.django_db
LATER = NOON + dt.timedelta(days=30)


def test_nobody_gives_a_role_to_themselves(admin):
    with pytest.raises(TransitionRefused, match="themselves"):
        actions.grant_role(by=admin, user=admin, role=Role.OFFICER, now=NOON)
    with pytest.raises(IntegrityError, match="grant_not_to_oneself"), transaction.atomic():
        RoleGrant.objects.create(user=admin, role="officer", granted_by=admin, valid_from=NOON)


def test_only_an_admin_gives_roles(stranger, person):
    with pytest.raises(NotAllowed):
        actions.grant_role(by=stranger, user=person("x@lsp.example"), role=Role.OFFICER, now=NOON)
    assert not RoleGrant.objects.exists()


@pytest.mark.parametrize("role", [Role.APPROVER, Role.FINANCE])
def test_approver_and_finance_need_a_second_admin(admin, admin2, stranger, role):
    grant = actions.grant_role(by=admin, user=stranger, role=role, now=NOON)
    assert grant.waits_for_second
    assert stranger.staff_roles() == frozenset()
    assert not RoleGrant.objects.live(NOON).filter(pk=grant.pk).exists()
    with pytest.raises(TransitionRefused, match="somebody else"):
        actions.second_role(by=admin, grant=grant, now=NOON)
    actions.second_role(by=admin2, grant=grant, now=NOON)
    assert User.objects.get(pk=stranger.pk).staff_roles() == {role}
    assert RoleGrant.objects.live(NOON).filter(pk=grant.pk).exists()
    with pytest.raises(TransitionRefused, match="does not wait"):
        actions.second_role(by=admin2, grant=grant, now=NOON)


def test_who_receives_a_role_does_not_second_it(admin, admin2):
    grant = actions.grant_role(by=admin, user=admin2, role=Role.APPROVER, now=NOON)
    with pytest.raises(TransitionRefused, match="themselves"):
        actions.second_role(by=admin2, grant=grant, now=NOON)
    for second in (admin, admin2):
        with pytest.raises(IntegrityError, match="grant_second_is_another"), transaction.atomic():
            RoleGrant.objects.filter(pk=grant.pk).update(seconded_by=second)


def test_a_role_is_held_once_at_a_time(admin, stranger):
    actions.grant_role(by=admin, user=stranger, role=Role.OFFICER, now=NOON)
    with pytest.raises(TransitionRefused, match="already"):
        actions.grant_role(by=admin, user=stranger, role=Role.OFFICER, now=NOON)
    with pytest.raises(IntegrityError, match="grant_once_at_a_time"), transaction.atomic():
        RoleGrant.objects.create(user=stranger, role="officer", granted_by=admin, valid_from=NOON)


def test_a_role_ends_and_stays_on_record(admin, stranger):
    grant = actions.grant_role(by=admin, user=stranger, role=Role.OFFICER, now=NOON)
    with pytest.raises(TransitionRefused, match="why"):
        actions.end_role(by=admin, grant=grant, now=LATER, reason=" ")
    actions.end_role(by=admin, grant=grant, now=LATER, reason="Left the office")
    user = User.objects.get(pk=stranger.pk)
    assert user.staff_roles(LATER) == frozenset()
    assert user.staff_roles(LATER - dt.timedelta(seconds=1)) == {Role.OFFICER}
    with pytest.raises(TransitionRefused, match="ended already"):
        actions.end_role(by=admin, grant=grant, now=LATER, reason="Again")
    actions.grant_role(by=admin, user=user, role=Role.OFFICER, now=LATER)  # and may come back


def test_the_last_admin_stays(admin, admin2):
    actions.end_role(by=admin, grant=admin2.role_grants.get(), now=LATER, reason="Left")
    with pytest.raises(TransitionRefused, match="last admin"):
        actions.end_role(by=admin, grant=admin.role_grants.get(), now=LATER, reason="Left")


@pytest.mark.parametrize(
    "change",
    [
        "DELETE FROM accounts_rolegrant",
        "UPDATE accounts_rolegrant SET role = 'adviser'",
        "UPDATE accounts_rolegrant SET user_id = (SELECT max(id) FROM accounts_user)",
        "UPDATE accounts_rolegrant SET valid_from = valid_from - interval '1 year'",
        "UPDATE accounts_rolegrant SET valid_to = NULL WHERE valid_to IS NOT NULL",
        "UPDATE accounts_rolegrant SET valid_to = valid_to + interval '1 day' WHERE valid_to IS NOT NULL",
        "UPDATE accounts_rolegrant SET granted_by_id = NULL WHERE role = 'admin' AND granted_by_id IS NOT NULL",
        "DELETE FROM accounts_auditorscope",
        "UPDATE accounts_auditorscope SET case_id = case_id",
    ],
)
def test_the_database_keeps_the_record(admin, admin2, stranger, case, change):
    actions.grant_role(by=admin, user=stranger, role=Role.AUDITOR, now=NOON, valid_to=LATER, cases=[case])
    with (
        pytest.raises(DatabaseError, match=r"role|auditor"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(change)


@pytest.mark.parametrize(
    "row, constraint",
    [
        ({"role": "representative"}, "grant_of_a_staff_role"),
        ({"role": "officer", "granted_by": None}, "grant_by_somebody"),
        ({"role": "auditor"}, "grant_of_auditor_ends"),
        ({"role": "officer", "valid_to": NOON - dt.timedelta(days=1)}, "grant_ends_after_it_begins"),
    ],
)
def test_the_database_refuses_a_false_grant(admin, stranger, row, constraint):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        RoleGrant.objects.create(**({"user": stranger, "granted_by": admin, "valid_from": NOON} | row))


@pytest.mark.parametrize(
    "more, sentence",
    [
        ({"role": Role.AUDITOR}, "which cases"),
        ({"role": Role.AUDITOR, "valid_to": LATER}, "which cases"),
        ({"role": Role.OFFICER, "valid_to": NOON}, "in the past"),
        ({"role": Role.REPRESENTATIVE}, "not a role of the programme's staff"),
        ({"role": "emperor"}, "not a role of the programme's staff"),
    ],
)
def test_a_role_that_makes_no_sense_is_refused_in_words(admin, stranger, more, sentence):
    with pytest.raises(TransitionRefused, match=sentence):
        actions.grant_role(**({"by": admin, "user": stranger, "now": NOON} | more))


def test_every_change_stands_on_the_systems_timeline(admin, admin2, stranger):
    grant = actions.grant_role(by=admin, user=stranger, role=Role.FINANCE, now=NOON)
    actions.second_role(by=admin2, grant=grant, now=NOON)
    actions.end_role(by=admin, grant=grant, now=LATER, reason="Left the office")
    system = timeline.system_case(NOON)
    told = Event.objects.filter(case=system, object_id=grant.pk).order_by("sequence")
    assert [(event.action, event.actor) for event in told] == [
        ("role.granted", admin),
        ("role.seconded", admin2),
        ("role.ended", admin),
    ]
    assert told[0].data["user"] == stranger.pk
    assert list(timeline.broken_links(system)) == []


def test_live_in_sql_is_live_in_python(admin, admin2, stranger, person, case):
    approver = actions.grant_role(by=admin, user=stranger, role=Role.APPROVER, now=NOON)
    actions.grant_role(by=admin, user=person("f@lsp.example"), role=Role.FINANCE, now=NOON)
    actions.second_role(by=admin2, grant=approver, now=NOON)
    actions.grant_role(by=admin, user=stranger, role=Role.AUDITOR, now=NOON, valid_to=LATER, cases=[case])
    for moment in (NOON - dt.timedelta(seconds=1), NOON, LATER - dt.timedelta(seconds=1), LATER):
        in_python = {grant.pk for grant in RoleGrant.objects.all() if grant.is_live(moment)}
        assert set(RoleGrant.objects.live(moment).values_list("pk", flat=True)) == in_python


def test_the_first_admin_is_named_once_by_command(db):
    call_command("first_admin", "Boss@LSP.example", "Bea Boss")
    boss = User.objects.get(email="boss@lsp.example")
    assert boss.staff_roles() == {Role.ADMIN}
    assert not boss.has_usable_password()
    with pytest.raises(CommandError, match="admin already"):
        call_command("first_admin", "other@lsp.example", "Other")
    assert not User.objects.filter(email="other@lsp.example").exists()
    with pytest.raises(CommandError, match="not an e-mail"):
        call_command("first_admin", "nonsense", "Other")


def test_two_spellings_of_an_address_are_one_person(db):
    user = User.objects.create_user("Ana@LSP.example", None, "Ana")
    assert user.email == "ana@lsp.example"
    assert User.objects.get_by_natural_key("ANA@lsp.EXAMPLE") == user
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create_user("ANA@lsp.example", None, "Other")
    with pytest.raises(IntegrityError, match="user_email_in_lower_case"), transaction.atomic():
        User.objects.filter(pk=user.pk).update(email="Ana@lsp.example")
