"""Technical support: a literal grid, who may, who is told, what the log takes, who ever advised, what the database holds."""

import contextlib
import datetime as dt
from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from accounts.roles import Role
from applications.facts import Facts
from applications.models import Support, SupportSession
from applications.supporting import actions, advised_ids, duties
from applications.supporting.workflow import SUPPORT
from core import timeline
from core.dates import day_of
from core.models import Event, Message
from core.workflow import NotAllowed, TransitionRefused
from tests.cast import give_role
from tests.clock import NOON
from tests.factories_applications import OFFICE, assign, draft, fill, sign, staff_member, submit
from tests.factories_groups import give_place, make_group
from tests.factories_support import NEED, log, support_at

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)

STATES = ["asked", "offered", "active", "ended", "withdrawn"]
# Every pair that is not here is refused.
GRID = {
    ("assign", "asked"): "offered",
    ("assign", "offered"): "offered",
    ("accept", "offered"): "active",
    ("decline", "offered"): "asked",
    ("end", "active"): "ended",
    ("withdraw", "asked"): "withdrawn",
    ("withdraw", "offered"): "withdrawn",
}
ALLOWED = {
    "assign": {"officer"},
    "accept": {"adviser"},
    "decline": {"adviser"},
    "end": {"adviser", "officer"},
    "withdraw": {"representative", "member"},
}


class Undo(Exception):
    """Leaves a block that is to be rolled back."""


def told(template: str = "support_news") -> list[tuple[str, str]]:
    """(reader, subject) of every message, in order."""
    rows = Message.objects.filter(template=template).order_by("pk")
    return [(row.recipient.email.split("@")[0], row.context["subject"]) for row in rows]


def try_it(support: Support, name: str) -> str:
    """The state after one step by the right person, with all that it needs."""
    adviser = staff_member("adviser", Role.ADVISER)
    by, data = {
        "assign": (OFFICE.officer, {"adviser": staff_member("other", Role.ADVISER)}),
        "accept": (adviser, {}),
        "decline": (adviser, {"reason": "No time."}),
        "end": (adviser, {"reason": "It is written."}),
        "withdraw": (support.group.representative, {}),
    }[name]
    return SUPPORT.apply(support, name, by=by, now=NOON, data=data).status


@pytest.mark.parametrize("state", STATES)
def test_a_support_moves_as_the_grid_says_and_no_other_way(state):
    assert {name for name, _source in GRID} == set(SUPPORT.by_name)
    support = support_at(state)
    for name in SUPPORT.by_name:
        if (name, state) in GRID:
            with contextlib.suppress(Undo), transaction.atomic():
                assert try_it(support, name) == GRID[name, state]
                raise Undo
        else:
            events = support.case.events.count()
            # Who is no adviser of it any more may not even answer.
            with pytest.raises((TransitionRefused, NotAllowed)):
                try_it(support, name)
            assert support.case.events.count() == events


def test_only_the_right_role_takes_each_step(
    representative, member, viewer, coordinator, adviser, officer, approver, admin, stranger
):
    group = make_group(representative=representative)
    give_place(group, member)
    give_place(group, viewer, Role.VIEWER)
    support = support_at("offered", group=group, adviser=adviser)
    other = staff_member("other", Role.ADVISER)
    people = {
        "representative": representative, "member": member, "viewer": viewer, "adviser": adviser, "other": other,
        "officer": officer, "approver": approver, "admin": admin, "stranger": stranger, None: None,
    }  # fmt: skip
    assert set(ALLOWED) == set(SUPPORT.by_name)
    for name, allowed in ALLOWED.items():
        for role, person in people.items():
            if role not in allowed:
                with pytest.raises(NotAllowed):
                    SUPPORT.apply(support, name, by=person, now=NOON, data={"reason": "Let me."})
    for person in (viewer, officer, adviser, stranger):
        with pytest.raises(NotAllowed):
            actions.ask(by=person, group=group, need=NEED, now=NOON)
    for person in (representative, adviser, approver):
        with pytest.raises(NotAllowed):
            actions.offer(by=person, group=group, adviser=other, need=NEED, now=NOON)


