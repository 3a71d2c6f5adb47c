"""The coordinator's appointment: the literal grid of moves, what stands against each, who is told."""

import datetime as dt

import pytest

from accounts.models import Invitation
from accounts.permissions import Action
from accounts.roles import Role
from core.models import Message
from core.workflow import NotAllowed, StaleObject, TransitionRefused
from groups import actions
from groups.models import Appointment
from groups.workflow import APPOINTMENT
from tests.factories_groups import give_place, make_appointment, make_group

pytestmark = pytest.mark.django_db

# PROGRAMME 5: from, name, to.
MOVES = {
    ("nominated", "accept", "accepted"),
    ("nominated", "decline", "declined"),
    ("accepted", "decline", "declined"),
    ("accepted", "confirm", "confirmed"),
    ("nominated", "refuse", "declined"),
    ("accepted", "refuse", "declined"),
    ("nominated", "withdraw", "withdrawn"),
    ("accepted", "withdraw", "withdrawn"),
    ("confirmed", "end", "ended"),
    ("confirmed", "dismiss", "ended"),
}
WHO = {
    "accept": "nominee",
    "decline": "nominee",
    "confirm": "officer",
    "refuse": "officer",
    "withdraw": "representative",
    "end": "officer",
    "dismiss": "representative",
}
TODAY = dt.date(2026, 3, 10)
DATA = {
    "accept": {"no_conflict": True},
    "decline": {},
    "confirm": {"confirmed_from": TODAY, "reason": ""},
    "refuse": {"reason": "Not free"},
    "withdraw": {"reason": "Not needed"},
    "end": {"ended_on": TODAY, "reason": "Moved away"},
    "dismiss": {"ended_on": TODAY, "reason": "Moved away"},
}
STATES = list(Appointment.Status.values)


@pytest.fixture
def cast(person, officer):
    group = make_group(0)
    return {
        "group": group,
        "representative": group.representative,
        "nominee": person("nadia"),
        "officer": officer,
    }


def apply(cast, appointment, name, now, who=None, **data):
    by = cast[who or WHO[name]]
    return APPOINTMENT.apply(
        appointment, name, by=by, now=now, version=appointment.version, data=DATA[name] | data
    )


@pytest.mark.parametrize("name", list(WHO))
@pytest.mark.parametrize("state", STATES)
def test_the_grid(cast, now, state, name):
    appointment = make_appointment(cast["group"], cast["nominee"], state)
    to = {to for source, row, to in MOVES if (source, row) == (state, name)}
    if to:
        assert apply(cast, appointment, name, now).status == to.pop()
        event = cast["group"].case.events.get()
        assert (event.action, event.from_state) == (f"appointment.{name}", state)
    else:
        # Who may not see it any more is refused by permission, everybody else by state.
        with pytest.raises((TransitionRefused, NotAllowed)):
            apply(cast, appointment, name, now)
        assert Appointment.objects.get().status == state


def test_the_table_has_no_other_row():
    assert {(source, row.name) for row in APPOINTMENT.transitions for source in row.sources} == {
        *((source, name) for source, name, _to in MOVES),
        # By the system, when a last day that was set beforehand has passed (test_stand_ins).
        ("confirmed", "pass"),
    }


@pytest.mark.parametrize("name", list(WHO))
def test_nobody_else_may(cast, now, name, member, viewer, stranger, approver, admin, coordinator):
    group = cast["group"]
    give_place(group, member)
    give_place(group, viewer, Role.VIEWER)
    state = next(source for source, row, _to in sorted(MOVES) if row == name)
    appointment = make_appointment(group, cast["nominee"], state)
    others = [member, viewer, stranger, approver, admin, coordinator]
    others += [cast[who] for who in ("representative", "nominee", "officer") if who != WHO[name]]
    for other in others:
        with pytest.raises(NotAllowed):
            APPOINTMENT.apply(appointment, name, by=other, now=now, data=DATA[name])
    assert Appointment.objects.get().status == state


