"""A group asks firms that others registered to join, and its members to confirm: who is written to, how often, and what
the group learns."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.roles import Role
from core import timeline
from core.models import Message
from core.workflow import NotAllowed, TransitionRefused
from groups import actions
from groups.actions import asking, voice
from groups.confirmations import State, voices
from groups.links import find
from groups.models import FirmLink, JoinRequest
from tests.factories_groups import (
    give_place,
    make_confirmation,
    make_cuit,
    make_firm,
    make_firm_link,
    make_group,
    make_question,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]

DAY = dt.timedelta(days=1)


def ask(group, firm, now, **more):
    """The group's representative asks a firm to join."""
    more = {"by": group.representative, "place_in_chain": "Packs"} | more
    return asking.ask_to_join(group=group, cuit=firm.cuit, now=now, **more)


def state_of(group, now):
    """How the group's only firm stands."""
    (found,) = voices(group.memberships.current().select_related("firm"), now).values()
    return found.state


# --- Asking to join ----------------------------------------------------------------------------------


def test_the_contact_of_a_registered_firm_gets_a_letter_with_a_link(now, worker, mailoutbox):
    group = make_group(0)
    firm = make_firm(contact_email="own@firm.example")
    request = ask(group, firm, now)
    worker()
    (letter,) = mailoutbox
    assert letter.to == ["own@firm.example"]
    assert letter.subject == "Muebles del Norte asks your firm to join"
    link = FirmLink.objects.get()
    token = letter.body.partition("/firm-links/")[2].partition("/")[0]
    assert find(token) == link
    assert link.request == request
    assert token not in str(FirmLink.objects.values().get())
    # Once it is sent, the secret is nowhere.
    assert Message.objects.get().context == {}


def test_without_a_contact_the_staff_have_to_ask(now, signed_in, officer):
    group, firm = make_group(0), make_firm()
    ask(group, firm, now)
    assert not Message.objects.exists()
    page = signed_in(group.representative).get(reverse("group_detail", args=[group.pk])).text
    assert "the programme's staff have to ask it" in page
    waiting = signed_in(officer).get(reverse("join_request_list")).text
    assert firm.name in waiting
    admit = reverse("firm_admit", args=[group.pk])
    prefilled = signed_in(officer).get(admit, {"request": JoinRequest.objects.get().pk}).text
    assert firm.formatted_cuit in prefilled
    assert "Packs" in prefilled


def test_admitting_the_firm_answers_the_question(now, officer):
    group, firm = make_group(0), make_firm(contact_email="own@firm.example")
    request = ask(group, firm, now)
    actions.admit_firm(
        by=officer, group=group, cuit=firm.cuit, place_in_chain="Packs", reason="By telephone.", now=now
    )
    request.refresh_from_db()
    assert request.agreed
    assert request.ended_at == now
    assert not FirmLink.objects.filter(revoked_at=None).exists()


def test_an_officer_notes_that_the_firm_declined(now, signed_in, officer):
    group, firm = make_group(0), make_firm()
    request = ask(group, firm, now)
    address = reverse("join_request_decline", args=[group.pk, request.pk])
    signed_in(officer).post(address, {"reason": "The owner, Ana Paz, by telephone."})
    request.refresh_from_db()
    assert request.agreed is False
    rows = timeline.rows(group.case, group.representative)
    assert rows[0].details == firm.formatted_cuit  # not who of the firm it was


def test_a_firm_is_asked_once(now):
    group, firm = make_group(0), make_firm()
    ask(group, firm, now)
    with pytest.raises(actions.CuitRefused, match="was asked already"):
        ask(group, firm, now)
    with pytest.raises(IntegrityError), transaction.atomic():
        make_question(group, firm)


@pytest.mark.parametrize("who", ["viewer", "stranger"])
def test_only_who_writes_for_the_group_asks(now, person, who):
    group, firm = make_group(1), make_firm()
    somebody = person(who)
    if who == "viewer":
        give_place(group, somebody, Role.VIEWER)
    with pytest.raises(NotAllowed):
        ask(group, firm, now, by=somebody)
    with pytest.raises(NotAllowed):
        asking.send_links(by=somebody, group=group, now=now)
    with pytest.raises(NotAllowed):
        asking.share_link(by=somebody, group=group, firm=group.firms.get(), now=now)


