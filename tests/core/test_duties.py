"""What people owe, and the reminders: in time, gathered, in their language, once (PROGRAMME 7 and 6.11)."""

import datetime as dt
from threading import Barrier, Thread

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils.translation import gettext_lazy

from accounts.models import User
from core import duties, outbox, tasks
from core.duties import Duty
from core.models import Case, Message, ReminderStep
from tests.clock import NOON
from tests.factories import make_case

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 3, 10)


def days(count: int) -> dt.timedelta:
    return dt.timedelta(days=count)


class Owed:
    """A source whose duties a test sets; it remembers what it was asked."""

    def __init__(self) -> None:
        self.rows: list[Duty] = []
        self.asked: list[dict] = []

    def __call__(self, *, today, due_from=None, due_to=None, user=None):
        self.asked.append({"today": today, "due_from": due_from, "due_to": due_to, "user": user})
        for duty in self.rows:
            inside = (due_from is None or duty.due_on >= due_from) and (
                due_to is None or duty.due_on <= due_to
            )
            if inside and (user is None or duty.user_id == user.pk):
                yield duty

    def add(
        self, user, due_on=TODAY, key="report.1", title="File the report", case=None, officer=False
    ) -> Duty:
        duty = Duty(key, user.pk, case.pk if case else None, title, due_on, f"/{key}/", officer)
        self.rows.append(duty)
        return duty


@pytest.fixture
def owed(monkeypatch) -> Owed:
    source = Owed()
    monkeypatch.setattr(duties, "_sources", {"test": source})
    return source


@pytest.fixture
def people(person) -> list[User]:
    return [person(name) for name in ("ana", "bea", "carla")]


def remind(day: dt.date, hour: int = 8) -> int:
    return duties.remind(day, dt.datetime.combine(day, dt.time(hour + 3), dt.UTC))


# --- The list --------------------------------------------------------------------------------------


def test_a_persons_list_is_theirs_the_most_urgent_first(owed, people):
    ana, bea, _carla = people
    owed.add(ana, TODAY + days(3), "report.2")
    owed.add(ana, TODAY - days(1), "report.1")
    owed.add(bea, TODAY, "report.3")
    assert [duty.key for duty in duties.of(ana, TODAY)] == ["report.1", "report.2"]


@pytest.mark.parametrize("late, shown", [(-1, False), (0, False), (6, False), (7, True), (30, True)])
def test_an_officer_sees_what_others_owe_from_seven_days_late(owed, people, late, shown):
    owed.add(people[0], TODAY - days(late), officer=True)
    assert bool(duties.of(people[0], TODAY)) == shown


def test_a_source_that_is_registered_again_replaces_the_first(owed, people):
    other = Owed()
    other.add(people[0])
    duties.register("test", other)
    assert len(duties.of(people[0], TODAY)) == 1


def test_what_several_sources_ask_alike_is_asked_once_for_a_list_and_anew_for_the_next(monkeypatch, people):
    asked = []

    @duties.asked_once
    def who(day):
        asked.append(day)
        return day

    def source(*, today, user=None, due_from=None, due_to=None):
        who(today)
        return []

    monkeypatch.setattr(duties, "_sources", {"one": source, "other": source})
    duties.of(people[0], TODAY)
    assert asked == [TODAY]
    duties.of(people[0], TODAY)
    assert asked == [TODAY] * 2
    duties.remind(TODAY, NOON)
    assert asked == [TODAY] * 3
    list(duties.every(TODAY))
    assert asked == [TODAY] * 5


def test_what_one_person_owes_is_read_in_one_query_for_all_sources(
    monkeypatch, people, django_assert_num_queries
):
    """And what all owe source by source, since that can be much."""

    def source(name):
        rows = User.objects.filter(email=f"{name}@lsp.example")

        def duties_of(found):
            return [Duty(f"{name}.{row.pk}", row.pk, None, name, TODAY, "/") for row in found]

        return lambda *, today, user=None: duties.Reading(rows, duties_of)

    monkeypatch.setattr(duties, "_sources", {"one": source("ana"), "other": source("bea"), "none": Owed()})
    with django_assert_num_queries(1):
        assert [duty.title for duty in duties.of(people[0], TODAY)] == ["ana"]
    with django_assert_num_queries(2):
        assert [duty.title for duty in duties.every(TODAY)] == ["ana", "bea"]