def test_from_nomination_to_office_and_out(cast, now):
    appointment = make_appointment(cast["group"], cast["nominee"], "nominated")
    appointment = apply(cast, appointment, "accept", now)
    assert appointment.no_conflict
    appointment = apply(cast, appointment, "confirm", now, confirmed_from=dt.date(2026, 3, 1))
    assert cast["group"].confirmed_coordinator(TODAY) == cast["nominee"]
    assert cast["group"].own_roles(cast["nominee"]) == {Role.COORDINATOR}
    appointment = apply(cast, appointment, "dismiss", now, ended_on=dt.date(2026, 3, 9))
    assert cast["group"].confirmed_coordinator(dt.date(2026, 3, 9)) == cast["nominee"]
    assert cast["group"].confirmed_coordinator(TODAY) is None
    events = cast["group"].case.events.order_by("sequence")
    assert [event.data for event in events] == [
        {"no_conflict": True},
        {"confirmed_from": "2026-03-01"},
        {"ended_on": "2026-03-09"},
    ]


# --- The declaration ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "nominated, accepted, free", [(1, 1, True), (1, 0, False), (0, 1, False), (0, 0, False)]
)
def test_free_of_links_is_who_both_say_so(cast, now, nominated, accepted, free):
    appointment = make_appointment(cast["group"], cast["nominee"], "nominated", no_conflict=bool(nominated))
    assert apply(cast, appointment, "accept", now, no_conflict=bool(accepted)).no_conflict is free


def test_who_accepts_answers_the_question(cast, now):
    appointment = make_appointment(cast["group"], cast["nominee"], "nominated")
    with pytest.raises(TransitionRefused, match="Say whether you have a link"):
        apply(cast, appointment, "accept", now, no_conflict="")


def test_with_a_link_the_officer_says_why(cast, now):
    appointment = make_appointment(cast["group"], cast["nominee"], "accepted", no_conflict=False)
    with pytest.raises(TransitionRefused, match="Say why you confirm all the same"):
        apply(cast, appointment, "confirm", now)
    apply(cast, appointment, "confirm", now, reason="The share is of 1 %.")
    assert cast["group"].case.events.get().text.text == "The share is of 1 %."


# --- Days --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "day, sentence",
    [
        (None, "from which day"),
        ("2026-03-10", "from which day"),
        (dt.date(2025, 11, 30), "before the nomination, 01/12/2025"),
        (dt.date(2027, 3, 11), "a year ahead"),
    ],
)
def test_the_first_day(cast, now, day, sentence):
    appointment = make_appointment(cast["group"], cast["nominee"], "accepted")
    with pytest.raises(TransitionRefused, match=sentence):
        apply(cast, appointment, "confirm", now, confirmed_from=day)


@pytest.mark.parametrize(
    "day, sentence",
    [
        (None, "which day is the last one"),
        (dt.date(2026, 3, 11), "in the future"),
        (dt.date(2025, 12, 31), "before the first, 01/01/2026"),
    ],
)
@pytest.mark.parametrize("name", ["end", "dismiss"])
def test_the_last_day(cast, now, name, day, sentence):
    appointment = make_appointment(cast["group"], cast["nominee"], "confirmed")
    with pytest.raises(TransitionRefused, match=sentence):
        apply(cast, appointment, name, now, ended_on=day)


@pytest.mark.parametrize("name", ["end", "dismiss", "withdraw", "refuse"])
def test_these_say_why(cast, now, name):
    state = "confirmed" if name in ("end", "dismiss") else "accepted"
    appointment = make_appointment(cast["group"], cast["nominee"], state)
    with pytest.raises(TransitionRefused, match="Say why"):
        apply(cast, appointment, name, now, reason=" ")


def test_what_never_began_is_withdrawn(cast, now, coordinator):
    group = cast["group"]
    appointment = make_appointment(group, cast["nominee"], confirmed_from=dt.date(2026, 5, 1))
    appointment = apply(cast, appointment, "end", now)
    assert (appointment.status, appointment.ended_on) == ("withdrawn", None)
    other = make_appointment(group, coordinator, "accepted")
    assert apply(cast, other, "confirm", now).status == "confirmed"


# --- Never two on one day (PROGRAMME 6.8) ------------------------------------------------------------


def test_no_second_one_while_the_first_is_in_office(cast, now, coordinator):
    make_appointment(cast["group"], coordinator, full_name="Carla Cruz")
    appointment = make_appointment(cast["group"], cast["nominee"], "accepted")
    with pytest.raises(TransitionRefused, match="Carla Cruz is confirmed as coordinator since 01/01/2026"):
        apply(cast, appointment, "confirm", now)
    available = {row.name: row for row in APPOINTMENT.available(appointment, by=cast["officer"], now=now)}
    assert "Carla Cruz" in available["confirm"].reason


