"""Lists show what may be seen: `visible_to` equals `can(VIEW_…)`, for everybody of the cast."""

import pytest

from accounts.permissions import Action
from accounts.roles import Role
from grants.models import Disbursement, Project, Tranche
from tests.cast import give_audit
from tests.clock import NOON
from tests.factories_applications import OFFICE, make_call
from tests.factories_grants import enter_payee, finance, order, payment_at, project_at
from tests.factories_groups import give_place, make_appointment

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(member, viewer, coordinator, adviser, reviewer1, auditor, stranger, admin, person, staff):
    """Two projects of two groups, with somebody in every role towards the first."""
    mine = project_at(
        "active", coordinator=coordinator, reviewers=[reviewer1, staff("reviewer9", Role.REVIEWER)]
    )
    group = mine.group
    give_place(group, member, Role.MEMBER)
    give_place(group, viewer, Role.VIEWER)
    group.advisers.add(adviser)
    give_audit(auditor, mine.case, by=admin)
    of_the_group, of_the_call = person("auditor2"), person("auditor3")
    give_audit(of_the_group, group.case, by=admin)
    give_audit(of_the_call, mine.call.case, by=admin)
    other = project_at("active", call=make_call())
    payment_at("ordered", project=mine)
    order(other.tranches.get(number=1))
    nominee, left, both = (person(name) for name in ("nominee", "left", "both"))
    make_appointment(group, nominee, "nominated")
    place = give_place(group, left, Role.MEMBER)
    place.until = NOON.date()
    place.save()
    give_place(other.group, both, Role.VIEWER)
    give_place(group, both, Role.MEMBER)
    # A finance officer who belongs to the first group: their staff role is void there.
    insider = staff("finance9", Role.FINANCE)
    give_place(group, insider, Role.VIEWER)
    return {
        "representative": group.representative,
        "representative of the other": other.group.representative,
        "member": member,
        "viewer": viewer,
        "coordinator": coordinator,
        "nominee": nominee,
        "left": left,
        "both": both,
        "insider": insider,
        "adviser": adviser,
        "reviewer": reviewer1,
        "officer": OFFICE.officer,
        "approver": OFFICE.approver,
        "finance": finance(),
        "admin": admin,
        "auditor": auditor,
        "auditor of the group": of_the_group,
        "auditor of the call": of_the_call,
        "stranger": stranger,
    }


SEEN = {
    "representative": (1, 2),
    "representative of the other": (1, 2),
    "member": (1, 0),
    "viewer": (1, 0),
    "coordinator": (1, 2),
    "nominee": (0, 0),
    "left": (0, 0),
    "both": (2, 0),
    "insider": (2, 2),
    "adviser": (1, 0),
    "reviewer": (0, 0),
    "officer": (2, 4),
    "approver": (2, 4),
    "finance": (2, 4),
    "admin": (2, 4),
    "auditor": (1, 2),
    "auditor of the group": (1, 2),
    "auditor of the call": (1, 2),
    "stranger": (0, 0),
}


def test_lists_show_exactly_what_may_be_seen(world):
    assert set(SEEN) == set(world)
    for who, user in world.items():
        seen = []
        for model, action in (
            (Project, Action.VIEW_PROJECT),
            (Tranche, Action.VIEW_PAYMENTS),
            (Disbursement, Action.VIEW_PAYMENTS),
        ):
            listed = set(model.objects.visible_to(user))
            assert listed == {row for row in model.objects.all() if user.can(action, row)}, (who, model)
            seen.append(len(listed))
        assert tuple(seen[:2]) == SEEN[who], who


def test_a_closed_account_sees_nothing(world):
    user = world["representative"]
    user.is_active = False
    user.save()
    assert not Project.objects.visible_to(user).exists()
    assert not Tranche.objects.visible_to(user).exists()


def test_the_queue_of_finance_is_what_can_be_ordered_now():
    ready = project_at("active")
    ordered = payment_at("ordered", project=project_at("active", call=ready.call)).project
    failed = payment_at("failed", project=project_at("active", call=ready.call)).project
    unchecked = project_at("active", call=ready.call, payee=False)
    enter_payee(unchecked, checked=False)
    project_at("suspended", call=ready.call)
    project_at("terminated", call=ready.call)
    queue = Tranche.objects.to_order().with_checked_payee().order_by("pk")
    assert [(tranche.project, tranche.payee_is_checked) for tranche in queue] == [
        (ready, True),
        (failed, True),
        (unchecked, False),
    ]
    assert [payment.project for payment in Disbursement.objects.awaiting_confirmation()] == [ordered]


def test_projects_are_found_by_reference_title_and_group():
    project = project_at("awaiting_agreement")
    for words in (project.reference.lower(), "drying KILN", "muebles norte", "kiln muebles", ""):
        assert list(Project.objects.matching(words)) == [project], words
    for words in ("beehive", "kiln beehive", "%", "_ _"):
        assert not Project.objects.matching(words).exists(), words
