"""Messages between the office and a group about one case: a thread on its timeline that both read and only add to.

A message of the group waits (`Application.message_waits_since`) until somebody of the office answers, or says that no
answer is needed.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import THE_GROUP, Action
from applications import emails
from applications.locking import locked_for
from applications.models import Application
from core import timeline
from core.models import Event
from core.workflow import TransitionRefused

ACTION, DEALT_WITH = "application.message", "application.message_dealt_with"
LONGEST = 4000


def of(application: Application) -> QuerySet[Event]:
    """The thread of a case, oldest first."""
    messages = Event.objects.filter(case_id=application.case_id, action=ACTION)
    return messages.select_related("actor", "text").order_by("sequence")


@dataclass(frozen=True)
class Standing:
    """Where a thread stands: the last message, and how many of the group wait for an answer."""

    last: Event | None
    waiting: int


# A page says how many wait; more than this, and it says this many.
MOST_COUNTED = 50


def recent(application: Application) -> QuerySet[Event]:
    """The newest of the thread, without the texts."""
    events = Event.objects.filter(case_id=application.case_id, action__in=[ACTION, DEALT_WITH])
    return events.order_by("-sequence")[:MOST_COUNTED]


def standing(application: Application, rows: Sequence[Event]) -> Standing:
    """Where the thread of a case stands, by its newest events."""
    last = next((row for row in rows if row.action == ACTION), None)
    waits = application.message_waits_since is not None
    unanswered = takewhile(lambda row: row.action == ACTION and row.data.get("from") == "group", rows)
    return Standing(last, len(list(unanswered)) if waits else 0)


@transaction.atomic
def write(*, by: User, application: Application, text: str, now: dt.datetime) -> Event:
    """Write to the other side, which hears of it by notice.

    Raises NotAllowed, or TransitionRefused when there is nothing to say or nobody to read it.
    """
    fresh = locked_for(application, by, Action.WRITE_MESSAGE)
    words = text.strip()
    if not words:
        raise TransitionRefused(_("Write a message."))
    if len(words) > LONGEST:
        raise TransitionRefused(_("A message has at most %(most)s letters.") % {"most": LONGEST})
    if fresh.is_test:
        raise TransitionRefused(_("This is a test: nobody reads messages about it."))
    from_group = not THE_GROUP.isdisjoint(fresh.roles_of(by))
    if from_group:
        fresh.message_waits_since = fresh.message_waits_since or now
    else:
        fresh.message_waits_since = None
    fresh.save(update_fields=["message_waits_since"])
    event = timeline.record(
        fresh.case,
        ACTION,
        by=by,
        now=now,
        obj=fresh,
        text=words,
        locked=True,
        **{"from": "group" if from_group else "office"},
    )
    emails.message(fresh, event, from_group=from_group, now=now)
    return event


@transaction.atomic
def deal_with(*, by: User, application: Application, now: dt.datetime) -> Application:
    """Say that what the group wrote needs no answer in writing."""
    fresh = locked_for(application, by, Action.ANSWER_MESSAGE)
    if fresh.message_waits_since is None:
        raise TransitionRefused(_("No message of the group waits for an answer."))
    fresh.message_waits_since = None
    fresh.save(update_fields=["message_waits_since"])
    timeline.record(fresh.case, DEALT_WITH, by=by, now=now, obj=fresh, locked=True)
    return fresh
