"""Messages: written once with what they tell, sent once by whoever comes first, whatever the mail server does."""

import datetime as dt
import email
import email.policy
import time
from threading import Thread

import pytest
from django.core import mail
from django.db import connection, transaction
from django.utils.translation import gettext_lazy

from accounts.models import User
from core import doorbell, outbox
from core.models import Case, Message
from tests.clock import NOON
from tests.core.mail_server import MailServer
from tests.factories import make_case

pytestmark = pytest.mark.django_db
CONTEXT = {"invited_by": "Ana O'Neil", "role": "Member", "expires_on": "24/03/2026", "url": "/invitations/x/"}
MINUTE = dt.timedelta(minutes=1)


def queue(key: str = "a", **more) -> Message | None:
    """A message to an address, from the letter of invitations."""
    given = {"template": "invitation", "now": NOON, "address": "guest@lsp.example", "context": CONTEXT}
    return outbox.queue(key=key, **(given | more))


@pytest.fixture
def server(settings):
    """A real mail server, which the outbox is told to use."""
    made = MailServer()
    settings.MAILERS = {
        "default": {
            "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "OPTIONS": {"host": "127.0.0.1", "port": made.port, "timeout": 0.5},
        }
    }
    yield made
    made.stop()


def letter(text: str) -> email.message.EmailMessage:
    return email.message_from_string(text, policy=email.policy.default)


# --- Writing ---------------------------------------------------------------------------------------


def test_the_same_fact_is_told_once():
    first = queue("fact")
    assert first is not None
    assert queue("fact", context={"role": "Other"}) is None
    assert Message.objects.get() == first
    assert Message.objects.get().context["role"] == "Member"


def test_writing_one_costs_one_question(stranger, django_assert_num_queries):
    case = make_case()
    with django_assert_num_queries(1):
        told = queue(to=stranger, case=case, confidential=True)
    row = Message.objects.get()
    columns = [field.attname for field in Message._meta.concrete_fields]
    assert [getattr(told, name) for name in columns] == [getattr(row, name) for name in columns]
    assert told.recipient == stranger


def test_a_message_goes_with_its_transaction():
    def tell_and_fail():
        with transaction.atomic():
            queue("lost")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        tell_and_fail()
    assert not Message.objects.exists()


def test_one_bell_for_all_messages_of_a_transaction(django_capture_on_commit_callbacks, monkeypatch):
    rung = []
    monkeypatch.setattr(doorbell, "ring", rung.append)
    with django_capture_on_commit_callbacks(execute=True):
        for key in "abc":
            queue(key)
        with transaction.atomic():
            queue("d")
    assert rung == ["core.tasks.send_messages"]


def test_a_person_is_written_to_in_their_language(person):
    reader = person("lector", language="es")
    told = queue("es", to=reader, address="", context={"role": gettext_lazy("Monday")})
    assert told.language == "es"
    assert told.context["role"] == "lunes"
    assert queue("en", to=reader, address="", language="en").language == "en"


def test_nothing_is_written_to_a_closed_account(stranger):
    stranger.is_active = False
    assert queue(to=stranger) is None
    assert not Message.objects.exists()


def test_a_message_to_nobody_is_refused_by_the_database():
    from django.db import IntegrityError

    with pytest.raises(IntegrityError, match="message_to_somebody"), transaction.atomic():
        queue(address="")


# --- The letter ------------------------------------------------------------------------------------


@pytest.mark.parametrize("reference, start", [("SPL-2026-7", "SPL-2026-7: "), (None, "Muebles del Norte")])
def test_the_letter_has_two_parts_a_button_and_the_bare_address(reference, start):
    case = make_case()
    Case.objects.filter(pk=case.pk).update(reference=reference)
    case.refresh_from_db()
    context = CONTEXT | {"case": case.title} if reference else CONTEXT
    queue(case=case, context=context)
    assert outbox.send_due(NOON) == 1
    (sent,) = mail.outbox
    assert sent.subject.startswith(start)
    assert sent.to == ["guest@lsp.example"]
    address = "http://localhost:8000/invitations/x/"
    assert address in sent.body.splitlines()
    html = sent.alternatives[0].content
    assert html.count(f'href="{address}"') == 2
    assert "O&#x27;Neil" in html
    assert "Ana O'Neil" in sent.body