def test_the_adviser_reads_and_writes_from_the_acceptance_to_the_end(adviser):
    application = draft()
    group = application.group
    support = support_at("offered", group=group, adviser=adviser)
    assert group.adviser_ids() == set()
    assert advised_ids(application) == set()
    support = SUPPORT.apply(support, "accept", by=adviser, now=NOON)
    assert set(group.advisers.all()) == {adviser}
    assert (support.accepted_at, support.due_on) == (NOON, None)
    ended = SUPPORT.apply(
        support, "end", by=OFFICE.officer, now=NOON + DAY, data={"reason": "The plan is written."}
    )
    assert not group.advisers.exists()
    assert ended.ended_at == NOON + DAY
    # Who ever advised is known for ever.
    assert advised_ids(type(application).objects.get(pk=application.pk)) == {adviser.pk}
    last = ended.case.events.order_by("-sequence").first()
    assert (last.action, last.data["adviser"], last.text.text) == (
        "support.end",
        adviser.pk,
        "The plan is written.",
    )


def test_who_declined_advised_nobody_and_is_not_named_any_more(adviser):
    application = draft()
    support = support_at("offered", group=application.group, adviser=adviser)
    support = SUPPORT.apply(support, "decline", by=adviser, now=NOON, data={"reason": "No time."})
    assert (support.status, support.adviser, support.due_on) == ("asked", None, dt.date(2026, 3, 17))
    assert advised_ids(application) == set()
    # Why is the programme's own affair.
    group_reads = timeline.rows(support.case, support.group.representative)
    assert not any("declined" in row.sentence or row.details == "No time." for row in group_reads)
    assert any(row.details == "No time." for row in timeline.rows(support.case, OFFICE.officer))


def test_everybody_hears_what_concerns_them(adviser):
    group = make_group()
    OFFICE.officer  # noqa: B018
    support_at("active", group=group, adviser=adviser)
    assert told() == [
        ("officer", "A group asks for technical support"),
        ("adviser", "Will you help this group?"),
        ("representative", "An adviser was proposed"),
        ("representative", "Adviser helps the group now"),
        ("officer", "Adviser helps the group now"),
    ]


def test_an_end_a_refusal_and_a_request_taken_back_are_told_to_the_others(adviser):
    ended = support_at("active", adviser=adviser)
    other = support_at("offered", adviser=adviser, group=make_group(name="Quesos"))
    Message.objects.all().delete()
    SUPPORT.apply(ended, "end", by=adviser, now=NOON, data={"reason": "It is written."})
    assert told() == [
        ("representative", "The technical support has ended"),
        ("officer", "The technical support has ended"),
    ]
    Message.objects.all().delete()
    again = SUPPORT.apply(other, "decline", by=adviser, now=NOON, data={"reason": "No time."})
    assert told() == [("officer", "Adviser does not help this group")]
    Message.objects.all().delete()
    new = staff_member("new", Role.ADVISER)
    offered = SUPPORT.apply(again, "assign", by=OFFICE.officer, now=NOON, data={"adviser": adviser})
    SUPPORT.apply(offered, "assign", by=OFFICE.officer, now=NOON, data={"adviser": new})
    assert ("adviser", "Your answer is not needed any more") in told()
    Message.objects.all().delete()
    SUPPORT.apply(offered, "withdraw", by=offered.group.representative, now=NOON)
    assert [reader for reader, _subject in told()] == ["new", "officer"]


