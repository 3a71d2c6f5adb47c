"""Who holds the coordinator's office: somebody who stands in on the days of a mandate, and a successor who replaces."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from core.dates import at_noon
from core.models import Message
from core.workflow import NotAllowed, TransitionRefused
from groups import actions
from groups.models import Appointment
from groups.workflow import APPOINTMENT, posts_pass
from tests.factories_applications import a_pdf
from tests.factories_groups import make_appointment, make_group

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]

TODAY = dt.date(2026, 3, 10)
DAY = dt.timedelta(days=1)
AWAY = {"stand_in_from": TODAY + 5 * DAY, "stand_in_until": TODAY + 14 * DAY, "why": "Surgery."}


@pytest.fixture
def group(coordinator):
    group = make_group(0)
    make_appointment(group, coordinator)
    return group


def nominate(group, now, **changes) -> Appointment:
    said = {"email": "nadia@lsp.example", "full_name": "Nadia Paz", "background": "Knows the group."}
    return actions.nominate(by=group.representative, group=group, now=now, no_conflict=True, **said | changes)


def confirmed(group, nadia, officer, now, **changes) -> Appointment:
    post = nominate(group, now, **AWAY | changes)
    post = APPOINTMENT.apply(post, "accept", by=nadia, now=now, data={"no_conflict": True})
    first = post.stand_in_from
    return APPOINTMENT.apply(post, "confirm", by=officer, now=now, data={"confirmed_from": first})


def test_on_the_days_of_the_mandate_the_office_is_the_stand_ins(group, person, officer, coordinator, now):
    nadia = person("nadia")
    post = confirmed(group, nadia, officer, now)
    assert (post.confirmed_from, post.ended_on) == (AWAY["stand_in_from"], AWAY["stand_in_until"])
    days = [TODAY, *(TODAY + days * DAY for days in (4, 5, 14, 15))]
    assert [group.confirmed_coordinator(day) for day in days] == [
        coordinator,
        coordinator,
        nadia,
        nadia,
        coordinator,
    ]
    # Whoever is away knows it.
    assert Message.objects.filter(template="coordinator_news", recipient=coordinator).count() == 1
    posts_pass(at_noon(TODAY + 14 * DAY))
    assert Appointment.objects.get(pk=post.pk).status == "confirmed"
    for _again in range(2):
        posts_pass(at_noon(TODAY + 15 * DAY))
    assert Appointment.objects.get(pk=post.pk).status == "ended"
    assert group.confirmed_coordinator(TODAY + 10 * DAY) == nadia
    assert group.case.events.filter(action="appointment.pass").count() == 1


@pytest.mark.parametrize(
    "changes, sentence",
    [
        ({"stand_in_from": TODAY - DAY}, "begins today at the earliest"),
        ({"stand_in_until": TODAY + 4 * DAY}, "before the first"),
        ({"stand_in_until": TODAY + 200 * DAY}, "more than 3 months"),
        ({"why": " "}, "Say why"),
        ({"email": "coordinator@lsp.example"}, "This is the coordinator"),
    ],
)
def test_a_mandate_has_days_a_reason_and_another_person(group, now, changes, sentence):
    with pytest.raises(TransitionRefused, match=sentence):
        nominate(group, now, **AWAY | changes)
    assert Appointment.objects.count() == 1


def test_without_a_coordinator_nobody_stands_in_and_one_waits_at_a_time(group, now):
    with pytest.raises(TransitionRefused, match="no coordinator in office"):
        nominate(make_group(0), now, **AWAY)
    nominate(group, now, **AWAY)
    with pytest.raises(TransitionRefused, match="nominated to stand in already"):
        nominate(group, now, **AWAY)
    # A successor may be nominated meanwhile.
    assert nominate(group, now, email="other@lsp.example", why="Leaves in May.").status == "nominated"


def test_never_two_stand_in_on_one_day(group, person, officer, now):
    nadia, olga = person("nadia"), person("olga")
    confirmed(group, nadia, officer, now)
    with pytest.raises(TransitionRefused, match="never two on one day"):
        confirmed(group, olga, officer, now, email="olga@lsp.example", stand_in_until=TODAY + 20 * DAY)
    with pytest.raises(IntegrityError, match="one_stand_in_a_day"), transaction.atomic():
        make_appointment(
            group,
            olga,
            confirmed_from=TODAY + 14 * DAY,
            ended_on=TODAY + 20 * DAY,
            stand_in_from=TODAY + 14 * DAY,
            stand_in_until=TODAY + 20 * DAY,
            why="x",
        )
    with pytest.raises(IntegrityError, match="stand_in_keeps_its_days"), transaction.atomic():
        Appointment.objects.filter(person=nadia).update(ended_on=TODAY + 60 * DAY)
    with pytest.raises(IntegrityError, match="one_coordinator_a_day"), transaction.atomic():
        make_appointment(group, olga, confirmed_from=TODAY)


def test_a_first_day_outside_the_mandate_is_refused(group, person, officer, now):
    post = nominate(group, now, **AWAY)
    person("nadia")
    post.person = person("nadia2")
    post.save()
    post = APPOINTMENT.apply(post, "accept", by=post.person, now=now, data={"no_conflict": True})
    with pytest.raises(TransitionRefused, match="The mandate is for"):
        APPOINTMENT.apply(post, "confirm", by=officer, now=now, data={"confirmed_from": TODAY + 20 * DAY})


def test_who_comes_back_early_ends_the_mandate(group, person, officer, coordinator, now):
    nadia = person("nadia")
    post = confirmed(group, nadia, officer, now, stand_in_from=TODAY)
    with pytest.raises(TransitionRefused, match="ends on"):
        APPOINTMENT.apply(
            post,
            "dismiss",
            by=group.representative,
            now=at_noon(TODAY + 30 * DAY),
            data={"ended_on": TODAY + 20 * DAY, "reason": "x"},
        )
    APPOINTMENT.apply(
        post,
        "dismiss",
        by=group.representative,
        now=at_noon(TODAY + 3 * DAY),
        data={"ended_on": TODAY + 2 * DAY, "reason": "Well again."},
    )
    assert group.confirmed_coordinator(TODAY + 3 * DAY) == coordinator


def test_a_successor_replaces_from_a_day_with_the_reason(group, person, officer, coordinator, now):
    nadia = person("nadia")
    post = nominate(group, now, why="She moves away.")
    post = APPOINTMENT.apply(post, "accept", by=nadia, now=now, data={"no_conflict": True})
    first = TODAY + 20 * DAY
    APPOINTMENT.apply(post, "confirm", by=officer, now=now, data={"confirmed_from": first})
    before = group.appointments.get(person=coordinator)
    assert (before.status, before.ended_on) == ("confirmed", first - DAY)
    assert group.confirmed_coordinator(first - DAY) == coordinator
    assert group.confirmed_coordinator(first) == nadia
    event = group.case.events.get(action="appointment.replaced")
    assert event.text.text == "She moves away."
    posts_pass(at_noon(first))
    assert group.appointments.get(person=coordinator).status == "ended"


def test_a_successor_of_today_ends_the_one_before_at_once(group, person, officer, coordinator, now):
    nadia = person("nadia")
    post = nominate(group, now, why="She moves away.")
    post = APPOINTMENT.apply(post, "accept", by=nadia, now=now, data={"no_conflict": True})
    APPOINTMENT.apply(post, "confirm", by=officer, now=now, data={"confirmed_from": TODAY})
    assert group.appointments.get(person=coordinator).status == "ended"


def test_only_the_system_passes(group, officer, now):
    with pytest.raises(NotAllowed):
        APPOINTMENT.apply(group.appointments.get(), "pass", by=officer, now=now)
    with pytest.raises(TransitionRefused, match="not passed"):
        APPOINTMENT.apply(group.appointments.get(), "pass", by=None, now=now)


# --- Pages ---------------------------------------------------------------------------------------------


def test_the_representative_says_who_stands_in(signed_in, group, person):
    person("nadia", "Nadia Paz")
    client, address = signed_in(group.representative), reverse("stand_in_nominate", args=[group.pk])
    assert "on these days that person reports" in client.get(address).text
    typed = {
        "why": "Surgery.",
        "stand_in_from": "2026-03-15",
        "stand_in_until": "2026-03-24",
        "full_name": "Nadia Paz",
        "email": "nadia@lsp.example",
        "background": "Knows the group.",
        "no_conflict": "on",
    }
    wrong = client.post(address, typed | {"stand_in_until": "2026-03-14"})
    assert wrong.status_code == 422
    assert 'href="#id_stand_in_until"' in wrong.text
    for name, value, sentence in (
        ("email", "Coordinator@lsp.example", "This is the coordinator: somebody else stands in."),
        ("stand_in_from", "2026-03-09", "A mandate begins today at the earliest"),
        ("stand_in_until", "2026-09-09", "Nobody stands in for more than 3 months"),
    ):
        wrong = client.post(address, typed | {name: value})
        assert (wrong.status_code, sentence in wrong.text) == (422, True)
        assert f'href="#id_{name}"' in wrong.text
    done = client.post(address, typed, follow=True)
    assert "Stands in for the coordinator: Nadia Paz" in done.text
    assert "15/03/2026 to 24/03/2026" in done.text
    assert client.post(address, typed).status_code == 409
    assert "Stands in from 15/03/2026" in client.get(reverse("group_detail", args=[group.pk])).text


def test_who_is_replaced_is_named_and_the_reason_asked(signed_in, group):
    client, address = signed_in(group.representative), reverse("coordinator_nominate", args=[group.pk])
    assert "stays until the day before" in client.get(address).text
    typed = {
        "full_name": "Nadia Paz",
        "email": "nadia@lsp.example",
        "background": "Knows the group.",
        "cv": a_pdf("cv.pdf"),
    }
    answer = client.post(address, typed)
    assert answer.status_code == 422
    assert 'href="#id_why"' in answer.text
    done = client.post(address, typed | {"cv": a_pdf("cv.pdf"), "why": "She moves away."}, follow=True)
    assert "She moves away." in done.text


def test_the_officer_reads_for_which_days_somebody_stands_in_and_why(signed_in, group, person, officer, now):
    post = nominate(group, now, **AWAY, email=person("nadia").email)
    post = APPOINTMENT.apply(post, "accept", by=post.person, now=now, data={"no_conflict": True})
    client, address = signed_in(officer), reverse("appointment_act", args=[post.pk, "confirm"])
    assert "Confirm who stands in" in client.get(reverse("appointment_detail", args=[post.pk])).text
    page = client.get(address).text
    for words in ("Confirm who stands in", "15/03/2026 to 24/03/2026", "Surgery.", "Knows the group."):
        assert words in page
    assert "Confirm the coordinator" not in page
    wrong = client.post(address, {"version": 1, "confirmed_from": "2026-03-25"})
    assert "choose a first day within it" in wrong.text
    assert 'href="#id_confirmed_from"' in wrong.text
    done = client.post(address, {"version": 1, "confirmed_from": "2026-03-15"}, follow=True)
    assert "Who stands in was confirmed." in done.text
