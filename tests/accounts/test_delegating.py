"""An approver delegates: with dates, with an admin's agreement, and only while they hold the role (PROGRAMME 3)."""

import datetime as dt

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts import actions, delegating
from accounts.duties import seconds
from accounts.models import RoleGrant, User
from accounts.permissions import Action
from accounts.roles import Role
from core import duties
from core.dates import day_of
from core.models import Event, Message
from core.workflow import NotAllowed, TransitionRefused
from tests.applications.staff_pages import browser, problems
from tests.clock import NOON
from tests.factories_applications import OFFICE, staff_member

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]
DAY = dt.timedelta(days=1)


def delegate(person: User | None = None, *, by: User | None = None, **more) -> RoleGrant:
    """The approver lends their power to an officer, from now on for five days."""
    asked = {"starts": NOON, "ends": NOON + 5 * DAY, "grounds": "On leave.", "now": NOON, **more}
    return delegating.delegate(by=by or OFFICE.approver, person=person or OFFICE.officer, **asked)


def agreed(**how) -> RoleGrant:
    grant = delegate(**how)
    return actions.second_role(by=OFFICE.admin, grant=grant, now=NOON)


def again(person: User) -> User:
    return User.objects.get(pk=person.pk)


def live(moment) -> set[int]:
    return set(RoleGrant.objects.live(moment).filter(role=Role.APPROVER).values_list("user_id", flat=True))


def both_agree(person: User, moment) -> bool:
    """Whether somebody is an approver at a moment, in Python; SQL has to say the same."""
    held = Role.APPROVER in again(person).staff_roles(moment)
    assert held == (person.pk in live(moment))
    assert held == User.objects.with_role(Role.APPROVER, moment).filter(pk=person.pk).exists()
    return held


def test_a_delegation_is_in_force_once_an_admin_agreed_and_for_its_days_only():
    officer = OFFICE.officer
    grant = delegate(starts=NOON + DAY)
    assert not both_agree(officer, NOON + 2 * DAY)
    assert set(Message.objects.filter(template="delegation_named").values_list("recipient", flat=True)) >= {
        officer.pk,
        OFFICE.admin.pk,
    }
    actions.second_role(by=OFFICE.admin, grant=grant, now=NOON)
    assert [both_agree(officer, NOON + n * DAY) for n in (0, 1, 4, 5, 6)] == [False, True, True, False, False]
    assert Message.objects.filter(template="delegation_agreed").count() == 2
    named = Event.objects.get(action="delegation.named")
    assert (named.actor, named.data["user"], named.text.text) == (OFFICE.approver, officer.pk, "On leave.")


@pytest.mark.parametrize("how", ["role ended", "account closed"])
def test_it_ends_with_the_role_of_whoever_lent_it(how):
    approver, officer = OFFICE.approver, OFFICE.officer
    agreed()
    assert both_agree(officer, NOON + DAY)
    if how == "role ended":
        own = approver.role_grants.get()
        actions.end_role(by=OFFICE.admin, grant=own, now=NOON + DAY, reason="Left.")
        assert both_agree(officer, NOON + DAY - dt.timedelta(seconds=1))
    else:
        User.objects.filter(pk=approver.pk).update(is_active=False)
    assert not both_agree(officer, NOON + DAY)
    # What was decided before stays decided in their name.
    assert delegating.in_name_of(officer, NOON + dt.timedelta(hours=1)) == approver


@pytest.mark.parametrize("who", ["approver", "officer"])
@pytest.mark.parametrize("starts", [0, 2])
def test_either_of_the_two_ends_it_early_or_calls_it_off(who, starts):
    grant = agreed(starts=NOON + starts * DAY)
    delegating.end(by=getattr(OFFICE, who), grant=grant, now=NOON)
    for day in range(6):
        assert not both_agree(OFFICE.officer, NOON + day * DAY)
    with pytest.raises(TransitionRefused, match="over already"):
        delegating.end(by=OFFICE.approver, grant=grant, now=NOON)


def test_an_admin_ends_one_before_it_begins():
    grant = agreed(starts=NOON + 2 * DAY)
    actions.end_role(by=OFFICE.admin, grant=grant, now=NOON, reason="A mistake.")
    assert not both_agree(OFFICE.officer, NOON + 3 * DAY)


def test_nobody_else_ends_it():
    with pytest.raises(NotAllowed):
        delegating.end(by=staff_member("approver2", Role.APPROVER), grant=agreed(), now=NOON)


def test_the_delegate_does_not_agree_nor_who_lends():
    person = staff_member("admin3", Role.ADMIN)
    grant = delegate(person)
    with pytest.raises(TransitionRefused, match="Nobody gives a role to themselves"):
        actions.second_role(by=person, grant=grant, now=NOON)
    with pytest.raises(NotAllowed):
        actions.second_role(by=OFFICE.approver, grant=grant, now=NOON)


def test_what_was_lent_is_not_lent_on():
    agreed()
    officer = again(OFFICE.officer)
    assert officer.can(Action.DELEGATE)
    with pytest.raises(TransitionRefused, match="in their own right"):
        delegate(staff_member("officer2", Role.OFFICER), by=officer)


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"starts": NOON - DAY}, "now or later"),
        ({"ends": NOON}, "end after it begins"),
        ({"ends": NOON + 400 * DAY}, "a year at most"),
        ({"grounds": " "}, "Say why"),
    ],
)
def test_days_and_grounds_that_make_no_sense_are_refused(more, sentence):
    with pytest.raises(TransitionRefused, match=sentence):
        delegate(**more)