def test_who_helps_is_an_adviser_with_no_part_in_the_group(officer, adviser, finance):
    group = make_group()
    support = support_at("asked", group=group)
    place = staff_member("place", Role.ADVISER)
    give_place(group, place)
    reviewer = staff_member("judge", Role.REVIEWER)
    give_role(reviewer, Role.ADVISER, by=OFFICE.admin)
    application = submit(fill(draft(group=group)))
    sign(application)
    assign(application, reviewers=[reviewer])
    for person, sentence in [
        (finance, "is not an adviser"),
        (place, "holds a role in this group"),
        (reviewer, "reviews an application of this group"),
    ]:
        with pytest.raises(TransitionRefused, match=sentence):
            SUPPORT.apply(support, "assign", by=officer, now=NOON, data={"adviser": person})
    with pytest.raises(TransitionRefused, match="Not all that this needs"):
        SUPPORT.apply(support, "assign", by=officer, now=NOON)
    support = SUPPORT.apply(support, "assign", by=officer, now=NOON, data={"adviser": adviser})
    with pytest.raises(TransitionRefused, match="was asked already"):
        SUPPORT.apply(support, "assign", by=officer, now=NOON, data={"adviser": adviser})
    # What was so when it was offered may not be any more.
    give_role(adviser, Role.REVIEWER, by=OFFICE.admin)
    assign(application, reviewers=[adviser])
    with pytest.raises(TransitionRefused, match="reviews an application"):
        SUPPORT.apply(support, "accept", by=adviser, now=NOON)


def test_one_request_waits_at_a_time_and_a_second_adviser_may_follow(adviser, officer):
    group = make_group()
    support_at("active", group=group, adviser=adviser)
    second = support_at("asked", group=group)
    with pytest.raises(TransitionRefused, match="waits already"):
        actions.ask(by=group.representative, group=group, need=NEED, now=NOON)
    with pytest.raises(TransitionRefused, match="helps this group already"):
        SUPPORT.apply(second, "assign", by=officer, now=NOON, data={"adviser": adviser})


def test_an_officer_offers_to_a_group_that_did_not_ask(adviser, officer):
    group = make_group()
    support = actions.offer(by=officer, group=group, adviser=adviser, need=NEED, now=NOON)
    assert (support.status, support.asked_by, support.adviser) == ("offered", None, adviser)
    assert support.due_on == dt.date(2026, 3, 17)
    assert told() == [("adviser", "Will you help this group?"), ("representative", "An adviser was proposed")]


# --- Duties ------------------------------------------------------------------------------------------


def test_officers_owe_an_adviser_and_the_adviser_an_answer(adviser, officer, django_assert_num_queries):
    today = NOON.date()
    support = support_at("asked")
    rows = list(duties.supports(today=today))
    assert [(row.key, row.user_id, row.due_on) for row in rows] == [
        (f"support.assign.{support.pk}", officer.pk, dt.date(2026, 3, 17))
    ]
    give_place(support.group, officer)
    assert list(duties.supports(today=today, user=officer)) == []
    support.group.people.filter(user=officer).delete()
    officer.forget_roles()
    support = SUPPORT.apply(support, "assign", by=officer, now=NOON, data={"adviser": adviser})
    rows = [(row.user_id, row.officer) for row in duties.supports(today=today)]
    assert rows == [(adviser.pk, False), (officer.pk, True)]
    SUPPORT.apply(support, "accept", by=adviser, now=NOON)
    assert list(duties.supports(today=today)) == []
    for number in range(30):
        support_at("asked", group=make_group(0, name=f"Grupo {number}"))
    with django_assert_num_queries(3):
        assert len(list(duties.supports(today=today))) == 30


# --- The log -----------------------------------------------------------------------------------------


def test_a_session_is_logged_while_the_support_is_active_and_on_a_day_that_was(adviser):
    support = support_at("active", adviser=adviser)
    session = log(support, hours="1.5")
    assert (session.hours, session.logged_by) == (Decimal("1.5"), adviser)
    for day, sentence in [(NOON.date() + DAY, "future"), (NOON.date() - DAY, "cannot be before 10/03/2026")]:
        with pytest.raises(TransitionRefused, match=sentence):
            log(support, on=day)
    with pytest.raises(NotAllowed):
        actions.log_session(
            by=support.group.representative, support=support, on=NOON.date(), mode="visit", hours=Decimal(1),
            people="We", done="Work", now=NOON,
        )  # fmt: skip
    ended = SUPPORT.apply(support, "end", by=adviser, now=NOON, data={"reason": "It is written."})
    with pytest.raises(TransitionRefused, match="while the support is active"):
        log(ended)