# --- The steps -------------------------------------------------------------------------------------

STEP_ON = {
    -15: None,
    -14: -14,
    -13: -14,
    -8: -14,
    -7: -7,
    -2: -7,
    -1: -1,
    0: 0,
    1: 1,
    2: 1,
    6: 1,
    7: 7,
    13: 7,
    14: 14,
}


@pytest.mark.parametrize("late, step", STEP_ON.items())
def test_the_step_of_a_day(people, late, step):
    assert Duty("x", 1, None, "X", TODAY, "/").step(TODAY + days(late)) == step


@pytest.mark.parametrize(
    "late, step", [(-14, None), (0, None), (6, None), (7, 7), (13, 7), (14, 14), (60, 14)]
)
def test_the_step_of_an_officer(late, step):
    assert Duty("x", 1, None, "X", TODAY, "/", officer=True).step(TODAY + days(late)) == step


def test_over_the_weeks_a_person_hears_on_each_step_and_on_no_other_day(owed, people):
    ana, officer, _ = people
    owed.add(ana, TODAY)
    owed.add(officer, TODAY, officer=True)
    heard = {person.pk: [] for person in (ana, officer)}
    for late in range(-20, 50):
        before = set(Message.objects.values_list("pk", flat=True))
        remind(TODAY + days(late))
        for message in Message.objects.exclude(pk__in=before):
            heard[message.recipient_id].append(late)
    assert heard[ana.pk] == [-14, -7, -1, 0, 1, 7, 14]
    assert heard[officer.pk] == [7, 14]
    assert Message.objects.count() == ReminderStep.objects.count() == 9


# --- Once, however -----------------------------------------------------------------------------------


def test_running_it_again_writes_nothing_more(owed, people):
    owed.add(people[0])
    assert remind(TODAY) == 1
    assert [remind(TODAY, hour) for hour in (8, 9, 20)] == [0, 0, 0]
    assert Message.objects.count() == 1
    outbox.send_due(NOON)
    assert len(mail.outbox) == 1


def test_all_that_a_person_owes_is_one_message(owed, people):
    ana, bea, _ = people
    first, second = make_case(title="Uno"), make_case(title="Dos")
    owed.add(ana, TODAY, "a", "File the report", first)
    owed.add(ana, TODAY - days(1), "b", "Review the plan", second)
    owed.add(ana, TODAY + days(7), "c", "Sign", first)
    owed.add(ana, TODAY + days(40), "d", "Later", first)
    owed.add(bea, TODAY, "a", "File the report", first)
    assert remind(TODAY) == 2
    message = Message.objects.get(recipient=ana)
    assert [line["title"] for line in message.context["lines"]] == [
        "Review the plan",
        "File the report",
        "Sign",
    ]
    assert message.case is None
    assert Message.objects.get(recipient=bea).case == first
    assert ReminderStep.objects.filter(user=ana, message=message).count() == 3


def test_days_without_a_scheduler_are_made_good_by_one_message_of_the_latest_step(owed, people):
    owed.add(people[0], TODAY)
    assert remind(TODAY - days(14)) == 1
    assert remind(TODAY + days(9)) == 1  # -7, -1, 0, 1 and 7 were missed
    assert list(ReminderStep.objects.order_by("step").values_list("step", flat=True)) == [-14, 7]
    assert remind(TODAY + days(10)) == 0


def test_what_is_long_gone_is_left_to_people(owed, people):
    owed.add(people[0], TODAY - days(14 + duties.CATCH_UP))
    assert remind(TODAY) == 1
    owed.add(people[0], TODAY - days(15 + duties.CATCH_UP), "report.2")
    assert remind(TODAY + days(1)) == 0


def test_a_step_found_later_that_day_waits_for_the_next(owed, people):
    ana = people[0]
    owed.add(ana, TODAY, "a")
    assert remind(TODAY, 8) == 1
    owed.add(ana, TODAY, "b")
    assert remind(TODAY, 9) == 0
    assert not ReminderStep.objects.filter(duty="b").exists()
    assert remind(TODAY + days(1)) == 1
    last = Message.objects.order_by("pk").last()
    assert [(line["key"], line["late"]) for line in last.context["lines"]] == [("a", 1), ("b", 1)]


