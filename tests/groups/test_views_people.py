"""The pages of a group's people and of its coordinator."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.models import Invitation
from accounts.roles import Role
from core.models import Document, Message
from groups.models import Appointment, GroupPerson
from tests.factories_groups import give_place, make_appointment, make_group

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]


# --- People ------------------------------------------------------------------------------------------


def test_the_representative_invites_and_takes_back(signed_in):
    group = make_group(0)
    client, address = signed_in(group.representative), reverse("group_people", args=[group.pk])
    page = client.post(address, {"email": "luz@lsp.example", "role": "viewer"}, follow=True).text
    assert "The invitation to luz@lsp.example is on its way." in page
    assert "until 24/03/2026" in page
    invitation = Invitation.objects.get()
    revoke = reverse("group_invitation_revoke", args=[group.pk, invitation.pk])
    assert revoke in page
    page = client.post(revoke, follow=True).text
    assert "No invitation waits" in page
    assert client.post(revoke).status_code == 409


@pytest.mark.parametrize(
    "data, field",
    [
        ({"email": "", "role": "member"}, "email"),
        ({"email": "nobody", "role": "member"}, "email"),
        ({"email": "a@b.example", "role": "officer"}, "role"),
        ({"email": "a@b.example", "role": "representative"}, "role"),
        ({"email": "a@b.example"}, "role"),
        ({"email": "x" * 400 + "@b.example", "role": "member"}, "email"),
    ],
)
def test_a_bad_invitation_is_told_at_the_field(signed_in, data, field):
    group = make_group(0)
    answer = signed_in(group.representative).post(reverse("group_people", args=[group.pk]), data)
    assert answer.status_code == 422
    assert f'href="#id_{field}' in answer.text
    assert not Invitation.objects.exists()


def test_who_has_a_place_is_not_invited(signed_in, member):
    group = make_group(0)
    give_place(group, member)
    data = {"email": member.email, "role": "viewer"}
    answer = signed_in(group.representative).post(reverse("group_people", args=[group.pk]), data)
    assert answer.status_code == 409
    assert "has a place in the group already" in answer.text


def test_others_read_the_people_and_change_nothing(signed_in, viewer, stranger, person):
    group = make_group(0)
    give_place(group, viewer, Role.VIEWER)
    other = give_place(group, person("other"))
    client, address = signed_in(viewer), reverse("group_people", args=[group.pk])
    page = client.get(address).text
    assert "other@lsp.example" in page
    assert "Invite somebody" not in page
    assert client.post(address, {"email": "a@b.example", "role": "viewer"}).status_code == 403
    for name in ("place_end", "representation_hand_over"):
        assert client.post(reverse(name, args=[group.pk, other.pk])).status_code == 403
        assert signed_in(stranger).post(reverse(name, args=[group.pk, other.pk])).status_code == 404
        signed_in(viewer)
    assert GroupPerson.objects.filter(until=None).count() == 3


def test_a_place_of_another_group_is_not_found(signed_in, member):
    group, other = make_group(0), make_group(0)
    place = give_place(other, member)
    client = signed_in(group.representative)
    for name in ("place_end", "representation_hand_over"):
        assert client.post(reverse(name, args=[group.pk, place.pk])).status_code == 404
    invitation = Invitation.objects.create(
        case=other.case,
        email="a@b.example",
        role="member",
        invited_by=other.representative,
        token_digest="x",
        created_at=dt.datetime(2026, 3, 1, tzinfo=dt.UTC),
        expires_at=dt.datetime(2026, 3, 15, tzinfo=dt.UTC),
    )
    revoke = reverse("group_invitation_revoke", args=[group.pk, invitation.pk])
    assert client.post(revoke).status_code == 404


def test_the_link_leads_to_the_group(signed_in, person):
    group = make_group(0)
    data = {"email": "luz@lsp.example", "role": "member"}
    signed_in(group.representative).post(reverse("group_people", args=[group.pk]), data)
    path = "/invitations/" + Message.objects.get().context["url"].partition("/invitations/")[2]
    client = signed_in(person("luz"))
    assert "Group member" in client.get(path).text
    assert client.post(path).headers["Location"] == reverse("group_detail", args=[group.pk])
    assert reverse("group_edit", args=[group.pk]) in client.get(reverse("group_detail", args=[group.pk])).text
    assert group.name in client.get(reverse("my_account")).text


def test_a_place_is_ended_after_asking(signed_in, member):
    group = make_group(0)
    place = give_place(group, member)
    client, address = signed_in(group.representative), reverse("place_end", args=[group.pk, place.pk])
    assert "End the place of Member?" in client.get(address).text
    assert GroupPerson.objects.filter(until=None).count() == 2
    assert client.post(address).headers["Location"] == reverse("group_people", args=[group.pk])
    assert client.get(reverse("group_people", args=[group.pk])).text.count("member@lsp.example") == 0


def test_a_person_leaves(signed_in, member):
    group = make_group(0)
    place = give_place(group, member)
    client, address = signed_in(member), reverse("place_end", args=[group.pk, place.pk])
    assert "Leave Muebles del Norte?" in client.get(address).text
    assert client.post(address).headers["Location"] == reverse("group_list")
    assert client.get(reverse("group_detail", args=[group.pk])).status_code == 404


def test_the_representative_stays_until_somebody_follows(signed_in):
    group = make_group(0)
    place = group.people.get()
    answer = signed_in(group.representative).post(reverse("place_end", args=[group.pk, place.pk]))
    assert answer.status_code == 409
    assert "hand the representation over" in answer.text


def test_the_representation_is_handed_over_after_asking(signed_in, member):
    group = make_group(0)
    place = give_place(group, member)
    client = signed_in(group.representative)
    address = reverse("representation_hand_over", args=[group.pk, place.pk])
    assert "over to Member?" in client.get(address).text
    assert client.post(address).status_code == 302
    assert group.representative == member
    assert client.get(address).status_code == 403


# --- Nomination --------------------------------------------------------------------------------------

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def nomination(**changes) -> dict:
    return {
        "full_name": "Nadia Paz",
        "email": "nadia@lsp.example",
        "background": "Ten years in the trade.",
        "no_conflict": "on",
        "cv": SimpleUploadedFile("cv.pdf", PDF, "application/pdf"),
    } | changes


def test_from_nomination_to_confirmation(signed_in, person, officer):
    group, nadia = make_group(2), person("nadia", "Nadia Paz")
    rep = group.representative
    answer = signed_in(rep).post(reverse("coordinator_nominate", args=[group.pk]), nomination())
    post = Appointment.objects.get()
    address = reverse("appointment_detail", args=[post.pk])
    assert answer.headers["Location"] == address

    client = signed_in(nadia)
    page = client.get(address).text
    assert "asks you to be its coordinator" in page
    assert group.firms.first().name in page
    accept = reverse("appointment_act", args=[post.pk, "accept"])
    assert accept in page
    unanswered = client.post(accept, {"version": 0})
    assert (unanswered.status_code, 'href="#id_no_conflict_0"' in unanswered.text) == (422, True)
    assert (
        "You accepted the nomination"
        in client.post(accept, {"version": 0, "no_conflict": "yes"}, follow=True).text
    )

    client = signed_in(officer)
    confirm = reverse("appointment_act", args=[post.pk, "confirm"])
    assert confirm in client.get(address).text
    early = client.post(confirm, {"version": 1, "confirmed_from": "2026-03-09"})
    assert (early.status_code, "before the nomination, 10/03/2026" in early.text) == (422, True)
    assert 'href="#id_confirmed_from"' in early.text
    assert client.post(confirm, {"version": 1, "confirmed_from": "10/03/2026"}).status_code == 302
    post.refresh_from_db()
    assert (post.status, post.confirmed_from) == ("confirmed", dt.date(2026, 3, 10))

    page = signed_in(rep).get(reverse("group_detail", args=[group.pk])).text
    for sentence in (
        "A coordinator was nominated.",
        "accepted the nomination.",
        "was confirmed, from 10/03/2026 on.",
    ):
        assert sentence in page


def test_declining_is_the_last_look(signed_in, person):
    group, nadia = make_group(0), person("nadia")
    post = make_appointment(group, nadia, "nominated")
    client = signed_in(nadia)
    answer = client.post(reverse("appointment_act", args=[post.pk, "decline"]), {"version": 0, "reason": ""})
    assert answer.headers["Location"] == reverse("group_list")
    assert "You declined the nomination." in client.get(reverse("group_list")).text
    assert client.get(reverse("appointment_detail", args=[post.pk])).status_code == 404


def test_a_representative_ends_an_appointment(signed_in, coordinator):
    group = make_group(0)
    post = make_appointment(group, coordinator)
    client = signed_in(group.representative)
    address = reverse("appointment_act", args=[post.pk, "dismiss"])
    data = {"version": 0, "ended_on": "2026-03-10", "reason": "Moved away"}
    assert client.post(address, data | {"reason": ""}).status_code == 422
    future = client.post(address, data | {"ended_on": "2026-03-11"})
    assert (future.status_code, "cannot be in the future" in future.text) == (422, True)
    assert 'href="#id_ended_on"' in future.text
    assert client.post(address, data).status_code == 302
    assert Appointment.objects.get().status == "ended"


def test_a_step_that_is_not_possible_says_why(signed_in, officer, coordinator, person):
    group = make_group(0)
    make_appointment(group, coordinator, full_name="Carla Cruz")
    post = make_appointment(group, person("nadia"), "accepted")
    client = signed_in(officer)
    page = client.get(reverse("appointment_detail", args=[post.pk])).text
    assert 'aria-disabled="true"' in page
    assert "Carla Cruz is confirmed as coordinator since 01/01/2026" in page
    confirm = reverse("appointment_act", args=[post.pk, "confirm"])
    assert client.get(confirm).status_code == 409
    answer = client.post(confirm, {"version": 0, "confirmed_from": "2026-03-10"})
    assert answer.status_code == 422
    assert "End that appointment first" in answer.text
    # A step of another state is refused as a whole, whatever was typed.
    other = client.post(
        reverse("appointment_act", args=[post.pk, "end"]),
        {"version": 0, "ended_on": "2026-03-10", "reason": "x"},
    )
    assert (other.status_code, "not possible any more" in other.text) == (409, True)


def test_a_stale_or_repeated_step_changes_nothing(signed_in, person):
    group, nadia = make_group(0), person("nadia")
    post = make_appointment(group, nadia, "nominated")
    client, address = signed_in(nadia), reverse("appointment_act", args=[post.pk, "accept"])
    stale = client.post(address, {"version": 3, "no_conflict": "yes"})
    assert (stale.status_code, "Somebody changed this" in stale.text) == (409, True)
    assert client.post(address, {"version": 0, "no_conflict": "yes"}).status_code == 302
    again = client.post(address, {"version": 1, "no_conflict": "yes"})
    assert (again.status_code, "not possible any more" in again.text) == (409, True)


@pytest.mark.parametrize("name", ["accept", "confirm", "refuse", "end", "fly"])
def test_steps_of_others_are_refused(signed_in, member, name):
    group = make_group(0)
    give_place(group, member)
    post = make_appointment(group, None, "nominated")
    answer = signed_in(member).get(reverse("appointment_act", args=[post.pk, name]))
    assert answer.status_code == (404 if name == "fly" else 403)


@pytest.mark.parametrize(
    "changes, field",
    [
        ({"email": "nobody"}, "email"),
        ({"full_name": ""}, "full_name"),
        ({"background": ""}, "background"),
        ({"background": "x" * 2001}, "background"),
    ],
)
def test_a_bad_nomination_is_told_at_the_field(signed_in, changes, field):
    group = make_group(0)
    address = reverse("coordinator_nominate", args=[group.pk])
    answer = signed_in(group.representative).post(address, nomination(**changes))
    assert answer.status_code == 422
    assert f'href="#id_{field}"' in answer.text
    assert not Appointment.objects.exists()


def test_a_second_nomination_is_refused_in_words(signed_in):
    group = make_group(0)
    make_appointment(group, None, "nominated", full_name="Carla Cruz")
    client, address = signed_in(group.representative), reverse("coordinator_nominate", args=[group.pk])
    assert "Carla Cruz is nominated already" in client.get(address).text
    answer = client.post(address, nomination())
    assert (answer.status_code, "Carla Cruz is nominated already" in answer.text) == (409, True)
    page = client.get(reverse("group_detail", args=[group.pk])).text
    assert 'aria-disabled="true"' in page


def test_the_curriculum_is_kept_and_read_by_those_who_may(signed_in, person, stranger, officer):
    group, nadia = make_group(0), person("nadia")
    upload = SimpleUploadedFile("cv.pdf", PDF, "application/pdf")
    signed_in(group.representative).post(
        reverse("coordinator_nominate", args=[group.pk]), nomination(cv=upload)
    )
    document = Document.objects.get()
    assert Appointment.objects.get().cv == document
    codes = {}
    for user in (group.representative, nadia, officer, stranger):
        codes[user.email] = signed_in(user).get(reverse("document", args=[document.pk])).status_code
    assert list(codes.values()) == [200, 200, 200, 404]


@pytest.mark.parametrize(
    "name, content", [("cv.pdf", b""), ("cv.pdf", b"<html>"), ("cv.exe", PDF), ("cv.svg", b"<svg/>")]
)
def test_a_bad_curriculum_is_told_at_the_field(signed_in, name, content):
    group = make_group(0)
    upload = SimpleUploadedFile(name, content, "application/pdf")
    answer = signed_in(group.representative).post(
        reverse("coordinator_nominate", args=[group.pk]), nomination(cv=upload)
    )
    assert answer.status_code == 422
    assert 'href="#id_cv"' in answer.text
    assert not Document.objects.exists()
    assert not Appointment.objects.exists()