def test_a_new_firm_or_a_member_or_an_own_firm_is_not_asked(now):
    group = make_group(1)
    with pytest.raises(actions.CuitRefused, match="in the group already"):
        ask(group, group.firms.get(), now)
    other = make_group(0, representative=group.representative)
    with pytest.raises(actions.CuitRefused, match="need not be asked"):
        ask(other, group.firms.get(), now)
    with pytest.raises(actions.CuitRefused, match="need not be asked"):
        asking.ask_to_join(
            by=group.representative, group=group, cuit=make_cuit(700), place_in_chain="Packs", now=now
        )


def test_a_group_has_not_too_many_questions_open(now, monkeypatch):
    monkeypatch.setattr(asking, "MOST_WAITING", 2)
    group = make_group(0)
    ask(group, make_firm(), now)
    ask(group, make_firm(), now)
    with pytest.raises(actions.CuitRefused, match="Too many firms"):
        ask(group, make_firm(), now)


def test_a_firm_that_declined_is_left_in_peace_for_a_month(now):
    group, firm = make_group(0), make_firm(contact_email="own@firm.example")
    request = ask(group, firm, now)
    voice.decline_to_join(link=request.firm_links.get(), now=now)
    with pytest.raises(actions.CuitRefused, match="declined a short time ago"):
        ask(group, firm, now + 29 * DAY)
    assert ask(group, firm, now + 30 * DAY).ended_at is None


def test_a_question_is_sent_again_after_a_day_and_taken_back(now):
    group, firm = make_group(0), make_firm(contact_email="own@firm.example")
    request = ask(group, firm, now)
    first = FirmLink.objects.get()
    about = {"by": group.representative, "group": group, "request": request}
    with pytest.raises(TransitionRefused, match="within the last day"):
        asking.send_request(now=now + DAY / 2, **about)
    # Long after the first link expired, the question still stands.
    second = asking.send_request(now=now + 20 * DAY, **about)
    first.refresh_from_db()
    assert first.revoked_at
    assert not second.revoked_at
    asking.withdraw_request(now=now + 20 * DAY, **about)
    second.refresh_from_db()
    request.refresh_from_db()
    assert second.revoked_at
    assert request.ended_at
    assert request.agreed is None
    with pytest.raises(TransitionRefused, match="answered, or was taken back"):
        asking.withdraw_request(now=now + 20 * DAY, **about)


# --- Asking members to confirm -----------------------------------------------------------------------


def make_firm_email(group):
    """The group's firms have addresses of their own."""
    for firm in group.firms.all():
        firm.contact_email = f"firm{firm.pk}@firm.example"
        firm.save()


def test_all_that_have_not_confirmed_are_asked_at_once(now, signed_in):
    group = make_group(4)
    make_firm_email(group)
    places = list(group.memberships.select_related("firm"))
    make_confirmation(places[0])
    places[1].firm.contact_email = ""
    places[1].firm.save()
    client = signed_in(group.representative)
    answer = client.post(reverse("firm_links_send", args=[group.pk]), follow=True)
    assert "Links to confirm are on their way to 2 firms." in answer.text
    assert f"for want of an e-mail or because a link was sent within a day: {places[1].firm}." in answer.text
    asked = {message.address for message in Message.objects.all()}
    assert asked == {places[2].firm.contact_email, places[3].firm.contact_email}
    client.post(reverse("firm_links_send", args=[group.pk]))
    assert Message.objects.count() == 2


def test_a_reminder_goes_once_a_day_with_a_new_link(now):
    group = make_group(1)
    make_firm_email(group)
    about = {"by": group.representative, "group": group, "firm": group.firms.get()}
    assert state_of(group, now) is State.NOT_ASKED
    first = asking.send_link(now=now, **about)
    assert state_of(group, now) is State.SENT
    with pytest.raises(TransitionRefused, match="within the last day"):
        asking.send_link(now=now + DAY - dt.timedelta(seconds=1), **about)
    second = asking.send_link(now=now + DAY, **about)
    first.refresh_from_db()
    assert first.revoked_at == now + DAY
    assert second.revoked_at is None
    assert state_of(group, now + 15 * DAY) is State.EXPIRED


