"""Duties: what somebody owes by a date. Each app registers its sources in AppConfig.ready(); the home page, the bell,
the officers' overdue list and the daily reminders all read them here (PROGRAMME 7).

A reminder is one e-mail a person a day that gathers all; a row for each step of each due date makes it exactly once,
however often, late or concurrently the job runs.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import translation
from django.utils.functional import Promise

from core import dates, doorbell, together
from core.models import Case, Message, ReminderStep

# Days after the due date (negative: before it) on which a person hears.
STEPS = (-14, -7, -1, 0, 1, 7, 14)
# From this many days late the officer hears too.
OFFICER_FROM = 7
# After so many days without a scheduler the last step is still told; what is older has been left to people.
CATCH_UP = 30
PEOPLE_AT_ONCE = 100


@dataclass(frozen=True)
class Duty:
    """Something that one person owes by a date.

    `key` names the thing owed ("report.12"), the same whatever the day and whoever owes it. `title` is a lazy text, or
    a function without arguments that makes it: it is put into words in the reader's language. `url` is a path of the
    site, straight to the form. `officer` marks the row of somebody who only watches: it shows, and reminds, from seven
    days late on; the person who owes it has a row of their own. `since` is the day on which it began to wait, where that
    is known. `covered_id` is the colleague for whom this person stands in.
    """

    key: str
    user_id: int
    case_id: int | None
    title: str | Promise | Callable[[], str]
    due_on: dt.date
    url: str
    officer: bool = False
    since: dt.date | None = None
    covered_id: int | None = None

    @property
    def kind(self) -> str:
        """What it is one of ("report"); "report:late" for who only watches it."""
        return self.key.rpartition(".")[0] + (":late" if self.officer else "")

    def words(self) -> str:
        """The title in the language of the moment."""
        return str(self.title() if callable(self.title) else self.title)

    def days_late(self, today: dt.date) -> int:
        """Days after the due date; negative before it."""
        return (today - self.due_on).days

    def step(self, today: dt.date) -> int | None:
        """The last step that has come, or None before the first (for a watching officer: before the seventh day
        late)."""
        steps = STEPS if not self.officer else [step for step in STEPS if step >= OFFICER_FROM]
        come = [step for step in steps if step <= self.days_late(today)]
        return come[-1] if come else None

    def is_shown(self, today: dt.date) -> bool:
        """Whether it stands on the person's list today."""
        return not self.officer or self.days_late(today) >= OFFICER_FROM


@dataclass(frozen=True)
class Reading:
    """A source's query, not asked yet, and how its rows become duties: what one person owes is read for all sources in one
    query, and what all owe source by source. `duties` is given all rows at once."""

    rows: QuerySet
    duties: Callable[[Any], Iterable[Duty]]

    def __iter__(self) -> Iterator[Duty]:
        return iter(self.duties(self.rows))


# Called as source(today=, due_from=, due_to=, user=): one bounded query, as a Reading where it can; only what is still owed.
# The dates bound `due_on`, both included; without them all that is owed. `user` bounds it to one person.
Source = Callable[..., Iterable[Duty]]

_sources: dict[str, Source] = {}
_kinds: dict[str, str | Promise] = {}


def register(name: str, source: Source) -> None:
    """Add a source of duties. The same name again replaces it."""
    _sources[name] = source


def name_kinds(names: Mapping[str, str | Promise]) -> None:
    """How the heading above all duties of a kind reads."""
    _kinds.update(names)


def kind_words(duty: Duty) -> str:
    """The heading above all duties of its kind; without one, its own words."""
    return str(_kinds.get(duty.kind) or duty.words())


def of(user: Any, today: dt.date) -> list[Duty]:
    """What a person owes, the most urgent first; nothing twice, whatever roles and covers lead to it."""
    owed: dict[tuple[str, bool], Duty] = {}
    for duty in read_together(_sources.values(), today=today, user=user):
        if duty.user_id == user.pk and duty.is_shown(today):
            owed.setdefault((duty.key, duty.officer), duty)
    return sorted(owed.values(), key=_urgency)


def read_together(sources: Iterable[Source], **asked: Any) -> list[Duty]:
    """What several sources answer: the rows of those that are a Reading come in one query, and what they ask alike is
    asked once."""
    with _each_asked_once():
        found = [source(**asked) for source in sources]
        rows = {str(place): each.rows for place, each in enumerate(found) if isinstance(each, Reading)}
        read = together.read(**rows)
        parts = (
            each.duties(read[str(place)]) if isinstance(each, Reading) else each
            for place, each in enumerate(found)
        )
        return [duty for part in parts for duty in part]