def test_nothing_is_said_of_what_was_done(owed, people):
    owed.add(people[0])
    owed.rows.clear()
    assert remind(TODAY) == 0
    assert not Message.objects.exists()


def test_a_date_that_moved_has_steps_of_its_own(owed, people):
    ana = people[0]
    owed.add(ana, TODAY)
    remind(TODAY)
    owed.rows.clear()
    owed.add(ana, TODAY + days(8))
    assert remind(TODAY + days(1)) == 1
    assert set(ReminderStep.objects.values_list("due_on", "step")) == {(TODAY, 0), (TODAY + days(8), -7)}


def test_a_closed_account_hears_nothing(owed, people):
    User.objects.filter(pk=people[0].pk).update(is_active=False)
    owed.add(people[0])
    assert remind(TODAY) == 0
    assert not ReminderStep.objects.exists()


def test_the_same_duty_from_two_sources_is_one_line(owed, people):
    owed.add(people[0])
    owed.add(people[0])
    assert remind(TODAY) == 1
    assert Message.objects.get().context["count"] == 1


def test_the_database_keeps_one_row_for_each_step(owed, people):
    owed.add(people[0])
    remind(TODAY)
    step = ReminderStep.objects.get()
    with pytest.raises(DatabaseError, match="reminded_once_per_step"), transaction.atomic():
        ReminderStep.objects.create(duty=step.duty, due_on=step.due_on, step=step.step, user=step.user)


def test_a_run_that_fails_in_the_middle_has_told_nobody_and_the_next_one_does(owed, people, monkeypatch):
    owed.add(people[0])

    def fail(*_args, **_kwargs):
        raise ZeroDivisionError

    with monkeypatch.context() as broken:
        broken.setattr(duties, "context_of", fail)
        with pytest.raises(ZeroDivisionError):
            remind(TODAY)
    assert not Message.objects.exists()
    assert not ReminderStep.objects.exists()
    assert remind(TODAY) == 1


def at_once(count: int, work) -> None:
    gate = Barrier(count)

    def run():
        gate.wait(10)
        try:
            work()
        finally:
            connection.close()

    threads = [Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)


@pytest.mark.slow
def test_five_at_the_same_moment_tell_everybody_once(transactional_db, owed, person):
    """Twenty people, three duties each, in batches that cut across: five schedulers, one message each."""
    everybody = [person(f"p{number}") for number in range(20)]
    for user in everybody:
        for key in "abc":
            owed.add(user, TODAY, f"{key}.{user.pk}")
    written = []
    at_once(5, lambda: written.append(duties.remind(TODAY, NOON)))
    assert sum(written) == 20
    assert Message.objects.count() == 20
    assert ReminderStep.objects.count() == 60
    assert {message.context["count"] for message in Message.objects.all()} == {3}
    at_once(5, lambda: outbox.send_due(NOON))
    assert len(mail.outbox) == 20


@pytest.mark.slow
def test_two_days_at_the_same_moment_tell_each_step_once(transactional_db, owed, person, monkeypatch):
    """One scheduler a minute before midnight, one after: a step that neither told yet is told by one of them."""
    monkeypatch.setattr(duties, "PEOPLE_AT_ONCE", 3)
    for number in range(10):
        owed.add(person(f"p{number}"), TODAY - days(3), f"a.{number}")  # step +1 on both days
    on = [TODAY, TODAY + days(1)]
    at_once(2, lambda: remind(on.pop()))
    assert ReminderStep.objects.count() == 10
    assert Message.objects.count() == 10


# --- What it says ------------------------------------------------------------------------------------


def test_each_reads_it_in_their_language_with_the_case_first_and_a_link_to_the_form(owed, person):
    ana, luz = person("ana", language="es"), person("luz")
    case = make_case()
    Case.objects.filter(pk=case.pk).update(reference="SPL-2026-7")
    for user in (ana, luz):
        owed.add(user, TODAY + days(7), "report.1", gettext_lazy("Monday"), case)
    remind(TODAY)
    outbox.send_due(NOON)
    spanish, english = (
        next(m for m in mail.outbox if m.to == [f"{name}@lsp.example"]) for name in ("ana", "luz")
    )
    assert spanish.subject.startswith("SPL-2026-7: lunes")
    assert english.subject == "SPL-2026-7: Monday, by 17/03/2026"
    for sent in (spanish, english):
        assert "http://localhost:8000/report.1/" in sent.body.splitlines()
        assert "17/03/2026" in sent.body
        assert 'href="http://localhost:8000/report.1/"' in sent.alternatives[0].content
        assert "SPL-2026-7 · Muebles del Norte" in sent.body


