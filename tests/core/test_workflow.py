"""The transition engine: one writer of a state, one event, everything or nothing."""

import dataclasses
from threading import Barrier, Thread

import pytest
from django.db import connection, connections, models

from accounts.models import User
from accounts.permissions import Action
from accounts.roles import Role
from core import outbox, timeline
from core.models import Case, Event, Message
from core.workflow import (
    NotAllowed,
    StaleObject,
    Transition,
    TransitionRefused,
    Workflow,
    mermaid,
    needs_reason,
)
from tests import database
from tests.clock import NOON
from tests.factories import make_case


class Thing(models.Model):
    """Something with a state, in a table that only these tests have."""

    class Status(models.TextChoices):
        DRAFT = "draft", "Draft"
        SENT = "sent", "Sent"
        BACK = "back", "Sent back"
        OVER = "over", "Over"

    case = models.ForeignKey(Case, models.PROTECT, related_name="+", db_constraint=False)
    status = models.CharField(max_length=20, choices=Status, default=Status.DRAFT)
    version = models.PositiveIntegerField(default=0)
    note = models.CharField(max_length=50, default="")

    class Meta:
        app_label = "core"
        managed = False
        db_table = "tests_thing"

    def __str__(self) -> str:
        return f"thing {self.pk}"

    def roles_of(self, user: User) -> frozenset[Role]:
        """Whoever is called a representative is one."""
        return frozenset({Role.REPRESENTATIVE}) if user.email.startswith("representative") else frozenset()


def not_forbidden(obj, *, by, now, data) -> str:
    return "It is forbidden today." if obj.note == "forbidden" else ""


def note_it(obj, *, by, now, data) -> None:
    obj.note = data.get("note", obj.note)


def tell(obj, *, by, now, data) -> None:
    outbox.queue(key=f"thing.{obj.pk}.{obj.version}", to=by, template="invitation", now=now, case=obj.case)


def fail(obj, *, by, now, data) -> None:
    raise RuntimeError("the last effect fails")


def make_workflow() -> Workflow:
    return Workflow(
        Thing,
        [
            Transition(
                "send",
                "Send",
                ("draft", "back"),
                "sent",
                permission=Action.EDIT_GROUP,
                guards=(not_forbidden,),
                effects=(note_it, tell),
                notes=("amount",),
            ),
            Transition(
                "send_back",
                "Send back",
                ("sent",),
                "back",
                permission=Action.CHECK_ELIGIBILITY,
                guards=(needs_reason,),
            ),
            Transition("lapse", "Lapse", ("draft", "back"), "over"),
            Transition(
                "turn",
                "Turn",
                ("sent",),
                lambda obj, data: data["where"],
                permission=Action.EDIT_GROUP,
            ),
            Transition(
                "break",
                "Break",
                ("draft",),
                "over",
                permission=Action.EDIT_GROUP,
                effects=(note_it, tell, fail),
            ),
        ],
    )


@pytest.fixture
def things(django_db_setup, django_db_blocker):
    """The table, made by the owner."""
    with django_db_blocker.unblock():
        owner = database.connect_as_owner(connections["default"].settings_dict["NAME"])
    with owner.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE tests_thing (id bigserial PRIMARY KEY, case_id bigint NOT NULL, status text NOT NULL,"
            " version int NOT NULL, note text NOT NULL)"
        )
        user = connections["default"].settings_dict["USER"]
        cursor.execute(f"GRANT ALL ON tests_thing TO {user}; GRANT ALL ON tests_thing_id_seq TO {user}")
    yield
    with owner.cursor() as cursor:
        cursor.execute("SET lock_timeout = '5s'; DROP TABLE tests_thing")
    owner.close()


@pytest.fixture
def workflow() -> Workflow:
    return make_workflow()


@pytest.fixture
def thing(things, db) -> Thing:
    return Thing.objects.create(case=make_case())


def events(thing: Thing) -> list[tuple]:
    found = Event.objects.filter(object_kind="thing", object_id=thing.pk).order_by("sequence")
    return [(event.action, event.from_state, event.to_state) for event in found]