def test_a_successor_begins_the_day_after(cast, now, coordinator):
    make_appointment(
        cast["group"], coordinator, "ended", full_name="Carla Cruz", ended_on=dt.date(2026, 3, 5)
    )
    appointment = make_appointment(cast["group"], cast["nominee"], "accepted")
    with pytest.raises(TransitionRefused, match="Carla Cruz was coordinator until 05/03/2026"):
        apply(cast, appointment, "confirm", now, confirmed_from=dt.date(2026, 3, 5))
    appointment = apply(cast, appointment, "confirm", now, confirmed_from=dt.date(2026, 3, 6))
    assert appointment.status == "confirmed"


def test_other_groups_do_not_stand_in_the_way(cast, now, coordinator):
    make_appointment(make_group(0), coordinator)
    appointment = make_appointment(cast["group"], cast["nominee"], "accepted")
    assert apply(cast, appointment, "confirm", now).status == "confirmed"


def test_a_stale_page_moves_nothing(cast, now):
    appointment = make_appointment(cast["group"], cast["nominee"], "nominated")
    with pytest.raises(StaleObject):
        APPOINTMENT.apply(
            appointment, "accept", by=cast["nominee"], now=now, version=7, data={"no_conflict": True}
        )
    assert not Message.objects.exists()


# --- Who is told -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "state, name, readers, words",
    [
        ("nominated", "accept", {"representative"}, "accepts to be the coordinator"),
        ("accepted", "decline", {"representative"}, "declines to be the coordinator"),
        ("accepted", "confirm", {"representative", "nominee"}, "from 10/03/2026 on"),
        ("accepted", "refuse", {"representative", "nominee"}, "did not confirm"),
        ("accepted", "withdraw", {"nominee"}, "took back the nomination"),
        ("confirmed", "end", {"representative", "nominee"}, "the last day is 10/03/2026"),
        ("confirmed", "dismiss", {"representative", "nominee"}, "the last day is 10/03/2026"),
    ],
)
def test_who_hears(cast, now, worker, mailoutbox, state, name, readers, words):
    appointment = make_appointment(cast["group"], cast["nominee"], state)
    apply(cast, appointment, name, now)
    worker()
    news = [letter for letter in mailoutbox if "waits for confirmation" not in letter.subject]
    assert {letter.to[0] for letter in news} == {cast[who].email for who in readers}
    assert all(words in letter.body for letter in news)
    reason = DATA[name].get("reason")
    assert all(reason in letter.body for letter in news if reason)
    waiting = [letter for letter in mailoutbox if "waits for confirmation" in letter.subject]
    assert [letter.to[0] for letter in waiting] == ([cast["officer"].email] if name == "accept" else [])


def test_letters_are_in_the_readers_language(cast, now, worker, mailoutbox):
    cast["nominee"].language = "es"
    cast["nominee"].save()
    appointment = make_appointment(cast["group"], cast["nominee"], "accepted")
    apply(cast, appointment, "confirm", now)
    assert set(Message.objects.values_list("language", flat=True)) == {"en", "es"}
    worker()
    assert len(mailoutbox) == 2


def test_the_link_of_a_nomination_that_is_over_leads_nowhere(cast, now):
    appointment = actions.nominate(
        by=cast["representative"],
        group=cast["group"],
        email="new@lsp.example",
        full_name="N",
        background="x",
        now=now,
    )
    apply(cast, appointment, "withdraw", now)
    assert Invitation.objects.get().revoked_at == now
    assert not Message.objects.filter(template="coordinator_news").exists()


def test_permissions_are_those_of_the_table():
    permissions = {row.name: row.permission for row in APPOINTMENT.transitions}
    assert permissions == {
        "accept": Action.ANSWER_NOMINATION,
        "decline": Action.ANSWER_NOMINATION,
        "confirm": Action.CONFIRM_COORDINATOR,
        "refuse": Action.CONFIRM_COORDINATOR,
        "withdraw": Action.NOMINATE_COORDINATOR,
        "end": Action.CONFIRM_COORDINATOR,
        "dismiss": Action.NOMINATE_COORDINATOR,
        "pass": None,
    }
