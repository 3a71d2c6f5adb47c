"""Sessions of people who are gone: they are rows, and rows that nobody needs go."""

from datetime import datetime

from django.contrib.sessions.models import Session


def clear_expired(now: datetime) -> int:
    """Delete the sessions that ended before a moment; answers how many."""
    return Session.objects.filter(expire_date__lt=now).delete()[0]