def test_five_links_a_day_and_no_more(now):
    group = make_group(1)
    make_firm_email(group)
    about = {"by": group.representative, "group": group, "firm": group.firms.get()}
    for _number in range(5):
        asking.share_link(now=now, **about)
    with pytest.raises(TransitionRefused, match="5 links within a day"):
        asking.share_link(now=now, **about)
    assert FirmLink.objects.filter(revoked_at=None).count() == 1
    asking.share_link(now=now + DAY, **about)


def test_many_groups_do_not_flood_a_firm_and_its_own_group_still_reaches_it(now, worker, mailoutbox):
    group = make_group(1)
    make_firm_email(group)
    firm = group.firms.get()
    strangers = [make_group(0, name=f"Stranger {number}") for number in range(11)]
    for stranger in strangers:
        ask(stranger, firm, now)
    worker()
    assert len(mailoutbox) == 10
    late = JoinRequest.objects.get(group=strangers[-1])
    about = {"by": strangers[-1].representative, "group": strangers[-1], "request": late}
    with pytest.raises(TransitionRefused, match="many links within a day"):
        asking.send_request(now=now, **about)
    asking.send_link(by=group.representative, group=group, firm=firm, now=now)
    asking.send_request(now=now + DAY, **about)


def test_many_firms_do_not_flood_one_address(now):
    group = make_group(0)
    for _number in range(31):
        firm = make_firm(contact_email="victim@firm.example")
        group.memberships.create(firm=firm, joined_on=now.date())
    asked, not_asked = asking.send_links(by=group.representative, group=group, now=now)
    assert (len(asked), len(not_asked)) == (30, 1)


def test_links_of_both_kinds_stand_side_by_side_and_are_revoked_together(now, signed_in):
    group = make_group(1)
    make_firm_email(group)
    firm = group.firms.get()
    client = signed_in(group.representative)
    client.post(reverse("firm_link_send", args=[group.pk, firm.pk]))
    page = client.post(reverse("firm_link_share", args=[group.pk, firm.pk]))
    assert "https://wa.me/?text=Please" in page.text
    assert "no-store" in page.headers["Cache-Control"]
    assert FirmLink.objects.filter(revoked_at=None).count() == 2
    client.post(reverse("firm_link_revoke", args=[group.pk, firm.pk]))
    assert not FirmLink.objects.filter(revoked_at=None).exists()
    assert (
        "No link is open."
        in client.post(reverse("firm_link_revoke", args=[group.pk, firm.pk]), follow=True).text
    )


def test_opening_the_page_to_share_makes_no_link(signed_in):
    group = make_group(1)
    make_firm_email(group)
    address = reverse("firm_link_share", args=[group.pk, group.firms.get().pk])
    assert "Make the link" in signed_in(group.representative).get(address).text
    assert not FirmLink.objects.exists()


def test_the_database_holds_one_open_link_of_each_kind(now):
    group = make_group(1)
    link, _token = make_firm_link(group.memberships.get())
    with pytest.raises(IntegrityError), transaction.atomic():
        FirmLink.objects.create(
            firm=link.firm,
            group=group,
            token_digest="x",
            created_at=now,
            created_by=group.representative,
            expires_at=now,
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        FirmLink.objects.filter(pk=link.pk).update(code_tries=6)


def test_a_firm_that_leaves_has_no_open_link(now):
    group = make_group(1)
    link, _token = make_firm_link(group.memberships.get())
    actions.leave(by=group.representative, group=group, firm=link.firm, on=now.date(), now=now)
    link.refresh_from_db()
    assert link.revoked_at == now


def test_firms_of_another_group_are_not_there(signed_in):
    group, theirs = make_group(1), make_group(1)
    client = signed_in(group.representative)
    question = make_question(theirs, make_firm())
    firm = theirs.firms.get()
    for name, args in (
        ("firm_link_send", [group.pk, firm.pk]),
        ("firm_link_share", [group.pk, firm.pk]),
        ("firm_paper_add", [group.pk, firm.pk]),
        ("join_request_withdraw", [group.pk, question.pk]),
        ("join_request_share", [group.pk, question.pk]),
    ):
        assert client.post(reverse(name, args=args)).status_code == 404
