"""Invitations: a link that works once, in time, for the address to which it was sent."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts import actions, invitations
from accounts.models import Invitation
from core import dates
from core.models import Event, Message
from core.workflow import TransitionRefused

pytestmark = pytest.mark.django_db


@pytest.fixture
def accepted(monkeypatch):
    """What the app that owns the role "member" was told."""
    told = []
    monkeypatch.setitem(invitations._handlers, "member", lambda *args: told.append(args))
    return told


@pytest.fixture
def send(case, admin, accepted):
    """Sends an invitation; answers it with its token, as only the letter has it."""

    def send_it(email="guest@lsp.example", now=None):
        invitation = actions.invite(by=admin, case=case, email=email, role="member", now=now or dates.now())
        letter = Message.objects.get(key=f"invitation.{invitation.pk}")
        return invitation, letter.context["url"].rstrip("/").rsplit("/", 1)[-1]

    return send_it


def test_the_link_is_in_the_letter_alone(send):
    invitation, token = send(email=" Guest@LSP.example ")
    letter = Message.objects.get(key=f"invitation.{invitation.pk}")
    assert letter.address == "guest@lsp.example"
    assert letter.confidential
    assert invitation.token_digest == invitations.digest(token) != token
    assert token not in str(Event.objects.filter(case=invitation.case).values())


def test_accepting_happens_once(send, person, accepted):
    invitation, token = send()
    guest, now = person("guest@lsp.example"), dates.now()
    actions.accept(token=token, user=guest, now=now)
    assert accepted == [(invitation, guest, now)]
    invitation.refresh_from_db()
    assert (invitation.accepted_by, invitation.accepted_at) == (guest, now)
    with pytest.raises(actions.InvitationOver, match="used already"):
        actions.accept(token=token, user=guest, now=now)
    assert len(accepted) == 1
    told = Event.objects.filter(case=invitation.case).order_by("sequence")
    assert [event.action for event in told] == ["invitation.sent", "invitation.accepted"]


def test_an_expired_invitation_is_refused(send, person, accepted):
    _invitation, token = send(now=dates.now() - actions.INVITATION_LASTS)
    with pytest.raises(actions.InvitationOver, match="expired"):
        actions.accept(token=token, user=person("guest@lsp.example"), now=dates.now())
    assert accepted == []


def test_a_revoked_invitation_is_refused(send, admin, person, accepted):
    invitation, token = send()
    actions.revoke(by=admin, invitation=invitation, now=dates.now())
    with pytest.raises(actions.InvitationOver, match="taken back"):
        actions.accept(token=token, user=person("guest@lsp.example"), now=dates.now())
    with pytest.raises(TransitionRefused):
        actions.revoke(by=admin, invitation=invitation, now=dates.now())
    assert accepted == []


def test_another_persons_invitation_is_refused(send, stranger, accepted):
    _invitation, token = send()
    with pytest.raises(actions.WrongAddress):
        actions.accept(token=token, user=stranger, now=dates.now())
    assert accepted == []


def test_a_second_invitation_replaces_the_first(send, person):
    first, old = send()
    _second, new = send()
    first.refresh_from_db()
    assert first.revoked_at
    guest = person("guest@lsp.example")
    with pytest.raises(actions.InvitationOver):
        actions.accept(token=old, user=guest, now=dates.now())
    actions.accept(token=new, user=guest, now=dates.now())


def test_nothing_happens_when_the_role_refuses(send, person, monkeypatch):
    invitation, token = send()

    def refuse(*_args):
        raise TransitionRefused("The group is full.")

    monkeypatch.setitem(invitations._handlers, "member", refuse)
    with pytest.raises(TransitionRefused, match="full"):
        actions.accept(token=token, user=person("guest@lsp.example"), now=dates.now())
    invitation.refresh_from_db()
    assert invitation.accepted_at is None


def test_nobody_sends_letters_without_end(send, monkeypatch):
    monkeypatch.setattr(actions, "MOST_WAITING_INVITATIONS", 2)
    send("a@lsp.example")
    send("b@lsp.example")
    with pytest.raises(TransitionRefused, match="Too many"):
        send("c@lsp.example")


def test_the_database_keeps_one_end_and_one_open_invitation(send, case, admin):
    invitation, _token = send()
    mine, now = Invitation.objects.filter(pk=invitation.pk), dates.now()
    for change, constraint in (
        ({"accepted_at": now}, "invitation_accepted_by_somebody"),
        ({"accepted_at": now, "accepted_by": admin, "revoked_at": now}, "invitation_one_end"),
        ({"email": "Guest@lsp.example"}, "invitation_email_in_lower_case"),
    ):
        with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
            mine.update(**change)
    again = {
        "case": case,
        "email": invitation.email,
        "role": "member",
        "invited_by": admin,
        "created_at": now,
    }
    with pytest.raises(IntegrityError, match="invitation_once_at_a_time"), transaction.atomic():
        Invitation.objects.create(**again, token_digest="other", expires_at=now)


def test_the_page_leads_a_visitor_through_log_in_and_back(client, send):
    _invitation, token = send()
    address = reverse("invitation", args=[token])
    page = client.get(address)
    assert page.status_code == 200
    for name in ("account_login", "account_signup"):
        assert f"{reverse(name)}?next={address}" in page.text
    assert client.post(address).status_code == 200  # a visitor accepts nothing
    assert Invitation.objects.get().accepted_at is None


def test_the_page_accepts_for_the_invited_person(signed_in, send, person, accepted):
    _invitation, token = send()
    client = signed_in(person("guest@lsp.example"))
    address = reverse("invitation", args=[token])
    assert "Accept the invitation" in client.get(address).text
    answer = client.post(address)
    assert (answer.status_code, answer.url) == (302, reverse("home"))
    assert len(accepted) == 1
    again = client.get(address)
    assert again.status_code == 410
    assert "used already" in again.text


def test_the_page_refuses_another_account(signed_in, send, stranger, accepted):
    _invitation, token = send()
    client = signed_in(stranger)
    address = reverse("invitation", args=[token])
    assert "another address" in client.get(address).text
    assert client.post(address).status_code == 403
    assert accepted == []


@pytest.mark.parametrize("token", ["wrong", "a" * 500, "..", "%00", "ñ"])
def test_a_link_that_never_was_is_not_found(client, db, token):
    assert client.get(f"/invitations/{token}/").status_code == 404


def test_expired_says_so(client, send):
    _invitation, token = send(now=dates.now() - actions.INVITATION_LASTS - dt.timedelta(days=1))
    page = client.get(reverse("invitation", args=[token]))
    assert page.status_code == 410
    assert "expired" in page.text