def test_the_reference_stands_once_in_the_subject():
    case = make_case()
    Case.objects.filter(pk=case.pk).update(reference="SPL-2026-7")
    case.refresh_from_db()
    queue(case=case)  # its subject begins with the name of the case, which begins with the reference
    outbox.send_due(NOON)
    assert mail.outbox[0].subject.count("SPL-2026-7") == 1


@pytest.mark.parametrize(
    "subject",
    [
        "SPL-2026-7: vencido desde el 14/08/2027: Controlar la máquina “Secadero solar de madera”",
        "ñandú " * 50,
        "SPL-2026-7: Report 1 was accepted",
    ],
)
def test_a_long_subject_with_accents_keeps_its_spaces(subject):
    letter = outbox.Letter(subject.strip(), "Hola", "programme@lsp.example", ["guest@lsp.example"])
    for policy in (email.policy.SMTP, email.policy.default):
        written = letter.message(policy=policy).as_bytes()
        assert max(map(len, written.splitlines())) <= 78
        assert email.message_from_bytes(written, policy=email.policy.default)["Subject"] == subject.strip()


def test_a_line_break_never_reaches_the_headers(person):
    queue(context=CONTEXT | {"invited_by": "Ana\r\nBcc: everybody@lsp.example"})
    assert outbox.send_due(NOON) == 1
    assert "\n" not in mail.outbox[0].subject
    assert mail.outbox[0].bcc == []


def test_the_same_message_has_the_same_id():
    first, other = queue("a"), queue("b")
    ids = [outbox.letter_of(message).extra_headers["Message-ID"] for message in (first, first, other)]
    assert ids[0] == ids[1] != ids[2]
    assert ids[0].endswith("@localhost>")


# --- Sending ---------------------------------------------------------------------------------------


def test_what_is_due_leaves_once():
    queue("a")
    queue("b", now=NOON + MINUTE)
    assert outbox.send_due(NOON) == 1
    assert outbox.send_due(NOON) == 0
    assert outbox.send_due(NOON + MINUTE) == 1
    assert len(mail.outbox) == 2
    assert set(Message.objects.values_list("sent_at", flat=True)) == {NOON, NOON + MINUTE}


def test_a_confidential_message_keeps_nothing_once_it_left():
    queue("secret", confidential=True)
    queue("plain")
    outbox.send_due(NOON)
    assert Message.objects.get(key="secret").context == {}
    assert Message.objects.get(key="plain").context == CONTEXT


def test_many_messages_go_over_one_connection(server, monkeypatch):
    for number in range(7):
        queue(str(number))
    assert outbox.send_due(NOON) == 7
    assert len(server.received) == 7
    assert server.connections == 1
    monkeypatch.setattr(outbox, "BATCH", 2)
    for number in range(7, 12):
        queue(str(number))
    assert outbox.send_due(NOON) == 5


def test_no_transaction_is_open_while_the_mail_server_talks(server, transactional_db):
    seen = []
    queue()
    server.on_text = lambda: seen.append(_open_transactions())
    assert outbox.send_due(NOON) == 1
    assert seen == [0]


