"""Messages that leave: rows written in the transaction of what they tell, sent by a worker afterwards.

`queue` writes one, once for each key. `send_due` is the sweeper: it claims due rows with a lease (SKIP LOCKED), and
talks to the mail server outside any transaction, over one connection. A message is sent once; only where the mail
server broke off after it had the text, or a worker died at that very moment, is there a doubt, and a second doubt parks
the message instead of a third copy.
"""

import hashlib
import json
import logging
import smtplib
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from email.header import Header
from email.policy import SMTP, EmailPolicy
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.db import connection, transaction
from django.db.models import F, Q
from django.template.loader import render_to_string
from django.utils import translation

from core import doorbell
from core.models import Case, Message

log = logging.getLogger(__name__)

BATCH = 50
LEASE = timedelta(seconds=max(600, settings.CELERY_TASK_TIME_LIMIT + 60))  # longer than any task may run
SECONDS = 60.0  # one call sends no longer than this
WAITS = [timedelta(minutes=m) for m in (1, 5, 15, 60, 120, 240, 480)]
UNREACHABLE_WAIT = timedelta(minutes=2)
UNREACHABLE_PATIENCE = timedelta(days=3)
MOST_DOUBTS = 2
MOST_BREAKS = 3  # in a row: then it is the server, and the others of the batch wait

# Asked again before a message that waited long is sent: answers the context of the day, or None when there is nothing
# left to tell. By template.
Refresh = Callable[[Message, datetime], dict[str, Any] | None]
_refresh: dict[str, Refresh] = {}
FRESH_FOR = timedelta(minutes=15)


class Unreachable(Exception):
    """The mail server does not answer at all: no message's fault."""


# --- Writing ---------------------------------------------------------------------------------------


def queue(
    *,
    key: str,
    to: Any = None,
    template: str,
    now: datetime,
    case: Case | None = None,
    address: str = "",
    language: str | None = None,
    context: dict[str, Any] | None = None,
    confidential: bool = False,
) -> Message | None:
    """Write a message into this transaction; the second time with the same key does nothing and answers None.

    `to` is a person; without an account, `address`. `template` names templates/emails/<template>.{subject.txt,txt,html}.
    `context` is JSON (lazy texts are put into the reader's language); `url` and names ending in `_url` may be paths of
    the site. A confidential message loses its context once it is sent, and is on nobody's bell.
    Nothing is written to a closed account.
    """
    if to is not None and not to.is_active:
        return None
    language = language or (to.language if to is not None else None) or translation.get_language()
    with translation.override(language):
        # Lazy texts become words here.
        context = json.loads(json.dumps(context or {}, default=str))
    message = Message(
        key=key,
        case=case,
        recipient=to,
        address=address,
        language=language,
        template=template,
        context=context,
        confidential=confidential,
        created_at=now,
        next_attempt_at=now,
    )
    if not _insert(message):
        return None
    doorbell.ring_on_commit("core.tasks.send_messages")
    return message


def _insert(message: Message) -> bool:
    """Write a new row, unless there is one with its key; answers whether it was written. One query: Django's own ways
    to leave a row alone that is there do not tell which happened."""
    fields = [field for field in Message._meta.concrete_fields if not field.primary_key]
    values = [field.get_db_prep_save(getattr(message, field.attname), connection) for field in fields]
    columns = ", ".join(str(field.column) for field in fields)
    places = ", ".join(["%s"] * len(fields))
    with connection.cursor() as cursor:
        # Names of columns are the model's own; what people write goes as parameters.
        cursor.execute(
            f"INSERT INTO core_message ({columns}) VALUES ({places}) ON CONFLICT (key) DO NOTHING RETURNING id",  # noqa: S608
            values,
        )
        row = cursor.fetchone()
    if row is None:
        return False
    message.pk, message._state.adding, message._state.db = row[0], False, connection.alias
    return True


def refresh(template: str, again: Refresh) -> None:
    """Have messages of a template, when they waited long, ask once more what there is to tell."""
    _refresh[template] = again


# --- Sending ---------------------------------------------------------------------------------------


def send_due(now: datetime) -> int:
    """Send what is due, in batches over one connection; answers how many left. Any number may run at once."""
    started, sent = time.monotonic(), 0
    while time.monotonic() - started < SECONDS:
        batch = _claim(now)
        if not batch:
            break
        server = _Server()
        try:
            for place, message in enumerate(batch):
                if time.monotonic() - started > SECONDS:
                    _give_back(batch[place:])
                    return sent
                try:
                    sent += _send(message, server, now)
                except Unreachable as error:
                    _postpone(batch[place:], str(error), now)
                    return sent
        finally:
            server.close()
    return sent