# What the sources have asked so far, while duties are collected; None at any other time.
_answers: ContextVar[dict[Any, Any] | None] = ContextVar("answers", default=None)


@contextmanager
def _each_asked_once() -> Iterator[None]:
    """For as long as it lasts, what was `asked_once` has its answer."""
    asking = _answers.set({})
    try:
        yield
    finally:
        _answers.reset(asking)


def asked_once[**P, T](question: Callable[P, T]) -> Callable[P, T]:
    """For what nearly every source asks alike, as who the officers are: one answer for all that is read together, or for all
    reminders of a run."""

    @wraps(question)
    def ask(*args: P.args, **kwargs: P.kwargs) -> T:
        answers = _answers.get()
        if answers is None:
            return question(*args, **kwargs)
        key = question, args, tuple(kwargs.items())
        if key not in answers:
            answers[key] = question(*args, **kwargs)
        return answers[key]

    return ask


def every(today: dt.date, **window: dt.date) -> Iterator[Duty]:
    """All that is owed on a day, whoever owes it; `due_from` and `due_to` bound it."""
    for source in _sources.values():
        yield from source(today=today, **window)


def _urgency(duty: Duty) -> tuple[dt.date, str]:
    return duty.due_on, duty.key


# --- Reminders -------------------------------------------------------------------------------------

Told = tuple[str, dt.date, int, int]  # duty, due_on, step, user: what ReminderStep keeps unique


def remind(today: dt.date, now: dt.datetime) -> int:
    """Write the reminders of the day; answers how many people get one. Sending is the outbox's work.

    A step that comes up after a person's message of the day waits for the next day; missed steps are made good by
    the latest alone.
    """
    owed: dict[int, list[Duty]] = defaultdict(list)
    window = {
        "due_from": today - dt.timedelta(days=STEPS[-1] + CATCH_UP),
        "due_to": today - dt.timedelta(days=STEPS[0]),
    }
    with _each_asked_once():
        for duty in every(today, **window):
            # The window again: a source may give more than it was asked for.
            if window["due_from"] <= duty.due_on <= window["due_to"] and duty.step(today) is not None:
                owed[duty.user_id].append(duty)
    people, written = sorted(owed), 0
    for start in range(0, len(people), PEOPLE_AT_ONCE):
        some = people[start : start + PEOPLE_AT_ONCE]
        written += _remind_some({person: owed[person] for person in some}, today, now)
    return written


@transaction.atomic
def _remind_some(owed: dict[int, list[Duty]], today: dt.date, now: dt.datetime) -> int:
    """Write the messages of some people, whose ids ascend: runs at the same moment wait for each other in one order."""
    new = _not_told_yet(owed, today)
    had_theirs = set(
        Message.objects.filter(key__in=[_key(p, today) for p in new]).values_list("recipient_id", flat=True)
    )
    people = get_user_model().objects.filter(pk__in=new.keys() - had_theirs, is_active=True).order_by("pk")
    readers = {person.pk: person for person in people}
    if not readers:
        return 0
    messages = _insert_messages(readers, today, now)
    told = _insert_steps({person: new[person] for person in messages}, messages, today)
    empty = [pk for person, pk in messages.items() if person not in told]
    Message.objects.filter(pk__in=empty).delete()
    every_duty = [duty for duties in told.values() for duty in duties]
    cases = Case.objects.in_bulk({duty.case_id for duty in every_duty if duty.case_id})
    covered = covered_by(every_duty)
    filled = []
    for person, duties in told.items():
        message = Message(pk=messages[person])
        message.context = context_of(duties, cases, readers[person].language, today, covered)
        mine = {duty.case_id for duty in duties}
        message.case_id = mine.pop() if len(mine) == 1 else None
        filled.append(message)
    Message.objects.bulk_update(filled, ["context", "case"])
    if filled:
        doorbell.ring_on_commit("core.tasks.send_messages")
    return len(filled)


def _key(person: int, today: dt.date) -> str:
    return f"reminders.{person}.{today:%Y-%m-%d}"


def _not_told_yet(owed: dict[int, list[Duty]], today: dt.date) -> dict[int, list[Duty]]:
    """For each person the duties whose latest step they have not heard of."""
    keys = {duty.key for duties in owed.values() for duty in duties}
    rows = ReminderStep.objects.filter(user_id__in=owed, duty__in=keys)
    told = set(rows.values_list("duty", "due_on", "step", "user_id"))
    new = {
        person: [duty for duty in duties if _told(duty, today) not in told] for person, duties in owed.items()
    }
    return {person: sorted(duties, key=_urgency) for person, duties in new.items() if duties}