def test_a_transition_moves_the_state_and_writes_one_event_and_its_message(workflow, thing, representative):
    data = {"note": "hello", "amount": 5, "secret": "x", "reason": "Ready."}
    moved = workflow.apply(thing, "send", by=representative, now=NOON, version=0, data=data)
    assert (moved.status, moved.version, moved.note) == ("sent", 1, "hello")
    assert events(thing) == [("thing.send", "draft", "sent")]
    event = Event.objects.get(object_kind="thing")
    assert (event.actor, event.at, event.data, event.text.text) == (
        representative,
        NOON,
        {"amount": 5},
        "Ready.",
    )
    assert Message.objects.get().key == f"thing.{thing.pk}.1"


GRID = {("draft", "send"), ("back", "send"), ("sent", "send_back"), ("draft", "lapse"), ("back", "lapse")}


@pytest.mark.parametrize("state", Thing.Status.values)
@pytest.mark.parametrize("name", ["send", "send_back", "lapse"])
def test_only_the_rows_of_the_table_are_allowed(
    workflow, thing, representative, officer, state, name, monkeypatch
):
    everything = frozenset({Role.REPRESENTATIVE, Role.OFFICER})
    monkeypatch.setattr(Thing, "roles_of", lambda _self, _user: everything)
    Thing.objects.filter(pk=thing.pk).update(status=state)
    by = None if name == "lapse" else representative

    def move():
        return workflow.apply(thing, name, by=by, now=NOON, data={"reason": "So."})

    if (state, name) in GRID:
        assert move().status == workflow.by_name[name].target
    else:
        with pytest.raises(TransitionRefused, match="the state is now"):
            move()
        assert events(thing) == []


def test_whoever_may_not_is_told_who_may(workflow, thing, stranger):
    with pytest.raises(NotAllowed, match="Group representative, Group member"):
        workflow.apply(thing, "send", by=stranger, now=NOON)
    with pytest.raises(NotAllowed):
        workflow.apply(thing, "send", by=None, now=NOON)
    assert events(thing) == []


def test_what_the_system_does_no_person_may(workflow, thing, representative, admin):
    for user in (representative, admin):
        with pytest.raises(NotAllowed, match="Only the system"):
            workflow.apply(thing, "lapse", by=user, now=NOON)
    assert workflow.apply(thing, "lapse", by=None, now=NOON).status == "over"
    assert Event.objects.get(object_kind="thing").actor is None


def test_permission_is_asked_before_the_state_is_told(workflow, thing, stranger):
    """Who may not act does not learn from the refusal how things stand."""
    Thing.objects.filter(pk=thing.pk).update(status="over")
    with pytest.raises(NotAllowed):
        workflow.apply(thing, "send", by=stranger, now=NOON, version=99)


@pytest.mark.parametrize("version", [-1, 1, 99])
def test_a_page_that_is_out_of_date_changes_nothing(workflow, thing, representative, version):
    with pytest.raises(StaleObject):
        workflow.apply(thing, "send", by=representative, now=NOON, version=version)
    assert events(thing) == []
    assert Thing.objects.get().status == "draft"


def test_the_state_is_read_under_the_lock_not_from_the_page(workflow, thing, representative):
    """What the view holds may be old: the row decides."""
    Thing.objects.filter(pk=thing.pk).update(status="over")
    with pytest.raises(TransitionRefused, match="“Over”"):
        workflow.apply(thing, "send", by=representative, now=NOON)


def test_a_guard_blocks_with_its_sentence_and_disables_the_button_with_the_same(
    workflow, thing, representative
):
    Thing.objects.filter(pk=thing.pk).update(note="forbidden")
    thing.refresh_from_db()
    with pytest.raises(TransitionRefused, match="It is forbidden today"):
        workflow.apply(thing, "send", by=representative, now=NOON)
    shown = workflow.available(thing, by=representative, now=NOON)
    assert [(row.name, row.label, row.reason) for row in shown] == [
        ("send", "Send", "It is forbidden today."),
        ("break", "Break", ""),
    ]


def test_available_shows_what_the_roles_and_the_state_allow(workflow, thing, representative, stranger):
    assert [row.name for row in workflow.available(thing, by=representative, now=NOON)] == ["send", "break"]
    assert workflow.available(thing, by=stranger, now=NOON) == []


def test_a_reason_is_asked_for(workflow, thing, representative, officer, monkeypatch):
    sent = workflow.apply(thing, "send", by=representative, now=NOON)
    monkeypatch.setattr(Thing, "roles_of", lambda _self, user: user.staff_roles())
    for data in ({"reason": " "}, {"other": "x"}, {}):
        with pytest.raises(TransitionRefused, match="Say why"):
            workflow.apply(sent, "send_back", by=officer, now=NOON, data=data)
    # The page asks before anything was typed: the button is there.
    assert [row.reason for row in workflow.available(sent, by=officer, now=NOON)] == [""]
    moved = workflow.apply(sent, "send_back", by=officer, now=NOON, data={"reason": "A line is missing."})
    assert moved.status == "back"