def _claim(now: datetime) -> list[Message]:
    """Take the next due messages, for the time of a lease. Those that a dead worker was sending are counted."""
    free = Q(leased_until=None) | Q(leased_until__lte=now)
    with transaction.atomic():
        due = Message.objects.filter(free, sent_at=None, parked_at=None, next_attempt_at__lte=now)
        ids = list(
            due.select_for_update(skip_locked=True)
            .order_by("next_attempt_at", "id")
            .values_list("id", flat=True)[:BATCH]
        )
        mine = Message.objects.filter(pk__in=ids)
        mine.filter(handed_over_at__isnull=False).update(doubts=F("doubts") + 1, handed_over_at=None)
        mine.update(leased_until=now + LEASE, attempts=F("attempts") + 1)
        return list(mine.select_related("recipient", "case").order_by("next_attempt_at", "id"))


def _send(message: Message, server: "_Server", now: datetime) -> bool:
    """Send one claimed message and write down what came of it. Raises Unreachable without touching the row."""
    if message.doubts >= MOST_DOUBTS:
        return _park(
            message, "It may have arrived: the sending broke off twice after the text was handed over.", now
        )
    try:
        if not _still_true(message, now):
            message.delete()
            return False
        letter = letter_of(message)
    except Exception as error:  # a template that fails must not hold up the others
        log.exception("message not written", extra={"message_id": message.pk})
        return _failed(message, f"It could not be written: {type(error).__name__}.", now)
    if not letter.to[0]:
        return _park(message, "It has no address.", now)
    server.open()
    Message.objects.filter(pk=message.pk).update(handed_over_at=now)
    try:
        server.send(letter)
    except smtplib.SMTPRecipientsRefused as error:
        code, words = next(iter(error.recipients.values()), (0, b""))
        return _refused(message, server, code, words, now)
    except smtplib.SMTPResponseException as error:
        return _refused(message, server, error.smtp_code, error.smtp_error, now)
    except ValueError as error:
        return _park(message, f"The address is not one: {error}.", now)
    except (OSError, smtplib.SMTPException) as error:
        server.close()
        return _broke_off(message, server.text_was_handed_over, error, now)
    emptied: dict[str, Any] = {"context": {}} if message.confidential else {}
    Message.objects.filter(pk=message.pk).update(
        sent_at=now, leased_until=None, handed_over_at=None, last_error="", **emptied
    )
    return True


def _still_true(message: Message, now: datetime) -> bool:
    """Whether there is still something to tell; puts the context of the day into a message that waited long."""
    again = _refresh.get(message.template)
    if again is None or now - message.created_at < FRESH_FOR:
        return True
    context = again(message, now)
    if context is None:
        return False
    message.context = context
    message.save(update_fields=["context"])
    return True


def _refused(message: Message, server: "_Server", code: int, words: bytes | str, now: datetime) -> bool:
    """The mail server said no: for good (5xx), or for now."""
    if code == 421:  # and hung up
        server.close()
    said = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    reason = f"The mail server refused it: {code} {said}"
    return _park(message, reason, now) if 500 <= code < 600 else _failed(message, reason, now)


def _broke_off(message: Message, handed_over: bool, error: Exception, now: datetime) -> bool:
    """The connection went: with a doubt, if the server had the text already."""
    if handed_over:
        message.doubts += 1
        if message.doubts >= MOST_DOUBTS:
            Message.objects.filter(pk=message.pk).update(doubts=message.doubts)
            return _park(
                message,
                "It may have arrived: the sending broke off twice after the text was handed over.",
                now,
            )
    return _failed(message, f"The mail server broke off: {type(error).__name__}.", now)


def _failed(message: Message, reason: str, now: datetime) -> bool:
    """Try again later, later each time; after the last time the message is parked."""
    if message.attempts > len(WAITS):
        return _park(message, reason, now)
    Message.objects.filter(pk=message.pk).update(
        next_attempt_at=now + WAITS[message.attempts - 1],
        leased_until=None,
        handed_over_at=None,
        doubts=message.doubts,
        last_error=reason[:500],
    )
    return False


def _park(message: Message, reason: str, now: datetime) -> bool:
    """Stop trying: a person has to look (the monitor of messages)."""
    log.error("message parked", extra={"message_id": message.pk, "reason": reason[:200]})
    Message.objects.filter(pk=message.pk).update(
        parked_at=now, leased_until=None, handed_over_at=None, last_error=reason[:500]
    )
    return False


def _give_back(messages: list[Message]) -> None:
    """Leave to the next worker what there was no time for."""
    ids = [message.pk for message in messages]
    Message.objects.filter(pk__in=ids).update(leased_until=None, attempts=F("attempts") - 1)


def _postpone(messages: list[Message], reason: str, now: datetime) -> None:
    """The mail server is away: give the messages back, without counting it against them, unless it lasts for days."""
    ids = [message.pk for message in messages]
    log.warning("mail server away", extra={"reason": reason, "waiting": len(ids)})
    Message.objects.filter(pk__in=ids).update(
        leased_until=None,
        attempts=F("attempts") - 1,
        next_attempt_at=now + UNREACHABLE_WAIT,
        last_error=f"The mail server cannot be reached: {reason}"[:500],
    )
    Message.objects.filter(pk__in=ids, created_at__lt=now - UNREACHABLE_PATIENCE).update(parked_at=now)