def test_who_logged_a_session_corrects_it_for_seven_days_and_the_history_tells(adviser):
    support = support_at("active", adviser=adviser)
    session = log(support)
    fields = {
        "on": NOON.date(),
        "mode": "call",
        "hours": Decimal(3),
        "people": session.people,
        "done": "All.",
    }
    corrected = actions.correct_session(by=adviser, session=session, now=NOON + 7 * DAY, **fields)
    assert (corrected.hours, corrected.mode) == (Decimal(3), "call")
    event = support.case.events.order_by("-sequence").first()
    assert event.action == actions.CORRECTED
    assert event.text.text.splitlines() == [
        "How: Visit → By telephone", "Hours: 2 hours → 3 hours", "What was done: We ordered the activities. → All.",
    ]  # fmt: skip
    assert "All." not in str(event.data)
    with pytest.raises(TransitionRefused, match="for 7 days"):
        actions.correct_session(by=adviser, session=session, now=NOON + 8 * DAY, **fields)
    with pytest.raises(NotAllowed):
        actions.correct_session(by=OFFICE.officer, session=session, now=NOON, **fields)
    with pytest.raises(TransitionRefused, match="future"):
        actions.correct_session(by=adviser, session=session, now=NOON, **{**fields, "on": NOON.date() + DAY})
    events = Event.objects.count()
    actions.correct_session(by=adviser, session=session, now=NOON, **fields)
    assert Event.objects.count() == events, "nothing was changed: nothing to tell"


def test_a_support_that_ended_with_sessions_proves_prior_support(adviser):
    application = draft(group=make_group())
    empty = support_at("ended", group=application.group, adviser=adviser)

    def proof() -> list[tuple[int, int, Decimal]]:
        rows = Facts(application, today=day_of(NOON + 3 * DAY)).ended_supports
        return [(row.pk, row.sessions_held, row.hours) for row in rows]

    assert proof() == []
    support = support_at("active", group=application.group, adviser=adviser)
    log(support, hours="1.5")
    log(support, hours="2")
    assert proof() == []
    SUPPORT.apply(support, "end", by=adviser, now=NOON + 3 * DAY, data={"reason": "It is written."})
    assert proof() == [(support.pk, 2, Decimal("3.5"))]
    assert support.pk != empty.pk


# --- The database ------------------------------------------------------------------------------------


def refused(change, error=DatabaseError) -> None:
    with pytest.raises(error), transaction.atomic():
        change()


def test_the_database_holds_what_is_over_and_what_belongs_together(adviser):
    ended = support_at("ended", adviser=adviser)
    mine = Support.objects.filter(pk=ended.pk)
    refused(lambda: mine.update(status="active"))
    refused(lambda: Support.objects.filter(pk=ended.pk).delete())
    group = ended.group
    asked = support_at("asked", group=group)
    refused(lambda: Support.objects.filter(pk=asked.pk).update(status="offered"), IntegrityError)
    refused(lambda: Support.objects.filter(pk=asked.pk).update(status="ended"), IntegrityError)
    refused(lambda: Support.objects.create(group=group, need="", asked_at=NOON), IntegrityError)
    active = support_at("active", adviser=adviser, group=make_group(name="Quesos"))
    refused(
        lambda: Support.objects.create(
            group=active.group, need="", asked_at=NOON, adviser=adviser, status="offered"
        ),
        IntegrityError,
    )
    session = log(active)
    rows = SupportSession.objects.filter(pk=session.pk)
    refused(lambda: rows.update(hours=25), IntegrityError)
    refused(lambda: rows.update(logged_by=OFFICE.officer))
    refused(lambda: SupportSession.objects.filter(pk=session.pk).delete())
