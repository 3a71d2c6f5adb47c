"""Who sees which groups, firms and appointments: the lists and the permission table say the same."""

import datetime as dt

import pytest

from accounts.permissions import Action
from accounts.roles import Role
from groups.models import Appointment, Firm, Group, Membership
from tests.cast import give_audit, give_role, make_person
from tests.factories_groups import add_to, give_place, make_appointment, make_firm, make_group

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(admin, admin2, adviser, officer, approver, finance, auditor, reviewer1, stranger):
    """Two groups with every kind of person in the first, and a firm that left it."""
    ours, theirs = make_group(2), make_group(2, name="Textil del Sur")
    left = make_firm()
    add_to(ours, left)
    Membership.objects.filter(firm=left).update(left_on=dt.date(2025, 9, 1))
    people = {"representative": ours.representative, "other": theirs.representative}
    for name in ("member", "viewer"):
        people[name] = make_person(name)
        give_place(ours, people[name], Role(name))
    for name, status in (
        ("declined", "declined"),
        ("ended", "ended"),
        ("coordinator", "confirmed"),
        ("nominee", "nominated"),
    ):
        people[name] = make_person(name)
        starts = {"confirmed_from": dt.date(2026, 2, 2)} if status == "confirmed" else {}
        make_appointment(ours, people[name], status, **starts)
    # An officer who is nominated in the group: staff roles are void there.
    people["two_hats"] = make_person("two_hats")
    give_role(people["two_hats"], Role.OFFICER, by=admin)
    Appointment.objects.filter(status="nominated").update(status="withdrawn")
    make_appointment(ours, people["two_hats"], "accepted")
    ours.advisers.add(adviser)
    give_audit(auditor, ours.case, by=admin)
    people |= {
        "adviser": adviser,
        "officer": officer,
        "approver": approver,
        "finance": finance,
        "auditor": auditor,
        "reviewer": reviewer1,
        "admin": admin,
        "stranger": stranger,
    }
    return people


@pytest.mark.parametrize(
    "model, action",
    [
        (Group, Action.VIEW_GROUP),
        (Firm, Action.VIEW_FIRM),
        (Appointment, Action.VIEW_APPOINTMENT),
    ],
)
def test_lists_show_what_may_be_seen(world, model, action):
    seen = {}
    for name, user in world.items():
        listed = set(model.objects.visible_to(user).values_list("pk", flat=True))
        allowed = {obj.pk for obj in model.objects.all() if user.can(action, obj)}
        assert listed == allowed, name
        seen[name] = len(listed)
    everything = model.objects.count()
    assert seen["officer"] == everything
    assert seen["stranger"] == seen["reviewer"] == 0
    assert 0 < seen["representative"] < everything or model is Appointment


def test_a_nominee_sees_the_group_and_the_own_nomination_only(world):
    user = world["two_hats"]
    assert Group.objects.visible_to(user).count() == 2  # the other one as an officer
    ours = Group.objects.get(name="Muebles del Norte")
    assert (
        not Firm.objects.visible_to(user).filter(memberships__group=ours, memberships__left_on=None).exists()
    )
    assert Appointment.objects.visible_to(user).get().person == user


def test_once_declined_there_is_nothing_to_see(world):
    assert not Group.objects.visible_to(world["declined"]).exists()
    assert not Appointment.objects.visible_to(world["ended"]).exists()


def test_a_person_manages_the_firms_of_their_groups(person):
    writer, reader, stranger = person("writer"), person("reader"), person("stranger")
    ours, theirs = make_group(2), make_group(1)
    give_place(ours, writer, Role.MEMBER)
    give_place(ours, reader, Role.VIEWER)
    first, second = ours.firms.all()
    assert set(Firm.objects.managed_by(writer)) == {first, second}
    assert not Firm.objects.managed_by(reader)
    assert not Firm.objects.managed_by(stranger)
    # Gone from the group: still theirs to bring back, until another group has it.
    ours.memberships.filter(firm=first).update(left_on=dt.date(2026, 1, 1))
    assert set(Firm.objects.managed_by(writer)) == {first, second}
    add_to(theirs, first)
    assert set(Firm.objects.managed_by(writer)) == {second}
    add_to(theirs, second)
    assert set(Firm.objects.managed_by(writer)) == {second}


def test_a_firm_is_a_member_until_the_day_before_it_leaves():
    group = make_group(1)
    group.memberships.update(joined_on=dt.date(2025, 2, 1), left_on=dt.date(2025, 6, 1))
    days = [dt.date(2025, 1, 31), dt.date(2025, 2, 1), dt.date(2025, 5, 31), dt.date(2025, 6, 1)]
    assert [group.memberships.on(day).count() for day in days] == [0, 1, 1, 0]


def test_words_find_groups():
    make_group(0, name="Muebles del Norte", locality="Oberá")
    make_group(0, name="Textil del Sur", locality="Trelew")
    assert Group.objects.matching("norte OBERÁ").get().name == "Muebles del Norte"
    assert not Group.objects.matching("norte trelew").exists()
    assert Group.objects.matching("").count() == 2