def try_again(message: Message, now: datetime) -> bool:
    """Give a parked or waiting message a fresh start. Answers False when it has left already, or is on its way."""
    free = Q(leased_until=None) | Q(leased_until__lte=now)
    mine = Message.objects.filter(free, pk=message.pk, sent_at=None)
    done = mine.update(parked_at=None, attempts=0, doubts=0, next_attempt_at=now, handed_over_at=None)
    doorbell.ring_on_commit("core.tasks.send_messages")
    return bool(done)


# --- The letter itself -------------------------------------------------------------------------------


class _Headers(EmailPolicy):
    """Long subjects with accents, whole. The policy itself writes such words one by one, and readers' programs then drop the
    space between two of them (CPython gh-92081)."""

    def fold(self, name: str, value: Any) -> str:
        if name == "Subject" and not value.isascii():
            return f"{name}: {Header(value, 'utf-8', header_name=name).encode(linesep=self.linesep)}{self.linesep}"
        return super().fold(name, value)

    def fold_binary(self, name: str, value: Any) -> bytes:
        if name == "Subject" and not value.isascii():
            return self.fold(name, value).encode()
        return super().fold_binary(name, value)


class Letter(EmailMultiAlternatives):
    """An e-mail whose subject arrives as it was written."""

    def message(self, *, policy: Any = SMTP) -> Any:
        return super().message(
            policy=_Headers(linesep=policy.linesep, max_line_length=policy.max_line_length)
        )


def letter_of(message: Message) -> Letter:
    """The e-mail of a message, in its reader's language."""
    case = message.case
    with translation.override(message.language):
        context = _shown(message)
        name = f"emails/{message.template}"
        subject = " ".join(render_to_string(f"{name}.subject.txt", context).split())
        text = render_to_string(f"{name}.txt", context).strip() + "\n"
        html = render_to_string(f"{name}.html", context)
    if case and case.reference and not subject.startswith(case.reference):
        subject = f"{case.reference}: {subject}"
    address = message.address or (message.recipient.email if message.recipient else "")
    letter = Letter(subject[:300], text, settings.DEFAULT_FROM_EMAIL, [address])
    letter.attach_alternative(html, "text/html")
    # The same message has the same id: a second copy, in doubt, is recognised by the reader's program.
    host = urlsplit(settings.SITE_URL).hostname or "localhost"
    letter.extra_headers = {
        "Message-ID": f"<{hashlib.sha256(message.key.encode()).hexdigest()[:32]}@{host}>",
        "Auto-Submitted": "auto-generated",
    }
    return letter


def title_of(message: Message) -> str:
    """The subject, in the language of who looks at it now, for the list of notices."""
    return " ".join(render_to_string(f"emails/{message.template}.subject.txt", _shown(message)).split())


def _shown(message: Message) -> dict[str, Any]:
    """What the templates get: the context, with paths made addresses; the case and the reader, if not in it."""
    context = {
        "case": message.case.name if message.case else "",
        "reader": str(message.recipient) if message.recipient else "",
        **message.context,
    }
    return {key: _absolute(key, value) for key, value in context.items()}


def _absolute(key: str, value: Any) -> Any:
    is_path = isinstance(value, str) and value.startswith("/") and (key == "url" or key.endswith("_url"))
    return settings.SITE_URL + value if is_path else value


class _Server:
    """One connection to the mail server, opened when first needed and again after it broke off."""

    def __init__(self) -> None:
        self.backend: Any = None
        self.text_was_handed_over = False
        self.broken_off = 0

    def open(self) -> None:
        """Raises Unreachable when the server does not answer, does not let us in, or breaks off each time."""
        if self.backend is not None:
            return
        if self.broken_off >= MOST_BREAKS:
            raise Unreachable("it breaks off each time")
        backend = mail.mailers.default
        try:
            backend.open()
        except (OSError, smtplib.SMTPException) as error:
            raise Unreachable(type(error).__name__) from error
        self.backend = backend
        self._watch(getattr(backend, "connection", None))

    def _watch(self, smtp: Any) -> None:
        """Note when the text itself is handed over: what breaks off before that was surely not sent."""
        if not isinstance(smtp, smtplib.SMTP):
            return
        data = smtp.data

        def watched(text: bytes) -> tuple[int, bytes]:
            self.text_was_handed_over = True
            return data(text)

        smtp.data = watched  # type: ignore[method-assign, assignment]

    def send(self, letter: EmailMultiAlternatives) -> None:
        """Hand a letter over; raises what the library raises when it was not taken."""
        self.text_was_handed_over = False
        self.broken_off += 1
        try:
            self.backend.send_messages([letter])
        except (smtplib.SMTPRecipientsRefused, smtplib.SMTPResponseException, ValueError):
            self.broken_off = 0  # it answered, if only to say no
            raise
        self.broken_off = 0

    def close(self) -> None:
        backend, self.backend = self.backend, None
        if backend is None:
            return
        try:
            backend.close()
        except (OSError, smtplib.SMTPException):
            log.info("the mail server hung up first")
