"""The people of a group: invited, gone, the representation handed over; nominations."""

import pytest

from accounts import actions as accounts_actions
from accounts.actions import InvitationOver
from accounts.models import Invitation
from accounts.places import places_of
from accounts.roles import Role
from core.models import Message
from core.workflow import NotAllowed, TransitionRefused
from groups import actions
from groups.models import Appointment
from tests.factories_groups import give_place, make_appointment, make_group

pytestmark = pytest.mark.django_db


def link_of(invitation: Invitation) -> str:
    """The token in the letter."""
    return (
        Message.objects.get(key=f"invitation.{invitation.pk}").context["url"].rstrip("/").rpartition("/")[2]
    )


def accept(invitation: Invitation, user, now) -> Invitation:
    return accounts_actions.accept(token=link_of(invitation), user=user, now=now)


# --- Places ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["member", "viewer"])
def test_an_invited_person_takes_the_place(person, now, role):
    group = make_group(0)
    invitation = actions.invite_person(
        by=group.representative, group=group, email=" Luz@LSP.example ", role=role, now=now
    )
    luz = person("luz")
    accepted = accept(invitation, luz, now)
    assert accepted.next_url == f"/groups/{group.pk}/"
    assert group.own_roles(luz) == {Role(role)}
    assert [(place.role, place.where) for place in places_of(luz)] == [(Role(role), group.name)]
    assert group.case.events.last().action == "person.joined"


@pytest.mark.parametrize("role", ["representative", "coordinator", "nominee", "officer", "admin", "", "x"])
def test_nobody_is_invited_to_any_other_role(now, role):
    group = make_group(0)
    with pytest.raises(TransitionRefused):
        actions.invite_person(by=group.representative, group=group, email="a@b.example", role=role, now=now)
    assert not Invitation.objects.exists()


def test_only_the_representative_manages_people(member, viewer, officer, now):
    group = make_group(0)
    place = give_place(group, member)
    give_place(group, viewer, Role.VIEWER)
    invitation = actions.invite_person(
        by=group.representative, group=group, email="a@b.example", role="viewer", now=now
    )
    for other in (member, viewer, officer):
        with pytest.raises(NotAllowed, match="Group representative"):
            actions.invite_person(by=other, group=group, email="c@b.example", role="viewer", now=now)
        with pytest.raises(NotAllowed):
            actions.revoke_invitation(by=other, group=group, invitation=invitation, now=now)
        with pytest.raises(NotAllowed):
            actions.hand_over(by=other, group=group, to=place, now=now)
    with pytest.raises(NotAllowed):
        actions.end_place(by=viewer, group=group, place=place, now=now)


def test_a_person_has_one_place(member, now):
    group = make_group(0)
    give_place(group, member)
    for email in (member.email, group.representative.email.upper()):
        with pytest.raises(TransitionRefused, match="has a place in the group already"):
            actions.invite_person(by=group.representative, group=group, email=email, role="viewer", now=now)


def test_a_second_invitation_takes_the_place_of_the_first(person, now):
    group = make_group(0)
    luz = person("luz")
    said = {"by": group.representative, "group": group, "now": now}
    other = actions.invite_person(role="member", email="other@b.example", **said)
    first, second = (
        actions.invite_person(role=role, email=luz.email, **said) for role in ("member", "viewer")
    )
    with pytest.raises(InvitationOver, match="taken back"):
        accept(first, luz, now)
    accept(second, luz, now)
    assert group.own_roles(luz) == {Role.VIEWER}
    assert list(Invitation.objects.waiting()) == [other]


def test_an_invitation_of_somebody_who_got_a_place_meanwhile_is_refused(person, now):
    group = make_group(0)
    luz = person("luz")
    invitation = actions.invite_person(
        by=group.representative, group=group, email=luz.email, role="viewer", now=now
    )
    give_place(group, luz)
    with pytest.raises(TransitionRefused, match="a place in this group already"):
        accept(invitation, luz, now)
    assert group.own_roles(luz) == {Role.MEMBER}
    assert Invitation.objects.get(pk=invitation.pk).accepted_at is None


def test_an_invitation_is_taken_back_by_its_own_group_only(now):
    group, other = make_group(0), make_group(0)
    invitation = actions.invite_person(
        by=group.representative, group=group, email="a@b.example", role="viewer", now=now
    )
    with pytest.raises(TransitionRefused):
        actions.revoke_invitation(by=other.representative, group=other, invitation=invitation, now=now)
    actions.revoke_invitation(by=group.representative, group=group, invitation=invitation, now=now)
    assert not Invitation.objects.waiting().exists()