def _told(duty: Duty, today: dt.date) -> Told:
    step = duty.step(today)
    assert step is not None
    return duty.key, duty.due_on, step, duty.user_id


def _insert_messages(readers: dict[int, Any], today: dt.date, now: dt.datetime) -> dict[int, int]:
    """The messages that are ours to write, by person: who else writes one today is waited for, and wins."""
    rows = [
        (_key(pk, today), pk, reader.language, "reminders", "{}", False, now, 0, now, 0, "", "")
        for pk, reader in readers.items()
    ]
    columns = (
        "key, recipient_id, language, template, context, confidential, created_at, attempts, next_attempt_at, doubts,"
        " last_error, address"
    )
    made = _insert("core_message", columns, rows, "(key)", "recipient_id, id")
    return dict(made)


def _insert_steps(
    new: dict[int, list[Duty]], messages: dict[int, int], today: dt.date
) -> dict[int, list[Duty]]:
    """Write down the steps; answers those that nobody else wrote meanwhile, by person."""
    duties = {_told(duty, today): duty for person in new for duty in new[person]}
    rows = [
        (*told, messages[duty.user_id])
        for told, duty in sorted(duties.items(), key=lambda pair: (pair[0][3], pair[0]))
    ]
    made = _insert(
        "core_reminderstep",
        "duty, due_on, step, user_id, message_id",
        rows,
        "(duty, due_on, step, user_id)",
        "duty, due_on, step, user_id",
    )
    told: dict[int, list[Duty]] = defaultdict(list)
    for row in made:
        told[row[3]].append(duties[row])
    return {person: sorted(mine, key=_urgency) for person, mine in told.items()}


def _insert(table: str, columns: str, rows: list[tuple], unique: str, answer: str) -> list[tuple]:
    """One INSERT of many rows that skips those that are there, and answers those that it made."""
    if not rows:
        return []
    holes = "(" + ", ".join(["%s"] * len(rows[0])) + ")"
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({columns}) VALUES {', '.join([holes] * len(rows))}"  # noqa: S608  (names of ours)
            f" ON CONFLICT {unique} DO NOTHING RETURNING {answer}",
            [value for row in rows for value in row],
        )
        return cursor.fetchall()


def still_owed(message: Message, now: dt.datetime) -> dict[str, Any] | None:
    """What is left of a reminder that waited long for the mail server; None when all of it was done or moved."""
    today = dates.day_of(now)
    told = {(line["key"], line["due"]) for line in message.context.get("lines", [])}
    owed = of(message.recipient, today) if message.recipient and message.recipient.is_active else []
    left = [duty for duty in owed if (duty.key, f"{duty.due_on:%Y-%m-%d}") in told]
    if not left:
        return None
    cases = Case.objects.in_bulk({duty.case_id for duty in left if duty.case_id})
    return context_of(left, cases, message.language, today, covered_by(left))


def covered_by(duties: Iterable[Duty]) -> dict[int, Any]:
    """The colleagues for whom somebody stands in with these duties, by id. No query when there are none."""
    people = {duty.covered_id for duty in duties if duty.covered_id}
    return get_user_model().objects.in_bulk(people) if people else {}


def context_of(
    duties: Iterable[Duty], cases: dict[int, Case], language: str, today: dt.date, covered: dict[int, Any]
) -> dict[str, Any]:
    """What the message says, in its reader's language."""
    with translation.override(language):
        lines = list(_lines(duties, cases, today, covered))
    first = lines[0]
    return {
        "today": f"{today:%Y-%m-%d}",
        "lines": lines,
        "count": len(lines),
        "others": len(lines) - 1,
        "first": first,
        "late": any(line["late"] > 0 for line in lines),
        "url": first["url"] if len(lines) == 1 else "/",
    }


def _lines(
    duties: Iterable[Duty], cases: dict[int, Case], today: dt.date, covered: dict[int, Any]
) -> Iterator[dict[str, Any]]:
    for duty in duties:
        case = cases.get(duty.case_id) if duty.case_id else None
        yield {
            "key": duty.key,
            "title": duty.words(),
            "case": case.name if case else "",
            "reference": (case.reference or case.title) if case else "",
            "due_on": f"{duty.due_on:%d/%m/%Y}",
            "due": f"{duty.due_on:%Y-%m-%d}",
            "late": duty.days_late(today),
            "officer": duty.officer,
            "covered": str(covered.get(duty.covered_id or 0, "")),
            "url": settings.SITE_URL + duty.url if duty.url.startswith("/") else duty.url,
        }
