"""Who of the programme may do what to an application, as a literal grid: role × act × (somebody else's group, assigned to
the case, a place in the group). The transitions stand in test_workflow, the addresses in tests/access."""

import pytest

from accounts.models import User
from accounts.permissions import TABLE, Action
from accounts.roles import Role
from applications.workflow import REVIEW
from core import timeline
from tests.cast import give_audit, make_person
from tests.clock import NOON
from tests.factories_applications import OFFICE, application_at, staff_member
from tests.factories_groups import give_place, make_group

pytestmark = pytest.mark.django_db

# O officer, P approver, F finance, A admin: on every case but of their own group. a adviser and r reviewer: where they are
# assigned. u auditor: what they were given.
GRID = {
    Action.VIEW_APPLICATION: "O P F A a r u",
    Action.VIEW_INTERNAL: "O P F A u",
    Action.NOTE_CASE: "O P F A",
    Action.VIEW_MESSAGES: "O P F A a u",
    Action.WRITE_MESSAGE: "O",
    Action.ANSWER_MESSAGE: "O",
    Action.CHECK_ELIGIBILITY: "O",
    Action.REQUEST_CHANGES: "O",
    Action.ASSIGN_OFFICER: "O",
    Action.ASSIGN_REVIEWS: "O",
    Action.VIEW_REVIEWS: "O P u",
    Action.RECOMMEND: "O",
    Action.VIEW_DECISION: "O P F A a u",
    Action.DECIDE: "P",
    Action.DECIDE_RECONSIDERATION: "P",
    Action.ANNUL: "P",
    Action.MEET_CONDITION: "O",
    Action.OPEN_PROJECT: "O",
    # Of one review, `r` is the reviewer whose review it is.
    Action.VIEW_REVIEW: "O P r u",
    Action.DO_REVIEW: "r",
    Action.MANAGE_REVIEW: "O",
    # What only a group does is nobody's of the programme.
    Action.SUBMIT_APPLICATION: "",
    Action.WITHDRAW_APPLICATION: "",
    Action.RENOUNCE_APPLICATION: "",
    Action.ASK_RECONSIDERATION: "",
    Action.EDIT_APPLICATION: "a",
    Action.SUGGEST: "a",
}
LETTERS = {
    "O": Role.OFFICER, "P": Role.APPROVER, "F": Role.FINANCE, "A": Role.ADMIN, "a": Role.ADVISER, "r": Role.REVIEWER,
    "u": Role.AUDITOR,
}  # fmt: skip
EVERYWHERE = "OPFA"


def fresh(person: User) -> User:
    """As their next request would have them: roles are read once per request."""
    return User.objects.get(pk=person.pk)


@pytest.fixture
def world():
    """An application under review, and for each role somebody assigned to it and somebody not."""
    group = make_group()
    application = application_at("in_review", group=group)
    review = application.reviews.get(reviewer=OFFICE.reviewers[0])
    REVIEW.apply(review, "declare_interest", by=review.reviewer, now=NOON, data={"no_interest": True})
    assigned = {
        letter: staff_member(f"a-{role}", role) for letter, role in LETTERS.items() if letter not in "rAu"
    }
    assigned |= {"A": OFFICE.admin, "r": review.reviewer, "u": make_person("a-auditor")}
    give_audit(assigned["u"], application.case, by=OFFICE.admin)
    group.advisers.add(assigned["a"])
    neither = {
        letter: staff_member(f"n-{role}", role) for letter, role in LETTERS.items() if letter not in "Au"
    }
    neither |= {"A": OFFICE.admin, "u": make_person("n-auditor")}
    give_audit(neither["u"], timeline.system_case(NOON), by=OFFICE.admin)
    application.refresh_from_db()
    return (
        type(application).objects.get(pk=application.pk),
        type(review).objects.get(pk=review.pk),
        assigned,
        neither,
    )


def may(people: dict[str, User], application, review) -> dict[Action, str]:
    """Which letters may each act, as the grid writes it."""
    found = {}
    for action in GRID:
        of = review if action in (Action.VIEW_REVIEW, Action.DO_REVIEW, Action.MANAGE_REVIEW) else application
        found[action] = " ".join(
            letter for letter in LETTERS if letter in people and fresh(people[letter]).can(action, of)
        )
    return found


def test_the_grid_names_every_act_of_staff_on_applications():
    groups_own = {Role.REPRESENTATIVE, Role.MEMBER, Role.VIEWER, Role.COORDINATOR}
    for action, letters in GRID.items():
        roles = {LETTERS[letter] for letter in letters.split()}
        assert roles <= TABLE[action] - groups_own, action
    assert {action for action in Action if action.name.startswith(("DECIDE", "RECOMMEND"))} - set(GRID) == {
        Action.DECIDE_REPORT,
        Action.DECIDE_AMENDMENT,
    }


def test_who_is_assigned_may_what_the_grid_says(world):
    application, review, assigned, _neither = world
    assert may(assigned, application, review) == GRID


def test_who_is_not_assigned_has_only_what_holds_everywhere(world):
    application, review, _assigned, neither = world
    everywhere = {
        action: " ".join(each for each in letters.split() if each in EVERYWHERE)
        for action, letters in GRID.items()
    }
    assert may(neither, application, review) == everywhere


def test_with_a_place_in_the_group_no_role_of_staff_has_any_force(world):
    application, review, assigned, neither = world
    for people in (assigned, neither):
        for letter, person in people.items():
            if not application.group.people.filter(user=person).exists():
                give_place(application.group, person, Role.VIEWER)
            of_group = type(application).objects.get(pk=application.pk)
            own = type(review).objects.get(pk=review.pk)
            left = {action for action, letters in may({letter: person}, of_group, own).items() if letters}
            assert left == {Action.VIEW_APPLICATION, Action.VIEW_MESSAGES, Action.VIEW_DECISION}, letter