def test_a_place_ends_and_the_row_stays(member, now):
    group = make_group(0)
    place = give_place(group, member)
    actions.end_place(by=group.representative, group=group, place=place, now=now)
    assert group.own_roles(member) == set()
    assert group.people.count() == 2
    with pytest.raises(TransitionRefused, match="no place in the group any more"):
        actions.end_place(by=group.representative, group=group, place=place, now=now)


def test_a_person_leaves_by_themselves(viewer, now):
    group = make_group(0)
    place = give_place(group, viewer, Role.VIEWER)
    actions.end_place(by=viewer, group=group, place=place, now=now)
    assert not places_of(viewer)


def test_the_representative_does_not_simply_leave(now):
    group = make_group(0)
    place = group.people.get()
    with pytest.raises(TransitionRefused, match="hand the representation over"):
        actions.end_place(by=group.representative, group=group, place=place, now=now)


def test_the_representation_is_handed_over(member, now, worker, mailoutbox):
    group = make_group(0)
    old, place = group.representative, give_place(group, member)
    actions.hand_over(by=old, group=group, to=place, now=now)
    assert group.representative == member
    assert group.own_roles(old) == {Role.MEMBER}
    assert group.case.events.last().data == {"before": old.pk, "after": member.pk}
    with pytest.raises(NotAllowed):
        actions.hand_over(by=old, group=group, to=group.people.get(user=member, until=None), now=now)
    worker()
    letters = {letter.to[0]: letter for letter in mailoutbox}
    assert "handed the representation of Muebles del Norte over to you" in letters[member.email].body
    assert "You stay as a member who writes" in letters[old.email].body


def test_the_representation_goes_to_somebody_of_the_group(member, now):
    group, other = make_group(0), make_group(0)
    place = give_place(other, member)
    with pytest.raises(TransitionRefused, match="no place in the group"):
        actions.hand_over(by=group.representative, group=group, to=place, now=now)
    with pytest.raises(TransitionRefused, match="represent the group already"):
        actions.hand_over(by=group.representative, group=group, to=group.people.get(), now=now)
    mine = give_place(group, member)
    member.is_active = False
    member.save()
    with pytest.raises(TransitionRefused, match="closed"):
        actions.hand_over(by=group.representative, group=group, to=mine, now=now)


# --- Nominations -------------------------------------------------------------------------------------


def nominate(group, now, **changes) -> Appointment:
    said = {
        "by": group.representative,
        "email": "nadia@lsp.example",
        "full_name": "Nadia Paz",
        "background": "Ten years in the trade.",
        "no_conflict": True,
    } | changes
    return actions.nominate(group=group, now=now, **said)


def test_somebody_with_an_account_gets_a_letter(person, now, worker, mailoutbox):
    group, nadia = make_group(0), person("nadia")
    appointment = nominate(group, now, email="Nadia@lsp.example")
    assert (appointment.person, appointment.status) == (nadia, "nominated")
    assert not Invitation.objects.exists()
    assert group.own_roles(nadia) == {Role.NOMINEE}
    worker()
    letter = mailoutbox[0]
    assert letter.subject == "Muebles del Norte asks you to be its coordinator"
    assert f"/groups/coordinators/{appointment.pk}/" in letter.body


def test_somebody_without_one_gets_an_invitation_that_leads_to_the_nomination(person, now):
    group = make_group(0)
    appointment = nominate(group, now)
    assert appointment.person is None
    invitation = Invitation.objects.get()
    assert (invitation.role, invitation.email) == ("nominee", "nadia@lsp.example")
    nadia = person("nadia")
    accepted = accept(invitation, nadia, now)
    assert accepted.next_url == f"/groups/coordinators/{appointment.pk}/"
    assert Appointment.objects.get().person == nadia
    assert Appointment.objects.get().status == "nominated"


def test_an_invitation_to_a_nomination_that_was_taken_back(person, now):
    group = make_group(0)
    nominate(group, now)
    invitation = Invitation.objects.get()
    Appointment.objects.update(status="withdrawn")
    with pytest.raises(TransitionRefused, match="taken back"):
        accept(invitation, person("nadia"), now)


def test_one_nomination_at_a_time(now):
    group = make_group(0)
    nominate(group, now)
    with pytest.raises(TransitionRefused, match="Nadia Paz is nominated already"):
        nominate(group, now, email="other@lsp.example")
    assert Appointment.objects.count() == 1


def test_a_successor_is_nominated_while_the_coordinator_is_in_office(coordinator, now):
    group = make_group(0)
    make_appointment(group, coordinator)
    with pytest.raises(TransitionRefused, match="Say why"):
        nominate(group, now)
    assert nominate(group, now, why="She moves away.").status == "nominated"


def test_only_the_representative_nominates(member, officer, now):
    group = make_group(0)
    give_place(group, member)
    for other in (member, officer):
        with pytest.raises(NotAllowed, match="Group representative"):
            nominate(group, now, by=other)