def _open_transactions() -> int:
    """Transactions of this run's database that are open and idle, seen from another connection."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                " AND state LIKE 'idle in transaction%%' AND pid <> pg_backend_pid()"
            )
            return cursor.fetchone()[0]
    finally:
        connection.close()


@pytest.mark.parametrize("words", ["550 no such person", "553 not here"])
def test_a_refusal_for_good_is_parked_with_the_reason(server, words):
    server.behaviour = [words]
    queue("bad")
    queue("good")
    assert outbox.send_due(NOON) == 1
    bad = Message.objects.get(key="bad")
    assert (bad.parked_at, bad.sent_at) == (NOON, None)
    assert words in bad.last_error
    assert outbox.send_due(NOON + dt.timedelta(days=9)) == 0


def test_a_refusal_for_now_is_tried_again_later_and_later_and_then_parked(server):
    queue()
    moment, waits = NOON, []
    while True:
        server.behaviour = ["451 later"]
        outbox.send_due(moment)
        message = Message.objects.get()
        if message.parked_at:
            break
        waits.append(message.next_attempt_at - moment)
        assert outbox.send_due(message.next_attempt_at - MINUTE / 2) == 0
        moment = message.next_attempt_at
    assert waits == outbox.WAITS
    assert waits[0] == MINUTE
    assert waits[-1] >= dt.timedelta(hours=1)
    assert "451 later" in message.last_error
    assert server.received == []


def test_a_message_that_gets_through_at_last_shows_no_error_any_more(server):
    queue()
    server.behaviour = ["451 later"]
    outbox.send_due(NOON)
    assert outbox.send_due(NOON + MINUTE) == 1
    message = Message.objects.get()
    assert (message.last_error, message.attempts, len(server.received)) == ("", 2, 1)


@pytest.mark.parametrize("how", ["hang", "drop"])
def test_a_server_that_breaks_off_before_the_text_leaves_no_doubt(server, how):
    server.behaviour = [how]
    queue("first")
    queue("second")
    assert outbox.send_due(NOON) == 1  # the second one went over a new connection
    first = Message.objects.get(key="first")
    assert (first.sent_at, first.doubts, first.handed_over_at) == (None, 0, None)
    assert outbox.send_due(NOON + MINUTE) == 1
    assert len(server.received) == 2


def test_a_server_that_breaks_off_each_time_is_left_alone_with_the_rest(server):
    server.behaviour = ["drop"] * outbox.MOST_BREAKS
    for number in range(6):
        queue(str(number))
    assert outbox.send_due(NOON) == 0
    tried = Message.objects.filter(attempts=1)
    assert tried.count() == outbox.MOST_BREAKS
    rest = Message.objects.filter(attempts=0)
    assert {message.next_attempt_at for message in rest} == {NOON + outbox.UNREACHABLE_WAIT}
    assert outbox.send_due(NOON + 2 * MINUTE) == 6


def test_refusals_are_answers_and_the_others_still_leave(server):
    server.behaviour = ["550 no", "451 later", "550 no", "421 too many"]
    for number in range(8):
        queue(str(number))
    assert outbox.send_due(NOON) == 4
    assert len(server.received) == 4
    assert Message.objects.filter(parked_at=NOON).count() == 2


def test_what_there_was_no_time_for_is_left_to_the_next_worker(server, monkeypatch):
    for number in range(3):
        queue(str(number))
    monkeypatch.setattr(outbox, "SECONDS", 0.05)
    server.on_text = lambda: time.sleep(0.1)
    assert outbox.send_due(NOON) == 1
    assert Message.objects.filter(sent_at=None, leased_until=None, attempts=0).count() == 2
    monkeypatch.setattr(outbox, "SECONDS", 10)
    assert outbox.send_due(NOON) == 2


def test_a_server_that_breaks_off_after_the_text_gets_one_more_copy_at_most(server):
    server.behaviour = ["drop after text", "drop after text", "drop after text"]
    queue()
    assert outbox.send_due(NOON) == 0
    assert Message.objects.get().doubts == 1
    assert outbox.send_due(NOON + MINUTE) == 0
    message = Message.objects.get()
    assert (message.doubts, message.parked_at) == (2, NOON + MINUTE)
    assert "may have arrived" in message.last_error
    assert outbox.send_due(NOON + dt.timedelta(days=1)) == 0
    assert len(server.in_doubt) == 2
    assert len({letter(text)["Message-ID"] for text in server.in_doubt}) == 1


def test_a_connection_that_closes_between_two_messages_costs_a_try_and_no_message(server):
    server.behaviour = ["closing"]
    queue("first")
    queue("second")
    outbox.send_due(NOON)
    outbox.send_due(NOON + MINUTE)
    assert sorted(Message.objects.values_list("doubts", flat=True)) == [0, 0]
    assert len(server.received) == 2


def test_a_server_that_is_away_is_no_message_s_fault(settings, server):
    server.stop()
    for key in "abc":
        queue(key)
    assert outbox.send_due(NOON) == 0
    for message in Message.objects.all():
        assert (message.attempts, message.leased_until, message.parked_at) == (0, None, None)
        assert message.next_attempt_at == NOON + outbox.UNREACHABLE_WAIT
        assert "cannot be reached" in message.last_error
    late = NOON + dt.timedelta(days=4)
    outbox.send_due(late)
    assert set(Message.objects.values_list("parked_at", flat=True)) == {late}


def test_an_address_that_is_none_is_parked(server):
    queue("bad", address="no address at all")
    queue("good")
    assert outbox.send_due(NOON) == 1
    assert Message.objects.get(key="bad").parked_at == NOON


def test_a_letter_that_cannot_be_written_does_not_hold_up_the_others():
    queue("bad", template="no_such_letter")
    queue("good")
    assert outbox.send_due(NOON) == 1
    bad = Message.objects.get(key="bad")
    assert (bad.sent_at, bad.next_attempt_at) == (None, NOON + MINUTE)
    assert "TemplateDoesNotExist" in bad.last_error


def test_what_a_dead_worker_held_is_taken_again_after_its_lease():
    message = queue()
    outbox._claim(NOON)  # and then it was killed, before it began to send
    assert outbox.send_due(NOON + MINUTE) == 0
    assert outbox.send_due(NOON + outbox.LEASE) == 1
    message.refresh_from_db()
    assert message.doubts == 0


def test_a_worker_that_died_while_sending_leaves_a_doubt_and_two_park_it():
    message = queue()
    moment = NOON
    for doubts in (1, 2):
        outbox._claim(moment)
        Message.objects.update(handed_over_at=moment)  # and then it was killed
        moment += outbox.LEASE
        if doubts == 1:
            assert Message.objects.get().doubts == 0
    assert outbox.send_due(moment) == 0
    message.refresh_from_db()
    assert (message.doubts, message.parked_at) == (2, moment)
    assert mail.outbox == []


def test_a_person_lets_a_parked_message_go_again(server, monkeypatch):
    server.behaviour = ["550 full"]
    message = queue()
    outbox.send_due(NOON)
    assert outbox.try_again(message, NOON)
    assert outbox.send_due(NOON) == 1
    assert not outbox.try_again(message, NOON)
    assert len(server.received) == 1


def test_a_message_on_its_way_is_not_tried_again():
    message = queue()
    outbox._claim(NOON)
    assert not outbox.try_again(message, NOON + MINUTE)


def test_a_message_that_waited_long_asks_again_what_there_is_to_tell():
    asked = []

    def again(message, now):
        asked.append(message.key)
        return None if message.key == "over" else {**message.context, "role": "Other"}

    outbox.refresh("invitation", again)
    queue("fresh", now=NOON + dt.timedelta(hours=1))
    queue("over")
    queue("changed")
    assert outbox.send_due(NOON + dt.timedelta(hours=1)) == 2
    assert sorted(asked) == ["changed", "over"]
    assert not Message.objects.filter(key="over").exists()
    assert "Other" in " ".join(sent.body for sent in mail.outbox)


@pytest.mark.slow
def test_five_workers_at_once_send_each_message_once(server, transactional_db):
    for number in range(40):
        queue(str(number))

    def work():
        try:
            outbox.send_due(NOON)
        finally:
            connection.close()

    workers = [Thread(target=work) for _ in range(5)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(30)
    assert len(server.received) == 40
    assert len({letter(text)["Message-ID"] for text in server.received}) == 40
    assert User.objects.count() == 0
