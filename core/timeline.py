"""The timeline: append-only events of a case, chained by HMAC with a key that the database does not know.

`record` is the only writer. It runs inside the business transaction and under the case's row lock, so that
events have one order and the chain one head.
"""

import hashlib
import hmac
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from core import dates
from core.models import Case, Event, EventText


def open_case(kind: str, title: str, *, now: datetime, reference: str | None = None) -> Case:
    """A new case with an empty timeline."""
    return Case.objects.create(kind=kind, title=title, created_at=now, reference=reference)


def system_case(now: datetime) -> Case:
    """The one case of the system itself (roles, settings, imports)."""
    return Case.objects.get_or_create(kind=Case.Kind.SYSTEM, defaults={"title": "LSP", "created_at": now})[0]


def locked_system_case(now: datetime) -> Case:
    """The same under its lock, for changes of the system that have to queue up behind one another."""
    return Case.objects.select_for_update().get(pk=system_case(now).pk)


def record(
    case: Case,
    action: str,
    *,
    by,
    now: datetime,
    obj: models.Model,
    from_state: str = "",
    to_state: str = "",
    text: str = "",
    locked: bool = False,
    **data,
) -> Event:
    """Append an event.

    `by` is a user, or None for the system. `data` holds ids, figures and states; free text goes to `text`. With
    `locked` the caller holds the case's lock and has read `case` under it.
    """
    # Nobody goes on after an event that could not be written: no savepoint of its own.
    with transaction.atomic(savepoint=False):
        head = case if locked else Case.objects.select_for_update().get(pk=case.pk)
        words = EventText.objects.create(text=text) if text else None
        event = Event(
            case=head,
            sequence=head.length + 1,
            at=now,
            actor=by,
            action=action,
            object_kind=str(obj._meta.model_name),
            object_id=obj.pk,
            from_state=from_state,
            to_state=to_state,
            data=json.loads(json.dumps(data, default=str)),
            text=words,
            text_digest=text_digest(words) if words else "",
            previous_hash=head.head,
        )
        event.hash = event_hash(event)
        event.save(force_insert=True)
        head.length, head.head = event.sequence, event.hash
        head.save(update_fields=["length", "head"])
    return event


def text_digest(words: EventText) -> str:
    """What the chain holds of a free text: a salted SHA-256."""
    return hashlib.sha256(f"{words.salt}{words.text}".encode()).hexdigest()


def event_hash(event: Event) -> str:
    """HMAC-SHA256 over the event and the hash before it, in one canonical form."""
    fields = [
        event.case_id,
        event.sequence,
        event.at.astimezone(UTC).isoformat(timespec="microseconds"),
        event.actor_id,
        event.action,
        event.object_kind,
        event.object_id,
        event.from_state,
        event.to_state,
        event.data,
        event.text_digest,
        event.previous_hash,
    ]
    body = json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hmac.new(settings.TIMELINE_KEY.encode(), body.encode(), hashlib.sha256).hexdigest()


def broken_links(case: Case) -> Iterator[str]:
    """Each place where a case's chain does not hold, as a sentence; nothing when it is whole."""
    before, count = "", 0
    for event in case.events.select_related("text").order_by("sequence").iterator():
        count += 1
        if event.sequence != count or event.previous_hash != before:
            yield f"case {case.pk}: an event is missing before {event.sequence}"
            count = event.sequence
        if event_hash(event) != event.hash:
            yield f"case {case.pk}: event {event.sequence} was changed"
        if event.text and event.text.text and text_digest(event.text) != event.text_digest:
            yield f"case {case.pk}: the text of event {event.sequence} was changed"
        before = event.hash
    head = Case.objects.values_list("length", "head").get(pk=case.pk)
    if head != (count, before):
        yield f"case {case.pk}: events are missing at the end"


# --- Reading it --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Kind:
    """How an action reads, and whether it is the programme's own affair."""

    sentence: str | Promise | Callable[[Event], str]
    internal: bool = False
    details: Callable[[Event], list[tuple[str, str, str]]] | None = None


@dataclass(frozen=True)
class Row:
    """An event as components/timeline.html shows it."""

    at: datetime
    actor: str
    sentence: str
    # The reason, or (what, before, after) for each difference in data["changes"].
    details: str | list[tuple[str, str, str]]
    # Since the reader looked, and not of their own doing.
    is_new: bool = False


_kinds: dict[str, Kind] = {}


def register(
    action: str,
    sentence: str | Promise | Callable[[Event], str],
    *,
    internal: bool = False,
    details: Callable[[Event], list[tuple[str, str, str]]] | None = None,
) -> None:
    """Say how an action reads: a lazy text, or sentence(event) that makes one. Internal: for staff of the case only.
    `details(event)` puts the changes among its data into the reader's words: (what, before, after) each.

    A transition without a sentence of its own reads as its label. The same action again replaces it.
    """
    _kinds[action] = Kind(sentence, internal, details)


def label_transition(action: str, label: str | Promise) -> None:
    """The label of a transition is its sentence, until somebody registers a better one."""
    _kinds.setdefault(action, Kind(label))


def rows(
    case: Case,
    viewer: Any,
    most: int = 500,
    of: models.Model | None = None,
    join: Callable[[Iterable[Event]], Iterable[Event]] = lambda events: events,
    where: models.Q | None = None,
    since: int | None = None,
) -> list[Row]:
    """The newest events of a case that this person may read, newest first; `of` one object of it only, `where` only some
    of them. `join` may make fewer of them, to be read as one. What others did after the event number `since` is new.
    One query, and one for their roles."""
    staff = viewer.reads_internal(case)
    events = case.events.select_related("actor", "text").order_by("-sequence")
    # An action that nobody put into words is not for the public either.
    shown = [name for name, kind in _kinds.items() if staff or not kind.internal]
    if not staff:
        events = events.filter(action__in=shown)
    if of is not None:
        events = events.filter(object_kind=of._meta.model_name, object_id=of.pk)
    if where is not None:
        events = events.filter(where)
    return [_row(event, is_new=_is_new(event, viewer, since)) for event in join(events[:most])]


def _is_new(event: Event, viewer: Any, since: int | None) -> bool:
    return since is not None and event.sequence > since and event.actor_id != viewer.pk


def day_in(event: Event, key: str) -> str:
    """`24/11/2026` from an event's data; "" where there is none."""
    return dates.written(event.data.get(key))


def sentence_of(event: Event) -> str:
    """An event in one sentence, for who may read it."""
    kind = _kinds.get(event.action)
    sentence = kind.sentence if kind else event.action
    return str(sentence(event) if callable(sentence) else sentence)


def _row(event: Event, *, is_new: bool = False) -> Row:
    return Row(
        at=event.at,
        actor=str(event.actor) if event.actor else "",
        sentence=sentence_of(event),
        details=_details(event, _kinds.get(event.action)),
        is_new=is_new,
    )


def _details(event: Event, kind: Kind | None) -> str | list[tuple[str, str, str]]:
    if event.text:
        return event.text.text or _("The text was erased.")
    if kind and kind.details:
        return kind.details(event)
    return [tuple(change) for change in event.data.get("changes", [])]
