"""The bell: what the programme told a person, as pages show it. The rows are the outbox's messages."""

import datetime as dt
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import QuerySet
from django.utils.http import url_has_allowed_host_and_scheme

from core import outbox
from core.models import Case, Message


def of(user: Any) -> QuerySet[Message]:
    """A person's notices, newest first. Links that log people in are for their mailbox alone."""
    mine = Message.objects.filter(recipient=user, confidential=False)
    return mine.select_related("case", "recipient").order_by("-created_at", "-id")


def unread(user: Any) -> int:
    """How many of them wait. One query."""
    return Message.objects.filter(recipient=user, confidential=False, read_at=None).count()


def by_case(messages: Iterable[Message]) -> list[tuple[Case | None, list[dict[str, Any]]]]:
    """Notices under their cases, in the order in which the cases first appear."""
    groups: dict[int | None, tuple[Case | None, list[dict[str, Any]]]] = {}
    for message in messages:
        _case, rows = groups.setdefault(message.case_id, (message.case, []))
        rows.append({"message": message, "title": outbox.title_of(message)})
    return list(groups.values())


def place_of(message: Message) -> str:
    """Where a notice leads: a path of this site."""
    url = str(message.context.get("url") or "/")
    if not url_has_allowed_host_and_scheme(url, allowed_hosts={urlsplit(settings.SITE_URL).netloc}):
        return "/"
    parts = urlsplit(url)
    return parts.path + (f"?{parts.query}" if parts.query else "") or "/"


def mark_read(user: Any, which: str, now: dt.datetime) -> int:
    """Mark one notice as read (its id), or all of them ("all"); answers how many."""
    waiting = Message.objects.filter(recipient=user, confidential=False, read_at=None)
    if which != "all":
        known = which.isascii() and which.isdecimal() and len(which) < 19
        waiting = waiting.filter(pk=int(which)) if known else waiting.none()
    return waiting.update(read_at=now)