@pytest.mark.parametrize(
    "data", [None, {}, {"amount": None}, {"amount": ""}, {"amount": "  "}, {"amount": []}]
)
def test_what_a_transition_needs_must_be_filled_in(workflow, thing, representative, data):
    workflow.by_name["send"] = dataclasses.replace(workflow.by_name["send"], needs=("amount",))
    with pytest.raises(TransitionRefused, match="filled in"):
        workflow.apply(thing, "send", by=representative, now=NOON, data=data)
    assert workflow.apply(thing, "send", by=representative, now=NOON, data={"amount": 0}).status == "sent"


def test_a_target_may_depend_on_the_data(workflow, thing, representative):
    sent = workflow.apply(thing, "send", by=representative, now=NOON)
    assert workflow.apply(sent, "turn", by=representative, now=NOON, data={"where": "over"}).status == "over"


def test_when_the_last_effect_fails_nothing_has_happened(workflow, thing, representative):
    with pytest.raises(RuntimeError):
        workflow.apply(thing, "break", by=representative, now=NOON, data={"note": "changed"})
    fresh = Thing.objects.get()
    assert (fresh.status, fresh.version, fresh.note) == ("draft", 0, "")
    assert events(thing) == []
    assert not Message.objects.exists()


def test_a_later_app_acts_in_the_same_transaction(workflow, thing, representative):
    told = []
    workflow.add_effect("send", lambda obj, *, by, now, data: told.append((obj.status, obj.version)))
    workflow.apply(thing, "send", by=representative, now=NOON)
    assert told == [("sent", 1)]
    with pytest.raises(KeyError):
        workflow.add_effect("nothing", note_it)


def test_a_transition_without_words_of_its_own_reads_as_its_label(
    workflow, thing, representative, monkeypatch
):
    monkeypatch.setattr(User, "reads_internal", lambda _self, _case: False)
    workflow.apply(thing, "send", by=representative, now=NOON)
    assert [row.sentence for row in timeline.rows(thing.case, representative)] == ["Send"]


def test_an_unknown_transition_is_an_error_of_ours(workflow, thing, representative):
    with pytest.raises(KeyError):
        workflow.apply(thing, "fly", by=representative, now=NOON)


def test_the_diagram_is_made_from_the_table(workflow):
    lines = mermaid(workflow).splitlines()
    assert lines[0] == "stateDiagram-v2"
    assert "    draft --> sent: send" in lines
    assert "    sent --> back: send_back" in lines


def at_once(*works) -> list:
    """Run some works in threads that begin together; answers what each gave or raised."""
    gate, answers = Barrier(len(works)), [None] * len(works)

    def run(place, work):
        gate.wait(10)
        try:
            answers[place] = work()
        except Exception as error:
            answers[place] = error
        finally:
            connection.close()

    threads = [Thread(target=run, args=pair) for pair in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return answers


@pytest.mark.slow
@pytest.mark.parametrize("version", [0, None])
def test_of_two_at_the_same_moment_one_wins_and_the_other_is_told(
    things, transactional_db, workflow, representative, version
):
    for _round in range(5):
        thing = Thing.objects.create(case=make_case())

        def move(thing=thing):
            return workflow.apply(thing, "send", by=representative, now=NOON, version=version)

        answers = at_once(move, move)
        assert sorted(isinstance(answer, Thing) for answer in answers) == [False, True]
        assert any(isinstance(answer, StaleObject | TransitionRefused) for answer in answers)
        assert events(thing) == [("thing.send", "draft", "sent")]
        assert Message.objects.filter(key__startswith=f"thing.{thing.pk}.").count() == 1
        assert list(timeline.broken_links(Case.objects.get(pk=thing.case_id))) == []


@pytest.mark.slow
def test_events_of_one_case_at_the_same_moment_form_one_chain(transactional_db):
    case = make_case()

    def write():
        for number in range(5):
            timeline.record(case, "thing.done", by=None, now=NOON, obj=case, number=number)

    assert at_once(write, write, write) == [None, None, None]
    case.refresh_from_db()
    assert case.length == 15
    assert list(timeline.broken_links(case)) == []