def test_who_cannot_be_named(person):
    for somebody, sentence in (
        (OFFICE.approver, "Nobody delegates to themselves"),
        (staff_member("approver2", Role.APPROVER), "is an approver already"),
        (person("citizen"), "holds no role"),
    ):
        with pytest.raises(TransitionRefused, match=sentence):
            delegate(somebody)


def test_one_delegate_at_a_time_for_one_approver_at_a_time():
    """So it is always known in whose name somebody decided."""
    agreed()
    with pytest.raises(TransitionRefused, match="End that first"):
        delegate(staff_member("officer2", Role.OFFICER))
    with pytest.raises(TransitionRefused, match="decides for Approver already"):
        delegate(by=staff_member("approver2", Role.APPROVER))
    delegate(by=staff_member("approver2", Role.APPROVER), starts=NOON + 5 * DAY, ends=NOON + 6 * DAY)


def test_a_delegate_may_be_given_the_role_for_good():
    officer = OFFICE.officer
    agreed()
    grant = actions.grant_role(by=OFFICE.admin, user=officer, role=Role.APPROVER, now=NOON)
    assert grant.delegated_by is None


def test_the_database_holds_who_lent_it():
    grant = agreed()
    with (
        pytest.raises(DatabaseError, match="seconded once"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("UPDATE accounts_rolegrant SET delegated_by_id = NULL WHERE id = %s", [grant.pk])


# --- What admins owe ---------------------------------------------------------------------------------


def owed(user, today=None) -> list[tuple[str, dt.date]]:
    """What a person is asked to agree to."""
    found = duties.of(user, today or day_of(NOON))
    return [(duty.words(), duty.due_on) for duty in found if duty.kind.endswith(".agree")]


def test_every_admin_other_than_both_is_asked_to_agree(signed_in):
    first, second = (User.objects.get(pk=OFFICE.admin.pk), staff_member("second", Role.ADMIN))
    grant = delegate(person=second, starts=NOON + 2 * DAY)
    today = day_of(NOON)
    assert owed(again(first)) == [("Agree to a delegation", today + 2 * DAY)]
    assert owed(again(second)) == owed(OFFICE.approver) == owed(OFFICE.officer) == []
    page = signed_in(again(first)).get(reverse("inbox"))
    assert [group.label for group in page.context["groups"]] == ["Delegations to agree to"]
    assert page.context["groups"][0].lines[0].url == reverse("delegation_list")
    actions.second_role(by=first, grant=grant, now=NOON)
    assert owed(again(first)) == []


def test_a_role_that_waits_for_a_second_admin_is_asked_for_too():
    first, second = OFFICE.admin, User.objects.get(email="admin2@lsp.example")
    actions.grant_role(by=first, user=OFFICE.officer, role=Role.FINANCE, now=NOON)
    assert owed(again(first)) == []
    assert owed(again(second)) == [("Agree to a role, as a second admin", day_of(NOON))]


def test_what_admins_owe_is_bounded_by_the_days():
    delegate(starts=NOON + 2 * DAY)
    due = day_of(NOON) + 2 * DAY
    found = list(seconds(today=day_of(NOON)))
    assert len(found) == 2
    assert list(seconds(today=day_of(NOON), due_from=due, due_to=due)) == found
    assert list(seconds(today=day_of(NOON), due_from=due + DAY)) == []
    assert list(seconds(today=day_of(NOON), due_to=due - DAY)) == []


# --- The page -----------------------------------------------------------------------------------------


def test_the_page_names_agrees_and_ends():
    page = reverse("delegation_list")
    typed = {
        "person": OFFICE.officer.pk,
        "starts": "2026-03-10T12:00",
        "ends": "2026-03-20T18:00",
        "grounds": "On leave.",
    }
    wrong = browser(OFFICE.approver).post(page, {**typed, "ends": "2026-03-09T18:00"})
    assert wrong.status_code == 422
    assert "It has to end after it begins." in problems(wrong)
    assert "On leave." in wrong.text
    assert browser(OFFICE.approver).post(page, typed).status_code == 302
    grant = RoleGrant.objects.get(delegated_by=OFFICE.approver)
    admin = browser(OFFICE.admin)
    assert "Officer decides for Approver" in admin.get(page).text
    assert admin.post(reverse("delegation_agree", args=[grant.pk])).status_code == 302
    assert "Agree</button>" not in admin.get(page).text
    officer = browser(OFFICE.officer)
    assert "End it now" in officer.get(page).text
    assert officer.post(reverse("delegation_end", args=[grant.pk])).status_code == 302
    assert officer.post(reverse("delegation_end", args=[grant.pk])).status_code == 409


def test_the_page_reads_as_much_for_one_delegation_as_for_more():
    def queries() -> int:
        admin = browser(OFFICE.admin)
        with CaptureQueriesContext(connection) as found:
            assert admin.get(reverse("delegation_list")).status_code == 200
        return len(found)

    agreed()
    one = queries()
    for number in range(2):
        lender = staff_member(f"lender{number}", Role.APPROVER)
        agreed(by=lender, person=staff_member(f"delegate{number}", Role.OFFICER))
    assert queries() == one


def test_who_has_nothing_to_do_with_delegations_does_not_see_them():
    assert browser(OFFICE.officer).get(reverse("delegation_list")).status_code == 403