def test_several_are_listed_and_the_late_say_since_when(owed, people):
    ana = people[0]
    owed.add(ana, TODAY - days(7), "a", "File the report", make_case(title="Uno"))
    owed.add(ana, TODAY, "b", "Sign", make_case(title="Dos"))
    owed.add(ana, TODAY - days(7), "c", "Watch", make_case(title="Tres"), officer=True)
    remind(TODAY)
    outbox.send_due(NOON)
    (sent,) = mail.outbox
    assert sent.subject == "Uno: overdue since 03/03/2026: File the report (and 2 more)"
    assert "It was due on 03/03/2026: 7 days late." in sent.body
    assert "It is due today, 10/03/2026." in sent.body
    assert "somebody else owes it" in sent.body
    assert sent.body.count("http://localhost:8000/a/") == 1
    html = sent.alternatives[0].content
    assert html.count("display: inline-block") == 1  # one button
    assert "&amp;#" not in html


def test_what_was_done_while_the_mail_server_was_away_is_left_out(owed, people):
    ana, bea, _ = people
    owed.add(ana, TODAY, "a", "File the report")
    owed.add(ana, TODAY, "b", "Sign")
    owed.add(bea, TODAY, "a", "File the report")
    remind(TODAY)
    owed.rows = [duty for duty in owed.rows if duty.key == "b"]
    assert outbox.send_due(NOON + dt.timedelta(hours=5)) == 1
    (sent,) = mail.outbox
    assert sent.to == [ana.email]
    assert "Sign" in sent.body
    assert "File the report" not in sent.body
    assert not Message.objects.filter(recipient=bea).exists()
    assert ReminderStep.objects.filter(user=bea).count() == 1


# --- Cost, command, task -----------------------------------------------------------------------------


def test_a_source_is_asked_once_for_what_can_be_due(owed, people):
    owed.add(people[0])
    remind(TODAY)
    assert owed.asked == [
        {
            "today": TODAY,
            "due_from": TODAY - days(14 + duties.CATCH_UP),
            "due_to": TODAY + days(14),
            "user": None,
        }
    ]


def test_thirty_people_cost_the_same_questions_as_one(owed, person):
    def count(day) -> int:
        with CaptureQueriesContext(connection) as queries:
            remind(day)
        return len(queries)

    case = make_case()
    owed.add(person("first"), TODAY, case=case)
    one = count(TODAY)
    for number in range(29):
        owed.add(person(f"p{number}"), TODAY, case=case)
    assert count(TODAY + days(1)) == one == 9


def test_a_day_on_which_nobody_is_to_hear_costs_one_question_for_each_hundred(owed, person):
    for number in range(30):
        owed.add(person(f"p{number}"), TODAY)
    remind(TODAY)
    with CaptureQueriesContext(connection) as queries:
        assert remind(TODAY) == 0
    assert len([query for query in queries if "SAVEPOINT" not in query["sql"]]) <= 2


def test_the_command_takes_a_day(owed, people, capsys):
    owed.add(people[0], dt.date(2026, 5, 1))
    call_command("remind", "--on", "2026-05-01")
    call_command("remind", on="2026-05-01")
    assert capsys.readouterr().out.splitlines() == [
        "2026-05-01: 1 people get a reminder.",
        "2026-05-01: 0 people get a reminder.",
    ]
    assert ReminderStep.objects.get().step == 0


@pytest.mark.parametrize("day", ["tomorrow", "2026-02-30", "01/05/2026"])
def test_the_command_says_what_is_wrong_with_a_day(db, day):
    with pytest.raises(CommandError, match="is not a day"):
        call_command("remind", "--on", day)


def test_the_task_reminds_of_today_in_buenos_aires(owed, people, frozen):
    frozen.move_to(dt.datetime(2026, 3, 11, 2, 30, tzinfo=dt.UTC), tick=False)  # still the 10th there
    owed.add(people[0], TODAY)
    tasks.remind()
    assert ReminderStep.objects.get().step == 0
